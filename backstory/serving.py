"""What a worker process of `backstory serve` runs: the application over an index of its own."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from backstory.api import Archive
from backstory.engine.errors import BackstoryError
from backstory.indexer.spawning import Child
from backstory.settings import Config
from backstory.webui.load import TABLES
from backstory.webui.serving import tables_count, worker_count

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

# So much more patient are the processes that make tables: a page that is asked for meanwhile gets
# the processor first.
NICE = 5

Wrap = Callable[["WSGIApplication"], "WSGIApplication"]


def starter(config: Config, *, wrap: Wrap | None = None) -> Callable[[str], Child]:
    """Return what starts a worker for a lane; all together keep as much as `index.cache_mb`.

    `wrap` is put around each worker's application; it must not stand in the main module.
    """
    pages = worker_count(config.web)
    share = config.index.cache_mb // (pages + tables_count(pages))
    split = config.override(index__cache_mb=max(share, 1))
    return lambda lane: Child(work, split, lane, wrap)


def work(line: Connection, config: Config, lane: str, wrap: Wrap | None) -> None:
    """Answer requests until the front process hangs up."""
    from backstory.webui.relay import answer_requests
    from backstory.webui.serving import looking_for_cycles_seldom, worker_app

    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a service is told to end all at once
    if lane == TABLES:
        os.nice(NICE)
    archive = Archive(config)
    searcher, originals = archive.searcher, archive.originals
    app = worker_app(config, searcher, originals)

    def let_go() -> None:
        """Close older commits, and the process that opens originals, while nobody asks.

        What is wrong with the index is met by the next request itself.
        """
        originals.close()
        with contextlib.suppress(BackstoryError, OSError):
            searcher.snapshot()

    with looking_for_cycles_seldom():
        answer_requests(line, wrap(app) if wrap else app, let_go)
