"""Facets as links: the query with one more condition, or one fewer.

A link is offered only where following it finds exactly the passages that it counts; for a name,
also those in which it is part of a longer one. What would be read otherwise than it looks, such
as a query with a stray bracket, gets counts without links.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from backstory.engine.cache import memo
from backstory.engine.facets import NAME, NO_DATE
from backstory.engine.fields import FIELDS, Match
from backstory.engine.hits import SearchResult
from backstory.engine.languages import languages
from backstory.searcher.lexer import OPERAND, Kind, Piece, pieces_of
from backstory.searcher.settings import SearchSettings
from backstory.webui.facet_notes import NoteOf, no_note
from backstory.webui.links import UrlOf, query_url
from backstory.webui.wording import value_label

SHOWN = 8
MOST_NAMES = 20  # each is a link that must be found to narrow the query down
_PLAIN = re.compile(r"\w[\w-]*")
_QUOTES = re.compile('["“”„‟«»＂〝〞]')  # noqa: RUF001
# One condition: those of all facets fit in the same places.
_SINGLE = re.compile(
    r"(?P<name>[a-z]+):"
    r'(?:\w[\w-]*(?:\.\.\w[\w-]*)?|"[^"“”„‟«»＂〝〞]*[^\W_][^"“”„‟«»＂〝〞]*")'  # noqa: RUF001
)
_ANY = "kind:any"


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value with its count; `url` narrows to it or, where it is active, lets it go.

    `without` leaves out what has it, "" where that cannot be asked for. `note` says more of it.
    """

    label: str
    count: int
    url: str
    is_active: bool
    without: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet: the values to show at once, and the rest."""

    label: str
    shown: tuple[FacetValue, ...]
    rest: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that a query has, in words, and whether it leaves out what it names.

    `url` is the address of the query without it, `turned` that with its opposite, "" where the
    query would be read otherwise then.
    """

    label: str
    is_negative: bool
    url: str
    turned: str


def conditions_of(text: str, url_of: UrlOf = query_url) -> list[Condition]:
    """Return the conditions of a query that can be let go one by one."""
    pieces = pieces_of(text)
    places = [place for place, piece in enumerate(pieces) if piece.kind is Kind.FIELD]
    found = (_condition(text, pieces, place, url_of) for place in places)
    return [condition for condition in found if condition]


def _condition(text: str, pieces: Sequence[Piece], place: int, url_of: UrlOf) -> Condition | None:
    piece = pieces[place]
    value = f'"{piece.text}"' if piece.is_quoted else piece.text
    written = f"{piece.name}:{value}"
    is_negative = place > 0 and pieces[place - 1].kind is Kind.NOT
    before, after = pieces[: place - is_negative], pieces[place + 1 :]
    signs = ("-", "NOT ") if is_negative else ("",)
    turned = written if is_negative else f"-{written}"
    opposite = pieces_of(turned)
    for sign in signs:
        rest = edited(text, f"{sign}{written}", "", (*before, *after))
        if rest is not None:
            other = edited(text, f"{sign}{written}", turned, (*before, *opposite, *after))
            return Condition(
                label=_in_words(piece, is_negative),
                is_negative=is_negative,
                url=url_of(rest or "*"),
                turned=url_of(other) if other else "",
            )
    return None


def _in_words(piece: Piece, is_negative: bool) -> str:
    """Return "Source: The Times", "Not: 2018"."""
    field = FIELDS.filters.get(piece.name)
    name = (field.facet or field.filter) if field else piece.name
    value = value_label(name, piece.text)
    if is_negative:
        return f"Not: {value}"
    label = "Date" if piece.name == "date" else piece.name.title()
    return f"{label}: {value}"


def edited(text: str, old: str, new: str, expected: Sequence[Piece]) -> str | None:
    """Return the text with one `old` replaced, so that it is read as these pieces; else None."""
    start = text.find(old)
    while start >= 0:
        head, tail = text[:start].rstrip(), text[start + len(old) :].lstrip()
        changed = f"{text[:start]}{new}{text[start + len(old) :]}" if new else f"{head} {tail}"
        if pieces_of(changed) == tuple(expected):
            return changed.strip()
        start = text.find(old, start + 1)
    return None


def facets_of(
    result: SearchResult,
    settings: SearchSettings,
    url_of: UrlOf = query_url,
    note_of: NoteOf = no_note,
) -> list[Facet]:
    """Return the facets of a result that have any value, as links."""
    text = result.searched
    facets = []
    for name, counts in result.facets.items():
        ordered = in_order(name, counts.items())
        some = islice(ordered, MOST_NAMES) if name == NAME else ordered
        values = tuple(
            _value(name, value, count, text, settings, url_of, note_of(name, value))
            for value, count in some
        )
        if values:
            facets.append(Facet(FIELDS.facet(name).label, values[:SHOWN], values[SHOWN:]))
    return facets


