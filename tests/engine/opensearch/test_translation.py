"""What the cluster is asked for, where that can be seen without one."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from backstory.engine.indexes.opensearch.translation import (
    NOTHING,
    Translator,
    filtered,
    is_tiered,
    leaves,
    share_of_clauses,
    terms,
)
from backstory.engine.query import (
    And,
    AnyOf,
    BagOfWords,
    Boost,
    Exact,
    Field,
    Forms,
    Leaf,
    Near,
    Not,
    Or,
    Phrase,
    Prefer,
    Prefix,
    Query,
    Term,
)

SEA, SHIP = Term("sea", "sea", ("en:sea",)), Exact("ship", "ship")
SHIPS = Exact("ships", "ships")


def translator() -> tuple[Translator, list[Leaf]]:
    listed: list[Leaf] = []

    def note(leaf: Leaf) -> dict[str, Any]:
        listed.append(leaf)
        return NOTHING

    return Translator(
        lambda condition: {"match_all": {}}, note, lambda leaf: 8.0, (0.3, 0.8)
    ), listed


def scored(query: Query) -> dict[str, Any]:
    return translator()[0].scored(query)


def bound_of(query: Query) -> tuple[Any, dict[str, float]]:
    """Return what is scored, and the numbers that its score is made with."""
    body = scored(query)["script_score"]
    return body["query"], body["script"]["params"]


def test_word_is_scored_by_its_frequency_and_weight() -> None:
    numbers = {"weight": 8.0, "times": 1, "norm": 0.3, "step": 0.5}
    assert bound_of(SEA) == ({"term": {"stem": "en:sea"}}, pytest.approx(numbers))
    assert bound_of(Boost(SEA, 0.5))[1]["weight"] == 4.0


def test_frequency_of_a_phrase_is_counted_for_each_of_its_words() -> None:
    phrase = Phrase("sea sea", (SEA, SEA))
    query, numbers = bound_of(phrase)
    assert query == {"match_phrase": {"stem": "en:sea en:sea"}}
    assert numbers["times"] == 2


def test_phrase_of_few_forms_is_counted_by_each_combination() -> None:
    forms = Forms("s*", ("ship", "ships"))
    query, numbers = bound_of(Phrase("a", (forms, SHIP)))
    texts = [each["match_phrase"]["surface"] for each in query["bool"]["should"]]
    assert texts == ["ship ship", "ships ship"]
    assert numbers["times"] == 2
    many = Forms("s*", tuple(f"s{n}" for n in range(17)))
    assert scored(Phrase("a", (many, SHIP)))["constant_score"]["boost"] == 8.0


def test_frequencies_of_spellings_are_added_up_alike() -> None:
    spellings = AnyOf("a", (SEA, Phrase("a", (SHIP, SHIPS))))
    query, numbers = bound_of(spellings)
    word, phrase = query["bool"]["should"]
    assert word["function_score"] == {"query": {"term": {"stem": "en:sea"}}, "weight": 2.0}
    assert phrase == {"match_phrase": {"surface": "ship ships"}}
    assert numbers["times"] == 2


def test_words_near_each_other_have_the_highest_score_there_is() -> None:
    near = scored(Near("a", (SHIP, SHIPS), 3))
    assert near["constant_score"]["boost"] == 8.0
    rule = near["constant_score"]["filter"]["span_near"]
    assert (rule["in_order"], rule["slop"]) == (False, 3)


@pytest.mark.parametrize("words", [(SHIP, SHIP), (SEA, SHIP), (Forms("s*", ("ship", "sea")), SHIP)])
def test_words_that_may_be_the_same_word_are_looked_up_in_the_texts(words: Any) -> None:
    made, listed = translator()
    near = Near("a", words, 3)
    made.matching(near)
    assert listed == [near]
    made.matching(Phrase("a", words))
    assert listed == [near], "side by side they are at different places"


def test_places_of_a_phrase_with_too_many_forms_are_looked_up() -> None:
    made, listed = translator()
    many = Forms("a*", tuple(f"a{n}" for n in range(1_000)))
    made.matching(Phrase("a", (many, SHIP)))
    assert len(listed) == 1


def clauses_in(body: Any) -> int:
    """Return how many clauses the cluster counts in a query."""
    if isinstance(body, list):
        return sum(map(clauses_in, body))
    if not isinstance(body, dict):
        return 0
    own = sum(name in ("term", "terms", "span_term", "match_phrase") for name in body)
    return own + sum(map(clauses_in, body.values()))


def test_query_of_many_forms_has_no_more_clauses_than_the_cluster_takes() -> None:
    forms = [Forms(f"{n}*", tuple(f"{n}x{i}" for i in range(300))) for n in range(5)]
    phrases = [Phrase("a", (one, other)) for one, other in pairwise(forms)]
    query = BagOfWords((*forms, *phrases, AnyOf("a", tuple(forms))))
    made, listed = translator()
    share = replace(made, most=share_of_clauses(query))
    both = [share.scored(query), share.full(query)]

    assert clauses_in(both) < 1_024
    assert listed, "the texts tell what would be too much"
    assert clauses_in([made.scored(forms[0])]) == 300, "alone each form is scored"


def test_leaf_that_stands_often_has_a_smaller_share() -> None:
    phrase = Phrase("a", (Forms("s*", tuple(f"s{i}" for i in range(300))), SHIP))
    query = Or(tuple(And((phrase, Field("lang", name))) for name in ("en", "es", "de", "fr", "it")))
    made, listed = translator()
    share = replace(made, most=share_of_clauses(query))

    assert clauses_in(share.scored(query)) < 1_024
    assert listed
    spelt = AnyOf("a", (phrase, SHIP, SEA))
    assert share_of_clauses(query) < share_of_clauses(spelt) < share_of_clauses(phrase)


def test_form_without_words_matches_nothing() -> None:
    assert scored(Forms("x*", ())) == NOTHING
    assert scored(Phrase("a", (Forms("x*", ()), SHIP))) == NOTHING


def test_tiers_are_asked_for_where_words_may_be_missing() -> None:
    bag = BagOfWords((SEA, SHIP))
    assert [is_tiered(query) for query in (bag, And((SEA, bag)), Prefer(bag, SEA, 0.5))] == [
        True
    ] * 3
    assert [is_tiered(q) for q in (SEA, And((SEA, SHIP)), Not(bag), BagOfWords((SEA,)))] == [
        False
    ] * 4
    assert is_tiered(BagOfWords((SEA,), (SHIP,)))


def test_leaves_are_what_scores_are_made_of() -> None:
    phrase = Phrase("a", (SEA, SHIP))
    either = AnyOf("a", (SHIP, phrase))
    assert leaves(Or((SEA, And((phrase, SEA)), either))) == [SEA, phrase, either]


def test_query_that_is_not_expanded_is_refused() -> None:
    with pytest.raises(TypeError, match="Prefix must be expanded"):
        scored(Prefix("se*", "se"))


def test_long_lists_are_cut_into_clauses() -> None:
    clauses = terms("at", map(str, range(120_000)))["bool"]["should"]
    assert [len(clause["terms"]["at"]) for clause in clauses] == [50_000, 50_000, 20_000]
    assert terms("at", []) == NOTHING
    assert filtered()["constant_score"]["filter"] == {"match_all": {}}
