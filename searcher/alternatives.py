"""Candidates for a misspelt or rare word, taken from the vocabulary of the index.

A candidate is near in spelling or in sound, completes a name together with the neighbouring words,
is far more frequent, is the cognate in another language of the corpus, or is what OCR makes of the
word. Every candidate occurs in
some passage.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from itertools import islice

from backstory.engine.indexes.contract import Snapshot
from backstory.engine.query import Exact, Forms, Query, Term
from backstory.engine.ranking import BM25
from backstory.engine.tokens import fold, unsigned
from backstory.searcher.misreadings import misreadings
from backstory.searcher.prefix_index import PrefixIndex
from backstory.searcher.spelling import (
    Spelling,
    distance,
    first_letters,
    is_spelt,
    most_edits,
    near,
    spelling,
    spellings,
)
from backstory.searcher.vocabulary import Vocabulary

Word = Term | Exact

MOST = 3  # words instead of one
RARE = 20  # a word in more passages is no slip
MORE_FREQUENT = 20  # times
LONG = 10
LONGEST_NAME = 4
MOST_NAMES = 300
LOOKED_AT = 5  # passages with a word, for one that was read from a scan


class Alternatives:
    """Finds candidates in one commit; `names` returns the index of the names in its passages."""

    def __init__(
        self, snapshot: Snapshot, vocabulary: Vocabulary, names: Callable[[], PrefixIndex]
    ) -> None:
        self._snapshot, self._vocabulary, self._names = snapshot, vocabulary, names

    def spelt(self, word: Word, *, everywhere: bool) -> list[Spelling]:
        """Return near spellings: by edit distance, then those that sound alike, then by frequency.

        Only the first of several inflections of one word is returned, unless the query is for an
        exact form. Words far rarer than the first are left out: most are misspellings themselves.
        """
        candidates = spellings(word.surface, self._vocabulary, everywhere=everywhere)
        live = self._live(candidates)
        usual = self._passages(live[0].word) / MORE_FREQUENT if live else 0
        live = [one for one in live if self._passages(one.word) > usual]
        return live if isinstance(word, Exact) else list(self._one_of_each(live))

    def _passages(self, word: str) -> int:
        return self._vocabulary.passages(word, self._snapshot)

    def _one_of_each(self, candidates: Iterable[Spelling]) -> Iterator[Spelling]:
        known: set[str] = set()
        for one in candidates:
            stems = self._stems(one.word)
            if known.isdisjoint(stems):
                yield one
            known |= stems

    def _live(self, candidates: Iterable[Spelling]) -> list[Spelling]:
        counted = [(one, self._passages(one.word)) for one in candidates]
        live = [(one.apart, one.differs, -count, one) for one, count in counted if count]
        return [one for *_, one in sorted(live)]

    def more_usual(self, term: Term) -> list[str]:
        """Return near spellings of a rare word that are far more frequent than it is."""
        count = self._snapshot.count(term)
        if not 0 < count <= RARE:
            return []
        candidates = self._live(spellings(term.surface, self._vocabulary))
        least = MORE_FREQUENT * count
        usual = (one for one in candidates if self._passages(one.word) >= least)
        return [one.word for one in islice(self._one_of_each(usual), MOST)]

    def misread(self, term: Term) -> list[str]:
        """Return what OCR has made of a word in some passage from a scan, the likeliest first."""
        there = (each for each in misreadings(term.surface) if self._passages(each))
        return list(islice(filter(self._is_scanned, there), MOST))

    def _is_scanned(self, word: str) -> bool:
        """Tell whether one of the best passages with a word was read from a scan."""
        candidates = self._snapshot.retrieve(self._exact(word), BM25(), k=LOOKED_AT)
        read = self._snapshot.read(one.id for one in candidates.top)
        return any(passage.confidence is not None for _, passage in read)

    def _stems(self, word: str) -> set[str]:
        return {
            self._snapshot.analyzer.stem(word, language) for language in self._snapshot.languages
        }

    def abroad(self, term: Term) -> list[str]:
        """Return near spellings that stand mostly in passages of another language."""
        word, languages = term.surface, self._snapshot.languages
        if len(languages) < 2 or not is_spelt(word):
            return []
        limit = 3 if len(word) >= LONG else most_edits(word)
        candidates = near(word, self._vocabulary, limit, first_letters(word))
        spelt = self._live(spelling(word, other, apart) for apart, other in candidates)
        home = self._language(term) or languages[0]
        foreign = (one for one in spelt if self._is_foreign(one.word, home))
        return [one.word for one in islice(self._one_of_each(foreign), MOST)]

    def _is_foreign(self, word: str, home: str) -> bool:
        return self._language(self._exact(word)) not in ("", home)

    def _exact(self, word: str) -> Forms:
        return Forms(word, tuple(self._vocabulary.forms(word)))

    def _language(self, query: Query) -> str:
        """Return the language of more than half of the passages that match, "" for none."""
        counts = self._snapshot.facets(query, ("language",)).facets["language"]
        first = next(iter(counts), "")
        return first if first and 2 * counts[first] > self._snapshot.count(query) else ""

    def named(self, words: Sequence[str], absent: Set[int]) -> dict[int, Spelling]:
        """Return replacements for absent words by position, such that a known name results, or {}.

        `words` are adjacent words of the query, `absent` the positions of those that no passage
        has; all others must be words of the name.
        """
        for size in range(min(LONGEST_NAME, len(words)), 1, -1):
            for start in range(len(words) - size + 1):
                missing = {
                    position - start for position in absent if start <= position < start + size
                }
                if 0 < len(missing) < size:
                    name = self._name(words[start : start + size], missing)
                    if name:
                        return {start + position: name[position] for position in missing}
        return {}

    def _name(self, words: Sequence[str], absent: Set[int]) -> dict[int, Spelling]:
        """Return the replacements from the name that needs the fewest edits, or {}."""
        present = next(word for position, word in enumerate(words) if position not in absent)
        names = islice(self._names().containing(present), MOST_NAMES)
        fitting = (_fitting(words, name, absent) for name in names)
        return min(filter(None, fitting), key=_edits, default={})

    def written(self, word: str) -> str:
        """Return a folded word with its accents, as the best passage that has it spells it."""
        candidates = self._snapshot.retrieve(self._exact(word), BM25(), k=1)
        for _, passage in self._snapshot.read(one.id for one in candidates.top):
            for raw in map(str.lower, self._snapshot.analyzer.words(passage.text)):
                if fold(raw) == word and raw.isprintable():
                    return unsigned(raw)
        return word


def _fitting(words: Sequence[str], name: Sequence[str], absent: Set[int]) -> dict[int, Spelling]:
    """Return the words of a name for the absent ones; {} where the other words differ."""
    if len(words) != len(name):
        return {}
    fitting: dict[int, Spelling] = {}
    for position, (word, own) in enumerate(zip(words, name, strict=True)):
        if position in absent:
            limit = most_edits(word)
            candidate = spelling(word, own, distance(word, own, limit + 1))
            if candidate.apart > limit + (not candidate.differs):
                return {}
            fitting[position] = candidate
        elif word != own:
            return {}
    return fitting


def _edits(words: dict[int, Spelling]) -> int:
    return sum(one.apart for one in words.values())
