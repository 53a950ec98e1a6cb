"""Scans at the command line: which wait for OCR, what it has read, and what it could not read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from backstory.api import Archive
from backstory.engine.documents import SkippedFile
from backstory.engine.remarks import Remark
from backstory.indexer.corpus import printable
from backstory.indexer.readers.scans import is_waiting, pages_to_read
from backstory.indexer.sync import SyncReport
from backstory.options import hinted
from backstory.progress import PageBar
from backstory.terminal import counted, visible

if TYPE_CHECKING:
    from backstory.indexer.ocr.stage import OcrReport

SHOWN = 20  # files that are told of, after a run


def are_read(archive: Archive) -> bool:
    """Tell whether OCR reads what waits for it: it is asked to, and installed."""
    from backstory.indexer.ocr.recognition import Program

    ocr = archive.config.ocr
    return ocr.enabled and Program.of(ocr, archive.config.formats) is not None


def without_waiting(report: SyncReport) -> SyncReport:
    """Return a report without the files that wait for OCR, which are not skipped yet."""
    skipped = tuple(each for each in report.skipped if not is_waiting(each.remark))
    notes = [(path, note) for path, note in report.notes if not is_waiting(note)]
    return replace(report, skipped=skipped, notes=notes)


def read(
    archive: Archive, report: SyncReport, only: Collection[str] | None = None
) -> tuple[SkippedFile, ...]:
    """Read by OCR what waits for it, in all files or those named, and tell how much it was.

    Returns what is skipped then; `report` is that of the run before.
    """
    waiting = sum(len(pages_to_read([each])) for each in _waiting(report, only))
    if waiting and not archive.config.ocr.enabled:
        click.echo(_needed(waiting, hinted("backstory index --ocr")), err=True)
    if not archive.config.ocr.enabled or (only is not None and not waiting):
        return report.skipped
    from backstory.indexer.ocr.stage import recognize

    done = recognize(archive.passage_index, archive.config, PageBar(), only=only)
    for line in lines(done):
        click.echo(hinted(line), err=done.is_missing)
    return done.committed.skipped if done.committed else report.skipped


def lines(report: OcrReport) -> list[str]:
    """Return what was read of scans, as lines."""
    from backstory.indexer.ocr.recognition import INSTALL

    if report.is_missing:
        return [_needed(report.waiting, INSTALL)]
    if not (report.pages or report.failed):
        return []
    failed = f", {report.failed:,} could not be read: backstory status" if report.failed else ""
    total = report.committed
    holds = f"; now {counted(total.passages, 'passage')}" if total else ""
    files = counted(report.files, "file")
    return [f"Scans: {counted(report.pages, 'page')} of {files} read{failed}{holds}."]


def tell_unread(report: SyncReport, skipped: Sequence[SkippedFile]) -> None:
    """Print what of the files that waited for OCR after a run is skipped now that it is done."""
    awaited = {each.path for each in report.skipped if is_waiting(each.remark)}
    unread = [each for each in skipped if each.path in awaited]
    for each in unread[:SHOWN]:
        name = visible(printable(each.path))
        click.echo(f"Skipped: {name}: {visible(each.reason)}", err=True)
    if len(unread) > SHOWN:
        click.echo(hinted(f"… and {len(unread) - SHOWN:,} more: backstory status"), err=True)


def _waiting(report: SyncReport, only: Collection[str] | None) -> Iterator[Remark]:
    """Yield what is remarked on pages that wait, in files that are skipped or were just read."""
    for each in report.skipped:
        is_meant = only is None or (each.state is not None and each.state.path in only)
        if is_meant and is_waiting(each.remark):
            yield each.remark
    yield from (note for _, note in report.notes if is_waiting(note))


def _needed(pages: int, what_now: str) -> str:
    return f"{counted(pages, 'page needs', 'pages need')} OCR: {what_now}."
