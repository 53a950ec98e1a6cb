"""The pages: each one parses the address, asks the Searcher, and renders what it says."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import PassageNotFound
from engine.settings import Config
from searcher import OpenDocument, Searcher
from webui.links import passage_url
from webui.overview import Overviews
from webui.paging import find_page
from webui.parameters import lenient, passage_number, query_text
from webui.reader import DocumentGone, DocumentMissing, place, reader_page
from webui.results import result_page


class Pages:
    """The views that answer with a page."""

    def __init__(self, config: Config, searcher: Searcher) -> None:
        self._settings = config.search
        self._searcher = searcher
        self._overviews = Overviews(searcher)

    def home(self) -> ResponseReturnValue:
        """Show the search box and what is in the corpus."""
        return render_template("home.html", overview=self._overviews.newest())

    def search(self) -> ResponseReturnValue:
        """Show a page of hits."""
        asked = lenient(request.args, self._settings)
        if not asked.text:
            return redirect(url_for("home"))
        result, shown = find_page(self._searcher, asked)
        page = result_page(result, shown, self._settings)
        return render_template("search.html", page=page, text=asked.text)

    def document(self, document_id: str) -> ResponseReturnValue:
        """Show a document with the marks of a query, at the passage that the link means."""
        text, key = query_text(request.args, self._settings), request.args.get("key", "")
        number, was = (passage_number(request.args, name) for name in ("p", "was"))
        opened = self._open(document_id, text, key)
        found = place([read.passage for read in opened.passages], number, key, was)
        if found.is_moved and found.number:
            return redirect(passage_url(document_id, found.number, key, text, was=number))
        return render_template("document.html", page=reader_page(opened, text, found), text=text)

    def help(self) -> ResponseReturnValue:
        """Show the query language and what the API takes."""
        return render_template("help.html", settings=self._settings)

    def _open(self, document_id: str, text: str, key: str) -> OpenDocument:
        try:
            return self._searcher.open(document_id, text)
        except PassageNotFound:
            error = DocumentGone(document_id) if key else DocumentMissing(document_id)
            raise error from None
