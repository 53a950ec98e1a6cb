"""What the postings tell of the passages in a window, for `engine.feedback`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.analysis import Analyzer
from engine.backends.whoosh.postings import Part, PostingsSource
from engine.backends.whoosh.schema import HEAD, STEM
from engine.backends.whoosh.table import DocumentTable
from engine.documents import Passage
from engine.feedback import subjects
from engine.ranking import BM25, score


@dataclass(frozen=True, slots=True)
class Scoring:
    """What BM25 needs to know of a snapshot; `norms` go by the base of a segment."""

    ranking: BM25
    passages: int
    norms: Mapping[int, Sequence[float]]
    analyzer: Analyzer


class IndexWindow:
    """The passages of a window by segment, and what their postings say of them."""

    def __init__(
        self,
        entries: Sequence[int],
        source: PostingsSource,
        table: DocumentTable,
        scoring: Scoring,
        passage_of: Callable[[int], Passage],
    ) -> None:
        self._source, self._table, self._scoring = source, table, scoring
        self._passage_of = passage_of
        self._weights: dict[str, float] = {}
        self._by_base: dict[int, list[tuple[int, int]]] = {}
        for at in entries:
            segment, entry = table.locate(at)
            places = self._by_base.setdefault(at - entry, [])
            places.append((entry, segment.header_of(entry)))

    def stems(self, at: int) -> set[str]:
        """Return the stems of a passage, without those of words that carry no subject."""
        language = self._table.document(at).language
        pairs = self._scoring.analyzer.terms(self._passage_of(at).text, language)
        return subjects(pairs, language)

    def headed(self, stem: str) -> set[int]:
        """Return the passages of the window that have a stem in their title or heading."""
        found: set[int] = set()
        for part, places in self._parts(HEAD, stem):
            held = set(part.among({place for pair in places for place in pair}))
            found.update(part.base + entry for entry, header in places if {entry, header} & held)
        return found

    def weight(self, stem: str) -> float:
        """Return what BM25 gives at most for a stem; 0 where no passage has it."""
        known = self._weights.get(stem)
        if known is None:
            held, scoring = len(self._source.get(STEM, stem)), self._scoring
            known = scoring.ranking.weight(scoring.passages, held) if held else 0.0
            self._weights[stem] = known
        return known

    def points(self, stem: str) -> dict[int, float]:
        """Return what BM25 gives each passage of the window that has a stem."""
        weight, found = self.weight(stem), {}
        for part, places in self._parts(STEM, stem):
            norms = self._scoring.norms[part.base]
            for entry, _ in places:
                if frequency := part.frequency(entry):
                    found[part.base + entry] = score(weight, frequency, norms[entry])
        return found

    def _parts(self, field: str, stem: str) -> Iterator[tuple[Part, list[tuple[int, int]]]]:
        for part in self._source.get(field, stem).parts:
            if part.base in self._by_base:
                yield part, self._by_base[part.base]
