"""Zip archives: a folder in a file."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable

import dossier
import pytest

from backstory.indexer.readers import Budget, Reading
from backstory.indexer.readers.dispatch import safe_name

Read = Callable[..., Reading]


def reasons(reading: Reading) -> dict[str, str]:
    return {each.name: each.reason for each in reading.members}


def test_documents_in_an_archive_are_read_each_by_its_own_reader(read_bytes: Read) -> None:
    one, two = dossier.story(1), dossier.story(2)
    packed = {"a/one.pdf": dossier.pdf(one), "two.html": dossier.page(two)}
    first, second = read_bytes("a.zip", dossier.archive(packed)).members
    assert (first.name, second.name) == ("a/one.pdf", "two.html")
    assert second.reading is not None
    assert [each.text for each in second.reading.paragraphs] == two.paragraphs


def test_what_file_managers_leave_behind_is_passed_over(read_bytes: Read) -> None:
    names = ("__MACOSX/._a.txt", ".DS_Store", "x/.git/b.txt", "Thumbs.db", "a.txt")
    reading = read_bytes("a.zip", dossier.archive(dict.fromkeys(names, b"A line.")))
    assert reasons(reading) == {"a.txt": ""}


def test_archives_in_archives_are_read_up_to_a_depth(read_bytes: Read) -> None:
    reading = read_bytes("a.zip", dossier.matryoshka(2))
    for _ in range(2):
        (member,) = reading.members
        assert member.reading is not None
        reading = member.reading
    assert reasons(reading) == {"heart.txt": ""}
    (outer,) = read_bytes("a.zip", dossier.matryoshka(3)).members
    assert outer.reading is not None
    (middle,) = outer.reading.members
    assert middle.reading is not None
    assert reasons(middle.reading) == {"inner.zip": "archives nested too deeply"}


def test_no_more_unfolds_than_the_budget_has_wherever_it_lies(read_bytes: Read) -> None:
    inner = dossier.archive({"1.txt": b"line\n" * 9_000})
    packed = {"a.zip": inner, "b.zip": inner, "c.txt": b"Short."}
    budget = Budget(size=60_000)
    members = {
        each.name: each
        for each in read_bytes("a.zip", dossier.archive(packed), budget=budget).members
    }
    assert members["a.zip"].reading is not None
    assert reasons(members["a.zip"].reading) == {"1.txt": ""}
    assert members["b.zip"].reading is not None
    assert "formats.max_unpacked_mb" in reasons(members["b.zip"].reading)["1.txt"]
    assert budget.size == 0


def test_only_so_many_members_are_read(read_bytes: Read) -> None:
    packed = {f"{at}.txt": b"A line." for at in range(5)}
    found = reasons(read_bytes("a.zip", dossier.archive(packed), budget=Budget(members=3)))
    assert list(found.values())[:3] == ["", "", ""]
    assert "max_members" in found["3.txt"]
    assert len(found) == 4


def test_links_are_not_followed(read_bytes: Read) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        packed.writestr(link, "/etc/passwd")
    assert "links are not followed" in reasons(read_bytes("a.zip", stream.getvalue()))["link.txt"]


def test_an_encrypted_member_says_so(read_bytes: Read) -> None:
    data = bytearray(dossier.archive({"a.txt": b"A line.", "b.txt": b"Another."}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    found = reasons(read_bytes("a.zip", bytes(data)))
    assert found == {"a.txt": "encrypted: it needs a password", "b.txt": ""}


def test_names_in_utf8_that_do_not_say_so_are_read(read_bytes: Read) -> None:
    data = dossier.archive({"cafX.txt": b"A line."}).replace(b"cafX.txt", "caé.txt".encode())
    assert list(reasons(read_bytes("a.zip", data))) == ["caé.txt"]


def test_an_archive_without_documents_is_reported(why_not: Callable[..., str]) -> None:
    assert why_not("a.zip", dossier.archive({})) == "an archive without documents"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("a/b.txt", "a/b.txt"),
        ("./a//b.txt", "a/b.txt"),
        ("../a.txt", None),
        ("a/../b.txt", None),
        ("/a.txt", None),
        ("C:\\a.txt", None),
        ("a\\..\\b.txt", None),
        ("a\nb.txt", None),
        ("", None),
        ("a" * 400, None),
    ],
)
def test_a_name_that_would_lead_outside_is_no_name(name: str, safe: str | None) -> None:
    assert safe_name(name) == safe


NAMES = {
    "cp932": ["文章1.txt", "議事録/港湾.txt"],
    "cp866": ["отчет.txt", "Письма/записка 2.txt"],
    "cp437": ["café.txt", "Größe/Übersicht.txt"],
    "gb18030": ["会议记录.txt"],
    "cp949": ["보고서.txt"],
    "utf-8": ["文章1.txt", "отчет.txt", "café.txt"],
}


def packed_in(encoding: str, names: list[str]) -> bytes:
    """Return an archive whose names are in an old encoding, without a word on that."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number, name in enumerate(names):
            raw = name.encode(encoding).decode("latin-1")
            archive.writestr(f"{number}{'x' * len(raw)}", f"Line {number}.")
    data = stream.getvalue()
    for number, name in enumerate(names):
        raw = name.encode(encoding)
        data = data.replace(f"{number}{'x' * len(raw)}".encode(), b"_" + raw)
    return data


@pytest.mark.parametrize("encoding", NAMES)
def test_names_are_read_in_the_encoding_of_their_computer(read_bytes: Read, encoding: str) -> None:
    reading = read_bytes("a.zip", packed_in(encoding, NAMES[encoding]))
    assert reasons(reading) == {f"_{name}": "" for name in NAMES[encoding]}


def test_a_name_that_says_its_encoding_is_believed(read_bytes: Read) -> None:
    info = zipfile.ZipInfo("plain.txt")
    path = "文章.txt".encode()
    info.extra = struct.pack("<HHBL", 0x7075, 5 + len(path), 1, 0) + path
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(info, "A line.")
        archive.writestr("報告.txt", "Another.")
    assert reasons(read_bytes("a.zip", stream.getvalue())) == {"文章.txt": "", "報告.txt": ""}
