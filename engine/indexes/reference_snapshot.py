"""One commit of the reference index: every query a scan over all passages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import groupby
from typing import Any

from backstory.engine.analysis import Analyzer, VocabularyLexicon
from backstory.engine.cache import CachePool
from backstory.engine.candidates import Candidate, Candidates, Cursor, FacetCounts, Places
from backstory.engine.documents import (
    Document,
    FileState,
    IndexedDocument,
    Passage,
    SkippedFile,
    passage_address,
)
from backstory.engine.embeddings import EmbeddingModel, Rows
from backstory.engine.facets import NAME, facet_value, ranked, ranked_names
from backstory.engine.filters import FactFilter
from backstory.engine.indexes.contract import (
    Embedding,
    Nearest,
    Statistics,
)
from backstory.engine.indexes.reference_vectors import VectorStore
from backstory.engine.matching import Outcome, PassageTerms, evaluate
from backstory.engine.ordering import RELEVANCE, document_places
from backstory.engine.query import All, Filter, Leaf, Query, Term, walk
from backstory.engine.ranking import BM25, order, score
from backstory.engine.tokens import is_traced


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with its document and its words."""

    document: Document
    passage: Passage
    terms: PassageTerms

    @property
    def language(self) -> str:
        return self.passage.language_in(self.document)


DocumentsById = dict[str, tuple[IndexedDocument, list[StoredPassage]]]
Match = tuple[StoredPassage, Outcome]
State = tuple[DocumentsById, tuple[SkippedFile, ...], Mapping[str, Any], VectorStore]
EMPTY: State = ({}, (), {}, VectorStore())


