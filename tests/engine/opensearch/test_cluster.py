"""Requests are repeated, end in time, and what fails is told with the machines that are gone."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from backstory.engine.errors import ConfigError, IndexUnavailable, StorageFull
from backstory.engine.indexes.opensearch.cluster import Cluster, Refused, action, encoded
from backstory.engine.indexes.opensearch.control import Control
from backstory.engine.settings import OpenSearchSettings

Answer = tuple[int, Any]
WHOLE = {"failed": 0, "total": 3}
PARTLY = {"failed": 1, "total": 3}
FULL = {"error": {"type": "x", "reason": "disk usage exceeded flood-stage watermark"}}


@contextmanager
def answering(
    *answers: Answer, greeting: int = 200, kind: str = "application/json"
) -> Iterator[tuple[str, list[bytes]]]:
    """Serve some answers in turn, the last for ever; give the address and what was sent."""
    waiting, sent = list(answers), list[bytes]()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            content = self.rfile.read(int(self.headers.get("content-length") or 0))
            is_packed = self.headers.get("content-encoding") == "gzip"
            sent.append(gzip.decompress(content) if is_packed else content)
            if self.path == "/":
                status, body = greeting, {}
            else:
                status, body = waiting.pop(0) if len(waiting) > 1 else waiting[0]
            content = (body if isinstance(body, str) else json.dumps(body)).encode()
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = answer  # noqa: N815  # names that http.server wants

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", sent
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def cluster_of(*hosts: str) -> Iterator[Cluster]:
    cluster = Cluster(OpenSearchSettings(hosts=hosts, timeout=1.0), Path())
    try:
        yield cluster
    finally:
        cluster.close()


def search(cluster: Cluster) -> Any:
    return cluster.search("a", {"size": 0})


def bulk(cluster: Cluster) -> None:
    lines = [action("index", {"_id": name}, {"a": 1}) for name in ("1", "2", "3")]
    cluster.bulk("a", lines)


def responses(shards: dict[str, int]) -> Answer:
    return 200, {"responses": [{"_shards": shards, "hits": {}}]}


def items(*statuses: int) -> Answer:
    return 200, {
        "errors": True,
        "items": [{"index": {"status": each, "error": {"type": "e"}}} for each in statuses],
    }


@pytest.mark.parametrize("passing", [(429, {}), (503, {}), responses(PARTLY)])
def test_what_passes_is_tried_again(passing: Answer) -> None:
    with answering(passing, responses(WHOLE)) as (host, sent), cluster_of(host) as cluster:
        assert search(cluster)["_shards"] == WHOLE
        assert len(sent) == 2


def test_answer_of_some_parts_is_none() -> None:
    with (
        answering(responses(PARTLY)) as (host, _),
        cluster_of(host) as cluster,
        pytest.raises(IndexUnavailable, match="1 of 3 parts of the index do not answer"),
    ):
        search(cluster)


def test_machines_that_are_gone_are_named() -> None:
    with answering((503, {"error": {"type": "no", "reason": "manager"}})) as (host, _):
        gone = "http://127.0.0.1:9"  # nothing answers there
        with cluster_of(host, gone) as cluster, pytest.raises(IndexUnavailable) as raised:
            search(cluster)
    assert f"1 of 2 machines do not answer ({gone})" in str(raised.value)


def test_machine_that_lets_nobody_in_is_there() -> None:
    refusal = 503, {"error": {"type": "no", "reason": "manager"}}
    with (
        answering(refusal, greeting=401) as (host, _),
        cluster_of(host) as cluster,
        pytest.raises(IndexUnavailable) as raised,
    ):
        search(cluster)
    assert "do not answer" not in str(raised.value)


@pytest.mark.parametrize("content", ["<p>Log in</p>", "hello", '"hello"', "3"])
@pytest.mark.parametrize("kind", ["text/html", "text/plain", "application/json"])
def test_what_is_no_cluster_is_told_as_such(content: str, kind: str) -> None:
    with (
        answering((200, content), kind=kind) as (host, _),
        cluster_of(host) as cluster,
        pytest.raises(ConfigError, match=r"opensearch\.hosts.*no cluster of OpenSearch"),
    ):
        search(cluster)


def test_other_json_is_no_control_entry() -> None:
    with (
        answering((200, {"status": "fine"})) as (host, _),
        cluster_of(host) as cluster,
        pytest.raises(ConfigError, match="no cluster of OpenSearch"),
    ):
        Control(cluster, "").read()


@pytest.mark.parametrize(
    "host", ["", "http://", "http://a b:9200", "http://a:92x", "http://a:99999", "http://ines@a"]
)
def test_address_that_is_none_is_named(host: str) -> None:
    with pytest.raises(ConfigError, match=r"opensearch\.hosts.*is no address"):
        Cluster(OpenSearchSettings(hosts=(host,)), Path())


@pytest.mark.parametrize("ask", [search, bulk])
def test_full_disk_is_told_as_such(ask: Callable[[Cluster], Any]) -> None:
    with (
        answering((429, FULL)) as (host, _),
        cluster_of(host) as cluster,
        pytest.raises(StorageFull, match="disk full"),
    ):
        ask(cluster)


def test_refusal_is_not_repeated() -> None:
    refusal = 400, {"error": {"type": "parsing", "reason": "what?", "root_cause": []}}
    with answering(refusal) as (host, sent), cluster_of(host) as cluster:
        with pytest.raises(Refused, match=r"\(400: parsing: what\?"):
            search(cluster)
        assert len(sent) == 1


def test_only_what_failed_is_sent_again() -> None:
    with answering(items(201, 429, 409), items(201)) as (host, sent), cluster_of(host) as cluster:
        bulk(cluster)
    assert [content.count(b'"_id"') for content in sent] == [3, 1]
    assert b'"_id":"2"' in sent[1]


def test_what_cannot_be_written_is_an_error() -> None:
    with (
        answering(items(201, 400, 201)) as (host, _),
        cluster_of(host) as cluster,
        pytest.raises(Refused, match="400"),
    ):
        bulk(cluster)


def test_any_text_travels() -> None:
    assert json.loads(encoded({"a": "\udce9\0é"})) == {"a": "\udce9\0é"}


def test_password_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    settings = OpenSearchSettings(user="ines", password_file="gone")
    with pytest.raises(ConfigError, match=r"opensearch\.password_file"):
        Cluster(settings, tmp_path)


def test_no_machine_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"opensearch\.hosts"):
        Cluster(OpenSearchSettings(hosts=()), Path())
