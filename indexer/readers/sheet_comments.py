"""The comments on the cells of a workbook (`.xlsx`), each a passage in its cell."""

from __future__ import annotations

from collections.abc import Iterator

from backstory.engine.cells import rows_of
from backstory.engine.errors import UnreadableDocument
from backstory.indexer.readers import Paragraph
from backstory.indexer.readers.archives import Archive
from backstory.indexer.readers.markup import attribute, local, xml_tree
from backstory.indexer.readers.ooxml import targets

_WORKBOOK = "xl/workbook.xml"
_THREADED, _PLAIN = "threadedComment", "comments"


def comments(archive: Archive, name: str) -> dict[str, tuple[Paragraph, ...]]:
    """Return the comments by the name of their sheet; none of a workbook that is broken there."""
    if _WORKBOOK not in archive:
        return {}
    try:
        parts = targets(archive, _WORKBOOK, name)
        return {
            attribute(sheet, "name"): tuple(_of_sheet(archive, parts[reference][1], name))
            for sheet in xml_tree(archive.read(_WORKBOOK), name).iter()
            if local(sheet) == "sheet"
            for key, reference in sheet.items()
            if key.endswith("}id") and reference in parts
        }
    except UnreadableDocument:  # the rows are read all the same
        return {}


def _of_sheet(archive: Archive, path: str, name: str) -> Iterator[Paragraph]:
    found: dict[str, list[str]] = {}
    for kind, part in targets(archive, path, name).values():
        if part in archive:
            found.setdefault(kind, []).append(part)
    # Where there are threads, the plain ones only repeat them.
    for part in found.get(_THREADED) or found.get(_PLAIN) or []:
        tree = xml_tree(archive.read(part), name)
        authors = [each.text or "" for each in tree.iter() if local(each) == "author"]
        for comment in tree.iter():
            if local(comment) not in ("comment", _THREADED):
                continue
            text = " ".join("".join(comment.itertext(tag="*")).split())
            number, cell = attribute(comment, "authorId"), attribute(comment, "ref")
            author = authors[int(number)] if number.isdigit() and int(number) < len(authors) else ""
            if author and text.startswith(f"{author}:"):
                author = ""  # as Excel begins them
            said = f"Comment by {author}: {text}" if author else f"Comment: {text}"
            if text:
                yield Paragraph(said, cells=cell if rows_of(cell) else "")
