"""The preview: the open passage of a list among its neighbours, beside the hits."""

from __future__ import annotations

from dataclasses import dataclass

from backstory.engine.documents import Document, split_address
from backstory.engine.errors import PassageNotFound
from backstory.engine.hits import cut
from backstory.searcher import Searcher
from backstory.webui.links import cite_url, passage_url, related_url
from backstory.webui.parameters import SearchParams

BEFORE, AFTER = 1, 3  # passages around the open one


@dataclass(frozen=True, slots=True)
class PreviewedPassage:
    """A passage of the preview, cut into (text, is_marked) pairs."""

    number: int
    heading: str
    language: str
    parts: list[tuple[str, bool]]
    url: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """A stretch of a document with the passage that is open; the addresses are that passage's."""

    document: Document
    address: str
    passages: tuple[PreviewedPassage, ...]
    url: str
    related: str
    cite: str


def preview(searcher: Searcher, params: SearchParams) -> Preview | None:
    """Return the preview that an address asks for, with the marks of its text.

    None where it asks for none, or for a passage that there is not.
    """
    try:
        opened = searcher.open_around(params.opened, params.text, before=BEFORE, after=AFTER)
    except PassageNotFound:
        return None
    text, number = params.text, split_address(params.opened)[1]
    shown, heading = [], ""
    for read in opened.passages:
        passage = read.passage
        shown.append(
            PreviewedPassage(
                number=passage.number,
                heading=passage.heading if passage.heading not in (heading, passage.text) else "",
                language=passage.language_in(opened.document),
                parts=cut(passage.text, read.marks or ()),
                url=passage_url(
                    passage.document, passage.number, passage.key, text, place=params.place
                ),
                is_open=passage.number == number,
            )
        )
        heading = passage.heading
    target = next(passage for passage in shown if passage.is_open)
    document_id = opened.document.id
    return Preview(
        document=opened.document,
        address=f"{document_id}#p{target.number}",
        passages=tuple(shown),
        url=target.url,
        related=related_url(document_id, target.number, text, params.place),
        cite=cite_url(document_id, target.number),
    )
