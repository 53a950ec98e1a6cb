"""The address by which readers reach the archive: what links in quotations begin with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from backstory.engine.characters import on_one_line
from backstory.engine.errors import ConfigError

NAME = "web.base_url"
BASE = "backstory.base"  # in the environment of a request: the path of the whole site


def base_path(environ: Mapping[str, Any]) -> str:
    """Return the path that the whole site is served under, "" for the root."""
    path: str = environ.get(BASE, environ.get("SCRIPT_NAME", ""))
    return path


def host_name(url: str) -> str:
    """Return the host name of a checked address, "" where there is none."""
    return urlsplit(url).hostname or ""


def origin(url: str) -> str:
    """Return scheme and host of a checked address, as browsers send them in the header Origin."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def checked_base_url(url: str) -> str:
    """Return the setting `web.base_url` without a slash at its end, "" for none.

    Raises ConfigError for what is no address of a web site.
    """
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        host = parts.hostname if parts.port != 0 else None
    except ValueError:
        raise ConfigError(NAME, _problem(url)) from None
    is_plain = url.isascii() and url.isprintable() and not set(url) & set(' ?#@<>"\\')
    if parts.scheme not in ("http", "https") or not host or not is_plain:
        raise ConfigError(NAME, _problem(url))
    return url.rstrip("/")


def _problem(url: str) -> str:
    return f"“{on_one_line(url)}” is no address such as https://archive.example or https://example.org/archive"
