"""The map of a document: a strip as long as the document, whose parts lead to their places.

Each part of the strip is a link. It stands for some passages, and leads to the first of them that
matches, or else to the first; that way a click on a mark leads to a match.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from backstory.engine.candidates import Places
from backstory.webui.dispersion import LENGTH, DispersionPlot, dispersion_plot
from backstory.webui.window import Window

PARTS = 50
LEAST = 12  # passages: a shorter document is seen at a glance


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the strip: where it begins and how wide it is, of LENGTH, and where it leads."""

    x: int
    width: int
    number: int
    url: str


@dataclass(frozen=True, slots=True)
class DocumentMap:
    """The strip; `shown` is the part of it that the page shows, as x and width."""

    plot: DispersionPlot
    parts: tuple[Part, ...]
    shown: tuple[int, int]

    @property
    def is_useful(self) -> bool:
        """Whether there is anything to find one's way in."""
        return self.plot.passages >= LEAST or self.plot.matching > 0


def document_map(places: Places, window: Window, url: Callable[[int], str]) -> DocumentMap:
    """Return the map of a document; `url` gives the address of a passage by its number."""
    total = max(places.passages, 1)
    start, end = (bound * LENGTH // total for bound in (window.start, window.end))
    return DocumentMap(dispersion_plot(places), tuple(_parts(places, url)), (start, end - start))


def _parts(places: Places, url: Callable[[int], str]) -> Iterator[Part]:
    total, matches = places.passages, places.numbers
    count = min(PARTS, total)
    bounds = [n * total // count for n in range(count + 1)] if count else []
    for first, end in pairwise(bounds):
        following = bisect_left(matches, first + 1)
        is_match = following < len(matches) and matches[following] <= end
        number = matches[following] if is_match else first + 1
        x = first * LENGTH // total
        yield Part(x, end * LENGTH // total - x, number, url(number))
