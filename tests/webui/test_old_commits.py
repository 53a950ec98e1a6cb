"""Old commits are closed as soon as nobody reads them, not when the garbage collector comes."""

from __future__ import annotations

import csv
import gc
import io
import json
import os
import re
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from flask import Flask

from backstory.engine.indexes.contract import Index
from backstory.searcher import Searcher
from backstory.searcher.following import catch_up
from backstory.searcher.following.matching import NO_COMMIT
from backstory.searcher.following.questions import FILE
from backstory.searcher.following.store import NewsStore
from backstory.settings import Config
from backstory.testing import AFFAIR, fill_index, make_document
from backstory.webui.app import create_app

# A page for each endpoint, and for each way of a query.
PATHS = {
    "home": ["/"],
    "search": [
        "/search?q=radio",
        "/search?q=radio&open=ledger%23p1",
        "/search?q=radio&open=ledger%23p1&part=preview",
        "/search?q=radio&from=2017&to=",
        "/search?q=%22the+shed%22+-lighthouse&sort=date&facet=1",
        "/search?q=radoi+AND+%28ship+OR+shed%29%5E2",
        "/search?q=rad*+title:ledger+source:*",
        "/search?q=nothing+has+zyxomatic",
        "/search?q=" + "a" * 5000,
    ],
    "document": ["/doc/ledger?q=radio", "/doc/nobody", "/doc/nobody?key=1"],
    "within": ["/within/ledger?q=radio"],
    "related": ["/related/ledger?p=1", "/related/ledger?p=99", "/related/nobody"],
    "cite": ["/cite/ledger", "/cite/ledger?p=99", "/cite/nobody"],
    "compare": ["/compare?a=ledger&b=nobody", "/compare"],
    "documents": ["/documents"],
    "unread": ["/unread"],
    "draft": ["/draft"],
    "concordance": ["/concordance?q=radio"],
    "export": ["/export?q=radio&format=csv", "/export?q=radio&format=none"],
    "pinboard": ["/board"],
    "history": ["/history"],
    "help": ["/help"],
    "style": ["/style.css"],
    "opensearch": ["/opensearch.xml"],
    "feed": ["/feed?q=radio"],
    "followed": ["/followed"],
    "news": ["/followed/radios", "/followed/nobody"],
    "news_feed": ["/followed/radios/feed"],
    "follow": ["POST /follow?q=radio"],
    "unfollow": ["POST /unfollow?name=nobody"],
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
    "api_draft": ["/api/draft"],
    "api_follow": ["/api/follow"],
    "api_follow_add": ["POST /api/follow"],
    "api_follow_remove": ["DELETE /api/follow/nobody"],
    "api_news": ["/api/news?name=radios"],
    "api_status": ["/api/status"],
    "api_description": ["/api/openapi.json"],
}


@pytest.fixture
def embedded(new_index: Callable[[str], Index]) -> Index:
    """The affair, on disk."""
    return fill_index(new_index("embedded"), *AFFAIR)


@pytest.fixture
def app(embedded: Index, tmp_path: Path) -> Flask:
    """An application over it, with a question that has news."""
    config = Config(root=tmp_path)
    question = {"name": "radios", "text": "radio", "since": "2019-01-01T00:00:00+00:00"}
    config.state_path.mkdir(parents=True)
    followed = json.dumps({"version": 1, "questions": [question]})
    (config.state_path / FILE).write_text(followed, encoding="utf-8")
    with NewsStore(config.state_path).writing() as ledger:
        ledger.match(NO_COMMIT)
    assert catch_up(Searcher(embedded), config.state_path).total
    return create_app(config, Searcher(embedded))


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
    method, _, url = path.rpartition(" ")
    target, _, query = url.partition("?")
    form = dict(parse_qsl(query)) if method else None
    with client.open(url if not method else target, method=method or "GET", data=form) as response:
        assert response.status_code < 500
        response.get_data()
    old = weakref.ref(embedded.open())
    fill_index(embedded, make_document("late", "a radio came late"))
    client.get("/healthz").close()

    assert old() is None


def test_a_checked_draft_keeps_no_old_commit(
    app: Flask, embedded: Index, uncollected: None
) -> None:
    client, text = app.test_client(), "“copied the ledger at night”, it says. Quintero paid $5."
    with client.get("/draft") as form:
        token = re.findall(r'name="csrf_token" value="(.*?)"', form.text)
    own = {"text": text, "csrf_token": token[-1]}
    for path, sent in (("/draft", {"data": own}), ("/api/draft", {"json": {"text": text}})):
        asking = client if "data" in sent else app.test_client()
        with asking.post(path, **sent) as response:
            assert response.status_code == 200
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
