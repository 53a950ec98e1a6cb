"""The HTML pages: each view parses its parameters, calls the Searcher and renders a template."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backstory.engine.errors import PassageNotFound
from backstory.searcher import OpenDocument, Searcher
from backstory.searcher.exports.registry import citation_exports, exports, find, find_citation
from backstory.searcher.syntax import operators
from backstory.webui.citing import best, cite_page, quotation
from backstory.webui.concordance import ConcordanceParams, concordance_page
from backstory.webui.document_catalog import CatalogCache
from backstory.webui.document_list import DocumentListParams, document_list
from backstory.webui.downloads import download
from backstory.webui.links import passage_url
from backstory.webui.neighbours import (
    MAX_COMPARED,
    MOST_NAMES,
    names_of,
    nearest_documents,
    related_passages,
)
from backstory.webui.overview import OverviewCache
from backstory.webui.paging import find_page
from backstory.webui.parameters import lenient, passage_number, query_text
from backstory.webui.reader import Beside, DocumentGone, DocumentMissing, place, reader_page
from backstory.webui.results import result_page
from backstory.webui.settings import WebConfig
from backstory.webui.within import within_page


class Pages:
    """The views that answer with a page, or with a file to keep."""

    def __init__(self, config: WebConfig, searcher: Searcher) -> None:
        self._settings = config.search
        self._searcher = searcher
        self._overviews = OverviewCache(searcher, config.web.examples)
        self._catalogs = CatalogCache(searcher)

    def home(self) -> ResponseReturnValue:
        """Show the search box and what is in the corpus."""
        return render_template("home.html", overview=self._overviews.newest())

    def search(self) -> ResponseReturnValue:
        """Show a page of hits."""
        params = lenient(request.args, self._settings)
        if not params.text:
            return redirect(url_for("home"))
        result, shown = find_page(self._searcher, params)
        page = result_page(result, shown, self._settings)
        return render_template("search.html", page=page, text=params.text)

    def within(self, document_id: str) -> ResponseReturnValue:
        """Show the passages of one document that a query finds."""
        text = query_text(request.args, self._settings)
        page = within_page(self._open(document_id, text), text)
        return render_template("within.html", page=page, text=text)

    def document(self, document_id: str) -> ResponseReturnValue:
        """Show a document with the marks of a query, at the passage that the link means."""
        text, key = query_text(request.args, self._settings), request.args.get("key", "")
        number, was = (passage_number(request.args, name) for name in ("p", "was"))
        placed = self._searcher.at_place(document_id)
        if placed:
            return redirect(passage_url(placed.document, placed.number, placed.key, text))
        opened = self._open(document_id, text, key)
        target = place([read.passage for read in opened.passages], number, key, was)
        if target.is_moved and target.number:
            return redirect(passage_url(document_id, target.number, key, text, was=number))
        page = reader_page(opened, text, target, self._beside(opened))
        return render_template("document.html", page=page, text=text)

    def documents(self) -> ResponseReturnValue:
        """Show the documents of the corpus, to browse."""
        page = document_list(self._catalogs.newest(), DocumentListParams.read(request.args))
        return render_template("documents.html", page=page)

    def concordance(self) -> ResponseReturnValue:
        """Show the words of a query in their lines."""
        params = ConcordanceParams.read(request.args, self._settings)
        if not params.text:
            return redirect(url_for("home"))
        page = concordance_page(self._searcher, params)
        return render_template("concordance.html", page=page, text=params.text)

    def cite(self, document_id: str) -> ResponseReturnValue:
        """Show a passage in every form of citation, or give one of them as a file."""
        number = passage_number(request.args, "p")
        try:
            if _format():
                export = find_citation(_format())
                quoted = quotation(self._searcher, document_id, number)
                return download(export.write([quoted]), export, "citation")
            page = cite_page(self._searcher, document_id, number)
        except PassageNotFound:
            raise DocumentMissing(document_id) from None
        return render_template("cite.html", page=page)

    def export(self) -> ResponseReturnValue:
        """Give a whole result as a file, piece by piece."""
        export = find(_format())
        hits = best(self._searcher, lenient(request.args, self._settings))
        return download(export.write_hits(hits), export, "passages")

    def pinboard(self) -> ResponseReturnValue:
        """Show the pinboard, which the script fills from the browser's own storage."""
        return render_template("board.html")

    def help(self) -> ResponseReturnValue:
        """Show the query language and what the API takes."""
        return render_template(
            "help.html",
            settings=self._settings,
            operators=operators(),
            exports=exports(),
            citations=[each.label for each in citation_exports()],
        )

    def _open(self, document_id: str, text: str, key: str = "") -> OpenDocument:
        try:
            return self._searcher.open(document_id, text)
        except PassageNotFound:
            # Without a name: an error that its own frame refers to would keep this commit open.
            raise (DocumentGone if key else DocumentMissing)(document_id) from None

    def _beside(self, opened: OpenDocument) -> Beside:
        passages = [read.passage for read in opened.passages]
        compares = 0 < len(passages) <= MAX_COMPARED or (
            bool(passages) and "nearest" in request.args
        )
        number = passage_number(request.args, "related")
        chosen = next((passage for passage in passages if passage.number == number), None)
        return Beside(
            names=tuple(names_of(passages))[:MOST_NAMES],
            nearest=nearest_documents(self._searcher, opened.document) if compares else None,
            number=chosen.number if chosen else None,
            related=related_passages(self._searcher, chosen) if chosen else (),
        )


def _format() -> str:
    """Return the export that is asked for; links of earlier versions call it `form`."""
    return request.args.get("format") or request.args.get("form", "")
