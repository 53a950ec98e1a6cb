"""Whether what is stored on the cluster is what was committed, and how its machines are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from backstory.engine.analysis import Analyzer
from backstory.engine.documents import IndexedDocument
from backstory.engine.indexes.contract import Health, Machine, Problem
from backstory.engine.indexes.counts import Counts
from backstory.engine.indexes.opensearch.cluster import Cluster
from backstory.engine.indexes.opensearch.control import Control, State
from backstory.engine.indexes.opensearch.entries import (
    StoredDocument,
    entries_of,
    passage_of,
)
from backstory.engine.indexes.opensearch.mapping import DOCUMENT, PASSAGE
from backstory.engine.indexes.opensearch.translation import SURFACE
from backstory.engine.indexes.opensearch.view import View
from backstory.engine.indexes.opensearch.vocabulary import Vocabulary

COUNTED = 500  # words that are counted at a time
# What follows from the document and its text, and is stored beside them.
DERIVED = ("folded", "when", "undated", "added", "at", "lang", "facts")


def problems(
    cluster: Cluster, control: Control, analyzer: Analyzer, *, deep: bool
) -> Iterator[Problem]:
    """Yield what is wrong with the newest commit."""
    seen = control.read()
    state = seen.state if seen else State()
    view = View(cluster, control, state)
    yield from _miscounted(view)
    if not deep:
        return
    yield from _contradictions(view, analyzer)
    yield from _misplaced(view)


def _miscounted(view: View) -> Iterator[Problem]:
    """Compare the numbers of entries with those of the commit."""
    counts = view.state.counts
    kinds = {"documents": (DOCUMENT, counts.documents), "passages": (PASSAGE, counts.passages)}
    bodies = [
        {"size": 0, "track_total_hits": True, "query": view.living(what)}
        for what, _ in kinds.values()
    ]
    for (name, (_, owed)), answer in zip(kinds.items(), view.searches(bodies), strict=True):
        found = answer["hits"]["total"]["value"]
        if found != owed:
            yield Problem(view.index, f"{found:,} {name} are there of {owed:,} that were committed")


def _contradictions(view: View, analyzer: Analyzer) -> Iterator[Problem]:
    """Make each document's entries again of what is stored, and compare."""
    total, surfaces = Counts(), Counter[str]()
    entries = view.entries(view.living((DOCUMENT, PASSAGE)))
    for _, group in groupby(entries, key=lambda entry: entry["doc"]):
        own, *others = group
        if own["what"] != DOCUMENT:
            yield Problem(view.index, f"passages of the document {own['doc']} have no document")
            continue
        stored = StoredDocument.of(own)
        passages = tuple(map(passage_of, others))
        if [passage.number for passage in passages] != list(range(1, stored.counts.passages + 1)):
            yield Problem(view.index, f"passages of {stored.document.id} are missing")
            continue
        made = entries_of(IndexedDocument(stored.document, passages, stored.file), analyzer)
        total = total.plus(made.counts)
        surfaces.update(made.surfaces)
        if (made.counts, made.digest) != (stored.counts, stored.digest) or any(
            _differ(made_, kept) for made_, kept in zip(made.entries, (own, *others), strict=True)
        ):
            yield Problem(view.index, f"{stored.document.id} is not what was indexed")
    if total != view.state.counts:
        yield Problem(view.index, "the words or languages are not as many as were committed")
    if surfaces != Counter(Vocabulary(view).counts):
        yield Problem(view.index, "the list of words is not what stands in the passages")


def _differ(made: dict[str, Any], kept: dict[str, Any]) -> bool:
    return any(made.get(name) != kept.get(name) for name in DERIVED)


def _misplaced(view: View) -> Iterator[Problem]:
    """Count the passages that each word is found in, and compare with the vocabulary."""
    words = list(Vocabulary(view).counts.items())
    for i in range(0, len(words), COUNTED):
        some = words[i : i + COUNTED]
        found = view.counts([{"term": {SURFACE: word}} for word, _ in some])
        for (word, owed), count in zip(some, found, strict=True):
            if count != owed:
                yield Problem(view.index, f"“{word}” is found in {count:,} passages of {owed:,}")


def health(cluster: Cluster, control: Control) -> Health:
    """Return which machines answer, and how the parts of the index are."""
    seen = control.read()
    state = seen.state if seen else State()
    name = control.entries_index(state.epoch)
    params = {"level": "indices", "timeout": "5s"}
    health_ = cluster.request("GET", "/_cluster/health", params=params)
    nodes = cluster.request(
        "GET", "/_cat/nodes", params={"format": "json", "h": "name,ip,cluster_manager,disk.avail"}
    )
    own = health_["indices"].get(name, {})
    return Health(
        status=own.get("status", health_["status"]),
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
