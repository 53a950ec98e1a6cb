"""Load shedding: requests wait in fair queues of limited length, all others get 503 at once.

Waitress queues any number in the order of arrival, so that under lasting load every answer comes
too late, and one greedy client delays all others. Here pages and expensive answers wait apart, each
kind in a lane with threads of its own.
"""

from __future__ import annotations

import threading
from typing import Any

from waitress.task import ThreadedTaskDispatcher

from backstory.engine.errors import BackstoryError
from backstory.webui.costs import is_expensive
from backstory.webui.fairness import FairQueue
from backstory.webui.proxies import without_base
from backstory.webui.upload_bodies import UploadAdmission

PAGES, TABLES, UPLOADS = "pages", "tables", "uploads"
# Of the places in the queue, those for expensive answers, and of these the share of one client.
TABLES_SHARE = CLIENT_SHARE = 4

_thread = threading.local()


class Overloaded(BackstoryError):
    """More requests wait than the setting `web.max_waiting` allows, in all or for one client."""

    code = "overloaded"
    http_status = 503

    def __init__(self) -> None:
        super().__init__("Too many requests are waiting just now.", "Try again in some seconds.")


class Dispatcher:
    """Hands requests to the threads of their lane, and those past the limits to one that refuses.

    `pages` and `tables` are the threads of the lanes, `most` the requests that may wait, `base` the
    path that the site is served under. Files that are sent, as `admission` tells, are taken by a
    thread of their own, one request after the other.
    """

    def __init__(
        self,
        pages: int,
        tables: int,
        most: int,
        base: str = "",
        admission: UploadAdmission | None = None,
    ) -> None:
        self._base = base
        few = max(most // TABLES_SHARE, 1)
        self._pages = _Lane(PAGES, pages, FairQueue(most))
        self._tables = _Lane(TABLES, tables, FairQueue(few, max(few // CLIENT_SHARE, 1)))
        self._admission = admission
        self._uploads = _Lane(UPLOADS, 1, FairQueue(admission.most)) if admission else None
        self._refusals = _Refusals()
        self._refusals.set_thread_count(1)

    @property
    def queue(self) -> FairQueue[Any]:
        """The requests for pages that wait."""
        return self._pages.queue

    def add_task(self, task: Any) -> None:
        """Queue a request, or have the one refused that must make room for it."""
        refused = self._lane(task.requests[0]).offer(task)
        if refused:
            self._refusals.add_task(refused)

    def _lane(self, request: Any) -> _Lane:
        if request.error:
            return self._pages
        command, path = request.command, request.path
        if self._admission and self._uploads and self._admission.is_upload(command, path):
            return self._uploads
        is_table = is_expensive(without_base(path, self._base), request.query)
        return self._tables if is_table else self._pages

    def shutdown(self, cancel_pending: bool = True, timeout: float = 5) -> bool:
        """Stop the threads, those that refuse last."""
        lanes = (self._pages, self._tables, self._uploads, self._refusals)
        were_pending = [lane.shutdown(cancel_pending, timeout) for lane in lanes if lane]
        return any(were_pending)


class _Lane(ThreadedTaskDispatcher):  # type: ignore[misc]  # waitress is not typed
    """Threads that serve one fair queue."""

    def __init__(self, name: str, threads: int, queue: FairQueue[Any]) -> None:
        super().__init__()
        self.name = name
        self.queue = queue
        self.set_thread_count(threads)

    def offer(self, task: Any) -> Any | None:
        """Queue a request; return the one that is to be refused for it, or None."""
        with self.lock:
            refused = self.queue.offer(task)
            self.queue_cv.notify()
        return refused

    def handler_thread(self, thread_no: int) -> None:
        _thread.lane = self.name
        super().handler_thread(thread_no)


class _Refusals(ThreadedTaskDispatcher):  # type: ignore[misc]  # waitress is not typed
    """Serves requests in a thread in which every one is refused."""

    def add_task(self, task: Any) -> None:
        with self.lock:
            self.queue.append(task)
            self.queue_cv.notify()

    def handler_thread(self, thread_no: int) -> None:
        _thread.refuses = True
        super().handler_thread(thread_no)


def current_lane() -> str:
    """Return the lane of the thread that runs this; nothing in a thread that refuses."""
    return getattr(_thread, "lane", "")


def refuse_overload() -> None:
    """Raise Overloaded where the thread that runs this is one that refuses."""
    if getattr(_thread, "refuses", False):
        raise Overloaded
