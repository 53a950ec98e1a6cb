"""The programs that the documentation shows for deliveries, as they stand there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

import backstory
from backstory.delivery.webhook import signature

PAGE = Path(__file__).parents[2] / "docs/how-to/follow-a-question.md"
MAIL, CHAT, CHECK = re.findall(r"^```py\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)


def news(folder: Path, program: str, *arguments: str) -> None:
    """Have news delivered to a program of the page."""
    (folder / "program.py").write_text(program, encoding="utf-8")
    command = [sys.executable, str(folder / "program.py"), *arguments]
    with backstory.open("var/index", corpus="corpus", follow__command=command) as archive:
        archive.follow("ships", "fleet")
        (folder / "corpus/n.txt").write_text("More ships – at last – came.", encoding="utf-8")
        archive.index()


def test_news_come_by_mail(indexed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = indexed / "bin/sendmail"
    fake.parent.mkdir()
    fake.write_text(f'#!/bin/sh\ncat > "{indexed}/mail"\n')
    fake.chmod(0o700)
    monkeypatch.setenv("PATH", str(fake.parent), prepend=":")
    news(indexed, MAIL)
    mail = message_from_bytes((indexed / "mail").read_bytes(), policy=policy.default)
    assert mail["Subject"] == "1 new passages"
    assert "fleet: N (n#p1)\nMore ships – at last – came." in mail.get_content()


def test_news_come_into_a_chat(indexed: Path) -> None:
    said: list[dict[str, str]] = []

    class Chat(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Chat)
    thread = Thread(target=server.serve_forever)
    thread.start()
    news(indexed, CHAT, f"http://127.0.0.1:{server.server_port}/hook")
    server.shutdown()
    thread.join()
    server.server_close()
    assert said == [{"text": "fleet: N, n#p1"}]


def test_a_signature_is_checked_as_the_page_says() -> None:
    names: dict[str, object] = {}
    exec(CHECK, names)
    is_genuine = names["is_genuine"]
    assert callable(is_genuine)
    moment, old = str(int(time.time())), str(int(time.time()) - 4000)
    right = signature(b"secret", moment, b"body")
    assert is_genuine(b"secret", moment, right, b"body")
    assert not is_genuine(b"secret", moment, right, b"bodies")
    assert not is_genuine(b"secret", old, signature(b"secret", old, b"body"), b"body")


def test_the_programs_need_nothing_that_is_not_in_python() -> None:
    for program in (MAIL, CHAT, CHECK):
        done = subprocess.run([sys.executable, "-S", "-c", f"compile({program!r}, 'x', 'exec')"])
        assert done.returncode == 0
