"""The originals of documents, for whoever shows them: the file itself, or a page as a picture.

The index has texts. What they were read from lies in the corpus, which only the indexer opens;
pages and commands get it through `Originals`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from backstory.engine.documents import Document, FileState
from backstory.engine.remarks import Code

# Left, top, right and bottom of a place on a page, as shares of its width and height, 0 to 1.
Box = tuple[float, float, float, float]

_PAGED_SUFFIXES = (".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".gif", ".bmp", ".webp")
_PAGED_LABELS = ("a PDF", "a picture")


@dataclass(frozen=True, slots=True)
class Original:
    """A file as it is: its bytes in pieces, `size` of them, which are read once.

    `etag` stays the same as long as the bytes do. `is_container` tells that it is not the document
    alone but the file that holds it: the mailbox of a mail, the table of a row.
    """

    name: str
    etag: str
    size: int
    pieces: Iterator[bytes]
    is_container: bool = False


class Share(Enum):
    """How much of a passage stands on a page."""

    WHOLE = "all of it"
    BEGINNING = "its beginning, and perhaps all of it"
    REST = "perhaps its end"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words to mark on a page, with what stands before and behind them in their passage.

    `share` is that of their passage which stands on the page.
    """

    text: str
    before: str = ""
    after: str = ""
    share: Share = Share.WHOLE


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as a PNG of `width` and `height` pixels; `boxes` are the places that are marked.

    `pages` is how many pages the document has.
    """

    png: bytes
    width: int
    height: int
    pages: int
    boxes: tuple[Box, ...]
    etag: str


class Originals(Protocol):
    """Opens what documents were read from; may be shared by threads."""

    def open(self, document: Document, file: FileState) -> Original:
        """Return a document's original; raises OriginalGone where it is not what was indexed."""

    def picture(
        self, document: Document, file: FileState, page: int, phrases: Sequence[Phrase] = ()
    ) -> Picture:
        """Return a page, counted from 1, with phrases marked; raises OriginalGone and NoPicture."""


def has_pictures(document: Document) -> bool:
    """Tell whether the pages of a document can be shown: those of PDFs and pictures can.

    A file that was something else than its name says has a note with what it was read as.
    """
    for note in document.notes:
        if note.code is Code.OTHER_FORMAT:
            return note["what"] in _PAGED_LABELS
    return document.path.lower().endswith(_PAGED_SUFFIXES)
