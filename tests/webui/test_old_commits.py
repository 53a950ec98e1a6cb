"""Old commits are closed as soon as nobody reads them, not when the garbage collector comes."""

from __future__ import annotations

import csv
import gc
import io
import os
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from backstory.engine.indexes.contract import Index
from backstory.searcher import Searcher
from backstory.settings import Config
from backstory.testing import AFFAIR, fill_index, make_document
from backstory.webui.app import create_app

# A page for each endpoint, and for each way of a query.
PATHS = {
    "home": ["/"],
    "search": [
        "/search?q=radio",
        "/search?q=%22the+shed%22+-lighthouse&sort=date&facet=1",
        "/search?q=radoi+AND+%28ship+OR+shed%29%5E2",
        "/search?q=rad*+title:ledger+source:*",
        "/search?q=nothing+has+zyxomatic",
        "/search?q=" + "a" * 5000,
    ],
    "document": ["/doc/ledger?q=radio", "/doc/nobody", "/doc/nobody?key=1"],
    "within": ["/within/ledger?q=radio"],
    "cite": ["/cite/ledger", "/cite/nobody"],
    "documents": ["/documents"],
    "concordance": ["/concordance?q=radio"],
    "export": ["/export?q=radio&format=csv", "/export?q=radio&format=none"],
    "pinboard": ["/board"],
    "help": ["/help"],
    "opensearch": ["/opensearch.xml"],
    "feed": ["/feed?q=radio"],
    "health": ["/healthz"],
    "api_search": ["/api/search?q=radio&explain=1", "/api/search?q=radio&page=x"],
    "api_complete": ["/api/complete?q=ra"],
    "api_documents": ["/api/documents"],
    "api_document": ["/api/documents/ledger?q=radio", "/api/documents/nobody"],
    "api_passage": ["/api/passages/ledger%23p1", "/api/passages/ledger%23p99"],
    "api_related": ["/api/related?passage=ledger%23p1", "/api/related?document=ledger"],
    "api_concordance": ["/api/concordance?q=radio"],
    "api_frequencies": ["/api/frequencies?q=radio"],
    "api_collocates": ["/api/collocates?q=radio"],
    "api_export": ["/api/export?q=radio&format=json"],
    "api_status": ["/api/status"],
    "api_description": ["/api/openapi.json"],
}


@pytest.fixture
def embedded(new_index: Callable[[str], Index]) -> Index:
    """The affair, on disk."""
    return fill_index(new_index("embedded"), *AFFAIR)


@pytest.fixture
def app(embedded: Index, tmp_path: Path) -> Flask:
    """An application over it."""
    return create_app(Config(root=tmp_path), Searcher(embedded))


@pytest.fixture
def uncollected() -> Iterator[None]:
    """Have no garbage collector for a while."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def open_files() -> int:
    """Return how many files this process has open, 0 where that cannot be told."""
    try:
        return len(os.listdir("/proc/self/fd"))
    except FileNotFoundError:
        return 0


def test_every_endpoint_is_tried(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} - {"static"} == PATHS.keys()


@pytest.mark.parametrize("path", [path for paths in PATHS.values() for path in paths])
def test_no_answer_keeps_an_old_commit(
    app: Flask, embedded: Index, uncollected: None, path: str
) -> None:
    client = app.test_client()
    with client.get(path) as response:
        assert response.status_code < 500
        response.get_data()
    old = weakref.ref(embedded.open())
    fill_index(embedded, make_document("late", "a radio came late"))
    client.get("/healthz").close()

    assert old() is None


def test_files_stay_as_many_while_commits_and_questions_take_turns(
    app: Flask, embedded: Index, uncollected: None
) -> None:
    client, counts = app.test_client(), []
    for turn in range(40):
        fill_index(embedded, make_document("late", f"radio {turn}"))
        client.get("/api/search?q=radio&explain=1").close()
        counts.append(open_files())

    assert max(counts[20:]) <= max(counts[:20])


def test_answer_that_is_being_sent_needs_its_commit_no_longer(
    app: Flask, embedded: Index, uncollected: None
) -> None:
    fill_index(embedded, make_document("long", *(f"zeppelin {n}" for n in range(1200))))
    response: Any = app.test_client().get("/api/export?q=zeppelin&format=csv")
    pieces = iter(response.response)
    sent = [next(pieces)]
    old = weakref.ref(embedded.open())
    for turn in range(8):  # enough for the files to be merged and deleted
        fill_index(embedded, make_document(f"late{turn}", "another zeppelin"), delete=["long"])
        app.test_client().get("/search?q=zeppelin").close()

    assert old() is None
    rows = list(csv.DictReader(io.StringIO(b"".join([*sent, *pieces]).decode("utf-8-sig"))))
    assert len(rows) == 1200
    response.close()


def test_answer_that_nobody_takes_to_its_end_lets_go(
    app: Flask, embedded: Index, uncollected: None
) -> None:
    client = app.test_client()
    response: Any = client.get("/export?q=radio&format=json")
    old = weakref.ref(embedded.open())
    next(iter(response.response))
    response.close()
    del response
    fill_index(embedded, make_document("late", "a radio came late"))
    client.get("/healthz").close()

    assert old() is None
