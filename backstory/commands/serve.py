"""`backstory serve`: the web page and the JSON API."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import click

from backstory import archives, own_places, scans
from backstory.api import Archive
from backstory.commands.index import WatchTeller, tell_news
from backstory.engine.errors import BackstoryError
from backstory.first_run import index_now
from backstory.following import WatchFollower
from backstory.indexer.report import SyncReport
from backstory.options import Place, placed
from backstory.server_options import behind_a_proxy, with_hosts
from backstory.serving import archive_app, config_of, mounted_archive, starter, uploads_of
from backstory.settings import Config
from backstory.terminal import visible
from backstory.webui.mounting import MountedArchive, MountedArchives
from backstory.webui.serving import open_site, run, serve

CHECK_EVERY = 600.0
LOOK_EVERY = 5.0
PATIENCE = 5.0  # seconds that a run under way may take to end


@click.command("serve")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--open", "is_opened", is_flag=True, help="Open the page in the browser.")
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on.")
@click.option("--workers", type=click.IntRange(0), help="Processes that make pages; 0: one a core.")
@click.option("--watch", is_flag=True, help="Keep the index current while files change.")
@behind_a_proxy
@placed
def command(
    place: Place,
    folder: Path | None,
    is_opened: bool,
    host: str | None,
    port: int | None,
    workers: int | None,
    watch: bool,
    allow_host: tuple[str, ...],
    **web: Any,
) -> None:
    """Serve the search page and the JSON API until Ctrl-C.

    Where the settings name several archives and none is chosen, all of them are served: each under
    /a/NAME/, and one page that asks them all.

    A FOLDER is the corpus, and is indexed first. Its index is kept in your cache, unless --index or
    your settings say where, and what cannot be made again in your data folder: both are printed.

    \b
    Example: backstory serve --port 8080 --watch
    Example: backstory serve ~/dossier --open
    """
    if folder and place.corpus:
        raise click.UsageError(f"Give the folder once: {folder}, or --corpus {place.corpus}.")
    if folder:
        place = click.get_current_context().obj = replace(place, corpus=folder)
    given = {f"web__{name}": value for name, value in web.items()}
    overrides = {"web__host": host, "web__port": port, "web__workers": workers, **given}
    every = place.every_setting()
    if archives.are_meant(every) and not place.is_given:
        archives.check(every)
        archives.check_readers(every)
        config = _with_hosts(every.override(**overrides), allow_host)
        serve_archives(config, watch=watch, is_opened=is_opened)
        return
    archive = Archive(_with_hosts(place.settings(**overrides), allow_host))
    if folder or own_places.is_own(archive.config, os.environ):
        index_now(archive)
    serve_archive(archive, watch=watch, is_opened=is_opened)


def _with_hosts(config: Config, names: tuple[str, ...]) -> Config:
    return config.override(web__trusted_hosts=with_hosts(config.web, names))


def serve_archive(archive: Archive, *, watch: bool = False, is_opened: bool = False) -> None:
    """Serve an archive until Ctrl-C, and `watch` its corpus meanwhile."""
    attendant = Attendant(archive, watch=watch)
    if not watch:
        archive.statistics  # noqa: B018  # an index that cannot be read is an error here and now
    with attendant:
        serve(
            archive.config,
            archive.searcher,
            health=attendant.trouble,
            watching=attendant.stalled,
            originals=archive.originals,
            uploads=uploads_of(archive),
            started=_tell_and_open if is_opened else _tell,
            start=starter(archive.config),
        )


def serve_archives(config: Config, *, watch: bool = False, is_opened: bool = False) -> None:
    """Serve all archives of the settings until Ctrl-C; one that cannot be read says so itself."""
    attendants = {
        name: Attendant(Archive(config_of(config, name)), watch=watch) for name in config.archives
    }
    for name, each in attendants.items():
        try:
            each.archive.statistics  # noqa: B018  # only to see whether there is an index
        except BackstoryError as error:
            click.echo(visible(f"backstory: {name}: {error}"), err=True)
    mounted = MountedArchives(_mounted(config, name, each) for name, each in attendants.items())
    every = {name: uploads_of(each.archive) for name, each in attendants.items()}
    uploads = {name: each for name, each in every.items() if each}
    with contextlib.ExitStack() as stack:
        for each in attendants.values():
            stack.enter_context(each)
        server = open_site(
            config,
            mounted,
            uploads=uploads,
            health=lambda: {name: each.trouble() for name, each in attendants.items()},
            watching=lambda: {name: each.stalled() for name, each in attendants.items()},
            start=starter(config),
        )
        run(server, config.web, _tell_and_open if is_opened else _tell)


def _mounted(config: Config, name: str, attendant: Attendant) -> MountedArchive:
    archive, trouble, stalled = attendant.archive, attendant.trouble, attendant.stalled
    make = partial(archive_app, config, name, archive, trouble, stalled)
    return mounted_archive(config, name, make)


class Attendant:
    """Looks after an archive while it is served: its checksums, and, to `watch`, its corpus."""

    def __init__(self, archive: Archive, *, watch: bool) -> None:
        self.archive = archive
        self._health = Health(archive)
        self._state = WatchState(reads_scans=scans.are_read(archive))
        self._is_watching = watch
        self._over = threading.Event()
        self._watching: threading.Thread | None = None

    def trouble(self) -> str | None:
        """Return what is wrong with the index, or None."""
        return self._health.trouble()

    def stalled(self) -> str | None:
        """Return what keeps the index from following the corpus, or None."""
        return self._state.trouble()

    def __enter__(self) -> Attendant:
        if self._is_watching:
            self._watching = _start(lambda: _watch(self.archive, self._over, self._state))
        _start(self._health.watch)
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self.archive.originals.close()
        if self._watching is not None:
            self._watching.join(PATIENCE)


def _tell(address: str) -> None:
    click.echo(f"Backstory on {address} (Ctrl-C ends it)", err=True)


def _tell_and_open(address: str) -> None:
    _tell(address)
    _start(lambda: open_page(address))  # a browser in the terminal keeps its caller waiting


def open_page(address: str) -> None:
    """Open the page in the user's browser, or say that there is none."""
    import webbrowser  # 5 ms, for --open alone

    if not webbrowser.open(address):
        click.echo(f"No browser could be opened. Open this in yours: {address}", err=True)


def _start(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


class WatchState:
    """What is wrong with the watching, None as long as nothing is.

    Where it `reads_scans` what waits for OCR is not told as skipped.
    """

    def __init__(self, *, reads_scans: bool = False) -> None:
        self._tell = WatchTeller(reads_scans=reads_scans)
        self._trouble: str | None = None

    def trouble(self) -> str | None:
        """Return what the last look at the corpus found wrong, or None."""
        return self._trouble

    def tell(self, outcome: SyncReport | BackstoryError) -> None:
        """Note and print what a look at the corpus came to."""
        self._trouble = outcome.message if isinstance(outcome, BackstoryError) else None
        self._tell(outcome)


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

    follower = WatchFollower(archive, tell_news)

    def tell(outcome: SyncReport | BackstoryError) -> None:
        state.tell(outcome)
        follower.look()

    with contextlib.suppress(Stopped):
        watch(
            archive.passage_index,
            archive.config,
            tell,
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
        if not self._folder.is_dir():  # an index of another kind is on other machines
            return {}
        with os.scandir(self._folder) as files:
            return {each.name: each.stat().st_mtime_ns for each in files if each.is_file()}

    def watch(self) -> None:
        """Check for ever."""
        while True:
            self.look()
            time.sleep(LOOK_EVERY)
