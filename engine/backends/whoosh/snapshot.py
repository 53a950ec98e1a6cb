"""One commit, open for reading: shared by all threads, never changing."""

from __future__ import annotations

import threading
import weakref
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import cached_property, partial
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from backstory.engine.analysis import KEPT_LETTERS, LEAST_LETTERS, Analyzer
from backstory.engine.backends.base import Statistics
from backstory.engine.backends.whoosh.bags import Best, without_filters, words_of_bag
from backstory.engine.backends.whoosh.codecs import open_facts
from backstory.engine.backends.whoosh.evaluation import Evaluation, Matches, counted
from backstory.engine.backends.whoosh.extents import Extents
from backstory.engine.backends.whoosh.lengths import Lengths
from backstory.engine.backends.whoosh.lexicon import IndexLexicon
from backstory.engine.backends.whoosh.manifest import Manifest, altered
from backstory.engine.backends.whoosh.occurrences import OccurrenceSource
from backstory.engine.backends.whoosh.postings import PostingsSource
from backstory.engine.backends.whoosh.pruning import Pruning, least_of
from backstory.engine.backends.whoosh.schema import SURFACE
from backstory.engine.backends.whoosh.segments import OpenSegment, ReadLock
from backstory.engine.backends.whoosh.storage import check_files
from backstory.engine.backends.whoosh.table import DocumentTable
from backstory.engine.backends.whoosh.window import IndexWindow, PartWindow, Scoring
from backstory.engine.documents import Document, FileState, Passage, SkippedFile
from backstory.engine.errors import IndexDamaged
from backstory.engine.feedback import Candidate, Feedback, Reranked, ordered, rerank
from backstory.engine.hits import Found, Ranking
from backstory.engine.keeping import Kept
from backstory.engine.listing import RELEVANCE, firsts
from backstory.engine.query import And, Leaf, Query
from backstory.engine.ranking import BM25

if TYPE_CHECKING:
    from backstory.engine.backends.whoosh.vectors.source import Vectors

FURTHER = 4  # times as far down, where passages of too few documents were found
KEPT_COUNTS = 4096
Ordered = tuple[Best, list[Candidate], dict[str, float]]


