"""Incremental indexing: reads and writes only the files that have changed.

The state of every file is committed together with its documents, so that the two cannot disagree.
Large runs commit after each batch; an interrupted run continues from there.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from backstory.engine.errors import CorpusMissing, IndexNotFound, StateDamaged
from backstory.engine.indexes.contract import Index, Writer
from backstory.engine.remarks import Code, Remark
from backstory.indexer.arrivals import Arrivals
from backstory.indexer.collecting import collecting_seldom
from backstory.indexer.corpus import Scan, names_under, scan
from backstory.indexer.dry_run import DryRunIndex, Forecast
from backstory.indexer.plan import Plan, indexed_files, make_plan
from backstory.indexer.readers.registry import registry
from backstory.indexer.report import ReportBuilder, SyncReport
from backstory.indexer.rereading import Rereading, changed_settings, settings_of, touched
from backstory.indexer.settings import IndexerConfig
from backstory.indexer.workers import load_all

__all__ = [
    "Progress",
    "Quiet",
    "SyncOptions",
    "SyncReport",
    "dry_run",
    "pending",
    "processes",
    "sync",
]


@dataclass(frozen=True, slots=True)
class SyncOptions:
    """How a run goes: `only` limits it to some paths, `verify` reads every file again."""

    rebuild: bool = False
    verify: bool = False
    allow_empty: bool = False
    only: tuple[Path, ...] = ()


class Progress(Protocol):
    """Callbacks for the progress of a run."""

    def start(self, files: int, size: int) -> None:
        """Learn how many files, and bytes, are to be read."""

    def reading(self, name: str) -> None:
        """Learn which file is being read, in one of the processes."""

    def advance(self, files: int, passages: int, size: int) -> None:
        """Learn that so many more files, passages, and bytes of files are done."""

    def rereading(self, what: Rereading) -> None:
        """Learn that files are read again because settings have changed, before they are."""

    def finish(self) -> None:
        """Learn that the run is over, however it ended."""


class Quiet:
    """A Progress that ignores everything."""

    def start(self, files: int, size: int) -> None:
        """Ignore it."""

    def reading(self, name: str) -> None:
        """Ignore it."""

    def advance(self, files: int, passages: int, size: int) -> None:
        """Ignore it."""

    def rereading(self, what: Rereading) -> None:
        """Ignore it."""

    def finish(self) -> None:
        """Ignore it."""


def sync(
    index: Index,
    config: IndexerConfig,
    options: SyncOptions | None = None,
    progress: Progress | None = None,
) -> SyncReport:
    """Index new and changed files, delete documents of removed files, and return a report.

    Raises CorpusMissing, IndexBusy, StorageFull or what opening the index raises.
    """
    with collecting_seldom():
        return _sync(index, config, options or SyncOptions(), progress or Quiet())


def _sync(
    index: Index, config: IndexerConfig, options: SyncOptions, watcher: Progress
) -> SyncReport:
    began = time.monotonic()
    scanned, only = _look(config, options)
    writer = index.writer(wait=config.index.wait, rebuild=options.rebuild)
    try:
        run = _Run(index, config, options, writer)
        plan, arrivals = run.plan(scanned, only), Arrivals(config.state_path)
        unkept = _written(lambda: arrivals.begin(index))
        report = run.apply(plan, watcher)
        if unkept := unkept or _written(lambda: arrivals.update(index)):
            remark = Remark.of(Code.ARRIVALS, folder=str(config.state_path), detail=unkept)
            report.notes.append(("arrival times", remark))
    finally:
        writer.close()
        watcher.finish()
    statistics = index.open().statistics
    report.documents, report.passages = statistics.documents, statistics.passages
    report.generation, report.seconds = statistics.generation, time.monotonic() - began
    return report


def _written(write: Callable[[], None]) -> str:
    """Do it, and return why it failed, "" where it did not; no run ends for it."""
    try:
        write()
    except (StateDamaged, OSError, sqlite3.Error) as error:
        return str(error)
    return ""


def dry_run(
    index: Index,
    config: IndexerConfig,
    options: SyncOptions | None = None,
    progress: Progress | None = None,
) -> Forecast:
    """Return what `sync` would change: read the same files, and write nothing.

    Raises CorpusMissing or what opening the index raises.
    """
    options, watcher = options or SyncOptions(), progress or Quiet()
    scanned, only = _look(config, options)
    dry_run_index = DryRunIndex(index)
    writer = dry_run_index.writer(rebuild=options.rebuild)
    run = _Run(dry_run_index, config, options, writer)
    try:
        report = run.apply(run.plan(scanned, only), watcher)
    finally:
        watcher.finish()
    return replace(writer.forecast(), reread=report.reread)


def pending(index: Index, config: IndexerConfig, *, verify: bool = False) -> Plan:
    """Return what a run would do, without doing it."""
    scanned = scan(config.corpus_path, leave_out=[config.index_path, config.state_path])
    snapshot = index.open()
    stale = touched(changed_settings(snapshot.settings, config), config.corpus_path, scanned.files)
    return make_plan(
        scanned, indexed_files(snapshot), snapshot.skipped(), verify=verify, touched=stale
    )


def _look(config: IndexerConfig, options: SyncOptions) -> tuple[Scan, frozenset[str] | None]:
    """Walk the corpus, all of it: copies may be anywhere. Return the names to limit a run to."""
    scanned = scan(config.corpus_path, leave_out=[config.index_path, config.state_path])
    return scanned, names_under(config.corpus_path, options.only) or None


class _Run:
    """One run, from plan to report."""

    def __init__(
        self, index: Index, config: IndexerConfig, options: SyncOptions, writer: Writer
    ) -> None:
        self._index, self._config = index, config
        self._options, self._writer = options, writer
        self._report = SyncReport(recovered=writer.recovered)
        self._changed: tuple[str, ...] = ()  # settings
        self._touched: frozenset[str] = frozenset()  # files, by these settings
        self._is_whole = True  # whatever they touch is read in this run

    def plan(self, scanned: Scan, only: frozenset[str] | None) -> Plan:
        """Compare the corpus with the index; refuse to empty an index by accident."""
        if self._options.rebuild:
            return make_plan(scanned, {}, (), only=only)
        try:
            snapshot = self._index.open()
        except IndexNotFound:
            return make_plan(scanned, {}, (), only=only)
        indexed = indexed_files(snapshot)
        if indexed and not scanned.files and not self._options.allow_empty and not only:
            count = sum(len(file.documents) for file in indexed.values())
            raise CorpusMissing(
                self._config.corpus_path, f"has no files, but the index holds {count:,} documents"
            )
        self._changed = changed_settings(snapshot.settings, self._config)
        self._touched = touched(self._changed, self._config.corpus_path, scanned.files)
        self._is_whole = only is None and not any(map(scanned.is_hidden, indexed))
        return make_plan(
            scanned,
            indexed,
            snapshot.skipped(),
            verify=self._options.verify,
            only=only,
            touched=self._touched,
        )

    def apply(self, plan: Plan, progress: Progress) -> SyncReport:
        """Do what the plan says, committing after each batch."""
        report, writer = self._report, self._writer
        report.unchanged = plan.unchanged
        if plan.jobs:
            report.notes += _problems_of_plugins()
        self._remember(plan, is_done=False)
        builder = ReportBuilder(plan, writer, report)
        builder.remove()
        if plan.stale:
            progress.rereading(self._rereading(plan))
        progress.start(len(plan.jobs), sum(job.state.size for job in plan.jobs))
        jobs = processes(self._config)
        load = load_all(self._index, self._config, plan.jobs, jobs, progress.reading)
        with closing(load) as batches:
            for loaded in batches:
                writer.adopt(loaded.batch)
                builder.count(loaded)
                if not self._options.rebuild:
                    writer.commit()
                progress.advance(len(loaded.files), loaded.passages, loaded.size)
        report.skipped = tuple(sorted(builder.skipped, key=lambda file: file.path))
        writer.skip(report.skipped)
        self._remember(plan, is_done=self._is_whole and not builder.has_kept)
        writer.commit()
        return report

    def _remember(self, plan: Plan, *, is_done: bool) -> None:
        """Note with which settings the documents are read, as far as this run has come."""
        settings = settings_of(self._config)
        if self._changed and not is_done:
            if not any(job.name in self._touched for job in plan.jobs):
                return
            settings |= dict.fromkeys(self._changed)
        self._writer.remember(settings)

    def _rereading(self, plan: Plan) -> Rereading:
        indexed = [plan.indexed[name] for name in plan.stale if name in plan.indexed]
        documents = sum(len(each.documents) for each in indexed)
        return Rereading(self._changed, documents, len(plan.stale) - len(indexed))


def _problems_of_plugins() -> list[tuple[str, Remark]]:
    problems = registry().problems
    return [
        (f"reader plug-in {name}", Remark.of(Code.PLUGIN, detail=what)) for name, what in problems
    ]


def processes(config: IndexerConfig) -> int:
    """Return how many processes the settings ask for; 0 there means one for each core."""
    return config.index.jobs or len(_cores())


def _cores() -> Sequence[int]:
    try:
        return sorted(os.sched_getaffinity(0))
    except AttributeError:  # macOS has no affinity
        return range(os.cpu_count() or 1)
