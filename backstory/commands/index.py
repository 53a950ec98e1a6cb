"""`backstory index`: bring the index up to date with the corpus."""

from __future__ import annotations

import signal
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from backstory.api import Archive
from backstory.engine.errors import BackstoryError, IndexDamaged
from backstory.engine.outcomes import retained
from backstory.indexer.corpus import printable
from backstory.indexer.dry_run import Forecast
from backstory.indexer.duplicates import is_duplicate
from backstory.indexer.sync import Removals, SyncOptions, SyncReport, sync
from backstory.indexer.sync import dry_run as forecast_run
from backstory.options import Place, placed
from backstory.progress import Bar, PageBar
from backstory.terminal import counted, visible

if TYPE_CHECKING:
    from backstory.indexer.ocr.stage import OcrReport

SHOWN = 20


@click.command("index")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--rebuild", is_flag=True, help="Start anew, beside the old index.")
@click.option("--verify", is_flag=True, help="Read every file again; trust no size or time.")
@click.option("--watch", is_flag=True, help="Go on, and keep the index current.")
@click.option("--dry-run", is_flag=True, help="Tell what a run would do, and write nothing.")
@click.option("--jobs", type=click.IntRange(0), help="Processes (0: one for each core).")
@click.option("--wait", type=click.FloatRange(0), help="Seconds to wait for another indexer.")
@click.option("--ocr/--no-ocr", default=None, help="Read scans, or only report them.")
@click.option("--allow-removal", is_flag=True, help="Remove however many documents are gone.")
@placed
def command(
    place: Place,
    paths: tuple[Path, ...],
    rebuild: bool,
    verify: bool,
    watch: bool,
    dry_run: bool,
    jobs: int | None,
    wait: float | None,
    ocr: bool | None,
    allow_removal: bool,
) -> int:
    """Bring the index up to date with the corpus, or with some PATHS in it.

    Only new and changed files are read. Exit status 1 says that files were skipped, other than
    copies of what is indexed, and 4 that the index is damaged: what was done is kept, and --rebuild
    mends it. Scans are read last, a page in seconds; Ctrl-C keeps those that were read, and the
    next run goes on. With --dry-run the same files are read, and what would be done is printed.

    Example: backstory --corpus ~/dossier index --watch
    """
    if rebuild and paths:
        raise click.UsageError(
            "--rebuild makes the whole index anew, and would forget all but these paths;"
            " leave them out, or read them again with --verify."
        )
    archive = place.archive(index__jobs=jobs, index__wait=wait, ocr__enabled=ocr)
    end_on_sigterm()
    usual = Removals.RETAINED if watch else Removals.REFUSED
    removals = Removals.ALLOWED if allow_removal else usual
    options = SyncOptions(rebuild=rebuild, verify=verify, removals=removals, only=paths)
    if dry_run:
        if watch:
            raise click.UsageError("--dry-run tells what one run would do; leave out --watch.")
        forecast = forecast_run(archive.passage_index, archive.config, options, Bar(verb="Reading"))
        tell_forecast(forecast)
        return 1 if any(not is_duplicate(skipped) for skipped in forecast.skipped) else 0
    report = sync(archive.passage_index, archive.config, options, Bar())
    tell(report)
    scans = read_scans(archive)
    if scans.committed is not None:
        report.skipped = scans.committed.skipped
    if not rebuild:
        refuse_damage(archive)
    if watch:
        _watch(archive)
    return 1 if report.unread else 0


def read_scans(archive: Archive) -> OcrReport:
    """Read the pages that lack text, if settings allow it, and tell what came of it."""
    from backstory.indexer.ocr.stage import OcrReport, recognize

    if not archive.config.ocr.enabled:
        return OcrReport()
    report = recognize(archive.passage_index, archive.config, PageBar())
    for line in scans_told(report):
        click.echo(line, err=report.is_missing)
    return report


def scans_told(report: OcrReport) -> list[str]:
    """Return what was read of scans, as lines."""
    from backstory.indexer.ocr.recognition import INSTALL

    if report.is_missing:
        return [f"{counted(report.waiting, 'page needs', 'pages need')} OCR: {INSTALL}."]
    if not (report.pages or report.failed):
        return []
    failed = f", {report.failed:,} could not be read: backstory status" if report.failed else ""
    total = report.committed
    holds = f"; now {counted(total.passages, 'passage')}" if total else ""
    files = counted(report.files, "file")
    return [f"Scans: {counted(report.pages, 'page')} of {files} read{failed}{holds}."]


