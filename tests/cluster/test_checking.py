"""`check` finds what somebody has changed on the cluster by hand."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from backstory.engine.indexes.opensearch import OpenSearchIndex, checking
from backstory.engine.indexes.opensearch.cluster import Cluster
from backstory.engine.indexes.opensearch.entries import StoredDocument, with_terms
from backstory.testing.embedding import ANY, embed
from tests.cluster.commits import commit

TEXT = "A bridge and a radio"


class Entry:
    """An entry of the index, to be changed by hand."""

    def __init__(self, index: OpenSearchIndex, what: str, place: int = 1) -> None:
        self._cluster: Cluster = index._connect()[0]
        self._view = index.open()._view
        query = {"bool": {"filter": self._view.living(what), "must": {"match_all": {}}}}
        sort = [{"doc": "asc"}, {"n": "asc"}]
        hits = self._view.search({"query": query, "sort": sort, "size": place + 1})["hits"]["hits"]
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


@pytest.mark.parametrize(("what", "field"), [("p", "stem"), ("p", "surface"), ("d", "head")])
def test_term_that_is_not_that_of_the_text_is_found(
    index: OpenSearchIndex, what: str, field: str
) -> None:
    entry = Entry(index, what)
    stored = StoredDocument.of(Entry(index, "d").source)
    whole = with_terms(entry.source, stored.document, index._analyzer)
    assert whole[field]
    entry.send("PUT", "_doc", {**whole, field: whole[field].replace("version", "radio")})
    assert problems(index, deep=False) == ""
    assert "is found" in problems(index, deep=True)


def test_passage_that_is_not_joined_to_its_document_is_found(index: OpenSearchIndex) -> None:
    stored = StoredDocument.of(Entry(index, "d", 0).source)
    for place in range(stored.counts.passages):
        entry = Entry(index, "p", place)
        entry.send("PUT", "_doc", with_terms(entry.source, stored.document, index._analyzer))
    assert problems(index, deep=False) == ""
    assert problems(index, deep=True) == "not every passage is joined to its document"


@pytest.mark.parametrize("record", ["{", "[]", "{}", '{"text": 3}'])
@pytest.mark.parametrize("what", ["p", "d"])
def test_record_that_cannot_be_read_is_found(
    index: OpenSearchIndex, what: str, record: str
) -> None:
    entry = Entry(index, what)
    entry.send("POST", "_update", {"doc": {"record": record}})
    assert problems(index, deep=True)


def rows(count: int) -> str:
    """Return so many bytes as the rows of an entry of vectors."""
    return base64.b64encode(b"x" * count).decode()


def test_vectors_that_are_not_those_of_the_passages_are_found(index: OpenSearchIndex) -> None:
    embed(index, ANY)
    assert problems(index, deep=True) == ""
    entry = Entry(index, "v")
    record = json.loads(entry.source["record"])
    assert record["numbers"] == [1, 2, 3]
    for change in (
        {"numbers": [1, 2, 4]},
        {"numbers": [1, 1, 2]},
        {"numbers": [1], "rows": rows(ANY.dimensions)},
        {"rows": rows(3 * ANY.dimensions - 1)},
        {"rows": rows(3 * ANY.dimensions - 3)},
        {"rows": "no rows"},
    ):
        entry.send("POST", "_update", {"doc": {"record": json.dumps(record | change)}})
        assert problems(index, deep=True) == "the vectors of d002 are not those of its passages"


def test_missing_copy_is_a_remark_and_no_damage(
    index: OpenSearchIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "COPIED_WITHIN", 0.5)
    cluster, _ = index._connect()
    name = index.open()._view.index
    copies = len(cluster.request("GET", "/_cat/nodes", params={"format": "json"}))
    body = {"index.number_of_replicas": copies}  # one more than there is room for
    cluster.request("PUT", f"/{name}/_settings", body)
    (remark,) = index.check()
    assert remark.problem.endswith("copies of its parts are missing (yellow)")
    assert not remark.is_damage
    assert index.health().missing >= 2


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
