"""Tables and JSON lines: every row is a document."""

from __future__ import annotations

import csv
import io
import json
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
    assert list(rows(reading).values()) == [story.paragraphs for story in stories]
    for member, story in zip(reading.members, stories, strict=True):
        found = member.reading
        assert found is not None
        assert (found.title, found.author, found.date) == (story.title, "Ines Falk", story.date)


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_mark_between_cells_is_found(read_bytes: Read, mark: str) -> None:
    table = f"title{mark}text{mark}n\nLamp{mark}It was lit.{mark}1\nStorm{mark}It came.{mark}2\n"
    reading = read_bytes("a.csv", table.encode())
    assert rows(reading) == {"1": ["It was lit."], "2": ["It came."]}


def test_a_row_without_a_text_column_is_read_whole(read_bytes: Read) -> None:
    reading = read_bytes("a.csv", b"name,rank,ship\nQuintero,admiral,\nFalk,,Aurora\n")
    assert rows(reading) == {"1": ["rank: admiral"], "2": ["ship: Aurora"]}
    assert [each.reading.title for each in reading.members if each.reading] == ["Quintero", "Falk"]


def test_the_settings_say_which_column_is_which_field(read_bytes: Read) -> None:
    data = b"Betreff,Inhalt,text\nLampe,Sie brannte.,nein\n"
    reading = read_bytes("a.csv", data, text=("inhalt",), title=("betreff",))
    (member,) = reading.members
    assert member.reading is not None
    assert (member.reading.title, rows(reading)) == ("Lampe", {"1": ["Sie brannte."]})


def test_an_id_of_its_own_is_a_rows_address_if_no_other_has_it(read_bytes: Read) -> None:
    data = b"id,text\nx7,One.\nx7,Two.\n../y,Three.\n5,Four.\n,Five.\n"
    assert list(rows(read_bytes("a.csv", data))) == ["x7", "2", "3", "5", "5+"]


def test_lines_that_are_no_objects_are_named_and_the_rest_is_read(read_bytes: Read) -> None:
    data = b'{"text": "One."}\n[1]\n{"text": \n\n' + b"[" * 100_000 + b'\n{"text": "Two."}\n'
    reading = read_bytes("a.jsonl", data)
    assert list(rows(reading).values()) == [["One."], ["Two."]]
    assert [each.name for each in reading.members if each.reason] == ["2", "3", "5"]


def test_only_so_many_rows_are_read(read_bytes: Read) -> None:
    reading = read_bytes("a.csv", b"text\nOne.\nTwo.\nThree.\n", budget=Budget(members=2))
    assert list(rows(reading)) == ["1", "2"]
    assert "max_members" in reading.members[-1].reason


@pytest.mark.parametrize("data", [b"text\n", b"a,b\n,\n"])
def test_a_table_without_rows_is_reported(why_not: Callable[..., str], data: bytes) -> None:
    assert why_not("a.csv", data) == "a table without rows"


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6))
def test_any_cell_is_read_back(read_bytes: Read, cells: list[tuple[str, str]]) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([("left", "right"), *cells])
    lines = "\n".join(json.dumps({"left": a, "right": b}) for a, b in cells)
    expected = [[f"left: {a} · right: {b}"] for a, b in cells]
    for name, text in (("a.csv", stream.getvalue()), ("a.jsonl", lines)):
        assert list(rows(read_bytes(name, text.encode())).values()) == expected


def test_a_row_that_is_nested_too_deeply_costs_no_other(read_bytes: Read) -> None:
    deep = '{"text": ' + "[" * 900 + "1" + "]" * 900 + "}"
    deeper = '{"text": ' + "[" * 100_000
    reading = read_bytes(
        "a.jsonl", "\n".join(['{"text": "One."}', deep, deeper, '{"text": "Four."}']).encode()
    )
    assert rows(reading) == {"1": ["One."], "4": ["Four."]}
    assert [each.reason for each in reading.members if each.remark] == [
        "nested too deeply",
        "line 3 is not JSON: nested too deeply",
    ]
