"""The lexicon: every surface form of a segment with its stems, so that queries need no stemmer.

A line is `surface<TAB>language:stem<TAB>…`, lines are sorted, and the first is empty, so that
a word is found by halving. Every form has its stem in each language of the segment, also
in those in which it never stood.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path

from engine.backends.whoosh.flat.flatfile import FlatFile, FlatWriter

EXTENSION = ".forms"
KEPT_STEMS = 50_000

Stems = Mapping[str, Iterable[str]]


def write_lexicon(path: Path, stems: Stems) -> None:
    """Write {surface: its `language:stem`s} to a file."""
    lines = ["", *("\t".join((surface, *sorted(stems[surface]))) for surface in sorted(stems)), ""]
    with FlatWriter(path) as file:
        file.add("lines", "\n".join(lines).encode("utf-8"))


class SegmentLexicon:
    """The lexicon of one segment; read at once, because a later commit may delete the file."""

    def __init__(self, path: Path) -> None:
        file = FlatFile(path)
        self._data = bytes(file.section("lines"))
        file.close()

    def stems(self, surface: str) -> list[str]:
        """Return the `language:stem`s of a surface form."""
        wanted = surface.encode("utf-8", "replace")
        data, low, high = self._data, 0, len(self._data) - 1
        while low < high:
            # The line around the middle; lines are sorted by their first column.
            start = data.rfind(b"\n", low, (low + high) // 2 + 1) + 1 or low + 1
            end = data.find(b"\n", start)
            held, _, stems = data[start:end].partition(b"\t")
            if held == wanted:
                return stems.decode("utf-8").split("\t")
            if held < wanted:
                low = end
            else:
                high = start - 1
        return []

    def surfaces(self) -> list[str]:
        """Return every surface form, sorted."""
        return [line.split("\t", 1)[0] for line in self._data.decode("utf-8").split("\n") if line]

    def items(self) -> list[tuple[str, list[str]]]:
        """Return every surface form with its stems."""
        lines = (line.split("\t") for line in self._data.decode("utf-8").split("\n") if line)
        return [(line[0], line[1:]) for line in lines]


class IndexLexicon:
    """The lexicons of all segments, asked as one."""

    def __init__(self, parts: Iterable[SegmentLexicon]) -> None:
        self._parts = tuple(parts)
        self._known: dict[tuple[str, str], str | None] = {}

    def stem(self, surface: str, language: str) -> str | None:
        """Return the stem of a surface form, or None where no segment knows it."""
        key = (surface, language)
        if key not in self._known:
            if len(self._known) >= KEPT_STEMS:
                self._known.clear()
            self._known[key] = self._find(surface, f"{language}:")
        return self._known[key]

    def _find(self, surface: str, start: str) -> str | None:
        stems = (stem for part in self._parts for stem in part.stems(surface))
        return next((stem for stem in stems if stem.startswith(start)), None)

    @cached_property
    def vocabulary(self) -> list[str]:
        """Every surface form, sorted."""
        if len(self._parts) == 1:
            return self._parts[0].surfaces()
        return sorted({surface for part in self._parts for surface in part.surfaces()})
