"""The exports: each holds every hit, in the order of the list."""

from __future__ import annotations

import csv
import io
import json

import pytest

from backstory.searcher import Searcher
from backstory.searcher.exports import OURS, export
from backstory.searcher.exports.base import ExportNotFound
from backstory.searcher.whole import whole


def counted(written: str, form: str) -> int:
    """Count the rows, blocks, entries or items of an export."""
    match form:
        case "jsonl":
            return len([json.loads(line) for line in written.splitlines()])
        case "csv":
            return len(list(csv.DictReader(io.StringIO(written, newline=""))))
        case "csl-json":
            return len(json.loads(written))
        case "bibtex":
            return sum(line.startswith("@") for line in written.splitlines())
        case "quote":
            return sum(line.startswith("— ") for line in written.splitlines())
        case _:
            return sum(line.startswith("> — ") for line in written.splitlines())


@pytest.mark.parametrize("form", OURS)
@pytest.mark.parametrize("text", ["radio", "order almirante", "blockchain", "NOT radio"])
def test_an_export_has_every_hit_of_the_list(searcher: Searcher, form: str, text: str) -> None:
    result = whole(searcher, text, correct=False)
    written = "".join(export(result, form))

    assert counted(written, form) == result.total
    if form != "bibtex":
        places = [written.index(hit.passage) for hit in result]
        assert places == sorted(places)


def test_a_form_that_is_none_is_refused(searcher: Searcher) -> None:
    with pytest.raises(ExportNotFound, match=r"one of jsonl, csv, .*, not “pdf”"):
        export([], "pdf")


def test_json_and_csv_have_the_names_that_others_rely_on(searcher: Searcher) -> None:
    hits = searcher.search("ledger").hits[:1]
    header, row = csv.reader(io.StringIO("".join(export(hits, "csv")), newline=""))
    record = json.loads("".join(export(hits, "json")))

    assert (
        header
        == (
            "rank score passage document number title source author date language date_guessed "
            "heading page "
            "time cells confidence text"
        ).split()
    )
    assert row == ["" if record[name] is None else str(record[name]) for name in header]
