"""The HTML pages: each view parses its parameters, calls the Searcher and renders a template."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backstory.engine.errors import PassageNotFound
from backstory.searcher import OpenDocument, Searcher
from backstory.searcher.exports.registry import citation_exports, exports, find, find_citation
from backstory.searcher.syntax import operators
from backstory.webui.citing import Cited, best, cite_page, locator, quotation
from backstory.webui.compare import compare_page
from backstory.webui.concordance import ConcordanceParams, concordance_page
from backstory.webui.date_range import asked_range
from backstory.webui.document_catalog import CatalogCache
from backstory.webui.document_list import DocumentListParams, document_list
from backstory.webui.downloads import download
from backstory.webui.draft_page import DraftPage, draft_page
from backstory.webui.facet_notes import FacetNotes
from backstory.webui.links import passage_url, related_url, search_url
from backstory.webui.neighbours import MOST_NAMES, names_of, nearest_documents, related_page
from backstory.webui.overview import OverviewCache
from backstory.webui.paging import find_page
from backstory.webui.parameters import (
    SearchParams,
    compared_ids,
    lenient,
    passage_number,
    query_text,
)
from backstory.webui.preview import preview
from backstory.webui.reader import (
    Beside,
    DocumentGone,
    DocumentMissing,
    PassageMissing,
    Place,
    place,
    reader_page,
)
from backstory.webui.results import ALL_WORDS, TOTAL, result_page, shown_hit
from backstory.webui.settings import WebConfig
from backstory.webui.unread import unread_page
from backstory.webui.window import Window, window
from backstory.webui.within import within_page


class Pages:
    """The views that answer with a page, or with a file to keep."""

    def __init__(self, config: WebConfig, searcher: Searcher) -> None:
        self._config, self._settings = config, config.search
        self._searcher = searcher
        self._overviews = OverviewCache(searcher, config.web.examples)
        self._catalogs = CatalogCache(searcher)
        self._notes = FacetNotes(searcher)

    def home(self) -> ResponseReturnValue:
        """Show the search box and what is in the corpus, or a part for a page over all archives."""
        is_part = request.args.get("part") == "summary"
        template = "summary.html" if is_part else "home.html"
        return render_template(template, overview=self._overviews.newest())

    def search(self) -> ResponseReturnValue:
        """Show a page of hits."""
        params = lenient(request.args, self._settings)
        if not params.text:
            return redirect(url_for("home"))
        if request.args.get("part") == "preview":
            return render_template("preview.html", preview=preview(self._searcher, params))
        if request.args.get("part") == "best":
            return self._best(params)
        dates = asked_range(request.args, params.text, self._settings)
        if dates and dates.text:
            return redirect(search_url(params.asking(dates.text)))
        searcher = self._searcher.at_one_commit(self._settings.max_page_size)
        result, shown = find_page(searcher, params)
        beside = preview(searcher, replace(params, text=result.searched))
        page = result_page(
            result,
            shown,
            self._settings,
            preview=beside,
            dates=dates,
            note_of=self._notes.newest(),
        )
        return render_template("search.html", page=page, text=params.text, state=params.state)

    def _best(self, params: SearchParams) -> ResponseReturnValue:
        """Give the first hits as a part of a page over all archives."""
        result, _ = find_page(self._searcher.at_one_commit(params.size), params)
        asked = replace(params, size=params.usual_size, text=result.searched)
        hits = [shown_hit(hit, asked) for hit in result.hits]
        response = make_response(render_template("best.html", result=result, hits=hits))
        counts = {TOTAL: result.total, ALL_WORDS: result.all_words}
        response.headers.update({name: str(count) for name, count in counts.items()})
        return response

    def within(self, document_id: str) -> ResponseReturnValue:
        """Show the passages of one document that a query finds."""
        params = lenient(request.args, self._settings)
        page = within_page(self._open(document_id, params.text), params)
        return render_template("within.html", page=page, text=params.text, state=params.state)

    def document(self, document_id: str) -> ResponseReturnValue:
        """Show a document with the marks of a query, at the passage that the link means."""
        params, key = lenient(request.args, self._settings), request.args.get("key", "")
        text, back = params.text, params.place
        number, was = (passage_number(request.args, name) for name in ("p", "was"))
        related = passage_number(request.args, "related")
        if related:  # as links of earlier versions ask
            return redirect(related_url(document_id, related, text))
        placed = self._searcher.at_place(document_id)
        if placed:
            url = passage_url(placed.document, placed.number, placed.key, text, place=back)
            return redirect(url)
        opened = self._open(document_id, text, key)
        target = place([read.passage for read in opened.passages], number, key, was)
        if target.is_moved and target.number:
            url = passage_url(document_id, target.number, key, text, number, back)
            return redirect(url)
        page = reader_page(opened, text, target, _window(opened, target), self._beside(opened))
        page = replace(page, back=search_url(params) if text else "")
        return render_template("document.html", page=page, text=text)

    def related(self, document_id: str) -> ResponseReturnValue:
        """Show what stands beside a passage: its names, and related passages."""
        text = query_text(request.args, self._settings)
        with _cited(document_id) as number:
            page = related_page(self._searcher, document_id, number or 1, text)
        return render_template("related.html", page=page, text=text)

    def compare(self) -> ResponseReturnValue:
        """Show two documents side by side."""
        ids = compared_ids(request.args)
        searcher = self._searcher.at_one_commit(1)
        try:
            one, other = (searcher.open(document_id) for document_id in ids)
        except PassageNotFound as error:
            raise DocumentMissing(error.address) from None
        return render_template("compare.html", page=compare_page(one, other))

    def documents(self) -> ResponseReturnValue:
        """Show the documents of the corpus, to browse."""
        page = document_list(self._catalogs.newest(), DocumentListParams.read(request.args))
        return render_template("documents.html", page=page)

    def unread(self) -> ResponseReturnValue:
        """List the files that could not be read, with the reasons."""
        return render_template("unread.html", page=unread_page(self._searcher, self._config))

    def draft(self) -> ResponseReturnValue:
        """Show a box for a draft, and what the documents have for one that was sent."""
        text = request.form.get("text", "").replace("\r\n", "\n")
        page = draft_page(self._searcher.check_draft(text)) if text.strip() else DraftPage()
        response = make_response(render_template("draft.html", page=page))
        response.headers["Cache-Control"] = "no-store"
        return response

    def concordance(self) -> ResponseReturnValue:
        """Show the words of a query in their lines."""
        params = ConcordanceParams.read(request.args, self._settings)
        if not params.text:
            return redirect(url_for("home"))
        dates = asked_range(request.args, params.text, self._settings)
        if dates and dates.text:
            return redirect(params.asking(dates.text).url())
        page = concordance_page(self._searcher, params, self._settings, dates, self._notes.newest())
        return render_template(
            "concordance.html", page=page, text=params.text, state=params.asked.state
        )

    def cite(self, document_id: str) -> ResponseReturnValue:
        """Show a passage in every form of citation, or give one of them as a file."""
        with _cited(document_id) as number:
            last = passage_number(request.args, "to")
            cited = Cited(document_id, number, request.args.get("words", "").strip(), last)
            if _format():
                export = find_citation(_format())
                quoted = quotation(self._searcher, cited)
                return download(export.write([quoted]), export, "citation")
            page = cite_page(self._searcher, cited)
        return render_template("cite.html", page=page)

    def export(self) -> ResponseReturnValue:
        """Give a whole result as a file, piece by piece."""
        export = find(_format())
        hits = best(self._searcher, lenient(request.args, self._settings))
        return download(export.write_hits(hits, locator()), export, "passages")

    def history(self) -> ResponseReturnValue:
        """Show the last questions, which the script fills in from the browser's own storage."""
        return render_template("history.html")

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
        return Beside(
            names=tuple(islice(names_of([read.passage for read in opened.passages]), MOST_NAMES)),
            nearest=nearest_documents(self._searcher, opened.document) if opened.passages else (),
        )


def _window(opened: OpenDocument, target: Place) -> Window:
    numbers = [read.passage.number for read in opened.passages]
    index = {number: n for n, number in enumerate(numbers)}
    first = passage_number(request.args, "from")
    return window(
        len(numbers),
        target=index.get(target.number) if target.number else None,
        start=None if first is None else index.get(first, first - 1),
        is_all=request.args.get("all", "") not in ("", "0"),
    )


@contextmanager
def _cited(document_id: str) -> Iterator[int | None]:
    """Give the number of the passage that is asked for, None for the document as a whole.

    A passage that is not there is told from a document that is not there.
    """
    number = passage_number(request.args, "p")
    if number is None and request.args.get("p", "").strip():
        raise PassageMissing(document_id, request.args["p"])
    try:
        yield number
    except PassageNotFound as error:
        if error.address == document_id:
            raise DocumentMissing(document_id) from None
        raise PassageMissing(document_id, str(number)) from None


def _format() -> str:
    """Return the export that is asked for; links of earlier versions call it `form`."""
    return request.args.get("format") or request.args.get("form", "")
