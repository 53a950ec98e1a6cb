"""Tables and JSON lines: every row is a document."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable

import dossier
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.indexer.readers import Budget, Reading

Read = Callable[..., Reading]
CELLS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=9)


def rows(reading: Reading) -> dict[str, list[str]]:
    """Return the paragraphs of each row that could be read."""
    return {
        each.name: [paragraph.text for paragraph in each.reading.paragraphs]
        for each in reading.members
        if each.reading
    }


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_every_row_is_a_document(read_bytes: Read, name: str) -> None:
    stories = [dossier.story(at) for at in range(3)]
    write = dossier.table if name == "a.csv" else dossier.json_lines
    reading = read_bytes(name, write(stories))
    assert [texts[:-1] for texts in rows(reading).values()] == [s.paragraphs for s in stories]
    assert all("Ines Falk" in texts[-1] for texts in rows(reading).values())
    for member, story in zip(reading.members, stories, strict=True):
        found = member.reading
        assert found is not None
        assert (found.title, found.author, found.date) == (story.title, "Ines Falk", story.date)


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_mark_between_cells_is_found(read_bytes: Read, mark: str) -> None:
    table = f"title{mark}text{mark}n\nLamp{mark}It was lit.{mark}1\nStorm{mark}It came.{mark}2\n"
    reading = read_bytes("a.csv", table.encode())
    assert rows(reading) == {"1": ["It was lit.", "n: 1"], "2": ["It came.", "n: 2"]}


def test_a_row_without_a_text_column_is_read_whole(read_bytes: Read) -> None:
    reading = read_bytes("a.csv", b"name,rank,ship\nQuintero,admiral,\nFalk,,Aurora\n")
    assert rows(reading) == {
        "1": ["name: Quintero · rank: admiral"],
        "2": ["name: Falk · ship: Aurora"],
    }
    assert [each.reading.title for each in reading.members if each.reading] == ["Quintero", "Falk"]


def test_the_settings_say_which_column_is_which_field(read_bytes: Read) -> None:
    data = b"Betreff,Inhalt,text\nLampe,Sie brannte.,nein\n"
    reading = read_bytes("a.csv", data, text=("inhalt",), title=("betreff",))
    (member,) = reading.members
    assert member.reading is not None
    assert (member.reading.title, rows(reading)) == ("Lampe", {"1": ["Sie brannte.", "text: nein"]})


def test_an_id_of_its_own_is_a_rows_address_if_no_other_has_it(read_bytes: Read) -> None:
    data = b"id,text\nx7,One.\nx7,Two.\n../y,Three.\n5,Four.\n,Five.\n"
    assert list(rows(read_bytes("a.csv", data))) == ["x7", "2", "3", "5", "5+"]


def test_lines_that_are_no_objects_are_read_as_text_and_named(read_bytes: Read) -> None:
    data = b'{"text": "One."}\n["a", 1]\n{"text": \n\n' + b"[" * 100_000 + b'\n{"text": "Two."}\n'
    reading = read_bytes("a.jsonl", data)
    assert [texts[0][:9] for texts in rows(reading).values()] == [
        *("One.", "a, 1", '{"text": ', "[[[[[[[[[", "Two.")
    ]
    notes = [n.sentence for each in reading.members if each.reading for n in each.reading.notes]
    assert [note.partition(" is ")[0] for note in notes] == ["line 2", "line 3", "line 5"]


def test_only_so_many_rows_are_read(read_bytes: Read) -> None:
    reading = read_bytes("a.csv", b"text\nOne.\nTwo.\nThree.\n", budget=Budget(members=2))
    assert list(rows(reading)) == ["1", "2"]
    assert "max_members" in reading.members[-1].reason


@pytest.mark.parametrize("data", [b"text\n", b"name,b\n,\n"])
def test_a_table_without_rows_is_reported(why_not: Callable[..., str], data: bytes) -> None:
    assert why_not("a.csv", data) == "a table without rows"


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6))
def test_any_cell_is_read_back(read_bytes: Read, cells: list[tuple[str, str]]) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([("name", "right"), *cells])
    lines = "\n".join(json.dumps({"name": a, "right": b}) for a, b in cells)
    expected = [[f"name: {a} · right: {b}"] for a, b in cells]
    for name, text in (("a.csv", stream.getvalue()), ("a.jsonl", lines)):
        assert list(rows(read_bytes(name, text.encode())).values()) == expected


# --- Headers, preambles and marks


def lines(reading: Reading) -> list[str]:
    return [texts[0] for texts in rows(reading).values()]


@pytest.mark.parametrize(
    "table",
    [
        "permit,holder\n114,Ann Field\n115,Tom Reed\n",
        "Holder,Street\nAnn Field,Quay Road\nTom Reed,Mill Lane\nEve Lund,Quay Road\n",
        "HOLDER;STREET\nAnn;Quay\nTom;Mill\nEve;Quay\n",
        "region,2018,2019\nNorth,1200,1300\nSouth,1.5,7\nWest,0,1\n",
        "\ufeffname,rank\nQuintero,admiral\n",
        ",total\nboats,3\nnets,12\n",
        "Amount (euros)|Date of payment|To whom\n1.200,50|12.03.2014|Field\n7|1.4.2014|Reed\n",
    ],
)
def test_a_likely_header_names_the_columns(read_bytes: Read, table: str) -> None:
    first, *body = table.lstrip("\ufeff").splitlines()
    found = lines(read_bytes("a.csv", table.encode()))
    mark = next(mark for mark in ";|," if mark in first)
    names = [name or "column 1" for name in first.split(mark)]
    assert [line.split(" · ") for line in found] == [
        [f"{name}: {cell}" for name, cell in zip(names, row.split(mark), strict=True)]
        for row in body
    ]


@pytest.mark.parametrize(
    "table",
    [
        "1901,Ann Field,sold the mill\n1902,Tom Reed,bought it\n1903,Eve Lund,burned it\n",
        "Ann Field,Quay Road\nTom Reed,Mill Lane\nEve Lund,Quay Road\nJo Orr,Mill Lane\n",
        "12.03.2014;Field;1.200,50\n1.4.2014;Reed;7\n",
        "Nobody had seen the admiral since the storm of that spring night.,x\nb,c\n",
        "a@b.example,Ann\nc@d.example,Tom\n",
        "2018-03-09T10:00:00Z,Ann,yes\n2018-03-09T10:01:00Z,Tom,no\n",
        "Quay,North\nMill,North\nQuay,South\nMill,West\n",
        "The only row,of the table,Year 7\n",
    ],
)
def test_a_first_row_like_the_others_is_a_row(read_bytes: Read, table: str) -> None:
    mark = ";" if ";" in table else ","
    expected = [" · ".join(line.split(mark)) for line in table.splitlines()]
    assert lines(read_bytes("a.csv", table.encode())) == expected


@pytest.mark.parametrize("above", ["Register", "Register of permits,,", '"All, of 2014"'])
def test_lines_above_the_header_are_the_files_own_document(read_bytes: Read, above: str) -> None:
    header = "printed 3 March 2014,,\n,,\npermit,holder,street"
    table = f"{above}\n{header}\n114,Ann,Quay\n115,Tom,Mill\n"
    reading = read_bytes("a.csv", table.encode())
    title = above.rstrip(",").strip('"')
    assert [each.text for each in reading.paragraphs] == [title, "printed 3 March 2014"]
    assert rows(reading) == {
        "1": ["permit: 114 · holder: Ann · street: Quay"],
        "2": ["permit: 115 · holder: Tom · street: Mill"],
    }


@pytest.mark.parametrize("mark", ["|", ";", "~"])
def test_a_line_for_excel_says_what_stands_between_cells(read_bytes: Read, mark: str) -> None:
    reading = read_bytes("a.csv", f"sep={mark}\nname{mark}sum\nAnn, B.{mark}1,5\n".encode())
    assert lines(reading) == ["name: Ann, B. · sum: 1,5"]
    assert [(each.kind, each.text) for each in reading.left_out] == [
        ("separator line", f"sep={mark}")
    ]


def test_columns_of_one_name_are_both_read(read_bytes: Read) -> None:
    found = lines(read_bytes("a.csv", b"sum,sum,\n1,2,3\n"))
    assert found == ["sum: 1 · sum (2): 2 · column 3: 3"]


@pytest.mark.parametrize("closing", ["", ' more "quoted" words', '"" and'])
def test_a_stray_quotation_mark_swallows_no_rows(read_bytes: Read, closing: str) -> None:
    table = f'name,age\n"Big" Ed,7\n"Al,8\nBo,9\nCy,10{closing}\n"Di, E.","11\n12"\n'
    found = lines(read_bytes("a.csv", table.encode()))
    assert [line.partition(" ·")[0] for line in found] == [
        *("name: Big Ed", 'name: "Al', "name: Bo", "name: Cy", "name: Di, E.")
    ]
    assert found[-1] == "name: Di, E. · age: 11\n12"


WORDS = st.from_regex(r"[a-c]{1,3}[0-9]{0,2}", fullmatch=True)


@given(
    table=st.lists(st.lists(WORDS, min_size=1, max_size=4), min_size=1, max_size=8),
    mark=st.sampled_from(",;\t|"),
    stray=st.integers(0, 60),
)
def test_no_word_of_any_table_is_lost(
    read_bytes: Read, table: list[list[str]], mark: str, stray: int
) -> None:
    text = "\n".join(mark.join(row) for row in table)
    text = f'{text[:stray]}"{text[stray:]}'
    reading = read_bytes("a.csv", text.encode())
    found = [each.text for each in (*reading.paragraphs, *reading.left_out)]
    found += [text for texts in rows(reading).values() for text in texts]
    assert set(re.findall(r"\w+", text.replace('"', ""))) <= set(
        re.findall(r"\w+", " ".join(found).replace('"', ""))
    )


def test_a_row_that_is_nested_too_deeply_costs_no_other(read_bytes: Read) -> None:
    deep = '{"text": ' + "[" * 900 + "1" + "]" * 900 + "}"
    deeper = '{"text": ' + "[" * 100_000
    reading = read_bytes(
        "a.jsonl", "\n".join(['{"text": "One."}', deep, deeper, '{"text": "Four."}']).encode()
    )
    found = rows(reading)
    assert found.pop("3")[0].startswith('{"text": [[[')  # as text, with a note
    assert found == {"1": ["One."], "4": ["Four."]}
    assert [each.reason for each in reading.members if each.remark] == ["nested too deeply"]
