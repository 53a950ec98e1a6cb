"""`backstory index`: bring the index up to date with the corpus."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

import click

from backstory.options import Place, placed
from backstory.terminal import counted, visible
from engine.errors import BackstoryError
from indexer.corpus import printable
from indexer.sync import SyncOptions, SyncReport, sync

SHOWN = 20
PATIENCE = 1.0  # seconds before a bar is shown


@click.command("index")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--rebuild", is_flag=True, help="Start anew, beside the old index.")
@click.option("--verify", is_flag=True, help="Read every file again; trust no size or time.")
@click.option("--watch", is_flag=True, help="Go on, and keep the index current.")
@click.option("--jobs", type=click.IntRange(0), help="Processes (0: one for each core).")
@click.option("--wait", type=click.FloatRange(0), help="Seconds to wait for another indexer.")
@click.option("--allow-empty", is_flag=True, help="Accept that the corpus is empty.")
@placed
def command(
    place: Place,
    paths: tuple[Path, ...],
    rebuild: bool,
    verify: bool,
    watch: bool,
    jobs: int | None,
    wait: float | None,
    allow_empty: bool,
) -> int:
    """Bring the index up to date with the corpus, or with some PATHS in it.

    Only new and changed files are read. Exit status 1 says that files were skipped, other than
    copies of what is indexed.

    Example: backstory --corpus ~/dossier index --watch
    """
    archive = place.archive(index__jobs=jobs, index__wait=wait)
    signal.signal(signal.SIGTERM, _interrupt)
    options = SyncOptions(rebuild=rebuild, verify=verify, allow_empty=allow_empty, only=paths)
    report = sync(archive.backend, archive.config, options, Bar())
    tell(report)
    if watch:
        from indexer.watching import watch as keep_watching

        click.echo(f"Watching {archive.config.corpus_path}; Ctrl-C ends it.", err=True)
        keep_watching(archive.backend, archive.config, tell_changes)
    return 1 if report.unread else 0


def _interrupt(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def tell(report: SyncReport) -> None:
    """Print what a run did."""
    if report.recovered:
        click.echo("Recovered from an interrupted run.", err=True)
    for path, note in report.notes[:SHOWN]:
        click.echo(f"Note: {visible(path)}: {visible(note)}", err=True)
    for skipped in report.skipped[:SHOWN]:
        name = visible(printable(skipped.path)) or "."
        click.echo(f"Skipped: {name}: {visible(skipped.reason)}", err=True)
    more = max(len(report.skipped) - SHOWN, 0) + max(len(report.notes) - SHOWN, 0)
    if more:
        click.echo(f"… and {more:,} more: backstory status", err=True)
    click.echo(summary(report))


def tell_changes(outcome: SyncReport | BackstoryError) -> None:
    """Print what a run of --watch did, if it did anything."""
    if isinstance(outcome, BackstoryError):
        click.echo(f"backstory: {visible(str(outcome))}", err=True)
    elif outcome.has_changes:
        tell(outcome)


def summary(report: SyncReport) -> str:
    """Return a run in one line."""
    holds = f"{counted(report.documents, 'document')}, {counted(report.passages, 'passage')}"
    skipped = f", {report.skipped and len(report.skipped):,} skipped" if report.skipped else ""
    if not report.has_changes:
        return f"Nothing to do: {holds}{skipped}."
    kinds = ("added", "changed", "moved", "removed")
    done = ", ".join(f"{getattr(report, k):,} {k}" for k in kinds if getattr(report, k))
    return f"{holds} ({done}{skipped}) in {report.seconds:.1f} s."


class Bar:
    """A progress bar on stderr, for runs of more than a second, where it is a terminal."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._bar: Any = None
        self._total = self._done = self._passages = 0

    def start(self, files: int, size: int) -> None:
        """Remember how many files there are."""
        self._total, self._began = files, time.monotonic()
        self._draw(0)

    def advance(self, files: int, passages: int) -> None:
        """Move on."""
        self._done += files
        self._passages += passages
        self._draw(files)

    def _draw(self, files: int) -> None:
        if not sys.stderr.isatty():
            return
        if self._bar is not None:
            self._bar.update(files, self._rate())
        elif self._total and time.monotonic() - self._began > PATIENCE:
            self._bar = click.progressbar(
                length=self._total, label="Indexing", file=sys.stderr, item_show_func=str
            )
            self._bar.update(self._done, self._rate())

    def _rate(self) -> str:
        seconds = max(time.monotonic() - self._began, 0.001)
        return f"{self._passages:,} passages, {self._passages / seconds:,.0f}/s"

    def finish(self) -> None:
        """Leave the line."""
        if self._bar is not None:
            self._bar.render_finish()
