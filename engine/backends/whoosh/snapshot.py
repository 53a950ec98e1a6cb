"""One commit, open for reading: shared by all threads, never changing."""

from __future__ import annotations

import heapq
import threading
import weakref
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain
from pathlib import Path

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from engine.analysis import Analyzer
from engine.backends.base import Statistics
from engine.backends.whoosh.evaluation import Evaluation, Matches, frequencies
from engine.backends.whoosh.lexicon import IndexLexicon
from engine.backends.whoosh.manifest import Manifest, altered
from engine.backends.whoosh.postings import PostingsSource
from engine.backends.whoosh.schema import INDEX_NAME, SURFACE, schema
from engine.backends.whoosh.segment import OpenSegment
from engine.backends.whoosh.storage import check_files
from engine.documents import Document, FileState, Passage, SkippedFile
from engine.errors import IndexDamaged
from engine.facets import facet_value, ranked
from engine.filters import DocumentFilter, Words
from engine.hits import Found, Ranking
from engine.query import All, Filter, Leaf, Query
from engine.ranking import BM25, order

KEPT_FILTERS = 64


class Snapshot:
    """A reader of one generation of a Whoosh index; entries are numbered across its segments."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        check_files(folder, manifest)
        self.manifest = manifest
        self._segments = open_segments(folder, manifest)
        # Threads share a snapshot and let go of it one by one: its files close after the last.
        weakref.finalize(self, _close, self._segments)
        sizes = [segment.size for segment in self._segments]
        self._bases = [sum(sizes[:at]) for at in range(len(sizes))]
        self._lock = threading.Lock()
        self._source = PostingsSource(self._segments, self._bases, self._lock)
        self._norms: dict[BM25, list[float]] = {}
        self._filtered: dict[Filter, set[int]] = {}
        self._documents: dict[int, Document] = {}
        self._words: Words = {}
        self._lexicon = IndexLexicon(segment.lexicon for segment in self._segments)
        self.analyzer = Analyzer(self._lexicon)

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
        self, query: Query, ranking: BM25, *, offset: int, limit: int, facets: Sequence[str] = ()
    ) -> Ranking:
        matches = self._evaluation(ranking).evaluate(query)
        full = matches.full
        page = self._best(matches, full, offset + limit)[offset:]
        found = tuple(
            Found(self._document(at), self._passage(at), matches.points[at], at in full)
            for at in page
        )
        return Ranking(found, len(matches.points), len(full), self._facets(facets, matches))

    def count(self, query: Query) -> int:
        if isinstance(query, Leaf):
            return len(frequencies(query, self._source))
        return len(self._evaluation(BM25()).evaluate(query).points)

    def _evaluation(self, ranking: BM25) -> Evaluation:
        passages = self.manifest.counts.passages
        return Evaluation(self._source, ranking, self._norms_of(ranking), passages, self._passes)

    def _norms_of(self, ranking: BM25) -> list[float]:
        norms = self._norms.get(ranking)
        if norms is None:
            counts = self.manifest.counts
            average = counts.words / (counts.passages or 1)
            lengths = list(chain.from_iterable(segment.lengths for segment in self._segments))
            known = {length: ranking.norm(length, average) for length in set(lengths)}
            norms = self._norms[ranking] = [known[length] for length in lengths]
        return norms

    def _best(self, matches: Matches, full: set[int], most: int) -> list[int]:
        """Return the first `most` matches in order, looking up addresses only where needed."""
        pool = _top(full, matches.points, most)
        if len(full) < most:
            rest = matches.points.keys() - full
            pool += _top(rest, matches.points, most - len(full))

        def key(at: int) -> tuple[bool, float, str, int]:
            segment, entry = self._locate(at)
            number = entry - segment.header_of(entry)
            return order(at in full, matches.points[at], self._document(at).id, number)

        return heapq.nsmallest(most, pool, key=key)

    def _locate(self, at: int) -> tuple[OpenSegment, int]:
        which = bisect_right(self._bases, at) - 1
        return self._segments[which], at - self._bases[which]

    def _document(self, at: int) -> Document:
        known = self._documents.get(at)
        if known is not None:  # `at` is a header
            return known
        segment, entry = self._locate(at)
        header = segment.header_of(entry)
        number = at - entry + header
        document = self._documents.get(number)
        if document is None:
            with self._lock:
                document = self._documents[number] = segment.document(header)[0]
        return document

    def _passage(self, at: int) -> Passage:
        segment, entry = self._locate(at)
        document = self._document(at)
        with self._lock:
            return segment.passage(document.id, segment.header_of(entry), entry)

    def _facets(self, names: Sequence[str], matches: Matches) -> dict[str, dict[str, int]]:
        documents = Counter(map(self._headers.__getitem__, matches.points)) if names else {}
        counts: dict[str, Counter[str]] = {name: Counter() for name in names}
        for header, passages in documents.items():
            document = self._document(header)
            for name in names:
                counts[name][facet_value(document, name)] += passages
        return {name: ranked(counted) for name, counted in counts.items()}

    @cached_property
    def _headers(self) -> array[int]:
        """The header of every entry."""
        headers = array("I")
        for segment, base in zip(self._segments, self._bases, strict=True):
            for header in segment.headers:
                headers.extend([base + header] * (len(segment.passages_of(header)) + 1))
        return headers

    def _passes(self, wanted: Filter) -> set[int]:
        """Return the live passages whose documents a filter lets through."""
        found = self._filtered.get(wanted)
        if found is None:
            passes = self._filter(wanted)
            found = set(chain.from_iterable(self._entries(passes)))
            if len(self._filtered) >= KEPT_FILTERS:
                self._filtered.clear()
            self._filtered[wanted] = found
        return found

    def _filter(self, wanted: Filter) -> DocumentFilter | None:
        if isinstance(wanted, All):
            return None
        return DocumentFilter(wanted, self.analyzer, self._words)

    def _entries(self, wanted: DocumentFilter | None) -> Iterator[Iterable[int]]:
        for segment, base in zip(self._segments, self._bases, strict=True):
            for header in segment.live_headers():
                if wanted is None or wanted.matches(self._document(base + header)):
                    passages = segment.passages_of(header)
                    yield range(base + passages.start, base + passages.stop)

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

    def skipped(self) -> tuple[SkippedFile, ...]:
        return self.manifest.skipped

    def vocabulary(self) -> Sequence[str]:
        return self._lexicon.vocabulary

    def frequency(self, surface: str) -> int:
        return len(self._source.frequencies(SURFACE, surface))


def _close(segments: Sequence[OpenSegment]) -> None:
    for segment in segments:
        segment.close()


def open_segments(folder: Path, manifest: Manifest) -> list[OpenSegment]:
    """Open the segments of a generation whose manifest has been checked.

    Raises IndexDamaged, which names the file, for bytes that Whoosh makes nothing of.
    """
    try:
        storage = FileStorage(str(folder))
        toc = TOC.read(storage, INDEX_NAME, gen=manifest.generation, schema=schema())
        return [OpenSegment(folder, segment) for segment in toc.segments]
    except OSError:
        raise
    except Exception as error:  # whatever it is: Whoosh reads pickles and trusts their numbers
        damaged = next(altered(folder, manifest), None)
        path = folder / damaged if damaged else folder
        raise IndexDamaged(path, f"cannot be read ({type(error).__name__}: {error})") from error


def _top(among: Iterable[int], points: dict[int, float], most: int) -> list[int]:
    """Return the passages with the `most` highest points, and all that tie with the last."""
    candidates = list(among)
    if len(candidates) <= most:
        return candidates
    if not most:
        return []
    values = [points[at] for at in candidates]
    threshold = heapq.nlargest(most, values)[-1]
    return [at for at, value in zip(candidates, values, strict=True) if value >= threshold]
