"""Deliveries: what a command and a webhook are given, and what neither can make happen."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

import backstory
from backstory.api import Archive
from backstory.delivery.webhook import SIGNATURE, TIME, signature
from backstory.following import deliver
from backstory.secrets import BadSecret, read_secret
from tests.backstory.conftest import Run

SECRET = "a secret of some length"
KEEP = "import sys, pathlib; pathlib.Path('told.json').open('ab').write(sys.stdin.buffer.read())"


@dataclass
class Told:
    """What a server was sent, and what it answers."""

    status: int = 200
    location: str = ""
    messages: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0


@pytest.fixture
def server() -> Iterator[Told]:
    """A server on this machine that keeps what it is sent."""
    told = Told()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.messages.append((dict(self.headers), body))
            self.send_response(told.status)
            if told.location:
                self.send_header("Location", told.location)
            self.end_headers()

        def log_message(self, *arguments: Any) -> None:
            """Say nothing."""

    running = HTTPServer(("127.0.0.1", 0), Handler)
    told.port = running.server_port
    thread = Thread(target=running.serve_forever)
    thread.start()
    yield told
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A secret that only its owner can read."""
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    file.chmod(0o600)
    return file


def opened(**follow: Any) -> Archive:
    settings = {f"follow__{name}": value for name, value in follow.items()}
    return backstory.open("var/index", corpus="corpus", **settings)


def commit(folder: Path, archive: Archive, text: str = "More ships came.", name: str = "n") -> None:
    (folder / "corpus" / f"{name}.txt").write_text(text, encoding="utf-8")
    archive.index()


def troubles(archive: Archive) -> list[str]:
    lines: list[str] = []
    deliver(archive, lines.append)
    return lines


