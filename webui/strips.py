"""Where in a document the hits fall: a strip as long as the document, with a tick for each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from backstory.engine.candidates import Places

LENGTH = 1000
MOST_TICKS = 250  # more cannot be told apart


@dataclass(frozen=True, slots=True)
class Strip:
    """The ticks as the path of an SVG LENGTH wide, that of one passage apart, and words for both.

    `found` of `passages` passages match.
    """

    ticks: str
    own: str
    found: int
    passages: int

    @property
    def label(self) -> str:
        """What the strip shows, for those who do not see it."""
        return f"{self.found:,} of {self.passages:,} passages of this document match"


def strip(places: Places, own: int | None = None) -> Strip:
    """Return the strip of a document; `own` is the number of the passage that is shown."""
    others = [number for number in places.numbers if number != own]
    step = -(-len(others) // MOST_TICKS) or 1
    return Strip(
        ticks=_path(others[::step], places.passages),
        own=_path([own], places.passages) if own else "",
        found=len(places.numbers),
        passages=places.passages,
    )


def middle(number: int, passages: int) -> int:
    """Return where the middle of a passage lies on a strip."""
    return round((number - 0.5) * LENGTH / max(passages, 1))


def _path(numbers: Iterable[int], passages: int) -> str:
    return "".join(f"M{middle(number, passages)} 0V10" for number in numbers)
