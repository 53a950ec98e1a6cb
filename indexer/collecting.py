"""Looking for cycles more seldom while very many objects are made that have none."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator

SELDOM = 300_000  # objects made between two looks; Python's own threshold is 700


def collect_seldom() -> None:
    """Raise the threshold for good: going back to a low one looks at all that was made since."""
    gc.set_threshold(SELDOM, *gc.get_threshold()[1:])


@contextlib.contextmanager
def collecting_seldom() -> Iterator[None]:
    """Raise the garbage collector's threshold for a time: else a fifth of a run is spent on it."""
    before = gc.get_threshold()
    collect_seldom()
    try:
        yield
    finally:
        gc.set_threshold(*before)
