"""The views under /api/: each parses its parameters strictly, calls the Searcher, returns JSON."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from flask import current_app, jsonify, request
from flask.typing import ResponseReturnValue

from backstory.engine.documents import split_address
from backstory.engine.errors import PassageNotFound
from backstory.engine.fields import FIELDS
from backstory.engine.hits import SearchResult
from backstory.searcher import OpenDocument, Searcher
from backstory.searcher.collocates import SHOWN, WINDOW, collocates
from backstory.searcher.concordance import SORTS, WIDTH, concordance
from backstory.searcher.exports import find as find_export
from backstory.searcher.frequencies import frequencies
from backstory.searcher.whole import whole
from backstory.webui.api import records
from backstory.webui.api.asking import choice, either, flag, number, sent_text, since, strict
from backstory.webui.api.openapi import USUAL_EXPORT, description
from backstory.webui.api.status import status
from backstory.webui.citing import locator
from backstory.webui.document_catalog import SORTS as ORDERS
from backstory.webui.document_catalog import CatalogCache
from backstory.webui.downloads import download
from backstory.webui.notices import Notices
from backstory.webui.paging import find, page_count
from backstory.webui.parameters import SearchParams, query_text, typed_text
from backstory.webui.reader import DocumentMissing
from backstory.webui.settings import WebConfig
from backstory.webui.visitor import Role, visitor

TABLE_PASSAGES = 2_000  # passages that a table is made of: a second or so for the commonest words
MAX_EXPORTED = 10_000
LIMITS = {"n": 100, "around": 20, "width": 200, "window": 20}
RELATED = 5


class Api:
    """The views of the JSON API."""

    def __init__(self, config: WebConfig, searcher: Searcher, notices: Notices) -> None:
        self._config, self._notices = config, notices
        self._settings = config.search
        self._searcher = searcher
        self._catalogs = CatalogCache(searcher)

    def search(self) -> ResponseReturnValue:
        """Answer a query with a page of hits: the fields of `SearchResult.to_json`."""
        params = strict(request.args, self._settings)
        is_explained = flag(request.args, "explain")
        result = find(self._searcher, params, facets=True, explain=is_explained)
        return jsonify({**result.to_json(), **_paging(result.listed, params.page, params.size)})

    def complete(self) -> ResponseReturnValue:
        """Answer with ways to go on with a text that is being typed."""
        text = typed_text(request.args, self._settings)
        completions = self._searcher.complete(text)
        return jsonify({"text": text, "completions": [one.to_json() for one in completions]})

    def documents(self) -> ResponseReturnValue:
        """List the documents that have the wanted facts."""
        page, size = number(request.args, "page", 1), self._count(self._settings.page_size)
        order = choice(request.args, "sort", tuple(ORDERS))
        facets = {name: request.args[name] for name in FIELDS.facets if request.args.get(name)}
        catalog = self._catalogs.newest()
        matches = catalog.select(facets, order, since(request.args))
        shown = matches[(page - 1) * size : page * size]
        return jsonify(
            {
                "generation": catalog.statistics.generation,
                "total": len(matches),
                "documents": [records.of_document(*entry) for entry in shown],
                **_paging(len(matches), page, size),
            }
        )

    def document(self, document_id: str) -> ResponseReturnValue:
        """Give a document with its passages, and the marks of a query."""
        text = query_text(request.args, self._settings)
        return jsonify(records.of_open_document(self._open(document_id, text), text))

    def passage(self, address: str) -> ResponseReturnValue:
        """Give a passage with its neighbours and citations, and the marks of a query."""
        text = query_text(request.args, self._settings)
        reach = min(number(request.args, "around", 1, least=0), LIMITS["around"])
        placed = self._searcher.at_place(address)
        document_id, passage_number = split_address(placed.address if placed else address)
        opened = self._open(document_id, text)
        if passage_number is None or not 0 < passage_number <= len(opened.passages):
            raise PassageNotFound(address, [f"{document_id}#p{len(opened.passages)}"])
        return jsonify(records.around(opened, passage_number, reach, text))

    def related(self) -> ResponseReturnValue:
        """Give the passages nearest to a passage, or the documents nearest to a document."""
        kind, name = either(request.args, ("passage", "document"))
        limit = self._count(RELATED)
        pinned = self._searcher.at_one_commit(1)
        related: list[dict[str, Any]]
        if kind == "passage":
            related = [one.to_json() for one in pinned.related(name, limit=limit)]
        else:
            counts = {d.id: passages for d, passages in self._catalogs.newest().documents}
            related = [
                {
                    "document": records.of_document(document, counts.get(document.id, 0)),
                    "shared": records.shared(common),
                }
                for document, common in pinned.related_documents(name, limit=limit)
            ]
        generation = pinned.statistics().generation
        return jsonify({kind: name, "generation": generation, "related": related})

    def draft(self) -> ResponseReturnValue:
        """Check a draft: the fields of `DraftCheck.to_json`; nothing of it is kept."""
        response = jsonify(self._searcher.check_draft(sent_text()).to_json())
        response.headers["Cache-Control"] = "no-store"
        return response

    def concordance(self) -> ResponseReturnValue:
        """Give the lines of a whole result, sorted."""
        params, result = self._whole(self._searcher)
        order = choice(request.args, "sort", tuple(SORTS))
        width = min(number(request.args, "width", WIDTH, least=0), LIMITS["width"])
        table = concordance(result, sort=order, width=width)
        shown = table.lines[params.offset : params.offset + params.size]
        return jsonify(
            {
                **records.read_whole(result, table.limits),
                "sort": order,
                "width": width,
                "marks": table.marks,
                "lines": [line.to_json() for line in shown],
                **_paging(len(table), params.page, params.size),
            }
        )

    def frequencies(self) -> ResponseReturnValue:
        """Count the passages and marks of a whole result, by document and by year."""
        params, result = self._whole(self._searcher)
        table = frequencies(result)
        shown = table.documents[params.offset : params.offset + params.size]
        return jsonify(
            {
                **records.read_whole(result, table.limits),
                "documents": [each.to_json() for each in shown],
                "years": [each.to_json() for each in table.years],
                **_paging(len(table.documents), params.page, params.size),
            }
        )

    def collocates(self) -> ResponseReturnValue:
        """Give the words that stand near the marks of a whole result remarkably often."""
        searcher = self._searcher.at_one_commit(1)
        result = self._whole(searcher)[1]
        window = min(number(request.args, "window", WINDOW), LIMITS["window"])
        table = collocates(result, searcher.snapshot(), window=window, most=self._count(SHOWN))
        return jsonify(
            {
                **records.read_whole(result, table.limits),
                "window": window,
                "found": table.total,
                "collocates": [each.to_json() for each in table],
            }
        )

    def export(self) -> ResponseReturnValue:
        """Send hits as a file, piece by piece, in one of the exports.

        All are read before the first is sent: a file that ends halfway would look like a whole one.
        """
        params = strict(request.args, self._settings)
        export = find_export(request.args.get("format", USUAL_EXPORT))
        most = min(number(request.args, "n", MAX_EXPORTED), MAX_EXPORTED)
        result = whole(
            self._searcher,
            params.text,
            most=most,
            correct=not params.is_exact,
            sort=params.sort,
        )
        pieces = export.write_hits(result.hits, locator())
        response = download(pieces, export, file_name(params.text))
        response.headers["Backstory-Total"] = str(result.total)
        return response

    def status(self) -> ResponseReturnValue:
        """Tell what the index holds, how fresh it is, and what was skipped and why."""
        skipped, stale = self._searcher.skipped(), frozenset(self._searcher.stale())
        facts = status(self._catalogs.newest(), skipped, stale, self._config)
        embedding = self._searcher.snapshot().embedding
        meaning = records.of_embedding(embedding) if embedding else None
        caches = self._searcher.caches.to_json()
        return jsonify({**facts, "meaning": meaning, "caches": caches})

    def health(self) -> ResponseReturnValue:
        """Say that the index can be read; where it cannot, or is damaged, that is the answer.

        It is "degraded" where it can be searched, and something else is wrong; what that is, those
        learn who may read.
        """
        self._searcher.statistics()
        notices = self._notices()
        shown = notices if visitor(request.environ).may(Role.READ) else ()
        return jsonify({"status": "degraded" if notices else "ok", "notices": shown})

    def description(self) -> ResponseReturnValue:
        """Give the OpenAPI document."""
        takes_files = "api_upload" in current_app.view_functions
        root = f"{request.script_root}/"
        return jsonify(description(self._settings, root, takes_files=takes_files))

    def _count(self, default: int) -> int:
        return min(number(request.args, "n", default), self._settings.max_page_size)

    def _whole(self, searcher: Searcher) -> tuple[SearchParams, SearchResult]:
        params = strict(request.args, self._settings)
        return params, whole(
            searcher, params.text, most=TABLE_PASSAGES, correct=not params.is_exact
        )

    def _open(self, document_id: str, text: str) -> OpenDocument:
        try:
            return self._searcher.open(document_id, text)
        except PassageNotFound:
            raise DocumentMissing(document_id) from None


def file_name(text: str) -> str:
    """Return a name for the file of a query's hits: `backstory-secret-talks`."""
    words = re.findall(r"[a-z0-9]+", text.casefold())
    return "-".join(["backstory", *words])[:60].rstrip("-")


def _paging(total: int, page: int, size: int) -> dict[str, Any]:
    """Return where a page stands among the others; `next` and `previous` are addresses."""
    count = page_count(total, size)
    return {
        "page": page,
        "pages": count,
        "previous": _turned(min(page - 1, count)),
        "next": _turned(page + 1) if page < count else None,
    }


def _turned(page: int) -> str | None:
    """Return this address with another page; None for a page before the first."""
    if page < 1:
        return None
    given = {name: value for name, value in request.args.items() if name != "page"}
    text = {"q": given.pop("q")} if "q" in given else {}
    number = {"page": page} if page > 1 else {}
    query = urlencode({**text, **number, **given}, errors="replace")
    path = f"{request.script_root}{request.path}"
    return f"{path}?{query}" if query else path
