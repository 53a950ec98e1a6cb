"""Attacks on a server with users: what is sent, and what it gets.

The same table stands in docs/explanation/attacks.md; a test compares the two.
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from backstory import Archive
from backstory.webui.access_log import AccessLog, open_log
from backstory.webui.csrf import token as csrf_token
from backstory.webui.serving import open_server
from backstory.webui.users.passwords import _nobodys
from backstory.webui.users.tokens import digest
from backstory.webui.visitor import SESSION
from tests.newsroom import PASSWORD, Newsroom, harbour, hashed

ROOT = Path(__file__).resolve().parents[2]
STRANGER, PROXY = "198.51.100.7", "127.0.0.1"
SECRET = "a-secret-that-the-proxy-shares-with-us"
GUESSED = "A" * 43
EVIL = "evil.example"
LOGIN = "303, to the login page"
# Words of the documents: whoever gets one of them has come in.
WORDS = ("paid for", "Brandt", "leaking")


@dataclass(frozen=True)
class Attack:
    """One attack; `gets` is the status, and what else can be said of the answer.

    `user` is who is logged in where it is tried; `token` whose form token is sent along.
    """

    kind: str
    name: str
    gets: str
    path: str = "/search?q=bridge"
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    data: Any = None
    user: str = ""
    token: str = ""
    peer: str = STRANGER
    lacks: str = ""

    @property
    def status(self) -> int:
        """The status that it must get."""
        return int(self.gets[:3])


def csrf(name: str, gets: str = "403", **options: Any) -> Attack:
    """Return one that would log an administrator out."""
    usual = {"path": "/logout", "method": "POST", "user": "admin"}
    return Attack("forged form", name, gets, **{**usual, **options})


def spoofed(name: str, gets: str = LOGIN, **options: Any) -> Attack:
    return Attack("false header", name, gets, **options)


def redirected(name: str, onward: str) -> Attack:
    """Return one in which whoever logs in should end elsewhere."""
    data = {"name": "reader", "password": PASSWORD, "next": onward}
    gets = "303, to the home page"
    return Attack("open redirect", name, gets, "/login", "POST", data=data, token="form")


def placed(name: str, path: str, gets: str = LOGIN, **options: Any) -> Attack:
    return Attack("path", name, gets, path, **options)


def hosted(name: str, host: str) -> Attack:
    return Attack("host", name, "400", headers={"Host": host}, user="reader", lacks="paid for")


OTHER_SITE = {"Origin": f"https://{EVIL}"}
DESCRIPTION = {"path": "/opensearch.xml", "lacks": "evil"}
ATTACKS = (
    csrf("a form without a token"),
    csrf("the token of another session", token="reader"),
    csrf("the token in the address", path="/logout?csrf_token={token}", token="admin in the address"),
    csrf("the right token from another site", token="admin", headers=OTHER_SITE),
    csrf("the right token from no site", token="admin", headers={"Origin": "null"}),
    csrf("the right token across sites", token="admin", headers={"Sec-Fetch-Site": "cross-site"}),
    csrf("the right token from a sister site", token="admin", headers={"Sec-Fetch-Site": "same-site"}),
    csrf("JSON as text", data='{"csrf_token": "x"}', headers={"Content-Type": "text/plain"}),
    csrf("JSON", data="{}", headers={"Content-Type": "application/json"}),
    csrf("a form in parts", data="--x--", headers={"Content-Type": "multipart/form-data; boundary=x"}),
    csrf("by an image", "405", method="GET"),
    csrf("by HEAD", "405", method="HEAD"),
    csrf("a method in a header", "405", method="GET", headers={"X-HTTP-Method-Override": "POST"}),
    csrf("a method in the address", "405", method="GET", path="/logout?_method=POST"),
    csrf("logging somebody in as somebody else", path="/login", user="", data={"name": "reader"}),
    csrf("a planted form cookie from another site", user="", path="/login", token="planted", headers=OTHER_SITE),
    Attack("session", "a made-up cookie", LOGIN, headers={"Cookie": f"backstory={GUESSED}"}),
    Attack("session", "a cookie that is no secret", LOGIN, headers={"Cookie": "backstory=' OR 1=1 --"}),
    Attack("session", "the hash from a stolen database", LOGIN, headers={"Cookie": "backstory={hash}"}),
    Attack("session", "a good session in the address", LOGIN, "/search?backstory={session}"),
    Attack("session", "a good session after a bad one", LOGIN, headers={"Cookie": "backstory=x; backstory={session}"}),
    Attack("session", "a good session of a foreign archive", "403", user="stranger"),
    Attack("session", "a reader at what administrators see", "403", "/api/status", user="reader"),
    spoofed("Remote-User without the secret", headers={"Remote-User": "admin"}),
    spoofed("Remote-User with a wrong secret", headers={"Remote-User": "admin", "X-Backstory-Secret": "x" * 40}),
    spoofed("Remote-User with an empty secret", headers={"Remote-User": "admin", "X-Backstory-Secret": ""}),
    spoofed("two names from the real proxy", headers={"Remote-User": "reader, admin", "X-Backstory-Secret": SECRET}),
    spoofed("a name that nobody has, from the real proxy", headers={"Remote-User": "root", "X-Backstory-Secret": SECRET}),
    spoofed("X-Remote-User, X-Forwarded-User", headers={"X-Remote-User": "admin", "X-Forwarded-User": "admin"}),
    spoofed("the server's own word for who asks", headers={"backstory.visitor": "admin", "Backstory-Visitor": "admin"}),
    spoofed("Basic with a good password", headers={"Authorization": "Basic YWRtaW46Zm91ciB3b3JkcyBpbiBhIHJvdw=="}),
    spoofed("X-Forwarded-Host", "200", headers={"X-Forwarded-Host": EVIL}, **DESCRIPTION),
    spoofed("X-Forwarded-Prefix", "200", headers={"X-Forwarded-Prefix": "/evil"}, **DESCRIPTION),
    spoofed("X-Forwarded-Proto", "200", path="/opensearch.xml", headers={"X-Forwarded-Proto": "https"}, lacks="https://"),
    spoofed("Forwarded", "200", headers={"Forwarded": f"host={EVIL};proto=https"}, **DESCRIPTION),
    spoofed("X-Original-URL", "200", path="/login", headers={"X-Original-URL": "/api/status"}, lacks="generation"),
    spoofed("X-Rewrite-URL", "200", path="/login", headers={"X-Rewrite-URL": "/api/status"}, lacks="generation"),
    spoofed("a host as prefix, from the real proxy", "400", headers={"X-Forwarded-Prefix": f"//{EVIL}"}, peer=PROXY, lacks=EVIL),
    spoofed("another host, from the real proxy", "400", headers={"X-Forwarded-Host": f"{EVIL}/<b>"}, peer=PROXY, lacks=EVIL),
    spoofed("a strange scheme, from the real proxy", "400", headers={"X-Forwarded-Proto": "javascript"}, peer=PROXY, lacks="javascript"),
    redirected("//host", f"//{EVIL}"),
    redirected("/\\host", f"/\\{EVIL}"),
    redirected("a whole address", f"https://{EVIL}/"),
    redirected("a tab between the slashes", f"/\t/{EVIL}"),
    redirected("javascript:", "javascript:alert(1)"),
    redirected("a header after a line end", "/x\r\nSet-Cookie: backstory=x"),
    redirected("back to the login page", "/login?next=/login"),
    Attack("open redirect", "//host, by who is logged in", "303, to the home page", f"/login?next=//{EVIL}", user="reader"),
    hosted("another host", EVIL),
    hosted("a host behind ours", f"localhost@{EVIL}"),
    hosted("a port that is none", "localhost:99999"),
    placed("out of the static files", "/static/../users.json", "404"),
    placed("out of them, quoted", "/static/%2e%2e/%2e%2e/users.json", "404"),
    placed("out of the originals", "/original/../../users.json", "404", user="admin"),
    placed("out of the originals, quoted", "/original/..%2f..%2fusers.json", "404", user="admin"),
    placed("the log-ins' database", "/static/..%2f..%2fstate%2fserver.sqlite", "404"),
    placed("a slash at the end", "/api/status/", "401"),
    placed("large letters", "/API/status"),
    placed("a parameter in the path", "/login;/../api/status"),
    placed("a public page, and up again", "/style.css/../api/status"),
    placed("a null at the end", "/api/status%00", "401"),
    Attack("guessing", "a made-up token", "401", "/api/search?q=bridge", headers={"Authorization": f"Bearer backstory_{GUESSED}"}),
    Attack("guessing", "a token with a session beside it", "401", "/api/search?q=bridge", headers={"Authorization": "Bearer x"}, user="admin"),
    Attack("guessing", "a password of a megabyte", "413", "/login", "POST", data={"name": "admin", "password": "x" * 2**20}),
    Attack("leak", "a good token in the address", "401", "/api/search?q=bridge&access_token={bearer}&token={bearer}"),
    Attack("leak", "a good token in a form", LOGIN, method="POST", data={"access_token": "{bearer}"}),
)  # fmt: skip
# What takes more than one request: tested below, each by the test named.
STORIES = {
    ("session", "a session from before the log-in"): "ended; there is a new one",
    ("session", "a session after the log-out"): LOGIN,
    ("session", "a session of a user who was removed"): LOGIN,
    (
        "guessing",
        "the eleventh password for a name, from eleven addresses",
    ): "429, also the right one",
    ("guessing", "new names from one address, with a false X-Forwarded-For each"): "429",
    ("guessing", "clocking the log-ins of unknown names"): "a check of the same cost",
    ("leak", "passwords, tokens and sessions in the log"): "none is there",
    ("leak", "what another user got, from a cache"): "`private`, `Vary: Cookie, Authorization`",
    ("leak", "the address of a page, by a link out of it"): "`Referrer-Policy: same-origin`",
    ("leak", "a page in a frame"): "`frame-ancestors 'none'`",
}
# What is sent as it stands to the real server, and what it answers first.
WIRE = {
    "two lengths": (b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nContent-Length: 50\r\n\r\nabcd{next}", "400"),
    "a length and chunks": (b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{next}", "403"),
    "a length with a sign": (b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: +4\r\n\r\nabcd{next}", "400"),
    "a length that is negative": (b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: -4\r\n\r\nabcd{next}", "400"),
    "an encoding that is none": (b"POST /login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{next}", "501"),
    "chunks of an odd size": (b"POST /login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nabcde\r\n0\r\n\r\n{next}", "400"),
    "a space before the colon": (b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length : 4\r\n\r\nabcd{next}", "400"),
    "a bare line end in a header": (b"GET /login HTTP/1.1\r\nHost: localhost\r\nX: a\nRemote-User: admin\r\n\r\n{next}", "400"),
    "two hosts": (b"GET /login HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", "400"),
    "an address with another host": (b"GET http://evil.example/opensearch.xml HTTP/1.1\r\nHost: evil.example\r\n\r\n", "400"),
    "a header with _ for -": (b"GET /search HTTP/1.1\r\nHost: localhost\r\nRemote_User: admin\r\nX_Backstory_Secret: %s\r\n\r\n" % SECRET.encode(), "303"),
    "a tunnel": (b"CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost\r\n\r\n", "303"),
    "two slashes": (b"GET //api/status HTTP/1.1\r\nHost: localhost\r\n\r\n", "401"),
}  # fmt: skip
SMUGGLED = b"GET /api/status HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with harbour(tmp_path_factory.mktemp("attacks")) as opened:
        yield opened


@pytest.fixture
def newsroom(archive: Archive, tmp_path: Path) -> Newsroom:
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    secret.chmod(0o600)
    proxied = {"users__proxy_header": "Remote-User", "users__proxy_secret_file": str(secret)}
    return Newsroom(tmp_path, archive, **proxied)


def form_token(client: Any, path: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert found
    return found[1]


def send(newsroom: Newsroom, attack: Attack) -> Any:
    """Do what an attack says; the texts in braces are secrets that the attacker has."""
    client = newsroom.browser(attack.user)
    session = newsroom.session("admin")
    known = {"session": session, "hash": digest(session), "bearer": newsroom.tokens["admin"]}
    data = attack.data
    if attack.token:
        whose = attack.token.partition(" ")[0]
        other = client if whose in (attack.user, "form", "planted") else newsroom.browser(whose)
        known["token"] = form_token(other, "/help" if attack.user else "/login")
        data = {**(data or {}), "csrf_token": known["token"]}

    def filled(text: str) -> str:
        for name, value in known.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    if "in the address" in attack.token:
        data = None
    if isinstance(data, dict):
        data = {name: filled(value) for name, value in data.items()}
    headers = {name: filled(value) for name, value in attack.headers.items()}
    if "Cookie" in headers:
        client = newsroom.app.test_client(use_cookies=False)
    return client.open(
        filled(attack.path),
        method=attack.method,
        headers=headers,
        data=data,
        environ_base={"REMOTE_ADDR": attack.peer},
        buffered=True,
    )


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: f"{attack.kind}: {attack.name}")
def test_an_attack_gets_what_the_table_says(newsroom: Newsroom, attack: Attack) -> None:
    answer = send(newsroom, attack)
    assert answer.status_code == attack.status, answer.text
    said = answer.text + str(answer.headers)
    assert not [word for word in (*WORDS, PASSWORD, SECRET) if word in said]
    assert not attack.lacks or attack.lacks not in said
    place = answer.headers.get("Location", "")
    if attack.gets == LOGIN:
        assert place == "/login" or place.startswith("/login?next=/")
    elif attack.status == 303:
        assert place == "/"
    if attack.kind == "forged form":
        assert "Clear-Site-Data" not in answer.headers
        assert "backstory=" not in str(answer.headers.getlist("Set-Cookie"))


def test_what_is_refused_here_lets_the_right_one_in(newsroom: Newsroom) -> None:
    """A table of refusals would also be true of a server that refuses everything."""
    client, path = newsroom.browser(), "/api/status"
    vouched = {"Remote-User": "Admin", "X-Backstory-Secret": SECRET}
    assert client.get(path, headers=vouched).status_code == 200
    assert client.get(path, headers={**vouched, "Remote-User": "reader"}).status_code == 403
    assert client.get(path, headers=newsroom.program("admin")).status_code == 200
    session = {"Cookie": f"backstory={newsroom.session('admin')}"}
    assert newsroom.app.test_client(use_cookies=False).get(path, headers=session).status_code == 200
    told = {
        "X-Forwarded-Host": "127.0.0.1",
        "X-Forwarded-Prefix": "/x",
        "X-Forwarded-Proto": "https",
    }
    text = client.get("/opensearch.xml", headers=told).text
    assert "https://127.0.0.1/x/search" in text
    post = newsroom.browser("admin")
    token = form_token(post, "/help")
    assert post.post("/logout", data={"csrf_token": token}).status_code == 303


def test_a_name_that_only_the_proxy_knows_may_what_the_settings_say(
    archive: Archive, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    secret.chmod(0o600)
    settings = {"users__proxy_header": "X-Auth-User", "users__proxy_role": "read"}
    newsroom = Newsroom(tmp_path, archive, users__proxy_secret_file=str(secret), **settings)
    client, headers = newsroom.browser(), {"X-Auth-User": "carla", "X-Backstory-Secret": SECRET}
    page = client.get("/help", headers=headers)
    assert page.status_code == 200
    assert "<bdi>carla</bdi>" in page.text
    assert "Log out" not in page.text
    assert client.get("/api/status", headers=headers).status_code == 403
    del headers["X-Backstory-Secret"]
    assert client.get("/help", headers=headers).status_code == 303


def guess(newsroom: Newsroom, name: str, password: str, **headers: str) -> int:
    client = newsroom.browser()
    data = {"csrf_token": form_token(client, "/login"), "name": name, "password": password}
    peer = headers.pop("peer", STRANGER)
    given = {each.replace("_", "-"): value for each, value in headers.items()}
    answer = client.post("/login", data=data, headers=given, environ_base={"REMOTE_ADDR": peer})
    return int(answer.status_code)


def test_a_session_from_before_is_ended_by_the_log_in(newsroom: Newsroom) -> None:
    client = newsroom.browser("stranger")
    planted = client.get_cookie("backstory")
    assert planted
    with newsroom.app.test_request_context(environ_overrides={SESSION: planted.value}):
        token = csrf_token()
    data = {"csrf_token": token, "name": "reader", "password": PASSWORD}
    assert client.post("/login", data=data).status_code == 303
    now = client.get_cookie("backstory")
    assert now
    assert now.value != planted.value
    assert newsroom.sessions.find(planted.value) is None


def test_sessions_end(newsroom: Newsroom) -> None:
    client = newsroom.browser("reader")
    kept = client.get_cookie("backstory")
    assert kept
    client.post("/logout", data={"csrf_token": form_token(client, "/help")})
    client.set_cookie("backstory", kept.value)
    assert client.get("/help").headers["Location"].startswith("/login")
    client = newsroom.browser("writer")
    with newsroom.file.changing() as users:
        del users["writer"]
    assert client.get("/help").headers["Location"].startswith("/login")


def test_guessing_is_counted(newsroom: Newsroom) -> None:
    for number in range(newsroom.config.users.attempts):
        assert guess(newsroom, "reader", "x", peer=f"203.0.113.{number}") == 403
    assert guess(newsroom, "reader", "x", peer="203.0.113.99") == 429
    assert guess(newsroom, "reader", PASSWORD, peer="203.0.113.98") == 429
    statuses = [
        guess(newsroom, f"name{number}", "x", X_Forwarded_For=f"203.0.113.{number}")
        for number in range(newsroom.config.users.attempts * 3 + 1)
    ]
    assert statuses == [403] * (len(statuses) - 1) + [429]


def test_unknown_names_cost_as_much() -> None:
    costs = {tuple(each.split("$")[1:4]) for each in (_nobodys(), hashed())}
    assert len(costs) == 1


def test_nothing_secret_is_logged_cached_or_passed_on(newsroom: Newsroom, tmp_path: Path) -> None:
    log = open_log(newsroom.config.override(web__log=str(tmp_path / "log")))
    newsroom.app.wsgi_app = AccessLog(newsroom.app.wsgi_app, log, has_queries=True)  # type: ignore[method-assign]
    client = newsroom.browser("reader")
    answer = client.get("/search?q=bridge", headers=newsroom.program("reader"), buffered=True)
    guess(newsroom, "reader", PASSWORD)
    assert answer.headers["Cache-Control"] == "no-cache, private"
    assert {"Cookie", "Authorization"} <= {*answer.headers["Vary"].split(", ")}
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    text = (tmp_path / "log").read_text()
    kept = client.get_cookie("backstory")
    assert kept
    assert "GET /search?q=bridge" in text
    for secret in (PASSWORD, "four+words", kept.value, newsroom.tokens["reader"]):
        assert secret not in text


@pytest.fixture(scope="module")
def port(archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of the real server over the archive."""
    newsroom = Newsroom(tmp_path_factory.mktemp("wire"), archive, web__port=0)
    server = open_server(newsroom.config, archive.searcher)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield int(server.effective_port)
    server.trigger.pull_trigger(server.close)
    thread.join()
    server.task_dispatcher.shutdown()


