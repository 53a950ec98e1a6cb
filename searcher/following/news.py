"""News: the passages that were new for a followed question, as they stand in the index now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from backstory.engine.documents import Document, Passage, passage_address
from backstory.engine.hits import Hit, RetrievedPassage
from backstory.engine.indexes.contract import Snapshot
from backstory.engine.matching import Matcher
from backstory.searcher.following.questions import Followed, FollowedQuestions
from backstory.searcher.following.store import NewsRow, NewsStore
from backstory.searcher.search import Searcher


@dataclass(frozen=True, slots=True)
class NewsItem:
    """A passage that was new for a question; `hit` is None where its words are gone by now.

    `arrived` is when it was found to be new, as an ISO time in UTC; `passage` is its address,
    `key` that of its words, as they were then.
    """

    id: int
    question: str
    arrived: str
    passage: str
    key: str
    hit: Hit | None

    def to_json(self) -> dict[str, Any]:
        """Return the stable field names of `news --json` and the API."""
        return {
            "question": self.question,
            "arrived": self.arrived,
            "passage": self.passage,
            "key": self.key,
            "hit": self.hit.to_json() if self.hit else None,
        }


class NewsReader:
    """Reads the news of one index."""

    def __init__(self, searcher: Searcher, state: Path) -> None:
        self._searcher, self._store = searcher, NewsStore(state)
        self.questions = FollowedQuestions(state)

    def of(self, question: Followed, *, after: str = "", most: int = -1) -> list[NewsItem]:
        """Return the news of a question that arrived after an ISO time, newest first.

        Raises StateDamaged, IndexUnavailable, and what opening the index raises.
        """
        with self._store.reading() as ledger:
            if ledger is None:
                return []
            rows = ledger.news(question.name, question.since, after=after, most=most)
        return self._items(question, rows)

    def count(self, question: Followed, *, after: str = "") -> int:
        """Return how many news of a question arrived after an ISO time."""
        return self.counts([question], after=after)[question.name]

    def counts(self, questions: Iterable[Followed], *, after: str = "") -> dict[str, int]:
        """Return how many news of each question arrived after an ISO time, by name."""
        with self._store.reading() as ledger:
            counts = ledger.counts(after=after) if ledger else {}
        return {each.name: counts.get((each.name, each.since), 0) for each in questions}

    def items(self, rows: Sequence[NewsRow]) -> list[NewsItem]:
        """Return rows of the store with their passages, those of followed questions alone."""
        questions = {(each.name, each.since): each for each in self.questions.load()}
        of_questions: dict[tuple[str, str], list[NewsRow]] = {}
        for row in rows:
            if (row.question, row.since) in questions:
                of_questions.setdefault((row.question, row.since), []).append(row)
        items = [self._items(questions[key], some) for key, some in of_questions.items()]
        return sorted((item for some in items for item in some), key=lambda item: item.id)

    def _items(self, question: Followed, rows: Iterable[NewsRow]) -> list[NewsItem]:
        snapshot = self._searcher.snapshot()
        matcher = self._searcher.matcher(question.text, snapshot)
        return [_item(row, snapshot, matcher) for row in rows]


def _item(row: NewsRow, snapshot: Snapshot, matcher: Matcher | None) -> NewsItem:
    item = NewsItem(
        row.id, row.question, row.arrived, passage_address(row.document, row.number), row.key, None
    )
    pair = _passage(row, snapshot)
    if pair is None:
        return item
    document, passage = pair
    spans = (matcher.match(document, passage) if matcher else None) or ()
    retrieved = RetrievedPassage(document, passage, 0.0, all_words=True)
    hit = Hit.of(retrieved, 1, spans, in_title=not spans)
    return replace(item, passage=passage.address, hit=hit)


def _passage(row: NewsRow, snapshot: Snapshot) -> tuple[Document, Passage] | None:
    """Return the passage with the words that were new, wherever in its document it stands now."""
    document = snapshot.document(row.document)
    if document is None:
        return None
    passage = snapshot.passage(row.document, row.number)
    if passage is None or passage.key != row.key:
        every = snapshot.passages(row.document)
        passage = next((each for each in every if each.key == row.key), None)
    return None if passage is None else (document, passage)
