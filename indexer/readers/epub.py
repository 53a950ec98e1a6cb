"""EPUB books: the chapters in the order of the book, as one document."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code
from backstory.indexer.readers import Format, Reading, Source, metadata, title_from_name
from backstory.indexer.readers.archives import Archive
from backstory.indexer.readers.blocks import paragraphs
from backstory.indexer.readers.markup import (
    attribute,
    html_tree,
    local,
    text_of,
    xml_tree,
)
from backstory.indexer.readers.pieces import HIDDEN, MENU, Piece, left, pieces

FORMAT = Format(
    "an EPUB book",
    suffixes=(".epub",),
    mimetypes=("application/epub+zip",),
    media_types={"application/epub+zip": ".epub"},
    packages=("lxml",),
)

_CONTAINER = "META-INF/container.xml"
_DUBLIN_CORE = {
    "title": "title",
    "creator": "author",
    "publisher": "source",
    "date": "date",
    "language": "language",
    "subject": "tags",
}
# What else surrounds the text of a web page is text in a book: notes stand in an `aside`.
_NO_TEXT = frozenset({HIDDEN, MENU})
# Fonts may be scrambled in any book; a locked text has another method.
_FONT_METHODS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")


def read(source: Source) -> Reading:
    """Read an EPUB book that is not locked."""
    archive = Archive(source)
    _refuse_locked(archive, source.name)
    container = xml_tree(archive.read(_CONTAINER), source.name)
    root = next((attribute(e, "full-path") for e in container.iter() if local(e) == "rootfile"), "")
    package = xml_tree(archive.read(root), source.name)
    fields, notes = _fields(package, source.name)
    cutting = tuple(_pieces(archive, package, posixpath.dirname(root), source.name))
    text = (piece.block for piece in cutting if piece.kind not in _NO_TEXT)
    title, cut = paragraphs(text, fields.get("title", ""))
    if not cut:
        raise UnreadableDocument(source.name, "a book without text", Code.EMPTY)
    fields["title"] = title or title_from_name(source.name)
    left_out = tuple(left(piece) for piece in cutting if piece.kind in _NO_TEXT)
    return Reading(cut, kind="book", notes=notes, left_out=left_out, **fields)


def _refuse_locked(archive: Archive, name: str) -> None:
    if "META-INF/encryption.xml" not in archive:
        return
    tree = xml_tree(archive.read("META-INF/encryption.xml"), name)
    methods = [attribute(e, "Algorithm") for e in tree.iter() if local(e) == "EncryptionMethod"]
    if any(not method.startswith(_FONT_METHODS) for method in methods):
        raise UnreadableDocument(name, "encrypted: the book is locked (DRM)", Code.ENCRYPTED)


def _pieces(archive: Archive, package: Any, folder: str, name: str) -> Iterator[Piece]:
    items = {attribute(e, "id"): e for e in package.iter() if local(e) == "item"}
    named = (attribute(e, "idref") for e in package.iter() if local(e) == "itemref")
    for reference in dict.fromkeys(named):  # a book shows no chapter twice
        item = items.get(reference)
        if item is None or "nav" in attribute(item, "properties").split():
            continue
        path = posixpath.normpath(posixpath.join(folder, unquote(attribute(item, "href"))))
        data = archive.read(path) if path in archive else b""
        if data.strip():
            text, _ = text_of(data, name)
            yield from pieces(html_tree(text, name))


def _fields(package: Any, name: str) -> tuple[metadata.Fields, metadata.Notes]:
    found: dict[str, list[str]] = {}
    for element in package.iter():
        field = _DUBLIN_CORE.get(local(element))
        if field and element.text:
            found.setdefault(field, []).append(element.text)
    mapping = {f: v if f in ("author", "tags") else v[0] for f, v in found.items()}
    fields, notes = metadata.clean(mapping, name)
    if "date" in fields:
        notes += (metadata.date_note(fields["date"], "the book's metadata"),)
    return fields, notes
