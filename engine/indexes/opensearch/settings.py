"""The settings of an index on a cluster."""

from __future__ import annotations

from dataclasses import dataclass

from backstory.engine.settings import setting


@dataclass(frozen=True, slots=True)
class OpenSearchSettings:
    """Where the cluster is, who asks, and how the index lies on it.

    `timeout` and `retention` are seconds: how long a request may take with all its repetitions, and
    how long a commit that was replaced can still be read. `shards` and `replicas` count from the
    next rebuild on.
    """

    hosts: tuple[str, ...] = setting(("http://127.0.0.1:9200",), is_trusted_only=True)
    user: str = setting("", is_trusted_only=True)
    password: str = setting("", is_trusted_only=True)
    password_file: str = setting("", is_trusted_only=True, is_path=True)
    ca: str = setting("", is_trusted_only=True, is_path=True)
    index: str = setting("backstory", is_trusted_only=True)
    shards: int = setting(3, low=1, high=1024)
    replicas: int = setting(1, low=0, high=20)
    timeout: float = setting(30.0, low=1, high=600)
    retention: float = setting(3600.0, low=1)
