"""JSON is read by its structure: records and messages are passages, and no value is lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from backstory.indexer.readers import Reading

ReadBytes = Callable[..., Reading]
Placed = Callable[[Any], list[tuple[str, str]]]


@pytest.fixture
def placed(read_bytes: ReadBytes) -> Placed:
    """Return the headings and texts of a value that is written as JSON."""

    def read(value: Any) -> list[tuple[str, str]]:
        reading = read_bytes("a.json", json.dumps(value, ensure_ascii=False).encode())
        return [(each.heading, each.text) for each in reading.paragraphs]

    return read


def test_a_message_is_a_passage_with_who_wrote_it_and_when(placed: Placed) -> None:
    chat = {
        "name": "Harbour desk",
        "messages": [
            {"id": 1, "date": "2018-03-09T10:00:00", "from": "Ines", "text": "Who paid?"},
            {"id": 2, "from": "Águeda", "text": ["See ", {"type": "link", "text": "page 4"}, "."]},
            {"id": 3, "from": "Ines", "text": ""},
        ],
    }
    assert placed(chat) == [
        ("", "name: Harbour desk"),
        ("messages", "Ines, 2018-03-09T10:00:00: Who paid? · id: 1"),
        ("messages", "Águeda: See page 4. · id: 2"),
        ("messages", "id: 3 · from: Ines"),
    ]


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        ("1520589600.000200", "2018-03-09 10:00:00 UTC"),
        (1520589600000, "2018-03-09 10:00:00 UTC"),
        (12, "12"),
    ],
)
def test_times_that_programs_count_are_written_out(placed: Placed, moment: Any, shown: str) -> None:
    assert placed([{"user": "U1", "ts": moment, "text": "Hello."}]) == [
        ("", f"U1, {shown}: Hello.")
    ]


def test_a_record_has_the_names_of_its_values(placed: Placed) -> None:
    records = [
        {"name": "Quintero", "ships": ["Iris", "Marigold"], "on": True, "x": None},
        {"name": "Falk", "post": {"desk": "city", "since": 2016}},
    ]
    assert placed(records) == [
        ("", "name: Quintero · ships: Iris, Marigold · on: true"),
        ("", "name: Falk · post: desk: city, since: 2016"),
    ]


def test_other_values_stand_under_their_path(placed: Placed) -> None:
    assert placed({"fund": {"light": {"lamps": 40, "lens": {"size": "3.50"}}}, "note": "x"}) == [
        ("", "note: x"),
        ("fund > light", "lamps: 40"),
        ("fund > light > lens", "size: 3.50"),
    ]


def test_no_value_is_lost(placed: Placed) -> None:
    value = {"a": [[1, [2, {"b": {"c": [{"d": [{"e": "three"}]}]}}]], "four"], "f": "five " * 200}
    found = " ".join(text for _, text in placed(value)).split()
    assert {"1", "2", "three", "four", "five"} <= {word.strip(",") for word in found}


def test_numbers_stay_as_they_are_written(read_bytes: ReadBytes) -> None:
    data = b'{"sum": 1250000.10, "id": 12345678901234567890, "sum": 2}'
    (found,) = read_bytes("a.json", data).paragraphs
    assert found.text == "sum: 1250000.10 · id: 12345678901234567890 · sum (2): 2"


def test_json_lines_may_be_called_json(read_bytes: ReadBytes) -> None:
    reading = read_bytes("a.json", b'{"text": "One."}\n{"text": "Two."}\n')
    assert [each.name for each in reading.members] == ["1", "2"]


def test_what_is_broken_is_read_as_text_and_says_so(read_bytes: ReadBytes) -> None:
    reading = read_bytes("a.json", b'{"who": "the keeper", ')
    assert "the keeper" in reading.paragraphs[0].text
    assert reading.notes[-1].sentence.startswith("broken JSON (")


def test_records_past_the_limit_are_told(read_bytes: ReadBytes) -> None:
    data = json.dumps([{"n": number} for number in range(9)]).encode()
    reading = read_bytes("a.json", data, max_members=5)
    assert len(reading.paragraphs) == 5
    assert reading.notes[-1].sentence == "more records than formats.max_members"
