"""Incremental indexing: reads and writes only the files that have changed.

The state of every file is committed together with its documents, so that the two cannot disagree.
Large runs commit after each batch; an interrupted run continues from there.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from backstory.engine.documents import SkippedFile
from backstory.engine.errors import IndexNotFound, RemovalRefused, StateDamaged
from backstory.engine.indexes.contract import Index, Writer
from backstory.engine.outcomes import stale
from backstory.engine.remarks import Code, Remark
from backstory.indexer.arrivals import Arrivals, ArrivalTimes
from backstory.indexer.collecting import collecting_seldom
from backstory.indexer.corpus import Scan, names_under, scan, without
from backstory.indexer.drafts import sweep
from backstory.indexer.dry_run import DryRunIndex, Forecast
from backstory.indexer.former import Former, former_of
from backstory.indexer.guarding import Guard, Removals
from backstory.indexer.plan import Choice, Plan, indexed_files, make_plan
from backstory.indexer.readers.registry import registry
from backstory.indexer.report import ReportBuilder, SyncReport
from backstory.indexer.rereading import Rereading, changed_settings, settings_of, touched
from backstory.indexer.settings import IndexerConfig

if TYPE_CHECKING:
    from backstory.indexer.workers import Loaded

__all__ = [
    "Progress",
    "Quiet",
    "Removals",
    "SyncOptions",
    "SyncReport",
    "dry_run",
    "look",
    "pending",
    "processes",
    "sync",
]


@dataclass(frozen=True, slots=True)
class SyncOptions:
    """How a run goes.

    `only` limits it to some paths, `verify` reads every file again. `removals` says what becomes of
    more removals than `index.max_removal`. `suspects` are the names of files to read although they
    look the same, `busy` those of files that are left as they are indexed; without `retries`, what
    could not be read by the run before is not tried again.
    """

    rebuild: bool = False
    verify: bool = False
    removals: Removals = Removals.REFUSED
    only: tuple[Path, ...] = ()
    suspects: frozenset[str] = frozenset()
    busy: frozenset[str] = frozenset()
    retries: bool = True


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
    scanned: Scan | None = None,
) -> SyncReport:
    """Index new and changed files, delete documents of removed files, and return a report.

    `scanned` is a walk over the corpus that is not done again. Raises CorpusMissing,
    RemovalRefused, IndexBusy, StorageFull or what opening the index raises.
    """
    with collecting_seldom():
        scanned = scanned or look(config)
        if scanned.drafts and sweep(config.corpus_path, scanned.drafts):
            scanned = look(config)
        return _sync(index, config, options or SyncOptions(), progress or Quiet(), scanned)


def _sync(
    index: Index, config: IndexerConfig, options: SyncOptions, watcher: Progress, scanned: Scan
) -> SyncReport:
    began = time.monotonic()
    only = names_under(config.corpus_path, options.only) or None
    writer = index.writer(wait=config.index.wait, rebuild=options.rebuild)
    try:
        run = _Run(index, config, options, writer, without(scanned, options.busy))
        plan, arrivals = run.plan(only), Arrivals(config.state_path)
        unkept = _written(lambda: arrivals.begin(index))
        report = run.apply(plan, watcher, arrivals.times())
        if unkept := unkept or _written(lambda: arrivals.update(index)):
            remark = Remark.of(Code.ARRIVALS, folder=str(config.state_path), detail=unkept)
            report.notes.append(("arrival times", remark))
    finally:
        writer.close()
        watcher.finish()
    snapshot = index.open()
    report.stale = stale(report.skipped, ((state.path, i) for state, i, _ in snapshot.files()))
    statistics = snapshot.statistics
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

    Raises CorpusMissing, RemovalRefused or what opening the index raises.
    """
    options, watcher, scanned = options or SyncOptions(), progress or Quiet(), look(config)
    only = names_under(config.corpus_path, options.only) or None
    dry_run_index = DryRunIndex(index)
    writer = dry_run_index.writer(rebuild=options.rebuild)
    run = _Run(dry_run_index, config, options, writer, scanned)
    try:
        report = run.apply(run.plan(only), watcher)
    except RemovalRefused as error:
        raise RemovalRefused(config.corpus_path, error.removed, error.documents) from None
    finally:
        watcher.finish()
    return replace(writer.forecast(), reread=report.reread)


def pending(index: Index, config: IndexerConfig, *, verify: bool = False) -> Plan:
    """Return what a run would do, without doing it."""
    scanned, snapshot = look(config), index.open()
    stale = touched(changed_settings(snapshot.settings, config), config.corpus_path, scanned.files)
    choice = Choice(verify=verify, touched=stale)
    return make_plan(scanned, indexed_files(snapshot), snapshot.skipped(), choice)


def look(config: IndexerConfig) -> Scan:
    """Walk the corpus, all of it: copies may be anywhere; raises CorpusMissing."""
    return scan(config.corpus_path, leave_out=[config.index_path, config.state_path])


