"""The files of documents, and pages as pictures.

A file may be anything, also a page with a script. So it is never shown: it is an attachment of a
type that no browser runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from backstory.engine.documents import Document, Passage
from backstory.engine.errors import PassageNotFound
from backstory.engine.hits import cut
from backstory.engine.originals import Originals, Picture
from backstory.searcher import OpenDocument, Searcher
from backstory.searcher.phrases import phrases_on
from backstory.webui.links import document_url, leaf_url, original_url, permalink, picture_url
from backstory.webui.parameters import query_text
from backstory.webui.reader import DocumentMissing
from backstory.webui.settings import WebConfig

# What no browser runs, whatever is in it; all else is bytes.
_SAFE_TYPES = {
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".jpg": "image/jpeg",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".txt": "text/plain",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
}
_ANY_TYPE = "application/octet-stream"
_LONGEST_NAME = 150  # characters
_UNSAFE_IN_NAMES = frozenset('"\\/%*:<>?|;')


@dataclass(frozen=True, slots=True)
class LeafParagraph:
    """A passage beside the picture of its page."""

    passage: Passage
    parts: list[tuple[str, bool]]
    url: str


@dataclass(frozen=True, slots=True)
class LeafPage:
    """The picture of a page beside its text; `previous` and `next` are addresses, "" for none.

    `lacks_marks` tells that a passage that begins here has marks, and the page has none: they are
    on the next one, or their place could not be told.
    """

    document: Document
    text: str
    number: int
    picture: Picture
    picture_url: str
    paragraphs: tuple[LeafParagraph, ...]
    url: str
    original: str
    previous: str
    next: str

    @property
    def lacks_marks(self) -> bool:
        """Whether there is something to mark, and no mark on the picture."""
        is_marked = any(is_mark for each in self.paragraphs for _, is_mark in each.parts)
        return is_marked and not self.picture.boxes

    @property
    def is_scanned(self) -> bool:
        """Whether OCR has read text on it."""
        return any(each.passage.confidence is not None for each in self.paragraphs)


class OriginalPages:
    """The views of files and of pages as pictures."""

    def __init__(self, config: WebConfig, searcher: Searcher, originals: Originals) -> None:
        self._settings = config.search
        self._searcher = searcher
        self._originals = originals

    def original(self, document_id: str) -> ResponseReturnValue:
        """Give the file of a document, to be kept."""
        try:
            document, file = self._searcher.filed(document_id)
        except PassageNotFound:
            raise DocumentMissing(document_id) from None
        original = self._originals.open(document, file)
        response = Response(original.pieces, content_type=safe_type(original.name))
        response.content_length = original.size
        response.headers["Content-Disposition"] = attachment(original.name)
        response.set_etag(original.etag)
        return response.make_conditional(request)

    def picture(self, document_id: str, page: int) -> ResponseReturnValue:
        """Give a page as a PNG, with the marks of a query."""
        _, picture = self._pictured(document_id, page)
        response = Response(picture.png, content_type="image/png")
        response.set_etag(picture.etag)
        return response.make_conditional(request)

    def leaf(self, document_id: str, page: int) -> ResponseReturnValue:
        """Show a page as a picture beside its text."""
        opened, picture = self._pictured(document_id, page)
        text = query_text(request.args, self._settings)
        shown = leaf_page(opened, picture, page, text)
        return render_template("leaf.html", page=shown, text=text)

    def _pictured(self, document_id: str, page: int) -> tuple[OpenDocument, Picture]:
        text = query_text(request.args, self._settings)
        searcher = self._searcher.at_one_commit(1)
        try:
            document, file = searcher.filed(document_id)
            opened = searcher.open(document.id, text)
        except PassageNotFound:
            raise DocumentMissing(document_id) from None
        phrases = phrases_on(opened.passages, page) if text else ()
        return opened, self._originals.picture(document, file, page, phrases)


def leaf_page(opened: OpenDocument, picture: Picture, number: int, text: str) -> LeafPage:
    """Work out the page that shows a picture."""
    document = opened.document
    own = [read for read in opened.passages if read.passage.page == number]
    first = own[0].passage if own else None
    return LeafPage(
        document=document,
        text=text,
        number=number,
        picture=picture,
        picture_url=picture_url(document.id, number, text),
        paragraphs=tuple(
            LeafParagraph(
                read.passage,
                cut(read.passage.text, read.marks or ()),
                permalink(read.passage, text),
            )
            for read in own
        ),
        url=permalink(first, text) if first else document_url(document.id, text),
        original=original_url(document.id),
        previous=leaf_url(document.id, number - 1, text) if number > 1 else "",
        next=leaf_url(document.id, number + 1, text) if number < picture.pages else "",
    )


def safe_type(name: str) -> str:
    """Return the media type that a file of this name is sent as: one that no browser runs."""
    return _SAFE_TYPES.get(PurePosixPath(name).suffix.lower(), _ANY_TYPE)


def attachment(name: str) -> str:
    """Return the header that has a file kept under its name (RFC 6266).

    What a header or a file system could take for something else becomes "_".
    """
    shown = "".join(c if c.isprintable() and c not in _UNSAFE_IN_NAMES else "_" for c in name)
    shown = shown.strip(". ")[-_LONGEST_NAME:] or "original"
    plain = shown.encode("ascii", "replace").decode().replace("?", "_")
    encoded = quote(shown.encode("utf-8", "replace"), safe="")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"
