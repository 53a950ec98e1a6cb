"""The reasons of a hit add up to its score, and words are said to be what they were taken for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings

from backstory.engine.documents import IndexedDocument
from backstory.engine.indexes.contract import Index
from backstory.searcher.search import Searcher
from tests.engine.test_agreement import histories, queries, replay

Make = Callable[..., IndexedDocument]


@given(histories, queries)
@settings(max_examples=120)
def test_reasons_add_up_to_the_score(
    new_index: Callable[[str], Index], document: Make, history: Any, text: str
) -> None:
    searcher = replay(new_index("reference"), history, document)
    plain, explained = (searcher.search(text, limit=100, explain=e) for e in (False, True))

    assert [hit.score for hit in plain] == [hit.score for hit in explained]
    assert all(hit.why == () for hit in plain)
    for hit in explained:
        assert sum(reason.score for reason in hit.why) == pytest.approx(hit.score, abs=1e-9)
        assert [r.score for r in hit.why] == sorted((r.score for r in hit.why), reverse=True)
        assert all(r.times > 0 for r in hit.why if r.text)


def test_a_hit_says_which_word_gave_how_much(
    index: Index, document: Make, fill: Callable[..., Index]
) -> None:
    story = document("story", "The ship sank. The ships of the bay.", "A ship.", title="Bay")
    fill(index, story, document("other", "Nothing to see."))
    hit = Searcher(index).search("ships bay bay", explain=True).hits[0]

    found = {(reason.kind, reason.text): reason.times for reason in hit.why}
    assert found == {("word", "ships"): 2, ("word", "bay"): 1}
    assert hit.why[0].text == "bay", "it is rare, and was typed twice"


def test_a_single_word_says_what_its_typed_form_gave(
    index: Index, document: Make, fill: Callable[..., Index]
) -> None:
    fill(index, document("story", "The ship sank. The ships.", "A ship.", "No."))
    hit = Searcher(index).search("ships", explain=True).hits[0]

    reasons = {(reason.kind, reason.text): reason.times for reason in hit.why}
    assert reasons == {("word", "ships"): 2, ("as typed", "ships"): 1}
    assert sum(reason.score for reason in hit.why) == pytest.approx(hit.score)


def test_a_word_that_only_lets_a_passage_through_gives_nothing_and_spoils_nothing(
    index: Index, document: Make, fill: Callable[..., Index]
) -> None:
    fill(index, document("story", "A ship in the bay."), document("other", "No ship."))
    hit = Searcher(index).search("ship -(-bay)", explain=True).hits[0]

    (reason,) = [reason for reason in hit.why if reason.kind == "word"]
    assert (reason.text, reason.times) == ("ship", 1)
    assert reason.score > 0


def test_words_are_read_as_the_index_has_them(
    index: Index, document: Make, fill: Callable[..., Index]
) -> None:
    fill(
        index,
        document("a", "Reports were reported.", "He reports a shed.", "The reporting went on."),
        document("es", "El reporte.", language="es"),
    )
    understood = (
        Searcher(index)
        .search('report the "reports were" =shed repo* nowhere "on went"~1', explain=True)
        .understanding
    )

    words = {word.text: word for word in understood.words}
    (joined,) = Searcher(index).search("went-on", explain=True).understanding.words
    assert (joined.kind, joined.total) == ("joined", 1)
    assert words["report"].forms[0] == ("reports", 2)
    assert {"reported", "reporting"} <= dict(words["report"].forms).keys()
    assert (words["report"].kind, words["report"].total) == ("forms", 4)
    assert (words['"reports were"'].kind, words['"reports were"'].total) == ("phrase", 1)
    assert (words['"on went"~1'].kind, words['"on went"~1'].total) == ("near", 1)
    assert (words["=shed"].kind, words["=shed"].total) == ("exact", 1)
    assert dict(words["repo*"].forms).keys() >= {"reports", "reporte"}
    assert words["nowhere"].forms == ()
    assert words["nowhere"].total == 0
    assert understood.languages == ("en", "es")
    assert understood.ignored == ("the",)


def test_a_form_counts_only_in_the_languages_in_which_it_is_one(
    index: Index, document: Make, fill: Callable[..., Index]
) -> None:
    fill(
        index,
        document("en", "Venezuela paid.", "A Venezuelan officer.", "Venezuelan radios."),
        document("es", "Piden que renuncien y venezuelan.", "Venezuela.", language="es"),
        document("mixed", "The Venezuelan letter.", "Que venezuelan.", spoken={2: "es"}),
    )
    searcher = Searcher(index)
    for typed in ("Venezuela", "Venezuelan"):
        (word,) = searcher.search(typed, explain=True).understanding.words
        held = [
            (surface, searcher.search(f"{typed} ={surface}").all_words) for surface, _ in word.forms
        ]
        assert list(word.forms) == held, "no passage has both: these are those with the form"
        assert word.total == sum(count for _, count in word.forms)
    assert dict(word.forms) == {"venezuelan": 5, "venezuela": 1}


def test_nothing_is_explained_that_nobody_asked_for(searcher: Searcher) -> None:
    understood = searcher.search("radio shed").understanding
    assert (understood.words, understood.languages) == ((), ())
