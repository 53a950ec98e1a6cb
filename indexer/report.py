"""Builds the report of a run batch by batch, and deletes documents that are gone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from backstory.engine.documents import Document, FileState, SkippedFile
from backstory.engine.indexes.contract import Writer
from backstory.engine.outcomes import is_passing, kept_under, tried_again
from backstory.engine.remarks import Code, Remark
from backstory.indexer.corpus import is_under, path_of
from backstory.indexer.duplicates import Deduplicator, duplicate_of, is_duplicate
from backstory.indexer.former import Former
from backstory.indexer.plan import IndexedFile, Plan
from backstory.indexer.readers.metadata import is_date_note

if TYPE_CHECKING:
    from backstory.indexer.workers import Loaded


@dataclass(slots=True)
class SyncReport:
    """What a run did; `documents` and `passages` are totals of the index afterwards.

    `reread` counts documents read again because settings changed, with unchanged content. `heirs`
    maps documents that were skipped as duplicates before to the id of the document that they
    replace. `stale` are those of the skipped files whose documents stay as they were read before.
    `retained` counts the documents whose files are gone, and which stay because they are too many.
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
    retained: int = 0
    skipped: tuple[SkippedFile, ...] = ()
    stale: tuple[SkippedFile, ...] = ()
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
    """Counts loaded batches into a report, and notes which documents they no longer contain.

    What is gone is deleted at the end, when it is known how much of it there is and what of it has
    only moved; what a file no longer has beside other documents goes with these, as long as
    `may_go` allows so many of so many documents. `has_kept` tells whether a file could not be read
    for now, so that its documents stay indexed. `former` are the files of the index that a rebuild
    replaces.
    """

    def __init__(
        self,
        plan: Plan,
        writer: Writer,
        report: SyncReport,
        may_go: Callable[[int, int], bool],
        former: Former | None = None,
    ) -> None:
        self._may_go = may_go
        self._plan, self._writer, self._report, self._former = plan, writer, report, former
        self._files = plan.indexed if former is None else former.files
        self._before = {i: sha for f in self._files.values() for i, sha in f.documents.items()}
        self._known = self._before if former is None else {}
        self._gone: dict[str, str] = {}
        self._counted: dict[str, str] = {}
        self._settled = plan.settled
        self._contents = set(self._settled.values())
        self._skipped: dict[str, SkippedFile] = {s.path: s for s in plan.skipped}
        self.has_kept = False
        self._leaving: set[str] = set()
        self._meant: set[str] = set()
        self._dropped: set[str] = set()

    @cached_property
    def _duplicates(self) -> Deduplicator:
        return Deduplicator(self._settled, self._known, self._plan.settled_members)

    @property
    def skipped(self) -> tuple[SkippedFile, ...]:
        """Everything that is not in the index, with its reason."""
        return tuple(self._skipped.values())

    def begin(self) -> None:
        """Note the documents of files that are gone, and keep what could not be seen."""
        if self._former is None:
            for file in self._plan.removed:
                self._leave(file.documents)
            return
        self._leaving = set(self._before)
        for file in self._former.unseen:
            self._keep(file, file.documents.keys())

    def count(self, loaded: Loaded) -> None:
        """Count a batch that was adopted; note documents that its files no longer contain."""
        for skipped in loaded.failures:
            self._skipped[skipped.path] = tried_again(skipped, self._plan.failed.get(skipped.path))
        passing = set(map(kept_under, filter(is_passing, loaded.failures)))
        ids = loaded.ids
        for name in loaded.files:
            if file := self._files.get(name):
                missing = file.documents.keys() - ids
                kept = {i for i in missing if name in passing or is_under(i, passing)}
                self._leave(missing - kept)
                if len(missing) < len(file.documents):
                    self._drop(missing - kept)
                if name in self._plan.reread:
                    self._meant |= missing
                self._keep(file, kept)
        for document, state, passages in loaded.documents:
            notes = (note for note in document.notes if not is_date_note(note))
            self._report.notes += [(document.path, note) for note in notes]
            self._report.indexed_passages += passages
            self._settle(document, state)

    def losses(self) -> frozenset[str]:
        """Return the ids of the documents that are about to go, and whose content goes with them.

        What has only moved, or is the copy of another document by now, is not lost, nor is what a
        changed setting leaves out.
        """
        leaving = self._leaving - self._counted.keys() - self._meant
        return frozenset(i for i in leaving if self._before[i] not in self._contents)

    @property
    def documents_before(self) -> int:
        """How many documents there were before the run."""
        return len(self._before)

    def delete(self, *, but: frozenset[str]) -> frozenset[str]:
        """Delete the documents that are gone, but for some; return those of them that are left."""
        if self._former is not None:
            return frozenset()  # nothing of the old index is in the new one
        retained = but - self._dropped
        self._report.removed -= len(retained)
        for document_id in self._leaving - self._counted.keys() - retained - self._dropped:
            self._writer.delete(document_id)
        return retained

    def _keep(self, file: IndexedFile, ids: Collection[str]) -> None:
        if not ids:
            return
        self.has_kept = True
        if self._former is not None:
            copied = list(self._former.read(file, ids))
            self._writer.add(copied)
            ids = {each.document.id for each in copied}
        self._leaving.difference_update(ids)
        self._contents.update(file.documents[each] for each in ids)
        self._report.unchanged += len(ids)

    def _drop(self, ids: set[str]) -> None:
        """Delete now what must not be seen beside the other documents of its file."""
        if self._former is None and self._may_go(len(self._dropped | ids), len(self._before)):
            self._dropped |= ids
            for document_id in ids:
                self._writer.delete(document_id)

    def _leave(self, ids: Iterable[str]) -> None:
        if self._former is not None:
            return  # all of the old index has left, but for what is kept
        for document_id in ids:
            self._leaving.add(document_id)
            self._gone[self._known[document_id]] = document_id
            self._report.removed += 1

    def _settle(self, document: Document, state: FileState) -> None:
        self._count_one(document, state.path in self._plan.reread)
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

    def _count_one(self, document: Document, is_reread: bool) -> None:
        known = self._known.get(document.id)
        if known == document.sha256:
            kind = "reread" if is_reread else "unchanged"
        elif known is not None:
            kind = "changed"
        elif self._gone.pop(document.sha256, None):
            kind = "moved"
            self._report.removed -= 1
        else:
            kind = "added"
        self._counted[document.id] = kind
        self._contents.add(document.sha256)
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
