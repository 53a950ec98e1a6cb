"""Saved web pages: the text of the page, without its menus, banners and footers.

trafilatura tells the text from what surrounds it, and finds title, author, date and site. Where
it finds hardly anything, or the page is too large for it, everything outside of navigation is
taken. Nothing is fetched: neither images nor frames nor what the page refers to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark
from backstory.indexer.readers import Format, Paragraph, Reading, Source, metadata, title_from_name
from backstory.indexer.readers.blocks import Block, paragraphs
from backstory.indexer.readers.markup import blocks, text_of, tree_and_text

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
# Of a page of few words trafilatura may take all, menus too, as one paragraph: ours are better.
_ENOUGH, _ALL = 600, 0.95
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(\S+)\s*-->", re.IGNORECASE)
_HEADING = re.compile(r"h([1-6])")
# Titles often end in the name of the site: The ledger | Harbour Gazette.
_SITE = re.compile(r"\s+[|–—·-]\s+([^|–—·]{2,60})$")


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
    fields, more = metadata.clean(_own_fields(tree, url or (saved[1] if saved else "")), name)
    count = sum(1 for _ in tree.iter())
    document = _extracted(text, fields.get("url", "")) if count <= _MAX_ELEMENTS else None
    if document is not None:
        found, further = metadata.clean(_found_fields(document), name)
        fields, more = found | fields, (*more, *further)
        if "date" in fields:
            more += (metadata.date_note(fields["date"], "the page"),)
    title, cut = _paragraphs(document, tree, fields)
    if not cut:
        raise UnreadableDocument(name, "a web page without text", Code.EMPTY)
    if count > _MAX_ELEMENTS:
        more = (*more, Remark.of(Code.READ_WHOLE, count=count))
    fields["title"] = title or title_from_name(name)
    return Reading(cut, notes=(*notes, *more), **fields)


def _paragraphs(
    document: Any, tree: Any, fields: metadata.Fields
) -> tuple[str, tuple[Paragraph, ...]]:
    title = fields.get("title", "")
    found = paragraphs(_blocks(document.body), title) if document is not None else ("", ())
    size = sum(len(paragraph.text) for paragraph in found[1])
    if size >= _ENOUGH:
        return found
    whole = paragraphs(blocks(tree), title)
    is_one = len(found[1]) == 1 < len(whole[1])
    is_all = size >= _ALL * sum(len(paragraph.text) for paragraph in whole[1])
    return whole if (is_one and is_all) or not size else found


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


def _own_fields(tree: Any, url: str) -> dict[str, object]:
    """Return what the page says of itself that trafilatura leaves out."""
    title = tree.findtext(".//title") or ""
    return {"language": tree.get("lang") or "", "url": url} | (
        {} if tree.find(".//h1") is not None else {"title": _SITE.sub("", " ".join(title.split()))}
    )


def _found_fields(document: Any) -> dict[str, object]:
    return {
        "title": document.title,
        "author": (document.author or "").replace("; ", ", "),
        "date": document.date,
        "source": document.sitename,
        "url": document.url,
        "tags": document.tags or None,
    }


def _blocks(body: Any) -> Iterator[Block]:
    """Yield the blocks of a text in trafilatura's XML."""
    group = 0
    for element in body:
        if element.tag == "head":
            level = _HEADING.fullmatch(element.get("rend") or "")
            yield Block(_text(element), int(level[1]) if level else 2)
        elif element.tag in ("list", "table"):
            group += 1
            for item in element.iter("item", "row"):
                if item.tag == "row":
                    yield Block(", ".join(filter(None, map(_text, item))), group=group)
                elif not any(True for _ in item.iterancestors("item")):
                    yield Block(_text(item), group=group)
        elif element.tag == "quote" and element.find("p") is not None:
            yield from (Block(_text(part)) for part in element if part.tag == "p")
        else:
            yield from _between_blank_lines(element)
        if element.tail and element.tail.strip():
            yield Block(element.tail)


def _between_blank_lines(element: Any) -> Iterator[Block]:
    """Cut at two line breaks in a row, by which old pages part their paragraphs."""
    parts = [element.text or ""]
    for child in element:
        is_second = child.tag == "lb" and parts[-1:] == [" "]
        if is_second:
            yield Block("".join(parts))
            parts.clear()
        parts.append(" " if child.tag == "lb" else _text(child))
        if (child.tail or "").strip():
            parts.append(child.tail)
    yield Block("".join(parts))


def _text(element: Any) -> str:
    parts = []
    for part in element.iter():
        if part.tag == "lb" or (part.tag == "item" and part is not element):
            parts.append(" ")
        parts.append(part.text or "")
        if part is not element:
            parts.append(part.tail or "")
    return " ".join("".join(parts).split())
