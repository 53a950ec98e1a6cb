"""Tar archives and compressed files are read as far as they are whole and the limits go."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
from collections.abc import Callable, Mapping

import pytest

from backstory.indexer.readers import Budget, Member, Reading

ReadBytes = Callable[..., Reading]
WhyNot = Callable[..., str]

LINK, PIPE, DEVICE = tarfile.SYMTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE


def tar(files: Mapping[str, bytes], pack: str = "", special: Mapping[str, bytes] = {}) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=f"w:{pack}") as archive:  # type: ignore[call-overload]
        for name, kind in special.items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd" if kind == LINK else ""
            archive.addfile(info)
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return stream.getvalue()


def texts(reading: Reading) -> dict[str, str]:
    """Return what each member says, or why it is none."""
    return {
        each.name: each.reading.paragraphs[0].text if each.reading else each.reason
        for each in reading.members
    }


@pytest.mark.parametrize(
    ("name", "pack"),
    [("a.tar", ""), ("a.tar.gz", "gz"), ("a.tgz", "gz"), ("a.tar.bz2", "bz2"), ("a.txz", "xz")],
)
def test_the_documents_of_a_tar_archive_are_its_members(
    read_bytes: ReadBytes, name: str, pack: str
) -> None:
    data = tar({"log/one.txt": b"A lamp.", "./two.md": b"A lens."}, pack)

    assert texts(read_bytes(name, data)) == {"log/one.txt": "A lamp.", "two.md": "A lens."}


@pytest.mark.parametrize(
    ("suffix", "compress"), [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)]
)
def test_a_compressed_file_is_a_document_below_its_own(
    read_bytes: ReadBytes, suffix: str, compress: Callable[[bytes], bytes]
) -> None:
    reading = read_bytes(f"log/notes.txt{suffix}", compress(b"The keeper counted lamps."))
    assert texts(reading) == {"notes.txt": "The keeper counted lamps."}


def test_content_tells_a_tar_from_a_text(read_bytes: ReadBytes) -> None:
    reading = read_bytes("notes.txt", tar({"one.txt": b"A lamp."}))
    assert texts(reading) == {"one.txt": "A lamp."}
    assert reading.notes[0].sentence == "a tar or compressed file, though its name ends in .txt"


def test_links_devices_and_names_that_lead_out_are_refused_by_name(read_bytes: ReadBytes) -> None:
    special = {"link.txt": LINK, "pipe.txt": PIPE, "tty.txt": DEVICE}
    files = {"../../out.txt": b"x", "/abs.txt": b"x", "in.txt": b"Inside.", ".hidden.txt": b"x"}

    assert texts(read_bytes("a.tar.gz", tar(files, "gz", special))) == {
        "link.txt": "a link; links are not followed",
        "pipe.txt": "not a regular file",
        "tty.txt": "not a regular file",
        "out.txt": "its name leads out of the archive",
        "abs.txt": "its name leads out of the archive",
        "in.txt": "Inside.",
    }


def test_a_bomb_ends_at_the_limit_and_what_came_before_stays(read_bytes: ReadBytes) -> None:
    data = tar({"one.txt": b"A lamp.", "bomb.txt": b"0 " * 2_000_000, "two.txt": b"x"}, "gz")
    budget = Budget(size=1_000_000)

    found = texts(read_bytes("a.tar.gz", data, budget=budget))
    assert found["one.txt"] == "A lamp."
    assert "unfolds to more than formats.max_unpacked_mb" in found.values()
    assert "two.txt" not in found


def test_archives_in_archives_share_one_budget(read_bytes: ReadBytes) -> None:
    inner = tar({"bomb.txt": b"0 " * 600_000}, "gz")
    data = tar({f"{n}.tar.gz": inner for n in range(3)}, "gz")
    budget = Budget(size=1_500_000)

    members = read_bytes("a.tar.gz", data, budget=budget).members
    inside = [each.reading.members[0] for each in members if each.reading is not None]
    assert [bool(each.reading) for each in inside] == [True, False, False][: len(inside)]
    assert budget.size < 1_500_000 - 1_200_000


def test_archives_nested_too_deeply_say_so(
    read_bytes: ReadBytes, innermost: Callable[[Reading], Member]
) -> None:
    data = b"A lamp."
    for number in range(9):
        data = gzip.compress(data) if number % 2 else tar({f"{number}.txt": data})
    reading = read_bytes("a.tar", data)
    assert innermost(reading).reason == "archives nested too deeply"


def test_an_archive_that_breaks_off_keeps_what_came_before(read_bytes: ReadBytes) -> None:
    noise = bytes(n * n % 251 for n in range(400_000))
    data = tar({"one.txt": b"A lamp.", "noise.bin": noise}, "gz")

    found = texts(read_bytes("a.tar.gz", data[: len(data) * 2 // 3]))
    assert found.pop("one.txt") == "A lamp."
    assert [reason.startswith("broken archive: ") for reason in found.values()] == [True]


def test_members_past_the_limit_are_told(read_bytes: ReadBytes) -> None:
    data = tar({f"{n}.txt": b"A lamp." for n in range(4)})
    reading = read_bytes("a.tar", data, budget=Budget(members=2))
    reason = "the archive holds more documents than formats.max_members"
    assert texts(reading)["2.txt"] == reason
    assert len(reading.members) == 3


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.gz", b"\x1f\x8b\x08\x00 and no more", "broken archive"),
        ("a.xz", b"\xfd7zXZ\x00 and no more", "broken archive"),
        ("a.bz2", b"BZh91AY&SY", "broken archive"),
        ("a.tar", tar({}), "an archive without documents"),
    ],
)
def test_what_cannot_be_unpacked_says_so(
    why_not: WhyNot, name: str, data: bytes, reason: str
) -> None:
    assert why_not(name, data).startswith(reason)
