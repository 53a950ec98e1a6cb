"""A window of a document: the passages of it that one page shows.

A document of thousands of passages is no page that a browser opens in a second. It is shown in
windows, each with links to the one before and the one after it.
"""

from __future__ import annotations

from dataclasses import dataclass

SIZE = 200  # passages


@dataclass(frozen=True, slots=True)
class Window:
    """The passages from `start` to before `end`, counted from 0, of a document of `total`."""

    start: int
    end: int
    total: int

    @property
    def is_whole(self) -> bool:
        """Whether it has all passages of the document."""
        return self.end - self.start == self.total

    @property
    def earlier(self) -> int | None:
        """The start of the window before it, None where nothing is before it."""
        return max(self.start - SIZE, 0) if self.start else None

    @property
    def later(self) -> int | None:
        """The start of the window after it, None where nothing is after it."""
        return self.end if self.end < self.total else None


def window(total: int, *, target: int | None, start: int | None, is_all: bool = False) -> Window:
    """Return the window that begins at `start`, or has `target` in its middle, or the first one.

    Both count from 0; `is_all` asks for the whole document.
    """
    if is_all or total <= SIZE:
        return Window(0, total, total)
    if start is None:
        start = (target or 0) - SIZE // 2
        start = min(start, total - SIZE)
    first = min(max(start, 0), total - 1)
    return Window(first, min(first + SIZE, total), total)
