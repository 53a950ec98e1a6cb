"""XML of any kind: its text block by block, and what looks like records, each a passage.

Nothing says which elements are paragraphs. One with text of its own is; one whose parts are all
short and have names of their own is a record, `rank: admiral · ship: Marigold`; those of tables
often have their values in attributes. Whatever else holds elements is only gone through.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark
from backstory.indexer.readers import Format, LeftOut, Reading, Source, title_from_name
from backstory.indexer.readers.blocks import Block, paragraphs
from backstory.indexer.readers.markup import html_tree, local, xml_tree
from backstory.indexer.readers.pieces import blocks as html_blocks

FORMAT = Format(
    "an XML text",
    suffixes=(".xml", ".rss", ".atom", ".opml", ".kml", ".tei"),
    media_types={
        "application/atom+xml": ".atom",
        "application/rss+xml": ".rss",
        "application/xml": ".xml",
        "text/xml": ".xml",
    },
    is_plain_text=True,
    packages=("lxml",),
)

_HEADINGS = re.compile(r"title|heading|headline|subtitle|head|h[1-6]", re.IGNORECASE)
_TEXTS = re.compile(
    r"p|para|paragraph|text|body|content|description|summary|note|line|l|s|div|seg|item",
    re.IGNORECASE,
)
_SHORT = 60  # characters of a value that its name stands before
_MARKUP = re.compile(r"<(?:p|br|div|a|img|ul|h[1-6])\b[^<>]*>|&(?:amp|lt|nbsp);", re.IGNORECASE)
_LONG = 300  # characters of a part that is no value but a paragraph
_DEEPEST = 200  # elements within elements: what is deeper is read as one text


def read(source: Source) -> Reading:
    """Read XML that is well-formed."""
    tree = xml_tree(source.whole, source.name)
    cut = _Blocks()
    title, found = paragraphs(cut.of(tree, 0))
    if not found:
        raise UnreadableDocument(source.name, "XML without text", Code.EMPTY)
    most = source.formats.max_members
    notes: tuple[Remark, ...] = ()
    if len(found) > most:
        limit = "formats.max_members"
        notes = (Remark.of(Code.TOO_MANY, more="more", what="paragraphs", setting=limit),)
    left_out = tuple(cut.left_out)
    title = title or title_from_name(source.name)
    return Reading(found[:most], title, notes=notes, left_out=left_out)


class _Blocks:
    """The blocks of a tree; comments are left out of them."""

    def __init__(self) -> None:
        self.left_out: list[LeftOut] = []

    def of(self, element: Any, depth: int) -> Iterator[Block]:
        """Yield the text of an element, block by block."""
        if not local(element):
            if text := _squeezed(element.text or ""):
                self.left_out.append(LeftOut("comment", text))
        elif depth > _DEEPEST or _has_own_text(element) or not len(element):
            yield from _text_blocks(element)
        elif _is_record(element):
            yield Block(_labelled(element))
        else:
            if values := _attributes(element):
                yield Block(" · ".join(values))
            names = [local(child) for child in element]
            for child, name in zip(element, names, strict=True):
                if len({*names}) > 1 and names.count(name) == 1 and _is_value(child):
                    yield Block(f"{name}: {_squeezed(child.text)}")
                else:
                    yield from self.of(child, depth + 1)


def _text_blocks(element: Any) -> Iterator[Block]:
    text = "".join(element.itertext(tag="*"))
    if _MARKUP.search(text):  # a feed has pages as texts
        yield from html_blocks(html_tree(text, local(element)))
    elif text := _squeezed(text):
        yield Block(text, level=2 if _HEADINGS.fullmatch(local(element)) else 0)
    elif values := _attributes(element):
        yield Block(" · ".join(values))


def _has_own_text(element: Any) -> bool:
    pieces = [element.text, *(child.tail for child in element)]
    return any(piece and not piece.isspace() for piece in pieces)


def _is_record(element: Any) -> bool:
    """Tell whether the parts of an element are short values with names."""
    parts = [child for child in element if local(child)]
    if len(parts) < 2 or any(len(part) for part in parts):
        return False
    texts = ["".join(part.itertext(tag="*")) for part in parts]
    are_short = all(len(text) <= _LONG and not _MARKUP.search(text) for text in texts)
    names = {local(part) for part in parts}
    return are_short and len(names) > 1 and not any(map(_HEADINGS.fullmatch, names))


def _is_value(element: Any) -> bool:
    """Tell whether an element is a short value that its name explains."""
    text = element.text or ""
    is_text = _HEADINGS.fullmatch(local(element)) or _TEXTS.fullmatch(local(element))
    return bool(local(element) and text.strip()) and not (
        len(element) or is_text or len(text) > _SHORT or _MARKUP.search(text)
    )


def _labelled(element: Any) -> str:
    found = _attributes(element)
    for part in element:
        text = _squeezed("".join(part.itertext(tag="*"))) if local(part) else ""
        values = [text] if text else _attributes(part)
        found += [f"{local(part)}: {', '.join(values)}"] if values else []
    return " · ".join(found)


def _attributes(element: Any) -> list[str]:
    named = ((name.rpartition("}")[2], _squeezed(value)) for name, value in element.items())
    return [f"{name}: {value}" for name, value in named if value and name != "schemaLocation"]


def _squeezed(text: str) -> str:
    return " ".join(text.split())
