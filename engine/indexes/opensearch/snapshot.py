"""One commit of an index on a cluster."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from itertools import islice
from typing import Any, cast

from backstory.engine.analysis import Analyzer, VocabularyLexicon
from backstory.engine.cache import CachePool
from backstory.engine.candidates import Candidate, Candidates, Cursor, FacetCounts, Places
from backstory.engine.documents import Document, FileState, Passage, SkippedFile
from backstory.engine.embeddings import EmbeddingModel, Rows
from backstory.engine.indexes.contract import Embedding, Nearest, Statistics
from backstory.engine.indexes.opensearch.bounds import Address
from backstory.engine.indexes.opensearch.control import State
from backstory.engine.indexes.opensearch.entries import (
    StoredDocument,
    address_key,
    document_id,
    document_key,
    passage_of,
)
from backstory.engine.indexes.opensearch.facet_counts import NAMES, by_value, facet_counts
from backstory.engine.indexes.opensearch.mapping import DOCUMENT, PASSAGE
from backstory.engine.indexes.opensearch.retrieval import Retrieval
from backstory.engine.indexes.opensearch.skipped import skipped_files
from backstory.engine.indexes.opensearch.titles import titled
from backstory.engine.indexes.opensearch.translation import terms
from backstory.engine.indexes.opensearch.vectors import VectorTable
from backstory.engine.indexes.opensearch.view import View, first_page
from backstory.engine.indexes.opensearch.vocabulary import Vocabulary
from backstory.engine.ordering import RELEVANCE
from backstory.engine.query import Leaf, Query, Term
from backstory.engine.ranking import BM25

MOST_LISTS = 16  # lists of hits that can be continued without being read anew
MOST_KEPT = 10_000  # hits of one
Page = tuple[list[Candidate], tuple[int, int]]
ListKey = tuple[Query, BM25, str, bool]


class HitList:
    """A list of hits that is read as far as somebody has asked; shared by threads.

    Of what was read, only the last is kept. A list that could not be read is of no use any more:
    what it has left would look like its end.
    """

    def __init__(
        self, candidates: Iterator[Candidate], count: Callable[[], tuple[int, int]]
    ) -> None:
        self._candidates, self._count = candidates, count
        self._totals: tuple[int, int] | None = None
        self._read: list[Candidate] = []
        self._passed = 0  # candidates that are not kept any longer
        self._error: BaseException | None = None
        self._reading = threading.Lock()

    def page(self, start: int, end: int) -> Page | None:
        """Return the candidates from one place to another and the totals; None if not kept."""
        with self._reading:
            if self._error is not None:
                raise self._error
            if start < self._passed:
                return None
            try:
                wanted = max(end - self._passed - len(self._read), 0)
                self._read += islice(self._candidates, wanted)
                self._totals = self._totals or self._count()  # which came with the first hits
            except BaseException as error:
                self._error = error
                raise
            found = self._read[start - self._passed : end - self._passed]
            surplus = max(len(self._read) - MOST_KEPT, 0)
            del self._read[:surplus]
            self._passed += surplus
            return found, self._totals


class OpenSearchSnapshot:
    """A reader of one generation; may be shared by threads."""

    def __init__(self, view: View, pool: CachePool, former: OpenSearchSnapshot | None) -> None:
        self._view, self.caches = view, pool
        self._vocabulary: Vocabulary = Vocabulary(view, former._vocabulary if former else None)
        self.analyzer = Analyzer(VocabularyLexicon(lambda: self._vocabulary.counts), pool=pool)
        self._retrieval = Retrieval(view, self.analyzer, pool)
        self._vectors: VectorTable = VectorTable(view, former._vectors if former else None)
        self._hit_lists: OrderedDict[ListKey, HitList] = OrderedDict()
        self._making = threading.Lock()

    def is_of(self, state: State) -> bool:
        """Tell whether this is the commit that a control entry names."""
        return self._view.key == (state.generation, state.committed)

    def is_before(self, state: State) -> bool:
        """Tell whether a control entry names a later commit, or one of a cluster put back."""
        generation, committed = self._view.key
        return (state.generation, state.committed) != (generation, committed) and (
            state.generation >= generation
        )

    @property
    def statistics(self) -> Statistics:
        state = self._view.state
        return Statistics(
            documents=state.counts.documents,
            passages=state.counts.passages,
            words=state.counts.words,
            generation=state.generation,
            committed=state.committed,
            languages=dict(state.counts.languages),
        )

    @property
    def languages(self) -> tuple[str, ...]:
        counts = self._view.state.counts.languages
        return tuple(sorted(counts, key=lambda name: (-counts[name], name)))

    def retrieve(
        self,
        query: Query,
        ranking: BM25,
        *,
        k: int,
        order: str = RELEVANCE,
        grouped: bool = False,
        after: Cursor | None = None,
    ) -> Candidates:
        if not k:
            return Candidates((), *self._retrieval.totals(query))
        start = after.position if after else 0
        asked = query, ranking, order, grouped
        page = None
        while page is None:
            hits = self._listed(asked, start + k)
            try:
                page = hits.page(start, start + k)
            except BaseException:
                self._forget(asked, hits)
                raise
            if page is None:
                self._forget(asked, hits)
        top, totals = page
        following = Cursor(start + k) if len(top) == k else None
        return Candidates(tuple(top), *totals, following)

    def _listed(self, asked: ListKey, first: int) -> HitList:
        """Return a list of hits; the ones asked for last are kept, to be read further."""
        with self._making:
            known = self._hit_lists.pop(asked, None)
            if known is None:
                query, ranking, order, grouped = asked
                if order == RELEVANCE:
                    found = self._retrieval.by_relevance(query, ranking, first)
                else:
                    found = self._retrieval.by_date(query, ranking, order)
                candidates = _firsts(found) if grouped else found
                known = HitList(candidates, partial(self._retrieval.totals, query))
            self._hit_lists[asked] = known
            while len(self._hit_lists) > MOST_LISTS:
                self._hit_lists.popitem(last=False)
            return known

    def _forget(self, asked: ListKey, hits: HitList) -> None:
        """Have a list read anew when it is asked for again."""
        with self._making:
            if self._hit_lists.get(asked) is hits:
                del self._hit_lists[asked]

    def score(self, query: Query, ranking: BM25, ids: Iterable[Hashable]) -> list[Candidate | None]:
        return self._retrieval.score(query, ranking, _addresses(ids))

    def read(self, ids: Iterable[Hashable]) -> list[tuple[Document, Passage]]:
        return self._retrieval.read(_addresses(ids))

    @property
    def embedding(self) -> Embedding | None:
        return self._vectors.embedding

    def nearest(self, question: Rows, *, k: int, within: Query | None = None) -> Nearest:
        found = None if within is None or not self._vectors.is_whole else self._places(within)
        return self._vectors.nearest(question, k, found)

    def _places(self, query: Query) -> Iterator[Address]:
        """Yield the addresses of all passages that a query matches, in order."""
        found = self._view.living(PASSAGE, self._retrieval.matching(query))
        for hits in self._view.pages(first_page(found, source=())):
            for hit in hits:
                key, number = hit["sort"]
                yield document_id(key), number

    def cosines(self, question: Rows, ids: Iterable[Hashable]) -> list[float | None]:
        return self._vectors.cosines(question, _addresses(ids))

    def vector(self, document_id: str, number: int) -> Rows | None:
        return self._vectors.row((document_id, number))

    def unembedded(self, model: EmbeddingModel) -> Iterator[tuple[Document, Passage]]:
        return self._vectors.unembedded(model)

    def facets(self, query: Query, names: Sequence[str]) -> FacetCounts:
        matching = self._retrieval.matching(query)
        return facet_counts(self._view, self._retrieval.facts, matching, names)

    def places(self, query: Query, document_ids: Iterable[str]) -> dict[str, Places]:
        documents = self._retrieval.documents(document_ids)
        if not documents:
            return {}
        matching = self._retrieval.matching(query)
        of_documents = terms("doc", map(document_key, documents))
        found = self._view.living(PASSAGE, matching, of_documents)
        numbers: dict[str, list[int]] = {id_: [] for id_ in documents}
        for hits in self._view.pages(first_page(found, source=())):
            for key, number in (hit["sort"] for hit in hits):
                numbers[document_id(key)].append(number)
        return {
            id_: Places(tuple(numbers[id_]), stored.counts.passages)
            for id_, stored in documents.items()
        }

    def count(self, query: Query) -> int:
        (count,) = self._view.counts([self._retrieval.matching(query)])
        return count

    def count_ahead(self, queries: Iterable[Query]) -> None:
        self._view.ask_ahead([self._view.counting(self._retrieval.matching(q)) for q in queries])

    def titled(self, words: Sequence[Term], quoted: Leaf | None = None) -> frozenset[str]:
        return titled(self._retrieval, self.analyzer, words, quoted)

    def document(self, document_id: str) -> Document | None:
        stored = self._stored(document_id)
        return stored.document if stored else None

    def file(self, document_id: str) -> FileState | None:
        stored = self._stored(document_id)
        return stored.file if stored else None

    def _stored(self, id_: str) -> StoredDocument | None:
        return self._retrieval.documents([id_]).get(id_)

    def passage(self, document_id: str, number: int) -> Passage | None:
        query = self._view.living(PASSAGE, terms("at", [address_key(document_id, number)]))
        return next(map(passage_of, self._view.entries(query)), None)

    def passages(self, document_id: str) -> list[Passage]:
        query = self._view.living(PASSAGE, {"term": {"doc": document_key(document_id)}})
        return list(map(passage_of, self._view.entries(query)))

    def documents(self) -> Iterator[tuple[Document, FileState, int]]:
        for stored in self._every():
            yield stored.document, stored.file, stored.counts.passages

    def files(self) -> Iterator[tuple[FileState, str, str]]:
        for stored in self._every():
            yield stored.file, stored.document.id, stored.document.sha256

    def _every(self) -> Iterator[StoredDocument]:
        return map(StoredDocument.of, self._view.entries(self._view.living(DOCUMENT)))

    def skipped(self) -> tuple[SkippedFile, ...]:
        return self._skipped

    @cached_property
    def _skipped(self) -> tuple[SkippedFile, ...]:
        return skipped_files(self._view)

    @property
    def settings(self) -> Mapping[str, Any]:
        return self._view.state.settings

    def vocabulary(self) -> Sequence[str]:
        return self._vocabulary.surfaces

    def traced(self) -> Sequence[str]:
        return self._vocabulary.traced

    def frequency(self, surface: str) -> int:
        return self._vocabulary.counts.get(surface, 0)

    def frequencies(self) -> Sequence[int]:
        return list(self._vocabulary.counts.values())

    def names(self) -> Mapping[str, int]:
        return self._names

    @cached_property
    def _names(self) -> Mapping[str, int]:
        counted = self._view.values(self._view.living(PASSAGE), [NAMES])[NAMES]
        return by_value(self._retrieval.facts, "names", counted)

    def titles(self) -> Mapping[str, int]:
        return self._titles

    @cached_property
    def _titles(self) -> Mapping[str, int]:
        counted = self._view.values(self._view.living(PASSAGE), ["facts.title"])["facts.title"]
        titles = by_value(self._retrieval.facts, "title", counted)
        untitled = self.statistics.passages - sum(counted.values())
        return titles | ({"": untitled} if untitled else {})


def _addresses(ids: Iterable[Hashable]) -> list[Address]:
    return cast(list[Address], list(ids))


def _firsts(candidates: Iterator[Candidate]) -> Iterator[Candidate]:
    """Yield the first candidate of each document."""
    seen: set[str] = set()
    for candidate in candidates:
        id_, _ = cast(Address, candidate.id)
        if id_ not in seen:
            seen.add(id_)
            yield candidate