class Snapshot:
    """A reader of one generation of a Whoosh index; entries are numbered across its segments."""

    def __init__(self, folder: Path, manifest: Manifest, *, with_numpy: bool = False) -> None:
        check_files(folder, manifest)
        self.manifest = manifest
        self._segments = open_segments(folder, manifest)
        # Threads share a snapshot and let go of it one by one: its files close after the last.
        weakref.finalize(self, _close, self._segments)
        sizes = [segment.size for segment in self._segments]
        self._bases = [sum(sizes[:at]) for at in range(len(sizes))]
        needs_lock = any(segment.needs_lock for segment in self._segments)
        self._lock: ReadLock = threading.Lock() if needs_lock else nullcontext()
        self._source = PostingsSource(self._segments, self._bases, self._lock)
        self._occurrences = OccurrenceSource(self._segments, self._bases, self._lock)
        self._lengths = Lengths(self._segments, self._average)
        self._counts: dict[Leaf, int] = {}
        self._recent: Kept[int, tuple[Document, Passage]] = Kept(KEPT_LETTERS, _letters)
        self._lexicon = IndexLexicon(segment.lexicon for segment in self._segments)
        self.analyzer = Analyzer(self._lexicon)
        self._table = DocumentTable(self._segments, self._bases, self.analyzer, self._lock)
        self._vectors = self._as_vectors() if with_numpy else None
        self._extents = Extents(self._segments, self._bases)

    def _as_vectors(self) -> Vectors:
        from backstory.engine.backends.whoosh.vectors.source import Vectors  # and NumPy with it

        passages, average = self.manifest.counts.passages, self._average
        return Vectors(self._segments, self._bases, self._lock, passages, average)

    @property
    def _average(self) -> float:
        """The average length of a live passage."""
        counts = self.manifest.counts
        return counts.words / (counts.passages or 1)

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

    def search(
        self,
        query: Query,
        ranking: BM25,
        *,
        offset: int,
        limit: int,
        facets: Sequence[str] = (),
        feedback: Feedback | None = None,
        sort: str = RELEVANCE,
        grouped: bool = False,
    ) -> Ranking:
        most = offset + limit if limit else 0
        if sort != RELEVANCE:
            ordered = self._by_date(query, ranking, most, sort, grouped=grouped)
        elif grouped:
            ordered = self._first_of_each(query, ranking, most, feedback)
        else:
            ordered = self._by_relevance(query, ranking, offset, limit, feedback)
        best, candidates, learnt = ordered
        found = candidates[offset:most]
        page = Ranking(tuple(map(self._found, found)), best.total, best.full, {}, learnt)
        return self._with_facets(page, facets, best, found) if facets else page

    def _by_relevance(
        self, query: Query, ranking: BM25, offset: int, limit: int, feedback: Feedback | None
    ) -> Ordered:
        window = feedback.window_for(query) if feedback else 0
        looked_at = window if limit and offset < window else 0
        most = max(offset + limit, looked_at)
        best = (self._pruned(query, ranking, most) if most else None) or self._all(query, ranking)
        candidates = self._best(best.matches, most, sure_from=max(looked_at - 1, 0))
        learnt: dict[str, float] = {}
        if feedback and looked_at:
            reranked = self._rerank(query, ranking, candidates[:looked_at], feedback)
            candidates[:looked_at], learnt = reranked.candidates, reranked.learnt
        return best, candidates, learnt

    def _first_of_each(
        self, query: Query, ranking: BM25, most: int, feedback: Feedback | None
    ) -> Ordered:
        """Look further and further down until there are `most` documents."""
        reached = most
        while True:
            best, candidates, learnt = self._by_relevance(query, ranking, 0, reached, feedback)
            first = firsts(candidates)
            if len(first) >= most or len(candidates) >= best.total:
                return best, first, learnt
            reached = FURTHER * len(candidates)

    def _by_date(
        self, query: Query, ranking: BM25, most: int, sort: str, *, grouped: bool
    ) -> Ordered:
        best = self._all(query, ranking)
        found: list[Candidate] = []
        for entries in self._extents.by_date(self._extents.matches(best), sort):
            if len(found) >= most:
                break
            held = self._candidates(entries, best.matches)
            held.sort(key=attrgetter("key"))
            found += held[:1] if grouped else held
        return best, found, {}

    def _all(self, query: Query, ranking: BM25) -> Best:
        matches = self._evaluation(ranking).evaluate(query)
        return Best(matches, len(matches.points), len(matches.full))

    def _candidates(self, entries: Iterable[int], matches: Matches) -> list[Candidate]:
        points, full, place = matches.points, matches.full, self._table.place
        return [Candidate(at, points[at], at in full, place) for at in entries]

    def _rerank(
        self, query: Query, ranking: BM25, candidates: Sequence[Candidate], feedback: Feedback
    ) -> Reranked:
        window = self._window([candidate.at for candidate in candidates], ranking)
        return rerank(query, candidates, window, feedback)

    def _window(self, entries: Sequence[int], ranking: BM25) -> IndexWindow:
        passages = self.manifest.counts.passages
        scoring = Scoring(ranking, passages, self.analyzer, self._table, self._read)
        if self._vectors:
            return self._vectors.window(entries, scoring)
        norms = self._lengths.norms_of(entries, self._lengths.norms(ranking))
        return PartWindow(entries, scoring, self._source, norms)

    def _found(self, candidate: Candidate) -> Found:
        document, passage = self._read(candidate.at)
        gained = candidate.heading, candidate.related
        return Found(document, passage, candidate.score, candidate.is_full, *gained)

    def _with_facets(
        self, page: Ranking, names: Sequence[str], best: Best, found: Sequence[Candidate]
    ) -> Ranking:
        bits = self._extents.bits(best)
        places = {one.document: self._extents.places(bits, one.at) for one in found}
        return replace(
            page,
            facets=self._facets(names, best, bits),
            documents=self._extents.documents(bits),
            dates=self._extents.dates(bits),
            places=places,
        )

    def _facets(self, names: Sequence[str], best: Best, bits: int) -> dict[str, dict[str, int]]:
        if best.bits is None:
            return self._table.facets(names, best.matches.points)
        return self._table.facets_of_bits(names, bits)

    def _pruned(self, query: Query, ranking: BM25, most: int) -> Best | None:
        wanted, filters = without_filters(query)
        if self._vectors:
            return self._vectors.best(wanted, ranking, most, filters, self._table.mask)
        words = words_of_bag(wanted, self._occurrences, ranking, self.manifest.counts.passages)
        if words is None:
            return None
        mask = self._table.mask(filters)[1] if filters else None
        race = Pruning(words, self._lengths, ranking)
        return race.best(most, needs_all=isinstance(wanted, And), mask=mask)

    def count(self, query: Query) -> int:
        if isinstance(query, Leaf):
            return self._count(query)
        best = self._pruned(query, BM25(), 1) or self._all(query, BM25())
        return best.total

    def _count(self, leaf: Leaf) -> int:
        """Count a word or phrase; an explained result asks three times for each."""
        count = self._counts.get(leaf)
        if count is None:
            count = counted(leaf, self._source)
            if len(self._counts) >= KEPT_COUNTS:
                self._counts.clear()
            self._counts[leaf] = count
        return count

    def _evaluation(self, ranking: BM25) -> Evaluation:
        passages = self.manifest.counts.passages
        norms_of = partial(self._lengths.norms_of, norms=self._lengths.norms(ranking))
        return Evaluation(self._source, ranking, norms_of, passages, self._table.passes)

    def _best(self, matches: Matches, most: int, sure_from: int) -> list[Candidate]:
        """Return the first `most` matches, in order where they tie for a place from a first on.

        Before it are those that are looked at again, and put in order then.
        """
        if len(matches.points) <= 2 * most:
            return ordered(self._candidates(matches.points, matches), sure_from, most)[:most]
        full = matches.full
        pool = self._top(full, matches.points, most)
        if len(full) < most:
            rest = matches.points.keys() - full
            pool += self._top(rest, matches.points, most - len(full))
        return ordered(self._candidates(pool, matches), sure_from, most)[:most]

    def _top(self, among: Iterable[int], points: dict[int, float], most: int) -> list[int]:
        """Return the passages with the `most` highest points, and some that tie with the last."""
        pool = _top(among, points, most)
        if len(pool) <= 2 * most:
            return pool
        least = min(map(points.__getitem__, pool))
        above = [at for at in pool if points[at] > least]
        # Filters give no points: every match of `lang:en` ties, and only the first are wanted.
        return above + self._extents.first(set(pool).difference(above), most - len(above))

    def _read(self, at: int) -> tuple[Document, Passage]:
        """Return a passage and its document; the second look and the page read the same ones."""
        known = self._recent.get(at)
        if known is None:
            segment, entry = self._table.locate(at)
            header = segment.header_of(entry)
            document = self._table.headed(at - entry + header)
            with self._lock:
                known = document, segment.passage(document.id, header, entry)
            self._recent.put(at, known)
        return known

    def _find(self, document_id: str) -> tuple[OpenSegment, int] | None:
        with self._lock:
            for segment in self._segments:
                header = segment.find(document_id)
                if header is not None:
                    return segment, header
        return None

    def document(self, document_id: str) -> Document | None:
        found = self._find(document_id)
        if found is None:
            return None
        segment, header = found
        with self._lock:
            return segment.document(header)[0]

    def passage(self, document_id: str, number: int) -> Passage | None:
        found = self._find(document_id)
        if found is None or not 0 < number <= len(found[0].passages_of(found[1])):
            return None
        segment, header = found
        with self._lock:
            return segment.passage(document_id, header, header + number)

    def passages(self, document_id: str) -> list[Passage]:
        found = self._find(document_id)
        if found is None:
            return []
        segment, header = found
        with self._lock:
            entries = segment.passages_of(header)
            return [segment.passage(document_id, header, entry) for entry in entries]

    def documents(self) -> Iterator[tuple[Document, FileState, int]]:
        with self._lock:
            found = [
                segment.document(header)
                for segment in self._segments
                for header in segment.live_headers()
            ]
        return iter(sorted(found, key=lambda entry: entry[0].id))

    def files(self) -> Iterator[tuple[FileState, str, str]]:
        for segment in self._segments:
            yield from segment.live(segment.columns.files())

    def skipped(self) -> tuple[SkippedFile, ...]:
        return self.manifest.skipped

    def vocabulary(self) -> Sequence[str]:
        return self._lexicon.vocabulary

    def frequency(self, surface: str) -> int:
        return len(self._source.listing(SURFACE, surface))

    def frequencies(self) -> Sequence[int]:
        found: Counter[str] = Counter()
        with self._lock:
            for segment in self._segments:
                for surface, count in segment.counts(SURFACE):
                    found[surface] += count
        return array("I", map(found.__getitem__, self.vocabulary()))

    def names(self) -> Mapping[str, int]:
        return self._table.names()

    def titles(self) -> Mapping[str, int]:
        return self._table.titles()


