"""`backstory query`: what it prints, what it says, and how it ends."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from backstory.searcher.exports import OURS
from backstory.searcher.syntax import operators
from tests.backstory.conftest import Run

FIELDS = (
    "rank score passage document number title source author date language heading page text marks"
    " all_words url kind names why time cells confidence in_title date_guessed has_picture"
    " by_meaning nearest added"
).split()


def test_hits_are_printed_with_source_address_and_marks(indexed: Path, run: Run) -> None:
    found = run("query", "harbour", "wall")
    assert found.status == 0
    assert "The harbour · Gazette · 2018-02-01  harbour#p2" in found.out
    assert "Nine ships waited outside the **harbour** **wall**." in found.out
    assert "— passages with some of the words —" in found.out
    assert "3 passages, 1 with all the words" in found.err


def test_results_go_to_stdout_and_everything_else_to_stderr(indexed: Path, run: Run) -> None:
    found = run("query", "--json", "harbor")
    assert [json.loads(line)["document"] for line in found.out.splitlines()]
    assert "No passage has harbor: these are the hits for harbour." in found.err


def test_nothing_found_ends_with_status_1_and_names_the_word(indexed: Path, run: Run) -> None:
    found = run("query", "blockchain")
    assert (found.status, found.out) == (1, "")
    assert "No passage has blockchain." in found.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ship", "ship, in any form: ships (2); 2 passages."),
        ("=ships", "=ships, exactly so; 2 passages."),
        ('"harbour wall"', '"harbour wall", exactly so; 1 passage.'),
        ("harbours-walls", "harbours-walls, one after the other, in any form; 1 passage."),
        ('"wall ships"~9', '"wall ships"~9, near each other, in any order and form; 1 passage.'),
        ("ship*", "ship*, stands for: ships (2); 2 passages."),
    ],
)
def test_explain_says_how_each_word_was_looked_for(
    indexed: Path, run: Run, text: str, said: str
) -> None:
    assert said in run("query", "--explain", text).err.splitlines()


def test_a_phrase_without_hits_tells_what_its_words_find(indexed: Path, run: Run) -> None:
    found = run("query", '"harbour ships"')
    assert found.status == 1
    assert "harbour alone: 3 passages" in found.err
    assert "ships alone: 2 passages" in found.err


def test_exact_forbids_other_spellings_but_names_them(indexed: Path, run: Run) -> None:
    found = run("query", "--exact", "keeprr")
    assert found.status == 1
    assert "Did you mean keeper? 1 passage" in found.err


def test_two_slips_are_corrected_at_once(indexed: Path, run: Run) -> None:
    found = run("query", "keeprr", "harbor", "dawn")
    assert found.status == 0
    assert "No passage has keeprr, harbor: these are the hits for keeper harbour" in found.err
    assert "Did you mean" not in found.err


def test_few_hits_tell_what_to_leave_out_with_a_command_to_copy(indexed: Path, run: Run) -> None:
    found = run("query", "+zeppelin harbour after:2020")
    assert found.status == 1
    assert "Without after:2020: " not in found.err, "still nothing is found"
    found = run("query", "--", "-storm harbour after:2020")
    assert "Without after:2020: 3 passages: backstory query -- '-storm harbour'" in found.err
    assert run("query", "--", "-storm harbour").err.startswith("3 passages")


def test_form_in_another_language_is_said(indexed: Path, run: Run) -> None:
    (indexed / "corpus/carta.md").write_text(
        "---\nlanguage: es\n---\n\nEl capitán salió.\n", encoding="utf-8"
    )
    (indexed / "corpus/log.txt").write_text("The captain left at noon.\n", encoding="utf-8")
    run("index")
    found = run("query", "captain")
    assert "In another language, capitán: 1 passage: backstory query" not in found.err
    assert "In another language, capitán: 1 passage" in run("query", "lang:es captain").err


def test_word_that_stands_in_titles_alone_is_said(indexed: Path, run: Run) -> None:
    (indexed / "corpus/list.md").write_text("# The Quintero list\n\nA clerk.\n", encoding="utf-8")
    run("index")
    said = "In titles: 1 passage: backstory query title:Quintero"
    assert said in run("query", "Quintero").err


def test_json_has_the_agreed_names(indexed: Path, run: Run) -> None:
    (line, *_) = run("query", "--json", "dawn").out.splitlines()
    hit = json.loads(line)
    assert list(hit) == FIELDS
    assert hit["passage"] == "harbour#p1"
    assert (hit["author"], hit["heading"], hit["all_words"]) == ("Ann Field", "Morning", True)
    assert [hit["text"][start:end] for start, end in hit["marks"]] == ["dawn"]


def test_csv_is_a_table_with_a_header(indexed: Path, run: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(run("query", "--csv", "--all", "the").out)))
    assert len(rows) == 4
    assert {row["document"] for row in rows} == {"harbour", "people/keeper", "storm"}


def test_pages_are_counted_from_one_and_go_to_the_end(indexed: Path, run: Run) -> None:
    pages = [run("query", "--json", "-n", "2", "--page", str(n), "the").out for n in (1, 2, 3)]
    ranks = [json.loads(line)["rank"] for page in pages for line in page.splitlines()]
    assert ranks == [1, 2, 3, 4]
    assert "(3-4 shown)" in run("query", "-n", "2", "--page", "2", "the").err


def test_all_prints_every_hit(indexed: Path, run: Run) -> None:
    shown = run("query", "--json", "--all", "-n", "3", "the")
    assert [json.loads(line)["rank"] for line in shown.out.splitlines()] == [1, 2, 3, 4]
    assert "shown" not in shown.err


@pytest.mark.parametrize(
    ("option", "begins"),
    [
        (
            "--quote",
            "“The harbour was closed at dawn.”\n— Ann Field, The harbour, ",
        ),
        (
            "--markdown",
            "> The harbour was closed at dawn.\n>\n> — Ann Field, *The harbour*, ",
        ),
        ("--bibtex", "@misc{harbour-p1,\n  author = {{Ann Field}},\n"),
        ("--csl-json", '[\n{"id": "harbour#p1", "type": "report", "title": "The harbour"'),
    ],
)
def test_hits_are_cited(indexed: Path, run: Run, option: str, begins: str) -> None:
    assert run("query", option, "dawn").out.startswith(begins)
    sign = "\\#" if option == "--bibtex" else "#"
    every = run("query", option, "--all", "-n", "2", "the").out
    for address in ("harbour#p1", "harbour#p2", "people/keeper#p1", "storm#p2"):
        assert address.replace("#", sign) in every


def test_since_and_source_narrow_the_search(indexed: Path, run: Run) -> None:
    every = run("query", "--json", "--since", "2018", "--source", "gazette", "harbour OR storm")
    assert {json.loads(line)["document"] for line in every.out.splitlines()} == {"harbour"}
    assert run("query", "--since", "2019", "harbour").status == 1


@pytest.mark.parametrize(
    "text",
    [
        'harbour "storm',
        'harbour"',
        "harbour) OR (storm",
        "harbour OR (storm",
        ") OR harbour",
        "((harbour OR storm)) OR )(",
        " OR ".join(["harbour", *(f"word{number}" for number in range(80))]),
    ],
)
def test_no_text_gets_out_of_since_and_source(indexed: Path, run: Run, text: str) -> None:
    assert run("query", "--json", text).status == 0
    for option in (["--since", "2019"], ["--source", "nobody"], ["--source", "no “body”"]):
        found = run("query", "--json", *option, text)
        assert (found.status, found.out) == (1, ""), option


@pytest.mark.parametrize("typed", ["someday", "2018-13", "2018 OR harbour", " "])
def test_since_takes_only_dates(indexed: Path, run: Run, typed: str) -> None:
    found = run("query", "--since", typed, "harbour")
    assert (found.status, found.out) == (2, "")
    assert "is not a date such as 2018, 2018-03 or 2018-03-01" in found.err
    assert run("query", "--since", " 2018/2", "harbour").status == 0


@pytest.mark.parametrize("text", ["(((", "AND OR NOT", '"', "~", "a" * 100_000, "\udcff\udc80"])
def test_any_text_gets_an_answer(indexed: Path, run: Run, text: str) -> None:
    assert run("query", "--", text).status in (0, 1)


def test_a_text_that_starts_with_a_dash_goes_after_two(indexed: Path, run: Run) -> None:
    assert run("query", "--", "-harbour").status == 0


def test_text_cannot_take_over_the_terminal(dossier: Path, run: Run) -> None:
    (dossier / "corpus/evil.txt").write_text(
        "Before \x1b[2J\x1b]0;gone\x07 after \u202egnp.exe and \x9b31m wreck\n", encoding="utf-8"
    )
    run("index")
    forms = [["query", "--format", form, "wreck"] for form in OURS]
    for arguments in (["query", "wreck"], *forms, ["show", "evil"], ["show", "evil", "--csv"]):
        shown = run(*arguments).out
        assert not any(ord(c) < 32 and c not in "\r\n" for c in shown), arguments
        assert not set("\u202e\x9b\x7f") & set(shown), arguments
    assert "␛[2J␛]0;gone␇" in run("show", "evil").out


def test_a_query_without_an_index_says_how_to_build_one(dossier: Path, run: Run) -> None:
    found = run("query", "harbour")
    assert found.status == 4
    assert found.err.strip() == (
        f"backstory: No index at {Path('var/index')}. Build it with: backstory index"
    )


def test_syntax_is_told_without_an_index(run: Run) -> None:
    found = run("query", "--syntax")
    assert found.status == 0
    for operator in operators():
        assert operator.finds in found.out
        assert all(example in found.out.replace("**", "") for example in operator.examples)
