"""`check` finds what somebody has changed on the cluster by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from backstory.engine.indexes.opensearch import OpenSearchIndex
from backstory.engine.indexes.opensearch.cluster import Cluster
from backstory.engine.indexes.opensearch.entries import StoredDocument, with_terms
from tests.cluster.commits import commit

TEXT = "A bridge and a radio"


class Entry:
    """An entry of the index, to be changed by hand."""

    def __init__(self, index: OpenSearchIndex, what: str) -> None:
        self._cluster: Cluster = index._connect()[0]
        self._view = index.open()._view
        query = {"bool": {"filter": self._view.living(what), "must": {"match_all": {}}}}
        sort = [{"doc": "asc"}, {"n": "asc"}]
        hits = self._view.search({"query": query, "sort": sort, "size": 2})["hits"]["hits"]
        self.hit: dict[str, Any] = hits[-1]
        self.source: dict[str, Any] = self.hit["_source"]

    def send(self, method: str, action: str, body: Any = None) -> None:
        """Send a request about it, and make its effect seen."""
        path = f"/{self._view.index}/{action}/{self.hit['_id']}"
        self._cluster.request(method, path, body, {"routing": self.hit["_routing"]})
        self._cluster.refresh(self._view.index)


def problems(index: OpenSearchIndex, *, deep: bool) -> str:
    """Return everything that is found."""
    return "; ".join(problem.problem for problem in index.check(deep=deep))


def test_nothing_is_found_where_nobody_has_changed_anything(index: OpenSearchIndex) -> None:
    assert problems(index, deep=False) == problems(index, deep=True) == ""


@pytest.mark.parametrize(("what", "name"), [("p", "passages"), ("d", "documents")])
def test_deleted_entry_is_found(index: OpenSearchIndex, what: str, name: str) -> None:
    Entry(index, what).send("DELETE", "_doc")
    assert name in problems(index, deep=False)
    assert problems(index, deep=True)


def test_entry_that_was_declared_dead_is_found(index: OpenSearchIndex) -> None:
    Entry(index, "p").send("POST", "_update", {"doc": {"died": 1}})
    assert "59 passages are there of 60" in problems(index, deep=False)


@pytest.mark.parametrize("other", ["A bridge and a lamp", "A bridge and a", "A radio and a radio"])
@pytest.mark.parametrize("is_searchable", [True, False], ids=["searchable", "hidden"])
def test_changed_text_is_found(index: OpenSearchIndex, other: str, is_searchable: bool) -> None:
    entry = Entry(index, "p")
    changed = {**entry.source, "record": entry.source["record"].replace(TEXT, other)}
    assert changed["record"] != entry.source["record"]
    stored = StoredDocument.of(Entry(index, "d").source)
    terms_of = changed if is_searchable else entry.source
    whole = with_terms(terms_of, stored.document, index._analyzer)
    entry.send("PUT", "_doc", {**whole, "record": changed["record"]})
    assert problems(index, deep=False) == "", "all are there"
    assert problems(index, deep=True)


@pytest.mark.parametrize("name", ["documents", "passages", "words", "languages"])
def test_changed_counts_of_the_commit_are_found(index: OpenSearchIndex, name: str) -> None:
    cluster, control = index._connect()
    path = f"/{control._index}/_doc/commit"
    state = json.loads(cluster.request("GET", path)["_source"]["state"])
    state["counts"][name] = {"en": 59, "es": 1} if name == "languages" else 61
    cluster.request("PUT", path, {"state": json.dumps(state)})
    assert bool(problems(index, deep=False)) == (name in ("documents", "passages"))
    assert problems(index, deep=True)


def test_what_was_found_is_mended_by_a_rebuild(index: OpenSearchIndex) -> None:
    Entry(index, "p").send("DELETE", "_doc")
    commit(index, 2, rebuild=True)
    assert problems(index, deep=True) == ""