class _Run:
    """One run over a scanned corpus, from plan to report."""

    def __init__(
        self,
        index: Index,
        config: IndexerConfig,
        options: SyncOptions,
        writer: Writer,
        scanned: Scan,
    ) -> None:
        self._index, self._config = index, config
        self._options, self._writer, self._scanned = options, writer, scanned
        self._guard = Guard(config, options.removals, scanned)
        self._former: Former | None = None  # what a rebuild replaces
        self._report = SyncReport(recovered=writer.recovered)
        self._changed: tuple[str, ...] = ()  # settings
        self._touched: frozenset[str] = frozenset()  # files, by these settings
        self._is_whole = True  # whatever they touch is read in this run

    def plan(self, only: frozenset[str] | None) -> Plan:
        """Compare the corpus with the index; raise RemovalRefused where too much of it is gone."""
        if self._options.rebuild:
            self._former = former_of(self._index, self._scanned)
            self._guard.check_rebuild(self._former)
            return make_plan(self._scanned, {}, (), Choice(only=only))
        try:
            snapshot = self._index.open()
        except IndexNotFound:
            return make_plan(self._scanned, {}, (), Choice(only=only))
        indexed = indexed_files(snapshot)
        self._changed = changed_settings(snapshot.settings, self._config)
        self._touched = touched(self._changed, self._config.corpus_path, self._scanned.files)
        self._is_whole = only is None and not any(map(self._scanned.is_hidden, indexed))
        plan = make_plan(self._scanned, indexed, snapshot.skipped(), self._choice(only))
        self._guard.check(plan)
        return plan

    def _choice(self, only: frozenset[str] | None) -> Choice:
        options = self._options
        return Choice(options.verify, only, self._touched, options.suspects, options.retries)

    def apply(
        self, plan: Plan, progress: Progress, times: ArrivalTimes | None = None
    ) -> SyncReport:
        """Do what the plan says, committing after each batch; documents get their arrival times."""
        report, writer = self._report, self._writer
        report.unchanged = plan.unchanged
        if plan.jobs:
            report.notes += _problems_of_plugins()
        self._remember(plan, is_done=False)
        builder = ReportBuilder(plan, writer, report, self._guard.may_go, self._former)
        builder.begin()
        if plan.reread:
            progress.rereading(self._rereading(plan))
        progress.start(len(plan.jobs), sum(job.state.size for job in plan.jobs))
        with closing(self._load(plan, progress, times)) as batches:
            for loaded in batches:
                writer.adopt(loaded.batch)
                builder.count(loaded)
                if not self._options.rebuild:
                    writer.commit()
                progress.advance(len(loaded.files), loaded.passages, loaded.size)
        self._finish(plan, builder)
        return report

    def _load(
        self, plan: Plan, progress: Progress, times: ArrivalTimes | None
    ) -> Generator[Loaded, None, None]:
        if plan.jobs:
            from backstory.indexer.workers import (  # 60 ms: only where there is something to read
                LoadOptions,
                load_all,
            )

            options, jobs = LoadOptions(self._config, times), processes(self._config)
            yield from load_all(self._index, options, plan.jobs, jobs, progress.reading)

    def _finish(self, plan: Plan, builder: ReportBuilder) -> None:
        """Delete what is gone, note what was skipped, commit; raise RemovalRefused for too much."""
        lost, before = builder.losses(), builder.documents_before
        if self._former is not None:
            self._guard.refuse(len(lost), before)
        is_too_much = self._guard.is_too_much(len(lost), before)
        retained = builder.delete(but=lost if is_too_much else frozenset())
        skipped = {file.path: file for file in builder.skipped}
        if retained:
            remark = Remark.of(Code.RETAINED, removed=len(retained), documents=before)
            skipped[""] = SkippedFile("", remark)
        report = self._report
        report.retained = len(retained)
        report.skipped = tuple(sorted(skipped.values(), key=lambda file: file.path))
        self._writer.skip(report.skipped)
        self._remember(plan, is_done=self._is_whole and not builder.has_kept)
        self._writer.commit()
        self._guard.refuse(len(retained), before, changed=True)

    def _remember(self, plan: Plan, *, is_done: bool) -> None:
        """Note with which settings the documents are read, as far as this run has come."""
        settings = settings_of(self._config)
        if self._changed and not is_done:
            if not any(job.name in self._touched for job in plan.jobs):
                return
            settings |= dict.fromkeys(self._changed)
        self._writer.remember(settings)

    def _rereading(self, plan: Plan) -> Rereading:
        indexed = [plan.indexed[name] for name in plan.reread if name in plan.indexed]
        documents = sum(len(each.documents) for each in indexed)
        return Rereading(self._changed, documents, len(plan.reread) - len(indexed))


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
