"""Two documents compared: sentences that both have, word for word or nearly, names and dates.

A sentence is the same as another if both have the same words. It is nearly the same if most of its
words stand in the other in the same order; candidates for that are the sentences with which it
shares the most runs of three words. Each sentence has one counterpart at most. The result depends
on the two texts alone.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from backstory.engine.documents import Passage
from backstory.engine.matching import Span
from backstory.searcher.nearest_sentence import sentences

MOST_PASSAGES = 400  # of either document
LEAST_WORDS = 5  # shorter sentences are the same in many documents, and say nothing
MOST_WORDS = 300  # of a sentence that is nearly another: comparing takes their square
RUN = 3
COMMON = 40  # sentences: a run of words in more of them leads nowhere
CANDIDATES = 5
NEAR = 0.6  # of the words, in the same order
_WORD = re.compile(r"\w+")
_PIECE = re.compile(r"\w+|\s+|[^\w\s]")

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage, as offsets into its text."""

    passage: Passage
    span: Span

    @property
    def text(self) -> str:
        """Its words as they stand there."""
        return self.passage.text[self.span[0] : self.span[1]]


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence of the one document with its counterpart in the other."""

    one: Sentence
    other: Sentence
    is_same: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two documents have in common; pairs are in the order of the first document."""

    pairs: tuple[Pair, ...]
    names: tuple[str, ...]
    dates: tuple[str, ...]


def compare(one: Sequence[Passage], other: Sequence[Passage]) -> Comparison:
    """Compare the first MOST_PASSAGES passages of two documents."""
    first, second = one[:MOST_PASSAGES], other[:MOST_PASSAGES]
    return Comparison(
        pairs=tuple(_pairs(list(_sentences(first)), list(_sentences(second)))),
        names=_common(first, second, lambda passage: passage.names),
        dates=tuple(sorted(_common(first, second, lambda passage: passage.mentions))),
    )


def differences(one: str, other: str) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    """Return both texts in parts, each with whether the other text lacks it; words stay whole."""
    mine, theirs = _PIECE.findall(one), _PIECE.findall(other)
    matcher = SequenceMatcher(None, mine, theirs, autojunk=False)
    parts: tuple[list[tuple[str, bool]], list[tuple[str, bool]]] = ([], [])
    for kind, a, b, c, d in matcher.get_opcodes():
        for pieces, listed in ((mine[a:b], parts[0]), (theirs[c:d], parts[1])):
            if pieces:
                listed.append(("".join(pieces), kind != "equal"))
    return parts


def _sentences(passages: Iterable[Passage]) -> Iterator[tuple[Sentence, Words]]:
    for passage in passages:
        for span in sentences(passage.text):
            words = tuple(_WORD.findall(passage.text[span[0] : span[1]].casefold()))
            if len(words) >= LEAST_WORDS:
                yield Sentence(passage, span), words


def _pairs(
    ours: Sequence[tuple[Sentence, Words]], theirs: Sequence[tuple[Sentence, Words]]
) -> Iterator[Pair]:
    same = _same(ours, theirs)
    free = set(range(len(theirs))) - set(same.values())
    near = _Near(theirs, free)
    for n, (sentence, words) in enumerate(ours):
        if n in same:
            yield Pair(sentence, theirs[same[n]][0], is_same=True)
        elif (counterpart := near.take(words)) is not None:
            yield Pair(sentence, theirs[counterpart][0], is_same=False)


def _same(
    ours: Sequence[tuple[Sentence, Words]], theirs: Sequence[tuple[Sentence, Words]]
) -> dict[int, int]:
    """Return the sentences with the same words, by index; of several the first ones are paired."""
    places: dict[Words, list[int]] = defaultdict(list)
    for n, (_, words) in reversed(list(enumerate(theirs))):
        places[words].append(n)
    return {n: places[words].pop() for n, (_, words) in enumerate(ours) if places.get(words)}


class _Near:
    """Finds counterparts among the sentences that have none yet."""

    def __init__(self, theirs: Sequence[tuple[Sentence, Words]], free: set[int]) -> None:
        self._words = [words for _, words in theirs]
        self._free = free
        self._runs: dict[Words, list[int]] = defaultdict(list)
        for n in sorted(free):
            if len(self._words[n]) <= MOST_WORDS:
                for run in _runs(self._words[n]):
                    self._runs[run].append(n)

    def take(self, words: Words) -> int | None:
        """Return the sentence nearest to some words, None if none is near; it is taken then."""
        if len(words) > MOST_WORDS:
            return None
        shared = Counter(
            n
            for run in _runs(words)
            if len(places := self._runs.get(run, ())) <= COMMON
            for n in places
            if n in self._free
        )
        best = sorted(shared, key=lambda n: (-shared[n], n))[:CANDIDATES]
        rated = [(_likeness(words, self._words[n]), -n) for n in best]
        likeness, place = max(rated, default=(0.0, 0))
        if likeness < NEAR:
            return None
        self._free.discard(-place)
        return -place


def _runs(words: Words) -> set[Words]:
    return set(zip(*(words[i:] for i in range(RUN)), strict=False))


def _likeness(one: Words, other: Words) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _common(
    one: Iterable[Passage],
    other: Iterable[Passage],
    values: Callable[[Passage], Sequence[str]],
) -> tuple[str, ...]:
    """Return the values that both have, those in most passages of the two first."""
    ours, theirs = (
        Counter(value for passage in passages for value in dict.fromkeys(values(passage)))
        for passages in (one, other)
    )
    shared = ours.keys() & theirs.keys()
    return tuple(sorted(shared, key=lambda value: (-ours[value] - theirs[value], value)))
