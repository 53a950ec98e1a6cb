"""Slides: each a heading with its number as the page, over its texts, tables, notes and comments.

A slide without a title is called by its number; one that has nothing but a title is a passage.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark
from backstory.indexer.readers import Format, Paragraph, Reading, Source, title_from_name
from backstory.indexer.readers.archives import Archive
from backstory.indexer.readers.blocks import Block, paragraphs
from backstory.indexer.readers.markup import attribute, local, xml_tree
from backstory.indexer.readers.ooxml import targets
from backstory.indexer.readers.opendocument import meta_fields, open_archive
from backstory.indexer.readers.word import core_fields

_OPEN = "application/vnd.oasis.opendocument.presentation"
_POWERPOINT = "application/vnd.openxmlformats-officedocument.presentationml"
FORMAT = Format(
    "a presentation",
    suffixes=(".pptx", ".pptm", ".ppsx", ".potx", ".odp", ".otp"),
    zip_names=("ppt/presentation.xml",),
    mimetypes=(_OPEN, f"{_OPEN}-template"),
    media_types={
        f"{_POWERPOINT}.presentation": ".pptx",
        f"{_POWERPOINT}.slideshow": ".ppsx",
        _OPEN: ".odp",
    },
    packages=("lxml",),
)

_PRESENTATION = "ppt/presentation.xml"
_SLIDE = re.compile(r"ppt/slides/slide(\d+)\.xml")
_TITLES = frozenset({"title", "ctrTitle"})
# What PowerPoint fills in itself: the number of the slide, its date.
_FILLED_IN = frozenset({"sldNum", "dt", "sldImg"})
_NOTES, _COMMENT = "Notes: ", "Comment: "


@dataclass(frozen=True, slots=True)
class _Slide:
    """A slide: `beside` are its notes and comments."""

    title: str
    blocks: tuple[Block, ...]
    beside: tuple[str, ...] = ()
    is_hidden: bool = False


def read(source: Source) -> Reading:
    """Read the slides of a presentation."""
    archive = open_archive(source)
    is_powerpoint = _PRESENTATION in archive
    slides = list((_powerpoint if is_powerpoint else _impress)(archive, source.name))
    fields, notes = (core_fields if is_powerpoint else meta_fields)(archive, source.name)
    found = tuple(each for n, slide in enumerate(slides, 1) for each in _paragraphs(slide, n))
    if not found:
        raise UnreadableDocument(source.name, "a presentation without text", Code.EMPTY)
    hidden = [str(number) for number, slide in enumerate(slides, 1) if slide.is_hidden]
    if hidden:
        notes += (Remark.of(Code.HIDDEN, detail=f"hidden slides: {', '.join(hidden)}"),)
    first = next((slide.title for slide in slides if slide.title), "")
    title = fields.pop("title", "") or first or title_from_name(source.name)
    return Reading(found, title, notes=notes, **{"kind": "slides", **fields})


def _paragraphs(slide: _Slide, number: int) -> Iterator[Paragraph]:
    _, found = paragraphs(slide.blocks, heads=False)
    texts = [each.text for each in found] + list(slide.beside)
    heading = slide.title or f"Slide {number}"
    if not texts and slide.title:
        texts, heading = [slide.title], ""
    yield from (Paragraph(text, heading, number) for text in texts)


# --- PowerPoint


def _powerpoint(archive: Archive, name: str) -> Iterator[_Slide]:
    for slide in _in_order(archive, name):
        tree = xml_tree(archive.read(slide), name)
        shapes = list(_shapes(tree))
        title = " ".join(_words(shape) for shape in shapes if _place(shape) in _TITLES)
        blocks = [
            block
            for group, shape in enumerate(shapes, 1)
            if _place(shape) not in _TITLES | _FILLED_IN
            for block in _shape_blocks(shape, group)
        ]
        related = _relations(archive, slide, name)
        for path in related.get("diagramData", ()):
            blocks += _drawing_blocks(archive, path, name)
        beside = [*_notes(archive, related, name), *_comments(archive, related, name)]
        yield _Slide(title.strip(), tuple(blocks), tuple(beside), tree.get("show") == "0")


def _in_order(archive: Archive, name: str) -> list[str]:
    """Return the paths of the slides, in the order of the presentation."""
    numbered = [match for info in archive.members if (match := _SLIDE.fullmatch(info.filename))]
    every = [match[0] for match in sorted(numbered, key=lambda match: int(match[1]))]
    tree = xml_tree(archive.read(_PRESENTATION), name)
    by_id = targets(archive, _PRESENTATION, name)
    listed = [
        by_id.get(value, ("", ""))[1]
        for element in tree.iter()
        if local(element) == "sldId"
        for key, value in element.items()
        if key.endswith("}id")
    ]
    # A slide that the list lacks is read all the same.
    return [path for path in dict.fromkeys([*listed, *every]) if path in archive]


def _relations(archive: Archive, path: str, name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for kind, target in targets(archive, path, name).values():
        if target in archive:
            found.setdefault(kind, []).append(target)
    return found


def _shapes(tree: Any) -> Iterator[Any]:
    """Yield the shapes and tables of a slide, also those within groups."""
    for element in tree.iter():
        if local(element) in ("sp", "graphicFrame"):
            yield element


def _place(shape: Any) -> str:
    """Return which place of the slide's layout a shape fills, "" for one of its own."""
    filled = next((each for each in shape.iter() if local(each) == "ph"), None)
    return "" if filled is None else attribute(filled, "type")


