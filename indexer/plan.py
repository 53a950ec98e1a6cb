"""What a run has to do: the corpus compared with what the index holds of it."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, field

from engine.backends.base import Reader
from engine.documents import FileState, SkippedFile
from indexer.corpus import DocumentIds, Scan, is_under
from indexer.loading import FileJob


@dataclass(frozen=True, slots=True)
class Held:
    """A document that is in the index: its id, its file as it was, and its content's hash."""

    document_id: str
    state: FileState
    sha256: str


@dataclass(slots=True)
class Plan:
    """Files to load, documents whose file is gone, and how many need nothing."""

    jobs: list[FileJob] = field(default_factory=list)
    removed: list[Held] = field(default_factory=list)
    skipped: list[SkippedFile] = field(default_factory=list)
    held: dict[str, Held] = field(default_factory=dict)
    unchanged: int = 0

    @property
    def is_empty(self) -> bool:
        """The index is as the corpus is."""
        return not (self.jobs or self.removed)


def held_files(reader: Reader) -> dict[str, Held]:
    """Return what the index holds, by file name."""
    return {
        state.path: Held(document_id, state, sha256)
        for state, document_id, sha256 in reader.files()
    }


def make_plan(
    found: Scan,
    held: dict[str, Held],
    known_skipped: Iterable[SkippedFile],
    *,
    verify: bool = False,
    only: Container[str] | None = None,
) -> Plan:
    """Compare; `verify` trusts no size or time and has every file read again."""
    plan = Plan(held=held, skipped=list(found.skipped))
    ids = DocumentIds({name: known.document_id for name, known in held.items()})
    still_skipped = {} if verify else {s.path: s for s in known_skipped if s.state}
    for name, state in found.files.items():
        known, skipped = held.get(name), still_skipped.get(name)
        if known and known.state == state and not verify:
            plan.unchanged += 1
        elif skipped and skipped.state == state:
            plan.skipped.append(skipped)
        else:
            plan.jobs.append(FileJob(name, ids.of(name), state))
    plan.removed = [
        known
        for name, known in held.items()
        if name not in found.files
        and not found.is_hidden(name)
        and (only is None or is_under(name, only))
    ]
    if only is not None:
        plan.skipped += [s for s in known_skipped if not is_under(s.path, only)]
    return plan
