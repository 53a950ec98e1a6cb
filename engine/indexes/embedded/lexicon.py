"""The lexicon: every surface form of a segment with its stems, so that queries need no stemmer.

A line is `surface<TAB>language:stem<TAB>…`, lines are sorted, and the first is empty, so that
a page of them is found by binary search. Every form has its stem in each language of the segment,
even in those in which it does not occur.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

from backstory.engine.cache import CachePool
from backstory.engine.indexes.embedded.flat.flatfile import FlatFile, FlatWriter
from backstory.engine.tokens import TRACES

EXTENSION = ".forms"
MOST_STEMS, STEM_BYTES = 50_000, 250
PAGE = 2048  # bytes; a word is looked for within one

# Where a surface form ends with a trace, and one that starts with a capital.
_TRACE = b"|".join(sorted({re.escape(trace.encode("utf-8")) for trace in TRACES}))
_TRACE_AT_END = re.compile(rb"(?:%b)\t" % _TRACE)
_WITH_CAPITAL = re.compile(rb"\n([A-Z][^\t\n]*)\t")

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
        encoded = surface.encode("utf-8", "replace")
        starts, firsts = self._pages
        page = bisect_right(firsts, encoded) - 1
        prefix = b"\n%b\t" % encoded
        offset = (
            self._data.find(prefix, starts[page], starts[page + 1] + len(prefix))
            if page >= 0
            else -1
        )
        if offset < 0:
            return []
        end = self._data.find(b"\n", offset + 1)
        return self._data[offset + len(prefix) : end].decode("utf-8").split("\t")

    @cached_property
    def _pages(self) -> tuple[list[int], list[bytes]]:
        """Where every page of lines begins, and where the last ends; the first word of each."""
        data = self._data
        starts = [data.find(b"\n", offset) for offset in range(0, len(data), PAGE)]
        starts = [offset for offset in dict.fromkeys(starts) if 0 <= offset < len(data) - 1]
        firsts = [data[offset + 1 : data.find(b"\t", offset)] for offset in starts]
        return [*starts, len(data)], firsts

    def surfaces(self) -> list[str]:
        """Return every surface form, sorted."""
        return [line.split("\t", 1)[0] for line in self._data.decode("utf-8").split("\n") if line]

    def traced(self) -> Iterator[str]:
        """Yield the surface forms that are no plain words, without reading the others."""
        for match in _TRACE_AT_END.finditer(self._data):
            surface = self._data[self._data.rfind(b"\n", 0, match.start()) + 1 : match.end() - 1]
            if b"\t" not in surface:  # else it is the end of a stem
                yield surface.decode("utf-8")
        yield from (match[1].decode("utf-8") for match in _WITH_CAPITAL.finditer(self._data))

    def items(self) -> list[tuple[str, list[str]]]:
        """Return every surface form with its stems."""
        lines = (line.split("\t") for line in self._data.decode("utf-8").split("\n") if line)
        return [(line[0], line[1:]) for line in lines]


class IndexLexicon:
    """The lexicons of all segments, asked as one."""

    def __init__(self, parts: Iterable[SegmentLexicon], pool: CachePool) -> None:
        self._parts = tuple(parts)
        self._known: dict[tuple[str, str], str | None] = {}
        pool.table("stems", self._known.__len__, STEM_BYTES)

    def stem(self, surface: str, language: str) -> str | None:
        """Return the stem of a surface form, or None where no segment knows it."""
        key = (surface, language)
        if key not in self._known:
            if len(self._known) >= MOST_STEMS:
                self._known.clear()
            self._known[key] = self._find(surface, f"{language}:")
        return self._known[key]

    def _find(self, surface: str, start: str) -> str | None:
        stems = (stem for part in self._parts for stem in part.stems(surface))
        return next((stem for stem in stems if stem.startswith(start)), None)

    @cached_property
    def traced(self) -> list[str]:
        """Every surface form that is no plain word, sorted."""
        return sorted({surface for part in self._parts for surface in part.traced()})

    @cached_property
    def vocabulary(self) -> list[str]:
        """Every surface form, sorted."""
        if len(self._parts) == 1:
            return self._parts[0].surfaces()
        return sorted({surface for part in self._parts for surface in part.surfaces()})
