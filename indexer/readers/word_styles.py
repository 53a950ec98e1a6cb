"""What the styles and the numbering of a Word file say of its paragraphs and runs."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from backstory.indexer.readers.markup import attribute, child, local
from backstory.indexer.readers.numbering import MAX_LEVELS, MAX_PATTERN, Counters, Level
from backstory.indexer.readers.raised import Place

_HEADING = re.compile(r"heading (\d)|(title)", re.IGNORECASE)
_MAX_DEPTH = 20  # how far a style may be based on another
_PLACES = {"superscript": Place.RAISED, "subscript": Place.LOWERED, "baseline": Place.LINE}
_FORMATS = {
    "bullet": "",
    "decimalZero": "padded",
    "upperRoman": "upper roman",
    "lowerRoman": "lower roman",
    "upperLetter": "upper letter",
    "lowerLetter": "lower letter",
    "ordinal": "ordinal",
    "none": "none",
}


@dataclass(frozen=True, slots=True)
class Style:
    """What a style decides: the `level` of a heading (0 for none), its list, and its characters.

    `list_id` is None where the style has none; `list_level` counts from 0.
    """

    level: int = 0
    list_id: str | None = None
    list_level: int = 0
    place: Place | None = None
    is_hidden: bool | None = None


class Styles:
    """The styles of a document by their ids; those based on others have what they inherit."""

    def __init__(self, tree: Any) -> None:
        styles = () if tree is None else (each for each in tree if local(each) == "style")
        self._elements = {attribute(each, "styleId"): each for each in styles}
        self._known: dict[str, Style] = {}

    def __getitem__(self, style_id: str) -> Style:
        if style_id not in self._known:
            self._known[style_id] = self._read(style_id, _MAX_DEPTH)
        return self._known[style_id]

    def _read(self, style_id: str, depth: int) -> Style:
        element = self._elements.get(style_id)
        if element is None or not depth:
            return Style()
        base = child(element, "basedOn")
        style = self._read(attribute(base, "val"), depth - 1) if base is not None else Style()
        level = _heading(element)
        if level is not None:
            style = replace(style, level=level)
        style = with_list(style, child(element, "pPr"))
        return with_characters(style, child(element, "rPr"))


def _heading(style: Any) -> int | None:
    named = child(style, "name")
    heading = _HEADING.fullmatch(attribute(named, "val")) if named is not None else None
    if heading:
        return int(heading[1] or 1)
    return outline(child(style, "pPr"))


def outline(properties: Any) -> int | None:
    """Return the level of heading that properties of a paragraph name, None for none."""
    named = child(properties, "outlineLvl") if properties is not None else None
    if named is None:
        return None
    value = attribute(named, "val")
    return int(value) + 1 if value in tuple("012345678") else 0


def with_list(style: Style, properties: Any) -> Style:
    """Return a style with the list that properties of a paragraph name."""
    listed = child(properties, "numPr") if properties is not None else None
    if listed is None:
        return style
    number, level = child(listed, "numId"), child(listed, "ilvl")
    if number is not None:
        style = replace(style, list_id=attribute(number, "val"))
    if level is not None:
        style = replace(style, list_level=integer(attribute(level, "val")))
    return style


def with_characters(style: Style, properties: Any) -> Style:
    """Return a style with what properties of characters say: raised, lowered, hidden."""
    if properties is None:
        return style
    for each in properties:
        name = local(each)
        if name == "vertAlign":
            style = replace(style, place=_PLACES.get(attribute(each, "val"), Place.LINE))
        elif name == "vanish":
            style = replace(style, is_hidden=is_on(each))
    return style


def is_on(element: Any) -> bool:
    """Tell whether a property that is on by being there has not been switched off."""
    return attribute(element, "val") not in ("0", "false", "off")


def integer(text: str, otherwise: int = 0) -> int:
    """Return a whole number below a thousand million that XML has, or another."""
    return int(text) if re.fullmatch(r"-?[0-9]{1,9}", text) else otherwise


class Numbering:
    """The lists of a document, and how far each has been counted."""

    def __init__(self, tree: Any) -> None:
        elements = () if tree is None else tuple(tree)
        self._abstract = {
            attribute(each, "abstractNumId"): each
            for each in elements
            if local(each) == "abstractNum"
        }
        self._lists = {attribute(each, "numId"): each for each in elements if local(each) == "num"}
        self._styled = self._by_style_link()
        self._levels: dict[str, dict[int, Level]] = {}
        self._counters: dict[str, Counters] = {}
        self._restarted: set[tuple[str, int]] = set()

    def _by_style_link(self) -> dict[str, str]:
        """Return which definition stands behind each style of lists."""
        links = ((key, child(each, "styleLink")) for key, each in self._abstract.items())
        return {attribute(link, "val"): key for key, link in links if link is not None}

    def label(self, list_id: str, depth: int) -> str | None:
        """Count a paragraph; return its number, "" for a bullet, None where there is no list."""
        if list_id not in self._lists:
            return None
        depth = min(max(depth, 0), MAX_LEVELS - 1)
        if list_id not in self._levels:
            self._levels[list_id] = self._read_levels(list_id)
        counters = self._counters.setdefault(self._definition(list_id), Counters())
        self._restart(list_id, depth, counters)
        return counters.label(self._levels[list_id], depth)

    def _definition(self, list_id: str) -> str:
        referred = child(self._lists[list_id], "abstractNumId")
        key = attribute(referred, "val") if referred is not None else ""
        link = child(self._abstract[key], "numStyleLink") if key in self._abstract else None
        return self._styled.get(attribute(link, "val"), key) if link is not None else key

    def _read_levels(self, list_id: str) -> dict[int, Level]:
        definition = self._abstract.get(self._definition(list_id))
        levels = [] if definition is None else [e for e in definition if local(e) == "lvl"]
        for override in self._lists[list_id]:
            levels += [each for each in override if local(each) == "lvl"]
        return {integer(attribute(each, "ilvl")): _level(each) for each in levels}

    def _restart(self, list_id: str, depth: int, counters: Counters) -> None:
        """Begin at the number that a list, where it is first used, is told to begin with."""
        if (list_id, depth) in self._restarted:
            return
        self._restarted.add((list_id, depth))
        for override in self._lists[list_id]:
            start = child(override, "startOverride")
            if start is not None and integer(attribute(override, "ilvl")) == depth:
                counters.restart(depth, integer(attribute(start, "val"), 1))


def _level(element: Any) -> Level:
    def value(name: str, otherwise: str) -> str:
        found = child(element, name)
        return otherwise if found is None else attribute(found, "val")

    written = value("numFmt", "decimal")
    legal = child(element, "isLgl")
    return Level(
        _FORMATS.get(written, "decimal"),
        value("lvlText", "")[:MAX_PATTERN],
        integer(value("start", "1"), 1),
        restarts=value("lvlRestart", "") != "0",
        is_legal=legal is not None and is_on(legal),
    )
