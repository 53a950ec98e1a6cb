"""HTML and XML from anybody, read with lxml: no entities, no network, no limit lifted."""

from __future__ import annotations

import re
from typing import Any

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark
from backstory.indexer.readers.encoding import decode, encoding_of

Notes = tuple[Remark, ...]

BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html li main menu nav ol p pre "
    "section summary table tbody td template tfoot th thead tr ul".split()
)
_CHARSET = re.compile(
    rb"<(?:meta|\?xml)\b[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?([\w.:-]+)", re.I
)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_HEAD = 4096
_LARGE = 1_000_000
_TOO_DEEP = "Excessive depth"  # as libxml2 says that it left out all that follows
_SCRIPT = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL | re.I)
_ANY_TAG = re.compile(r"<[/!?]?([a-zA-Z][\w:-]*)?[^<>]*>")


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
    return tree_and_text(text, name)[0]


def tree_and_text(text: str, name: str) -> tuple[Any, str]:
    """Parse a page as a browser would; return the tree and the text that it was made of.

    That is another one than `text` where its elements lay too deep within each other: then they
    stand one behind the other. Raises UnreadableDocument where nothing is left of the page.
    """
    from lxml import etree, html

    try:
        parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True)
        tree = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        if len(text) > _LARGE:  # lxml says that the page is empty when its memory is at an end
            raise MemoryError from error
        raise UnreadableDocument(name, "a web page without content", Code.EMPTY) from error
    if not any(_TOO_DEEP in entry.message for entry in parser.error_log):
        return tree, text
    flat = _flattened(text)
    return html.document_fromstring(flat), flat


def _flattened(text: str) -> str:
    """Return a page whose blocks follow each other: nothing in it is nested."""
    visible = _SCRIPT.sub(" ", text)
    return "<html><body><p>" + _ANY_TAG.sub(_paragraph_border, visible)


def _paragraph_border(tag: re.Match[str]) -> str:
    return "<p>" if (tag[1] or "").lower() in BLOCKS else " "


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
        if _TOO_DEEP in str(error):
            raise UnreadableDocument(name, "nested too deeply", Code.TOO_DEEP) from error
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
