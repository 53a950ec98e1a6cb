"""Spelling: edit distance, and a phonetic code for each language.

A word's phonetic code in a language is its consonants, with those that are often confused written
as one letter. Two words sound alike if their codes agree in any language, so that `Chaves` finds
`Chávez` and `Gimenez` finds `Jiménez`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from backstory.engine.languages import languages
from backstory.searcher.vocabulary import Vocabulary

SHORTEST = 4
LONG = 7

# Applied one after the other; C stands for ch and sh.
_BOTH = (
    (r"[\W_]+", ""),
    ("ph", "f"),
    ("[cs]h", "C"),
    ("ck|qu(?=[ei])|q|c(?![eiy])", "k"),
    ("[cz]", "s"),
    ("v", "b"),
)
_LAST = (("[gh]", "j"), (r"(.)\1+", r"\1"), ("^i", "y"), ("(?<!^)y(?![aeiou])", ""))
_VOWELS = re.compile("(?<!^)[aeiou]")
_INVARIANT = frozenset("dmnrtw")  # letters that no rule removes or adds
# First letters of words that sound alike.
_ALIKE_INITIALS = ("bv", "ckqszx", "gjhx", "fp", "iylh", "ah", "eh", "oh", "uh")


def distance(one: str, other: str, limit: int) -> int:
    """Return the edits (insert, delete, replace, swap neighbours) between two words, or limit + 1.

    Optimal string alignment; gives up as soon as every way costs more than `limit`.
    """
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        last, row = row, [i]
        for j, expected in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != expected))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == expected:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        before = last
    return min(row[-1], limit + 1)


def near(word: str, vocabulary: Vocabulary, limit: int, starts: str = "") -> list[tuple[int, str]]:
    """Return (distance, word) for every word at most `limit` edits away, nearest first.

    With `starts`, only words that start with one of its letters.
    """
    by_length = vocabulary.by_length
    matches = vocabulary.letters.near(word, limit, starts)
    return sorted((apart, by_length[number]) for apart, number in matches)


@cache
def _readings() -> tuple[tuple[tuple[re.Pattern[str], str], ...], ...]:
    """Return the phonetic rules of each language that has any."""
    return tuple(
        tuple((re.compile(pattern), instead) for pattern, instead in (*_BOTH, *own, *_LAST))
        for own in (each.sounds for each in languages())
        if own
    )


def sounds(word: str) -> tuple[str, ...]:
    """Return a word's phonetic code in each language; "" where no consonant is left."""
    return tuple(_sound(word, rules) for rules in _readings())


def _sound(word: str, rules: Iterable[tuple[re.Pattern[str], str]]) -> str:
    for pattern, instead in rules:
        word = pattern.sub(instead, word)
    return _VOWELS.sub("", word)


def alike(one: str, other: str) -> bool:
    """Tell whether two words sound alike."""
    if _INVARIANT.intersection(one) != _INVARIANT.intersection(other):
        return False  # saves computing two codes of three
    heard = sounds(other)
    return any(sound and sound in heard for sound in sounds(one))


class Spelling(NamedTuple):
    """A word of the index near to one that was typed, at edit distance `apart`."""

    apart: int
    differs: bool  # in sound
    word: str

    def is_clear(self, typed: str) -> bool:
        """Tell whether it is near enough to be taken for the word without asking."""
        begins_so = not self.differs or self.word[:1] == typed[:1]
        return begins_so and self.apart <= (2 if len(typed) >= LONG else 1)


def most_edits(word: str) -> int:
    """Return the largest edit distance that a correction of a word may have."""
    return 1 if len(word) < 6 else 2


def spellings(word: str, vocabulary: Vocabulary, *, everywhere: bool = True) -> list[Spelling]:
    """Return the words near to `word`, nearest first, those that sound alike before the others.

    A word that sounds alike may be one edit further away. Unless looked for `everywhere`, words
    are left out whose first letters could not even sound alike.
    """
    if not is_spelt(word):
        return []
    limit = most_edits(word)
    matches = set(near(word, vocabulary, limit + 1, first_letters(word)))
    if everywhere:
        matches.update(near(word, vocabulary, limit))
    spelt = (spelling(word, other, apart) for apart, other in matches)
    return sorted(one for one in spelt if one.apart <= limit or not one.differs)


def spelling(word: str, other: str, apart: int) -> Spelling:
    """Return `other` as a spelling of `word`, given their edit distance."""
    return Spelling(apart, not alike(word, other), other)


def is_spelt(word: str) -> bool:
    """Tell whether spellings are looked for: not for short words and numbers."""
    return len(word) >= SHORTEST and not any(letter.isdigit() for letter in word)


def first_letters(word: str) -> str:
    """Return the letters that a word's likeliest spellings start with: its own, and like sounds."""
    first = word[:1]
    return "".join({first}.union(*(group for group in _ALIKE_INITIALS if first in group)))
