"""What else a word may have been meant to be: words of this index that are near to it.

Near in letters or in sound, as part of a name that its neighbours make, more usual by far, or the
same word in another language of the corpus. Every word that is returned stands in some passage.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from itertools import islice

from backstory.engine.analysis import fold
from backstory.engine.indexes.contract import Snapshot
from backstory.engine.query import Exact, Query, Term
from backstory.engine.ranking import BM25
from backstory.searcher.beginnings import Beginnings
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


class Alternatives:
    """Finds words of one commit; `names` gives the names in its passages."""

    def __init__(
        self, snapshot: Snapshot, vocabulary: Vocabulary, names: Callable[[], Beginnings]
    ) -> None:
        self._snapshot, self._vocabulary, self._names = snapshot, vocabulary, names

    def spelt(self, word: Word, *, everywhere: bool) -> list[Spelling]:
        """Return near spellings: by distance, those that sound alike first, then by frequency.

        Of the forms of one word the first is enough, unless a form was asked for; and what is rare
        beside the first is left out, being another slip as a rule.
        """
        found = spellings(word.surface, self._vocabulary, everywhere=everywhere)
        live = self._live(found)
        usual = self._snapshot.frequency(live[0].word) / MORE_FREQUENT if live else 0
        live = [one for one in live if self._snapshot.frequency(one.word) > usual]
        return live if isinstance(word, Exact) else list(self._one_of_each(live))

    def _one_of_each(self, found: Iterable[Spelling]) -> Iterator[Spelling]:
        known: set[str] = set()
        for one in found:
            stems = self._stems(one.word)
            if known.isdisjoint(stems):
                yield one
            known |= stems

    def _live(self, found: Iterable[Spelling]) -> list[Spelling]:
        counted = [(one, self._snapshot.frequency(one.word)) for one in found]
        live = [(one.apart, one.differs, -count, one) for one, count in counted if count]
        return [one for *_, one in sorted(live)]

    def more_usual(self, term: Term) -> list[str]:
        """Return near spellings of a rare word that are far more frequent than it is."""
        count = self._snapshot.count(term)
        if not 0 < count <= RARE:
            return []
        found = self._live(spellings(term.surface, self._vocabulary))
        least = MORE_FREQUENT * count
        usual = (one for one in found if self._snapshot.frequency(one.word) >= least)
        return [one.word for one in islice(self._one_of_each(usual), MOST)]

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
        found = near(word, self._vocabulary, limit, first_letters(word))
        spelt = self._live(spelling(word, other, apart) for apart, other in found)
        home = self._language(term) or languages[0]
        foreign = (one for one in spelt if self._is_foreign(one.word, home))
        return [one.word for one in islice(self._one_of_each(foreign), MOST)]

    def _is_foreign(self, word: str, home: str) -> bool:
        return self._language(Exact(word, word)) not in ("", home)

    def _language(self, query: Query) -> str:
        """Return the language of more than half of the passages that match, "" for none."""
        counts = self._snapshot.facets(query, ("language",)).facets["language"]
        first = next(iter(counts), "")
        return first if first and 2 * counts[first] > self._snapshot.count(query) else ""

    def named(self, words: Sequence[str], absent: Set[int]) -> dict[int, Spelling]:
        """Return words of a name to put in the places of absent ones; {} where there is none.

        `words` stand side by side; those that are not absent must be the name's own.
        """
        for size in range(min(LONGEST_NAME, len(words)), 1, -1):
            for start in range(len(words) - size + 1):
                missing = {at - start for at in absent if start <= at < start + size}
                if 0 < len(missing) < size:
                    name = self._name(words[start : start + size], missing)
                    if name:
                        return {start + at: name[at] for at in missing}
        return {}

    def _name(self, words: Sequence[str], absent: Set[int]) -> dict[int, Spelling]:
        """Return the words of the nearest name in the places of the absent ones."""
        held = next(word for at, word in enumerate(words) if at not in absent)
        candidates = islice(self._names().holding(held), MOST_NAMES)
        found = (_fitting(words, name, absent) for name in candidates)
        return min(filter(None, found), key=_edits, default={})

    def written(self, word: str) -> str:
        """Return a word with its accents, as some passage writes it."""
        candidates = self._snapshot.retrieve(Exact(word, word), BM25(), k=1)
        for _, passage in self._snapshot.read(one.id for one in candidates.top):
            for raw in map(str.lower, self._snapshot.analyzer.words(passage.text)):
                if fold(raw) == word and raw.isprintable():
                    return raw
        return word


def _fitting(words: Sequence[str], name: Sequence[str], absent: Set[int]) -> dict[int, Spelling]:
    """Return the words of a name for the absent ones; {} where they do not make this name."""
    if len(words) != len(name):
        return {}
    found = {}
    for at, (word, held) in enumerate(zip(words, name, strict=True)):
        if at in absent:
            limit = most_edits(word)
            found[at] = spelling(word, held, distance(word, held, limit + 1))
            if found[at].apart > limit + (not found[at].differs):
                return {}
        elif word != held:
            return {}
    return found


def _edits(found: dict[int, Spelling]) -> int:
    return sum(one.apart for one in found.values())
