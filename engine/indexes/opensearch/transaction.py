"""What a writer has sent since its last commit, and what that does to the counts."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from backstory.engine.analysis import Analyzer
from backstory.engine.documents import Document, SkippedFile
from backstory.engine.embeddings import EmbeddingModel, Rows
from backstory.engine.indexes.contract import DocumentVectors
from backstory.engine.indexes.counts import Counts
from backstory.engine.indexes.opensearch.cluster import Cluster, Patience, Refused, action
from backstory.engine.indexes.opensearch.control import Control, State
from backstory.engine.indexes.opensearch.entries import (
    ALIVE,
    DocumentEntries,
    StoredDocument,
    document_id,
    document_key,
    entry_id,
    family,
    passage_of,
    routing,
    with_terms,
)
from backstory.engine.indexes.opensearch.leasing import Hold
from backstory.engine.indexes.opensearch.mapping import DOCUMENT, PASSAGE, SEAL, SKIPPED, VECTORS
from backstory.engine.indexes.opensearch.seals import seals_in, seals_needed, seals_of, with_seals
from backstory.engine.indexes.opensearch.skipped import skipped_entries, skipped_files
from backstory.engine.indexes.opensearch.translation import filtered, terms
from backstory.engine.indexes.opensearch.vectors import rows_of, vectors_entry
from backstory.engine.indexes.opensearch.view import View
from backstory.engine.indexes.opensearch.vocabulary import Vocabulary, entries_of

BULK_BYTES = 8_000_000  # of a request
LOOKED_UP = 200  # documents that are deleted at a time
MOST_DELTAS = 32  # lists of words that readers add up
VERSION_BITS = 32  # of the number that a write has within its transaction


class Transaction:
    """The changes of one commit to be; `state` is what the control entry would say."""

    def __init__(
        self, cluster: Cluster, control: Control, hold: Hold, analyzer: Analyzer, state: State
    ) -> None:
        self._cluster, self._control, self._hold = cluster, control, hold
        self._analyzer, self.state = analyzer, state
        self.number = hold.state.reserved
        self._versions = itertools.count(self.number << VERSION_BITS)
        self.index = control.entries_index(state.epoch)
        self.is_new_epoch = False
        self.has_changed = self.has_written = False
        self._view = View(cluster, control, hold.state)
        self._forget()

    def _forget(self) -> None:
        self._own: dict[str, Counts] = {}  # the documents that were added
        self._own_vectors: dict[str, tuple[int, ...]] = {}  # the passages that vectors were sent of
        self._dead: set[str] = set()
        self._dead_vectors: set[tuple[str, int]] = set()  # documents, with when these were born
        self._dying: dict[str, None] = {}
        self._words: Counter[str] = Counter()
        self._lines: list[bytes] = []
        self._bytes = self._born = self._died = 0

    def start_over(self) -> None:
        """Go on in an empty index, without anything that was there.

        An epoch has the number of its first commit, which no other writer ever has: one that slept
        cannot touch the epoch of the next.
        """
        self._forget()
        self.index = self._control.entries_index(self.number)
        # Noted first: an index whose making fails may be there all the same, and has to be deleted.
        self.has_changed = self.has_written = self.is_new_epoch = True
        empty = replace(self.state, counts=Counts(), deltas=(), skipped=0)
        self.state = replace(empty, epoch=self.number, seals=0)
        self._control.create_entries(self.number)
        self.state = replace(self.state, seals=seals_needed(self._cluster, self.index))

    # What is written.

    def _send(self, id_: str, part: str | int, born: int, entry: dict[str, Any]) -> None:
        content = {"died": ALIVE, **entry, "born": born}
        if entry["what"] in (DOCUMENT, PASSAGE):
            content["family"] = family(id_, entry["what"], born)
        self._append(action("index", self._options(id_, part, born), content))

    def _options(self, id_: str, part: str | int, born: int) -> dict[str, Any]:
        """Return where an entry goes, with a version above all that were given before.

        Bytes that are sent again keep theirs, so that a copy which is late undoes nothing.
        """
        return {
            "_id": entry_id(id_, part, born),
            "routing": routing(id_),
            "version": next(self._versions),
            "version_type": "external_gte",
        }

    def _append(self, line: bytes) -> None:
        self.has_written = True
        self._lines.append(line)
        self._bytes += len(line)
        if self._bytes >= BULK_BYTES:
            self._send_all()

    def _send_all(self) -> None:
        lines, self._lines, self._bytes = self._lines, [], 0
        if lines:
            self._hold.check()
            try:
                self._cluster.bulk(self.index, lines)
            except Refused:
                self._hold.renew()  # the index may be gone because another has taken over
                raise

    def flush(self) -> None:
        """Send everything that waits."""
        self._delete_waiting()
        self._send_all()

    def seal(self) -> None:
        """Make sure that all of it can be found; raises IndexUnavailable where it cannot, in time.

        Seals come last: whoever sees one sees everything before it.
        """
        self.flush()
        for id_, seal in seals_of(self.number, self.state.seals):
            self._send(id_, SEAL, self.number, seal)
        self.flush()
        self._cluster.refresh(self.index)
        patience, written = Patience(self._cluster), [self._born, self._died]
        while True:
            found, is_sealed = self._counted(patience)
            if is_sealed and found == written:
                return
            self._hold.renew()  # some may be gone because another has taken over
            patience.wait(f"{found} entries are there of {written} that were written")

    def _counted(self, patience: Patience) -> tuple[list[int], bool]:
        """Return how many entries were born and died, and whether all seals were counted too."""
        kinds = {"terms": {"what": [DOCUMENT, PASSAGE, VECTORS]}}
        queries = [filtered(kinds, {"term": {name: self.number}}) for name in ("born", "died")]
        bodies = [{"size": 0, "track_total_hits": True, "query": query} for query in queries]
        sealed = [with_seals(body, self.number) for body in bodies]
        answers = self._cluster.searches(self.index, sealed, patience)
        is_sealed = all(0 < seals_in(answer) == self.state.seals for answer in answers)
        return [answer["hits"]["total"]["value"] for answer in answers], is_sealed

    # Documents.

    def add(self, documents: Iterable[DocumentEntries]) -> None:
        """Send documents that are not there, or are deleted."""
        for one in documents:
            for entry in one.entries:
                self._send(one.document_id, entry["n"], self.number, entry)
            self._born += len(one.entries)
            self._own[one.document_id] = one.counts
            self._words.update(one.surfaces)
            self._count(one.counts, 1)

    def _count(self, counts: Counts, sign: int) -> None:
        self.has_changed = True
        self.state = replace(self.state, counts=self.state.counts.plus(counts, sign))

    def delete(self, ids: Sequence[str]) -> None:
        """Delete documents; those that are not there are no error."""
        for id_ in ids:
            own = self._own.pop(id_, None)
            if own is not None:
                self._unsend(id_, own)
            elif id_ not in self._dead and not self.is_new_epoch:
                self._dying[id_] = None
        if len(ids) > 1 or len(self._dying) >= LOOKED_UP:
            self._delete_waiting()

    def _unsend(self, id_: str, counts: Counts) -> None:
        """Delete what was sent of a document since the last commit."""
        numbers = range(counts.passages + 1)
        entries = self._sent([(id_, number) for number in numbers])
        document = StoredDocument.of(entries[0]).document
        for entry in entries[1:]:
            self._words.subtract(self._surfaces(entry, document))
        self._born -= len(entries)
        self._remove(id_, numbers)
        self._remove_vectors(id_)
        self._count(counts, -1)

    def _sent(self, parts: Sequence[tuple[str, str | int]]) -> list[dict[str, Any]]:
        """Return entries of this transaction; raises IndexBusy where another has taken over."""
        self._send_all()
        docs = [
            {"_id": entry_id(*part, self.number), "routing": routing(part[0])} for part in parts
        ]
        patience = Patience(self._cluster)
        while True:
            answer = self._cluster.request(
                "POST", f"/{self.index}/_mget", {"docs": docs}, patience=patience
            )
            entries = [found["_source"] for found in answer["docs"] if "_source" in found]
            if len(entries) == len(docs):
                return entries
            self._hold.renew()
            patience.wait(f"{len(entries)} entries are there of {len(docs)} that were written")

    def _remove(self, id_: str, parts: Iterable[str | int]) -> None:
        """Delete entries of this transaction."""
        for part in parts:
            self._append(action("delete", self._options(id_, part, self.number)))

    def _remove_vectors(self, id_: str) -> None:
        if self._own_vectors.pop(id_, None) is not None:
            self._born -= 1
            self._remove(id_, "v")

    def _surfaces(self, entry: dict[str, Any], document: Document) -> set[str]:
        passage = passage_of(entry)
        pairs = self._analyzer.terms(passage.text, passage.language_in(document))
        return {surface for surface, _ in pairs}

    def _delete_waiting(self) -> None:
        while self._dying:
            some = list(self._dying)[:LOOKED_UP]
            for id_ in some:
                del self._dying[id_]
            self._kill(some)

    def _kill(self, ids: Sequence[str]) -> None:
        """Let the committed entries of some documents die."""
        keys = [document_key(id_) for id_ in ids]
        stored = {key: StoredDocument.of(e) for key, e in self._view.document_entries(keys).items()}
        if not stored:
            return
        found = self._view.living((DOCUMENT, PASSAGE, VECTORS), terms("doc", stored))
        for entry in self._view.entries(found, [{"doc": "asc"}, {"n": "asc"}, {"what": "asc"}]):
            document = stored[entry["doc"]].document
            if entry["what"] == VECTORS:
                self._die_vectors(entry, document.id)
                continue
            if entry["what"] == PASSAGE:
                self._words.subtract(self._surfaces(entry, document))
            whole = with_terms(entry, document, self._analyzer)
            self._die(document.id, entry["n"], whole)
        for one in stored.values():
            self._remove_vectors(one.document.id)
            self._dead.add(one.document.id)
            self._count(one.counts, -1)

    def _die(self, id_: str, part: str | int, entry: dict[str, Any]) -> None:
        self._died += 1
        self._send(id_, part, entry["born"], {**entry, "died": self.number})

    def _die_vectors(self, entry: dict[str, Any], id_: str) -> None:
        key = id_, entry["born"]
        if key not in self._dead_vectors:
            self._dead_vectors.add(key)
            self._die(id_, "v", entry)

    # Vectors.

    def use_model(self, model: EmbeddingModel) -> None:
        """Note what the vectors are made with."""
        self.has_changed = self.has_changed or self.state.model != model
        self.state = replace(self.state, model=model)

    def begin_vectors(self) -> None:
        """Start a set of vectors; those of others are not seen any more."""
        self.state = replace(self.state, vectors=self.number)

    def forget_vectors(self) -> None:
        """Have no vectors."""
        self.has_changed = self.has_changed or self.state.model is not None
        self.state = replace(self.state, model=None, vectors=0)
        for id_ in list(self._own_vectors):
            self._remove_vectors(id_)

    def embed(self, vectors: Sequence[DocumentVectors]) -> None:
        """Add vectors of passages to those that there are; the last given of a passage counts."""
        self._delete_waiting()
        ids = list(dict.fromkeys(one.document_id for one in vectors))
        sizes = {id_: own.passages for id_ in ids if (own := self._own.get(id_))}
        committed = [id_ for id_ in ids if id_ not in sizes and id_ not in self._dead]
        known: dict[str, dict[str, Any]] = {}
        if committed and not self.is_new_epoch:
            keys = [document_key(id_) for id_ in committed]
            for key, entry in self._view.document_entries(keys).items():
                sizes[document_id(key)] = StoredDocument.of(entry).counts.passages
            query = self._view.living(
                VECTORS, terms("doc", keys), {"term": {"set": self.state.vectors}}
            )
            known = {document_id(entry["doc"]): entry for entry in self._view.entries(query)}
        known |= self._sent_vectors([id_ for id_ in ids if id_ in self._own_vectors])
        for id_ in ids:
            given = [one for one in vectors if one.document_id == id_]
            self._embed_one(id_, sizes.get(id_, 0), given, known.get(id_))

    def _sent_vectors(self, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Return the entries of vectors that were sent since the last commit."""
        entries = self._sent([(id_, "v") for id_ in ids]) if ids else []
        for id_, entry in zip(ids, entries, strict=True):
            if tuple(rows_of(entry)[0]) != self._own_vectors[id_]:
                raise self._cluster.unavailable("a machine answers that has not seen the newest")
        return dict(zip(ids, entries, strict=True))

    def _embed_one(
        self,
        id_: str,
        passages: int,
        given: Sequence[DocumentVectors],
        known: dict[str, Any] | None,
    ) -> None:
        """Send the vectors of a document, with those that there are in an entry that is known."""
        rows: dict[int, Rows] = dict(zip(*rows_of(known), strict=True)) if known else {}
        for one in given:
            pairs = zip(one.numbers, one.rows, strict=True)
            rows |= {number: row for number, row in pairs if 0 < number <= passages}
        if not rows:
            return
        if id_ not in self._own_vectors:
            self._born += 1
            if known:
                self._die_vectors(known, id_)
        numbers = tuple(sorted(rows))
        table = np.stack([rows[number] for number in numbers])
        self._own_vectors[id_] = numbers
        self.has_changed = True
        entry = vectors_entry(id_, self.state.vectors, numbers, table)
        self._send(id_, "v", self.number, entry)

    # Lists.

    def skipped(self) -> tuple[SkippedFile, ...]:
        """Return the files that the commit before this one could not index."""
        return skipped_files(self._view)

    def write_skipped(self, skipped: Sequence[SkippedFile]) -> None:
        """Send the files that could not be indexed."""
        self.state = replace(self.state, skipped=self.number if skipped else 0)
        for entry in skipped_entries(skipped, self.number):
            self._send(SKIPPED, f"{SKIPPED}{entry['n']}", self.number, entry)

    def write_words(self) -> None:
        """Send by how much the numbers of passages that hold each word change."""
        deltas, counts = self.state.deltas, self._words
        if len(deltas) >= MOST_DELTAS:
            deltas, counts = (), Counter(counts)
            for surface, passages in Vocabulary(self._view).counts.items():
                counts[surface] += passages
        entries = list(entries_of(counts, self.number))
        for entry in entries:
            self._send("w", f"w{entry['n']}", self.number, entry)
        self.state = replace(self.state, deltas=(*deltas, self.number) if entries else deltas)
