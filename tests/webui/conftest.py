"""A small corpus about a bridge that was never paid for, and a reader of pages."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backstory.engine.documents import Document, IndexedDocument, Passage
from backstory.engine.indexes.reference import ReferenceIndex, ReferenceSnapshot
from backstory.engine.remarks import Code, Remark
from backstory.searcher import Searcher
from backstory.settings import Config
from backstory.webui.app import create_app

ODD_ID = "box 7/memo #3 100%? café & <b>.txt"


def indexed(document: Document, texts: Iterable[str], heading: str = "") -> IndexedDocument:
    """Make a document of these paragraphs."""
    passages = (Passage(document.id, number, text, heading) for number, text in enumerate(texts, 1))
    return IndexedDocument(document, tuple(passages))


BRIDGE = indexed(
    Document(
        id="article/bridge",
        title="The bridge nobody paid for",
        source="Harbour Courier",
        author="Ines Falk",
        date="2018-03-09",
        kind="article",
        url="https://www.courier.example/bridge",
        notes=(Remark.of(Code.ENCODING, detail="read as Windows-1252"),),
    ),
    [
        "The harbour bridge was opened twice and paid for by no one, the ledgers show.",
        "Mayor Otto Brandt signed a secret contract for the bridge in a hotel lobby.",
        "A ferry captain kept every receipt, and the receipts name the mayor.",
        "The steel came late; the contract did not say who would wait for it.",
        "“We were told to weld and not to ask,” a welder said of the bridge.",
    ],
    heading="How it began",
)
MEMO = indexed(
    Document(ODD_ID, "Memo on the ferry", source="City Archive", date="2017", kind="memo"),
    ["The ferry must run until the bridge is open.", "No contract was found in this box."],
)
NOTA = indexed(
    Document("es/nota", "Nota del puerto", source="El Faro", date="2018-11", language="es"),
    ["El alcalde Brandt negó los contratos del puente."],
)
LONG = indexed(
    Document("long/minutes", "Minutes of the council", source="City Archive", date="2016-05-01"),
    [f"Item {n}: the council discussed drains and adjourned." for n in range(1, 31)],
)


class Shelf:
    """A memory index with the means to fill it and to look at it through the application."""

    def __init__(self, *documents: IndexedDocument) -> None:
        self.index = ReferenceIndex()
        if documents:
            self.commit(add=documents)

    def put(self, document_id: str, *texts: str, **facts: Any) -> None:
        """Add or replace one document and commit."""
        document = Document(document_id, facts.pop("title", "A title"), **facts)
        self.commit(add=[indexed(document, texts)])

    def commit(self, add: Iterable[IndexedDocument] = (), delete: Iterable[str] = ()) -> None:
        """Add and delete documents in one commit."""
        writer = self.index.writer()
        writer.add(add)
        for document_id in delete:
            writer.delete(document_id)
        writer.commit()
        writer.close()

    def app(self, config: Config | None = None, **options: Any) -> Flask:
        """Make an application over the index."""
        settings = config or Config()
        searcher = Searcher(self.index, settings.search, settings.ranking)
        return create_app(settings, searcher, **options)

    def client(self, config: Config | None = None, **options: Any) -> FlaskClient:
        """Make a browser at a new application."""
        return self.app(config, **options).test_client()


class Page(HTMLParser):
    """What a browser without scripts would make of a page."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = text
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.marks: list[str] = []
        self.words = ""
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self._open.append(tag)
        if tag == "mark":
            self.marks.append("")

    def handle_endtag(self, tag: str) -> None:
        """Close a tag with everything left open in it."""
        while tag in self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.words += data
        if "mark" in self._open:
            self.marks[-1] += data

    def all(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        """Return the attributes of every such tag; `class_` means one of its classes."""
        return [
            held
            for name, held in self.tags
            if name == tag
            and all(
                value in held.get("class", "").split()
                if key == "class_"
                else held.get(key) == value
                for key, value in wanted.items()
            )
        ]

    @property
    def links(self) -> list[str]:
        """The addresses that can be followed."""
        return [held["href"] for held in self.all("a")]


@pytest.fixture
def shelf() -> Shelf:
    """An empty shelf, for tests that write."""
    return Shelf()


@pytest.fixture(scope="session")
def library() -> Shelf:
    """The whole corpus, for tests that only read."""
    return Shelf(BRIDGE, MEMO, NOTA, LONG)


@pytest.fixture(scope="session")
def client(library: Shelf) -> FlaskClient:
    """A browser at the whole corpus."""
    return library.client()


@pytest.fixture(scope="session")
def page() -> type[Page]:
    """The reader of pages, for a response's text."""
    return Page


@pytest.fixture(scope="session")
def visit(client: FlaskClient) -> Callable[..., Page]:
    """Open a page of the whole corpus that must be there."""

    def opened(url: str, **parameters: str | int) -> Page:
        response = client.get(url, query_string=parameters or None)
        assert response.status_code == 200, response.text
        return Page(response.text)

    return opened


class SlowIndex(ReferenceIndex):
    """A memory index that answers once it is told to; `began` counts who waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self.go, self.began = threading.Event(), threading.Semaphore(0)

    def open(self) -> ReferenceSnapshot:
        self.began.release()
        assert self.go.wait(60)
        return super().open()


@pytest.fixture
def slow(library: Shelf) -> Iterator[SlowIndex]:
    """The library in an index that keeps everybody waiting."""
    index = SlowIndex()
    index.commit(library.index.state)
    yield index
    index.go.set()


def form_token(client: FlaskClient, path: str = "/upload", **options: Any) -> dict[str, str]:
    """Open a page with a form as a browser does, and return the header that its script sends."""
    (meta,) = Page(client.get(path, **options).text).all("meta", name="csrf-token")
    return {"X-CSRF-Token": meta["content"] or ""}
