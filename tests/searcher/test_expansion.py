"""From patterns to words of the index: which, how many at most, and that a cut is said."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.documents import IndexedDocument
from backstory.engine.indexes.contract import Index
from backstory.engine.indexes.reference import ReferenceIndex
from backstory.engine.patterns import wildcard_regex
from backstory.engine.query import (
    And,
    BagOfWords,
    Boost,
    Exact,
    Expandable,
    Forms,
    Fuzzy,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Wildcard,
    walk,
)
from backstory.engine.tokens import plain
from backstory.searcher import Searcher
from backstory.searcher.equivalents import Equivalents
from backstory.searcher.expansion import Expander, fitting
from backstory.searcher.settings import SearchSettings
from backstory.searcher.vocabulary import Vocabulary

Fill = Callable[..., Index]
WORDS = (
    "order orders ordered ordering orden radio radios radium cadmium area aerial u.s x xylophone"
)


@pytest.fixture
def filled(index: Index, document: Callable[..., IndexedDocument], fill: Fill) -> Index:
    """The words above in one document, and one word that was deleted."""
    fill(index, document("a", WORDS), document("gone", "orderly"))
    return fill(index, delete=["gone"])


def over(index: Index, settings: SearchSettings) -> Expander:
    """Expand queries over the newest commit."""
    snapshot = index.open()
    return Expander(Equivalents(snapshot, Vocabulary(snapshot.vocabulary)), settings)


def expand(index: Index, query: Expandable, most: int = 256) -> tuple[tuple[str, ...], list[str]]:
    """Return the words that a pattern stands for, and what was said about limits."""
    expander = over(index, SearchSettings(max_expansions=most))
    forms = expander.expand(query)
    assert isinstance(forms, Forms)
    assert forms.text == query.text
    return forms.surfaces, expander.limits


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (Prefix("", "ord"), "orden order orders ordered ordering"),
        (Prefix("", "order"), "order orders ordered ordering"),
        (Prefix("", "zz"), ""),
        (Prefix("", "xylophones"), ""),
        (Wildcard("", "r?dio"), "radio"),
        (Wildcard("", "*ium"), "radium cadmium"),
        (Wildcard("", "*ad*"), "radio radios radium cadmium"),
        (Wildcard("", "o*e*ed"), "ordered"),
        (Wildcard("", "?"), "x"),
        (Wildcard("", "are?"), "area"),
        (Wildcard("", "*zz*"), ""),
        (Fuzzy("", "radio", 1), "radio radios"),
        (Fuzzy("", "radoi", 1), "radio"),
        (Fuzzy("", "radio", 2), "radio radios radium"),
        (Fuzzy("", "ordre", 1), "order"),
        (Fuzzy("", "order", 0), "order"),
        (Fuzzy("", "zzzz", 2), ""),
    ],
    ids=str,
)
def test_pattern_stands_for_the_live_words_that_fit(
    filled: Index, query: Expandable, words: str
) -> None:
    assert expand(filled, query) == (tuple(words.split()), [])


@pytest.mark.parametrize(
    ("query", "first", "kept"),
    [
        (Prefix("ord*", "ord"), "shortest", "orden order"),
        (Wildcard("*r*", "*r*"), "shortest", "area orden"),
        (Fuzzy("radio~2", "radio", 2), "nearest", "radio radios"),
    ],
    ids=str,
)
def test_cut_is_said_and_keeps_what_looks_most_like_the_query(
    filled: Index, query: Expandable, first: str, kept: str
) -> None:
    words, (limit,) = expand(filled, query, most=2)

    assert words == tuple(kept.split())
    assert limit == (
        f"{query.text} stands for more than 2 words; the 2 {first} were searched. "
        "Add letters to narrow it."
    )


@pytest.mark.parametrize("query", [Prefix("", "ord"), Wildcard("", "*ord*"), Fuzzy("", "order", 2)])
def test_what_is_excluded_is_never_cut(filled: Index, query: Expandable) -> None:
    limited, _ = expand(filled, query, most=1)
    expander = over(filled, SearchSettings(max_expansions=1))
    excluded = expander.expand(Not(Boost(query, 2)))

    assert len(limited) == 1
    assert isinstance(excluded, Not)
    assert isinstance(excluded.child, Boost)
    assert isinstance(excluded.child.child, Forms)
    assert {"order", "ordered", "orders"} <= set(excluded.child.child.surfaces)
    assert expander.limits == []


def test_patterns_in_phrases_and_nearness_are_expanded(filled: Index) -> None:
    pattern, exact = Prefix("u*", "u"), Exact("x", "x")
    forms = Forms("u*", ("US",))
    expander = over(filled, SearchSettings())

    assert expander.expand(Phrase("", (exact, pattern))) == Phrase("", (exact, forms))
    assert expander.expand(Near("", (pattern, exact), 3)) == Near("", (forms, exact), 3)


def test_limit_that_just_suffices_is_no_cut(filled: Index) -> None:
    words, limits = expand(filled, Prefix("", "ord"), most=5)

    assert (len(words), limits) == (5, [])


def test_patterns_are_expanded_wherever_they_stand(filled: Index) -> None:
    pattern, exact = Prefix("u*", "u"), Exact("x", "x")
    phrase = Phrase("", (exact, exact))
    tree = And(
        (Or((pattern, exact)), BagOfWords((Boost(pattern, 2),), (pattern,)), Not(pattern), phrase)
    )
    expanded = over(filled, SearchSettings()).expand(tree)

    forms = Forms("u*", ("US",))
    assert expanded == And(
        (Or((forms, exact)), BagOfWords((Boost(forms, 2),), (forms,)), Not(forms), phrase)
    )
    assert not any(isinstance(node, Expandable) for node in walk(expanded))


def fits(pattern: str, word: str) -> bool:
    """Tell whether a word fits a pattern: the definition, letter by letter."""

    @cache
    def rest(p: int, w: int) -> bool:
        if p == len(pattern):
            return w == len(word)
        if pattern[p] == "*":
            return rest(p + 1, w) or (w < len(word) and rest(p, w + 1))
        return w < len(word) and pattern[p] in ("?", word[w]) and rest(p + 1, w + 1)

    return rest(0, 0)


@given(st.text(alphabet="ab.*?", max_size=10), st.text(alphabet="ab.", max_size=12))
def test_wildcard_regex_is_the_naive_matcher(pattern: str, word: str) -> None:
    assert bool(re.fullmatch(wildcard_regex(pattern), word)) == fits(pattern, word)


patterns = st.text(alphabet="abc*?", min_size=1, max_size=6)
some_words = (st.text(alphabet="abc\udc00\U0001f601", max_size=6) | st.text(max_size=6)).map(plain)


@given(patterns, st.lists(some_words))
def test_pattern_is_compared_with_every_word_that_may_fit(pattern: str, words: list[str]) -> None:
    expected = [word for word in set(words) if re.fullmatch(wildcard_regex(pattern), word)]

    found = list(fitting(pattern, Vocabulary(lambda: sorted(set(words)))))

    assert found == sorted(expected, key=lambda word: (len(word), word))


def test_many_stars_cost_no_more_than_one() -> None:
    # Without atomic groups this tries some 10^12 ways, which nobody lives to see the end of.
    assert re.fullmatch(wildcard_regex("*a" * 12 + "*b"), "a" * 64) is None
    assert re.fullmatch(wildcard_regex("*a" * 12 + "*"), "a" * 64)


@given(st.text(alphabet="ab", max_size=12), st.data())
def test_pattern_made_from_a_word_fits_it(word: str, data: st.DataObject) -> None:
    letters = [data.draw(st.sampled_from([letter, "?", "*", f"*{letter}"])) for letter in word]

    assert re.fullmatch(wildcard_regex("".join(letters)), word)


# Bounded work: what a limit cuts off is said, and there is an answer


@pytest.fixture(scope="module")
def crowd(document: Callable[..., IndexedDocument], fill: Fill) -> Searcher:
    """Six thousand words in three hundred passages."""
    words = [
        f"{a}{b}{c}{d}"
        for a in "abcdef"
        for b in "abcdefghij"
        for c in "abcdefghij"
        for d in "abcdefghij"
    ]
    texts = [" ".join(words[at : at + 20]) for at in range(0, len(words), 20)]
    return Searcher(fill(ReferenceIndex(), document("crowd", *texts)))


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("*", 0),
        ("a*", 1),
        ("*a*", 1),
        ("?*", 1),
        ("*?", 1),
        ("a* b* c*", 3),
        (" ".join(f"*{a}*{b}*" for a in "abcde" for b in "fg"), 10),
        (" AND ".join(["*a*"] * 10), 1),
        ("NOT *a*", 0),
        ("abcd~2", 1),
        ("abcd~5", 1),
        ("*a*b*a*b*a*b*a*b*a*b*a*b*", 0),
        ("a" * 50_000 + "*", 1),
        ("[a TO z]", 0),
        (" ".join(["*a*"] * 500), 1),
    ],
    ids=lambda value: str(value)[:20],
)
def test_broad_query_is_answered_with_what_was_cut(crowd: Searcher, text: str, limits: int) -> None:
    result = crowd.search(text)

    assert len(result.understanding.limits) == limits
    assert result.understanding.is_partial is bool(limits)
    assert result.to_json()["partial"] is bool(limits)
    assert all(len(limit) <= 200 for limit in result.understanding.limits)
    assert crowd.search("ab*").understanding.limits == ()


def test_expansion_never_exceeds_its_limit_whatever_the_query(crowd: Searcher) -> None:
    hits = crowd.search("a*", limit=100)
    marked = {
        text[start:end] for text, marks in ((h.text, h.marks) for h in hits) for start, end in marks
    }

    assert hits.total == 13  # 256 words of 20 a passage
    assert len(marked) == 256
    assert min(marked) == "aaaa"
