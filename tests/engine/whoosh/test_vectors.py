"""Ranking with NumPy gives what ranking without it gives: test_pruning.py and the agreement of
all backends ask both. Here is what is its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from backstory.engine.backends.whoosh import WhooshBackend
from backstory.engine.backends.whoosh.schema import SURFACE
from backstory.engine.documents import IndexedDocument
from backstory.engine.query import And, Bag, Boost, Exact, Field, Forms, Term
from backstory.engine.ranking import BM25
from backstory.searcher import Searcher
from tests.conftest import MIXED
from tests.engine.whoosh.test_pruning import WORDS, Spy, both, corpora, filled, skewed

Make = Callable[..., IndexedDocument]
NewBackend = Callable[[str], Any]

np = pytest.importorskip("numpy", reason="NumPy is not installed: backstory[fast]")
board = pytest.importorskip("backstory.engine.backends.whoosh.vectors.board")
vector = pytest.importorskip("backstory.engine.backends.whoosh.vectors.vector")

THREADS = 8


def answers(backend: WhooshBackend, text: str, **page: Any) -> Any:
    """Return all of an answer but how long it took: scores, what they are made of, facets."""
    return replace(Searcher(backend).search(text, **page), seconds=0.0)


@given(
    corpora,
    st.lists(st.integers(0, 15), max_size=5),
    st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join), min_size=1),
)
@settings(max_examples=60)
def test_a_whole_answer_is_the_same_with_and_without(
    new_backend: NewBackend, document: Make, corpus: Any, gone: list[int], asked: list[str]
) -> None:
    plain = filled(new_backend(MIXED), corpus, gone, document)
    fast = WhooshBackend(plain.folder)  # type: ignore[attr-defined]
    assert fast.use_numpy()
    for text in asked:
        for page in ({"facets": True}, {"offset": 2, "limit": 3}, {"limit": 0}):
            assert answers(fast, text, **page) == answers(plain, text, **page)
        with_filter = f"{text} source:s1"
        assert answers(fast, with_filter) == answers(plain, with_filter)


SEA, SHIPS = Exact("sea", "sea"), Term("ships", "ships", ("en:ship", "es:ship"))
ANY = Forms("s*", ("sea", "ship", "ships"))


@pytest.mark.parametrize(
    "query",
    [SHIPS, ANY, Bag((SEA, SHIPS)), Bag((Boost(ANY, 2.0), SEA)), And((SHIPS, ANY)),
     And((Bag((SEA, SHIPS)), Field("source", "gazette")))],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("gone", [[], ["b"]])
def test_words_of_several_terms_are_ranked_here_too(
    new_backend: NewBackend, document: Make, fill: Callable[..., Any], query: Any, gone: list[str]
) -> None:
    backend = new_backend("whoosh+numpy")
    fill(
        backend,
        document("a", "sea ship sea ships", "ships", "lamp sea", source="Gazette"),
        document("b", "ships ship", "sea", language="es", source="Gazette"),
        document("c", "ship sea ships ship", "ships sea", language="es"),
    )
    fill(backend, document("d", "sea ship"), delete=gone)
    reader = backend.reader()

    assert reader._pruned(query, BM25(), 5) is not None, "it is not left to the evaluation"
    fast, slow = both(reader, query, BM25(), 0, 20)
    assert fast == slow


@pytest.mark.parametrize("look_up", [0, 10**9], ids=["looked up", "laid out"])
@pytest.mark.parametrize("delete", [[], ["s0-1", "s2-4"]])
def test_words_are_looked_up_or_laid_out_with_the_same_result(
    new_backend: NewBackend,
    document: Make,
    monkeypatch: pytest.MonkeyPatch,
    look_up: int,
    delete: list[str],
) -> None:
    monkeypatch.setattr(board, "LOOK_UP", look_up)
    backend = new_backend("whoosh+numpy")
    for part in skewed(document, 3):
        writer = backend.writer()
        writer.add(part)
        for document_id in delete:
            writer.delete(document_id)
        writer.commit()
        writer.close()
    the, quokka, ship, absent = (Exact(w, w) for w in ("the", "quokka", "ship", "absent"))
    reader, laid = backend.reader(), Spy().on(monkeypatch, board.Board, "_take")
    for query in (
        Bag((the, quokka, ship)),
        Bag((the, quokka, absent)),
        Bag((Boost(the, 0.5), quokka, Boost(ship, 3.0), quokka)),
        And((the, quokka, ship)),
    ):
        calls = {}
        for most in (1, 2, 8, 40, 1000):
            laid.calls = 0
            fast, slow = both(reader, query, BM25(), 0, most)
            assert fast == slow
            calls[most] = laid.calls
        if query == Bag((the, quokka, absent)):
            # The fast way is gone twice.
            assert calls[1] == 2 < calls[1000] == 4, "the common word brings no passage in"


@given(corpora, st.lists(st.sampled_from(WORDS), min_size=1, max_size=3, unique=True))
@example([[["sea ship ship"]]], ["sea", "ship"])
@settings(max_examples=60)
def test_no_passage_gets_more_of_a_word_than_its_bound(
    new_backend: NewBackend, document: Make, corpus: Any, words: list[str]
) -> None:
    reader = filled(new_backend("whoosh+numpy"), corpus, [], document).reader()
    vectors = reader._vectors
    vector, norms = vectors.get(tuple((SURFACE, word) for word in words)), vectors.norms(BM25())
    bound = vector.bound(2.0, norms, lambda length: BM25().norm(length, vectors._average))
    points = vector.gains(2.0, norms).points

    assert all(points <= bound * (1 + 1e-12))
    assert bound == 0.0 or len(points)


def test_the_highest_points_are_found_with_all_that_tie() -> None:
    points = np.array([3.0, 1.0, 2.0, 2.0])
    assert [vector.nth(points, count) for count in (1, 2, 3, 4, 5)] == [3.0, 2.0, 2.0, 1.0, 0.0]


def test_threads_share_a_snapshot(
    new_backend: NewBackend, document: Make, fill: Callable[..., Any]
) -> None:
    backend = fill(new_backend("whoosh+numpy"), *skewed(document, 1)[0])
    texts = ["the quokka", "ship the", "word ship quokka", "the", "quokka source:x"] * 20
    expected = [answers(backend, text) for text in texts]
    fresh = WhooshBackend(backend.folder)
    assert fresh.use_numpy()
    with ThreadPoolExecutor(THREADS) as pool:
        assert list(pool.map(lambda text: answers(fresh, text), texts)) == expected


def test_a_reader_that_is_open_is_opened_anew_with_numpy(
    new_backend: NewBackend, document: Make, fill: Callable[..., Any]
) -> None:
    backend = fill(new_backend("whoosh"), document("a", "sea"))
    before = backend.reader()
    assert backend.use_numpy()

    assert backend.reader() is not before
    assert answers(backend, "sea").total == 1
    assert before.search(SEA, BM25(), offset=0, limit=1).total == 1
