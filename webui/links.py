"""Addresses inside the site. Ids and queries are percent-quoted here and nowhere else.

Addresses begin with the path under which the site is served. Those of a page of hits carry how it
is listed (`SearchParams.state`), so that no link drops what was chosen before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

from flask import current_app, g, request, url_for
from werkzeug.routing import BaseConverter

from backstory.engine.cache import memo
from backstory.engine.documents import Document, Passage
from backstory.engine.originals import has_pictures
from backstory.webui.base_url import base_path
from backstory.webui.parameters import SearchParams

NOWHERE: Mapping[str, str] = {}
PLAIN = "!$'()*,/:;?@"  # what needs no quoting after the question mark
LONGEST_PRINTED = 500  # characters of an address
MAX_CACHED = 1024  # quoted texts

UrlOf = Callable[[str], str]  # the address of the first page of a text


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


def search_url(params: SearchParams) -> str:
    """Return the address of a page of hits, without parameters that have their usual value."""
    opened = _sendable(params.opened) or None
    return _url("search", q=_sendable(params.text), open=opened, **params.place)


def listed_alike(params: SearchParams) -> UrlOf:
    """Return what gives the address of another text whose hits are listed in the same way."""
    path, state = (
        _path("search", has_id=False),
        "".join(f"&{each}" for each in _pairs(params.state)),
    )
    return lambda text: f"{path}?q={_quoted(_sendable(text))}{state}"


def preview_url(params: SearchParams, place: Mapping[str, str], opened: str) -> str:
    """Return the address of a page of hits at a `place` of its list, with a passage opened."""
    return _url("search", q=_sendable(params.text), open=_sendable(opened), **place)


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
    pairs = _pairs(values)
    path = _path(endpoint, has_id=bool(document_id)) + _quoted_id(document_id)
    return path + (f"?{'&'.join(pairs)}" if pairs else "") + (f"#{anchor}" if anchor else "")


def _pairs(values: Mapping[str, Any]) -> list[str]:
    return [f"{name}={_quoted(str(each))}" for name, each in values.items() if each is not None]


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


def query_url(text: str) -> str:
    """Return the address of the first page of hits for a text, listed as usual."""
    return _url("search", q=_sendable(text))


def export_url(params: SearchParams, name: str) -> str:
    """Return the address of a whole result in one of the exports, in the order of the page."""
    return _url("export", q=_sendable(params.text), format=name, **params.state)


def table_url(text: str, state: Mapping[str, str], page: int = 1) -> str:
    """Return the address of a table of the whole result; `state` says which, and in which order."""
    number = page if page > 1 else None
    return _url("concordance", q=_sendable(text), page=number, **state)


def documents_url(values: Mapping[str, str], order: str = "", page: int = 1) -> str:
    """Return the address of a list of documents that have these values of facets."""
    shown = {name: _sendable(value) for name, value in values.items()}
    params: dict[str, Any] = {**shown, "order": order or None, "page": page if page > 1 else None}
    return _url("documents", **params)


def within_url(document_id: str, params: SearchParams) -> str:
    """Return the address of the passages of a document that a text finds."""
    return _url("within", document_id, q=_sendable(params.text), **params.place)


def cite_url(
    document_id: str,
    number: int | None = None,
    name: str = "",
    words: str = "",
    last: int | None = None,
) -> str:
    """Return the address of a quotation in every form, or of a file in one export.

    `words` are quoted of the passage, or of those from it to number `last`.
    """
    return _url(
        "cite",
        document_id,
        p=number,
        format=name or None,
        words=_sendable(words) or None,
        to=last,
    )


def related_url(
    document_id: str, number: int, text: str = "", place: Mapping[str, str] = NOWHERE
) -> str:
    """Return the address of the page of what is related to a passage."""
    return _url("related", document_id, p=number, q=_sendable(text) or None, **place)


def window_url(
    document_id: str, text: str, first: int, number: int, place: Mapping[str, str] = NOWHERE
) -> str:
    """Return the address of the window of a document that begins at a passage, seen at another."""
    values = {"q": _sendable(text) or None, "from": first, **place}
    return _url("document", document_id, f"p{number}", **values)


def all_url(document_id: str, text: str, place: Mapping[str, str] = NOWHERE) -> str:
    """Return the address of all of a long document on one page."""
    return _url("document", document_id, q=_sendable(text) or None, all="1", **place)


def compare_url(one: str, other: str) -> str:
    """Return the address where two documents stand side by side."""
    return _url("compare", a=_sendable(one), b=_sendable(other))


def document_url(document_id: str, text: str = "", place: Mapping[str, str] = NOWHERE) -> str:
    """Return the address of a document, with the marks of a text."""
    return _url("document", document_id, q=_sendable(text) or None, **place)


def passage_url(
    document_id: str,
    number: int,
    key: str,
    text: str = "",
    was: int | None = None,
    place: Mapping[str, str] = NOWHERE,
) -> str:
    """Return the address of a passage.

    It carries the passage's key, so that the passage is found again after the document was edited;
    `was` is the number under which the link looked for it. `place` leads back to the list that the
    document was opened from (`SearchParams.place`).
    """
    return _url(
        "document",
        document_id,
        f"p{number}",
        q=_sendable(text) or None,
        p=number,
        key=key or None,
        was=was,
        **place,
    )


def permalink(passage: Passage, text: str = "") -> str:
    """Return the address of a passage of an open document."""
    return passage_url(passage.document, passage.number, passage.key, text)


def page_address() -> str:
    """Return the address of the page that is answered, as `archive_url` would have it begin.

    It is without its query where that is too long to be typed from paper, or still being typed.
    """
    path = request.full_path.rstrip("?")
    if len(path) > LONGEST_PRINTED or "typing" in request.args:
        path = request.path
    return absolute(f"{request.script_root}{path}")


def absolute(path: str) -> str:
    """Return the whole address of a path on this server.

    It begins with the setting `web.base_url`, which stands for the path of the site as well, or
    else as the address does that the request came to.
    """
    base: str = current_app.config["BASE_URL"]
    if not base:
        return request.host_url[:-1] + path
    return base + path.removeprefix(base_path(request.environ))


def absolute_url(endpoint: str, **values: Any) -> str:
    """Return the whole address of an endpoint."""
    return absolute(url_for(endpoint, **values))


def site_url(text: str = "") -> str:
    """Return the address of the page over all archives, or of what they all answer to a text."""
    base = base_path(request.environ)
    return f"{base}/search?q={_quoted(_sendable(text))}" if text else f"{base}/"


def archive_url() -> Callable[[str, int | None, str], str]:
    """Return what gives addresses that open from anywhere, also when the request is over.

    It takes a document's id, a passage's number and key.
    """
    start = absolute(_path("document", has_id=True))

    def url(document_id: str, number: int | None, key: str) -> str:
        place = f"?p={number}&key={key}#p{number}" if number else ""
        return f"{start}{_quoted_id(document_id)}{place}"

    return url


def news_url(name: str, page: int = 1) -> str:
    """Return the address of the news of a followed question."""
    return url_for("news", name=name, page=page if page > 1 else None)


def feed_url(name: str) -> str:
    """Return the address of the feed of a followed question."""
    return url_for("news_feed", name=name)


def _sendable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
