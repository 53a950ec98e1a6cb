"""Tables: read back as they were written, and nothing in them runs."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.characters import visible
from backstory.searcher.exports.csv_table import csv_table, harmless
from backstory.searcher.exports.json_lines import json_lines
from tests.searcher.exports.conftest import hostile

records = st.lists(st.fixed_dictionaries({"text": hostile, "n": st.integers()}), max_size=5)


@given(records)
def test_csv_has_a_row_for_each_record_and_no_formula(rows: list[dict[str, object]]) -> None:
    written = "".join(csv_table(rows, ["n", "text"]))
    read = list(csv.DictReader(io.StringIO(written, newline="")))

    assert [int(row["n"]) for row in read] == [row["n"] for row in rows]
    for was, row in zip(rows, read, strict=True):
        shown = visible(str(was["text"]))
        assert row["text"] in (shown, f"'{shown}")
        assert not row["text"].lstrip().startswith(("=", "+", "-", "@", "\t", "\r"))
    written.encode("utf-8")


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@sum", "  =1", "\t=1", "\r=1", "\n=1", "\uff1d1", "\u00a0=1"]
)
def test_a_cell_never_holds_a_formula(text: str) -> None:
    assert str(harmless(text))[0] in "'␍"


@pytest.mark.parametrize("value", [None, 3, -2, 1.5, "", "plain", "a=b"])
def test_values_that_harm_nobody_stay(value: object) -> None:
    assert harmless(value) == value


def test_a_value_that_is_missing_is_left_empty() -> None:
    assert list(csv_table([{"a": 1, "c": None}], ["a", "b", "c"])) == ["a,b,c\r\n", "1,,\r\n"]


@given(records)
def test_json_has_a_line_for_each_record(rows: list[dict[str, object]]) -> None:
    lines = "".join(json_lines(rows)).splitlines()
    assert [json.loads(line) for line in lines] == rows
    "\n".join(lines).encode("utf-8")
