"""Files are sent by forms, scripts and programs; who may not, and what is too much, is refused."""

from __future__ import annotations

import contextlib
import io
import json
import socket
import threading
from collections.abc import Iterator, Sequence
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from backstory.engine.errors import StorageFull
from backstory.engine.uploads import (
    UploadConflict,
    UploadedDocument,
    UploadedFile,
    UploadFate,
    UploadLimit,
    UploadResult,
    UploadsBusy,
)
from backstory.searcher import Searcher
from backstory.settings import Config
from backstory.webui.serving import open_server
from backstory.webui.visitor import KEY, Role, Visitor
from tests.webui.conftest import Page, Shelf, form_token

CONFIG = Config().override(
    web__uploads=True,
    web__port=0,
    uploads__file_mb=1,
    uploads__request_mb=2,
    uploads__files=3,
    uploads__waiting=2,
)
MB = 1024 * 1024
FORM = "multipart/form-data; boundary=x"


def part(facts: str, end: str = "\r\n--x--") -> bytes:
    """Return a form with one part."""
    return f"--x\r\nContent-Disposition: form-data; {facts}\r\n\r\na{end}".encode()


class Taker:
    """Takes everything but what begins with "bad", and remembers it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sent: list[tuple[str, str, bytes, str]] = []
        self.error: Exception | None = None
        self.go = threading.Event()
        self.go.set()

    def take(self, files: Sequence[UploadedFile], who: str) -> list[UploadResult]:
        assert self.go.wait(60)
        if self.error:
            raise self.error
        return [self._take(each, who) for each in files]

    def _take(self, file: UploadedFile, who: str) -> UploadResult:
        refusal = file.refusal or ("it is bad" if file.name.startswith("bad") else "")
        if refusal:
            return UploadResult(file.name, UploadFate.REFUSED, reason=refusal)
        self.sent.append((who, file.name, file.path.read_bytes(), str(file.path)))
        made = UploadedDocument("box/memo #1", "The <memo>", 3)
        return UploadResult(file.name, UploadFate.ADDED, file.name, documents=(made,))

    @property
    def left(self) -> list[Path]:
        """What is left in the folder."""
        return list(self.folder.iterdir())


@pytest.fixture
def taker(tmp_path: Path) -> Taker:
    return Taker(tmp_path)


@pytest.fixture
def sender(library: Shelf, taker: Taker) -> FlaskClient:
    return library.client(CONFIG, uploads=taker)


def form(**files: bytes) -> dict[str, Any]:
    """The values of a form with these files."""
    named = [(io.BytesIO(data), name.replace("_", ".")) for name, data in files.items()]
    return {"file": named}


def send_large(sender: FlaskClient, **files: bytes) -> Any:
    """Send a form that is made in memory, as a browser does; return the answer."""
    sent = [FileStorage(stream, filename=name) for stream, name in form(**files)["file"]]
    boundary, body = encode_multipart(MultiDict({"file": sent}))
    kind = f"multipart/form-data; boundary={boundary}"
    return sender.post("/api/documents", data=body, content_type=kind).json


def test_without_the_setting_there_is_no_way_to_send(library: Shelf, taker: Taker) -> None:
    client = library.client(uploads=taker)
    assert client.get("/upload").status_code == 404
    assert client.post("/upload", data=form(a_txt=b"x")).status_code == 404
    assert client.post("/api/documents?name=a.txt", data=b"x").status_code == 405
    assert "/upload" not in client.get("/").text
    assert "post" not in client.get("/api/openapi.json").json["paths"]["/api/documents"]


def test_a_form_without_scripts_says_what_became_of_each_file(
    sender: FlaskClient, taker: Taker
) -> None:
    assert "/upload" in Page(sender.get("/").text).links
    page = Page(sender.get("/upload").text)
    (shown,) = [held for held in page.all("form") if held.get("method") == "post"]
    assert shown["enctype"] == "multipart/form-data"
    assert page.all("input", type="file")[0]["name"] == "file"
    fields = {each["name"]: each["value"] for each in page.all("input", type="hidden")}
    data = {**form(a_txt=b"one", bad_txt=b"two"), **fields}
    answer = Page(sender.post("/upload", data=data).text)
    assert "1 file added, 1 not added" in answer.words
    assert "It is bad." in answer.words
    assert "The <memo>" in answer.words
    assert "/doc/box/memo%20%231" in answer.links
    assert [each[:3] for each in taker.sent] == [("127.0.0.1", "a.txt", b"one")]
    assert taker.left == []


def test_programs_send_a_form_or_a_body_with_a_name(sender: FlaskClient, taker: Taker) -> None:
    answer = sender.post("/api/documents", data=form(a_txt=b"one")).json
    assert answer == {
        "files": [
            {
                "name": "a.txt",
                "fate": "added",
                "file": "a.txt",
                "reason": "",
                "documents": [
                    {
                        "document": "box/memo #1",
                        "title": "The <memo>",
                        "passages": 3,
                        "link": "/doc/box/memo%20%231",
                    }
                ],
            }
        ]
    }
    body = sender.post("/api/documents?name=b%26c.txt", data=b"two", content_type="text/plain")
    assert body.json["files"][0]["name"] == "b&c.txt"
    assert [each[1:3] for each in taker.sent] == [("a.txt", b"one"), ("b&c.txt", b"two")]
    assert taker.left == []


def test_files_lie_on_the_disk_of_the_state_while_they_are_taken(
    sender: FlaskClient, taker: Taker
) -> None:
    send_large(sender, a_txt=b"x" * 600_000)
    ((_, _, data, path),) = taker.sent
    assert (len(data), Path(path).is_relative_to(taker.folder)) == (600_000, True)


@pytest.mark.parametrize(
    ("who", "status"),
    [(Role.READ, 403), (Role.WRITE, 200), (Role.ADMIN, 200)],
)
@pytest.mark.parametrize("path", ["/upload", "/api/documents"])
def test_only_who_may_write_sends(
    sender: FlaskClient, taker: Taker, who: Role, status: int, path: str
) -> None:
    environ = {KEY: Visitor("ana", who)}
    headers = form_token(sender)
    response = sender.post(path, data=form(a_txt=b"x"), headers=headers, environ_overrides=environ)
    assert response.status_code == status
    assert [each[0] for each in taker.sent] == (["ana"] if status == 200 else [])
    if path == "/upload":
        assert sender.get(path, environ_overrides=environ).status_code == status
        assert ("/upload" in sender.get("/", environ_overrides=environ).text) == (status == 200)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://localhost"}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({"Origin": "http://localhost:81"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
    ],
)
def test_other_sites_cannot_have_a_browser_send(
    sender: FlaskClient, taker: Taker, headers: dict[str, str], status: int
) -> None:
    headers |= form_token(sender)
    for path in ("/upload", "/api/documents"):
        assert sender.post(path, data=form(a_txt=b"x"), headers=headers).status_code == status
    assert len(taker.sent) == (2 if status == 200 else 0)


def test_a_file_that_is_too_large_or_empty_is_refused_and_the_others_are_taken(
    sender: FlaskClient, taker: Taker
) -> None:
    answer = send_large(sender, a_txt=b"x" * (MB + 1), b_txt=b"", c_txt=b"x" * (MB // 2))["files"]
    assert [each["reason"] for each in answer] == ["it is larger than 1 MB", "it is empty", ""]
    assert [each[1] for each in taker.sent] == ["c.txt"]
    raw = sender.post("/api/documents?name=a", data=b"x" * (MB + 1), content_type="a/b")
    assert raw.json["files"][0]["reason"] == "it is larger than 1 MB"
    assert taker.left == []


def test_too_many_files_or_bytes_at_once_are_refused(sender: FlaskClient, taker: Taker) -> None:
    files = {f"f{n}_txt": b"x" for n in range(4)}
    many = sender.post("/api/documents", data=form(**files))
    assert (many.status_code, many.json["code"]) == (429, "upload_limit")
    large = sender.post("/api/documents?name=a", data=b"x" * 4 * MB, content_type="a/b")
    assert (large.status_code, large.json["code"]) == (413, "body_too_large")
    assert sender.post("/search", data=b"x" * 100_000).status_code in (405, 413)
    assert taker.sent == []
    assert taker.left == []


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UploadConflict(), 409),
        (UploadsBusy(), 503),
        (UploadLimit("Too much."), 429),
        (StorageFull(Path("/secret/place"), "disk full", "nothing was added"), 503),
        (OSError(28, "No space left on device"), 503),
    ],
)
def test_what_goes_wrong_is_said(
    sender: FlaskClient, taker: Taker, error: Exception, status: int
) -> None:
    taker.error = error
    for path in ("/upload", "/api/documents"):
        response = sender.post(path, data=form(a_txt=b"x"), headers=form_token(sender))
        assert response.status_code == status
        assert "/secret" not in response.text
        assert ("Retry-After" in response.headers) == (status == 503)
    assert taker.left == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", FORM),
        (b"no form at all", FORM),
        (b"--x\r\n", FORM),
        (b"--x--\r\n", FORM),
        (part('name="file"; filename="a.txt"', end="half"), FORM),
        (part('name="file"; filename=""'), FORM),
        (part('name="other"; filename="a"'), FORM),
        (part('name="file"'), FORM),
        (b"a", "multipart/form-data"),
        (b"a", "text/plain"),
        (b"a=b", "application/x-www-form-urlencoded"),
    ],
)
def test_what_is_no_file_is_refused(
    sender: FlaskClient, taker: Taker, body: bytes, kind: str
) -> None:
    for path in ("/upload", "/api/documents"):
        headers = form_token(sender)
        response = sender.post(path, data=body, content_type=kind, headers=headers)
        assert response.status_code in (400, 413), response.text
    assert taker.sent == []
    assert taker.left == []


def test_fields_that_are_no_files_cannot_fill_the_memory(sender: FlaskClient, taker: Taker) -> None:
    data = {**form(a_txt=b"x"), "note": "n" * 400_000}
    assert sender.post("/api/documents", data=data).status_code == 413
    assert taker.left == []


# --- Over a real connection


@contextlib.contextmanager
def running(library: Shelf, taker: Taker) -> Iterator[int]:
    """Serve, and give the port."""
    searcher = Searcher(library.index, CONFIG.search, CONFIG.ranking)
    server = open_server(CONFIG, searcher, uploads=taker)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield server.effective_port
    taker.go.set()
    server.trigger.pull_trigger(server.close)
    thread.join()
    server.task_dispatcher.shutdown()


def post(port: int, path: str, body: Any, **headers: str) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    with contextlib.closing(connection):
        connection.request("POST", path, body, {"Content-Type": "a/b", **headers})
        response = connection.getresponse()
        return response.status, response.read()


def test_a_large_body_goes_to_the_disk_of_the_state(library: Shelf, taker: Taker) -> None:
    with running(library, taker) as port:
        status, body = post(port, "/api/documents?name=a.txt", b"x" * MB)
        assert (status, json.loads(body)["files"][0]["fate"]) == (200, "added")
        chunked = iter([b"x" * 300_000, b"y" * 300_000])
        status, _ = post(port, "/api/documents?name=b.txt", chunked)
        assert (status, len(taker.sent[1][2])) == (200, 600_000)
    assert taker.left == []


def head(port: int, length: int, path: str = "/api/documents?name=a") -> socket.socket:
    """Begin to send a body of this length."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=60)
    lines = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n"
    connection.sendall(lines.encode())
    return connection


