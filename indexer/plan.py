"""What a run has to do: the corpus compared with what the index holds of it."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, field

from backstory.engine.documents import FileState, SkippedFile
from backstory.engine.indexes.contract import Snapshot
from backstory.indexer.corpus import DocumentIds, Scan, is_under, limited, printable
from backstory.indexer.loading import FileJob
from backstory.indexer.readers.opening import may_be_read_now
from backstory.indexer.twins import is_twin, twin_of


@dataclass(frozen=True, slots=True)
class Held:
    """A file whose documents are in the index: its state, and their ids with their hashes."""

    state: FileState
    documents: dict[str, str] = field(default_factory=dict)

    @property
    def document_id(self) -> str | None:
        """The id of the file's own document, None where it has only members."""
        below = f"{printable(self.state.path)}/"
        return next((each for each in self.documents if not each.startswith(below)), None)


@dataclass(slots=True)
class Plan:
    """Files to load, files that are gone, and how many documents need nothing.

    `copies` are the paths that were left out until now, with the id of the document they repeat;
    `stale` are the files among the jobs that were read before, with other settings.
    """

    jobs: list[FileJob] = field(default_factory=list)
    removed: list[Held] = field(default_factory=list)
    skipped: list[SkippedFile] = field(default_factory=list)
    held: dict[str, Held] = field(default_factory=dict)
    copies: dict[str, str] = field(default_factory=dict)
    stale: frozenset[str] = frozenset()
    unchanged: int = 0

    @property
    def is_empty(self) -> bool:
        """The index is as the corpus is."""
        return not (self.jobs or self.removed)

    @property
    def settled(self) -> dict[str, str]:
        """The ids and hashes of documents that this run leaves as they are."""
        touched = {job.name for job in self.jobs} | {held.state.path for held in self.removed}
        return {
            document_id: sha256
            for name, held in self.held.items()
            if name not in touched
            for document_id, sha256 in held.documents.items()
        }


def held_files(snapshot: Snapshot) -> dict[str, Held]:
    """Return what the index holds, by file name."""
    held: dict[str, Held] = {}
    for state, document_id, sha256 in snapshot.files():
        held.setdefault(state.path, Held(state)).documents[document_id] = sha256
    return held


def make_plan(
    found: Scan,
    held: dict[str, Held],
    known_skipped: Iterable[SkippedFile],
    *,
    verify: bool = False,
    only: frozenset[str] | None = None,
    touched: frozenset[str] = frozenset(),
) -> Plan:
    """Compare; `verify` trusts no size or time and has every file read again.

    `only` limits the run to what is under some names, and to copies of what changes or goes there.
    `touched` are files that changed settings may make different documents of.
    """
    known = tuple(known_skipped)
    if only is None:
        return _compared(found, held, known, verify, None, touched)
    wanted = only
    while True:
        plan = _compared(limited(found, wanted), held, known, verify, wanted, touched)
        lonely = _lonely_outside(wanted, known, plan.settled)
        if not lonely:
            return plan
        wanted |= lonely


def _compared(
    found: Scan,
    held: dict[str, Held],
    known_skipped: tuple[SkippedFile, ...],
    verify: bool,
    only: Container[str] | None,
    touched: frozenset[str],
) -> Plan:
    """Return the plan for what was found; the rest of the corpus is left alone."""
    plan = Plan(held=held, skipped=list(found.skipped))
    plan.copies = {each.path: twin_of(each) for each in known_skipped if is_twin(each)}
    plan.removed = [
        known
        for name, known in held.items()
        if name not in found.files
        and not found.is_hidden(name)
        and (only is None or is_under(name, only))
    ]
    skipped_of = _by_file(known_skipped)
    same = set() if verify else _unchanged(found, held, skipped_of) - touched
    _jobs(plan, found, same)
    while lonely := _lonely(same & skipped_of.keys(), skipped_of, plan.settled):
        same -= lonely
        _jobs(plan, found, same)
    plan.stale = touched & {j.name for j in plan.jobs} & (held.keys() | skipped_of.keys())
    for name in found.files:
        if name in same:
            plan.skipped += skipped_of.get(name, ())
            plan.unchanged += len(held[name].documents) if name in held else 0
    if only is not None:
        plan.skipped += [each for each in known_skipped if not is_under(each.path, only)]
    return plan


def _by_file(skipped: Iterable[SkippedFile]) -> dict[str, list[SkippedFile]]:
    """Return what is known to be unreadable, by the file that it is or lies in."""
    by_file: dict[str, list[SkippedFile]] = {}
    for each in skipped:
        if each.state:
            by_file.setdefault(each.state.path, []).append(each)
    return by_file


def _lonely(
    names: Iterable[str], skipped_of: dict[str, list[SkippedFile]], settled: dict[str, str]
) -> set[str]:
    return {name for name in names if _has_lost_its_twin(skipped_of[name], settled)}


def _lonely_outside(
    only: Container[str], known_skipped: Iterable[SkippedFile], settled: dict[str, str]
) -> set[str]:
    """Return the files with copies of what is not settled that a limited run would leave alone."""
    return {
        each.state.path
        for each in known_skipped
        if each.state
        and not is_under(each.state.path, only)
        and _has_lost_its_twin([each], settled)
    }


def _unchanged(
    found: Scan, held: dict[str, Held], skipped_of: dict[str, list[SkippedFile]]
) -> set[str]:
    return {
        name
        for name, state in found.files.items()
        if (held[name].state == state if name in held else name in skipped_of)
        and all(
            s.state == state and not may_be_read_now(s.remark) for s in skipped_of.get(name, ())
        )
    }


def _has_lost_its_twin(skipped: Iterable[SkippedFile], settled: dict[str, str]) -> bool:
    """Tell whether one was skipped for its likeness to a document that may be another now."""
    return any((twin := twin_of(each)) and twin not in settled for each in skipped)


def _jobs(plan: Plan, found: Scan, same: set[str]) -> None:
    if same.issuperset(found.files):
        plan.jobs = []
        return
    own = {name: held.document_id for name, held in plan.held.items()}
    ids = DocumentIds({name: document_id for name, document_id in own.items() if document_id})
    plan.jobs = [
        FileJob(name, ids.of(name), state)
        for name, state in found.files.items()
        if name not in same
    ]
