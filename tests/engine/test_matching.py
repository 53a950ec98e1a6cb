"""The one matcher: phrases, nearness, marks and tiers, decided on positions."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backstory.engine.analysis import Analyzer
from backstory.engine.documents import Document, IndexedDocument, Passage
from backstory.engine.matching import (
    Matcher,
    PassageTerms,
    evaluate,
    marks,
    near_windows,
    phrase_starts,
)
from backstory.engine.query import (
    All,
    And,
    BagOfWords,
    Boost,
    Exact,
    Field,
    Filter,
    Forms,
    Leaf,
    Near,
    Not,
    Nothing,
    Or,
    Phrase,
    Prefix,
    Query,
    Term,
)

A, B, C = (Exact(name, name) for name in "abc")


@pytest.mark.parametrize(
    ("parts", "starts"),
    [
        ([[3]], [3]),
        ([[1, 5], [2, 6]], [1, 5]),
        ([[1, 5], [3, 6]], [5]),
        ([[2], [1]], []),
        ([[0, 1, 2], [0, 1, 2]], [0, 1]),
        ([[0, 1, 2], [0, 1, 2], [0, 1, 2]], [0]),
        ([[4], [], [6]], []),
        ([[], [1]], []),
        ([[0, 2], [1], [0, 2]], [0]),
    ],
)
def test_phrase_starts_where_its_words_follow_each_other(
    parts: Sequence[Sequence[int]], starts: list[int]
) -> None:
    assert phrase_starts(parts) == starts


@pytest.mark.parametrize(
    ("parts", "distance", "windows"),
    [
        ([[1], [2]], 0, [(1, 2)]),
        ([[2], [1]], 0, [(1, 2)]),
        ([[1], [4]], 1, []),
        ([[1], [4]], 2, [(1, 4)]),
        ([[1, 9], [4, 10]], 5, [(1, 4), (4, 9), (9, 10)]),
        ([[1, 9], [4, 10]], 1, [(9, 10)]),
        ([[1, 2, 9], [4]], 5, [(2, 4), (4, 9)]),
        ([[0], [3], [5]], 3, [(0, 3, 5)]),
        ([[0], [3], [5]], 2, []),
        ([[1, 4], [1, 4]], 2, [(1, 4)]),
        ([[1], [1]], 9, []),
        ([[1, 2, 3], [1, 2, 3]], 0, [(1, 2), (2, 3)]),
        ([[1, 3], [1, 3], [2]], 0, [(1, 2, 3)]),
        ([[], [1]], 9, []),
        ([[1, 2, 3], [7]], 9, [(3, 7)]),
    ],
)
def test_near_windows_are_the_smallest_that_hold_every_word(
    parts: Sequence[Sequence[int]], distance: int, windows: list[tuple[int, ...]]
) -> None:
    assert near_windows(parts, distance) == windows


@given(st.text(alphabet="ab-", max_size=9), st.sampled_from(["ab", "aa", "aab"]), st.integers(0, 5))
def test_near_windows_are_those_that_trying_everything_finds(
    text: str, wanted: str, distance: int
) -> None:
    where = {letter: [at for at, held in enumerate(text) if held == letter] for letter in "ab"}
    parts = [where[letter] for letter in wanted]
    picks = {
        tuple(sorted(pick)) for pick in itertools.product(*parts) if len(set(pick)) == len(pick)
    }
    close = {(p[0], p[-1]) for p in picks if p[-1] - p[0] + 1 - len(p) <= distance}
    smallest = {
        (first, last)
        for first, last in close
        if not any(first <= f and l <= last and (f, l) != (first, last) for f, l in close)  # noqa: E741
    }

    assert {(w[0], w[-1]) for w in near_windows(parts, distance)} == smallest


TEXT = "The coup failed; the coups that failed were no coup but failed coups. Chávez’s coup."


def marked(query: Query, text: str = TEXT, language: str = "en") -> list[str] | None:
    """Return the marked stretches of a text, None where it does not match."""
    matcher = Matcher(query, Analyzer())
    spans = matcher.match(Document("d", "", language=language), Passage("d", 1, text))
    return None if spans is None else [text[start:end] for start, end in spans]


COUP = Term("coup", "coup", ("en:coup", "es:coup"))
FAILED = Term("failed", "failed", ("en:fail",))


@pytest.mark.parametrize(
    ("query", "stretches"),
    [
        (COUP, ["coup", "coups", "coup", "coups", "coup"]),
        (Exact("coup", "coup"), ["coup", "coup", "coup"]),
        (
            Forms("c*", ("coup", "coups", "chavez's")),
            ["coup", "coups", "coup", "coups", "Chávez’s", "coup"],
        ),
        (Forms("z*", ()), None),
        (Phrase('"coup failed"', (Exact("", "coup"), Exact("", "failed"))), ["coup failed"]),
        (Phrase("", (FAILED, COUP)), ["failed coups"]),
        (
            Near("", (COUP, FAILED), 1),
            ["coup", "failed", "coups", "failed", "coup", "failed", "coups"],
        ),
        (Near("", (Exact("", "chavez's"), COUP), 0), ["coups", "Chávez’s", "coup"]),
        (Near("", (Exact("", "no"), FAILED), 0), None),
        (And((COUP, Not(FAILED))), None),
        (And((COUP, Not(Exact("", "junta")))), ["coup", "coups", "coup", "coups", "coup"]),
        (Or((Exact("", "junta"), Exact("", "no"))), ["no"]),
        (BagOfWords((Exact("", "junta"), Exact("", "no"))), ["no"]),
        (BagOfWords((Exact("", "no"),), (Exact("", "junta"),)), None),
        (Boost(Exact("", "no"), 3), ["no"]),
        (Not(Exact("", "junta")), []),
        (All(), []),
        (Nothing(), None),
        (
            Or(
                (
                    Exact("", "no"),
                    Phrase("", (Exact("", "were"), Exact("", "no"), Exact("", "coup"))),
                )
            ),
            ["were no coup"],
        ),
        (Or((Phrase("", (A, B)), Phrase("", (B, C)))), None),
    ],
    ids=str,
)
def test_marks_cover_what_matched_and_nothing_else(
    query: Query, stretches: list[str] | None
) -> None:
    assert marked(query) == stretches


loose = st.sampled_from([COUP, FAILED, Term("", "sea", ("en:sea",)), Boost(COUP, 2), A])


texts = st.lists(st.sampled_from(["Coup", "coups", "fails", "a", "seas", "no"]), max_size=9)


others = st.lists(st.sampled_from([All(), Field("doc", "e"), Not(A)]), max_size=2)


@given(st.lists(loose, max_size=4), st.lists(loose, max_size=1), others, texts.map(" ".join))
@example([COUP], [], [Field("doc", "e")], "coups")
@example([COUP], [A], [], "coups")
def test_marks_of_loose_words_are_those_of_the_words_that_match(
    words: list[Query], must: list[Query], others: list[Query], text: str
) -> None:
    document, passage = Document("d", ""), Passage("d", 1, text)
    bag = BagOfWords(tuple(words), tuple(must))
    matcher = Matcher(And((*others, bag)) if others else bag, Analyzer())
    terms = matcher.terms(document, passage)
    found = matcher.outcome(document, passage, lambda leaf: terms.frequency(leaf) or None)

    expected = found and marks(terms, [leaf for leaf, _ in found.parts])
    assert matcher.match(document, passage) == expected


def test_overlapping_phrases_are_joined_to_one_mark() -> None:
    query = Or((Phrase("", (A, B)), Phrase("", (B, C))))

    assert marked(query, "x a b c x a b x") == ["a b c", "a b"]


def test_neighbouring_words_keep_marks_of_their_own() -> None:
    assert marked(BagOfWords((A, B)), "a b") == ["a", "b"]


def test_stems_are_those_of_the_document_language() -> None:
    assert marked(Term("", "ordenes", ("es:orden",)), "orden órdenes", "es") == ["orden", "órdenes"]
    assert marked(Term("", "ordenes", ("es:orden",)), "orden órdenes", "en") is None


def test_stems_are_those_of_the_passage_where_it_has_a_language_of_its_own() -> None:
    matcher = Matcher(Term("", "ordenes", ("es:orden",)), Analyzer())
    passage = Passage("a", 1, "orden órdenes", language="es")
    assert matcher.match(Document("a", "", language="en"), passage) == ((0, 5), (6, 13))


def outcome(query: Query, held: str) -> tuple[float, bool] | None:
    """Apply a query to a passage that holds these letters, a point each."""

    def score_of(leaf: Leaf) -> float | None:
        return 1.0 if leaf.text in held else None

    def passes(wanted: Filter) -> bool:
        return isinstance(wanted, All)

    found = evaluate(query, score_of, passes)
    return (found.score, found.all_words) if found else None


@pytest.mark.parametrize(
    ("query", "held", "result"),
    [
        (BagOfWords((A, B, C)), "abc", (3.0, True)),
        (BagOfWords((A, B, C)), "ac", (2.0, False)),
        (BagOfWords((A, B, C)), "", None),
        (BagOfWords((A, B), (C,)), "ab", None),
        (BagOfWords((A, B), (C,)), "c", (1.0, False)),
        (BagOfWords((A,), (C,)), "ac", (2.0, True)),
        (And((A, BagOfWords((B, C)))), "ab", (2.0, False)),
        (And((A, BagOfWords((B, C)))), "abc", (3.0, True)),
        (And((A, B)), "a", None),
        (Or((A, B)), "b", (1.0, True)),
        (Or((BagOfWords((A, B)), C)), "ac", (2.0, True)),
        (Or((BagOfWords((A, B)), C)), "a", (1.0, False)),
        (BagOfWords((BagOfWords((A, B)), C)), "ac", (2.0, False)),
        (Boost(BagOfWords((A, B)), 2), "a", (2.0, False)),
        (Not(BagOfWords((A, B))), "a", None),
        (And((A, Not(B), All())), "a", (1.0, True)),
        (And((A, Nothing())), "a", None),
        (BagOfWords((A, Not(B))), "", (0.0, False)),
    ],
    ids=str,
)
def test_tiers_and_points_follow_the_tree(
    query: Query, held: str, result: tuple[float, bool] | None
) -> None:
    assert outcome(query, held) == result


def test_unexpanded_query_is_a_mistake_of_the_caller(
    kind: str,
    new_index: Callable[[str], object],
    document: Callable[..., IndexedDocument],
    fill: Callable[..., Any],
) -> None:
    with pytest.raises(TypeError, match="Prefix must be expanded"):
        marked(Prefix("a*", "a"))
    snapshot = fill(new_index(kind), document("a", "word")).open()
    with pytest.raises(TypeError, match="Prefix must be expanded"):
        snapshot.count(Or((Prefix("a*", "a"), A)))


@given(st.text() | st.text(alphabet="aA é\u0301_'’.,-1½\u00ad\u200dनत्र "))
def test_words_stand_where_the_tokenizer_found_them(text: str) -> None:
    analyzer = Analyzer()
    found = PassageTerms.of(text, "en", analyzer)
    spans = [found.stretch(at, at) for at in range(len(found))]
    assert spans == [(token.start, token.end) for token in analyzer.tokens(text, "en")]
