"""Where the names of a sentence stand in it, as it has them: *Maduro* for Nicolás Maduro."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from backstory.searcher.draft_check.facts import folded

_WORD = re.compile(r"[^\W_][\w.'’-]*")
_FIRST = re.compile(r"^\W*([^\W\d_][\w'’-]+)")


@dataclass(frozen=True, slots=True)
class NamePlace:
    """A name as a sentence has it, as [start, end) offsets; `full` is how the draft has it best."""

    text: str
    full: str
    start: int
    end: int


def place_names(text: str, named: Sequence[str], known: Container[str]) -> list[NamePlace]:
    """Return the names of a sentence with their places, each once.

    A single word at the beginning is a name where the passages know one that ends with it.
    """
    words = [(m.start(), m.end(), _plain(m[0])) for m in _WORD.finditer(text)]
    placed = [place for name in named for place in _placed(text, name, words)]
    first = _FIRST.match(text)
    if first is None or not first[1][0].isupper() or _plain(first[1]) not in known:
        return placed
    word, place = first[1].removesuffix("'s").removesuffix("’s"), first.start(1)
    is_placed = any(each.start <= place < each.end for each in placed)
    return placed if is_placed else [NamePlace(word, word, place, place + len(word)), *placed]


def _placed(text: str, name: str, words: Sequence[tuple[int, int, str]]) -> Iterator[NamePlace]:
    """Yield where the most words of a name stand one after the other."""
    wanted = [_plain(word) for word in name.split()]
    forms = [word for _, _, word in words]
    for length in range(len(wanted), 0, -1):
        for first in range(len(wanted) - length, -1, -1):
            part = wanted[first : first + length]
            for n in range(len(forms) - length + 1):
                if forms[n : n + length] == part and text[words[n][0]].isupper():
                    start, end = words[n][0], words[n + length - 1][1]
                    shown = text[start:end].rstrip(".").removesuffix("'s").removesuffix("’s")
                    yield NamePlace(shown, name, start, start + len(shown))
                    return


def _plain(word: str) -> str:
    forms = folded(word.rstrip("."))
    return forms[0].removesuffix("’s") if forms else ""
