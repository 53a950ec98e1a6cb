"""Questions in other words: meaning finds what words do not, and words keep what is theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from encoders import MODEL, Thesaurus, embed_all

from backstory.engine.documents import IndexedDocument
from backstory.engine.hits import SearchResult
from backstory.engine.indexes.contract import Index
from backstory.searcher import Searcher, fusion
from backstory.searcher.settings import SearchSettings

Make = Callable[..., IndexedDocument]
PASSAGES = (
    "The transmitter was hidden in the cellar of the customs house.",
    "Nobody asked for the receiver.",
    "The keeper of the beacon saw a light at sea.",
    "A cook told the court about soup.",
    "He killed himself in the winter of that year.",
    "The vessel left the harbour at night.",
    "The commander wrote a letter about his life at sea.",
    "Rain fell for a week, and the roof of the school gave way.",
)


@pytest.fixture
def encoder() -> Thesaurus:
    return Thesaurus()


@pytest.fixture
def filled(index: Index, document: Make, fill: Callable[..., Index], encoder: Thesaurus) -> Index:
    """Eight documents of a passage each, their titles without a word; all with vectors."""
    fill(index, *(document(f"d{n}", text, title="") for n, text in enumerate(PASSAGES)))
    return embed_all(index, encoder)


@pytest.fixture
def searcher(filled: Index, encoder: Thesaurus) -> Searcher:
    return Searcher(filled, SearchSettings(page_size=100), encoder=encoder)


def addresses(result: SearchResult) -> list[str]:
    return [hit.passage for hit in result]


def test_question_in_other_words_finds_the_passage(searcher: Searcher) -> None:
    result = searcher.search("who asked for walkie talkies")
    first = next(hit for hit in result if hit.by_meaning)

    assert result.total == 1, "as many as words find"
    assert {"d0#p1", "d1#p1"} <= set(addresses(result))
    assert first.passage == "d0#p1"
    assert (first.marks, first.all_words) == ((), False)
    assert result.by_meaning == sum(hit.by_meaning for hit in result)
    assert result.listed == len(result) == 1 + result.by_meaning


def test_words_alone_are_asked_for(searcher: Searcher, encoder: Thesaurus) -> None:
    result = searcher.search("who asked for walkie talkies", words_only=True)

    assert addresses(result) == ["d1#p1"]
    assert (result.by_meaning, result.nearest, encoder.asked) == (0, (), [])


@pytest.mark.parametrize(
    "text",
    [
        "commander", '"left the harbour" vessel', "commander AND letter", "+commander letter",
        "commander -soup letter", "=commander letter", "comm* letter", "commander~ letter",
        "(commander letter) OR soup", '"commander letter"~4', "doc:d6",
    ],
)  # fmt: skip
def test_what_says_which_words_are_wanted_is_answered_by_words(
    searcher: Searcher, text: str
) -> None:
    result = searcher.search(text)

    assert result.total
    assert addresses(result) == addresses(searcher.search(text, words_only=True))
    assert result.by_meaning == 0


@pytest.mark.parametrize("options", [{"sort": "newest"}, {"sort": "oldest"}, {"limit": 0}])
def test_lists_by_date_and_mere_counts_have_words_alone(
    searcher: Searcher, encoder: Thesaurus, options: dict[str, Any]
) -> None:
    result = searcher.search("who asked for walkie talkies", **options)

    assert (result.total, result.by_meaning, encoder.asked) == (1, 0, [])


def test_totals_facets_and_places_are_those_of_words(searcher: Searcher) -> None:
    text = "commander letter sea"
    one = searcher.search(text, facets=True)
    other = searcher.search(text, facets=True, words_only=True)

    assert one.by_meaning
    assert (one.total, one.all_words, one.documents) == (
        other.total,
        other.all_words,
        other.documents,
    )
    assert (one.facets, one.dates) == (other.facets, other.dates)
    assert one.places.items() >= other.places.items()


def test_passages_with_all_the_words_stay_first(searcher: Searcher) -> None:
    result = searcher.search("letter sea")
    flags = [hit.all_words for hit in result]

    assert any(flags)
    assert flags == sorted(flags, reverse=True)


def test_filters_hold_for_what_is_found_by_meaning(searcher: Searcher) -> None:
    assert "d0#p1" in addresses(searcher.search("walkie talkies receiver"))
    result = searcher.search("walkie talkies receiver doc:d1")

    assert addresses(result) == ["d1#p1"]
    assert result.by_meaning == 0


def test_nothing_stays_nothing_and_the_nearest_are_shown_apart(searcher: Searcher) -> None:
    result = searcher.search("talkies walkie", correct=False)

    assert (result.hits, result.total, result.by_meaning) == ((), 0, 0)
    assert result.nearest[0].passage == "d0#p1"
    assert all(hit.by_meaning and not hit.marks for hit in result.nearest)
    assert searcher.search("talkies walkie", correct=False, words_only=True).nearest == ()


@pytest.mark.parametrize("text", ["talkies", '"walkie talkies"'])
def test_a_single_word_or_quotation_without_hits_has_nearest_too(
    searcher: Searcher, text: str
) -> None:
    result = searcher.search(text, correct=False)

    assert result.total == 0
    assert result.nearest[0].passage == "d0#p1"


def test_pages_of_a_fused_list_fit_together(searcher: Searcher) -> None:
    text = "commander letter of the vessel"
    for grouped in (False, True):
        whole = searcher.search(text, limit=100, grouped=grouped)
        pages = [
            hit.passage
            for start in range(0, whole.listed, 2)
            for hit in searcher.search(text, offset=start, limit=2, grouped=grouped)
        ]
        assert pages == addresses(whole)
        assert len(set(pages)) == len(pages) > whole.total
        assert searcher.search(text, offset=whole.listed, limit=2, grouped=grouped).hits == ()


def test_words_go_on_where_the_window_ends(
    searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "the commander of the vessel at sea in a letter about rain"
    by_words = addresses(searcher.search(text, words_only=True))
    for size in (1, 2, 3):
        monkeypatch.setattr(fusion, "BY_WORDS", size)
        monkeypatch.setattr(fusion, "BY_MEANING", 2)
        for grouped in (False, True):
            whole = searcher.search(text, limit=100, grouped=grouped)
            assert sorted(addresses(whole)) == sorted({*by_words, *addresses(whole)})
            assert len(whole) == len(set(addresses(whole))) == whole.listed
            pages = [
                hit.passage
                for start in range(0, whole.listed, 3)
                for hit in searcher.search(text, offset=start, limit=3, grouped=grouped)
            ]
            assert pages == addresses(whole)


def test_at_most_so_many_are_found_by_meaning_alone(
    searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fusion, "MOST_ALONE", 2)
    result = searcher.search("who asked for walkie talkies")

    assert result.by_meaning == 2
    assert sum(hit.by_meaning for hit in result) == 2


def test_a_document_counts_once_in_a_grouped_list(
    index: Index, document: Make, fill: Callable[..., Index], encoder: Thesaurus
) -> None:
    fill(
        index,
        document("a", "The transmitter was hidden.", "Nobody asked for the receiver.", title=""),
        document("b", "A radio, and a radio.", "More about the radio.", title=""),
    )
    embed_all(index, encoder)
    searcher = Searcher(index, encoder=encoder)
    result = searcher.search("who asked for walkie talkies", grouped=True)

    assert sorted({hit.document for hit in result}) == ["a", "b"]
    assert len(result) == 2
    assert result.by_meaning == 1, "a has the words in one of its passages"


def test_why_says_how_much_is_meaning_and_adds_up(searcher: Searcher) -> None:
    result = searcher.search("commander letter vessel", explain=True)
    kinds = {reason.kind for hit in result for reason in hit.why}

    assert kinds == {"word", "meaning"}
    for hit in result:
        assert sum(reason.score for reason in hit.why) == pytest.approx(hit.score)
        assert hit.by_meaning == all(reason.kind == "meaning" for reason in hit.why)


def test_setting_weighs_meaning_and_switches_it_off(filled: Index, encoder: Thesaurus) -> None:
    def first(meaning: float) -> str:
        searcher = Searcher(filled, SearchSettings(meaning=meaning), encoder=encoder)
        return next(iter(searcher.search("told about walkie talkies"))).passage

    assert first(0) == "d3#p1"
    assert encoder.asked == []
    assert first(2) == "d0#p1"


def test_question_in_a_language_that_the_model_does_not_know_is_asked_by_words(
    searcher: Searcher, filled: Index, encoder: Thesaurus
) -> None:
    assert searcher.search("el almirante de la sea", correct=False).by_meaning == 0
    assert encoder.asked == []
    knows_all = Thesaurus(replace(MODEL, digest="8" * 64, languages=()))
    embed_all(filled, knows_all)
    result = Searcher(filled, encoder=knows_all).search("el almirante de la sea", correct=False)

    assert "d6#p1" in addresses(result)


def test_rare_words_tell_the_language_where_no_small_word_does(
    index: Index, document: Make, fill: Callable[..., Index], encoder: Thesaurus
) -> None:
    fill(
        index,
        document("en", "The admiral signed orders.", "A ship came."),
        document("es", "Zarpazo firma carta.", "Llega barco.", language="es"),
    )
    embed_all(index, encoder)
    searcher = Searcher(index, encoder=encoder)
    searcher.search("firma zarpazo", correct=False)
    assert encoder.asked == []
    searcher.search("signed admiral", correct=False)
    assert encoder.asked == ["signed admiral"]


def test_model_that_fails_is_said_and_words_answer(filled: Index) -> None:
    searcher = Searcher(filled, encoder=Thesaurus(is_broken=True))
    result = searcher.search("who asked for walkie talkies")

    assert addresses(result) == ["d1#p1"]
    assert any("thesaurus" in note and "it has died" in note for note in result.understanding.notes)


def test_vectors_of_another_model_are_not_compared(filled: Index) -> None:
    other = Thesaurus(replace(MODEL, digest="9" * 64))
    result = Searcher(filled, encoder=other).search("who asked for walkie talkies")

    assert (result.by_meaning, other.asked) == (0, [])


def test_passages_without_a_vector_are_found_by_words_all_the_same(
    filled: Index, document: Make, fill: Callable[..., Index], encoder: Thesaurus
) -> None:
    fill(filled, document("new", "Somebody asked for talkies after all."))
    result = Searcher(filled, encoder=encoder).search("who asked for walkie talkies")

    assert "new#p1" in addresses(result)


def test_corrected_question_is_what_is_asked(searcher: Searcher, encoder: Thesaurus) -> None:
    result = searcher.search("comander letter")

    assert result.searched == "commander letter"
    assert encoder.asked[-1] == "commander letter"


def test_every_index_fuses_alike(
    new_index: Callable[[str], Index], document: Make, fill: Callable[..., Index]
) -> None:
    encoder = Thesaurus()
    results = []
    for kind in ("reference", "embedded"):
        index = new_index(kind)
        fill(index, *(document(f"d{n}", text) for n, text in enumerate(PASSAGES)))
        searcher = Searcher(embed_all(index, encoder), encoder=encoder)
        results.append(
            [
                (hit.passage, hit.score, hit.by_meaning)
                for text in ("commander letter vessel", "who saw a light at sea", "cook soup rain")
                for grouped in (False, True)
                for hit in searcher.search(text, grouped=grouped)
            ]
        )
    assert results[0] == results[1]
