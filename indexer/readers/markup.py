"""HTML and XML from anybody, read with lxml: no entities, no network, no limit lifted."""

from __future__ import annotations

import re
from typing import Any

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark
from backstory.indexer.readers.encoding import decode, encoding_of

Notes = tuple[Remark, ...]

_CHARSET = re.compile(
    rb"<(?:meta|\?xml)\b[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?([\w.:-]+)", re.I
)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
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
