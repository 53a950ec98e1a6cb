"""What the postings tell of the passages in a window, for `engine.feedback`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from backstory.engine.analysis import Analyzer
from backstory.engine.backends.whoosh.postings import PostingsSource
from backstory.engine.backends.whoosh.schema import HEAD, STEM
from backstory.engine.backends.whoosh.table import DocumentTable
from backstory.engine.documents import Document, Passage
from backstory.engine.feedback import subjects
from backstory.engine.ranking import BM25, score


@dataclass(frozen=True, slots=True)
class Scoring:
    """What BM25 needs to know of a snapshot, and how its passages are read."""

    ranking: BM25
    passages: int
    analyzer: Analyzer
    table: DocumentTable
    read: Callable[[int], tuple[Document, Passage]]


class IndexWindow(ABC):
    """The passages of a window; subclasses know how the postings are held."""

    def __init__(self, scoring: Scoring) -> None:
        self._scoring = scoring
        self._weights: dict[str, float] = {}

    def stems(self, at: int) -> set[str]:
        """Return the stems of a passage, without those of words that carry no subject."""
        document, passage = self._scoring.read(at)
        language = passage.language_in(document)
        return subjects(self._scoring.analyzer.terms(passage.text, language), language)

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
    """The passages of a window as postings know them, with BM25's length term of each."""

    def __init__(
        self,
        entries: Sequence[int],
        scoring: Scoring,
        source: PostingsSource,
        norms: Sequence[float],
    ) -> None:
        super().__init__(scoring)
        self._source, self._norms = source, dict(zip(entries, norms, strict=True))
        self._entries = source.places_of(entries)
        self._under: dict[int, list[int]] = {}
        for at in entries:
            self._under.setdefault(scoring.table.header_of(at), []).append(at)
        self._headers = source.places_of(self._under)

    def _frequency(self, stem: str) -> int:
        return len(self._source.listing(STEM, stem))

    def headed(self, stem: str) -> set[int]:
        """Return the passages of the window that have a stem in their title or heading."""
        listing = self._source.listing(HEAD, stem)
        found = {at for at, _ in listing.among(self._entries)}
        found.update(*(self._under[header] for header, _ in listing.among(self._headers)))
        return found

    def points(self, stem: str) -> dict[int, float]:
        """Return what BM25 gives each passage of the window that has a stem."""
        weight, norms = self.weight(stem), self._norms
        found = self._source.listing(STEM, stem).among(self._entries)
        return {at: score(weight, frequency, norms[at]) for at, frequency in found}
