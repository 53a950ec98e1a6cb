"""Re-rankers: they change the order of the best passages, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from backstory.engine.documents import IndexedDocument
from backstory.engine.hits import RetrievedPassage
from backstory.engine.indexes.contract import Index, Snapshot
from backstory.engine.query import Query
from backstory.searcher import Searcher, reranking

Make = Callable[..., IndexedDocument]


@dataclass(frozen=True)
class Prefers:
    """Adds a score to passages that have a word."""

    word: str
    gain: float
    name: str = "taste"

    def gains(
        self, query: Query, found: Sequence[RetrievedPassage], snapshot: Snapshot
    ) -> list[float]:
        return [self.gain if self.word in one.passage.text else 0.0 for one in found]


@pytest.fixture
def filled(index: Index, document: Make, fill: Callable[..., Index]) -> Index:
    texts = [
        f"radio{' radio' * (n % 3)} of the {'shed' if n % 4 else 'harbour'}" for n in range(12)
    ]
    return fill(index, *(document(f"d{n:02}", text) for n, text in enumerate(texts)))


def addresses(searcher: Searcher, text: str = "radio", **page: object) -> list[str]:
    return [hit.passage for hit in searcher.search(text, **page)]  # type: ignore[arg-type]


def test_what_a_reranker_prefers_comes_first(filled: Index) -> None:
    plain = addresses(Searcher(filled), limit=20)
    liked = [f"d{n:02}#p1" for n in (0, 4, 8)]
    found = addresses(Searcher(filled, rerankers=[Prefers("harbour", 9.0)]), limit=20)

    assert sorted(found[:3]) == liked
    assert found[3:] == [address for address in plain if address not in liked]


def test_pages_of_a_reranked_list_fit_together(filled: Index) -> None:
    searcher = Searcher(filled, rerankers=[Prefers("harbour", 9.0), Prefers("shed", -1.0)])
    whole = addresses(searcher, limit=20)

    for grouped in (False, True):
        pages = [addresses(searcher, offset=at, limit=5, grouped=grouped) for at in (0, 5, 10)]
        assert [address for page in pages for address in page] == whole


def test_passages_with_all_the_words_stay_first(filled: Index) -> None:
    searcher = Searcher(filled, rerankers=[Prefers("shed", 99.0)])
    hits = searcher.search("radio harbour", limit=20).hits

    assert [hit.all_words for hit in hits] == [True] * 3 + [False] * 9


def test_what_follows_the_window_keeps_its_place(
    filled: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backstory.searcher.retrieval.WINDOW", 4)
    plain = addresses(Searcher(filled), limit=20)
    found = addresses(Searcher(filled, rerankers=[Prefers("harbour", 9.0)]), limit=20)

    assert sorted(found[:4]) == sorted(plain[:4])
    assert found[:4] != plain[:4] or plain[0] in ("d08#p1",)
    assert found[4:] == plain[4:]


def test_lists_by_date_are_left_as_they_are(filled: Index) -> None:
    searcher = Searcher(filled, rerankers=[Prefers("harbour", 9.0)])

    assert addresses(searcher, sort="newest") == addresses(Searcher(filled), sort="newest")


def test_an_explanation_says_what_a_reranker_gave(filled: Index) -> None:
    searcher = Searcher(filled, rerankers=[Prefers("harbour", 9.0)])
    hit = searcher.search("radio", explain=True).hits[0]

    assert [(r.kind, r.score) for r in hit.why if r.kind != "word"] == [("taste", 9.0)]
    assert sum(reason.score for reason in hit.why) == pytest.approx(hit.score)


def test_there_is_room_for_more_than_a_page() -> None:
    assert reranking.WINDOW >= 100
