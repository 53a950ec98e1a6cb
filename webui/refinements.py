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
from backstory.engine.facets import NAME
from backstory.engine.fields import FIELDS, Match
from backstory.engine.hits import SearchResult
from backstory.engine.languages import languages
from backstory.searcher.lexer import OPERAND, Kind, Piece, pieces_of
from backstory.searcher.settings import SearchSettings
from backstory.webui.links import query_url
from backstory.webui.wording import language_name

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
    """A value with its count; `url` narrows to it or, where it is active, lets it go."""

    label: str
    count: int
    url: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet: the values to show at once, and the rest."""

    label: str
    shown: tuple[FacetValue, ...]
    rest: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that a query has, and the address of the query without it."""

    text: str
    url: str


def conditions_of(text: str) -> list[Condition]:
    """Return the conditions of a query that can be let go one by one."""
    conditions = []
    for piece in pieces_of(text):
        if piece.kind is Kind.FIELD:
            value = f'"{piece.text}"' if piece.is_quoted else piece.text
            condition = f"{piece.name}:{value}"
            without = remove(text, condition)
            if without is not None and without != text.strip():
                conditions.append(Condition(condition, query_url(without)))
    return conditions


def facets_of(result: SearchResult, settings: SearchSettings) -> list[Facet]:
    """Return the facets of a result that have any value, as links."""
    text = result.searched
    facets = []
    for name, counts in result.facets.items():
        ordered = in_order(name, counts.items())
        some = islice(ordered, MOST_NAMES) if name == NAME else ordered
        values = tuple(_value(name, value, count, text, settings) for value, count in some)
        if values:
            facets.append(Facet(FIELDS.facet(name).label, values[:SHOWN], values[SHOWN:]))
    return facets


def _value(name: str, value: str, count: int, text: str, settings: SearchSettings) -> FacetValue:
    label = language_name(value) if name == "language" else value
    condition = condition_for(name, value)
    without = remove(text, condition) if condition else None
    changed = refine(text, condition, settings) if without is None else without
    return FacetValue(label, count, query_url(changed) if changed else "", without is not None)


def condition_for(facet: str, value: str) -> str:
    """Return the condition for a facet's value, `source:"The Times"`; "" where it has no words."""
    field = FIELDS.facet(facet)
    if not field.filter or not re.search(r"[^\W_]", value):
        return ""
    if field.match is Match.RANGE:
        return f"{field.filter}:{value}" if re.fullmatch("[0-9]{4}", value) else ""
    is_plain = _PLAIN.fullmatch(value) and field.match is Match.WHOLE
    return f"{field.filter}:{value}" if is_plain else f'{field.filter}:"{_QUOTES.sub(" ", value)}"'


def in_order(facet: str, counts: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return the values of a facet with their counts as they are listed: the newest year first."""
    is_by_year = FIELDS.facet(facet).match is Match.RANGE
    return sorted(counts, reverse=True) if is_by_year else list(counts)


def _is_single(condition: str) -> bool:
    """Tell whether it is read as one condition, whatever stands after it."""
    matched = _SINGLE.fullmatch(condition)
    return bool(matched and any(f.filter == matched["name"] for f in FIELDS.all if f.facet))


def refine(text: str, condition: str, settings: SearchSettings) -> str:
    """Return the text with a condition; "" where the rest would then be read otherwise."""
    alike = _ANY if _is_single(condition) else condition
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
