"""Autocompletion: the words, names and titles of the index that start with what was typed.

Only the end of the text is completed, whatever precedes it. Case and accents do not matter. Names
and titles are shown in their original spelling, and so are words that occur mostly in names.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import islice

from backstory.engine.indexes.contract import Snapshot
from backstory.engine.languages import is_stopword
from backstory.engine.tokens import MAX_TERM, find_spans, fold
from backstory.searcher.equivalents import Equivalents
from backstory.searcher.lexer import QUOTES
from backstory.searcher.prefix_index import AFTER_ALL, PrefixIndex, RangeMaximumTree, folded
from backstory.searcher.vocabulary import Vocabulary

WORD, NAME, TITLE = "word", "name", "title"
LONGEST_TAIL = 200  # letters of the text that are looked at
MOST_WORDS = 6  # of a name or title, that may have been typed
MAX_CANDIDATES = 400  # words that start so; all but a few stand in deleted passages then
_TAKES_WORD = (":", "*", "?", "~")  # after these stands no word of its own


@dataclass(frozen=True, slots=True)
class Completion:
    """A completed query; `shown` is the word, name or title, `count` the passages that have it."""

    text: str
    shown: str
    kind: str
    count: int

    def to_json(self) -> dict[str, str | int]:
        """Return the stable field names of the API."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Typed:
    """A text split before one of its last words: `before` stays, `end` is completed."""

    before: str
    end: str

    @property
    def is_free(self) -> bool:
        """Whether the end is a plain word: no operator before it, no open quotation mark."""
        last = self.before[-1:]
        return (not last or last.isspace() or last == "(") and not self.before.count('"') % 2


class Completer:
    """Completes texts over one commit; its indexes are built when they are first needed."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.vocabulary = Vocabulary(snapshot.vocabulary, snapshot.traced)
        self.equivalents = Equivalents(snapshot, self.vocabulary)

    def complete(self, text: str, limit: int = 8) -> list[Completion]:
        """Return up to `limit` completions, most passages first.

        A quarter of them is reserved for names and a quarter for titles, if there are any.
        """
        tails = list(self._tails(text.translate(QUOTES)))
        if not tails or tails[0].before.endswith(_TAKES_WORD) or limit < 1:
            return []
        names = _longest(tails, self._named, limit)
        titles = _longest([tail for tail in tails if not tail.before.strip()], self._titled, limit)
        words, names = _distinct(self._words(tails[0], limit), names)
        share = limit // 4
        picked = [*names[:share], *titles[:share]]
        picked += [*words[: limit - len(picked)], *names[share:], *titles[share:]]
        return sorted(picked[:limit], key=lambda one: (-one.count, one.text))

    def _tails(self, text: str) -> Iterator[_Typed]:
        """Yield the text split before its last word, before the last but one, and so on."""
        end = text[-LONGEST_TAIL:]
        spans = list(find_spans(end))
        start, stop = spans[-1] if spans else (0, 0)
        if not fold(end[start:stop]) or stop < len(end) or stop - start > MAX_TERM:
            return
        for start, _ in reversed(spans[-MOST_WORDS:]):
            yield _Typed(text[: len(text) - len(end) + start], end[start:])

    def _words(self, typed: _Typed, limit: int) -> list[Completion]:
        beginning, counts, words = fold(typed.end), self._counts, self.vocabulary.words
        start = bisect_left(words, beginning)
        stop = bisect_left(words, beginning + AFTER_ALL, start)
        best: list[tuple[int, str]] = []  # (-passages, word), sorted
        for place in islice(counts.descending(start, stop), MAX_CANDIDATES):
            if len(best) >= limit and -best[limit - 1][0] >= counts[place]:
                break
            if words[place] != beginning and self._is_worth_it(words[place]):
                count = self.vocabulary.passages(words[place], self.snapshot)
                insort(best, (-count, words[place]))
        return [self._word(typed, word, -count) for count, word in best[:limit] if count]

    def _is_worth_it(self, word: str) -> bool:
        return not (word.endswith("'s") or is_stopword(word, self.snapshot.languages))

    def _word(self, typed: _Typed, word: str, count: int) -> Completion:
        written, named = self._written.get(word, (word, 0))
        shown = written if 2 * named >= count else word
        if self.vocabulary.forms(word)[0].isupper():  # US stands somewhere, us does not
            shown = word.upper()
        return Completion(f"{typed.before}{shown}", shown, WORD, count)

    def _named(self, typed: _Typed) -> Iterator[Completion]:
        for name, count in self.names.starting(folded(typed.end)):
            yield Completion(f"{typed.before}{name}", name, NAME, count)

    def _titled(self, typed: _Typed) -> Iterator[Completion]:
        for title, count in self._titles.starting(folded(typed.end)):
            quoted = " ".join(title.translate(QUOTES).replace('"', " ").split())
            yield Completion(f'{typed.before}title:"{quoted}"', title, TITLE, count)

    @cached_property
    def _counts(self) -> RangeMaximumTree:
        return RangeMaximumTree(self.vocabulary.counted(self.snapshot.frequencies()))

    @cached_property
    def names(self) -> PrefixIndex:
        """The names in the passages."""
        return PrefixIndex(self.snapshot.names())

    @cached_property
    def _titles(self) -> PrefixIndex:
        return PrefixIndex(self.snapshot.titles())

    @cached_property
    def _written(self) -> dict[str, tuple[str, int]]:
        """Return how names write a word, where that is not as the index has it; and how often."""
        counts: Counter[str] = Counter()
        for name, count in self.names.items():
            for word in self.snapshot.analyzer.words(name):
                counts[word] += count
        ordered = sorted(counts.items(), key=lambda entry: (entry[1], entry[0]))
        return {fold(word): (word, count) for word, count in ordered if word != fold(word)}


def _distinct(
    words: Sequence[Completion], names: Sequence[Completion]
) -> tuple[list[Completion], list[Completion]]:
    """Drop a word that a name completes equally, or the name if the word mostly is no name."""
    by_text = {folded(word.text): word for word in words}
    taken = set()
    for name in names:
        word = by_text.get(folded(name.text))
        if word and (" " in name.shown or 2 * name.count >= word.count):
            taken.add(word)
        elif word:
            taken.add(name)
    return [one for one in words if one not in taken], [one for one in names if one not in taken]


def _longest(
    tails: Sequence[_Typed], complete: Callable[[_Typed], Iterator[Completion]], limit: int
) -> list[Completion]:
    """Return the completions of the longest tail that has any, without those typed in full."""
    for typed in reversed(tails):
        completions = list(islice(complete(typed), limit + 1)) if typed.is_free else []
        if completions:
            return [one for one in completions if folded(one.shown) != folded(typed.end)][:limit]
    return []