def _watch(archive: Archive) -> None:
    """Keep the index current until Ctrl-C, or until nobody reads what is told of it."""
    from backstory.indexer.watching import watch

    is_unread = False

    def tell_reader(outcome: SyncReport | BackstoryError) -> None:
        nonlocal is_unread
        try:
            tell_changes(outcome)
        except BrokenPipeError:
            is_unread = True
            raise

    click.echo(f"Watching {archive.config.corpus_path}; Ctrl-C ends it.", err=True)
    watch(archive.passage_index, archive.config, tell_reader, is_over=lambda: is_unread)


def refuse_damage(archive: Archive) -> None:
    """Compare the index with its checksums, which a run need not read; raise IndexDamaged."""
    for problem in archive.check(deep=False):
        if problem.is_damage:
            raise IndexDamaged(archive.config.index_path / problem.file, problem.problem)


def end_on_sigterm() -> None:
    """Let SIGTERM end this process as Ctrl-C does: in order, with status 130."""
    signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def tell(report: SyncReport) -> None:
    """Print what a run did."""
    if report.recovered:
        click.echo("Recovered from an interrupted run.", err=True)
    for path, note in report.notes[:SHOWN]:
        click.echo(f"Note: {visible(path)}: {visible(note.sentence)}", err=True)
    tell_heirs(report)
    if kept := retained(report.skipped):
        click.echo(f"Retained: {kept.sentence}", err=True)
    for skipped in report.skipped[:SHOWN]:
        if skipped.remark is kept:
            continue
        name = visible(printable(skipped.path)) or "."
        what = "Stale" if skipped in report.stale else "Skipped"
        click.echo(f"{what}: {name}: {visible(skipped.reason)}", err=True)
    more = sum(max(len(each) - SHOWN, 0) for each in (report.skipped, report.notes, report.heirs))
    if more:
        click.echo(f"… and {more:,} more: backstory status", err=True)
    click.echo(summary(report))


def tell_heirs(report: SyncReport) -> None:
    """Print which documents take the place of one that had the same content."""
    for document_id, former in list(report.heirs.items())[:SHOWN]:
        line = f"Indexed now: {document_id}, until now left out as a copy of {former}"
        click.echo(visible(line), err=True)


def tell_forecast(forecast: Forecast) -> None:
    """Print what a run would do, every file of it."""
    for change in forecast.changes:
        was = f"{printable(change.was)} -> " if change.was else ""
        click.echo(f"{change.kind:6}  {visible(was + printable(change.path))}")
    for skipped in forecast.skipped:
        kind = "stale" if skipped in forecast.stale else "skip"
        click.echo(
            f"{kind:6}  {visible(printable(skipped.path)) or '.'}: {visible(skipped.reason)}"
        )
    kinds = Counter(change.kind for change in forecast.changes)
    if forecast.reread:
        kinds["read again"] = forecast.reread
    if forecast.stale:
        kinds["leave stale"] = len(forecast.stale)
    if len(forecast.skipped) > len(forecast.stale):
        kinds["skip"] = len(forecast.skipped) - len(forecast.stale)
    changes = ", ".join(f"{kind} {count:,}" for kind, count in kinds.items())
    click.echo(
        f"A run would {changes}. Nothing was written." if changes else "A run would do nothing."
    )


def tell_changes(outcome: SyncReport | BackstoryError) -> None:
    """Print what a run of --watch did, if it did anything."""
    if isinstance(outcome, BackstoryError):
        click.echo(f"backstory: {visible(str(outcome))}", err=True)
    elif outcome.has_changes:
        tell(outcome)


def summary(report: SyncReport) -> str:
    """Return a run in one line."""
    holds = f"{counted(report.documents, 'document')}, {counted(report.passages, 'passage')}"
    skipped = "".join(
        f", {count:,} {what}"
        for count, what in (
            (len(report.skipped) - len(report.stale), "skipped"),
            (len(report.stale), "stale"),
        )
        if count
    )
    if not report.has_changes:
        return f"Nothing to do: {holds}{skipped}."
    kinds = {k: k for k in ("added", "changed", "moved", "removed")} | {"reread": "read again"}
    done = ", ".join(f"{getattr(report, k):,} {kinds[k]}" for k in kinds if getattr(report, k))
    return f"{holds} ({done}{skipped}) in {report.seconds:.1f} s."
