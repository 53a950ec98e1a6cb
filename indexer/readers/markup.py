"""HTML and XML from anybody, read with lxml: no entities, no network, no limit lifted.

`blocks` cuts a tree at its block elements. It takes everything that a reader of the page would
see; what is the text of a page and what surrounds it is for others to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark
from backstory.indexer.readers.blocks import Block
from backstory.indexer.readers.encoding import decode, encoding_of

Notes = tuple[Remark, ...]

HIDDEN = frozenset(
    "head script style noscript template svg math nav footer aside form button select iframe "
    "object embed canvas audio video map dialog menu".split()
)
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html li main ol p pre section "
    "summary table tbody td tfoot th thead tr ul".split()
)
_GROUPS = frozenset({"ul", "ol", "dl", "table"})
_OF_LAYOUT = frozenset({"table", "p", "div", "ul", "ol", "h1", "h2", "h3", "blockquote"})
_ITEMS = frozenset({"li", "tr", "dd", "dt"})
_CELLS = frozenset({"td", "th"})
_HEADING = re.compile(r"h[1-6]")
_CHARSET = re.compile(
    rb"<(?:meta|\?xml)\b[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?([\w.:-]+)", re.I
)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_BOILERPLATE = re.compile(
    r"cookie|consent|gdpr|\bnav(?:bar|igation)?\b|\bmenu\b|breadcrumb"
    r"|(?<![\w-])(?:sidebar|footer|comments|share|related)(?![\w-])",
    re.IGNORECASE,
)
_NAVIGATION = frozenset({"navigation", "banner", "contentinfo", "search", "dialog", "alertdialog"})
_BREAK, _BLANKS = "\u2028", " \t\r\n\xa0"
_HEAD = 4096
_LARGE = 1_000_000


def text_of(
    data: bytes, name: str, *, is_cut: bool = False, charset: str = ""
) -> tuple[str, Notes]:
    """Return a page's text in the encoding of its mark, else `charset`, else that which it names.

    Where there is none of these it is decoded as plain text is. The order is that of HTML.
    """
    if not encoding_of(charset):
        named = _CHARSET.search(data[:_HEAD])
        charset = named[1].decode("ascii", "replace") if named else ""
        if encoding_of(charset).startswith("utf-16"):  # then its name would not be readable here
            charset = ""
    text, notes = decode(data, name, is_cut=is_cut, charset=charset)
    return _DECLARATION.sub("", text), notes


def html_tree(text: str, name: str) -> Any:
    """Parse a page as a browser would; raise UnreadableDocument where nothing is left of it."""
    from lxml import etree, html

    try:
        parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True)
        return html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        if len(text) > _LARGE:  # lxml says that the page is empty when its memory is at an end
            raise MemoryError from error
        raise UnreadableDocument(name, "a web page without content", Code.EMPTY) from error


def xml_tree(data: bytes, name: str) -> Any:
    """Parse XML; raise UnreadableDocument where it is broken or declares entities."""
    from lxml import etree

    if b"<!ENTITY" in data or "<!ENTITY".encode("utf-16-le") in data:
        raise UnreadableDocument(
            name, "declares XML entities, which no such file needs", Code.BROKEN
        )
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        reason = f"broken XML: {' '.join(str(error).split())[:150]}"
        raise UnreadableDocument(name, reason, Code.BROKEN) from error


def local(element: Any) -> str:
    """Return an element's name without its namespace, "" for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: Any, name: str) -> str:
    """Return an attribute by its name without namespace, or an empty string."""
    return next((str(v) for k, v in element.items() if k.rpartition("}")[2] == name), "")


def child(element: Any, *path: str) -> Any:
    """Return the first child of a name, and of that the next; None where there is none."""
    for name in path:
        element = next((each for each in element if local(each) == name), None)
        if element is None:
            return None
    return element


def blocks(root: Any, page: int | None = None) -> Iterator[Block]:
    """Yield the text of an HTML tree, block by block, without what is never text."""
    from lxml import etree

    cutter = _Cutter(page)
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event == "start":
            cutter.open(element)
        elif event == "end":
            cutter.close(element)
        else:
            cutter.add(element.tail)
        yield from cutter.taken()
    cutter.cut()
    yield from cutter.taken()


class _Cutter:
    """Walks a tree without recursion and cuts its text; items and rows stay in one piece."""

    def __init__(self, page: int | None) -> None:
        self._page = page
        self._text: list[str] = []
        self._done: list[Block] = []
        self._hidden = self._level = self._items = self._groups = 0
        # The lists and tables that are open; a table for layout is none.
        self._open_groups: list[Any] = []

    def taken(self) -> list[Block]:
        """Return the blocks that are complete, once."""
        done, self._done = self._done, []
        return done

    def add(self, text: str | None) -> None:
        """Add text, where it can be seen."""
        if text and not self._hidden:
            self._text.append(text)

    def cut(self) -> None:
        """End the block."""
        joined = "".join(self._text)
        self._text.clear()
        if joined and not joined.isspace():
            group = self._groups if self._open_groups else 0
            self._done.append(Block(joined, self._level, group, self._page))

    def open(self, element: Any) -> None:
        """Enter an element."""
        tag = _tag(element)
        if self._hidden or _is_hidden(element, tag):
            self._hidden += 1
            return
        self._border(tag, is_start=True)
        if tag in _GROUPS and not (tag == "table" and _is_layout(element)):
            self._groups += not self._open_groups
            self._open_groups.append(element)
        self._items += tag in _ITEMS and bool(self._open_groups)
        if _HEADING.fullmatch(tag) and not self._items:
            self._level = int(tag[1])
        self.add(element.text)

    def close(self, element: Any) -> None:
        """Leave an element."""
        tag = _tag(element)
        if self._hidden:
            self._hidden -= 1
        else:
            self._border(tag, is_start=False)
            self._items -= tag in _ITEMS and bool(self._open_groups)
            if self._open_groups and self._open_groups[-1] is element:
                self._open_groups.pop()
            if _HEADING.fullmatch(tag):
                self._level = 0
        self.add(element.tail)

    def _border(self, tag: str, *, is_start: bool) -> None:
        if tag == "br":
            self._break(is_start)
        elif tag in _BLOCKS and (not self._items or tag in _GROUPS or tag in _ITEMS):
            self.cut()
        elif tag in _CELLS and is_start and "".join(self._text).strip():
            self._text.append(", ")
        elif tag in _BLOCKS and tag not in _CELLS:
            self._text.append(" ")

    def _break(self, is_start: bool) -> None:
        # Two in a row part paragraphs.
        if not is_start:
            return
        if not self._items and "".join(self._text[-3:]).rstrip(_BLANKS).endswith(_BREAK):
            self.cut()
        self._text.append(_BREAK)


def _tag(element: Any) -> str:
    return local(element).lower()


def _is_layout(table: Any) -> bool:
    """Tell whether a table only places things on the page: its cells hold blocks."""
    return any(_tag(each) in _OF_LAYOUT for each in table.iter() if each is not table)


def _is_hidden(element: Any, tag: str) -> bool:
    if tag in HIDDEN or element.get("hidden") is not None:
        return True
    if element.get("role") in _NAVIGATION or element.get("aria-hidden") == "true":
        return True
    named = f"{element.get('id') or ''} {element.get('class') or ''}"
    if tag in ("body", "html", "main", "article"):
        return False
    style = (element.get("style") or "").replace(" ", "").lower()
    return "display:none" in style or (named != " " and bool(_BOILERPLATE.search(named)))
