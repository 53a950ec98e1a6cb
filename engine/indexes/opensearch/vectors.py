"""The vectors of a commit: kept on the cluster as they are, and compared here.

Up to MOST_VECTORS a reader keeps all of them in memory, and finds the nearest among all. Where
there are more, no passage is found by meaning alone: the vectors of those that were found by words
are fetched, and put them in a better order.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from backstory.engine.documents import Document, Passage
from backstory.engine.embeddings import EmbeddingModel, Rows, cosines
from backstory.engine.indexes.contract import Embedding, Nearest
from backstory.engine.indexes.embedded.arrays import Ids, Numbers
from backstory.engine.indexes.embedded.vectors import VectorReader, sign_bits
from backstory.engine.indexes.opensearch.bounds import Address
from backstory.engine.indexes.opensearch.entries import (
    ALIVE,
    StoredDocument,
    document_id,
    document_key,
    passage_of,
    value_key,
)
from backstory.engine.indexes.opensearch.mapping import PASSAGE, VECTORS
from backstory.engine.indexes.opensearch.translation import Body, any_of, filtered, terms
from backstory.engine.indexes.opensearch.view import BY_ADDRESS, View, first_page

MOST_VECTORS = 1_000_000
NONE = Nearest((), (), 0.0)


@dataclass(frozen=True)
class Loaded:
    """The passages that have a vector, in order, and these, made comparable."""

    addresses: list[Address]
    rows: Rows

    @cached_property
    def places(self) -> dict[Address, int]:
        """The place of each passage."""
        return {address: place for place, address in enumerate(self.addresses)}

    @cached_property
    def reader(self) -> VectorReader:
        """What compares them."""
        return VectorReader([MemoryVectors(self.rows)], [0], np.ones(len(self.rows), bool))


class VectorTable:
    """The vectors of a commit; shared by threads. May begin with those of an earlier commit."""

    def __init__(self, view: View, former: VectorTable | None = None) -> None:
        self._view, self._loading = view, threading.Lock()
        self._loaded: Loaded | None = None
        if former is not None and former._loaded is None:
            former = former._former
        leads = former is not None and former._leads_to(view)
        self._former: VectorTable | None = former if leads else None

    def _leads_to(self, view: View) -> bool:
        """Tell whether all that has changed since this commit can still be found."""
        own, other = self._view.state, view.state
        is_same = (own.model, own.vectors, own.epoch) == (other.model, other.vectors, other.epoch)
        return is_same and other.oldest <= own.generation <= other.generation

    @cached_property
    def embedding(self) -> Embedding | None:
        """What the vectors are of, or None where there are none."""
        model, counts = self._view.state.model, self._view.state.counts
        if model is None:
            return None
        known = sum(n for language, n in counts.languages.items() if model.knows(language))
        return Embedding(model, self._size, max(known - self._size, 0))

    @cached_property
    def _size(self) -> int:
        aggregation = {"size": {"sum": {"field": "size"}}}
        body = {"size": 0, "query": self._living(), "aggs": aggregation}
        return int(self._view.search(body)["aggregations"]["size"]["value"])

    def _living(self, *clauses: Body) -> Body:
        return self._view.living(VECTORS, {"term": {"set": self._view.state.vectors}}, *clauses)

    @property
    def is_whole(self) -> bool:
        """Tell whether the vectors are few enough to be kept in memory, and there are any."""
        return self._view.state.model is not None and 0 < self._size <= MOST_VECTORS

    @property
    def _all(self) -> Loaded:
        with self._loading:
            if self._loaded is None:
                former, self._former = self._former, None
                before = former._loaded if former else None
                if former is None or before is None:
                    self._loaded = self._load()
                else:
                    self._loaded = self._changed(before, former._view.state.generation)
            return self._loaded

    def _load(self) -> Loaded:
        addresses: list[Address] = []
        parts: list[Rows] = []
        for entry in self._view.entries(self._living()):
            id_, (numbers, rows) = document_id(entry["doc"]), rows_of(entry)
            addresses += [(id_, number) for number in numbers]
            parts.append(rows)
        return Loaded(addresses, np.concatenate(parts))

    def _changed(self, before: Loaded, since: int) -> Loaded:
        """Return the vectors of an earlier commit with what has changed since."""
        is_changed = any_of(
            [{"range": {"born": {"gt": since}}}, {"range": {"died": {"gt": since, "lt": ALIVE}}}]
        )
        found = filtered(
            {"term": {"what": VECTORS}}, {"term": {"set": self._view.state.vectors}}, is_changed
        )
        search = first_page(found, [*BY_ADDRESS, {"born": "asc"}], source=("doc",))
        keys = {hit["_source"]["doc"] for hits in self._view.pages(search) for hit in hits}
        if not keys:
            return before
        changed = set(map(document_id, keys))
        kept = [place for place, (id_, _) in enumerate(before.addresses) if id_ not in changed]
        addresses = [before.addresses[place] for place in kept]
        parts = [before.rows[kept]]
        for id_, (numbers, rows) in self.of_documents(changed).items():
            addresses += [(id_, number) for number in numbers]
            parts.append(rows)
        in_order = sorted(range(len(addresses)), key=lambda place: _order(addresses[place]))
        return Loaded([addresses[place] for place in in_order], np.concatenate(parts)[in_order])

    def nearest(self, question: Rows, k: int, within: Iterable[Address] | None) -> Nearest:
        """Return the nearest passages, of some or of all, as the embedded index finds them."""
        if not self.is_whole:
            return NONE
        loaded = self._all
        mask = None
        if within is not None:
            mask = np.zeros(len(loaded.places), bool)
            mask[[loaded.places[each] for each in within if each in loaded.places]] = True
        entries, values = loaded.reader.nearest(question, k, mask)
        first = np.argsort(-values, kind="stable")[:k]
        ids = tuple(loaded.addresses[entry] for entry in entries[first].tolist())
        return Nearest(ids, tuple(values[first].tolist()), loaded.reader.median(question))

    def cosines(self, question: Rows, ids: Sequence[Address]) -> list[float | None]:
        """Return the cosines of passages and a vector; None for each without one."""
        if self._view.state.model is None:
            return [None] * len(ids)
        found = self._rows(ids)
        listed = list(found)
        values = (
            cosines(question, np.concatenate([found[each] for each in listed])) if listed else ()
        )
        cosine = dict(zip(listed, map(float, values), strict=True))
        return [cosine.get(each) for each in ids]

    def row(self, address: Address) -> Rows | None:
        """Return the vector of a passage, (1, dimensions), or None."""
        return None if self._view.state.model is None else self._rows([address]).get(address)

    def _rows(self, ids: Sequence[Address]) -> dict[Address, Rows]:
        if self.is_whole:
            places, reader = self._all.places, self._all.reader
            known = ((each, reader.row(places[each])) for each in ids if each in places)
            return {each: row for each, row in known if row is not None}
        fetched = self.of_documents({id_ for id_, _ in ids})
        wanted = set(ids)
        return {
            (id_, number): row[None]
            for id_, (numbers, rows) in fetched.items()
            for number, row in zip(numbers, rows, strict=True)
            if (id_, number) in wanted
        }

    def of_documents(self, ids: Iterable[str]) -> dict[str, tuple[list[int], Rows]]:
        """Return the numbers of the passages of some documents that have vectors, and these."""
        query = self._living(terms("doc", map(document_key, sorted(ids))))
        return {document_id(entry["doc"]): rows_of(entry) for entry in self._view.entries(query)}

    def unembedded(self, model: EmbeddingModel) -> Iterator[tuple[Document, Passage]]:
        """Yield the passages in the model's languages that have no vector of it."""
        known = self._view.state.model
        is_same = known is not None and known.digest == model.digest
        languages = filter(model.knows, self._view.state.counts.languages)
        keys = [value_key(language, "") for language in languages]
        has_empty = model.knows("") and "" in self._view.state.counts.languages
        spoken: Body = {"match_all": {}} if has_empty else terms("facts.language", keys)
        pages = self._view.pages(first_page(self._view.living(PASSAGE, spoken)))
        for hits in pages:
            entries = [hit["_source"] for hit in hits]
            keys_of_documents = list(dict.fromkeys(entry["doc"] for entry in entries))
            own = self._view.document_entries(keys_of_documents)
            documents = {key: StoredDocument.of(entry).document for key, entry in own.items()}
            ids = [document.id for document in documents.values()]
            vectors = self.of_documents(ids) if is_same else {}
            has_vector: Mapping[str, set[int]]
            has_vector = {id_: set(numbers) for id_, (numbers, _) in vectors.items()}
            for entry in entries:
                document, passage = documents[entry["doc"]], passage_of(entry)
                if passage.number in has_vector.get(document.id, ()):
                    continue
                if model.knows(passage.language_in(document)):
                    yield document, passage


