"""What the styles of an OpenDocument text say of its characters, headings and lists."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from backstory.indexer.readers.markup import attribute, child, local
from backstory.indexer.readers.numbering import MAX_LEVELS, MAX_PATTERN, Counters, Level
from backstory.indexer.readers.raised import Place
from backstory.indexer.readers.word_styles import integer

_FORMATS = {
    "1": "decimal",
    "I": "upper roman",
    "i": "lower roman",
    "A": "upper letter",
    "a": "lower letter",
    "": "none",
}
_MAX_DEPTH = 20  # how far a style may be based on another
_LISTS = frozenset({"list-style", "outline-style"})
OUTLINE = "outline-style"  # what the numbers of headings are kept under


@dataclass(frozen=True, slots=True)
class Characters:
    """How the characters of a style stand, and whether they are hidden."""

    place: Place = Place.LINE
    is_hidden: bool = False


class Styles:
    """The styles of a text, of the parts that have any."""

    def __init__(self, trees: Iterable[Any]) -> None:
        self._elements: dict[str, Any] = {}
        self._lists: dict[str, Any] = {}
        for tree in trees:
            for element in (each for part in tree for each in part.iter()):
                name = local(element)
                if name == "style":
                    self._elements[attribute(element, "name")] = element
                elif name in _LISTS:
                    key = OUTLINE if name == OUTLINE else attribute(element, "name")
                    self._lists[key] = element

    def characters(self, name: str) -> Characters:
        """Return what a style, and those that it is based on, say of characters."""
        for each in self._lineage(name):
            properties = child(each, "text-properties")
            position = attribute(properties, "text-position") if properties is not None else ""
            hidden = properties is not None and attribute(properties, "display") == "none"
            if position or hidden:
                return Characters(_place(position), hidden)
        return Characters()

    def is_title(self, name: str) -> bool:
        """Tell whether a style is that of titles, or based on it."""
        return name == "Title" or any(
            attribute(each, "name") == "Title" for each in self._lineage(name)
        )

    def levels(self, name: str) -> dict[int, Level]:
        """Return the levels of a list, from 0; none for a list that is not known."""
        element = self._lists.get(name)
        if element is None:
            return {}
        return {
            integer(attribute(each, "level"), 1) - 1: _level(each)
            for each in element
            if local(each).startswith(("list-level-style", "outline-level-style"))
        }

    def _lineage(self, name: str) -> list[Any]:
        found: list[Any] = []
        while name in self._elements and len(found) < _MAX_DEPTH:
            found.append(self._elements[name])
            name = attribute(found[-1], "parent-style-name")
        return found


def _place(position: str) -> Place:
    """Return where `super 58%` or `-33% 58%` puts characters."""
    how = position.split()[0] if position else ""
    if how.startswith(("sub", "-")):
        return Place.LOWERED
    is_level = how in ("", "0%")
    return Place.LINE if is_level else Place.RAISED


def _level(element: Any) -> Level:
    if not local(element).endswith(("-number", "outline-level-style")):
        return Level()
    style = _FORMATS.get(attribute(element, "num-format"), "decimal")
    depth = integer(attribute(element, "level"), 1)
    shown = min(max(integer(attribute(element, "display-levels"), 1), 1), depth, MAX_LEVELS)
    numbers = ".".join(f"%{each}" for each in range(depth - shown + 1, depth + 1))
    prefix, suffix = attribute(element, "num-prefix"), attribute(element, "num-suffix")
    pattern = f"{prefix}{numbers}{suffix}" if style != "none" else f"{prefix}{suffix}"
    return Level(style, pattern[:MAX_PATTERN], integer(attribute(element, "start-value"), 1))


@dataclass(slots=True)
class Lists:
    """The lists of a text, and how far each has been counted."""

    styles: Styles
    _by_style: dict[str, Counters] = field(default_factory=dict)
    _by_id: dict[str, Counters] = field(default_factory=dict)

    def enter(self, element: Any, style: str) -> Counters:
        """Return the count of a list that begins: a new one, or that which it goes on with."""
        before = self._by_id.get(attribute(element, "continue-list"))
        if before is None and attribute(element, "continue-numbering") == "true":
            before = self._by_style.get(style)
        counters = before or Counters()
        self._by_style[style] = counters
        if key := attribute(element, "id"):
            self._by_id[key] = counters
        return counters

    def heading(self, depth: int) -> str:
        """Count a heading of a level, from 0; return its number, "" where it has none."""
        counters = self._by_style.setdefault(OUTLINE, Counters())
        return counters.label(self.styles.levels(OUTLINE), depth)
