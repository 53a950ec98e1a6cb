"""Saved web pages: the text of the page, without its menus, banners and footers.

trafilatura tells the text from what surrounds it, and finds title, author, date and site. Where
it finds hardly anything, or the page is too large for it, everything outside of navigation is
taken. Nothing is fetched: neither images nor frames nor what the page refers to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark
from backstory.indexer.readers import (
    Format,
    LeftOut,
    Reading,
    Source,
    metadata,
    page_fields,
    title_from_name,
)
from backstory.indexer.readers.article import chosen, why_left
from backstory.indexer.readers.blocks import Block, paragraphs
from backstory.indexer.readers.markup import text_of, tree_and_text
from backstory.indexer.readers.pieces import Piece, left, pieces

# Without a way back into a comment that has ended: two hundred of them would take for ever.
_PAGE = re.compile(
    rb"(?:<\?xml[^>]*\?>\s*|<!--(?>.*?-->)\s*)*+<(?:!doctype\s+html|html)\b", re.I | re.S
)
FORMAT = Format(
    "a web page",
    suffixes=(".html", ".htm", ".xhtml"),
    pattern=_PAGE,
    media_types={"application/xhtml+xml": ".html", "text/html": ".html"},
    packages=("lxml", "trafilatura"),
)

# Above this many elements its many passes take minutes; ours is one.
_MAX_ELEMENTS = 60_000
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(\S+)\s*-->", re.IGNORECASE)


def read(source: Source) -> Reading:
    """Read a web page as it was saved."""
    text, notes = text_of(source.data, source.name, is_cut=source.is_cut, charset=source.charset)
    if source.is_cut:
        notes += (Remark.of(Code.CUT, limit=source.settings.max_file_mb),)
    return read_page(text, source.name, notes=notes)


def read_page(text: str, name: str, *, url: str = "", notes: metadata.Notes = ()) -> Reading:
    """Read the text of a page; `url` is where it came from, if that is known."""
    tree, parsed = tree_and_text(text, name)
    if parsed is not text:
        why = Remark.of(Code.READ_PLAINLY, what="a web page", why="nested too deeply")
        text, notes = parsed, (*notes, why)
    saved = _SAVED_FROM.search(text[:2_000])
    _uncover(tree)
    known, more = metadata.clean({"url": url or (saved[1] if saved else "")}, name)
    count = sum(1 for _ in tree.iter())
    document = _extracted(text, known.get("url", "")) if count <= _MAX_ELEMENTS else None
    found, further = metadata.clean(_own_fields(tree, document), name)
    fields, more = found | known, (*more, *further)
    if "date" in fields:
        more += (metadata.date_note(fields["date"], "the page"),)
    cutting = tuple(pieces(tree))
    is_text = _chosen(cutting, document)
    title, cut = paragraphs(_blocks(cutting, is_text), fields.get("title", ""))
    if not cut:
        raise UnreadableDocument(name, "a web page without text", Code.EMPTY)
    if count > _MAX_ELEMENTS:
        more = (*more, Remark.of(Code.READ_WHOLE, count=count))
    fields["title"] = title or title_from_name(name)
    return Reading(cut, notes=(*notes, *more), left_out=_left_out(cutting, is_text), **fields)


def _uncover(tree: Any) -> None:
    """Show what was only covered: a page saved while a dialog stood over it hides all its text."""
    covered = [each for each in tree.iter() if each.get("aria-hidden") == "true"]
    if not covered:
        return
    half = len(tree.text_content()) / 2
    for element in covered:
        if len(element.text_content()) > half:
            del element.attrib["aria-hidden"]


def _chosen(pieces: Sequence[Piece], document: Any) -> list[bool]:
    """Tell which pieces are the text: all that do not surround one where little was found."""
    whole = [not piece.kind for piece in pieces]
    is_text = chosen(pieces, document.text) if document is not None else whole
    return is_text if _size(pieces, is_text) else whole


def _size(pieces: Sequence[Piece], is_text: Sequence[bool]) -> int:
    return sum(len(p.block.text) for p, is_in in zip(pieces, is_text, strict=True) if is_in)


def _blocks(pieces: Sequence[Piece], is_text: Sequence[bool]) -> Iterator[Block]:
    return (piece.block for piece, is_in in zip(pieces, is_text, strict=True) if is_in)


def _left_out(pieces: Sequence[Piece], is_text: Sequence[bool]) -> tuple[LeftOut, ...]:
    return tuple(
        left(piece, why_left(piece))
        for piece, is_in in zip(pieces, is_text, strict=True)
        if not is_in
    )


def _extracted(text: str, url: str) -> Any:
    from trafilatura import bare_extraction

    return bare_extraction(
        text,
        url=url or None,
        include_comments=False,
        include_tables=True,
        with_metadata=True,
        date_extraction_params={"original_date": True, "extensive_search": False},
    )


def _own_fields(tree: Any, document: Any) -> dict[str, object]:
    """Return what the page says of itself; `document` is what trafilatura found, None for none."""
    machines = page_fields.page_data(tree)
    site = page_fields.publisher(tree, (document and document.sitename) or "", machines)
    author = (document and document.author) or ""
    fields = {
        "title": page_fields.title(
            tree, (document and document.title) or "", site, machines.headline
        ),
        "author": page_fields.author(tree, author, site, machines),
        "source": site,
        "language": tree.get("lang") or "",
    }
    if document is None:
        return fields
    return fields | {
        "date": document.date,
        "url": document.url,
        "tags": document.tags or None,
    }