def _shape_blocks(shape: Any, group: int) -> Iterator[Block]:
    rows = [each for each in shape.iter() if local(each) == "tr"]
    for row in rows:
        cells = (_words(cell) for cell in row if local(cell) == "tc")
        yield Block(", ".join(filter(None, cells)), group=group)
    if not rows:
        for paragraph in _named(shape, "p"):
            yield Block(_words(paragraph), group=group)


def _named(element: Any, name: str) -> Iterable[Any]:
    return (each for each in element.iter() if local(each) == name)


def _words(element: Any) -> str:
    """Return the text under an element, line breaks and paragraphs as blanks."""
    parts = []
    for each in element.iter():
        name = local(each)
        if name == "t":
            parts.append(each.text or "")
        elif name in ("br", "p", "tab"):
            parts.append(" ")
    return " ".join("".join(parts).split())


def _drawing_blocks(archive: Archive, path: str, name: str) -> Iterator[Block]:
    """Yield the texts of a drawing made of text (SmartArt)."""
    for paragraph in _named(xml_tree(archive.read(path), name), "t"):
        if len(paragraph):
            yield Block(_words(paragraph), group=1_000_000)


def _notes(archive: Archive, related: dict[str, list[str]], name: str) -> Iterator[str]:
    for path in related.get("notesSlide", ()):
        shapes = _shapes(xml_tree(archive.read(path), name))
        texts = [_words(shape) for shape in shapes if _place(shape) not in _FILLED_IN]
        if any(texts):
            yield f"{_NOTES}{' '.join(filter(None, texts))}"


def _comments(archive: Archive, related: dict[str, list[str]], name: str) -> Iterator[str]:
    for kind, paths in related.items():
        for path in paths if "comment" in kind.lower() and "Author" not in kind else ():
            for comment in _named(xml_tree(archive.read(path), name), "cm"):
                texts = (each.text or "" for each in comment.iter() if local(each) in ("text", "t"))
                if text := " ".join(" ".join(texts).split()):
                    yield f"{_COMMENT}{text}"


# --- Impress


def _impress(archive: Archive, name: str) -> Iterator[_Slide]:
    tree = xml_tree(archive.read("content.xml"), name)
    for page in _named(tree, "page"):
        notes = next((each for each in page if local(each) == "notes"), None)
        drawn = [each for each in page if local(each) not in ("notes", "annotation")]
        titles = [each for each in drawn if attribute(each, "class") == "title"]
        blocks = tuple(
            block
            for group, each in enumerate(drawn, 1)
            if each not in titles
            for block in _frame_blocks(each, group)
        )
        beside = [_spoken(notes)] if notes is not None else []
        beside = [f"{_NOTES}{text}" for text in beside if text]
        comments = (_spoken(each) for each in page if local(each) == "annotation")
        beside += [f"{_COMMENT}{text}" for text in comments if text]
        yield _Slide(" ".join(map(_spoken, titles)).strip(), blocks, tuple(beside))


def _frame_blocks(frame: Any, group: int) -> Iterator[Block]:
    rows = list(_named(frame, "table-row"))
    for row in rows:
        cells = (_spoken(cell) for cell in row if local(cell) == "table-cell")
        yield Block(", ".join(filter(None, cells)), group=group)
    if not rows:
        for paragraph in frame.iter():
            if local(paragraph) in ("p", "h"):
                yield Block("".join(_pieces(paragraph)), group=group)


def _spoken(element: Any) -> str:
    """Return the text of all paragraphs under an element."""
    texts = ("".join(_pieces(each)) for each in element.iter() if local(each) in ("p", "h"))
    return " ".join(" ".join(texts).split())


def _pieces(paragraph: Any) -> Iterator[str]:
    yield paragraph.text or ""
    for child in paragraph:
        if local(child) in ("s", "tab", "line-break"):
            yield " "
        elif local(child) not in ("page-number", "date", "time"):
            yield from _pieces(child)
        yield child.tail or ""