def _letters(read: tuple[Document, Passage]) -> int:
    return LEAST_LETTERS + len(read[1].text)


def _close(segments: Sequence[OpenSegment]) -> None:
    for segment in segments:
        segment.close()


def open_segments(folder: Path, manifest: Manifest) -> list[OpenSegment]:
    """Open the segments of a generation whose manifest has been checked.

    Raises IndexDamaged, which names the file, for bytes that nothing can be made of.
    """
    opened: list[OpenSegment] = []
    try:
        for facts in manifest.segments:
            opened.append(open_facts(folder, facts))
        return opened
    except BaseException as error:  # whatever it is: readers trust the numbers they read
        _close(opened)
        if isinstance(error, OSError | IndexDamaged) or not isinstance(error, Exception):
            raise
        damaged = next(altered(folder, manifest), None)
        path = folder / damaged if damaged else folder
        raise IndexDamaged(path, f"cannot be read ({type(error).__name__}: {error})") from error


def _top(among: Iterable[int], points: dict[int, float], most: int) -> list[int]:
    """Return the passages with the `most` highest points, and all that tie with the last."""
    candidates = list(among)
    if not most or len(candidates) <= most:
        return candidates[:most]
    values = [points[at] for at in candidates]
    threshold = least_of(values, most)
    return [at for at, value in zip(candidates, values, strict=True) if value >= threshold]
