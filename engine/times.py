"""Times in sound and film: how they are written, as on a player, and as the end of an address."""

from __future__ import annotations

import re

# From when to when something is said, in whole seconds.
Seconds = tuple[int, int]

_TIMED = re.compile(
    r"(?P<document>.+)@(?:(?P<hours>[0-9]{1,4}):)?(?P<minutes>[0-9]{1,2}):(?P<seconds>[0-5][0-9])",
    re.DOTALL,
)


def clock(seconds: float) -> str:
    """Return a time as it is read on a player, `1:02:05`."""
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def split_time(address: str) -> tuple[str, int | None]:
    """Split `document-id@1:02:05` into id and seconds, None where there is no time."""
    matched = _TIMED.fullmatch(address)
    if not matched:
        return address, None
    hours, minutes, seconds = (int(matched[n] or 0) for n in ("hours", "minutes", "seconds"))
    return matched["document"], hours * 3600 + minutes * 60 + seconds
