"""A newsroom: an archive about a harbour, and those who may do more or less with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

import backstory
from backstory import Archive
from backstory.searcher.following import FollowedQuestions
from backstory.settings import Config
from backstory.uploading import ArchiveUploads
from backstory.webui.app import create_app
from backstory.webui.clients import Clients
from backstory.webui.mounting import MountedArchive, MountedArchives
from backstory.webui.notices import Health
from backstory.webui.proxies import behind_proxies
from backstory.webui.site import create_site
from backstory.webui.users.gate import Accounts
from backstory.webui.users.passwords import hash_password
from backstory.webui.users.records import Token, User
from backstory.webui.users.sessions import Sessions
from backstory.webui.users.tokens import PREFIX, digest, new_secret
from backstory.webui.users.user_file import UserFile
from backstory.webui.visitor import Role
from tests.originals import pdf

ARCHIVE = "harbour"
PASSWORD = "four words in a row"
USERS = {
    "reader": (Role.READ, None),
    "writer": (Role.WRITE, frozenset({ARCHIVE})),
    "admin": (Role.ADMIN, None),
    "stranger": (Role.READ, frozenset({"elsewhere"})),
}


@cache
def hashed() -> str:
    """Return the hash of the password that all of them have."""
    return hash_password(PASSWORD)


class Newsroom:
    """A server's parts: its archive, its users, browsers and programs at it."""

    def __init__(
        self, folder: Path, archive: Archive, watching: Health | None = None, **settings: Any
    ) -> None:
        self.folder = folder
        self.file = UserFile(folder / "users.json")
        self.tokens = {name: PREFIX + new_secret() for name in USERS}
        with self.file.changing() as users:
            for name, (role, archives) in USERS.items():
                token = Token("program", digest(self.tokens[name]), role)
                users[name] = User(name, role, hashed(), archives, {"program": token})
        config = archive.config.override(
            web__uploads=True,
            users__file=str(self.file.path),
            state__path=str(folder / "state"),
            **settings,
        )
        self.config: Config = config
        FollowedQuestions(config.state_path).add("bridge", "bridge")
        self.sessions = Sessions(config.state_path, most=43_200, idle=7_200)
        inner = create_app(
            config,
            archive.searcher,
            watching=watching,
            originals=archive.originals,
            uploads=ArchiveUploads(archive, config.uploads),
            archive=ARCHIVE,
        )
        clients = Clients(["127.0.0.1"])
        inner.wsgi_app = behind_proxies(inner.wsgi_app, clients, config.web.base_path)  # type: ignore[method-assign]
        self.app: Flask = inner
        archives = MountedArchives([MountedArchive(ARCHIVE, "The harbour", lambda: inner)])
        self.site: Flask = create_site(config, archives)
        around = archives.mounted(self.site.wsgi_app)
        self.site.wsgi_app = Accounts(config).gate(around)  # type: ignore[method-assign]

    def browser(self, name: str = "", app: Flask | None = None) -> FlaskClient:
        """Return a browser, in which somebody is logged in."""
        client = (app or self.app).test_client()
        if name:
            client.set_cookie("backstory", self.session(name))
        return client

    def session(self, name: str) -> str:
        """Begin a session of a user, and return its secret."""
        return self.sessions.begin(name, self.file.users()[name].fingerprint)

    def program(self, name: str) -> dict[str, str]:
        """Return the headers of a program with a user's token."""
        return {"Authorization": f"Bearer {self.tokens[name]}"}


@contextmanager
def harbour(folder: Path) -> Iterator[Archive]:
    """Make the archive: an article, and a PDF with two pages."""
    corpus = folder / "corpus"
    corpus.mkdir(parents=True)
    (corpus / "article.txt").write_text(
        "The harbour bridge was paid for twice.\n\nMayor Brandt signed for the bridge.\n"
    )
    (corpus / "report.pdf").write_bytes(pdf("The bridge is leaking.", "A ferry is needed."))
    with backstory.open(folder / "index", corpus=corpus) as opened:
        opened.index()
        yield opened
