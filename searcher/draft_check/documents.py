"""What a check asks of one commit: candidates for words, how much a word says, passages and dates.

Candidates are found by the words that the fewest passages have, so that the work for a sentence
does not grow with its frequent words. Everything is kept for the length of one check.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from functools import cached_property

from backstory.engine.documents import Document, Passage
from backstory.engine.indexes.contract import Snapshot
from backstory.engine.languages import stop_words
from backstory.engine.query import BagOfWords, Phrase, Query, Term
from backstory.engine.ranking import BM25
from backstory.engine.tokens import plain
from backstory.searcher.draft_check.alignment import Part
from backstory.searcher.draft_check.words import Word, words_of
from backstory.searcher.question_language import small_words

RAREST = 12  # words of a sentence or quotation by which candidates are found
IN_PHRASE = 6  # words, one after the other, by which the place of a quotation is found
_USUAL = ("en", "es")

Placed = tuple[Document, Passage]


class Documents:
    """One commit of an index, as a check asks it; keeps what it has read."""

    def __init__(self, snapshot: Snapshot, ranking: BM25) -> None:
        self.snapshot, self._ranking = snapshot, ranking
        self._read: dict[Hashable, Placed] = {}
        self._words: dict[str, list[Word]] = {}
        self._weights: dict[str, float] = {}
        self._terms: dict[str, Term] = {}

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages that a draft may be in: those of the passages, English and Spanish."""
        return tuple(dict.fromkeys((*self.snapshot.languages, *_USUAL)))

    def language_of(self, text: str) -> str:
        """Return the language whose small words a text has the most of."""
        votes = small_words(self.snapshot.analyzer.surfaces(text), self.languages)
        return max(self.languages, key=lambda code: votes[code])

    def weight(self, surface: str) -> float:
        """Return how much a word says: its inverse frequency in passages, as BM25 has it."""
        known = self._weights.get(surface)
        if known is None:
            passages = self.snapshot.statistics.passages
            frequency = self.snapshot.frequency(surface)
            known = math.log(1 + (passages - frequency + 0.5) / (frequency + 0.5))
            self._weights[surface] = known
        return known

    def by_phrase(self, words: Sequence[Part | Word], language: str, most: int) -> list[Placed]:
        """Return passages with the IN_PHRASE words of a run that say the most, as a phrase."""
        surfaces = self.surfaces(" ".join(word.text for word in words), language)
        if not surfaces:
            return []
        weights = [self.weight(surface) for surface in surfaces]
        starts = range(max(len(surfaces) - IN_PHRASE, 0) + 1)
        best = max(starts, key=lambda n: (sum(weights[n : n + IN_PHRASE]), -n))
        terms = tuple(map(self._term, surfaces[best : best + IN_PHRASE]))
        query = Phrase("", terms) if len(terms) > 1 else terms[0]
        return self._retrieved(query, most)

    def by_words(self, surfaces: Iterable[str], most: int) -> list[Placed]:
        """Return the best passages with any of the RAREST words that are not small."""
        distinct = dict.fromkeys(s for s in surfaces if not self.is_small(s))
        known = (s for s in distinct if self.snapshot.count(self._term(s)))
        rarest = sorted(known, key=self.weight, reverse=True)[:RAREST]
        if not rarest:
            return []
        return self._retrieved(BagOfWords(tuple(map(self._term, rarest))), most)

    def is_small(self, surface: str) -> bool:
        """Tell whether a word carries no subject in any language of the documents."""
        word = plain(surface)
        return any(word in stop_words(code) for code in self.languages)

    def neighbour(self, placed: Placed, step: int) -> Placed | None:
        """Return the passage before (-1) or behind (1) another, None at the end of a document."""
        document, passage = placed
        number = passage.number + step
        beside = self.snapshot.passage(document.id, number) if number > 0 else None
        return (document, beside) if beside else None

    def words(self, passage: Passage) -> list[Word]:
        """Return the words of a passage."""
        known = self._words.get(passage.address)
        if known is None:
            known = self._words[passage.address] = words_of(passage.text)
        return known

    def surfaces(self, text: str, language: str) -> list[str]:
        """Return the words of a text as they are indexed."""
        return [surface for surface, _ in self.snapshot.analyzer.terms(text, language)]

    def _term(self, surface: str) -> Term:
        known = self._terms.get(surface)
        if known is None:
            stem = self.snapshot.analyzer.stem
            stems = dict.fromkeys(stem(surface, code) for code in self.snapshot.languages)
            known = self._terms[surface] = Term(surface, surface, tuple(stems))
        return known

    def _retrieved(self, query: Query, most: int) -> list[Placed]:
        top = self.snapshot.retrieve(query, self._ranking, k=most).top
        missing = [each.id for each in top if each.id not in self._read]
        for key, placed in zip(missing, self.snapshot.read(missing), strict=True):
            self._read[key] = placed
        return [self._read[each.id] for each in top]
