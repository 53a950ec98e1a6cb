"""The inverse of the lexer: pieces become a query text again, respelt or without a part.

A suggested text must parse as intended, so it is made from the pieces that the parser saw:
`lex(render(pieces))` returns the same pieces.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import NamedTuple

from backstory.searcher.lexer import (
    OPERAND,
    OPERATORS,
    Kind,
    Piece,
    beside_field,
    is_in_capitals,
    is_loud,
    reads_as_word,
)

_SIGNS = (Kind.MUST, Kind.NOT)
_JOINS = (Kind.AND, Kind.OR)


class Remainder(NamedTuple):
    """A query with one part removed: the part, and the rest."""

    without: list[Piece]
    left: list[Piece]


def render(pieces: Sequence[Piece]) -> str:
    """Return a text that `lex` turns into these pieces."""
    pieces = _in_case(pieces)
    text, holds = "", False
    for piece, following in zip_longest(pieces, pieces[1:]):
        if piece.kind in _SIGNS and following and following.kind in _SIGNS:
            continue  # of signs in a row the last one counts
        shown = _shown(piece)
        if holds and shown.startswith(("+", "-")):
            shown = f",{shown}"  # a bracket stood between: two signs side by side are none
        is_joined = not text or text.endswith("(") or piece.kind is Kind.CLOSE or holds
        text += shown if is_joined else f" {shown}"
        holds = piece.kind in _SIGNS and piece.text not in OPERATORS
    return text


def _in_case(pieces: Sequence[Piece]) -> list[Piece]:
    """Write words so that operators are read as they are here: in capitals all are words."""
    is_loud_word = [piece.kind is Kind.WORD and piece.text in OPERATORS for piece in pieces]
    beside = any(loud and beside_field(pieces, at) for at, loud in enumerate(is_loud_word))
    is_text = is_in_capitals(pieces) and any(is_loud_word) and not beside
    if is_text or not is_in_capitals(pieces):
        small = () if is_text else OPERATORS
        return [_small(piece) if piece.text in small else piece for piece in pieces]
    has_operators = any(map(is_loud, pieces)) or any(is_loud_word)
    return [_small(piece) if has_operators else piece for piece in pieces]


def _small(piece: Piece) -> Piece:
    return replace(piece, text=piece.text.lower()) if piece.kind is Kind.WORD else piece


def _shown(piece: Piece) -> str:
    match piece.kind:
        case Kind.PHRASE:
            return f'"{piece.text}"' + (f"~{piece.distance}" if piece.distance >= 0 else "")
        case Kind.FIELD:
            value = f'"{piece.text}"' if piece.is_quoted else piece.text
            return f"{piece.name}:{value}"
        case Kind.WORD if not reads_as_word(piece.text):
            return f",{piece.text}"  # something stood before it, so that its sign was none
        case _:
            return piece.text


def respelt(pieces: Sequence[Piece], words: Mapping[int, str]) -> list[Piece]:
    """Return the pieces with words replaced by position; quotes and `=` are preserved."""
    changed = list(pieces)
    for position, word in words.items():
        exactly = "=" if pieces[position].text.startswith("=") else ""
        changed[position] = replace(pieces[position], text=f"{exactly}{word}")
    return changed


def remainders(pieces: Sequence[Piece]) -> Iterator[Remainder]:
    """Yield the query without each of its words, phrases, conditions and groups."""
    for position, piece in enumerate(pieces):
        start, stop = _signs_before(pieces, position), position + 1
        if piece.kind is Kind.OPEN:
            stop = _closing(pieces, position) + 1
            beside = [pieces[i].kind for i in (start - 1, stop) if 0 <= i < len(pieces)]
            is_part = start < position or any(kind in _JOINS for kind in beside)
        else:
            is_part = piece.kind in OPERAND
        if is_part:
            left = _tidied([*pieces[:start], *pieces[stop:]])
            yield Remainder(list(pieces[start:stop]), left)


def _signs_before(pieces: Sequence[Piece], position: int) -> int:
    while position and pieces[position - 1].kind in _SIGNS:
        position -= 1
    return position


def _closing(pieces: Sequence[Piece], position: int) -> int:
    depth = 0
    for place in range(position, len(pieces)):
        depth += {Kind.OPEN: 1, Kind.CLOSE: -1}.get(pieces[place].kind, 0)
        if not depth:
            return place
    return len(pieces) - 1


def _tidied(pieces: Sequence[Piece]) -> list[Piece]:
    """Drop empty brackets with their signs, and operators that have lost a side.

    Of two operators that have become adjacent OR is kept, which binds less tightly.
    """
    result: list[Piece] = []
    for piece in pieces:
        before = result[-1].kind if result else Kind.OPEN
        if piece.kind in _JOINS:
            if before is Kind.OPEN:
                continue
            if before in _JOINS:
                joined = result.pop()
                piece = piece if piece.kind is Kind.OR else joined
        elif piece.kind is Kind.CLOSE:
            if before in _JOINS:
                result.pop()
            if result and result[-1].kind is Kind.OPEN:
                del result[_signs_before(result, len(result) - 1) :]
                continue
        result.append(piece)
    if result and result[-1].kind in _JOINS:
        result.pop()
    return result