def _order(address: Address) -> tuple[str, int]:
    """Return what passages are sorted by."""
    return document_key(address[0]), address[1]


class MemoryVectors:
    """Vectors in memory, as `VectorReader` wants those of a segment."""

    def __init__(self, rows: Rows) -> None:
        self.rows, self.signs = rows, sign_bits(rows)
        self.entries: Numbers = np.arange(len(rows))

    def __len__(self) -> int:
        return len(self.rows)

    def taken(self, positions: Ids) -> Rows:
        """Return some of the vectors."""
        taken: Rows = self.rows[positions]
        return taken


def rows_of(entry: Mapping[str, Any]) -> tuple[list[int], Rows]:
    """Return the numbers of the passages that an entry has vectors of, and these."""
    record = json.loads(entry["record"])
    numbers: list[int] = record["numbers"]
    rows: Rows = np.frombuffer(base64.b64decode(record["rows"]), np.int8)
    return numbers, rows.reshape(len(numbers), -1)


def vectors_entry(id_: str, set_: int, numbers: Sequence[int], rows: Rows) -> dict[str, Any]:
    """Return the entry of a document's vectors; it lacks only when it lives."""
    record = {"numbers": list(numbers), "rows": base64.b64encode(rows.tobytes()).decode("ascii")}
    return {
        "what": VECTORS,
        "doc": document_key(id_),
        "n": 0,
        "set": set_,
        "size": len(numbers),
        "record": json.dumps(record),
    }
