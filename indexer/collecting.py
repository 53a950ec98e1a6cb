"""Runs the garbage collector less often while many objects without cycles are allocated."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator

SELDOM = 300_000  # allocations between two collections; Python's default is 700


def collect_seldom() -> None:
    """Raise the threshold for good; lowering it again would trigger a large collection."""
    gc.set_threshold(SELDOM, *gc.get_threshold()[1:])


@contextlib.contextmanager
def collecting_seldom() -> Iterator[None]:
    """Raise the collector's threshold for a time; with the default it takes a fifth of a run."""
    before = gc.get_threshold()
    collect_seldom()
    try:
        yield
    finally:
        gc.set_threshold(*before)
