"""The document page: its paragraphs with the query's marks, and links between the matches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from backstory.engine.candidates import Places
from backstory.engine.documents import Document, Passage
from backstory.engine.errors import BackstoryError
from backstory.engine.fields import FIELDS
from backstory.engine.hits import cut
from backstory.engine.originals import has_pictures
from backstory.searcher import OpenDocument, ReadPassage
from backstory.webui.document_map import DocumentMap, document_map
from backstory.webui.links import (
    all_url,
    cite_url,
    document_url,
    gives_originals,
    leaf_url,
    original_url,
    permalink,
    picture_url,
    query_url,
    related_url,
    window_url,
)
from backstory.webui.neighbours import Name, Neighbour
from backstory.webui.outside_links import outside_link
from backstory.webui.window import Window
from backstory.webui.wording import as_text

LISTED = 60
SHOWN_APART = ("date", "language", "tags")


class DocumentMissing(BackstoryError):
    """The index has no document of this id."""

    code = "not_found"
    http_status = 404

    def __init__(self, document_id: str) -> None:
        super().__init__(
            f"There is no document “{document_id}”.",
            "Search for it, or start from the home page.",
        )


class DocumentGone(BackstoryError):
    """The document that a link was made for is no longer in the index."""

    code = "gone"
    http_status = 410

    def __init__(self, document_id: str) -> None:
        super().__init__(
            f"“{document_id}” is no longer in the index.",
            "It was removed or renamed since the link was made. Search for its words.",
        )


class PassageMissing(BackstoryError):
    """A document has no passage of this number."""

    code = "not_found"
    http_status = 404

    def __init__(self, document_id: str, number: str) -> None:
        super().__init__(
            f"There is no passage {number[:20]} in “{document_id}”.",
            "The document may have been edited. Look for the passage there:",
        )
        self.url = document_url(document_id)


@dataclass(frozen=True, slots=True)
class Place:
    """The target of a link: a passage's number, if it has one, and a notice for the reader."""

    number: int | None = None
    notice: str = ""
    is_moved: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A passage to read; `position` counts the matches from 1, 0 for one that is none.

    Where a page begins, `leaf` is the address of the page that shows its picture, and `picture`
    that of the picture; `previous` and `next` lead to other matches. All are "" where there is
    none. It is `again` if the heading or page above it is that of the passage before as well, and
    is only shown because the window begins here.
    """

    passage: Passage
    parts: list[tuple[str, bool]]
    heading: str
    page: int | None
    url: str
    leaf: str = ""
    picture: str = ""
    position: int = 0
    previous: str = ""
    next: str = ""
    is_target: bool = False
    related: str = ""
    cite: str = ""
    again: bool = False


@dataclass(frozen=True, slots=True)
class Beside:
    """What is shown beside a document: the names in it, and the documents nearest to it."""

    names: tuple[Name, ...] = ()
    nearest: tuple[Neighbour, ...] = ()


@dataclass(frozen=True, slots=True)
class ReaderPage:
    """What the page of a document shows; `matches` are the numbers of the passages that match.

    `listed` are those that are linked at the top, with their addresses; `paragraphs` those of the
    window. `earlier` and `later` are the addresses of other windows, "" where there is none.
    """

    document: Document
    text: str
    window: Window
    paragraphs: tuple[Paragraph, ...]
    matches: tuple[int, ...]
    listed: tuple[tuple[int, str], ...]
    earlier: str
    later: str
    all: str
    notice: str
    outside: tuple[str, str] | None
    url: str
    original: str
    back: str
    cite: str
    beside: Beside
    map: DocumentMap

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """What the document says of itself in plain text, with labels; what it lacks is left out.

        Its date, language and tags are shown in ways of their own.
        """
        own = [f for f in FIELDS.of_documents if f.label and f.name not in SHOWN_APART]
        facts = ((field.label, as_text(self.document.value(field.name))) for field in own)
        return tuple((label, text) for label, text in facts if text)

    @property
    def unlisted(self) -> int:
        """The number of matches that are not."""
        return len(self.matches) - len(self.listed)


def place(
    passages: Sequence[Passage], number: int | None, key: str, was: int | None = None
) -> Place:
    """Find the passage that a link means: by its key if it has one, else by its number."""
    if key:
        return _by_key(passages, number, key, was)
    if number is None or any(passage.number == number for passage in passages):
        return Place(number)
    return Place(None, f"This document has no passage {number}; it has {len(passages):,}.")


def _by_key(passages: Sequence[Passage], number: int | None, key: str, was: int | None) -> Place:
    same = [passage.number for passage in passages if passage.key == key]
    if not same:
        where = f"passage {number}" if number else "the passage that it leads to"
        return Place(
            None,
            f"The text has changed since this link was made: {where} no longer has the same words.",
        )
    nearest = min(same, key=lambda each: abs(each - (number or 0)))
    if number not in (None, nearest):
        return Place(nearest, is_moved=True)
    if was not in (None, nearest):
        return Place(
            nearest,
            f"The document has changed since this link was made: "
            f"what was passage {was} is now passage {nearest}.",
        )
    return Place(nearest)


def reader_page(
    opened: OpenDocument,
    text: str,
    destination: Place,
    window: Window,
    beside: Beside | None = None,
) -> ReaderPage:
    """Work out the page for a window of an open document."""
    document, passages = opened.document, opened.passages
    matches = tuple(r.passage.number for r in passages if r.marks is not None)
    addresses = _Addresses(passages, window, text)
    earlier, later = window.earlier, window.later
    return ReaderPage(
        document=document,
        text=text,
        window=window,
        paragraphs=tuple(_paragraphs(opened, window, matches, destination.number, addresses)),
        matches=matches,
        listed=tuple((number, addresses.of(number)) for number in matches[:LISTED]),
        earlier="" if earlier is None else window_url(document.id, text, earlier + 1, window.start),
        later="" if later is None else window_url(document.id, text, later + 1, later + 1),
        all=all_url(document.id, text),
        notice=destination.notice,
        outside=outside_link(document.url),
        url=document_url(document.id),
        original=original_url(document.id),
        back=query_url(text) if text else "",
        cite=cite_url(document.id),
        beside=beside or Beside(),
        map=document_map(Places(matches, len(passages)), window, addresses.of),
    )


class _Addresses:
    """The addresses of passages of an open document, seen from one window of it."""

    def __init__(self, passages: Sequence[ReadPassage], window: Window, text: str) -> None:
        self.text = text
        self._passages = {read.passage.number: read.passage for read in passages}
        self._shown = {each.passage.number for each in passages[window.start : window.end]}

    def of(self, number: int) -> str:
        """Return an anchor on this page, or the address of another window."""
        if number in self._shown:
            return f"#p{number}"
        return permalink(self._passages[number], self.text)


def _paragraphs(
    opened: OpenDocument,
    window: Window,
    matches: Sequence[int],
    target: int | None,
    addresses: _Addresses,
) -> Iterable[Paragraph]:
    positions = {number: index for index, number in enumerate(matches)}
    document, text = opened.document, addresses.text
    shows_leaves = gives_originals() and has_pictures(document)
    before = opened.passages[window.start - 1].passage if window.start else None
    for n, read in enumerate(opened.passages[window.start : window.end]):
        passage = read.passage
        index = positions.get(passage.number)
        heading, page = (before.heading, before.page) if before and n else ("", None)
        is_new = passage.heading not in ("", heading, passage.text)
        is_new_page = passage.page is not None and passage.page != page
        pictured = passage.page if is_new_page and shows_leaves else None
        yield Paragraph(
            passage=passage,
            parts=cut(passage.text, read.marks or ()),
            heading=passage.heading if is_new else "",
            page=passage.page if is_new_page else None,
            url=permalink(passage, text),
            leaf=leaf_url(document.id, pictured, text) if pictured else "",
            picture=picture_url(document.id, pictured, text) if pictured else "",
            position=0 if index is None else index + 1,
            previous=addresses.of(matches[index - 1]) if index else "",
            next=addresses.of(matches[index + 1])
            if index is not None and index + 1 < len(matches)
            else "",
            is_target=passage.number == target,
            related=related_url(passage.document, passage.number, text),
            cite=cite_url(passage.document, passage.number),
            again=n == 0
            and before is not None
            and (before.heading, before.page) == (passage.heading, passage.page),
        )
        before = passage
