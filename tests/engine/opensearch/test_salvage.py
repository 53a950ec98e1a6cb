"""A control entry that cannot be read: an index is rebuilt over it, and no number is used twice."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from backstory.engine.indexes.opensearch.control import State
from backstory.engine.indexes.opensearch.salvage import MARGIN, record_of, salvaged

STATE = State(
    analyzer="a",
    generation=7,
    epoch=2,
    reserved=9,
    aborted=(3, 8),
    history=((6, 1.5),),
    oldest=6,
    former=((1, 2.5),),
)


def test_what_another_format_says_is_carried_over() -> None:
    record = record_of(json.dumps({**STATE.to_json(), "format": 99, "new": [1]}))
    kept = State(analyzer="a", **salvaged(record, [1, 2, 9]))
    assert kept == STATE


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "3", '"x"', None, json.dumps({"epoch": 1})])
def test_number_after_damage_is_above_all_that_there_are(text: str | None) -> None:
    kept = State(**salvaged(record_of(text), [1, 5]))
    assert kept.unused > MARGIN + 5
    assert [epoch for epoch, _ in kept.former] == [1, 5], "they may still be read"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, "x") for name in ("generation", "epoch", "reserved", "aborted", "former")),
        *((name, None) for name in ("generation", "oldest", "aborted", "history")),
        *(("generation", value) for value in (True, -1, 2**40, 1.5)),
        *(("former", value) for value in ([1], [[1]], [["x", 1.0]], [[1, "x"]])),
    ],
)
def test_one_number_that_cannot_be_read_is_above_all_others(name: str, value: Any) -> None:
    record = {**STATE.to_json(), name: value}
    kept = State(**salvaged(record, [1, 2]))
    assert kept.unused > MARGIN + (9 if name != "reserved" else 8)
    assert {epoch for epoch, _ in kept.former} == {1, 2}
    without = {key: each for key, each in record.items() if key != name}
    assert replace(State(**salvaged(without, [1, 2])), former=()) == replace(kept, former=())


def test_names_of_others_are_no_numbers() -> None:
    assert State(**salvaged({}, [1, 10**12])).generation == MARGIN + 1
