"""HTML cut into pieces: a paragraph, an item, a row each, with what the page says of it.

The cutter takes everything with its place on the page, and tells what is hidden, a menu or
something else that surrounds a text. Words of neighbouring elements do not grow together: where
elements meet that a page sets apart by its style, a blank is put between them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from backstory.indexer.readers import LeftOut
from backstory.indexer.readers.blocks import Block
from backstory.indexer.readers.markup import BLOCKS, local
from backstory.indexer.readers.raised import Place, Run, joined

HIDDEN, MENU, BOILERPLATE = "hidden", "menu", "boilerplate"

# Never text, whatever shows them.
_NOTHING = frozenset(
    "head script style noscript svg math iframe object embed canvas audio video map".split()
)
_KINDS = {
    **dict.fromkeys("nav menu".split(), MENU),
    **dict.fromkeys("footer aside form button select dialog".split(), BOILERPLATE),
    "template": HIDDEN,
}
_ROLES = {
    **dict.fromkeys("navigation menu menubar".split(), MENU),
    **dict.fromkeys("banner contentinfo search dialog alertdialog".split(), BOILERPLATE),
    "tooltip": HIDDEN,
}
_MENU = re.compile(r"\bnav(?:bar|igation)?\b|\bmenu\b|breadcrumb", re.IGNORECASE)
_BOILERPLATE = re.compile(
    r"cookie|consent|gdpr|(?<![\w-])(?:sidebar|footer|comments|share|related)(?![\w-])",
    re.IGNORECASE,
)
# What shows only to those who point at something, or who have the page read to them.
_UNSEEN = re.compile(
    r"(?:tool-?tip|pop-?over|roll-?over|hover-?card)[\w-]*(?:text|block|body|content|box|card|panel)"
    r"|(?<![\w-])(?:sr-only|screen-reader-text|visually-?hidden)(?![\w-])",
    re.IGNORECASE,
)
_UNSEEN_STYLE = re.compile(r"display:none|visibility:hidden", re.IGNORECASE)
_CONTAINERS = frozenset(
    "article aside blockquote body center details dialog div dl fieldset figure footer form header "
    "html main menu nav ol section table tbody td template tfoot th thead tr ul".split()
)
_GROUPS = frozenset({"ul", "ol", "dl", "table"})
_OF_LAYOUT = frozenset({"table", "p", "div", "ul", "ol", "h1", "h2", "h3", "blockquote"})
_ITEMS = frozenset({"li", "tr", "dd", "dt"})
_CELLS = frozenset({"td", "th"})
_HEADING = re.compile(r"h[1-6]")
_PLACES = {"sup": Place.RAISED, "sub": Place.LOWERED}
# Inline elements that pages often set apart by their style alone, and those that never are.
_APART = frozenset("a span time label cite small abbr data output".split())
_MANY_BREAKS = 6  # in a cell, or a part of it
_BREAK, _BLANKS = "\u2028", " \t\r\n\xa0"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a page: `kind` says why it is no text, "" where nothing speaks against it.

    `container` is the element that holds it and its neighbours, `linked` how many of its letters
    and digits lead elsewhere.
    """

    block: Block
    kind: str
    container: Any
    linked: int = 0


def left(piece: Piece, kind: str = "") -> LeftOut:
    """Return a piece as one that was left out; `kind` is why, where the piece does not say."""
    block = piece.block
    return LeftOut(kind or piece.kind, " ".join(block.text.split()), block.page)


def blocks(root: Any, page: int | None = None) -> Iterator[Block]:
    """Yield the text of an HTML tree, block by block, without what is hidden or surrounds it."""
    return (piece.block for piece in pieces(root, page) if not piece.kind)


