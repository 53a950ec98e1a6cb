"""Looking for cycles more seldom while very many objects are made that have none."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator

SELDOM = 100_000  # objects made between two looks; Python's own threshold is 700


@contextlib.contextmanager
def collecting_seldom() -> Iterator[None]:
    """Raise the garbage collector's threshold for a time: else a fifth of a run is spent on it."""
    before = gc.get_threshold()
    gc.set_threshold(SELDOM, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
