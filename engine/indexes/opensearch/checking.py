"""Whether what is stored on the cluster is what was committed, and how its machines are."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from backstory.engine.analysis import Analyzer
from backstory.engine.documents import IndexedDocument
from backstory.engine.embeddings import EmbeddingModel
from backstory.engine.errors import IndexUnavailable
from backstory.engine.indexes.contract import Health, Machine, Problem
from backstory.engine.indexes.counts import Counts
from backstory.engine.indexes.opensearch.cluster import Cluster
from backstory.engine.indexes.opensearch.control import Control, State
from backstory.engine.indexes.opensearch.entries import (
    StoredDocument,
    document_id,
    entries_of,
    passage_of,
)
from backstory.engine.indexes.opensearch.mapping import DOCUMENT, PASSAGE, VECTORS
from backstory.engine.indexes.opensearch.translation import STEM, SURFACE, Body
from backstory.engine.indexes.opensearch.vectors import rows_of
from backstory.engine.indexes.opensearch.view import View, documents_with, first_page
from backstory.engine.indexes.opensearch.vocabulary import Vocabulary

COUNTED = 500  # terms that are counted at a time
COPIED_WITHIN = 10.0  # seconds that the machines have to copy what was just written
# What follows from the document and its text, and is stored beside them.
DERIVED = ("size", "folded", "when", "undated", "added", "at", "lang", "facts")
# The fields that are searched and do not come back, with what each of their terms is.
SEARCHED = {SURFACE: "the word", STEM: "the stem", "head": "the stem of titles and headings"}
Terms = dict[str, Counter[str]]  # by field: in how many entries each term is


def problems(
    cluster: Cluster, control: Control, analyzer: Analyzer, *, deep: bool
) -> Iterator[Problem]:
    """Yield what is wrong with the newest commit; copies that are missing are no damage."""
    seen = control.read()
    state = seen.state if seen else State()
    view = View(cluster, control, state)
    yield from _miscounted(view)
    if deep:
        terms: Terms = {field: Counter() for field in SEARCHED}
        yield from _contradictions(view, analyzer, terms)
        yield from _misplaced(view, terms)
        if state.model is not None:
            yield from _unfitting(view, state.model)
    yield from _missing_copies(cluster, view.index)


def _miscounted(view: View) -> Iterator[Problem]:
    """Compare the numbers of entries with those of the commit."""
    counts = view.state.counts
    kinds = {"documents": (DOCUMENT, counts.documents), "passages": (PASSAGE, counts.passages)}
    bodies = [
        {"size": 0, "track_total_hits": True, "query": view.living(what)}
        for what, _ in kinds.values()
    ]
    for (name, (_, owed)), found in zip(kinds.items(), view.totals(bodies), strict=True):
        if found != owed:
            yield Problem(view.index, f"{found:,} {name} are there of {owed:,} that were committed")


def _contradictions(view: View, analyzer: Analyzer, terms: Terms) -> Iterator[Problem]:
    """Make each document's entries again of what is stored, and compare; count their terms."""
    total, surfaces, with_passages = Counts(), Counter[str](), 0
    entries = view.entries(view.living((DOCUMENT, PASSAGE)))
    for _, group in groupby(entries, key=lambda entry: entry["doc"]):
        own, *others = group
        if own["what"] != DOCUMENT:
            yield Problem(view.index, f"passages of the document {own['doc']} have no document")
            continue
        try:
            stored = StoredDocument.of(own)
            passages = tuple(map(passage_of, others))
            made = entries_of(IndexedDocument(stored.document, passages, stored.file), analyzer)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            said = f"what is stored of {document_id(own['doc'])} cannot be read"
            yield Problem(view.index, f"{said} ({type(error).__name__}: {error})")
            continue
        if [passage.number for passage in passages] != list(range(1, stored.counts.passages + 1)):
            yield Problem(view.index, f"passages of {stored.document.id} are missing")
            continue
        total = total.plus(made.counts)
        with_passages += bool(passages)
        surfaces.update(made.surfaces)
        for entry in made.entries:
            _count(entry, terms)
        if (made.counts, made.digest) != (stored.counts, stored.digest) or any(
            _differ(made_, kept) for made_, kept in zip(made.entries, (own, *others), strict=True)
        ):
            yield Problem(view.index, f"{stored.document.id} is not what was indexed")
    if total != view.state.counts:
        yield Problem(view.index, "the words or languages are not as many as were committed")
    if view.totals([documents_with(view.living(PASSAGE))]) != [with_passages]:
        yield Problem(view.index, "not every passage is joined to its document")
    if surfaces != Counter(Vocabulary(view).counts):
        yield Problem(view.index, "the list of words is not what stands in the passages")


