"""Raised and lowered characters: part of a word where they spell it, parted where they are marks.

Files have them as runs of their own: `m` and a raised `2`, but also a word and the raised number of
its note. Digits become ² and ₂ where they belong to a unit, a power or a formula, so that both m2
and m² find them. Any other raised number is a mark, and a blank keeps it from growing into the word
or the year before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from itertools import groupby


class Place(StrEnum):
    """Where a run stands: on the line, above it or below it."""

    LINE = "line"
    RAISED = "raised"
    LOWERED = "lowered"


Run = tuple[str, Place]

_UNITS = re.compile(r"(?:^|[\s\d/·(])(?:[kcdmnµμ]?m|mi|ft|in|yd|s|sec)$")
_POWER_OF_TEN = re.compile(r"[\u00d7x·*]\s*10$")
_EXPONENT = re.compile(r"[-−–]?[1-9]")
_NUMBER = re.compile(r"[-−–+]?\d+")
# One raised letter after a whole word is the mark of a note; others end a word: 1st, Mme, No.
_MARK_AFTER_WORD = re.compile(r"[^\W\d_]{4,}$")
_CLOSING = (*".,;:!?…)]\"'”’»",)
_RAISED = str.maketrans("0123456789+-−–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻")
_LOWERED = str.maketrans("0123456789+-−–", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋")
_TAIL = 24  # characters that a unit is looked for in


def joined(runs: Iterable[Run]) -> str:
    """Return the text of a line made of runs, in their order."""
    parts: list[str] = []
    tail, was_mark = "", False
    for place, same in groupby(runs, key=lambda run: run[1]):
        piece = "".join(run[0] for run in same)
        if not piece:
            continue
        shown = _shown(tail, piece, place)
        is_mark = place is Place.RAISED and shown.strip().isdigit() and shown.isascii()
        glue = " " if was_mark and shown[:1].isalnum() else ""
        parts += (glue, shown)
        tail, was_mark = (tail + glue + shown[-_TAIL:])[-_TAIL:], is_mark
    return "".join(parts)


def _shown(before: str, piece: str, place: Place) -> str:
    if place is Place.LOWERED:
        is_formula = before[-1:].isalpha() and _NUMBER.fullmatch(piece)
        return piece.translate(_LOWERED) if is_formula else piece
    if place is Place.LINE:
        return piece
    if _is_power(before, piece):
        return piece.translate(_RAISED)
    return f" {piece}" if _is_mark(before, piece) else piece


def _is_power(before: str, piece: str) -> bool:
    if _UNITS.search(before):
        return _EXPONENT.fullmatch(piece) is not None
    return bool(_POWER_OF_TEN.search(before)) and _NUMBER.fullmatch(piece) is not None


def _is_mark(before: str, piece: str) -> bool:
    if piece[0].isdigit():
        return before[-1:].isalnum() or before.endswith(_CLOSING)
    return piece[0].isalpha() and _MARK_AFTER_WORD.search(before) is not None
