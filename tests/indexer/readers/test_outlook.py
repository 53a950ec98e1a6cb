"""A message that Outlook saved is read like one of a mailbox."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import pytest
from containers import Tree, container

from backstory.indexer.readers import Reading
from backstory.indexer.readers.compressed_rtf import unpacked

ReadBytes = Callable[..., Reading]
WhyNot = Callable[..., str]

SUBJECT, SENDER, SENDER_ADDRESS, SENT = 0x0037, 0x0C1A, 0x0C1F, 0x0039
BODY, RTF, HTML, CODEPAGE = 0x1000, 0x1009, 0x1013, 0x3FFD
NAME, SMTP, ROLE = 0x3001, 0x39FE, 0x0C15
DATA, LONG_NAME, MIME, CONTENT_ID = 0x3701, 0x3707, 0x370E, 0x3712

# The example of the specification: "{\rtf1\ansi\ansicpg1252\pard hello world}".
HELLO = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c0900206277"
    "05b06c647d0a800fa0"
)


def properties(fixed: Mapping[int, int], header: int) -> bytes:
    """Write the numbers of a folder, after a header of so many bytes."""
    entries = (struct.pack("<HHIQ", 3, number, 6, value) for number, value in fixed.items())
    return bytes(header) + b"".join(entries)


def values(texts: Mapping[int, str | bytes], *, is_wide: bool = True) -> dict[str, bytes]:
    """Write the texts and bytes of a folder."""
    found = {}
    for number, value in texts.items():
        if isinstance(value, bytes):
            found[f"__substg1.0_{number:04X}0102"] = value
        elif is_wide:
            found[f"__substg1.0_{number:04X}001F"] = value.encode("utf-16-le")
        else:
            found[f"__substg1.0_{number:04X}001E"] = value.encode("cp1251")
    return found


def message(
    texts: Mapping[int, str | bytes],
    fixed: Mapping[int, int] = {},
    attached: Sequence[Tree] = (),
    people: Sequence[tuple[str, str, int]] = (),
    *,
    header: int = 32,
    is_wide: bool = True,
) -> Tree:
    tree: dict[str, bytes | Tree] = {"__properties_version1.0": properties(fixed, header)}
    tree |= values(texts, is_wide=is_wide)
    for number, (name, address, role) in enumerate(people):
        tree[f"__recip_version1.0_#{number:08X}"] = {
            "__properties_version1.0": properties({ROLE: role}, 8),
            **values({NAME: name, SMTP: address}),
        }
    for number, each in enumerate(attached):
        tree[f"__attach_version1.0_#{number:08X}"] = {
            "__properties_version1.0": properties({}, 8),
            **each,
        }
    return tree


def file_time(moment: datetime) -> int:
    return int((moment - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000


LETTER = {
    SUBJECT: "The spare lens",
    SENDER: "Ines Falk",
    SENDER_ADDRESS: "ines@gazette.example",
    BODY: "Who paid for it?\r\n\r\nThe ledger does not say.",
}
PEOPLE = [("Bo Lind", "bo@fund.example", 1), ("City Desk", "desk@gazette.example", 2)]


def texts(reading: Reading) -> list[str]:
    return [each.text for each in reading.paragraphs]


def test_a_message_is_a_document_with_who_wrote_it_to_whom(read_bytes: ReadBytes) -> None:
    fixed = {SENT: file_time(datetime(2018, 3, 9, 10, tzinfo=UTC))}
    reading = read_bytes("a.msg", container(message(LETTER, fixed, people=PEOPLE)))

    assert (reading.title, reading.author, reading.date, reading.kind) == (
        "The spare lens",
        "Ines Falk",
        "2018-03-09",
        "mail",
    )
    assert texts(reading) == [
        "From Ines Falk <ines@gazette.example>, to Bo Lind <bo@fund.example>, "
        "copies to City Desk <desk@gazette.example>",
        "Who paid for it?",
        "The ledger does not say.",
    ]


def test_attachments_are_members_and_messages_among_them(read_bytes: ReadBytes) -> None:
    inner = message({SUBJECT: "Fwd: lamps", BODY: "Forty lamps."}, header=24)
    attached: list[Tree] = [
        values({LONG_NAME: "notes.txt", DATA: b"A lamp." * 900}),
        values({LONG_NAME: "ledger", MIME: "text/plain", DATA: b"Paid in March."}),
        {"__substg1.0_3701000D": inner, **values({NAME: "lamps"})},
        values({LONG_NAME: "logo.png", MIME: "image/png", CONTENT_ID: "1@x", DATA: b"\x89PNG"}),
        values({LONG_NAME: "photo.heic", DATA: b"?"}),
    ]
    members = read_bytes("a.msg", container(message(LETTER, attached=attached))).members

    assert [each.name for each in members] == [
        "notes.txt",
        "ledger.txt",
        "Fwd: lamps.msg",
        "photo.heic",
    ]
    assert [each.reading is not None for each in members] == [True, True, True, False]
    assert members[2].reading is not None
    assert texts(members[2].reading) == ["Forty lamps."]


def test_a_text_of_bytes_is_read_in_the_encoding_of_the_message(read_bytes: ReadBytes) -> None:
    letter = message({BODY: "Кто заплатил?"}, {CODEPAGE: 1251}, is_wide=False)
    assert texts(read_bytes("a.msg", container(letter))) == ["Кто заплатил?"]


def test_without_a_plain_text_the_page_or_the_rtf_is_read(read_bytes: ReadBytes) -> None:
    page = message({HTML: b"<p>Who paid?</p><p>Nobody.</p>"})
    assert texts(read_bytes("a.msg", container(page))) == ["Who paid?", "Nobody."]
    rich = message({RTF: HELLO})
    assert texts(read_bytes("a.msg", container(rich))) == ["hello world"]


def test_the_rtf_of_the_specification_is_unpacked() -> None:
    rtf = b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert unpacked(HELLO, 10_000) == rtf
    assert unpacked(HELLO, 10) == rtf[:10]
    plain = struct.pack("<II4sI", 16 + len(rtf), len(rtf), b"MELA", 0) + rtf
    assert unpacked(plain, 10_000) == rtf
    assert unpacked(b"short", 10_000) == unpacked(bytes(99), 10_000) == b""


def test_content_tells_it_from_other_office_files(read_bytes: ReadBytes, why_not: WhyNot) -> None:
    reading = read_bytes("a.doc", container(message(LETTER)))
    assert reading.notes[0].sentence == "an Outlook mail, though its name ends in .doc"
    assert "old Office file" in why_not("a.msg", container({"PowerPoint Document": b"slides"}))


def test_messages_within_messages_end_somewhere(read_bytes: ReadBytes) -> None:
    inner = message({BODY: "Deep."}, header=24)
    for _ in range(6):
        inner = message({BODY: "Up."}, attached=[{"__substg1.0_3701000D": inner}], header=24)
    reading = read_bytes("a.msg", container({**inner, **message({BODY: "Top."})}))
    reasons = []
    while reading.members:
        (member,) = reading.members
        reasons.append(member.reason)
        if member.reading is None:
            break
        reading = member.reading
    assert reasons[-1] == "messages nested too deeply"


@pytest.mark.parametrize("data", [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"no container"])
def test_a_broken_message_says_so(why_not: WhyNot, data: bytes) -> None:
    assert why_not("a.msg", data).startswith("broken mail: ")


def test_a_message_without_text_says_so(why_not: WhyNot) -> None:
    assert why_not("a.msg", container(message({SUBJECT: "Nothing"}))) == "a mail without text"