def _value(
    name: str,
    value: str,
    count: int,
    text: str,
    settings: SearchSettings,
    url_of: UrlOf,
    note: str,
) -> FacetValue:
    condition = condition_for(name, value)
    without = remove(text, condition) if condition else None
    changed = refine(text, condition, settings) if without is None else without
    url = url_of(changed) if changed else ""
    is_active = without is not None
    others = "" if is_active or not condition else refine(text, f"-{condition}", settings)
    excluded = url_of(others) if others else ""
    return FacetValue(value_label(name, value), count, url, is_active, excluded, note)


def condition_for(facet: str, value: str) -> str:
    """Return the condition for a facet's value, `source:"The Times"`; "" where it has no words."""
    field = FIELDS.facet(facet)
    if not field.filter or not re.search(r"[^\W_]", value):
        return ""
    if field.match is Match.RANGE:
        is_known = value == NO_DATE or re.fullmatch("[0-9]{4}", value)
        return f"{field.filter}:{value}" if is_known else ""
    is_plain = _PLAIN.fullmatch(value) and field.match is Match.WHOLE
    return f"{field.filter}:{value}" if is_plain else f'{field.filter}:"{_QUOTES.sub(" ", value)}"'


def in_order(facet: str, counts: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return the values of a facet with their counts as they are listed.

    Years are, the newest first, and last what has no date.
    """
    if FIELDS.facet(facet).match is not Match.RANGE:
        return list(counts)
    return sorted(counts, key=lambda one: (one[0] != NO_DATE, one[0]), reverse=True)


def _is_single(condition: str) -> bool:
    """Tell whether it is read as one condition, whatever stands after it."""
    matched = _SINGLE.fullmatch(condition.removeprefix("-"))
    return bool(matched and any(f.filter == matched["name"] for f in FIELDS.all if f.facet))


def refine(text: str, condition: str, settings: SearchSettings) -> str:
    """Return the text with a condition; "" where the rest would then be read otherwise."""
    sign = "-" if condition.startswith("-") else ""
    alike = f"{sign}{_ANY}" if _is_single(condition) else condition
    rest = _after(text, alike, settings.max_clauses) if condition else None
    changed = f"{condition} {rest}"
    return changed if rest is not None and len(changed) <= settings.max_query_chars else ""


@memo("refinements", most=64, entry_bytes=2_000)
def _after(text: str, condition: str, most: int) -> str | None:
    """Return how the text is written after a condition, in brackets or without; None for neither.

    It is cut into pieces to see, which takes longest of all there is to a page.
    """
    pieces = pieces_of(text)
    if sum(piece.kind in OPERAND for piece in pieces) >= most:
        return None
    added, bare = pieces_of(condition), text.strip()
    bracketed = (Piece(Kind.OPEN, "("), *pieces, Piece(Kind.CLOSE, ")"))
    tries = [(bare, pieces)] if _stands_alone(pieces) else []
    for written, rest in (*tries, (f"({bare})", bracketed)):
        if pieces_of(f"{condition} {written}") == (*added, *rest):
            return written
    return None


def remove(text: str, condition: str) -> str | None:
    """Return the text without a condition, or None where it is not one of the text's."""
    present = [(piece.name, piece.text) for piece in pieces_of(text) if piece.kind is Kind.FIELD]
    if not present and _is_single(condition):
        return None
    removed = [(piece.name, piece.text) for piece in pieces_of(condition)]
    if not all(piece in present for piece in removed):
        return None
    before, _, after = text.partition(condition)
    return f"{before.strip()} {after.strip()}".strip() or "*"


def _stands_alone(pieces: Sequence[Piece]) -> bool:
    """Tell whether a condition before these pieces leaves them as they are.

    AND and OR would take it into their first part only, and small words count as long as they
    are all there is.
    """
    depth, has_subject, is_out = 0, False, False
    for index, piece in enumerate(pieces):
        sign = pieces[index - 1].kind if index else None
        if piece.kind is Kind.CLOSE:
            depth -= 1
            continue
        if depth == 0:
            is_out = sign is Kind.NOT
            if piece.kind in (Kind.AND, Kind.OR):
                return False
        is_small = depth == 0 and sign is not Kind.MUST and _is_small(piece)
        has_subject |= not (is_out or is_small) and _has_word(piece)
        depth += piece.kind is Kind.OPEN
    return has_subject or not pieces


def _has_word(piece: Piece) -> bool:
    return piece.kind in OPERAND and bool(re.search(r"[^\W_]", piece.text))


def _is_small(piece: Piece) -> bool:
    word = piece.text.casefold()
    return piece.kind is Kind.WORD and any(word in each.stop_words for each in languages())
