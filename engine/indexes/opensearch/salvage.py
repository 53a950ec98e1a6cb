"""What is still known of an index whose control entry cannot be read, so that it can be rebuilt.

Such an entry is damaged or of another format. What it says of documents is not used. But no number
may be used twice, and the epochs of before are kept as long as those of a commit that was replaced.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Sequence
from typing import Any

LARGEST = 2**30  # a number above is none of ours; twice that would not fit a version
MARGIN = 1_000_000  # commits that the newest epoch has surely not had


def record_of(text: object) -> dict[str, Any]:
    """Return the values that stand in a control entry, whatever they are; none where it is cut."""
    try:
        record = json.loads(text) if isinstance(text, str) else None
    except ValueError:
        return {}
    return record if isinstance(record, dict) else {}


def salvaged(record: dict[str, Any], epochs: Sequence[int]) -> dict[str, Any]:
    """Return the fields of a state that a rebuild goes on from, by name.

    `epochs` are those that have an index. Where any number cannot be read, the newest commit is
    taken to be far above all that are known.
    """
    kinds: dict[str, Callable[[Any], Any]] = dict.fromkeys(("generation", "epoch"), _number)
    kinds |= {"reserved": _number, "oldest": _number, "aborted": _numbers}
    kinds |= dict.fromkeys(("history", "former"), _pairs)
    read: dict[str, Any] = {}
    for name, kind in kinds.items():
        with contextlib.suppress(KeyError, TypeError, ValueError):
            read[name] = kind(record[name])
    if len(read) == len(kinds):
        return read
    numbers = [read.get(name, 0) for name in ("generation", "epoch", "reserved")]
    known = [each for each in (*numbers, *read.get("aborted", ()), *epochs) if each <= LARGEST]
    former = dict.fromkeys(epochs, time.time()) | dict(read.get("former", ()))
    return {"generation": MARGIN + max(known), "former": tuple(former.items())}


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= LARGEST:
        raise ValueError(value)
    return value


def _numbers(values: Any) -> tuple[int, ...]:
    return tuple(map(_number, values))


def _pairs(values: Any) -> tuple[tuple[int, float], ...]:
    return tuple((_number(number), float(ended)) for number, ended in values)