def _count(entry: Mapping[str, Any], terms: Terms) -> None:
    for field, counter in terms.items():
        counter.update(set(entry.get(field, "").split(" ")) - {""})


def _differ(made: dict[str, Any], kept: dict[str, Any]) -> bool:
    return any(made.get(name) != kept.get(name) for name in DERIVED)


def _misplaced(view: View, terms: Terms) -> Iterator[Problem]:
    """Count the entries that each term is found in, and compare with those that have it."""
    for field, counter in terms.items():
        listed = sorted(counter.items())
        for i in range(0, len(listed), COUNTED):
            some = listed[i : i + COUNTED]
            found = _counted(view, field, [term for term, _ in some])
            for (term, owed), count in zip(some, found, strict=True):
                if count != owed:
                    said = f"{SEARCHED[field]} “{term}” is found {count:,} times of {owed:,}"
                    yield Problem(view.index, said)


def _counted(view: View, field: str, terms: Sequence[str]) -> list[int]:
    """Return how many entries each term of a field is found in."""
    bodies: list[Body] = [
        {
            "size": 0,
            "track_total_hits": True,
            "query": view.living((DOCUMENT, PASSAGE), {"term": {field: term}}),
        }
        for term in terms
    ]
    return view.totals(bodies)


def _unfitting(view: View, model: EmbeddingModel) -> Iterator[Problem]:
    """Compare the vectors with the model, and with the passages that they are of."""
    living = view.living(VECTORS, {"term": {"set": view.state.vectors}})
    for hits in view.pages(first_page(living)):
        entries = [hit["_source"] for hit in hits]
        own = view.document_entries(list(dict.fromkeys(entry["doc"] for entry in entries)))
        passages = {key: StoredDocument.of(entry).counts.passages for key, entry in own.items()}
        for entry in entries:
            if not _fit(entry, model, passages.get(entry["doc"], 0)):
                id_ = document_id(entry["doc"])
                yield Problem(view.index, f"the vectors of {id_} are not those of its passages")


def _fit(entry: Mapping[str, Any], model: EmbeddingModel, passages: int) -> bool:
    """Tell whether an entry has one vector for each of some passages of a document."""
    try:
        numbers, rows = rows_of(entry)
    except (ValueError, KeyError):  # no JSON, no base64, or rows of different lengths
        return False
    is_of_passages = set(numbers) <= set(range(1, passages + 1))
    has_one_each = len(set(numbers)) == len(numbers) == entry["size"]
    return is_of_passages and has_one_each and rows.shape[1] == model.dimensions


def _missing_copies(cluster: Cluster, index: str) -> Iterator[Problem]:
    """Remark on copies that are not there; those of what was just written may still be made."""
    until = time.monotonic() + COPIED_WITHIN
    while True:
        whole = _cluster_health(cluster)
        own = whole["indices"].get(index)
        if own is None or own["status"] == "green":
            return
        is_machine_gone = whole["delayed_unassigned_shards"] > 0
        if is_machine_gone or time.monotonic() > until:
            break
        time.sleep(0.2)
    copies = own["number_of_shards"] * (own["number_of_replicas"] + 1)
    missing = copies - own["active_shards"]
    said = f"{missing:,} of {copies:,} copies of its parts are missing ({own['status']})"
    yield Problem(index, said, is_damage=False)


def _cluster_health(cluster: Cluster) -> Any:
    params = {"level": "indices", "timeout": "5s"}
    return cluster.request("GET", "/_cluster/health", params=params)


def health(cluster: Cluster, control: Control) -> Health:
    """Return which machines answer, and how the parts of the index are.

    Where not even the newest commit can be told, the status is that of all indices there.
    """
    whole = _cluster_health(cluster)
    nodes = cluster.request(
        "GET", "/_cat/nodes", params={"format": "json", "h": "name,ip,cluster_manager,disk.avail"}
    )
    own = whole["indices"].get(_newest_index(control), {})
    return Health(
        status=own.get("status", whole["status"]),
        machines=tuple(
            Machine(
                node["name"], node["ip"], node["cluster_manager"] == "*", node["disk.avail"] or ""
            )
            for node in sorted(nodes, key=lambda node: str(node["name"]))
        ),
        parts=own.get("number_of_shards", 0),
        copies=own.get("number_of_replicas", 0) + 1,
        missing=own.get("unassigned_shards", 0),
    )


def _newest_index(control: Control) -> str:
    """Return the name of the index that has the newest commit's entries; "" if unknown."""
    try:
        seen = control.read()
    except IndexUnavailable:  # its own parts may be those that are missing
        return ""
    return control.entries_index(seen.state.epoch) if seen else ""
