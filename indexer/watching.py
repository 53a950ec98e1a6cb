"""Watches the corpus by polling, and syncs the index after each change.

Each poll walks the folder, which works on every file system; the pause between polls grows with
the duration of a walk, so that watching a large corpus stays cheap.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from backstory.engine.documents import FileState
from backstory.engine.errors import BackstoryError
from backstory.engine.indexes.contract import Index
from backstory.indexer.corpus import scan
from backstory.indexer.settings import IndexerConfig
from backstory.indexer.sync import Progress, SyncOptions, SyncReport, sync

SHORTEST_PAUSE = 0.5
# At most a tenth of the time is spent on walks.
PAUSE_PER_WALK = 9


def watch(
    index: Index,
    config: IndexerConfig,
    report: Callable[[SyncReport | BackstoryError], None],
    *,
    is_over: Callable[[], bool] = lambda: False,
    pause: float = SHORTEST_PAUSE,
    progress: Progress | None = None,
) -> None:
    """Sync whenever the corpus has changed, until `is_over` returns True.

    `report` is called with the result of each run, or once with a BackstoryError, after which the
    next poll tries again. `pause` is in seconds. `progress` may end a run by raising.
    """
    seen: dict[str, FileState] | None = None
    trouble = ""
    while not is_over():
        began = time.monotonic()
        try:
            files = scan(config.corpus_path, leave_out=[config.index_path, config.state_path]).files
            if files != seen:
                report(sync(index, config, SyncOptions(), progress))
                seen, trouble = files, ""
        except BackstoryError as error:
            if str(error) != trouble:
                report(error)
            trouble = str(error)
        time.sleep(max(pause, PAUSE_PER_WALK * (time.monotonic() - began)))
