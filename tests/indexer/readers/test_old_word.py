"""Word files of the old kind are read with their headings, and without what was deleted."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence

import pytest
from containers import container

from backstory.indexer.readers import Reading

ReadBytes = Callable[..., Reading]
WhyNot = Callable[..., str]
Run = tuple[str, bytes]  # a text with its properties

DELETED, HIDDEN = b"\x00\x08\x01", b"\x3c\x08\x01"
ROW_END = b"\x17\x24\x01"
_PAGE = 512


def page(borders: Sequence[int], values: Sequence[bytes], width: int) -> bytes:
    """Write a page of properties: borders, where each value lies, and the values from the end."""
    head = struct.pack(f"<{len(borders)}I", *borders)
    places, data, end = b"", b"", _PAGE - 1
    for value in values:
        end = (end - len(value)) // 2 * 2
        places += struct.pack("B", end // 2 if value else 0).ljust(width, b"\0")
        data = value.ljust(_PAGE - 1 - end - len(data), b"\0") + data
    return (head + places).ljust(_PAGE - 1 - len(data), b"\0") + data + bytes([len(values)])


def word(
    runs: Sequence[Run],
    paragraphs: Sequence[tuple[int, bytes]] = (),
    *,
    wide: bool = True,
    counts: Sequence[int] = (),
    flags: int = 0,
) -> bytes:
    """Write a file: `paragraphs` are style and properties of each, in their order."""
    text = "".join(said for said, _ in runs)
    encoded, width = (text.encode("utf-16-le"), 2) if wide else (text.encode("cp1252"), 1)
    begin = 1024
    letters, paragraph_ends = [begin], [begin]
    for said, _ in runs:
        letters.append(letters[-1] + len(said) * width)
    for at, sign in enumerate(text):
        if sign in "\r\x07":
            paragraph_ends.append(begin + (at + 1) * width)
    first = (begin + len(encoded)) // _PAGE + 1
    chpx = [bytes([len(value)]) + value if value else b"" for _, value in runs]
    papx = []
    for number in range(len(paragraph_ends) - 1):
        style, value = paragraphs[number] if number < len(paragraphs) else (0, b"")
        data = struct.pack("<H", style) + value
        padded = data.ljust((len(data) + 1) // 2 * 2, b"\0")
        papx.append(bytes([0, len(padded) // 2]) + padded)
    pages = page(letters, chpx, 1) + page(paragraph_ends, papx, 13)
    where = begin if wide else begin * 2 | 0x40000000
    pieces = struct.pack("<IIHIH", 0, len(text), 0, where, 0)
    table = b"\x02" + struct.pack("<I", len(pieces)) + pieces
    places = {33: (0, len(table))}
    for which, (borders, number) in {12: (letters, first), 13: (paragraph_ends, first + 1)}.items():
        places[which] = len(table), 12
        table += struct.pack("<III", borders[0], borders[-1], number)
    head = bytearray(begin)
    struct.pack_into("<HH", head, 0, 0xA5EC, 0xC1)
    struct.pack_into("<H", head, 0x0A, 0x0200 | flags)
    struct.pack_into("<8I", head, 0x4C, *(list(counts) or [len(text)] + [0] * 7))
    for which, place in places.items():
        struct.pack_into("<II", head, 0x9A + 8 * which, *place)
    stream = (bytes(head) + encoded).ljust(first * _PAGE, b"\0") + pages
    return container({"WordDocument": stream, "1Table": table})


def placed(reading: Reading) -> list[tuple[str, str]]:
    return [(each.heading, each.text) for each in reading.paragraphs]


@pytest.mark.parametrize("wide", [True, False])
def test_paragraphs_stand_under_their_headings(read_bytes: ReadBytes, wide: bool) -> None:
    runs = [("The ledger\rHow it began\rThe keeper’s café.\x0bForty lamps.\rMore.\r", b"")]
    data = word(runs, [(1, b""), (2, b""), (0, b"")], wide=wide)

    reading = read_bytes("a.doc", data)
    assert reading.title == "The ledger"
    assert [(h.rpartition(" > ")[2], t) for h, t in placed(reading)] == [
        ("How it began", "The keeper’s café. Forty lamps."),
        ("How it began", "More."),
    ]


def test_what_was_deleted_or_hidden_is_left_out_and_told(read_bytes: ReadBytes) -> None:
    runs = [("He paid ", b""), ("nine hundred ", DELETED), ("300", b""), (" in cash", HIDDEN)]
    reading = read_bytes("a.doc", word([*runs, (" crowns.\r", b"")]))

    assert placed(reading) == [("", "He paid 300 crowns.")]
    assert [(each.kind, each.text) for each in reading.left_out] == [
        ("deleted", "nine hundred in cash")
    ]


def test_a_table_has_a_line_for_each_row(read_bytes: ReadBytes) -> None:
    runs = [("Vessel\x07Lamps\x07\x07Iris\x07\x07\x07The end.\r", b"")]
    ends = [(0, b""), (0, b""), (0, ROW_END)] * 2
    assert placed(read_bytes("a.doc", word(runs, ends))) == [
        ("", "• Vessel, Lamps • Iris"),
        ("", "The end."),
    ]


def test_of_fields_only_the_result_is_text(read_bytes: ReadBytes) -> None:
    said = "See \x13 HYPERLINK \x13 REF \x14x\x15 \x14the Gazette\x15 of \x13 DATE \x15today.\r"
    assert placed(read_bytes("a.doc", word([(said, b"")]))) == [("", "See the Gazette of today.")]


def test_notes_and_comments_follow_and_running_heads_are_left_out(read_bytes: ReadBytes) -> None:
    parts = ["The lamp.\x02\r", "A spare one.\r", "Harbour Office\r", "", "Who says so?\r", "", ""]
    counts = [len(part) for part in parts] + [0]
    reading = read_bytes("a.doc", word([("".join(parts), b"")], counts=counts))

    assert placed(reading) == [
        ("", "The lamp."),
        ("Footnotes", "A spare one."),
        ("Comments", "Who says so?"),
    ]
    assert [(each.kind, each.text) for each in reading.left_out] == [
        ("running head", "Harbour Office")
    ]


def test_signs_of_two_halves_are_one(read_bytes: ReadBytes) -> None:
    assert placed(read_bytes("a.doc", word([("A lamp 💡.\r", b"")]))) == [("", "A lamp 💡.")]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (word([("x\r", b"")], flags=0x0100), "encrypted"),
        (word([("\r", b"")]), "a Word file without text"),
        (container({"WordDocument": b"short"}), "broken Word file"),
        (container({"WordDocument": bytes(2_000)}), "broken Word file"),
    ],
)
def test_what_cannot_be_read_says_so(why_not: WhyNot, data: bytes, reason: str) -> None:
    assert why_not("a.doc", data).startswith(reason)
