"""An application that says how long it took, in a header; worker processes import it from here."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

TIMING = "Server-Timing"
Start = Callable[..., Any]


def timed(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """Add the time until an answer begins, which is when it is rendered, to its headers."""

    def answer(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        began = time.perf_counter()

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            if any(name == TIMING for name, _ in headers):  # a worker has said it
                return start_response(status, headers, *rest)
            spent = (time.perf_counter() - began) * 1000
            return start_response(status, [*headers, (TIMING, f"app;dur={spent:.3f}")], *rest)

        return application(environ, start)

    return answer
