"""The section [web], and all that the web page wants to be told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from backstory.engine.settings import setting
from backstory.searcher.settings import SearchSettings

OWN_HOSTS = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Where the page is served, to whom, and what its first page offers to ask."""

    host: str = setting("127.0.0.1", is_trusted_only=True)
    port: int = setting(8000, low=0, high=65535)
    workers: int = setting(0, low=0)
    threads: int = setting(4, low=1)
    max_waiting: int = setting(100, low=1)
    max_connections: int = setting(100, low=1)
    trusted_proxies: tuple[str, ...] = setting((), is_trusted_only=True)
    originals: bool = True
    uploads: bool = setting(False, is_trusted_only=True)
    base_url: str = setting("", is_trusted_only=True)
    base_path: str = setting("", is_trusted_only=True)
    unix_socket: str = setting("", is_trusted_only=True)
    open_to_all: bool = setting(False, is_trusted_only=True)
    log: str = setting("", is_trusted_only=True)
    log_queries: bool = setting(False, is_trusted_only=True)
    trusted_hosts: tuple[str, ...] = setting(OWN_HOSTS, is_trusted_only=True)
    examples: tuple[str, ...] = (
        "who called Maduro a madman",
        "encrypted radios",
        "Chavez coup 2002",
        "who killed Óscar Pérez",
        "golpe de abril de 2002",
    )


@dataclass(frozen=True, slots=True)
class UsersSettings:
    """Who may come in. Without `file` and `proxy_header` there are no users."""

    file: str = setting("", is_trusted_only=True)
    proxy_header: str = setting("", is_trusted_only=True)
    proxy_secret_file: str = setting("", is_trusted_only=True)
    proxy_role: str = setting("", is_trusted_only=True)
    session_hours: float = setting(12.0, low=0.1, is_trusted_only=True)
    idle_hours: float = setting(2.0, low=0.1, is_trusted_only=True)
    attempts: int = setting(10, low=1, is_trusted_only=True)

    @property
    def are_set(self) -> bool:
        """Whether the server has users."""
        return bool(self.file or self.proxy_header)


@dataclass(frozen=True, slots=True)
class UploadSettings:
    """How much may be sent where the setting `web.uploads` lets anybody send files.

    A file may be as large as `file_mb`, one request `request_mb` with `files`; each user may send
    `day_mb` on one day, all together `all_day_mb`. So many requests as `waiting` may wait.
    """

    file_mb: int = setting(64, low=1, is_trusted_only=True)
    request_mb: int = setting(256, low=1, is_trusted_only=True)
    files: int = setting(100, low=1, high=1000, is_trusted_only=True)
    day_mb: int = setting(1024, low=1, is_trusted_only=True)
    all_day_mb: int = setting(4096, low=1, is_trusted_only=True)
    waiting: int = setting(8, low=1, is_trusted_only=True)


class WebConfig(Protocol):
    """The settings that the web page needs, and the places that it must not show."""

    @property
    def web(self) -> WebSettings:
        """Where to listen, and to whom."""

    @property
    def uploads(self) -> UploadSettings:
        """How much may be sent."""

    @property
    def search(self) -> SearchSettings:
        """What one query may cost."""

    @property
    def users(self) -> UsersSettings:
        """Who may come in."""

    @property
    def state_path(self) -> Path:
        """The folder for what cannot be derived; sessions are kept there."""

    @property
    def root(self) -> Path:
        """The folder that relative paths start from."""

    @property
    def corpus_path(self) -> Path:
        """The corpus folder."""

    @property
    def index_path(self) -> Path:
        """The index folder."""