class ReferenceSnapshot:
    """One commit of a reference index."""

    def __init__(self, state: State, generation: int, caches: CachePool) -> None:
        documents, self._skipped, self.settings, self._vectors = state
        self._documents = dict(sorted(documents.items()))
        self._generation = generation
        self._committed = datetime.now(UTC).isoformat(timespec="seconds")
        self.caches = caches
        self.analyzer = Analyzer(VocabularyLexicon(lambda: self._surfaces), pool=caches)
        self._all = [stored for _, stored in self._documents.values()]
        self._passages = [passage for stored in self._all for passage in stored]

    @cached_property
    def statistics(self) -> Statistics:
        languages = Counter(stored.language for stored in self._passages)
        return Statistics(
            documents=len(self._documents),
            passages=len(self._passages),
            words=sum(len(stored.terms) for stored in self._passages),
            generation=self._generation,
            committed=self._committed,
            languages=dict(sorted(languages.items())),
        )

    @property
    def languages(self) -> tuple[str, ...]:
        counts = self.statistics.languages or {}
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
        matched = list(self._matches(query, ranking))
        listed = _listed(matched, order)
        if grouped:
            firsts: dict[str, Match] = {}
            for match in listed:
                firsts.setdefault(match[0].document.id, match)
            listed = list(firsts.values())
        start = after.position if after else 0
        candidates = tuple(
            Candidate(stored.passage.address, outcome.score, outcome.all_words)
            for stored, outcome in listed[start : start + k]
        )
        all_words = sum(outcome.all_words for _, outcome in matched)
        following = Cursor(start + k) if k and len(candidates) == k else None
        return Candidates(candidates, len(matched), all_words, following)

    def score(self, query: Query, ranking: BM25, ids: Iterable[Hashable]) -> list[Candidate | None]:
        every = self.retrieve(query, ranking, k=len(self._passages))
        candidates = {candidate.id: candidate for candidate in every.top}
        return list(map(candidates.get, ids))

    @property
    def embedding(self) -> Embedding | None:
        model = self._vectors.model
        if model is None:
            return None
        return Embedding(model, len(self._vectors.rows), len(list(self.unembedded(model))))

    def nearest(self, question: Rows, *, k: int, within: Query | None = None) -> Nearest:
        matched = self._matches(within or All(), BM25())
        return self._vectors.nearest(question, k, (one.passage.address for one, _ in matched))

    def cosines(self, question: Rows, ids: Iterable[Hashable]) -> list[float | None]:
        return [self._vectors.cosine(question, str(id_)) for id_ in ids]

    def vector(self, document_id: str, number: int) -> Rows | None:
        return self._vectors.row(passage_address(document_id, number))

    def unembedded(self, model: EmbeddingModel) -> Iterator[tuple[Document, Passage]]:
        for stored in self._passages:
            has_vector = self._vectors.has(model, stored.passage.address)
            if not has_vector and model.knows(stored.language):
                yield stored.document, stored.passage

    def read(self, ids: Iterable[Hashable]) -> list[tuple[Document, Passage]]:
        by_address = {stored.passage.address: stored for stored in self._passages}
        wanted = [by_address[str(id_)] for id_ in ids]
        return [(stored.document, stored.passage) for stored in wanted]

    def facets(self, query: Query, names: Sequence[str]) -> FacetCounts:
        matches = [stored for stored, _ in self._matches(query, BM25())]
        facets = {n: _names(matches) if n == NAME else _facet(matches, n) for n in names}
        dates = Counter(stored.document.date for stored in matches)
        in_order = {date: dates[date] for date in sorted(dates) if date}
        return FacetCounts(facets, len({stored.document.id for stored in matches}), in_order)

    def places(self, query: Query, document_ids: Iterable[str]) -> dict[str, Places]:
        numbers: dict[str, list[int]] = {}
        for stored, _ in self._matches(query, BM25()):
            numbers.setdefault(stored.document.id, []).append(stored.passage.number)
        return {
            id_: Places(tuple(numbers.get(id_, ())), len(self._documents[id_][1]))
            for id_ in document_ids
            if id_ in self._documents
        }

    def count(self, query: Query) -> int:
        return sum(1 for _ in self._matches(query, BM25()))

    def count_ahead(self, queries: Iterable[Query]) -> None:
        pass

    def _matches(self, query: Query, ranking: BM25) -> Iterator[Match]:
        frequencies = self._frequencies(query)
        filters = _Filters(self.analyzer)
        total = len(self._passages)
        average = self.statistics.words / (total or 1)
        weights = {
            leaf: ranking.weight(total, sum(1 for f in counts if f))
            for leaf, counts in frequencies.items()
        }
        for number, stored in enumerate(self._passages):
            norm = ranking.norm(len(stored.terms), average)

            def score_of(leaf: Leaf, number: int = number, norm: float = norm) -> float | None:
                frequency = frequencies[leaf][number]
                return score(weights[leaf], frequency, norm) if frequency else None

            def passes(condition: Filter, stored: StoredPassage = stored) -> bool:
                return filters.matches(condition, stored)

            if outcome := evaluate(query, score_of, passes):
                yield stored, outcome

    def _frequencies(self, query: Query) -> dict[Leaf, list[int]]:
        leaves = {node for node in walk(query) if isinstance(node, Leaf)}
        return {
            leaf: [stored.terms.frequency(leaf) for stored in self._passages] for leaf in leaves
        }

    def titled(self, words: Sequence[Term], quoted: Leaf | None = None) -> frozenset[str]:
        leaves = (quoted,) if quoted else words

        def has_all(terms: PassageTerms) -> bool:
            return all(map(terms.frequency, leaves))

        def is_headed(text: str, document: Document) -> bool:
            return has_all(PassageTerms.of(text, document.language, self.analyzer))

        firsts = set()
        for indexed, passages in self._documents.values():
            stretches = [passages] if is_headed(indexed.document.title, indexed.document) else []
            for headed, run in groupby(
                passages, lambda one: is_headed(one.passage.heading, one.document)
            ):
                stretches += [list(run)] if headed else []
            firsts |= {
                stretch[0].passage.address
                for stretch in stretches
                if stretch and not any(has_all(one.terms) for one in stretch)
            }
        return frozenset(firsts)

    def document(self, document_id: str) -> Document | None:
        entry = self._documents.get(document_id)
        return entry[0].document if entry else None

    def file(self, document_id: str) -> FileState | None:
        entry = self._documents.get(document_id)
        return entry[0].file if entry else None

    def passage(self, document_id: str, number: int) -> Passage | None:
        passages = self.passages(document_id)
        return next((passage for passage in passages if passage.number == number), None)

    def passages(self, document_id: str) -> list[Passage]:
        entry = self._documents.get(document_id)
        return list(entry[0].passages) if entry else []

    def documents(self) -> Iterator[tuple[Document, FileState, int]]:
        for indexed, stored in self._documents.values():
            yield indexed.document, indexed.file, len(stored)

    def files(self) -> Iterator[tuple[FileState, str, str]]:
        for indexed, _ in self._documents.values():
            yield indexed.file, indexed.document.id, indexed.document.sha256

    def skipped(self) -> tuple[SkippedFile, ...]:
        return self._skipped

    @cached_property
    def _surfaces(self) -> dict[str, int]:
        distinct = (stored.terms.surfaces for stored in self._passages)
        return dict(
            sorted(Counter(surface for surfaces in distinct for surface in surfaces).items())
        )

    def vocabulary(self) -> Sequence[str]:
        return list(self._surfaces)

    def traced(self) -> Sequence[str]:
        return list(filter(is_traced, self._surfaces))

    def frequency(self, surface: str) -> int:
        return self._surfaces.get(surface, 0)

    def frequencies(self) -> Sequence[int]:
        return list(self._surfaces.values())

    def names(self) -> Mapping[str, int]:
        return Counter(name for stored in self._passages for name in stored.passage.names)

    def titles(self) -> Mapping[str, int]:
        return Counter(stored.document.title for stored in self._passages)


def _names(matches: Sequence[StoredPassage]) -> dict[str, int]:
    return ranked_names(Counter(name for stored in matches for name in stored.passage.names))


def _facet(matches: Sequence[StoredPassage], name: str) -> dict[str, int]:
    values = (facet_value(stored.document, name, stored.passage) for stored in matches)
    return ranked(Counter(values))


def _listed(matched: Iterable[Match], sort: str) -> list[Match]:
    """Return matches in the order of a list of hits."""

    def by_relevance(match: Match) -> tuple[bool, float, str, int]:
        stored, outcome = match
        passage = stored.passage
        return order(outcome.all_words, outcome.score, stored.document.id, passage.number)

    listed = sorted(matched, key=by_relevance)
    if sort != RELEVANCE:
        documents = [stored.document for stored, _ in listed]
        places = document_places([(each.date, each.added) for each in documents], sort)
        place_of = {each.id: place for each, place in zip(documents, places, strict=True)}
        listed.sort(key=lambda match: (place_of[match[0].document.id], match[0].document.id))
    return listed


class _Filters:
    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._filters: dict[Filter, FactFilter] = {}

    def matches(self, condition: Filter, stored: StoredPassage) -> bool:
        if condition not in self._filters:
            self._filters[condition] = FactFilter(condition, self._analyzer)
        return self._filters[condition].matches(stored.document, stored.passage)
