"""`backstory serve`: the web page and the JSON API."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Mapping

import click

from backstory.api import Archive
from backstory.commands.index import tell_changes
from backstory.engine.errors import BackstoryError
from backstory.indexer.report import SyncReport
from backstory.options import Place, placed
from backstory.serving import starter
from backstory.webui.serving import serve

CHECK_EVERY = 600.0
LOOK_EVERY = 5.0
PATIENCE = 5.0  # seconds that a run under way may take to end


@click.command("serve")
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on.")
@click.option("--workers", type=click.IntRange(0), help="Processes that make pages; 0: one a core.")
@click.option("--watch", is_flag=True, help="Keep the index current while files change.")
@placed
def command(
    place: Place, host: str | None, port: int | None, workers: int | None, watch: bool
) -> None:
    """Serve the search page and the JSON API until Ctrl-C.

    Example: backstory serve --port 8080 --watch
    """
    archive = place.archive(web__host=host, web__port=port, web__workers=workers)
    health = Health(archive)
    over = threading.Event()
    state = WatchState()
    watching = _start(lambda: _watch(archive, over, state)) if watch else None
    if watching is None:
        archive.statistics  # noqa: B018  # an index that cannot be read is an error here and now
    _start(health.watch)
    try:
        serve(
            archive.config,
            archive.searcher,
            health=health.trouble,
            watching=state.trouble,
            originals=archive.originals,
            started=_tell,
            start=starter(archive.config),
        )
    finally:
        over.set()
        archive.originals.close()
        if watching is not None:
            watching.join(PATIENCE)


def _tell(address: str) -> None:
    click.echo(f"Backstory on {address} (Ctrl-C ends it)", err=True)


def _start(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


class WatchState:
    """What is wrong with the watching, None as long as nothing is."""

    def __init__(self) -> None:
        self._trouble: str | None = None

    def trouble(self) -> str | None:
        """Return what the last look at the corpus found wrong, or None."""
        return self._trouble

    def tell(self, outcome: SyncReport | BackstoryError) -> None:
        """Note and print what a look at the corpus came to."""
        self._trouble = outcome.message if isinstance(outcome, BackstoryError) else None
        tell_changes(outcome)


def _watch(archive: Archive, over: threading.Event, state: WatchState) -> None:
    from backstory.indexer.shared_progress import Stopped
    from backstory.indexer.sync import Quiet
    from backstory.indexer.watching import watch

    class UntilOver(Quiet):
        """Ends a run that is under way: its processes would keep this one from ending."""

        def reading(self, name: str) -> None:
            """Stop where the page is no longer served."""
            if over.is_set():
                raise Stopped

    with contextlib.suppress(Stopped):
        watch(
            archive.passage_index,
            archive.config,
            state.tell,
            is_over=over.is_set,
            progress=UntilOver(),
        )


class Health:
    """Reads the index's checksums in the background, so that what is open is no longer trusted.

    That is at the start, at each commit, when a file of the index was written to, and now and then.
    """

    def __init__(self, archive: Archive) -> None:
        self._index, self._folder = archive.passage_index, archive.config.index_path
        self._searcher = archive.searcher
        self._trouble: str | None = None
        self._checked = -1
        self._checked_at = 0.0
        self._written: dict[str, int] = {}

    def trouble(self) -> str | None:
        """Return what the last check found wrong, or None."""
        return self._trouble

    def look(self) -> None:
        """Check the index if it is time to."""
        try:
            # Of the searcher, which lets go of older commits with it.
            generation, written = self._searcher.statistics().generation, self._times()
            if generation == self._checked and not self._is_due(written):
                return
            damage = [p for p in self._index.check() if p.is_damage]
            if generation != self._searcher.statistics().generation:
                return
        except (BackstoryError, OSError):
            return  # the next request meets the same error and answers with it
        self._trouble = f"{damage[0].file} {damage[0].problem}" if damage else None
        self._checked, self._checked_at, self._written = generation, time.monotonic(), written

    def _is_due(self, written: Mapping[str, int]) -> bool:
        is_changed = any(written.get(name) != before for name, before in self._written.items())
        return is_changed or time.monotonic() - self._checked_at > CHECK_EVERY

    def _times(self) -> dict[str, int]:
        """Return when each file of the index was written to, in nanoseconds."""
        with os.scandir(self._folder) as files:
            return {each.name: each.stat().st_mtime_ns for each in files if each.is_file()}

    def watch(self) -> None:
        """Check for ever."""
        while True:
            self.look()
            time.sleep(LOOK_EVERY)
