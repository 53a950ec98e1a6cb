"""What OCR makes of a word: letters that look alike, `rn` and `m`, `l` and `1`, `ñ` and `fi`.

Such words are only ever offered, never searched without asking.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

SHORTEST = 3  # of shorter words too many others are misreadings
MOST_MISREAD = 2  # places in a word
MOST_TRIED = 400  # words
# As they stand in the index: without accents, so that ñ is n.
_ALIKE = (
    ("rn", "m"),
    ("cl", "d"),
    ("vv", "w"),
    ("ii", "u"),
    ("li", "h"),
    ("ri", "n"),
    ("fi", "n"),
    ("ii", "n"),
    ("in", "m"),
    ("l", "1"),
    ("l", "i"),
    ("i", "1"),
    ("o", "0"),
    ("s", "5"),
    ("b", "8"),
    ("z", "2"),
    ("g", "9"),
    ("e", "c"),
    ("f", "t"),
    ("h", "b"),
)
_MISREAD = (*_ALIKE, *((other, one) for one, other in _ALIKE))


def misreadings(word: str) -> list[str]:
    """Return the words that OCR may have made of `word`, those with one place misread first."""
    if len(word) < SHORTEST:
        return []
    known = dict.fromkeys([word])
    last = [word]
    for _ in range(MOST_MISREAD):
        last = [each for before in last for each in _once(before) if each not in known]
        known.update(dict.fromkeys(last))
        if len(known) > MOST_TRIED:
            break
    return list(known)[1 : MOST_TRIED + 1]


def are_alike(one: str, other: str) -> bool:
    """Tell whether OCR may have read one word for the other; both as they stand in the index."""
    if abs(len(one) - len(other)) > MOST_MISREAD:
        return False
    return other in _all_misreadings(one)


@lru_cache(maxsize=2_000)
def _all_misreadings(word: str) -> frozenset[str]:
    return frozenset(misreadings(word))


def _once(word: str) -> Iterator[str]:
    """Yield the word with one place misread."""
    for seen, read in _MISREAD:
        at = word.find(seen)
        while at >= 0:
            yield word[:at] + read + word[at + len(seen) :]
            at = word.find(seen, at + 1)
