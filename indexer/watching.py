"""Keeping the index current while files change: look, compare, sync, wait, again.

Looking means walking the folder, which works on every file system; the pause grows with the time
that a walk takes, so that watching a large corpus stays cheap.
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
# Of the time, at most a tenth is spent looking.
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
    """Sync whenever the corpus looks different, until `is_over` says so.

    `progress` is told of each run, and may end one by what it raises.
    What goes wrong is given to `report` like a success, once, and tried again at the next change.
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
