"""Plans a run: compares the files of the corpus with those in the index."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, field

from backstory.engine.documents import FileState, SkippedFile
from backstory.engine.indexes.contract import Snapshot
from backstory.indexer.corpus import DocumentIds, Scan, is_under, limited, printable
from backstory.indexer.duplicates import duplicate_of, is_duplicate
from backstory.indexer.loading import FileJob
from backstory.indexer.readers.dispatch import may_be_read_now


@dataclass(frozen=True, slots=True)
class IndexedFile:
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
    """Files to load, files to delete, and the number of documents that stay as they are.

    `indexed` are all files in the index, by name. `copies` maps the paths that were skipped as
    duplicates to the id of the document they duplicate. `stale` names the files among the jobs
    that were read before, with other settings.
    """

    jobs: list[FileJob] = field(default_factory=list)
    removed: list[IndexedFile] = field(default_factory=list)
    skipped: list[SkippedFile] = field(default_factory=list)
    indexed: dict[str, IndexedFile] = field(default_factory=dict)
    copies: dict[str, str] = field(default_factory=dict)
    stale: frozenset[str] = frozenset()
    unchanged: int = 0

    @property
    def is_empty(self) -> bool:
        """The index is up to date with the corpus."""
        return not (self.jobs or self.removed)

    @property
    def settled(self) -> dict[str, str]:
        """The ids and hashes of documents that this run leaves as they are."""
        return {
            document_id: sha256
            for indexed in self._untouched
            for document_id, sha256 in indexed.documents.items()
        }

    @property
    def settled_members(self) -> dict[str, FileState]:
        """The ids of those among them that lie within a file, with the file."""
        return {
            document_id: indexed.state
            for indexed in self._untouched
            for document_id in indexed.documents
            if document_id != indexed.document_id
        }

    @property
    def _untouched(self) -> list[IndexedFile]:
        touched = {job.name for job in self.jobs} | {indexed.state.path for indexed in self.removed}
        return [indexed for name, indexed in self.indexed.items() if name not in touched]


def indexed_files(snapshot: Snapshot) -> dict[str, IndexedFile]:
    """Return the indexed files by name."""
    indexed: dict[str, IndexedFile] = {}
    for state, document_id, sha256 in snapshot.files():
        indexed.setdefault(state.path, IndexedFile(state)).documents[document_id] = sha256
    return indexed


def make_plan(
    scanned: Scan,
    indexed: dict[str, IndexedFile],
    known_skipped: Iterable[SkippedFile],
    *,
    verify: bool = False,
    only: frozenset[str] | None = None,
    touched: frozenset[str] = frozenset(),
) -> Plan:
    """Compare a scan of the corpus with the indexed files and return what to do.

    `verify` reads every file again instead of trusting its size and modification time. `only`
    limits the run to files under these names, and to duplicates elsewhere of what changes or
    disappears there. `touched` names the files whose documents changed settings may affect.
    """
    known = tuple(known_skipped)
    if only is None:
        return _compared(scanned, indexed, known, verify, None, touched)
    wanted = only
    while True:
        plan = _compared(limited(scanned, wanted), indexed, known, verify, wanted, touched)
        lonely = _lonely_outside(wanted, known, plan.settled)
        if not lonely:
            return plan
        wanted |= lonely


def _compared(
    scanned: Scan,
    indexed: dict[str, IndexedFile],
    known_skipped: tuple[SkippedFile, ...],
    verify: bool,
    only: Container[str] | None,
    touched: frozenset[str],
) -> Plan:
    """Return the plan for the scanned files; the rest of the corpus is left alone."""
    plan = Plan(indexed=indexed, skipped=list(scanned.skipped))
    plan.copies = {each.path: duplicate_of(each) for each in known_skipped if is_duplicate(each)}
    plan.removed = [
        known
        for name, known in indexed.items()
        if name not in scanned.files
        and not scanned.is_hidden(name)
        and (only is None or is_under(name, only))
    ]
    skipped_of = _by_file(known_skipped)
    same = set() if verify else _unchanged(scanned, indexed, skipped_of) - touched
    _jobs(plan, scanned, same)
    while lonely := _lonely(same & skipped_of.keys(), skipped_of, plan.settled):
        same -= lonely
        _jobs(plan, scanned, same)
    plan.stale = touched & {j.name for j in plan.jobs} & (indexed.keys() | skipped_of.keys())
    for name in scanned.files:
        if name in same:
            plan.skipped += skipped_of.get(name, ())
            plan.unchanged += len(indexed[name].documents) if name in indexed else 0
    if only is not None:
        plan.skipped += [each for each in known_skipped if not is_under(each.path, only)]
    return plan


def _by_file(skipped: Iterable[SkippedFile]) -> dict[str, list[SkippedFile]]:
    """Group skipped files and members by the file that contains them."""
    by_file: dict[str, list[SkippedFile]] = {}
    for each in skipped:
        if each.state:
            by_file.setdefault(each.state.path, []).append(each)
    return by_file


def _lonely(
    names: Iterable[str], skipped_of: dict[str, list[SkippedFile]], settled: dict[str, str]
) -> set[str]:
    return {name for name in names if _has_lost_its_original(skipped_of[name], settled)}


def _lonely_outside(
    only: Container[str], known_skipped: Iterable[SkippedFile], settled: dict[str, str]
) -> set[str]:
    """Return the files outside `only` whose skipped duplicates have lost their original."""
    return {
        each.state.path
        for each in known_skipped
        if each.state
        and not is_under(each.state.path, only)
        and _has_lost_its_original([each], settled)
    }


def _unchanged(
    scanned: Scan, indexed: dict[str, IndexedFile], skipped_of: dict[str, list[SkippedFile]]
) -> set[str]:
    return {
        name
        for name, state in scanned.files.items()
        if (indexed[name].state == state if name in indexed else name in skipped_of)
        and all(
            s.state == state and not may_be_read_now(s.remark) for s in skipped_of.get(name, ())
        )
    }


def _has_lost_its_original(skipped: Iterable[SkippedFile], settled: dict[str, str]) -> bool:
    """Tell whether one was skipped as a duplicate of a document that may have changed since."""
    return any((original := duplicate_of(each)) and original not in settled for each in skipped)


def _jobs(plan: Plan, scanned: Scan, same: set[str]) -> None:
    if same.issuperset(scanned.files):
        plan.jobs = []
        return
    own = {name: indexed.document_id for name, indexed in plan.indexed.items()}
    ids = DocumentIds({name: document_id for name, document_id in own.items() if document_id})
    plan.jobs = [
        FileJob(name, ids.of(name), state)
        for name, state in scanned.files.items()
        if name not in same
    ]
