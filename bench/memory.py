"""How much memory a process holds, as Linux tells it; 0 where the system does not.

Needs nothing but Python, so that a system in another checkout can use it, too.
"""

from __future__ import annotations

import re
import resource
from pathlib import Path

KIB = 1024


def resident(pid: int | str = "self") -> dict[str, int]:
    """Return a process's bytes of memory: resident, private, and private without files.

    Pages of a mapped file are private, too, as long as no other process maps them.
    """
    fields = {name: _field(pid, "smaps_rollup", name) for name in ("Rss", "Anonymous")}
    private = sum(_field(pid, "smaps_rollup", f"Private_{name}") for name in ("Clean", "Dirty"))
    return {"resident": fields["Rss"], "private": private, "own": fields["Anonymous"]}


def peak(workers: int = 1) -> int:
    """Return the most memory of this process, and of the largest worker times their number."""
    # Not ru_maxrss: on Linux that begins with the size of the process that started this one.
    own = _field("self", "status", "VmHWM") or _most_used(resource.RUSAGE_SELF)
    return own + workers * _most_used(resource.RUSAGE_CHILDREN) if workers > 1 else own


def _most_used(who: int) -> int:
    return resource.getrusage(who).ru_maxrss * KIB


def _field(pid: int | str, file: str, name: str) -> int:
    path = Path("/proc", str(pid), file)
    text = path.read_text(encoding="ascii", errors="replace") if path.exists() else ""
    matched = re.search(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE)
    return int(matched[1]) * KIB if matched else 0
