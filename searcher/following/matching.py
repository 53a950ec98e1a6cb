"""Matching a commit: which of its passages are new, and for which followed questions.

New is a passage whose words did not stand in its document when that was looked at last, nor in any
document that has gone since. So a document that was moved, read again or indexed anew is no news,
and neither is one that comes back; a passage whose words have changed is. Where the file of a
document is the same, only what OCR has read of it since can be new.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from backstory.engine.documents import Document, Passage
from backstory.engine.errors import IndexNotFound
from backstory.engine.indexes.contract import Snapshot
from backstory.searcher.following.percolation import Pair, Percolator
from backstory.searcher.following.questions import Followed, FollowedQuestions
from backstory.searcher.following.store import Ledger, NewsRow, NewsStore, Noted
from backstory.searcher.search import Searcher

BATCH = 2_000  # passages that are asked at once


@dataclass(frozen=True, slots=True)
class Matched:
    """What the matching of a commit came to: news by the names of questions."""

    news: Mapping[str, int]

    @property
    def total(self) -> int:
        """The number of news."""
        return sum(self.news.values())


NOTHING = Matched({})
NO_COMMIT = "no index"


def catch_up(searcher: Searcher, state: Path) -> Matched:
    """Match whatever was committed since the last time, and note what is new.

    To be called before a run, so that what was there is known, and after it. Where no question is
    followed, nothing is done or noted. Raises StateDamaged, IndexUnavailable, StorageFull, and what
    opening the index raises, but not IndexNotFound.
    """
    questions, store = FollowedQuestions(state).load(), NewsStore(state)
    if not questions and not store.is_there:
        return NOTHING
    try:
        snapshot = searcher.snapshot()
    except IndexNotFound:
        with store.writing() as ledger:
            if not ledger.newest:  # whatever comes now is new
                ledger.match(NO_COMMIT)
        return NOTHING
    commit = f"{snapshot.statistics.generation} of {snapshot.statistics.committed}"
    with store.reading() as known:
        if known and known.newest == commit:
            return NOTHING
    with store.writing() as ledger:
        if ledger.newest == commit:  # another process was faster
            return NOTHING
        return _Matching(searcher, snapshot, ledger, questions).match(commit)


class _Matching:
    """One comparison of the index with what was noted of it."""

    def __init__(
        self, searcher: Searcher, snapshot: Snapshot, ledger: Ledger, questions: Sequence[Followed]
    ) -> None:
        self._snapshot, self._ledger = snapshot, ledger
        self._is_first = not ledger.newest
        committed = snapshot.statistics.committed
        self._questions = {
            each.name: each
            for each in questions
            if self._is_first or not committed or each.since <= committed
        }
        self._searcher = searcher
        self._arrived = datetime.now(UTC).isoformat(timespec="milliseconds")

    def match(self, commit: str) -> Matched:
        """Note the news and the documents as they are now."""
        news: dict[str, int] = {}
        batch: list[Pair] = []
        percolator: Percolator | None = None
        for pair in self._new_passages():
            batch.append(pair)
            if len(batch) >= BATCH:
                percolator = percolator or self._percolator()
                self._add(percolator, batch, news)
                batch.clear()
        if batch:
            self._add(percolator or self._percolator(), batch, news)
        self._ledger.prune((each.name, each.since) for each in self._questions.values())
        self._ledger.match(commit)
        return Matched(news)

    def _percolator(self) -> Percolator:
        reader = self._searcher.question_reader(self._snapshot)
        queries = {each.name: reader.parse(each.text).query for each in self._questions.values()}
        return Percolator(queries, self._snapshot.analyzer)

    def _add(self, percolator: Percolator, batch: Sequence[Pair], news: dict[str, int]) -> None:
        for answer in percolator.answers(batch):
            question, passage = self._questions[answer.question], answer.passage
            if self._is_first and answer.document.added <= question.since:
                continue
            row = NewsRow(
                0,
                question.name,
                question.since,
                self._arrived,
                passage.document,
                passage.number,
                passage.key,
            )
            if self._ledger.add([row]):
                news[question.name] = news.get(question.name, 0) + 1

    def _new_passages(self) -> Iterator[Pair]:
        """Yield the passages that are new, and note the documents that differ."""
        before = self._ledger.states()
        present = {
            document.id: (document, passages)
            for document, _, passages in self._snapshot.documents()
        }
        for document_id, (_, _, is_there) in before.items():
            if is_there and document_id not in present:
                self._ledger.leave(document_id)
        gone = self._ledger.keys_of_gone() if present.keys() - before.keys() else frozenset[bytes]()
        for document_id, (document, count) in present.items():
            known = before.get(document_id)
            if known != (document.sha256, count, True):
                is_same = known is not None and known[0] == document.sha256
                yield from self._compared(document, gone, is_same=is_same)

    def _compared(
        self, document: Document, gone: frozenset[bytes], *, is_same: bool
    ) -> Iterator[Pair]:
        passages = self._snapshot.passages(document.id)
        keys = [bytes.fromhex(passage.key) for passage in passages]
        known = self._ledger.keys(document.id)
        noted = Noted(document.sha256, len(passages), b"".join(keys), True)
        self._ledger.note(document.id, noted)
        if self._is_first and not self._may_be_new(document):
            return
        seen = set[bytes]()
        for key, passage in zip(keys, passages, strict=True):
            if key in seen or key in known or key in gone or (is_same and not _is_read(passage)):
                continue
            seen.add(key)
            yield document, passage

    def _may_be_new(self, document: Document) -> bool:
        """Tell whether a document came after a question was followed, where nothing was noted."""
        return any(each.since < document.added for each in self._questions.values())


def _is_read(passage: Passage) -> bool:
    """Tell whether a passage was read from a scan, perhaps long after its file came."""
    return passage.confidence is not None
