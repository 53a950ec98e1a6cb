"""`backstory index`: bring the index up to date with the corpus."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable, Container
from functools import partial
from pathlib import Path
from types import FrameType

import click

from backstory import scans
from backstory.api import Archive
from backstory.archives import are_meant
from backstory.embedding import embed_passages
from backstory.engine.documents import SkippedFile
from backstory.engine.errors import BackstoryError, IndexDamaged
from backstory.engine.outcomes import retained
from backstory.following import WatchFollower, following
from backstory.indexer.corpus import printable
from backstory.indexer.dry_run import Forecast
from backstory.indexer.duplicates import is_duplicate
from backstory.indexer.readers.scans import is_waiting
from backstory.indexer.sync import Removals, SyncOptions, SyncReport, sync
from backstory.indexer.sync import dry_run as forecast_run
from backstory.options import Place, hinted, placed
from backstory.progress import Bar
from backstory.scans import SHOWN
from backstory.terminal import counted, visible


@click.command("index")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--rebuild", is_flag=True, help="Start anew, beside the old index.")
@click.option("--verify", is_flag=True, help="Read every file again; trust no size or time.")
@click.option("--watch", is_flag=True, help="Go on, and keep the index current.")
@click.option("--dry-run", is_flag=True, help="Tell what a run would do, and write nothing.")
@click.option("--jobs", type=click.IntRange(0), help="Processes (0: one for each core).")
@click.option("--wait", type=click.FloatRange(0), help="Seconds to wait for another indexer.")
@click.option("--ocr/--no-ocr", default=None, help="Read scans, or only report them.")
@click.option("--meaning/--no-meaning", default=None, help="Embed passages, or leave that out.")
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
    meaning: bool | None,
    allow_removal: bool,
) -> int:
    """Bring the index up to date with the corpus, or with some PATHS in it.

    Only new and changed files are read. Exit status 1 says that files were skipped, other than
    copies of what is indexed, and 4 that the index is damaged: what was done is kept, and --rebuild
    mends it. Scans are read when the rest is searchable, a page in seconds, and then passages are
    embedded, where a model is installed (backstory meaning); Ctrl-C keeps what was done of either,
    and the next run goes on. With --dry-run the same files are read, and what would be done is
    printed.

    Where the settings name several archives and none is chosen, each is brought up to date, one
    after the other.

    Example: backstory --corpus ~/dossier index --watch
    """
    if rebuild and paths:
        raise click.UsageError(
            "--rebuild makes the whole index anew, and would forget all but these paths;"
            " leave them out, or read them again with --verify."
        )
    overrides = {
        "index__jobs": jobs,
        "index__wait": wait,
        "ocr__enabled": ocr,
        "meaning__enabled": meaning,
    }
    if dry_run and watch:
        raise click.UsageError("--dry-run tells what one run would do; leave out --watch.")
    end_on_sigterm()
    usual = Removals.RETAINED if watch else Removals.REFUSED
    removals = Removals.ALLOWED if allow_removal else usual
    options = SyncOptions(rebuild=rebuild, verify=verify, removals=removals, only=paths)
    run = _forecast if dry_run else partial(_bring_up_to_date, is_watched=watch)
    names = () if paths or watch or place.is_given else _names(place)
    if not names:
        return run(place.archive(**overrides), options)
    return max(
        _run_named(name, partial(run, place.for_archive(name).archive(**overrides), options))
        for name in names
    )


def _names(place: Place) -> tuple[str, ...]:
    """Return the names of all archives, where these are what is worked on."""
    config = place.every_setting()
    return tuple(config.archives) if are_meant(config) else ()


def _run_named(name: str, run: Callable[[], int]) -> int:
    """Do a run of one of several archives; what is wrong with it does not keep the others."""
    click.echo(f"{name}:", err=True)
    try:
        return run()
    except BackstoryError as error:
        click.echo(f"backstory: {visible(str(error))}", err=True)
        return error.exit_code


def _forecast(archive: Archive, options: SyncOptions) -> int:
    """Tell what a run would do, and return the status."""
    forecast = forecast_run(archive.passage_index, archive.config, options, Bar(verb="Reading"))
    reads_scans = scans.are_read(archive)
    tell_forecast(forecast, reads_scans=reads_scans)
    left = (each for each in forecast.skipped if not (reads_scans and is_waiting(each.remark)))
    return 1 if any(not is_duplicate(each) for each in left) else 0


def _bring_up_to_date(archive: Archive, options: SyncOptions, *, is_watched: bool) -> int:
    """Do a run with all its stages, tell what it did, and return the status."""
    with following(archive, tell_news):
        report = sync(archive.passage_index, archive.config, options, Bar())
        reads_scans = scans.are_read(archive)
        tell(report, reads_scans=reads_scans)
    with following(archive, tell_news):
        skipped = scans.read(archive, report)
    if reads_scans:
        scans.tell_unread(report, skipped)
    report.skipped = skipped
    embed_passages(archive)
    if not options.rebuild:
        refuse_damage(archive)
    if is_watched:
        _watch(archive, report)
    return 1 if report.unread else 0


def _watch(archive: Archive, before: SyncReport) -> None:
    """Keep the index current until Ctrl-C, or until nobody reads what is told of it."""
    from backstory.indexer.watching import watch

    is_unread = False
    follower = WatchFollower(archive, tell_news)
    tell_changes = WatchTeller(reads_scans=scans.are_read(archive), before=before)

    def tell_reader(outcome: SyncReport | BackstoryError) -> None:
        nonlocal is_unread
        try:
            tell_changes(outcome)
        except BrokenPipeError:
            is_unread = True
            raise
        follower.look()

    click.echo(f"Watching {archive.config.corpus_path}; Ctrl-C ends it.", err=True)
    watch(archive.passage_index, archive.config, tell_reader, is_over=lambda: is_unread)


def refuse_damage(archive: Archive) -> None:
    """Compare the index with its checksums, which a run need not read; raise IndexDamaged."""
    for problem in archive.check(deep=False):
        if problem.is_damage:
            place = archive.passage_index.place
            raise IndexDamaged(f"{place}/{problem.file}", problem.problem)


def tell_news(line: str) -> None:
    """Print aside what is new for followed questions, or what went wrong with them."""
    click.echo(visible(hinted(line)), err=True)


def end_on_sigterm() -> None:
    """Let SIGTERM end this process as Ctrl-C does: in order, with status 130."""
    signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def tell(
    report: SyncReport,
    *,
    reads_scans: bool = False,
    is_aside: bool = False,
    named: Container[SkippedFile] = (),
) -> None:
    """Print what a run did, without what waits for OCR where scans are read after it.

    A run that is not what was asked for is told of aside, on stderr. Files that were `named`
    before are counted only.
    """
    every, waiting = report, 0
    if reads_scans:
        report = scans.without_waiting(report)
        waiting = len(every.skipped) - len(report.skipped)
    if report.recovered:
        click.echo("Recovered from an interrupted run.", err=True)
    for path, note in report.notes[:SHOWN]:
        click.echo(f"Note: {visible(path)}: {visible(note.sentence)}", err=True)
    tell_heirs(report)
    if kept := retained(report.skipped):
        click.echo(f"Retained: {kept.sentence}", err=True)
    new = [each for each in report.skipped if each not in named]
    for skipped in new[:SHOWN]:
        if skipped.remark is kept:
            continue
        name = visible(printable(skipped.path)) or "."
        what = "Stale" if skipped in report.stale else "Skipped"
        click.echo(f"{what}: {name}: {visible(skipped.reason)}", err=True)
    more = sum(max(len(each) - SHOWN, 0) for each in (new, report.notes, report.heirs))
    if more:
        click.echo(hinted(f"… and {more:,} more: backstory status"), err=True)
    click.echo(summary(report, waiting), err=is_aside)


def tell_heirs(report: SyncReport) -> None:
    """Print which documents take the place of one that had the same content."""
    for document_id, former in list(report.heirs.items())[:SHOWN]:
        line = f"Indexed now: {document_id}, until now left out as a copy of {former}"
        click.echo(visible(line), err=True)


def tell_forecast(forecast: Forecast, *, reads_scans: bool) -> None:
    """Print what a run would do, every file of it."""
    waiting = [each for each in forecast.skipped if reads_scans and is_waiting(each.remark)]
    for change in forecast.changes:
        was = f"{printable(change.was)} -> " if change.was else ""
        click.echo(f"{change.kind:6}  {visible(was + printable(change.path))}")
    for skipped in forecast.skipped:
        kind = "stale" if skipped in forecast.stale else "skip"
        kind = "ocr" if skipped in waiting else kind
        click.echo(
            f"{kind:6}  {visible(printable(skipped.path)) or '.'}: {visible(skipped.reason)}"
        )
    kinds = Counter(change.kind for change in forecast.changes)
    if forecast.reread:
        kinds["read again"] = forecast.reread
    if forecast.stale:
        kinds["leave stale"] = len(forecast.stale)
    if waiting:
        kinds["read by OCR"] = len(waiting)
    if skipped_only := len(forecast.skipped) - len(forecast.stale) - len(waiting):
        kinds["skip"] = skipped_only
    changes = ", ".join(f"{kind} {count:,}" for kind, count in kinds.items())
    click.echo(
        f"A run would {changes}. Nothing was written." if changes else "A run would do nothing."
    )


class WatchTeller:
    """Prints what runs of --watch did; a file that stays skipped is named once.

    `before` is the run that was told of before the watching began.
    """

    def __init__(self, *, reads_scans: bool, before: SyncReport | None = None) -> None:
        self._reads_scans = reads_scans
        self._named: frozenset[SkippedFile] = frozenset(before.skipped if before else ())

    def __call__(self, outcome: SyncReport | BackstoryError) -> None:
        """Print what a run did, if it did anything, or what went wrong."""
        if isinstance(outcome, BackstoryError):
            click.echo(f"backstory: {visible(str(outcome))}", err=True)
        elif outcome.has_changes:
            tell(outcome, reads_scans=self._reads_scans, named=self._named)
            self._named = frozenset(outcome.skipped)


def summary(report: SyncReport, waiting: int = 0) -> str:
    """Return a run in one line; `waiting` are files without text that OCR is to read."""
    holds = f"{counted(report.documents, 'document')}, {counted(report.passages, 'passage')}"
    skipped = "".join(
        f", {count:,} {what}"
        for count, what in (
            (len(report.skipped) - len(report.stale), "skipped"),
            (len(report.stale), "stale"),
            (waiting, "to be read by OCR"),
        )
        if count
    )
    if not report.has_changes:
        return f"Nothing to do: {holds}{skipped}."
    kinds = {k: k for k in ("added", "changed", "moved", "removed")} | {"reread": "read again"}
    done = ", ".join(f"{getattr(report, k):,} {kinds[k]}" for k in kinds if getattr(report, k))
    return f"{holds} ({done}{skipped}) in {report.seconds:.1f} s."
