"""Addresses inside the site. Ids and queries are percent-quoted here and nowhere else."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from flask import url_for
from werkzeug.routing import BaseConverter

from engine.documents import Passage
from webui.parameters import Asked


class DocumentId(BaseConverter):
    """A document's id in a path: slashes stay, everything else that has a meaning is quoted."""

    regex = r"(?s:.+)"
    part_isolating = False
    weight = 200

    def to_url(self, value: str) -> str:
        """Quote an id; `#`, `?`, `%` and their like are letters in it."""
        return quote(value, safe="/", errors="replace")


def search_url(asked: Asked, usual_size: int, *, endpoint: str = "search") -> str:
    """Return the address of a page of hits, without what goes without saying."""
    return url_for(
        endpoint,
        q=_sendable(asked.text),
        page=asked.page if asked.page > 1 else None,
        n=asked.size if asked.size != usual_size else None,
        exact="1" if asked.is_exact else None,
    )


def query_url(text: str) -> str:
    """Return the address of the first page of hits for a text."""
    return url_for("search", q=_sendable(text))


def document_url(document_id: str, text: str = "") -> str:
    """Return the address of a document, with the marks of a text."""
    return url_for("document", document_id=document_id, q=_sendable(text) or None)


def passage_url(
    document_id: str, number: int, key: str, text: str = "", was: int | None = None
) -> str:
    """Return the address of a passage.

    It carries the passage's key, so that the passage is found again after the document was edited;
    `was` is the number that it was looked for at.
    """
    return url_for(
        "document",
        document_id=document_id,
        q=_sendable(text) or None,
        p=number,
        key=key or None,
        was=was,
        _anchor=f"p{number}",
    )


def permalink(passage: Passage, text: str = "") -> str:
    """Return the address of a passage of an open document."""
    return passage_url(passage.document, passage.number, passage.key, text)


def outside_link(url: str) -> tuple[str, str] | None:
    """Return a document's original address and its host, or None for anything but http(s)."""
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname
    except ValueError:
        return None
    is_safe = parts.scheme in ("http", "https") and host and url.isprintable() and url.isascii()
    return (url.strip(), host.removeprefix("www.")) if is_safe and host else None


def _sendable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
