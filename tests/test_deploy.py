"""What `deploy/` ships works: nginx in front of the real server, the others by their own linters.

The nginx story is skipped where there is no nginx, and fails where the environment says
`NGINX_TESTS=required`, as `.ci/run` does.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPSConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.browser.conftest import CHROMIUM, missing

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
PATIENCE = 60
NAME = "archive.example"
FORM = "application/x-www-form-urlencoded"
PASSWORD = "four words in a row"
NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx") or ""
SECRET = "one-shared-secret-of-the-two-servers-alone"


@dataclass(frozen=True)
class Answer:
    """What came over the wire."""

    status: int
    headers: Message
    text: str


class Front:
    """nginx with the shipped configuration, on a port of this machine, before a real server."""

    def __init__(self, folder: Path, *, asks_for_passwords: bool) -> None:
        self.folder, self.asks_for_passwords = folder, asks_for_passwords
        self.port = _free_port()
        self._certificate()
        (folder / "htpasswd").write_text(f"ines:{_apr1(PASSWORD)}\notto:{_apr1(PASSWORD)}\n")
        _settings(folder, asks_for_passwords=asks_for_passwords)
        self.config = folder / "backstory.conf"
        self.config.write_text(_adapted(folder, self.port, asks_for_passwords=asks_for_passwords))
        (folder / "nginx.conf").write_text(
            f"{'user root;' if os.geteuid() == 0 else ''}\n"
            f"daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;\n"
            f"events {{}}\nhttp {{ include {self.config};\n"
            + "".join(
                f"{kind}_temp_path {folder}/{kind};\n"
                for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
            )
            + "}\n"
        )

    def ask(
        self, path: str, user: str = "", password: str = PASSWORD, body: str = "", **headers: str
    ) -> Answer:
        """Ask by the name of the certificate; `headers` have _ for -, a body is posted."""
        context = ssl.create_default_context(cafile=self.folder / "certificate.pem")
        connection = HTTPSConnection(NAME, self.port, timeout=PATIENCE, context=context)
        # The name of the certificate, and the address of this machine.
        connection._create_connection = lambda *_, **__: socket.create_connection(  # type: ignore[attr-defined]
            ("127.0.0.1", self.port), PATIENCE
        )
        given = {name.replace("_", "-"): value for name, value in headers.items()} | {"Host": NAME}
        if user:
            pair = base64.b64encode(f"{user}:{password}".encode()).decode()
            given["Authorization"] = f"Basic {pair}"
        with contextlib.closing(connection):
            connection.request("POST" if body else "GET", path, body or None, given)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read().decode("utf-8", "replace"))

    def _certificate(self) -> None:
        """Make a certificate for the name that the shipped file has."""
        subprocess.run(
            [
                *(
                    "openssl",
                    "req",
                    "-x509",
                    "-newkey",
                    "ec",
                    "-pkeyopt",
                    "ec_paramgen_curve:P-256",
                ),
                *("-nodes", "-days", "2", "-subj", "/CN=archive.example"),
                *("-addext", "subjectAltName=DNS:archive.example"),
                *("-keyout", str(self.folder / "key.pem")),
                *("-out", str(self.folder / "certificate.pem")),
            ],
            check=True,
            capture_output=True,
        )


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def _apr1(password: str) -> str:
    command = ["openssl", "passwd", "-apr1", password]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _adapted(folder: Path, port: int, *, asks_for_passwords: bool) -> str:
    """Return the shipped file with other paths and another port, and nothing else."""
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for shipped, here in {
        "unix:/run/backstory/socket": f"unix:{folder}/socket",
        "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        "    listen [::]:443 ssl;\n": "",
        "/etc/ssl/certs/archive.example.pem": f"{folder}/certificate.pem",
        "/etc/ssl/private/archive.example.key": f"{folder}/key.pem",
        "/var/log/nginx/backstory.log": f"{folder}/nginx.log",
        "/etc/nginx/backstory.htpasswd": f"{folder}/htpasswd",
        **({"        #": "        "} if asks_for_passwords else {}),
    }.items():
        assert shipped in text, shipped
        if shipped.strip() == "#":
            text = re.sub(r"^        #(?=(auth|proxy)_)", "        ", text, flags=re.M)
        else:
            text = text.replace(shipped, here)
    return text


def _settings(folder: Path, *, asks_for_passwords: bool) -> None:
    """Write the shipped settings with other paths."""
    text = (DEPLOY / "newsroom.toml").read_text(encoding="utf-8")
    for shipped in ("/srv/dossier", "/var/lib/backstory/index", "/var/log/backstory/access.log"):
        assert shipped in text
        text = text.replace(shipped, str(folder / Path(shipped).name))
    text = text.replace("/var/lib/backstory/users.json", str(folder / "users.json"))
    if asks_for_passwords:
        text = text.replace("# proxy_header", "proxy_header")
    (folder / "newsroom.toml").write_text(text)


def backstory(folder: Path, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "backstory", "--config", str(folder / "newsroom.toml")]
    return subprocess.run(
        [*command, *arguments], input=text, capture_output=True, text=True, check=True
    )


@contextlib.contextmanager
def running(folder: Path, *, asks_for_passwords: bool) -> Iterator[Front]:
    """Start both servers, and end them."""
    front = Front(folder, asks_for_passwords=asks_for_passwords)
    (folder / "dossier").mkdir()
    (folder / "dossier/article.txt").write_text("The harbour bridge was paid for twice.\n")
    backstory(folder, "index")
    for name, role in (("ines", "admin"), ("otto", "read")):
        backstory(folder, "user", "add", name, "--role", role, "--stdin", text=f"{PASSWORD}\n")
    command = [
        sys.executable,
        "-m",
        "backstory",
        "--config",
        str(folder / "newsroom.toml"),
        "serve",
    ]
    with contextlib.ExitStack() as stack:
        for each in (
            [*command, "serve", "--workers", "2", "--unix-socket", str(folder / "socket")],
            [NGINX, "-c", str(folder / "nginx.conf"), "-p", str(folder)],
        ):
            process = subprocess.Popen(each, stderr=subprocess.DEVNULL)
            stack.callback(process.wait)
            stack.callback(process.terminate)
        wait_for(front)
        yield front


def wait_for(front: Front) -> None:
    """Wait until the whole way answers."""
    for _ in range(PATIENCE * 20):
        with contextlib.suppress(OSError):
            if front.ask("/backstory/healthz", "otto").status == 200:
                return
        threading.Event().wait(0.05)
    raise AssertionError((front.folder / "error.log").read_text())


@pytest.fixture(scope="module", params=[False, True], ids=["our passwords", "nginx's passwords"])
def front(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Front]:
    if not NGINX:
        reason = "the story of nginx needs nginx: apt-get install nginx"
        (pytest.fail if os.environ.get("NGINX_TESTS") == "required" else pytest.skip)(reason)
    folder = tmp_path_factory.mktemp("nginx")
    with running(folder, asks_for_passwords=bool(request.param)) as started:
        yield started


def log_in(front: Front, name: str = "otto", password: str = PASSWORD) -> tuple[Answer, str]:
    """Send the login form; return the answer, and the cookie that came with it."""
    shown = front.ask("/backstory/login")
    token = re.findall(r'name="csrf_token" value="([^"]+)"', shown.text)[0]
    cookie = str(shown.headers["Set-Cookie"]).partition(";")[0]
    body = urlencode({"csrf_token": token, "name": name, "password": password})
    headers = {"Cookie": cookie, "Content-Type": FORM, "Origin": f"https://{NAME}"}
    answer = front.ask("/backstory/login", body=body, **headers)
    return answer, str(answer.headers["Set-Cookie"] or "").partition(";")[0]


def test_nobody_comes_in_without_a_password(front: Front) -> None:
    for path in ("/backstory/", "/backstory/search?q=bridge", "/backstory/api/search?q=bridge"):
        answer = front.ask(path)
        assert answer.status in (303, 401)
        assert "paid" not in answer.text
        assert answer.headers["Strict-Transport-Security"]
    if front.asks_for_passwords:
        assert front.ask("/backstory/", "otto", "wrong").status == 401
        assert front.ask("/backstory/", "nobody").status == 401
    else:
        answer, cookie = log_in(front, password="wrong")
        assert (answer.status, cookie) == (403, "")


def test_who_logs_in_gets_the_whole_site_under_its_path(front: Front) -> None:
    user, headers = "otto", {}
    if not front.asks_for_passwords:
        answer, cookie = log_in(front)
        assert answer.status == 303
        assert answer.headers["Location"] == "/backstory/"
        assert "; Secure; HttpOnly; Path=/backstory; SameSite=Lax" in answer.headers["Set-Cookie"]
        user, headers = "", {"Cookie": cookie}
    page = front.ask("/backstory/search?q=bridge", user, **headers)
    assert page.status == 200
    assert "<bdi>otto</bdi>" in page.text
    assert ("Log out" in page.text) is bool(headers)
    for link in re.findall(r'(?:href|src|action)="(/[^"]*)"', page.text):
        assert link.startswith("/backstory/")
        if "logout" not in link:
            assert front.ask(link.replace("&amp;", "&"), user, **headers).status in (200, 302), link
    described = front.ask("/backstory/opensearch.xml", user, **headers).text
    assert 'template="https://archive.example/backstory/search?q={searchTerms}"' in described
    found = json.loads(front.ask("/backstory/api/search?q=bridge", user, **headers).text)
    assert found["total"] == 1
    assert front.ask("/backstory/api/status", user, **headers).status == 403
    assert front.ask("/backstory", user, **headers).headers["Location"].endswith("/backstory/")


def test_what_a_client_says_of_itself_counts_for_nothing(front: Front) -> None:
    spoofed = {
        "Remote_User": "ines",
        "X_Forwarded_Host": "evil.example",
        "X_Forwarded_Prefix": "/evil",
        "X_Forwarded_Proto": "http",
        "X_Forwarded_For": "203.0.113.9",
        "X_Backstory_Secret": SECRET,
    }
    assert front.ask("/backstory/api/status", **spoofed).status == 401
    described = front.ask("/backstory/opensearch.xml", "otto", **spoofed)
    assert described.status == 200
    assert "evil" not in described.text
    if front.asks_for_passwords:
        assert front.ask("/backstory/api/status", "otto", **spoofed).status == 403


def test_logs_name_users_and_no_questions(front: Front) -> None:
    user = "otto" if front.asks_for_passwords else ""
    front.ask("/backstory/api/search?q=zeppelins", user)
    ours = (front.folder / "access.log").read_text()
    assert " /backstory/api/search HTTP/1.1" in ours
    assert not user or " - otto [" in ours
    for log in (ours, (front.folder / "nginx.log").read_text()):
        assert "zeppelins" not in log
        assert "127.0.0.1 - " in log


def test_a_reader_in_a_browser_comes_in_searches_and_goes(front: Front) -> None:
    if found := missing():
        (pytest.fail if os.environ.get("BROWSER_TESTS") == "required" else pytest.skip)(found)
    from playwright.sync_api import sync_playwright

    address = f"https://{NAME}:{front.port}/backstory"
    options = {"http_credentials": {"username": "otto", "password": PASSWORD}}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM),
            args=["--no-sandbox", f"--host-resolver-rules=MAP {NAME} 127.0.0.1"],
        )
        context = browser.new_context(
            ignore_https_errors=True, **(options if front.asks_for_passwords else {})
        )
        context.set_default_timeout(PATIENCE * 1000)
        shown = context.new_page()
        complaints: list[str] = []
        shown.on("console", lambda told: complaints.append(told.text))
        shown.goto(f"{address}/search?q=bridge")
        if not front.asks_for_passwords:
            shown.get_by_label("Name").fill("otto")
            shown.get_by_label("Password").fill(PASSWORD)
            shown.get_by_role("button", name="Log in").click()
        shown.get_by_role("navigation", name="Site").get_by_text("otto").wait_for()
        assert shown.url == f"{address}/search?q=bridge"
        assert shown.get_by_role("main").get_by_text("paid for twice").count()
        background = "getComputedStyle(document.body).backgroundColor"
        assert shown.evaluate(background) != "rgba(0, 0, 0, 0)", "the style has come"
        if not front.asks_for_passwords:
            shown.get_by_role("button", name="Log out").click()
            shown.wait_for_url(f"{address}/login")
            shown.goto(f"{address}/search?q=bridge")
            assert shown.get_by_role("heading", name="Log in").is_visible()
        assert [each for each in complaints if "Clear-Site-Data" not in each] == []
        browser.close()


# The others


def test_the_unit_is_one_and_is_fenced(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("the unit is verified by systemd-analyze: apt-get install systemd")
    unit = tmp_path / "backstory.service"
    text = (DEPLOY / "backstory.service").read_text(encoding="utf-8")
    unit.write_text(text.replace("/opt/backstory/bin/backstory", sys.executable))
    verified = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False
    )
    assert [line for line in verified.stderr.splitlines() if "backstory" in line] == []
    rated = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(unit)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert rated.returncode == 0, rated.stdout[-400:]


def test_the_caddyfile_is_one() -> None:
    if not shutil.which("caddy"):
        pytest.skip("the Caddyfile is validated by caddy: apt-get install caddy")
    done = subprocess.run(
        ["caddy", "adapt", "--validate", "--config", str(DEPLOY / "Caddyfile")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_containerfile_is_one() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    assert re.findall(r"^FROM (\S+)", text, re.M) == ["docker.io/library/python:3.13-slim"] * 2
    assert "USER 10001" in text
    assert "/healthz" in text
    if not shutil.which("hadolint"):
        pytest.skip("the Containerfile is linted by hadolint, which Debian does not have")
    path = str(DEPLOY / "Containerfile")
    done = subprocess.run(["hadolint", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
