"""The one writer of an index on a cluster.

Everything is written under the number of the next commit, which no reader sees before the control
entry says so. Replacing a document writes its old entries anew, with the number under which they
die. Versions begin with that number, and the cluster keeps the highest: a writer that was paused,
and wakes when others have gone on, changes nothing of theirs.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from backstory.engine.analysis import Analyzer
from backstory.engine.documents import IndexedDocument, SkippedFile
from backstory.engine.embeddings import EmbeddingModel
from backstory.engine.errors import BackstoryError, IndexBusy, UnreadableDocument
from backstory.engine.indexes.contract import DocumentVectors
from backstory.engine.indexes.counts import Counts
from backstory.engine.indexes.opensearch.cluster import Cluster
from backstory.engine.indexes.opensearch.control import Control, Lease, State
from backstory.engine.indexes.opensearch.entries import Batch, prepare
from backstory.engine.indexes.opensearch.leasing import Hold
from backstory.engine.indexes.opensearch.transaction import Transaction
from backstory.engine.indexes.opensearch.vacuum import aged, delete_epochs, vacuum

DOCUMENTS = 200  # that are prepared and sent at a time


def begun(state: State) -> State:
    """Return the state with the lease of a new writer, after whatever the last one left behind."""
    aborted = state.aborted
    if state.lease is not None:  # it did not end in order: its number is lost
        aborted = (*aborted, state.reserved)
    changed = replace(state, aborted=aborted)
    return replace(changed, reserved=changed.unused, lease=Lease.new())


class OpenSearchWriter:
    """Holds the lease from its creation to `close`."""

    def __init__(
        self, cluster: Cluster, control: Control, analyzer: Analyzer, *, wait: float, rebuild: bool
    ) -> None:
        self._cluster, self._control, self._analyzer = cluster, control, analyzer
        taken = control.take(wait, begun, rebuild=rebuild)
        self._hold = Hold(control, taken.seen)
        self.recovered = taken.before.lease is not None
        self._rebuilds = rebuild
        self._is_open = True
        try:
            delete_epochs(cluster, control, self._hold.state)  # before another one needs the room
            self._begin()
        except BaseException:
            self.close()
            raise

    def _begin(self) -> None:
        """Start a transaction from the newest commit, or from nothing."""
        state = self._hold.state
        self._skipped: tuple[SkippedFile, ...] | None = None
        self._settings = dict(state.settings)
        if self._rebuilds:
            state = replace(state, deltas=(), counts=Counts(), model=None, vectors=0, skipped=0)
            self._settings = {}
        self._transaction = Transaction(
            self._cluster, self._control, self._hold, self._analyzer, state
        )
        if self._rebuilds or not state.epoch:
            self._transaction.start_over()

    def add(self, documents: Iterable[IndexedDocument]) -> None:
        """Add documents, some at a time; raise UnreadableDocument for one that cannot be taken."""
        given, seen = iter(documents), set[str]()
        rejected: dict[str, str] = {}
        while some := list(islice(given, DOCUMENTS)):
            twice = [one.document.id for one in some if one.document.id in seen]
            rejected |= dict.fromkeys(twice, "another document of the batch has the same id")
            batch = prepare([one for one in some if one.document.id not in seen], self._analyzer)
            seen |= {one.document.id for one in some}
            self.adopt(batch)
            rejected |= batch.rejected
        for document_id, reason in rejected.items():
            raise UnreadableDocument(document_id, reason)

    def adopt(self, prepared: Batch) -> None:
        """Send prepared documents; they replace those of the same ids."""
        self._transaction.delete([one.document_id for one in prepared.documents])
        self._transaction.add(prepared.documents)

    def delete(self, document_id: str) -> None:
        """Delete a document; one that is not there is no error."""
        self._transaction.delete([document_id])

    def clear(self) -> None:
        """Delete all documents: what follows goes into an index of its own."""
        if self._skipped is None and not self._transaction.is_new_epoch:
            self._skipped = self._transaction.skipped()  # stays, and has to be written there
        self._transaction.start_over()

    def skip(self, files: Iterable[SkippedFile]) -> None:
        """Replace the list of files that could not be indexed."""
        self._skipped = tuple(files)

    def remember(self, settings: Mapping[str, Any]) -> None:
        """Replace the settings that the documents were read with."""
        self._settings = dict(settings)

    def embed(self, model: EmbeddingModel, vectors: Iterable[DocumentVectors]) -> None:
        """Add vectors of passages; those of another model are forgotten."""
        known = self._transaction.state.model
        if known is None or known.digest != model.digest:
            self._transaction.forget_vectors()
            self._transaction.begin_vectors()
        self._transaction.use_model(model)
        given = iter(vectors)
        while some := list(islice(given, DOCUMENTS)):
            self._transaction.embed(some)

    def forget_vectors(self) -> None:
        """Forget all vectors."""
        self._transaction.forget_vectors()

    def commit(self) -> int:
        """Make the changes visible; without any, keep the generation that there is."""
        transaction, before = self._transaction, self._hold.state
        try:
            transaction.flush()
            skipped = self._new_skipped()
            is_changed = skipped is not None or self._settings != before.settings
            if before.generation and not transaction.has_changed and not is_changed:
                vacuum(self._cluster, self._control, self._hold)
                return before.generation
            if skipped is not None:
                transaction.write_skipped(skipped)
            transaction.write_words()
            transaction.seal()
        except BackstoryError as error:
            try:
                self.rollback()
            except IndexBusy:  # another has taken over: that is why it went wrong
                raise
            except BackstoryError:
                raise error from None
            raise
        generation = transaction.number
        made = replace(
            aged(before, transaction.state, time.time()),
            analyzer=self._control.analyzer,
            generation=generation,
            committed=datetime.now(UTC).isoformat(timespec="seconds"),
            settings=self._settings,
        )
        self._hold.change(replace(made, reserved=made.unused, lease=before.lease))
        self._rebuilds = False
        self._begin()
        vacuum(self._cluster, self._control, self._hold)
        return generation

    def _new_skipped(self) -> tuple[SkippedFile, ...] | None:
        """Return the skipped files where they are others than the epoch has, else None."""
        if self._skipped is None:
            return None
        known = () if self._transaction.is_new_epoch else self._transaction.skipped()
        return None if self._skipped == known else self._skipped

    def rollback(self) -> None:
        """Forget the changes since the last commit, and go on under another number."""
        self._hold.change(self._given_up())
        self._forget_epoch()
        self._begin()

    def _given_up(self) -> State:
        """Return the state without what is not committed, whose number is not used again."""
        transaction, state = self._transaction, self._hold.state
        if transaction.has_written:
            state = replace(state, aborted=(*state.aborted, transaction.number))
        return replace(state, reserved=state.unused)

    def _forget_epoch(self) -> None:
        """Delete the epoch that was given up.

        Only when the control entry says so: the answer to a commit may have been lost, and then the
        epoch is what everybody reads.
        """
        if self._transaction.is_new_epoch:
            self._cluster.delete(self._transaction.index)

    def close(self) -> None:
        """Forget what is not committed and let the next writer in."""
        if not self._is_open:
            return
        self._is_open = False
        has_begun = hasattr(self, "_transaction")
        # Where machines are gone, the next writer gives up this number and deletes the epoch.
        with contextlib.suppress(BackstoryError):
            self._hold.release(self._given_up() if has_begun else self._hold.state)
            if has_begun:
                self._forget_epoch()