def pieces(root: Any, page: int | None = None) -> Iterator[Piece]:
    """Yield everything in an HTML tree that is text for somebody, in the order of the page."""
    from lxml import etree

    cutter = _Cutter(root, page)
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

    def __init__(self, root: Any, page: int | None) -> None:
        self._root, self._page = root, page
        self._line: list[Run] = []
        self._linked = 0
        self._has_text = False
        self._done: list[Piece] = []
        self._nothing = self._level = self._items = self._groups = self._links = 0
        self._place = Place.LINE
        self._crossed: list[str] = []  # inline elements that began or ended since the last text
        self._owners: list[Any] = []  # the block elements that are open
        # The lists and tables that are open; a table for layout is none.
        self._open_groups: list[Any] = []
        # What is open that is no text of the page, with its kind; then, if it stands in a line,
        # the text in it, which is kept apart from the line.
        self._kinds: list[tuple[Any, str]] = []
        self._apart: list[str] | None = None
        self._apart_from: Any = None

    def taken(self) -> list[Piece]:
        """Return the pieces that are complete, once."""
        done, self._done = self._done, []
        return done

    def add(self, text: str | None) -> None:
        """Add text, to the line or to what is kept apart from it."""
        if not text or self._nothing:
            return
        if self._apart is not None:
            self._apart.append(text)
            return
        if self._line and _is_glued(self._line[-1][0], text, self._crossed):
            text = f" {text}"
        self._crossed.clear()
        self._line.append((text, self._place))
        self._has_text |= not text.isspace()
        self._linked += sum(map(str.isalnum, text)) if self._links else 0

    def cut(self) -> None:
        """End the piece."""
        text, linked = joined(self._line), self._linked
        self._line, self._linked, self._has_text = [], 0, False
        self._crossed.clear()
        if text and not text.isspace():
            group = self._groups if self._open_groups else 0
            block = Block(text, self._level, group, self._page)
            self._done.append(Piece(block, self._kind(), self._container(), linked))

    def open(self, element: Any) -> None:
        """Enter an element."""
        tag = local(element).lower()
        if self._nothing or tag in _NOTHING:
            self._nothing += 1
            return
        self._border(tag, is_start=True)
        if kind := _kind(element, tag):
            self._kinds.append((element, kind))
            if tag not in BLOCKS and self._apart is None:
                self._apart, self._apart_from = [], element
        self._enter(element, tag)
        self.add(element.text)

    def close(self, element: Any) -> None:
        """Leave an element."""
        tag = local(element).lower()
        if self._nothing:
            self._nothing -= 1
        else:
            self._leave(element, tag)
        self.add(element.tail)

    def _enter(self, element: Any, tag: str) -> None:
        if tag in BLOCKS:
            self._owners.append(element)
        if tag in _GROUPS and not (tag == "table" and _is_layout(element)):
            self._groups += not self._open_groups
            self._open_groups.append(element)
        self._items += tag in _ITEMS and bool(self._open_groups)
        self._links += tag == "a"
        self._place = _PLACES.get(tag, self._place)
        if _HEADING.fullmatch(tag) and not self._items:
            self._level = int(tag[1])

    def _leave(self, element: Any, tag: str) -> None:
        self._border(tag, is_start=False)
        if tag in BLOCKS:
            self._owners.pop()
        self._items -= tag in _ITEMS and bool(self._open_groups)
        if self._open_groups and self._open_groups[-1] is element:
            self._open_groups.pop()
        self._links -= tag == "a"
        self._place = Place.LINE if tag in _PLACES else self._place
        if _HEADING.fullmatch(tag):
            self._level = 0
        if self._apart_from is element:
            self._end_apart()
        if self._kinds and self._kinds[-1][0] is element:
            self._kinds.pop()

    def _end_apart(self) -> None:
        text, self._apart, self._apart_from = "".join(self._apart or ()), None, None
        if not text.isspace() and text:
            self._done.append(Piece(Block(text), self._kind(), self._container()))

    def _kind(self) -> str:
        """Return why nothing here is text: it is hidden, or what it is most closely within."""
        kinds = [kind for _, kind in self._kinds]
        return HIDDEN if HIDDEN in kinds else kinds[-1] if kinds else ""

    def _container(self) -> Any:
        open_ones = reversed(self._owners)
        holding = (each for each in open_ones if local(each).lower() in _CONTAINERS)
        return next(holding, self._root)

    def _border(self, tag: str, *, is_start: bool) -> None:
        if self._apart is not None:
            self._apart.append(" ")
        elif tag == "br":
            self._break(is_start)
        elif tag in BLOCKS and (not self._items or tag in _GROUPS or tag in _ITEMS):
            self.cut()
        elif tag in _CELLS and is_start and self._has_text:
            self._line.append((", ", Place.LINE))
        elif tag in BLOCKS and tag not in _CELLS:
            self._line.append((" ", Place.LINE))
        else:
            self._crossed.append(tag)

    def _break(self, is_start: bool) -> None:
        # Two in a row part paragraphs.
        if not is_start:
            return
        last = "".join(text for text, _ in self._line[-3:])
        if not self._items and last.rstrip(_BLANKS).endswith(_BREAK):
            self.cut()
        self._line.append((_BREAK, Place.LINE))


def _is_glued(before: str, text: str, crossed: list[str]) -> bool:
    """Tell whether two texts are words of their own, although no blank parts them.

    Two links side by side are; so is a capital after a small letter or the end of a sentence,
    where elements meet that are set apart by style.
    """
    last, first = before[-1:], text[0]
    if not crossed or last.isspace() or not first.isalnum():
        return False
    if crossed.count("a") > 1 and last.isalnum():
        return True
    is_apart = not _APART.isdisjoint(crossed) and first.isupper()
    return is_apart and (last.islower() or last in ".!?;:)”")


def _is_layout(table: Any) -> bool:
    """Tell whether a table only places things on the page: its cells hold blocks or texts."""
    breaks: Counter[Any] = Counter()
    for element in table.iter():
        tag = local(element).lower()
        if tag in _OF_LAYOUT and element is not table:
            return True
        breaks[element.getparent()] += tag == "br"
    return any(count >= _MANY_BREAKS for count in breaks.values())


def _kind(element: Any, tag: str) -> str:
    """Return why an element is no text of its page, "" where nothing says so."""
    named = f"{element.get('id') or ''} {element.get('class') or ''}"
    if tag in ("body", "html", "main", "article"):
        return ""
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return HIDDEN
    style = (element.get("style") or "").replace(" ", "")
    if (style and _UNSEEN_STYLE.search(style)) or _UNSEEN.search(named):
        return HIDDEN
    kind = _KINDS.get(tag) or _ROLES.get(element.get("role") or "", "")
    if kind or named == " ":
        return kind
    return MENU if _MENU.search(named) else BOILERPLATE if _BOILERPLATE.search(named) else ""
