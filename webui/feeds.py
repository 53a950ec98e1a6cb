"""An OpenSearch 1.1 description for browsers, and any query as an Atom feed (RFC 4287).

An entry is a passage that has all the words. Its id is made of its address and a hash of its text,
so feed readers show an edited passage as new, and any other only once.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, tostring

from flask import Response, current_app, request
from flask.typing import ResponseReturnValue

from backstory.engine.dates import PartialDate
from backstory.engine.documents import text_key
from backstory.engine.hits import Hit
from backstory.engine.ordering import NEWEST, date_places
from backstory.searcher import Searcher
from backstory.searcher.settings import SearchSettings
from backstory.searcher.whole import whole
from backstory.webui.api.asking import strict
from backstory.webui.links import absolute, absolute_url, passage_url
from backstory.webui.refinements import in_order, refine
from backstory.webui.settings import WebConfig
from backstory.webui.wording import printable

ENTRIES = 50
LONGEST_NAME = 16  # characters of a search engine's name, by OpenSearch
MAX_PASSAGES = 2_000  # passages of a year, or where the query cannot be narrowed to one, of all
OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
ATOM = "http://www.w3.org/2005/Atom"
COMPLETION = "api_complete"


class Feeds:
    """The answers in XML; `title` and `name` are those of one of several archives."""

    def __init__(
        self, config: WebConfig, searcher: Searcher, title: str = "", name: str = ""
    ) -> None:
        self._settings = config.search
        self._searcher = searcher
        self._title = title or "Backstory"
        self._urn = f"urn:backstory:{name}:" if name else "urn:backstory:"

    def opensearch(self) -> ResponseReturnValue:
        """Describe the search box, so that a browser can have it among its search engines."""
        root = Element("OpenSearchDescription", xmlns=OPENSEARCH)
        add_element(root, "ShortName", self._title[:LONGEST_NAME])
        add_element(root, "Description", "Find passages in the documents that Backstory holds.")
        add_element(root, "InputEncoding", "UTF-8")
        icon = absolute_url("static", filename="icon.svg")
        add_element(root, "Image", icon, type="image/svg+xml")
        for endpoint, kind in _templates():
            address = f"{absolute_url(endpoint)}?q={{searchTerms}}"
            add_element(root, "Url", type=kind, template=address)
        return xml_response(root, "application/opensearchdescription+xml")

    def feed(self) -> ResponseReturnValue:
        """Give the newest passages that have all the words of a query."""
        params = strict(request.args, self._settings)
        searcher = self._searcher.at_one_commit(MAX_PASSAGES)
        committed = searcher.statistics().committed
        root = Element("feed", xmlns=ATOM)
        add_element(root, "title", f"{params.text} in {self._title}")
        add_element(root, "id", f"{self._urn}query:{quote(params.text, safe='', errors='replace')}")
        add_element(root, "updated", moment("", committed))
        add_element(SubElement(root, "author"), "name", "Backstory")
        add_element(root, "link", rel="self", href=absolute_url("feed", q=params.text))
        add_element(root, "link", rel="alternate", href=absolute_url("search", q=params.text))
        for hit in newest(searcher, params.text, self._settings):
            root.append(_entry(hit, urn(hit, self._urn), params.text, committed))
        response = xml_response(root, "application/atom+xml")
        response.add_etag()
        return response.make_conditional(request)


def newest(searcher: Searcher, text: str, settings: SearchSettings) -> list[Hit]:
    """Return the hits with all the words from the newest documents, newest first."""
    by_address: dict[str, Hit] = {}
    for narrowed in _by_year(searcher, text, settings):
        hits = whole(searcher, narrowed, most=MAX_PASSAGES, correct=False)
        by_address |= {hit.passage: hit for hit in hits if hit.all_words}
        if len(by_address) >= ENTRIES:
            break
    ordered = sorted(by_address.values(), key=lambda hit: (hit.document, hit.number))
    places = date_places((hit.date for hit in ordered), NEWEST)
    return sorted(ordered, key=lambda hit: places[hit.date])[:ENTRIES]


def _by_year(searcher: Searcher, text: str, settings: SearchSettings) -> Iterator[str]:
    """Yield the query narrowed to each year that has hits, newest first, and then as it is.

    A result is ranked by its words and not by its dates, and where it is long only the best of it
    is read: of a year that is every hit, or at least far more of them.
    """
    result = searcher.search(text, limit=0, correct=False, facets=True)
    if result.all_words > MAX_PASSAGES:
        for year, _ in in_order("year", result.facets.get("year", {}).items()):
            yield refine(text, f"date:{year}", settings) or text
    yield text


def urn(hit: Hit, start: str = "urn:backstory:") -> str:
    """Return a name for the passage with the words that it has now."""
    return f"{start}passage:{quote(hit.passage, errors='replace')}:{text_key(hit.text)}"


def moment(date: str, committed: str) -> str:
    """Return an ISO date, cut as it may be, as a time of RFC 3339, else that of the commit."""
    parsed = PartialDate.of(date)
    return f"{parsed.first_day}T00:00:00Z" if parsed else committed or "1970-01-01T00:00:00Z"


def _entry(hit: Hit, name: str, text: str, committed: str) -> Element:
    entry = Element("entry")
    add_element(entry, "title", hit.title)
    add_element(entry, "id", name)
    add_element(entry, "updated", hit.added or moment(hit.date, committed))
    if hit.author:
        add_element(SubElement(entry, "author"), "name", hit.author)
    place = passage_url(hit.document, hit.number, hit.key, text)
    add_element(entry, "link", rel="alternate", href=absolute(place))
    if hit.source:
        add_element(entry, "category", term=hit.source)
    add_element(entry, "content", hit.text, type="text")
    return entry


def _templates() -> Iterator[tuple[str, str]]:
    yield "search", "text/html"
    yield "feed", "application/atom+xml"
    yield "api_search", "application/json"
    if COMPLETION in current_app.view_functions:
        yield COMPLETION, "application/x-suggestions+json"


def add_element(parent: Element, name: str, text: str = "", **attributes: str) -> None:
    """Add an element with a text and attributes, without what XML cannot have."""
    shown = {key: printable(value) for key, value in attributes.items()}
    SubElement(parent, name, shown).text = printable(text) or None


def xml_response(root: Element, kind: str) -> Response:
    """Return a document in XML as an answer."""
    return Response(tostring(root, encoding="utf-8", xml_declaration=True), content_type=kind)
