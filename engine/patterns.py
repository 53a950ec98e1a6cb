"""Wildcards: `*` for any run of letters, `?` for one; in words, in values of fields, in ids."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from backstory.engine.cache import memo
from backstory.engine.tokens import fold_letters

# A question mark counts inside a word only: "Who called?" asks for none.
_IS_WILD = re.compile(r"[*]|\?(?=[^\W_])")
_SIGNS = re.compile(r"([*?])")
_NO_WORD = re.compile(r"[^\w*?'’]+")


class Pattern(NamedTuple):
    """A pattern of folded letters; `run` is the longest run of them that it wants."""

    regex: re.Pattern[str]
    run: str

    def fits(self, word: str) -> bool:
        """Tell whether a whole word or value fits."""
        return self.regex.fullmatch(word) is not None


def is_wild(text: str) -> bool:
    """Tell whether there is a wildcard in a text."""
    return _IS_WILD.search(text) is not None


@memo("patterns", most=1_000, entry_bytes=2_000)
def pattern_of(text: str) -> Pattern:
    """Return the pattern that a word or value with wildcards is, folded."""
    folded = re.sub(r"\*+", "*", "".join(map(fold_letters, _SIGNS.split(text))))
    runs = re.split(r"[*?]", folded)
    return Pattern(re.compile(wildcard_regex(folded), re.DOTALL), max(runs, key=len))


def words_and_patterns(
    text: str, words_of: Callable[[str], Sequence[tuple[str, str]]]
) -> Iterator[tuple[str, str] | Pattern]:
    """Yield the words of a text, with their stems, and the patterns between them, in order."""
    for piece in text.split() if is_wild(text) else [text]:
        for part in _NO_WORD.split(piece) if is_wild(piece) else [piece]:
            if is_wild(part):
                yield pattern_of(part.strip("'’").rstrip("?"))
            elif part:
                yield from words_of(part)


def wildcard_regex(pattern: str) -> str:
    """Return a regular expression for `*` and `?` that matches in linear time.

    Each run between stars is matched at its first occurrence, in an atomic group: there is no
    backtracking, so ten stars cost no more than one.
    """
    runs = ["".join("." if c == "?" else re.escape(c) for c in run) for run in pattern.split("*")]
    if len(runs) == 1:
        return runs[0]
    middle = "".join(f"(?>.*?{run})" for run in runs[1:-1] if run)
    return f"{runs[0]}{middle}.*{runs[-1]}" if runs[-1] else f"{runs[0]}{middle}.*"
