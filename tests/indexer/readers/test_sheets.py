"""Every sheet of a workbook is a document, every row a passage that says where it stands."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
from office import Rows, ods, xls, xlsb, xlsx
from openpyxl.comments import Comment

from backstory.indexer.readers import Reading

ReadBytes = Callable[..., Reading]
WhyNot = Callable[..., str]

FLEET: Rows = [
    ["Vessel", "Lamps", "Paid on"],
    ["Marigold", 1_250_000, datetime.date(2018, 3, 9)],
    ["Iris", 0.1 + 0.2, datetime.datetime(2018, 3, 10, 8, 30)],
]
SHOWN = [
    ("A1:C1", "Vessel · Lamps · Paid on"),
    ("A2:C2", "Vessel: Marigold · Lamps: 1250000 · Paid on: 2018-03-09"),
    ("A3:C3", "Vessel: Iris · Lamps: 0.3 · Paid on: 2018-03-10 08:30:00"),
]


def rows_in(reading: Reading, sheet: str) -> list[tuple[str, str]]:
    (found,) = (each.reading for each in reading.members if each.name == sheet)
    assert found is not None
    return [(each.cells, each.text) for each in found.paragraphs]


@pytest.mark.parametrize("suffix", [".xlsx", ".xls"])
def test_a_row_is_a_passage_with_the_names_of_its_columns(
    read_bytes: ReadBytes, suffix: str
) -> None:
    data = xlsx({"Fleet": FLEET}) if suffix == ".xlsx" else xls(FLEET)
    reading = read_bytes(f"fleet-2018{suffix}", data)

    assert rows_in(reading, "Fleet") == SHOWN
    (member,) = reading.members
    assert member.reading is not None
    assert member.reading.title.endswith(", Fleet")
    assert member.reading.kind == "spreadsheet"
    assert member.sha256, "the same workbook elsewhere is a copy"


def test_an_opendocument_sheet_ends_where_its_text_does(read_bytes: ReadBytes) -> None:
    reading = read_bytes("fleet.ods", ods([*FLEET[:2], ["Iris", 7.5, datetime.date(2018, 4, 1)]]))

    third = ("A3:C3", "Vessel: Iris · Lamps: 7.5 · Paid on: 2018-04-01")
    assert rows_in(reading, "Fleet") == [*SHOWN[:2], third]


def test_a_binary_workbook_is_read(read_bytes: ReadBytes) -> None:
    reading = read_bytes("fleet.xlsb", xlsb([["Vessel", "Lamps"], ["Marigold", 40.0]]))

    rows = [("A1:B1", "Vessel · Lamps"), ("A2:B2", "Vessel: Marigold · Lamps: 40")]
    assert rows_in(reading, "Fleet") == rows


def test_what_a_formula_gave_is_read(read_bytes: ReadBytes) -> None:
    data = xlsx({"Sums": [["Radios", "Price"], ["all", 99]]})
    source, target = io.BytesIO(data), io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            text = old.read(name).replace(b"<v>99</v>", b"<f>SUM(C1:C9)</f><v>1750</v>")
            new.writestr(name, text)

    assert rows_in(read_bytes("sums.xlsx", target.getvalue()), "Sums")[1] == (
        "A2:B2",
        "Radios: all · Price: 1750",
    )


def test_no_row_is_lost_whatever_stands_above_and_below_a_table(read_bytes: ReadBytes) -> None:
    rows = [
        ["Lamps of the harbour, as counted in spring"],
        ["Vessel", "Lamps"],
        ["Marigold", 40],
        [],
        ["Iris", 7],
        [],
        ["Counted by the keeper"],
        [],
        ["Name", "Rank"],
        ["Quintero", "admiral"],
    ]
    assert rows_in(read_bytes("lamps.xlsx", xlsx({"Lamps": rows})), "Lamps") == [
        ("A1", "Lamps of the harbour, as counted in spring"),
        ("A2:B2", "Vessel · Lamps"),
        ("A3:B3", "Vessel: Marigold · Lamps: 40"),
        ("A5:B5", "Vessel: Iris · Lamps: 7"),
        ("A7", "Counted by the keeper"),
        ("A9:B9", "Name · Rank"),
        ("A10:B10", "Name: Quintero · Rank: admiral"),
    ]


def test_a_table_without_a_header_gets_none(read_bytes: ReadBytes) -> None:
    rows = [["Marigold", 40, "2018-03-09"], ["Iris", 7, "2018-03-10"]]

    found = rows_in(read_bytes("bare.xlsx", xlsx({"Bare": rows})), "Bare")
    assert found[0] == ("A1:C1", "Marigold · 40 · 2018-03-09")


def test_years_may_name_the_columns(read_bytes: ReadBytes) -> None:
    rows = [["Post", 2016, 2017, 2018], ["Radios", 1, 2, 3], ["Lamps", 4, None, 6]]

    found = rows_in(read_bytes("years.xlsx", xlsx({"Years": rows})), "Years")
    assert found[2] == ("A3:D3", "Post: Lamps · 2016: 4 · 2018: 6")


def test_merged_cells_count_for_every_row_and_column_they_cover(read_bytes: ReadBytes) -> None:
    def merge(book: openpyxl.Workbook) -> None:
        sheet = book["Merged"]
        sheet.merge_cells("B1:C1")
        sheet.merge_cells("A3:A4")

    rows = [
        [None, "2018"],
        ["Office", "spring", "autumn"],
        ["Harbour", 5, 6],
        [None, 7, 8],
    ]
    assert rows_in(read_bytes("m.xlsx", xlsx({"Merged": rows}, merge)), "Merged")[2:] == [
        ("A3:C3", "Office: Harbour · 2018 spring: 5 · 2018 autumn: 6"),
        ("A4:C4", "Office: Harbour · 2018 spring: 7 · 2018 autumn: 8"),
    ]


def test_a_hidden_sheet_is_read_and_says_so(read_bytes: ReadBytes) -> None:
    def hide(book: openpyxl.Workbook) -> None:
        book["Second"].sheet_state = "veryHidden"

    reading = read_bytes("two.xlsx", xlsx({"First": [["a"]], "Second": [["the spare lens"]]}, hide))
    (hidden,) = (each.reading for each in reading.members if each.name == "Second")
    assert hidden is not None
    assert "a hidden sheet" in [note.sentence for note in hidden.notes]
    assert rows_in(reading, "Second") == [("A1", "the spare lens")]


def test_what_a_workbook_says_of_itself_counts_for_its_sheets(read_bytes: ReadBytes) -> None:
    def describe(book: openpyxl.Workbook) -> None:
        book.properties.creator, book.properties.title = "Ines Falk", "The lamp budget"
        book.properties.created = datetime.datetime(2018, 5, 6)

    (member,) = read_bytes("b.xlsx", xlsx({"One": FLEET}, describe)).members
    assert member.reading is not None
    found = (member.reading.title, member.reading.author, member.reading.date)
    assert found == ("The lamp budget, One", "Ines Falk", "2018-05-06")


def test_comments_are_passages_in_their_cells(read_bytes: ReadBytes) -> None:
    def comment(book: openpyxl.Workbook) -> None:
        book["Fleet"]["B2"].comment = Comment("Who counted these?", "Ines Falk")

    found = rows_in(read_bytes("a.xlsx", xlsx({"Fleet": FLEET, "Empty": []}, comment)), "Fleet")
    assert found == [*SHOWN, ("B2", "Comment by Ines Falk: Who counted these?")]


def test_rows_past_the_limit_are_told(read_bytes: ReadBytes) -> None:
    data = xlsx({"First": [[f"lamp {n}"] for n in range(9)], "Second": [["lens"]]})
    reading = read_bytes("many.xlsx", data, max_members=5)

    first, second = reading.members
    assert first.reading is not None
    assert len(first.reading.paragraphs) == 5
    assert "more rows than formats.max_members" in first.reading.notes[-1].sentence
    assert second.reason == "the workbook holds more rows than formats.max_members"


def test_content_says_what_a_workbook_is_called_otherwise(read_bytes: ReadBytes) -> None:
    for name, data in (("a.zip", xlsx({"Fleet": FLEET})), ("a.txt", xls(FLEET))):
        reading = read_bytes(name, data)
        assert rows_in(reading, "Fleet") == SHOWN
        assert "a spreadsheet, though its name ends in" in reading.notes[0].sentence


def test_a_table_of_text_may_be_called_a_workbook(read_bytes: ReadBytes) -> None:
    reading = read_bytes("export.xls", b"Vessel\tLamps\nIris\t7\n")
    assert [each.reason for each in reading.members if each.reading is None] == []
    assert "7" in str(reading.members[0].reading)
    assert [each.sentence for each in reading.notes] == ["a table, though its name ends in .xls"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.xlsx", b"PK\x03\x04 and no archive"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        ("a.ods", b"PK\x05\x06" + bytes(18)),
    ],
)
def test_a_broken_workbook_says_so(why_not: WhyNot, name: str, data: bytes) -> None:
    assert why_not(name, data).startswith(("broken", "an archive without"))


def test_a_workbook_without_text_says_so(why_not: WhyNot) -> None:
    assert why_not("a.xlsx", xlsx({"Empty": []})) == "a workbook without text"


def test_a_workbook_that_unfolds_to_too_much_is_not_opened(why_not: WhyNot) -> None:
    from backstory.indexer.readers import Budget

    reason = why_not("a.xlsx", xlsx({"Fleet": FLEET}), budget=Budget(size=1_000))
    assert reason == "unfolds to more than formats.max_unpacked_mb"
