"""Addresses inside the site. Ids and queries are percent-quoted here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, quote_plus

from flask import current_app, g, url_for
from werkzeug.routing import BaseConverter

from backstory.engine.cache import memo
from backstory.engine.documents import Document, Passage
from backstory.engine.ordering import RELEVANCE
from backstory.engine.originals import has_pictures
from backstory.webui.parameters import SearchParams

PLAIN = "!$'()*,/:;?@"  # what needs no quoting after the question mark
MAX_CACHED = 1024  # quoted texts


class DocumentId(BaseConverter):
    """A document's id in a path: slashes stay, everything else that has a meaning is quoted."""

    regex = r"(?s:.+)"
    part_isolating = False
    weight = 200

    def to_url(self, value: str) -> str:
        """Quote an id; `#`, `?`, `%` and their like are letters in it."""
        return _quoted_id(value)


class PageNumber(BaseConverter):
    """A page's number in a path."""

    regex = "[0-9]{1,7}"

    def to_python(self, value: str) -> int:
        """Return the number."""
        return int(value)


def search_url(params: SearchParams, usual_size: int, *, endpoint: str = "search") -> str:
    """Return the address of a page of hits, without parameters that have their default."""
    return _url(
        endpoint,
        q=_sendable(params.text),
        page=params.page if params.page > 1 else None,
        n=params.size if params.size != usual_size else None,
        exact="1" if params.is_exact else None,
        sort=params.sort if params.sort != RELEVANCE else None,
        by="passage" if params.is_flat else None,
    )


def original_url(document_id: str) -> str:
    """Return the address of a document's file, "" where files are not given."""
    return _url("original", document_id) if gives_originals() else ""


def picture_url(document_id: str, page: int, text: str = "") -> str:
    """Return the address of a page as a picture, with the marks of a text."""
    return _of_page("picture", document_id, page, text)


def leaf_url(document_id: str, page: int, text: str = "") -> str:
    """Return the address where the picture of a page stands beside its text."""
    return _of_page("leaf", document_id, page, text)


def picture_of(document: Document, passage: Passage, text: str = "") -> str:
    """Return the address of the picture of a passage's page, "" where there is none."""
    has_one = passage.page is not None and gives_originals() and has_pictures(document)
    return picture_url(document.id, passage.page or 1, text) if has_one else ""


def gives_originals() -> bool:
    """Tell whether this application gives originals, and pictures of their pages."""
    return "original" in current_app.view_functions


def _of_page(endpoint: str, document_id: str, page: int, text: str) -> str:
    paths: dict[str, str] = g.setdefault("paths", {})
    path = paths.get(endpoint)
    if path is None:
        path = paths[endpoint] = url_for(endpoint, document_id="x", page=1)
    before, _, after = path.rpartition("x/1")
    query = f"?q={_quoted(_sendable(text))}" if text else ""
    return f"{before}{_quoted_id(document_id)}/{page}{after}{query}"


def _url(endpoint: str, document_id: str = "", anchor: str = "", **values: Any) -> str:
    """Do what `url_for` does, which takes ten times as long: a page has a hundred addresses."""
    pairs = [f"{name}={_quoted(str(each))}" for name, each in values.items() if each is not None]
    path = _path(endpoint, has_id=bool(document_id)) + _quoted_id(document_id)
    return path + (f"?{'&'.join(pairs)}" if pairs else "") + (f"#{anchor}" if anchor else "")


def _path(endpoint: str, *, has_id: bool) -> str:
    """Return the path of an endpoint as far as it does not vary."""
    paths: dict[str, str] = g.setdefault("paths", {})
    path = paths.get(endpoint)
    if path is None:
        path = url_for(endpoint, document_id="x")[:-1] if has_id else url_for(endpoint)
        paths[endpoint] = path
    return path


@memo("links", most=MAX_CACHED, entry_bytes=500)
def _quoted(text: str) -> str:
    """Quote what stands after the question mark; a page says the same query in most addresses."""
    return quote_plus(text, safe=PLAIN)


@memo("addresses", most=MAX_CACHED, entry_bytes=500)
def _quoted_id(document_id: str) -> str:
    return quote(document_id, safe="/", errors="replace")


def query_url(text: str, *, is_flat: bool = False) -> str:
    """Return the address of the first page of hits for a text."""
    return _url("search", q=_sendable(text), by="passage" if is_flat else None)


def export_url(params: SearchParams, name: str) -> str:
    """Return the address of a whole result in one of the exports."""
    exact = "1" if params.is_exact else None
    return _url("export", q=_sendable(params.text), format=name, exact=exact)


def table_url(text: str, table: str = "", sort: str = "", page: int = 1) -> str:
    """Return the address of a table of the whole result of a text."""
    return _url(
        "concordance",
        q=_sendable(text),
        table=table or None,
        sort=sort or None,
        page=page if page > 1 else None,
    )


def documents_url(values: Mapping[str, str], order: str = "", page: int = 1) -> str:
    """Return the address of a list of documents that have these values of facets."""
    shown = {name: _sendable(value) for name, value in values.items()}
    params: dict[str, Any] = {**shown, "order": order or None, "page": page if page > 1 else None}
    return _url("documents", **params)


def within_url(document_id: str, text: str) -> str:
    """Return the address of the passages of a document that a text finds."""
    return _url("within", document_id, q=_sendable(text))


def cite_url(document_id: str, number: int | None = None, name: str = "") -> str:
    """Return the address of a quotation in every form, or of a file in one export."""
    return _url("cite", document_id, p=number, format=name or None)


def related_url(document_id: str, number: int, text: str = "") -> str:
    """Return the address of an open document with what is related to one of its passages."""
    return _url("document", document_id, f"p{number}", q=_sendable(text) or None, related=number)


def document_url(document_id: str, text: str = "") -> str:
    """Return the address of a document, with the marks of a text."""
    return _url("document", document_id, q=_sendable(text) or None)


def passage_url(
    document_id: str, number: int, key: str, text: str = "", was: int | None = None
) -> str:
    """Return the address of a passage.

    It carries the passage's key, so that the passage is found again after the document was edited;
    `was` is the number under which the link looked for it.
    """
    return _url(
        "document",
        document_id,
        f"p{number}",
        q=_sendable(text) or None,
        p=number,
        key=key or None,
        was=was,
    )


def permalink(passage: Passage, text: str = "") -> str:
    """Return the address of a passage of an open document."""
    return passage_url(passage.document, passage.number, passage.key, text)


def _sendable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
