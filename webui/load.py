"""Load shedding: a limited number of requests is queued, all others get 503 at once.

Waitress queues any number, so that under lasting load every answer comes too late.
"""

from __future__ import annotations

import threading
from typing import Any

from waitress.task import ThreadedTaskDispatcher

from backstory.engine.errors import BackstoryError

_thread = threading.local()


class Overloaded(BackstoryError):
    """More requests are waiting than the setting `web.max_waiting` allows."""

    code = "overloaded"
    http_status = 503

    def __init__(self) -> None:
        super().__init__("Too many requests are waiting just now.", "Try again in some seconds.")


class Dispatcher(ThreadedTaskDispatcher):  # type: ignore[misc]  # waitress is not typed
    """Hands requests to threads; past `most` that wait, to a thread that only refuses."""

    def __init__(self, threads: int, most: int) -> None:
        super().__init__()
        self._most = most
        self._refusals = _Refusals()
        self._refusals.set_thread_count(1)
        self.set_thread_count(threads)

    def add_task(self, task: Any) -> None:
        """Queue a request, or have it refused."""
        with self.lock:
            is_taken = len(self.queue) < self._most
            if is_taken:
                self.queue.append(task)
                self.queue_cv.notify()
        if not is_taken:
            self._refusals.add_task(task)

    def shutdown(self, cancel_pending: bool = True, timeout: float = 5) -> bool:
        """Stop the threads, those that refuse last."""
        was_pending = super().shutdown(cancel_pending, timeout)
        return bool(self._refusals.shutdown(cancel_pending, timeout) or was_pending)


class _Refusals(ThreadedTaskDispatcher):  # type: ignore[misc]  # waitress is not typed
    """Serves requests in a thread in which every one is refused."""

    def add_task(self, task: Any) -> None:
        with self.lock:
            self.queue.append(task)
            self.queue_cv.notify()

    def handler_thread(self, thread_no: int) -> None:
        _thread.refuses = True
        super().handler_thread(thread_no)


def refuse_overload() -> None:
    """Raise Overloaded where the thread that runs this is one that refuses."""
    if getattr(_thread, "refuses", False):
        raise Overloaded
