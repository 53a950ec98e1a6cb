"""The headings that are open where a document is being read.

Headings nest: what stands under a section has the headings of its chapter and its section over it,
`Chapter > Section`. A heading that nothing stands under, because another heading follows or the
document ends, would be found nowhere: it becomes a paragraph of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from backstory.indexer.readers import Paragraph

SEPARATOR = " > "


class Outline:
    """The open headings, each with its level: 1 is the highest, and holds the ones below it."""

    def __init__(self) -> None:
        self.path = ""  # the open headings, from the highest to the lowest
        self._open: list[tuple[int, str]] = []
        self._alone: Paragraph | None = None  # the last one, until a paragraph follows

    def enter(self, heading: Paragraph, level: int) -> Iterator[Paragraph]:
        """Open a heading; yield the one before it if nothing stood under that."""
        yield from self.leave(level)
        self._alone = replace(heading, heading=self.path)
        self._open.append((level, heading.text))
        self._join()

    def leave(self, level: int = 0) -> Iterator[Paragraph]:
        """Close the headings from `level` down; yield the last if nothing stood under it."""
        if self._alone:
            yield self._alone
        self._alone = None
        self._open = [each for each in self._open if each[0] < level]
        self._join()

    def over_paragraph(self) -> str:
        """Return the path for a paragraph that follows; its heading is no longer alone."""
        self._alone = None
        return self.path

    def _join(self) -> None:
        self.path = SEPARATOR.join(text for _, text in self._open)
