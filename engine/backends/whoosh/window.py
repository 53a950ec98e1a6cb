"""What the postings tell of the passages in a window, for `engine.feedback`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
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
    """What BM25 needs to know of a snapshot, and how its passages are read."""

    ranking: BM25
    passages: int
    analyzer: Analyzer
    table: DocumentTable
    passage_of: Callable[[int], Passage]


class IndexWindow(ABC):
    """The passages of a window; subclasses know how the postings are held."""

    def __init__(self, scoring: Scoring) -> None:
        self._scoring = scoring
        self._weights: dict[str, float] = {}

    def stems(self, at: int) -> set[str]:
        """Return the stems of a passage, without those of words that carry no subject."""
        scoring = self._scoring
        passage = scoring.passage_of(at)
        language = passage.language_in(scoring.table.document(at))
        return subjects(scoring.analyzer.terms(passage.text, language), language)

    def weight(self, stem: str) -> float:
        """Return what BM25 gives at most for a stem; 0 where no passage has it."""
        known = self._weights.get(stem)
        if known is None:
            held, scoring = self._frequency(stem), self._scoring
            known = scoring.ranking.weight(scoring.passages, held) if held else 0.0
            self._weights[stem] = known
        return known

    @abstractmethod
    def _frequency(self, stem: str) -> int:
        """Return how many live passages have a stem."""

    @abstractmethod
    def headed(self, stem: str) -> Collection[int]:
        """Return the passages of the window that have a stem in their title or heading."""

    @abstractmethod
    def points(self, stem: str) -> Mapping[int, float]:
        """Return what BM25 gives each passage of the window that has a stem."""


class PartWindow(IndexWindow):
    """The passages of a window by segment; `norms` go by the base of a segment."""

    def __init__(
        self,
        entries: Sequence[int],
        scoring: Scoring,
        source: PostingsSource,
        norms: Mapping[int, Sequence[float]],
    ) -> None:
        super().__init__(scoring)
        self._source, self._norms = source, norms
        self._by_base: dict[int, list[tuple[int, int]]] = {}
        for at in entries:
            segment, entry = scoring.table.locate(at)
            places = self._by_base.setdefault(at - entry, [])
            places.append((entry, segment.header_of(entry)))

    def _frequency(self, stem: str) -> int:
        return len(self._source.get(STEM, stem))

    def headed(self, stem: str) -> set[int]:
        """Return the passages of the window that have a stem in their title or heading."""
        found: set[int] = set()
        for part, places in self._parts(HEAD, stem):
            held = set(part.among({place for pair in places for place in pair}))
            found.update(part.base + entry for entry, header in places if {entry, header} & held)
        return found

    def points(self, stem: str) -> dict[int, float]:
        """Return what BM25 gives each passage of the window that has a stem."""
        weight, found = self.weight(stem), {}
        for part, places in self._parts(STEM, stem):
            norms = self._norms[part.base]
            for entry, _ in places:
                if frequency := part.frequency(entry):
                    found[part.base + entry] = score(weight, frequency, norms[entry])
        return found

    def _parts(self, field: str, stem: str) -> Iterator[tuple[Part, list[tuple[int, int]]]]:
        for part in self._source.get(field, stem).parts:
            if part.base in self._by_base:
                yield part, self._by_base[part.base]
