"""Word files of the old kind are read with their headings, and without what was deleted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from containers import container
from office import word

from backstory.indexer.readers import Reading

ReadBytes = Callable[..., Reading]
WhyNot = Callable[..., str]

DELETED, HIDDEN = b"\x00\x08\x01", b"\x3c\x08\x01"
ROW_END = b"\x17\x24\x01"


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
