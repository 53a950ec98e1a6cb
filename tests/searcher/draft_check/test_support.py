"""The passages that are nearest to a sentence, by words and, where there is a model, by meaning."""

from __future__ import annotations

from collections.abc import Callable

from encoders import Thesaurus, embed_all

from backstory.engine.indexes.contract import Index
from backstory.searcher import Searcher
from backstory.testing import fill_index, make_document

PAPERS = (
    make_document("one", "The admiral asked for walkie talkies in a letter.", "Nothing was paid."),
    make_document("two", "The boat came late.", "A clerk counted the lamps at night."),
)


def near(searcher: Searcher, text: str) -> list[str]:
    """Return the addresses that support a sentence."""
    (sentence,) = searcher.check_draft(text)
    return [place.address for place in sentence.support]


def test_words_alone_find_what_has_them(new_index: Callable[[str], Index]) -> None:
    searcher = Searcher(fill_index(new_index("reference"), *PAPERS))
    assert near(searcher, "The clerk of the night counted lamps.") == ["two#p2"]
    assert near(searcher, "The commander wanted a transmitter.") == []


def test_meaning_finds_other_words(new_index: Callable[[str], Index]) -> None:
    encoder = Thesaurus()
    index = embed_all(fill_index(new_index("reference"), *PAPERS), encoder)
    searcher = Searcher(index, encoder=encoder)
    assert near(searcher, "The commander wanted a transmitter.")[0] == "one#p1"


def test_where_its_quotation_stands_comes_first(new_index: Callable[[str], Index]) -> None:
    searcher = Searcher(fill_index(new_index("reference"), *PAPERS))
    text = "The clerk of the night counted lamps when “the boat came late”."
    assert near(searcher, text) == ["two#p1", "two#p2"]


def test_a_model_that_fails_costs_no_check(new_index: Callable[[str], Index]) -> None:
    encoder = Thesaurus()
    index = embed_all(fill_index(new_index("reference"), *PAPERS), encoder)
    encoder.is_broken = True
    assert "two#p2" in near(Searcher(index, encoder=encoder), "The clerk counted lamps at night.")
