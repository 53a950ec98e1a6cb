"""The Python API: what the front door offers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import backstory
from backstory.engine.errors import ConfigError, IndexNotFound, PassageNotFound
from tests.backstory.conftest import Run


def test_the_front_door_is_short() -> None:
    assert backstory.__all__ == ["Archive", "__version__", "open"]
    assert {*backstory.__all__} <= {*dir(backstory)}
    assert all(hasattr(backstory, name) for name in backstory.__all__)
    assert not hasattr(backstory, "close")


def test_the_front_door_opens_when_it_is_used() -> None:
    program = (
        "import sys, backstory\n"
        "def loaded(): return [room for room in ('api', 'searcher', 'indexer', 'webui')\n"
        "                      if f'backstory.{room}' in sys.modules]\n"
        "print(loaded()); backstory.open; print(loaded())"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n['api', 'searcher']\n"


def test_an_archive_is_opened_indexed_and_searched(dossier: Path) -> None:
    archive = backstory.open(dossier / "index", corpus=dossier / "corpus")
    assert archive.index().added == 3
    result = archive.search("harbour wall")
    assert [hit.passage for hit in result][:1] == ["harbour#p2"]
    assert (result.total, result.all_words, len(result)) == (3, 1, 3)
    assert archive.statistics.passages == 5


def test_hits_have_the_names_of_the_json(indexed: Path, run: Run) -> None:
    (hit, *_) = backstory.open(indexed / "var/index").search("dawn")
    for name, value in hit.to_json().items():
        held = getattr(hit, name)
        assert (
            value == [list(mark) for mark in held]
            if name == "marks"
            else value == pytest.approx(held)
            if name == "score"
            else value == (list(held) if isinstance(held, tuple) else held)
        )


def test_documents_and_passages_are_opened_by_address(indexed: Path, run: Run) -> None:
    archive = backstory.open(indexed / "var/index")
    document, passage = archive.passage("harbour#p1")
    assert (document.title, passage.heading) == ("The harbour", "Morning")
    assert archive.open("harbour", "ships").matches == 1
    with pytest.raises(PassageNotFound):
        archive.passage("harbour#p99")


def test_an_archive_without_an_index_says_so_at_the_first_search(dossier: Path) -> None:
    archive = backstory.open(dossier / "none")
    with pytest.raises(IndexNotFound):
        archive.search("harbour")


def test_settings_can_be_given_by_name(indexed: Path, run: Run) -> None:
    archive = backstory.open(indexed / "var/index", search__page_size=1)
    assert len(archive.search("the")) == 1
    with pytest.raises(ConfigError):
        backstory.open(search__page_size=0)


def test_a_call_that_names_its_index_reads_no_file_unless_told(
    indexed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (indexed / "config.toml").write_text("[search]\npage_size = 1\n", encoding="utf-8")
    index = indexed / "var/index"
    assert len(backstory.open(index).search("the")) > 1
    assert len(backstory.open().search("the")) == 1
    assert len(backstory.open(index, config="config.toml").search("the")) == 1
    monkeypatch.setenv("BACKSTORY_SEARCH_PAGE_SIZE", "2")
    assert len(backstory.open(index).search("the")) == 2
    monkeypatch.delenv("BACKSTORY_SEARCH_PAGE_SIZE")
    monkeypatch.setenv("BACKSTORY_CONFIG", "config.toml")
    assert len(backstory.open(index).search("the")) == 1


def test_a_call_warns_of_what_a_found_file_may_not_decide(indexed: Path) -> None:
    (indexed / "config.toml").write_text("[web]\nhost = '0.0.0.0'\n", encoding="utf-8")
    with pytest.warns(UserWarning, match=r"web\.host = \"0\.0\.0\.0\" is ignored") as warned:
        archive = backstory.open()
    assert archive.config.web.host == "127.0.0.1"
    assert warned[0].filename == __file__


def test_a_running_archive_sees_a_new_commit(indexed: Path, run: Run) -> None:
    archive = backstory.open(indexed / "var/index")
    assert not archive.search("wreck")
    (indexed / "corpus/wreck.txt").write_text("Divers found the wreck.", encoding="utf-8")
    run("index")
    result = archive.search("wreck")
    assert [hit.passage for hit in result] == ["wreck#p1"]


def test_a_concordance_is_of_the_whole_result(indexed: Path, run: Run) -> None:
    archive = backstory.open(indexed / "var/index", search__max_page_size=1)
    made = archive.concordance("harbour", sort="left", width=10)
    assert [line.left for line in made] == ["the ", "The ", "of the "]
    assert len(archive.concordance("harbour", limit=2)) == 2
    assert len(archive.concordance("harbuor", correct=False)) == 0
    assert archive.concordance("harbuor").result.searched == "harbour"


def test_collocates_and_frequencies_are_of_the_whole_result(indexed: Path, run: Run) -> None:
    archive = backstory.open(indexed / "var/index", search__max_page_size=1)
    assert [each.value for each in archive.frequencies("harbour").documents] == [
        "harbour",
        "people/keeper",
    ]
    assert archive.collocates("harbour", window=2, most=5).result.total == 3
    assert len(archive.collocates("harbour", limit=1).result) == 1
