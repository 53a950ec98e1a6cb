"""One commit, open for reading: shared by all threads, never changing."""

from __future__ import annotations

import weakref
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from backstory.engine.analysis import Analyzer
from backstory.engine.cache import Cache, CachePool
from backstory.engine.candidates import Candidate, Candidates, Cursor, FacetCounts, Places
from backstory.engine.documents import Document, FileState, Passage, SkippedFile
from backstory.engine.embeddings import EmbeddingModel, Rows
from backstory.engine.indexes.contract import Embedding, Nearest, Statistics
from backstory.engine.indexes.embedded.arrays import Floats, distinct, joined
from backstory.engine.indexes.embedded.document_ranges import DocumentRanges
from backstory.engine.indexes.embedded.document_table import DocumentTable
from backstory.engine.indexes.embedded.evaluation import (
    Collection,
    Evaluator,
    count_of,
    postings_of,
)
from backstory.engine.indexes.embedded.facet_counts import FacetCounter
from backstory.engine.indexes.embedded.lexicon import IndexLexicon
from backstory.engine.indexes.embedded.manifest import Manifest
from backstory.engine.indexes.embedded.matches import Matches, Scores, common, marked
from backstory.engine.indexes.embedded.ordering import Ordering
from backstory.engine.indexes.embedded.postings import PostingsReader
from backstory.engine.indexes.embedded.schema import HEAD, SURFACE
from backstory.engine.indexes.embedded.segments import OpenSegment, open_facts
from backstory.engine.indexes.embedded.storage import check_files
from backstory.engine.indexes.embedded.vector_table import VectorTable
from backstory.engine.matching import PassageTerms
from backstory.engine.ordering import RELEVANCE
from backstory.engine.query import Leaf, Query, Term
from backstory.engine.ranking import BM25

START_BYTES = 250  # of where a document begins, by its id
PASSAGE_BYTES = 1_000  # of a passage that was read, beside two for each letter


