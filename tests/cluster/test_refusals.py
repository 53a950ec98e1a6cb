"""A cluster that is full or has too much to do: writers are told, readers go on."""

from __future__ import annotations

import gzip
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from backstory.engine.errors import IndexUnavailable, StorageFull
from backstory.engine.indexes.opensearch import OpenSearchIndex
from backstory.engine.settings import OpenSearchSettings
from backstory.testing import ask
from tests.cluster.commits import QUESTION, assert_is, commit, expected, look_anew, versions, write
from tests.cluster.failures import repeating

Answer = tuple[int, bytes]
TOO_MANY = {"error": {"type": "rejected_execution_exception", "reason": "queue"}, "status": 429}


def block(index: OpenSearchIndex, names: str, is_on: bool) -> None:
    """Do to some indices what the cluster does where a disk is full, or take it back."""
    body = {"index.blocks.read_only_allow_delete": True if is_on else None}
    index._connect()[0].request("PUT", f"/{index._settings.index}-{names}/_settings", body)


def test_full_disk_stops_a_writer_and_no_reader(
    settings: OpenSearchSettings, index: OpenSearchIndex
) -> None:
    writer = index.writer()
    with repeating(lambda: look_anew(settings)) as answers:
        block(index, "entries-*", True)
        write(writer, 2)
        with pytest.raises(StorageFull, match="what was committed before still answers"):
            writer.commit()
        answers.wait_for(1)
        block(index, "entries-*", False)
        writer.rollback()
        write(writer, 3)
        writer.commit()
        answers.wait_for(1)
    writer.close()
    assert answers.errors == []
    assert versions(answers.values) == {1, 3}
    assert_is(index, 3)


@pytest.mark.usefixtures("short_leases")
def test_full_disk_of_the_control_entry_stops_a_writer_for_its_lease(
    settings: OpenSearchSettings, index: OpenSearchIndex
) -> None:
    writer = index.writer()
    write(writer, 2)
    block(index, "*", True)
    with pytest.raises(StorageFull):
        writer.commit()
    writer.close()
    with pytest.raises(StorageFull):
        index.writer(wait=60)
    assert versions([look_anew(settings)]) == {1}
    block(index, "*", False)
    assert commit(index, 3, wait=60)
    assert_is(index, 3)


@pytest.mark.parametrize("kind", ["read_only_allow_delete", "create_index"])
def test_full_cluster_stops_a_rebuild(
    settings: OpenSearchSettings, index: OpenSearchIndex, kind: str
) -> None:
    cluster, _ = index._connect()
    name = f"cluster.blocks.{kind}"
    cluster.request("PUT", "/_cluster/settings", {"persistent": {name: True}})
    try:
        with pytest.raises(StorageFull):
            index.writer(rebuild=True)
        assert versions([look_anew(settings)]) == {1}
    finally:
        cluster.request("PUT", "/_cluster/settings", {"persistent": {name: None}})
    commit(index, 2, rebuild=True)
    assert_is(index, 2)


@contextmanager
def gate(
    address: str, change: Callable[[str, bytes, Callable[[], Answer]], Answer]
) -> Iterator[str]:
    """Stand before a node: `change` gets a path, a body and what asks the node, and answers."""

    class Gate(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            # A client may ask for packed answers; this gate wants to read them.
            headers = {k: v for k, v in self.headers.items() if k.lower() != "accept-encoding"}

            def forward() -> Answer:
                request = urllib.request.Request(
                    address + self.path, body or None, headers, method=self.command
                )
                try:
                    with urllib.request.urlopen(request, timeout=30) as answer:
                        return answer.status, answer.read()
                except urllib.error.HTTPError as error:
                    with error:
                        return error.code, error.read()

            is_packed = self.headers.get("content-encoding") == "gzip"
            read = gzip.decompress(body) if is_packed else body
            status, content = change(self.path, read, forward)
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            return

    for method in ("GET", "POST", "PUT", "DELETE"):
        setattr(Gate, f"do_{method}", Gate._answer)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gate)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def test_full_queues_are_waited_for(settings: OpenSearchSettings, index: OpenSearchIndex) -> None:
    refused: dict[str, int] = {}

    def change(path: str, _: bytes, forward: Callable[[], Answer]) -> Answer:
        """Refuse each request two times of three; of a bulk, then the first action alone."""
        name = path.partition("?")[0]
        refused[name] = refused.get(name, 0) + 1
        if refused[name] % 3:
            return 429, json.dumps(TOO_MANY).encode()
        status, content = forward()
        if name.endswith("_bulk") and refused[name] < 6:
            answer = json.loads(content)
            next(iter(answer["items"][0].values())).update(TOO_MANY)
            content = json.dumps(answer).encode()
        return status, content

    with gate(settings.hosts[0], change) as address:
        behind = OpenSearchIndex(replace(settings, hosts=(address,)))
        commit(behind, 2)
        assert versions([look_anew(behind._settings)]) == {2}
        behind.close()
    assert max(count for name, count in refused.items() if name.endswith("_bulk")) >= 6
    assert_is(index, 2)


def test_queues_that_stay_full_are_an_error_in_time(settings: OpenSearchSettings) -> None:
    def refuse(_: str, __: bytes, ___: Callable[[], Answer]) -> Answer:
        return 429, json.dumps(TOO_MANY).encode()

    with gate(settings.hosts[0], refuse) as address:
        behind = OpenSearchIndex(replace(settings, hosts=(address,), timeout=2.0))
        with pytest.raises(IndexUnavailable, match="rejected_execution_exception"):
            behind.open()
        behind.close()


def test_question_that_failed_once_is_answered_whole(
    settings: OpenSearchSettings, index: OpenSearchIndex
) -> None:
    """A list of hits that broke off half-way does not look like one that has come to its end."""
    is_broken = True

    def change(path: str, body: bytes, forward: Callable[[], Answer]) -> Answer:
        if is_broken and path.startswith("/_msearch") and b'"sort"' in body:  # not the totals
            return 503, b'{"error": {"type": "x", "reason": "gone"}, "status": 503}'
        return forward()

    with gate(settings.hosts[0], change) as address:
        behind = OpenSearchIndex(replace(settings, hosts=(address,), timeout=1.0))
        snapshot = behind.open()
        for _ in range(2):
            with pytest.raises(IndexUnavailable):
                ask(snapshot, QUESTION, limit=30, facets=["source", "name"])
        is_broken = False
        assert ask(snapshot, QUESTION, limit=30, facets=["source", "name"]) == expected(1)[1]
        behind.close()
