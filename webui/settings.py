"""The section [web], and all that the web page wants to be told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from backstory.engine.settings import setting
from backstory.searcher.settings import SearchSettings


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
    trusted_hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]")
    examples: tuple[str, ...] = (
        "who called Maduro a madman",
        "encrypted radios",
        "Chavez coup 2002",
        "who killed Óscar Pérez",
        "golpe de abril de 2002",
    )


class WebConfig(Protocol):
    """The settings that the web page needs, and the places that it must not show."""

    @property
    def web(self) -> WebSettings:
        """Where to listen, and to whom."""

    @property
    def search(self) -> SearchSettings:
        """What one query may cost."""

    @property
    def corpus_path(self) -> Path:
        """The corpus folder."""

    @property
    def index_path(self) -> Path:
        """The index folder."""