def rested(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Deliver as if the rest after a failure were over."""
    with monkeypatch.context() as impatient:
        impatient.setattr("backstory.delivery.queue.LONGEST_REST", -1.0)
        return troubles(archive)


def test_a_command_gets_news_on_its_input(indexed: Path) -> None:
    archive = opened(command=[sys.executable, "-c", KEEP])
    archive.follow("ships", "fleet")
    commit(indexed, archive)
    message = json.loads((indexed / "told.json").read_text())
    assert (message["version"], message["dropped"]) == (1, 0)
    (piece,) = message["news"]
    assert piece.pop("id") == 1
    assert piece.pop("arrived").startswith("20")
    assert piece == {
        "question": "fleet",
        "asked": "ships",
        "passage": "n#p1",
        "title": "N",
        "source": "",
        "date": "",
        "text": "More ships came.",
        "marks": [[5, 10]],
        "link": "",
    }


def test_nothing_is_delivered_twice_and_nothing_that_is_old(indexed: Path) -> None:
    archive = opened()
    archive.follow("ships")
    commit(indexed, archive)
    archive = opened(command=[sys.executable, "-c", KEEP])
    archive.index()
    assert not (indexed / "told.json").exists()
    commit(indexed, archive, "Ships again.", "second")
    archive.index()
    message = json.loads((indexed / "told.json").read_text())
    assert [piece["passage"] for piece in message["news"]] == ["second#p1"]


def test_links_begin_with_the_address_of_the_settings(indexed: Path) -> None:
    archive = opened(command=[sys.executable, "-c", KEEP])
    archive = Archive(archive.config.override(web__base_url="https://archive.example/desk/"))
    archive.follow("ships")
    commit(indexed, archive, name="a b")
    (piece,) = json.loads((indexed / "told.json").read_text())["news"]
    assert piece["link"].startswith("https://archive.example/desk/doc/a%20b?p=1&key=")


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import sys; sys.exit('no mail today')", "ended with status 1: no mail today"),
        ("import time; time.sleep(60)", "took longer than 2 s"),
        ("print('x' * 10**7); raise SystemExit(3)", "ended with status 3"),
    ],
)
def test_a_command_that_fails_is_told_and_tried_again(
    indexed: Path, monkeypatch: pytest.MonkeyPatch, program: str, said: str
) -> None:
    archive = opened(command=[sys.executable, "-c", program], seconds=2.0)
    archive.follow("ships")
    with monkeypatch.context() as quiet:
        quiet.setattr("backstory.following.deliver", lambda *_: None)
        commit(indexed, archive)
    (line,) = troubles(archive)
    assert said in line
    assert len(line) < 400
    assert troubles(archive) == []  # it rests
    again = opened(command=[sys.executable, "-c", KEEP])
    assert rested(again, monkeypatch) == []
    assert (indexed / "told.json").exists()


def test_a_program_that_is_not_there_is_told(indexed: Path, run: Run) -> None:
    (indexed / "config.toml").write_text('[follow]\ncommand = ["/no/such/program"]\n')
    run("follow", "ships", "--config", "config.toml")
    (indexed / "corpus/n.txt").write_text("More ships came.")
    done = run("index", "--config", "config.toml")
    assert done.status == 0
    assert "The command /no/such/program cannot be run: No such file or directory." in done.err


def test_no_shell_reads_the_command(indexed: Path) -> None:
    archive = opened(command=[sys.executable, "-c", KEEP, "; touch owned", "$(touch owned)"])
    archive.follow("ships")
    commit(indexed, archive)
    assert (indexed / "told.json").exists()
    assert not (indexed / "owned").exists()


def test_what_a_command_leaves_running_is_ended(indexed: Path) -> None:
    program = (
        "import subprocess, sys; child = subprocess.Popen([sys.executable, '-c',"
        " 'import time; time.sleep(60)']); open('pid', 'w').write(str(child.pid))"
    )
    archive = opened(command=[sys.executable, "-c", program])
    archive.follow("ships")
    commit(indexed, archive)
    state = Path("/proc", (indexed / "pid").read_text(), "stat")
    while state.exists() and state.read_text().split()[2] != "Z":
        time.sleep(0.01)


def test_a_command_of_a_file_that_was_only_found_is_not_run(indexed: Path, run: Run) -> None:
    (indexed / "config.toml").write_text('[follow]\ncommand = ["touch", "owned"]\n')
    run("follow", "ships")
    (indexed / "corpus/n.txt").write_text("More ships came.")
    assert "follow.command" in run("index").err
    assert not (indexed / "owned").exists()


def test_a_webhook_gets_a_signed_message(indexed: Path, server: Told, secret: Path) -> None:
    archive = opened(
        webhook=f"http://127.0.0.1:{server.port}/news?a=1",
        secret_file=str(secret),
        allow_private=True,
    )
    archive.follow("ships")
    commit(indexed, archive)
    ((headers, body),) = server.messages
    assert json.loads(body)["news"][0]["text"] == "More ships came."
    assert headers[SIGNATURE] == signature(SECRET.encode(), headers[TIME], body)
    assert signature(SECRET.encode(), "0", body) != headers[SIGNATURE]
    assert abs(int(headers[TIME]) - time.time()) < 600


@pytest.mark.parametrize(
    ("status", "location", "said"),
    [
        (500, "", "answered 500"),
        (302, "http://127.0.0.1:1/", "redirects are not followed"),
    ],
)
def test_a_webhook_that_refuses_is_tried_again(
    indexed: Path,
    server: Told,
    secret: Path,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    location: str,
    said: str,
) -> None:
    url = f"http://127.0.0.1:{server.port}/"
    archive = opened(webhook=url, secret_file=str(secret), allow_private=True)
    archive.follow("ships")
    server.status, server.location = status, location
    commit(indexed, archive)
    assert len(server.messages) == 1
    assert troubles(archive) == []
    assert said in rested(archive, monkeypatch)[0]
    server.status, server.location = 204, ""
    assert rested(archive, monkeypatch) == []
    assert len(server.messages) == 3


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://127.0.0.1:8000/", "not public (127.0.0.1)"),
        ("http://[::1]:8000/", "not public"),
        ("http://169.254.169.254/latest", "not public"),
        ("ftp://example.org/", "only http and https"),
        ("http://user:word@example.org/", "user name or password"),
    ],
)
def test_a_webhook_leads_to_public_addresses_only(
    indexed: Path, secret: Path, url: str, said: str
) -> None:
    archive = opened(webhook=url, secret_file=str(secret))
    archive.follow("ships")
    (indexed / "corpus/n.txt").write_text("More ships came.")
    lines: list[str] = []
    from backstory.following import following
    from backstory.indexer.sync import sync

    with following(archive, lines.append):
        sync(archive.passage_index, archive.config)
    assert said.split(" (")[0] in lines[-1]


def test_a_secret_must_be_one(tmp_path: Path, secret: Path) -> None:
    assert read_secret(secret) == SECRET.encode()
    with pytest.raises(BadSecret, match="cannot be read"):
        read_secret(tmp_path / "none")
    secret.chmod(0o644)
    with pytest.raises(BadSecret, match="read by others"):
        read_secret(secret)
    secret.chmod(0o600)
    secret.write_text("short")
    with pytest.raises(BadSecret, match="shorter than 16 bytes"):
        read_secret(secret)


def test_a_webhook_without_a_secret_is_not_called(indexed: Path, server: Told) -> None:
    archive = opened(webhook=f"http://127.0.0.1:{server.port}/", allow_private=True)
    archive.follow("ships")
    commit(indexed, archive)
    assert server.messages == []


def test_what_waits_too_long_is_dropped_and_said(
    indexed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backstory.delivery.queue.MOST_WAITING", 3)
    monkeypatch.setattr("backstory.delivery.queue.MOST_IN_MESSAGE", 2)
    archive = opened(command=["/no/such/program"])
    archive.follow("ships")
    commit(indexed, archive, "\n\n".join(f"Ships, number {n}." for n in range(5)))
    archive = opened(command=[sys.executable, "-c", KEEP + "; open('told.json', 'a').write('\\n')"])
    lines = rested(archive, monkeypatch)
    assert "2 news that waited too long were dropped" in lines[0]
    first, second = map(json.loads, (indexed / "told.json").read_text().splitlines())
    assert (first["dropped"], [p["passage"] for p in first["news"]]) == (2, ["n#p3", "n#p4"])
    assert (second["dropped"], [p["passage"] for p in second["news"]]) == (0, ["n#p5"])
