"""Builds the report of a run batch by batch, and deletes documents that are gone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from backstory.engine.documents import Document, FileState, SkippedFile
from backstory.engine.indexes.contract import Writer
from backstory.engine.remarks import Code, Remark
from backstory.indexer.corpus import path_of
from backstory.indexer.duplicates import Deduplicator, duplicate_of, is_duplicate
from backstory.indexer.plan import Plan
from backstory.indexer.readers.metadata import is_date_note
from backstory.indexer.workers import Loaded


@dataclass(slots=True)
class SyncReport:
    """What a run did; `documents` and `passages` are totals of the index afterwards.

    `reread` counts documents read again because settings changed, with unchanged content. `heirs`
    maps documents that were skipped as duplicates before to the id of the document that they
    replace.
    """

    added: int = 0
    changed: int = 0
    moved: int = 0
    removed: int = 0
    reread: int = 0
    unchanged: int = 0
    indexed_passages: int = 0
    documents: int = 0
    passages: int = 0
    generation: int = 0
    seconds: float = 0.0
    recovered: bool = False
    skipped: tuple[SkippedFile, ...] = ()
    # Notes on where a date comes from stay out: most documents have one.
    notes: list[tuple[str, Remark]] = field(default_factory=list)
    heirs: dict[str, str] = field(default_factory=dict)

    @property
    def has_changes(self) -> bool:
        """The run may have changed what searches find."""
        return bool(self.added or self.changed or self.moved or self.removed or self.reread)

    @property
    def unread(self) -> tuple[SkippedFile, ...]:
        """The skipped files that are not duplicates: their content is not in the index at all."""
        return tuple(skipped for skipped in self.skipped if not is_duplicate(skipped))


class ReportBuilder:
    """Counts loaded batches into a report, and deletes from the index what they no longer contain.

    `has_kept` tells whether a file could not be read for now, so that its documents stay indexed.
    """

    def __init__(self, plan: Plan, writer: Writer, report: SyncReport) -> None:
        self._plan, self._writer, self._report = plan, writer, report
        self._known = {
            i: sha for file in plan.indexed.values() for i, sha in file.documents.items()
        }
        self._gone: dict[str, str] = {}
        self._duplicates = Deduplicator(plan.settled, self._known, plan.settled_members)
        self._counted: dict[str, str] = {}
        self._skipped: dict[str, SkippedFile] = {s.path: s for s in plan.skipped}
        self.has_kept = False

    @property
    def skipped(self) -> tuple[SkippedFile, ...]:
        """Everything that is not in the index, with its reason."""
        return tuple(self._skipped.values())

    def remove(self) -> None:
        """Delete the documents of files that are gone."""
        for file in self._plan.removed:
            for document_id in file.documents:
                self._delete(document_id)

    def count(self, loaded: Loaded) -> None:
        """Count a batch that was adopted; delete documents that its files no longer contain."""
        for failure in loaded.failures:
            self._skipped[failure.skipped.path] = failure.skipped
        for name in loaded.files:
            file = self._plan.indexed.get(name)
            if file and name in loaded.kept:
                self.has_kept = True
                self._report.unchanged += len(file.documents)
            elif file:
                for document_id in file.documents.keys() - loaded.ids:
                    self._delete(document_id)
        for document, state, passages in loaded.documents:
            notes = (note for note in document.notes if not is_date_note(note))
            self._report.notes += [(document.path, note) for note in notes]
            self._report.indexed_passages += passages
            self._settle(document, state)

    def _delete(self, document_id: str) -> None:
        self._writer.delete(document_id)
        self._gone[self._known[document_id]] = document_id
        self._report.removed += 1

    def _settle(self, document: Document, state: FileState) -> None:
        self._count_one(document, state.path in self._plan.stale)
        former = self._plan.copies.get(path_of(document.path, state), "")
        if self._known.get(former) == document.sha256:
            self._report.heirs[document.id] = former
        outcome = self._duplicates.settle(document, state)
        if outcome is not None:
            left_out, skipped = outcome
            self._writer.delete(left_out)
            self._skipped.update((each.path, each) for each in skipped)
            self._lead_to(duplicate_of(skipped[0]), instead=left_out)
            self._uncount(left_out)

    def _count_one(self, document: Document, is_stale: bool) -> None:
        known = self._known.get(document.id)
        if known == document.sha256:
            kind = "reread" if is_stale else "unchanged"
        elif known is not None:
            kind = "changed"
        elif self._gone.pop(document.sha256, None):
            kind = "moved"
            self._report.removed -= 1
        else:
            kind = "added"
        self._counted[document.id] = kind
        setattr(self._report, kind, getattr(self._report, kind) + 1)

    def _lead_to(self, kept: str, *, instead: str) -> None:
        """Have the copies of a document that is left out lead to the one that is kept."""
        for path, each in self._skipped.items():
            if duplicate_of(each) == instead:
                remark = Remark.of(Code.DUPLICATE, of=kept)
                self._skipped[path] = replace(each, remark=remark)

    def _uncount(self, document_id: str) -> None:
        """Take back what was counted for a document that turned out to be a copy."""
        kind = self._counted.pop(document_id, "unchanged")
        self._report.heirs.pop(document_id, None)
        setattr(self._report, kind, getattr(self._report, kind) - 1)
        if document_id in self._known:
            self._report.removed += 1