class EmbeddedSnapshot:
    """A reader of one generation of a Whoosh index; entries are numbered across its segments."""

    def __init__(self, folder: Path, manifest: Manifest, pool: CachePool) -> None:
        check_files(folder, manifest)
        self.manifest, self.caches = manifest, pool
        self._segments = open_segments(folder, manifest)
        sizes = [segment.size for segment in self._segments]
        self._bases = bases = [sum(sizes[:i]) for i in range(len(sizes))]
        self._lexicon = IndexLexicon((segment.lexicon for segment in self._segments), pool)
        self.analyzer = Analyzer(self._lexicon, pool=pool)
        self._ranges = DocumentRanges(self._segments, bases)
        self._postings = PostingsReader(self._segments, bases, pool)
        self._table = DocumentTable(self._segments, bases, self._ranges, self.analyzer, pool)
        self._facets = FacetCounter(self._segments, self._ranges, self._table.facts)
        self._ordering = Ordering(self._ranges)
        self._vectors = VectorTable(self._segments, bases, self._ranges, self._table.facts)
        self._passages: Cache[int, tuple[Document, Passage]] = pool.cache("passages")
        self._starts: Cache[str, int] = pool.cache("starts")
        self._norms: tuple[BM25, Floats] | None = None
        self._last: tuple[Query, BM25, Matches] | None = None
        caches = (self._postings, self._table, self._passages, self._starts, self.analyzer)
        # Threads share a snapshot and let go of it one by one: its files close after the last.
        weakref.finalize(self, _close, self._segments, caches)

    @cached_property
    def statistics(self) -> Statistics:
        counts, manifest = self.manifest.counts, self.manifest
        return Statistics(
            documents=counts.documents,
            passages=counts.passages,
            words=counts.words,
            generation=manifest.generation,
            committed=manifest.committed,
            languages=counts.languages,
        )

    @cached_property
    def languages(self) -> tuple[str, ...]:
        counts = self.manifest.counts.languages
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
        matches = self._matches(query, ranking)
        start = after.position if after else 0
        most = start + k if k else 0
        first = self._ordering.first(matches, order, most, grouped=grouped)
        entries, scores = first.ids[start:].tolist(), first.scores[start:].tolist()
        flags = first.all_words
        all_words = [True] * len(entries) if flags is None else flags[start:].tolist()
        return Candidates(
            tuple(map(Candidate, entries, scores, all_words)),
            len(matches),
            len(matches.all_words_ids),
            Cursor(most) if k and len(entries) == k else None,
        )

    def score(self, query: Query, ranking: BM25, ids: Iterable[Hashable]) -> list[Candidate | None]:
        wanted = list(ids)
        entries = distinct(np.array(wanted, np.intp))
        found = self._matches(query, ranking).among(entries)
        flags = [True] * len(found) if found.all_words is None else found.all_words.tolist()
        candidates = map(Candidate, found.ids.tolist(), found.scores.tolist(), flags)
        by_entry = {candidate.id: candidate for candidate in candidates}
        return [by_entry.get(entry) for entry in wanted]

    @cached_property
    def embedding(self) -> Embedding | None:
        model = self.manifest.model
        if model is None:
            return None
        passages = len(self._vectors.reader.live_entries)
        return Embedding(model, passages, len(self._vectors.unembedded(model)))

    def nearest(self, question: Rows, *, k: int, within: Query | None = None) -> Nearest:
        vectors = self._vectors.reader
        mask = None
        if within is not None:
            ranking = self._norms[0] if self._norms else BM25()
            mask = marked(self._evaluator(ranking).evaluate(within).ids, self._ranges.entries)
        near = Scores(*vectors.nearest(question, k, mask))
        first = self._ordering.first(near, RELEVANCE, k, grouped=False)
        ids, cosines = first.ids.tolist(), first.scores.tolist()
        return Nearest(tuple(ids), tuple(cosines), vectors.median(question))

    def cosines(self, question: Rows, ids: Iterable[Hashable]) -> list[float | None]:
        wanted = np.array(list(ids), np.intp)
        entries, places = np.unique(wanted, return_inverse=True)
        which, cosines = self._vectors.reader.cosines(question, entries)
        by_entry: list[float | None] = [None] * len(entries)
        for index, cosine in zip(which.tolist(), cosines.tolist(), strict=True):
            by_entry[index] = cosine
        return [by_entry[place] for place in places.tolist()]

    def vector(self, document_id: str, number: int) -> Rows | None:
        start = self._start_of(document_id)
        return None if start is None else self._vectors.reader.row(start + number)

    def unembedded(self, model: EmbeddingModel) -> Iterator[tuple[Document, Passage]]:
        is_same = self.manifest.model is not None and self.manifest.model.digest == model.digest
        waiting = self._vectors.unembedded(model) if is_same else self._vectors.known(model)
        for entry in waiting.tolist():
            segment, local = self._table.locate(entry)
            start = self._ranges.start_of(entry)
            document = self._table.document(start)
            yield document, segment.passage(document.id, local - (entry - start), local)

    def read(self, ids: Iterable[Hashable]) -> list[tuple[Document, Passage]]:
        return [self._read(entry) for entry in ids if isinstance(entry, int)]

    def facets(self, query: Query, names: Sequence[str]) -> FacetCounts:
        counted = self._facets.count(self._matches(query, None).ids)
        facets, dates = self._facets.facets(names, counted), self._facets.dates(counted)
        return FacetCounts(facets, len(counted.rows), dates)

    def places(self, query: Query, document_ids: Iterable[str]) -> dict[str, Places]:
        ids = self._matches(query, None).ids
        return {
            document_id: self._ranges.places(ids, start)
            for document_id in document_ids
            if (start := self._start_of(document_id)) is not None
        }

    def count(self, query: Query) -> int:
        if isinstance(query, Leaf):
            return count_of(query, self._postings)
        return len(self._matches(query, None))

    def count_ahead(self, queries: Iterable[Query]) -> None:
        pass

    def _matches(self, query: Query, ranking: BM25 | None) -> Matches:
        """Return all matches; those of the query that was asked last are kept.

        A page of hits asks for the best of them, for facets and for places. Without a ranking the
        scores may be those of any.
        """
        known = self._last
        if known and known[0] == query and ranking in (None, known[1]):
            return known[2]
        ranking = ranking or (known[1] if known else BM25())
        matches = self._evaluator(ranking).evaluate(query)
        self._last = query, ranking, matches
        return matches

    def _evaluator(self, ranking: BM25) -> Evaluator:
        passages, entries = self.manifest.counts.passages, self._ranges.entries
        collection = Collection(passages, entries, self._norms_for(ranking))
        return Evaluator(self._postings, ranking, collection, self._table.mask)

    def _norms_for(self, ranking: BM25) -> Floats:
        """Return the BM25 length term of every entry, kept for the knobs used last."""
        known = self._norms
        if known is None or known[0] != ranking:
            counts = self.manifest.counts
            lengths = joined([np.asarray(s.lengths, float) for s in self._segments], float)
            norms = ranking.norm(lengths, counts.words / (counts.passages or 1))
            known = self._norms = ranking, norms
        return known[1]

    def _read(self, entry: int) -> tuple[Document, Passage]:
        """Return a passage and its document."""
        known = self._passages.get(entry)
        if known is None:
            segment, local = self._table.locate(entry)
            start = self._ranges.start_of(entry)
            document = self._table.document(start)
            known = document, segment.passage(document.id, local - (entry - start), local)
            self._passages.put(entry, known, PASSAGE_BYTES + 2 * len(known[1].text))
            self._starts.put(document.id, start, START_BYTES)
        return known

    def _start_of(self, document_id: str) -> int | None:
        """Return the entry of a document among those of all segments, or None."""
        known = self._starts.get(document_id)
        if known is not None:
            return known
        for segment, base in zip(self._segments, self._bases, strict=True):
            document_entry = segment.find(document_id)
            if document_entry is not None:
                return base + document_entry
        return None

    def _find(self, document_id: str) -> tuple[OpenSegment, int] | None:
        for segment in self._segments:
            document_entry = segment.find(document_id)
            if document_entry is not None:
                return segment, document_entry
        return None

    def document(self, document_id: str) -> Document | None:
        located = self._find(document_id)
        return located[0].document(located[1])[0] if located else None

    def file(self, document_id: str) -> FileState | None:
        located = self._find(document_id)
        return located[0].document(located[1])[1] if located else None

    def passage(self, document_id: str, number: int) -> Passage | None:
        located = self._find(document_id)
        if located is None or not 0 < number <= len(located[0].passages_of(located[1])):
            return None
        segment, document_entry = located
        return segment.passage(document_id, document_entry, document_entry + number)

    def passages(self, document_id: str) -> list[Passage]:
        located = self._find(document_id)
        if located is None:
            return []
        segment, document_entry = located
        entries = segment.passages_of(document_entry)
        return [segment.passage(document_id, document_entry, entry) for entry in entries]

    def documents(self) -> Iterator[tuple[Document, FileState, int]]:
        documents = [s.document(e) for s in self._segments for e in s.live_document_entries()]
        return iter(sorted(documents, key=lambda row: row[0].id))

    def files(self) -> Iterator[tuple[FileState, str, str]]:
        for segment in self._segments:
            yield from segment.of_live(segment.columns.files())

    def skipped(self) -> tuple[SkippedFile, ...]:
        return self.manifest.skipped

    @property
    def settings(self) -> Mapping[str, Any]:
        return self.manifest.settings

    def vocabulary(self) -> Sequence[str]:
        return self._lexicon.vocabulary

    def traced(self) -> Sequence[str]:
        """Return the surface forms that are no plain words, sorted; see `engine.tokens`."""
        return self._lexicon.traced

    def frequency(self, surface: str) -> int:
        return self._postings.count(((SURFACE, surface),))

    def frequencies(self) -> Sequence[int]:
        counts: Counter[str] = Counter()
        for segment in self._segments:
            for surface, count in segment.frequencies(SURFACE):
                counts[surface] += count
        return list(map(counts.__getitem__, self.vocabulary()))

    def titled(self, words: Sequence[Term], quoted: Leaf | None = None) -> frozenset[str]:
        heads = []
        for word in words:
            heads.append(self._postings.get(tuple((HEAD, stem) for stem in word.stems)).ids)
            if not len(heads[-1]):
                return frozenset()
        headed = common(heads, self._ranges.entries)
        if quoted:
            headed = headed[[self._is_headed(entry, quoted) for entry in headed.tolist()]]
        if not len(headed):
            return frozenset()
        leaves = (quoted,) if quoted else words
        passages = [postings_of(leaf, self._postings).ids for leaf in leaves]
        firsts = self._ranges.firsts_without(headed, common(passages, self._ranges.entries))
        return frozenset(self._table.addresses(firsts))

    def _is_headed(self, entry: int, quoted: Leaf) -> bool:
        """Tell whether the title of a document's own entry, or a passage's heading, has a leaf."""
        start = self._ranges.start_of(entry)
        document = self._table.document(start)
        text = document.title if entry == start else self._read(entry)[1].heading
        return PassageTerms.of(text, document.language, self.analyzer).frequency(quoted) > 0

    def names(self) -> Mapping[str, int]:
        return self._table.facts.names()

    def titles(self) -> Mapping[str, int]:
        return self._table.titles()


def _close(segments: Sequence[OpenSegment], caches: Sequence[_Clearable]) -> None:
    for segment in segments:
        segment.close()
    for cache in caches:
        cache.clear()


class _Clearable(Protocol):
    def clear(self) -> None: ...


def open_segments(folder: Path, manifest: Manifest) -> list[OpenSegment]:
    """Open the segments of a generation whose manifest has been checked; raises IndexDamaged."""
    opened: list[OpenSegment] = []
    try:
        for facts in manifest.segments:
            opened.append(open_facts(folder, facts))
        return opened
    except BaseException:
        _close(opened, ())
        raise
