"""Tables in a terminal: aligned, whatever the letters, and harmless."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path

import pytest

from backstory.engine.indexes.reference import ReferenceIndex
from backstory.searcher import Searcher
from backstory.searcher.concordance import concordance
from backstory.searcher.frequencies import frequencies
from backstory.searcher.whole import whole
from backstory.tables import aligned, context_width
from backstory.terminal import cells
from backstory.testing import fill_index, make_document
from tests.backstory.conftest import Run


def test_words_are_aligned_and_the_address_ends_the_line(indexed: Path, run: Run) -> None:
    shown = run("query", "--kwic", "harbour")
    assert shown.out == (
        "                           The **harbour** was closed at dawn.  harbour#p1\n"
        " Nine ships waited outside the **harbour** wall.                harbour#p2\n"
        "The keeper lit the lamp of the **harbour** at dusk.             people/keeper#p1\n"
    )
    assert (shown.status, shown.err[:13]) == (0, "3 passages in")


def test_wide_and_combining_letters_keep_the_columns() -> None:
    texts = [
        "我们需要 radio 设备",
        "le cafe\u0301 de la radio",
        "👩‍🚀 and radio",
        "plain radio talk",
    ]
    searcher = Searcher(fill_index(ReferenceIndex(), make_document("d", *texts)))
    lines = list(aligned(concordance(whole(searcher, "radio"))))

    assert len(lines) == 4
    assert len({line.index("**radio**") for line in lines}) > 1
    assert len({cells(line[: line.index("**radio**")]) for line in lines}) == 1
    assert len({cells(line[: line.index("d#p")]) for line in lines}) == 1


def test_lines_are_sorted_and_cut_as_asked(indexed: Path, run: Run) -> None:
    shown = run("query", "--kwic", "--sort", "left", "--width", "12", "harbour").out
    lefts = [line.split("**")[0].strip() for line in shown.splitlines()]
    assert lefts == ["The", "lamp of the", "outside the"]


def test_n_cuts_the_lines_and_that_is_said(indexed: Path, run: Run) -> None:
    shown = run("query", "--kwic", "-n", "2", "harbour")
    assert shown.out.count("\n") == 2
    assert "Only the best 2 of 3 passages were read." in shown.err
    assert run("query", "--kwic", "--all", "harbour").out.count("\n") == 3


def test_context_fits_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    assert context_width() == 40
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    for columns, width in (("136", 50), ("80", 22), ("20", 15)):
        monkeypatch.setenv("COLUMNS", columns)
        assert context_width() == width


def test_frequencies_are_a_table_of_documents_and_one_of_years(indexed: Path, run: Run) -> None:
    assert run("query", "--frequencies", "harbour").out == (
        "passages  marks  document\n"
        "       2      2  The harbour  harbour\n"
        "       1      1  The keeper  people/keeper\n"
        "\n"
        "passages  marks  year\n"
        "       2      2  2018\n"
        "       1      1  (no date)\n"
    )


def test_documents_that_are_not_listed_are_counted(indexed: Path, run: Run) -> None:
    shown = run("query", "--frequencies", "-n", "1", "harbour").out
    assert "\n… and 1 document more: --all lists them.\n" in shown
    assert "more" not in run("query", "--frequencies", "-n", "1", "--all", "harbour").out


def test_collocates_are_a_table_the_most_remarkable_first(dossier: Path, run: Run) -> None:
    (dossier / "corpus/radio.txt").write_text(
        "The secret radio was heard.\n\nA secret radio at noon.\n", encoding="utf-8"
    )
    run("index")
    assert run("query", "radio", "--collocates").out == (
        "score  near  passages  word\n  7.7     2         2  secret\n"
    )
    assert run("query", "radio", "--collocates=1").out.count("\n") == 2


def test_a_word_in_the_place_of_a_number_is_told_where_to_stand(indexed: Path, run: Run) -> None:
    told = run("query", "--collocates", "harbour")
    assert told.status == 2
    assert "'harbour' is no number from 1 to 1000. Put the option behind the query" in told.err


def test_nothing_found_is_no_table(indexed: Path, run: Run) -> None:
    for option in ("--kwic", "--frequencies", "--collocates"):
        shown = run("query", "blockchain", option)
        assert (shown.status, shown.out) == (1, "")
        assert "No passage has blockchain." in shown.err


def test_tables_are_exported_with_the_agreed_names(indexed: Path, run: Run) -> None:
    (line, *_) = map(json.loads, run("query", "--kwic", "--json", "harbour").out.splitlines())
    names = "left word right passage document number title source date mark date_guessed"
    assert list(line) == names.split()
    (line, *_) = map(json.loads, run("query", "--frequencies", "--json", "the").out.splitlines())
    assert list(line) == "by value title passages marks".split()
    rows = list(csv.DictReader(io.StringIO(run("query", "--kwic", "--csv", "harbour").out)))
    assert [row["passage"] for row in rows] == ["harbour#p1", "harbour#p2", "people/keeper#p1"]
    assert "mark" not in rows[0]
    assert run("query", "harbour", "--collocates", "--csv").out == "word,near,passages,score\r\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--kwic", "--bibtex"], "format must be one of jsonl, csv, not “bibtex”."),
        (["--kwic", "--frequencies"], "One table at a time: --kwic or --frequencies."),
        (["--sort", "left"], "--sort and --width belong to --kwic."),
        (["--kwic", "--sort", "date"], "'date' is not one of"),
    ],
)
def test_options_that_do_not_go_together_are_said(
    indexed: Path, run: Run, arguments: list[str], said: str
) -> None:
    told = run("query", "harbour", *arguments)
    assert (told.status, told.out) == (2, "")
    assert said in told.err


def test_a_table_cannot_take_over_the_terminal() -> None:
    document = make_document("evil\x1b[2J", "\x1b]0;gone\x07 wreck \u202etxt", title="\x9b31m")
    result = whole(Searcher(fill_index(ReferenceIndex(), document)), "wreck")
    for table in (concordance(result), frequencies(result)):
        shown = "".join(aligned(table))
        assert "wreck" in shown or "␛[2J" in shown
        assert not set(shown) & set("\x1b\x07\x9b\u202e")
