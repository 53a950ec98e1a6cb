"""Dispersion plots: a strip as long as a document, with a tick for each passage that matches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from backstory.engine.candidates import Places

LENGTH = 1000
MOST_TICKS = 250  # more cannot be told apart


@dataclass(frozen=True, slots=True)
class DispersionPlot:
    """The plot of one document: `matching` of its `passages` passages match.

    `ticks` is the path of an SVG that is LENGTH units wide; `own` that of the passage that is
    shown beside the plot, "" where there is none.
    """

    ticks: str
    own: str
    matching: int
    passages: int

    @property
    def label(self) -> str:
        """The plot in words, for screen readers."""
        return f"{self.matching:,} of {self.passages:,} passages of this document match"


def dispersion_plot(places: Places, own: int | None = None) -> DispersionPlot:
    """Return the plot of a document; `own` is the number of the passage that is shown."""
    others = [number for number in places.numbers if number != own]
    step = -(-len(others) // MOST_TICKS) or 1
    return DispersionPlot(
        ticks=_path(others[::step], places.passages),
        own=_path([own], places.passages) if own else "",
        matching=len(places.numbers),
        passages=places.passages,
    )


def middle(number: int, passages: int) -> int:
    """Return the x coordinate of the middle of a passage, from 0 to LENGTH."""
    return round((number - 0.5) * LENGTH / max(passages, 1))


def _path(numbers: Iterable[int], passages: int) -> str:
    return "".join(f"M{middle(number, passages)} 0V10" for number in numbers)
