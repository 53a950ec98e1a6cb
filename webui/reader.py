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
from backstory.webui.dispersion import DispersionPlot, dispersion_plot
from backstory.webui.links import (
    cite_url,
    document_url,
    gives_originals,
    leaf_url,
    original_url,
    permalink,
    query_url,
    related_url,
)
from backstory.webui.neighbours import Name, Neighbour
from backstory.webui.outside_links import outside_link
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


@dataclass(frozen=True, slots=True)
class Place:
    """The target of a link: a passage's number, if it has one, and a notice for the reader."""

    number: int | None = None
    notice: str = ""
    is_moved: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A passage to read; `position` counts the matches from 1, 0 for one that is none.

    `leaf` is the address of its page as a picture, where a page begins, "" if there is none.

    `neighbours` is None where what is related was not asked for.
    """

    passage: Passage
    parts: list[tuple[str, bool]]
    heading: str
    page: int | None
    url: str
    leaf: str = ""
    position: int = 0
    previous: int | None = None
    next: int | None = None
    is_target: bool = False
    related: str = ""
    cite: str = ""
    neighbours: tuple[Neighbour, ...] | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """What is shown beside a document; `nearest` is None where it was not looked for.

    `related` are the passages related to the passage `number`.
    """

    names: tuple[Name, ...] = ()
    nearest: tuple[Neighbour, ...] | None = None
    number: int | None = None
    related: tuple[Neighbour, ...] = ()


@dataclass(frozen=True, slots=True)
class ReaderPage:
    """What the page of a document shows; `matches` are the numbers of the passages that match."""

    document: Document
    text: str
    paragraphs: tuple[Paragraph, ...]
    matches: tuple[int, ...]
    notice: str
    outside: tuple[str, str] | None
    url: str
    original: str
    back: str
    cite: str
    beside: Beside
    plot: DispersionPlot | None

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """What the document says of itself in plain text, with labels; what it lacks is left out.

        Its date, language and tags are shown in ways of their own.
        """
        own = [f for f in FIELDS.of_documents if f.label and f.name not in SHOWN_APART]
        facts = ((field.label, as_text(self.document.value(field.name))) for field in own)
        return tuple((label, text) for label, text in facts if text)

    @property
    def listed(self) -> tuple[int, ...]:
        """The matches that are linked at the top."""
        return self.matches[:LISTED]

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
    opened: OpenDocument, text: str, destination: Place, beside: Beside | None = None
) -> ReaderPage:
    """Work out the page for an open document."""
    beside = beside or Beside()
    matches = tuple(r.passage.number for r in opened.passages if r.marks is not None)
    return ReaderPage(
        document=opened.document,
        text=text,
        paragraphs=tuple(
            _paragraphs(opened.document, opened.passages, matches, text, destination.number, beside)
        ),
        matches=matches,
        notice=destination.notice,
        outside=outside_link(opened.document.url),
        url=document_url(opened.document.id),
        original=original_url(opened.document.id),
        back=query_url(text) if text else "",
        cite=cite_url(opened.document.id),
        beside=beside,
        plot=dispersion_plot(Places(matches, len(opened.passages))) if matches else None,
    )


def _paragraphs(
    document: Document,
    passages: Sequence[ReadPassage],
    matches: Sequence[int],
    text: str,
    target: int | None,
    beside: Beside,
) -> Iterable[Paragraph]:
    positions = {number: index for index, number in enumerate(matches)}
    heading, page = "", None
    shows_leaves = gives_originals() and has_pictures(document)
    for read in passages:
        passage = read.passage
        index = positions.get(passage.number)
        is_new = passage.heading not in ("", heading, passage.text)
        is_new_page = passage.page is not None and passage.page != page
        yield Paragraph(
            passage=passage,
            parts=cut(passage.text, read.marks or ()),
            heading=passage.heading if is_new else "",
            page=passage.page if passage.page != page else None,
            url=permalink(passage, text),
            leaf=leaf_url(passage.document, passage.page or 1, text)
            if is_new_page and shows_leaves
            else "",
            position=0 if index is None else index + 1,
            previous=matches[index - 1] if index else None,
            next=matches[index + 1] if index is not None and index + 1 < len(matches) else None,
            is_target=passage.number == target,
            related=related_url(passage.document, passage.number, text),
            cite=cite_url(passage.document, passage.number),
            neighbours=beside.related if passage.number == beside.number else None,
        )
        heading, page = passage.heading, passage.page
