"""Which language a text is in, told from the small words that hold its sentences together.

Offline and fast, and only for the languages that have a list of such words. Cousins share
some of theirs: the Spanish list covers a third of a Portuguese text. So two languages are compared
by the words that only one of them has, and accents that neither writes settle the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import combinations

from backstory.engine.languages import Language, languages
from backstory.engine.tokens import fold

_SAMPLE = 3_000
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_BLANKS = str.maketrans({c: " " for c in map(chr, range(128)) if not (c.islower() or c == "'")})
_FEWEST = 3
# Foreign letters for each word: a few names (João, François) say nothing about the text around.
_MOST_FOREIGN = 0.06


@dataclass(frozen=True)
class _Known:
    """The languages that can be told, those first that are told at once."""

    by_code: dict[str, Language]

    @cached_property
    def sure(self) -> dict[str, float]:
        return {c: each.sure_share for c, each in self.by_code.items() if each.sure_share}

    @cached_property
    def others(self) -> tuple[str, ...]:
        return tuple(code for code in self.by_code if code not in self.sure)

    @cached_property
    def words(self) -> dict[str, frozenset[str]]:
        return {code: each.function_words for code, each in self.by_code.items()}

    @cached_property
    def small(self) -> frozenset[str]:
        return frozenset().union(*self.words.values())

    @cached_property
    def shared(self) -> dict[frozenset[str], frozenset[str]]:
        pairs = combinations(self.words, 2)
        return {frozenset(pair): self.words[pair[0]] & self.words[pair[1]] for pair in pairs}

    @cached_property
    def foreign_letters(self) -> dict[str, re.Pattern[str]]:
        letters = {code: each.foreign_letters for code, each in self.by_code.items()}
        return {code: re.compile(f"[{own}]") for code, own in letters.items() if own}


@cache
def _known() -> _Known:
    known = (each for each in languages() if each.function_words)
    return _Known({each.code: each for each in known})


def guess(text: str) -> str:
    """Return the code of the language that `text` is in, or an empty string when unsure."""
    sample = text[:_SAMPLE].lower()
    if sample.isascii():
        words = surfaces = _plain_words(sample)
    else:
        words = _WORD.findall(sample)
        surfaces = [word if word.isascii() else fold(word) for word in words]
    known = _known()
    counts: dict[str, int] = {}
    for code, share in known.sure.items():
        counts |= _counts(surfaces, (code,))
        if counts[code] > max(_FEWEST, share * len(words)) and not _is_foreign(code, sample, words):
            return code
    surfaces = list(filter(known.small.__contains__, surfaces))
    counts |= _counts(surfaces, known.others)
    best, *others = sorted(counts, key=counts.__getitem__, reverse=True)
    if counts[best] < max(_FEWEST, known.by_code[best].least_share * len(words)):
        return ""
    if _is_foreign(best, sample, words):
        return ""
    return best if all(_is_clear(best, other, counts, surfaces) for other in others[:2]) else ""


def _plain_words(text: str) -> list[str]:
    """Return the words of a text in small ASCII letters, as _WORD finds them, but sooner."""
    spaced = text.translate(_BLANKS)
    if "'" in spaced:  # between two letters alone it is part of a word
        spaced = spaced.replace("''", "  ").replace(" '", " ").replace("' ", " ").strip("'")
    return spaced.split()


def _counts(surfaces: list[str], codes: Iterable[str]) -> dict[str, int]:
    words = _known().words
    return {code: sum(map(words[code].__contains__, surfaces)) for code in codes}


def _is_foreign(code: str, sample: str, words: list[str]) -> bool:
    """Tell whether a text has letters that its language has not."""
    letters = _known().foreign_letters.get(code)
    if letters is None or sample.isascii():
        return False
    return len(letters.findall(sample)) > _MOST_FOREIGN * len(words)


def _is_clear(best: str, other: str, counts: dict[str, int], surfaces: list[str]) -> bool:
    """Tell whether the words that only one of two languages has speak for the first."""
    shared = sum(map(_known().shared[frozenset((best, other))].__contains__, surfaces))
    return counts[best] - shared > 1.5 * (counts[other] - shared)


def small_words() -> Mapping[str, frozenset[str]]:
    """Return the small words of every language that can be told, by code, without accents."""
    return _known().words