def sent_raw(port: int, text: bytes) -> bytes:
    with closing(socket.create_connection(("127.0.0.1", port), 60)) as connection:
        connection.sendall(text.replace(b"{next}", SMUGGLED))
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize("name", WIRE)
def test_what_is_odd_on_the_wire_gets_what_the_table_says(port: int, name: str) -> None:
    text, status = WIRE[name]
    answer = sent_raw(port, text)
    assert re.findall(rb"^HTTP/1\.[01] (\d{3})", answer)[0].decode() == status, answer[:300]
    # What was sent behind it is no request of its own.
    assert len(re.findall(rb"^HTTP/1\.[01] \d{3}", answer, re.M)) == 1
    assert b"evil.example/" not in answer


def table() -> str:
    """Return the table as the documentation has it."""
    rows: list[tuple[str, str, str]] = [(each.kind, each.name, each.gets) for each in ATTACKS]
    rows += [(*which, gets) for which, gets in STORIES.items()]
    rows += [
        ("smuggling", name, f"{status}, and nothing behind it")
        for name, (_, status) in WIRE.items()
    ]
    order = list(dict.fromkeys(kind for kind, _, _ in rows))
    lines = [
        f"| {kind} | {name} | {gets} |"
        for kind, name, gets in sorted(rows, key=lambda row: order.index(row[0]))
    ]
    return "\n".join(["| kind | what is sent | what it gets |", "|---|---|---|", *lines])


def test_the_documentation_has_the_table() -> None:
    text = (ROOT / "docs/explanation/attacks.md").read_text(encoding="utf-8")
    assert table() in text
    assert table().count("\n") - 1 >= 60