def test_what_is_too_large_is_refused_before_it_is_sent(library: Shelf, taker: Taker) -> None:
    with running(library, taker) as port:
        with head(port, 10**12) as connection:
            answer = connection.makefile("rb").read()
        assert answer.startswith(b"HTTP/1.1 413")
        assert b"More than 3 MB were sent at once" in answer
        with head(port, 10**12, "/search") as connection:
            assert connection.recv(4096).startswith(b"HTTP/1.1 413")
    assert taker.left == []


def test_only_so_many_are_sent_at_a_time(library: Shelf, taker: Taker) -> None:
    with running(library, taker) as port, contextlib.ExitStack() as stack:
        for _ in range(2):
            connection = stack.enter_context(head(port, MB))
            connection.sendall(b"x" * 1000)
        assert post(port, "/api/documents?name=no", b"")[0] in (200, 400)  # no body takes no room
        for _ in range(600):
            with head(port, MB) as third:
                if third.recv(4096, socket.MSG_PEEK).startswith(b"HTTP/1.1 503"):
                    answer = third.makefile("rb").read()
                    break
        assert b"Too many uploads are under way" in answer
        assert b"Retry-After" in answer


def test_a_disk_that_takes_nothing_is_said(library: Shelf, taker: Taker) -> None:
    taker.folder /= "that is gone"
    with running(library, taker) as port:
        status, body = post(port, "/api/documents?name=a.txt", b"x" * 1000)
        assert (status, b"has no room" in body) == (503, True)
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        with contextlib.closing(connection):
            connection.request("GET", "/healthz")
            assert connection.getresponse().status == 200


def test_pages_are_answered_while_files_are_taken(library: Shelf, taker: Taker) -> None:
    taker.go.clear()
    with running(library, taker) as port:
        statuses: list[int] = []
        path = "/api/documents?name=a.txt"
        thread = threading.Thread(target=lambda: statuses.append(post(port, path, b"x")[0]))
        thread.start()
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        with contextlib.closing(connection):
            for _ in range(5):
                connection.request("GET", "/search?q=bridge")
                response = connection.getresponse()
                assert (response.status, bool(response.read())) == (200, True)
        assert statuses == []
        taker.go.set()
        thread.join()
        assert statuses == [200]
