"""Plans a run: compares the files of the corpus with those in the index."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from backstory.engine.documents import FileState, SkippedFile
from backstory.engine.indexes.contract import Snapshot
from backstory.engine.outcomes import MOST_TRIES, is_passing, tries_of
from backstory.indexer.corpus import DocumentIds, Scan, is_under, limited, printable
from backstory.indexer.duplicates import duplicate_of, is_duplicate
from backstory.indexer.readers.dispatch import is_lacking, may_be_read_now


@dataclass(frozen=True, slots=True)
class FileJob:
    """A file to load, and the id that its document gets."""

    name: str
    document_id: str
    state: FileState


@dataclass(slots=True)
class IndexedFile:
    """A file whose documents are in the index: its state, and their ids with their hashes.

    `is_mixed` where some of them were read from another version of the file than the rest.
    """

    state: FileState
    documents: dict[str, str] = field(default_factory=dict)
    is_mixed: bool = False

    @property
    def document_id(self) -> str | None:
        """The id of the file's own document, None where it has only members."""
        below = f"{printable(self.state.path)}/"
        return next((each for each in self.documents if not each.startswith(below)), None)

    def gave(self, path: str) -> bool:
        """Tell whether there are documents of the file, or of the member at this path."""
        return path == self.state.path or any(is_under(each, {path}) for each in self.documents)


@dataclass(slots=True)
class Plan:
    """Files to load, files to delete, and the number of documents that stay as they are.

    `indexed` are all files in the index, by name. `copies` maps the paths that were skipped as
    duplicates to the id of the document they duplicate; `failed` are those, by path, that could not
    be read by the run before. `reread` names the files among the jobs that were read before,
    with other settings.
    """

    jobs: list[FileJob] = field(default_factory=list)
    removed: list[IndexedFile] = field(default_factory=list)
    skipped: list[SkippedFile] = field(default_factory=list)
    indexed: dict[str, IndexedFile] = field(default_factory=dict)
    copies: dict[str, str] = field(default_factory=dict)
    failed: dict[str, SkippedFile] = field(default_factory=dict)
    reread: frozenset[str] = frozenset()
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
        file = indexed.setdefault(state.path, IndexedFile(state))
        file.documents[document_id] = sha256
        file.is_mixed = file.is_mixed or state != file.state
    return indexed


@dataclass(frozen=True, slots=True)
class Choice:
    """Which files a run reads, besides those that are new or have another size, time or inode.

    `verify` reads all of them. `only` limits the run to files under these names, and to duplicates
    elsewhere of what changes or disappears there. `touched` names the files whose documents changed
    settings may affect, `suspects` those that have changed without showing it. `retries` says
    whether to try again what could not be read, although the file is the same.
    """

    verify: bool = False
    only: frozenset[str] | None = None
    touched: frozenset[str] = frozenset()
    suspects: frozenset[str] = frozenset()
    retries: bool = True


USUAL = Choice()


def make_plan(
    scanned: Scan,
    indexed: dict[str, IndexedFile],
    known_skipped: Iterable[SkippedFile],
    choice: Choice = USUAL,
) -> Plan:
    """Compare a scan of the corpus with the indexed files and return what to do."""
    known = tuple(known_skipped)
    if choice.only is None:
        return _compared(scanned, indexed, known, choice)
    while True:
        wanted = choice.only
        plan = _compared(limited(scanned, wanted), indexed, known, choice)
        lonely = _lonely_outside(wanted, known, plan.settled)
        if not lonely:
            return plan
        choice = replace(choice, only=wanted | lonely)


def _compared(
    scanned: Scan,
    indexed: dict[str, IndexedFile],
    known_skipped: tuple[SkippedFile, ...],
    choice: Choice,
) -> Plan:
    """Return the plan for the scanned files; the rest of the corpus is left alone."""
    only = choice.only
    plan = Plan(indexed=indexed, skipped=list(scanned.skipped))
    plan.copies = {each.path: duplicate_of(each) for each in known_skipped if is_duplicate(each)}
    plan.failed = {each.path: each for each in known_skipped if is_passing(each)}
    plan.removed = [
        known
        for name, known in indexed.items()
        if name not in scanned.files
        and not scanned.is_hidden(name)
        and (only is None or is_under(name, only))
    ]
    skipped_of = _by_file(known_skipped)
    same = _unchanged(scanned, indexed, skipped_of, choice)
    _jobs(plan, scanned, same)
    while lonely := _lonely(same & skipped_of.keys(), skipped_of, plan.settled):
        same -= lonely
        _jobs(plan, scanned, same)
    read_before = indexed.keys() | skipped_of.keys()
    plan.reread = choice.touched & {job.name for job in plan.jobs} & read_before
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
    only: frozenset[str], known_skipped: Iterable[SkippedFile], settled: dict[str, str]
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
    scanned: Scan,
    indexed: dict[str, IndexedFile],
    skipped_of: dict[str, list[SkippedFile]],
    choice: Choice,
) -> set[str]:
    """Return the files that need not be read: each is what it was when it was read last."""
    if choice.verify:
        return set()
    files = scanned.files
    known = {
        name
        for name, file in indexed.items()
        if name not in skipped_of and not file.is_mixed and files.get(name) == file.state
    }
    known |= {
        name
        for name, skipped in skipped_of.items()
        if name in files
        and _is_known(files[name], indexed.get(name), skipped)
        and not any(_is_tried_again(each, indexed.get(name), choice) for each in skipped)
    }
    return known - choice.touched - choice.suspects


def _is_known(state: FileState, file: IndexedFile | None, skipped: Sequence[SkippedFile]) -> bool:
    """Tell whether a run has read this version of a file, or could not read all of it."""
    if any(each.state != state for each in skipped):
        return False
    if any(map(is_passing, skipped)):
        return True
    return file is None or (file.state == state and not file.is_mixed)


def _is_tried_again(skipped: SkippedFile, file: IndexedFile | None, choice: Choice) -> bool:
    if not (is_passing(skipped) and choice.retries):
        return False
    if file is not None and file.gave(skipped.path):
        return True
    if is_lacking(skipped.remark):
        return may_be_read_now(skipped.remark)
    return tries_of(skipped) < MOST_TRIES


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
