"""A message that Outlook saved is read like one of a mailbox."""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from containers import Tree, container
from office import (
    BODY,
    CODEPAGE,
    CONTENT_ID,
    DATA,
    HTML,
    LONG_NAME,
    MIME,
    NAME,
    RTF,
    SENDER,
    SENDER_ADDRESS,
    SENT,
    SUBJECT,
    file_time,
    message,
    values,
)

from backstory.indexer.readers import Member, Reading
from backstory.indexer.readers.compressed_rtf import unpacked

ReadBytes = Callable[..., Reading]
WhyNot = Callable[..., str]


# The example of the specification: "{\rtf1\ansi\ansicpg1252\pard hello world}".
HELLO = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c0900206277"
    "05b06c647d0a800fa0"
)


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


def test_messages_within_messages_end_somewhere(
    read_bytes: ReadBytes, innermost: Callable[[Reading], Member]
) -> None:
    inner = message({BODY: "Deep."}, header=24)
    for _ in range(6):
        inner = message({BODY: "Up."}, attached=[{"__substg1.0_3701000D": inner}], header=24)
    reading = read_bytes("a.msg", container({**inner, **message({BODY: "Top."})}))
    assert innermost(reading).reason == "messages nested too deeply"


@pytest.mark.parametrize("data", [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"no\0container"])
def test_a_broken_message_says_so(why_not: WhyNot, data: bytes) -> None:
    assert why_not("a.msg", data).startswith("broken mail: ")


def test_a_message_without_text_says_so(why_not: WhyNot) -> None:
    assert why_not("a.msg", container(message({SUBJECT: "Nothing"}))) == "a mail without text"
