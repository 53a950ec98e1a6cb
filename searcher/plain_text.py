"""What in a query is a text rather than operators: brackets around words, quotations as wishes.

A wish is a phrase that passages need not have; those that have it score more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from backstory.engine.query import All, And, Or, Query
from backstory.searcher.lexer import Kind, Piece, is_loud, is_running_text
from backstory.searcher.usual_words import is_small

MOST_SHOWN = 60  # letters of a quotation

_AROUND = ".,:;!?'’"


def cut(text: str, most: int) -> str:
    """Return the first characters of a text, without the word that the cut goes through."""
    start = text[:most]
    is_inside = len(text) > most and not any(map(str.isspace, text[most - 1 : most + 1]))
    return start.rsplit(maxsplit=1)[0] if is_inside and len(start.split()) > 1 else start


def is_plain(pieces: Sequence[Piece]) -> bool:
    """Tell whether there are no operators and brackets but signs."""
    return not any(
        piece.kind in (Kind.AND, Kind.OR, Kind.OPEN) or is_loud(piece) for piece in pieces
    )


def has_operator(piece: Piece) -> bool:
    """Tell whether it is =exact, near~ or "a b"~2, which nobody writes in a text."""
    return piece.distance >= 0 or (
        piece.kind is Kind.WORD and (piece.text.startswith("=") or "~" in piece.text)
    )


def is_signed(pieces: Sequence[Piece], place: int) -> bool:
    """Tell whether a + or - stands before a piece, or NOT."""
    return place > 0 and pieces[place - 1].kind in (Kind.MUST, Kind.NOT)


def without_idle_brackets(pieces: Sequence[Piece]) -> list[Piece]:
    """Drop the brackets around mere words, which make no group that matters."""
    opened: list[int] = []
    idle: set[int] = set()
    for place, piece in enumerate(pieces):
        if piece.kind is Kind.OPEN:
            opened.append(place)
        elif piece.kind is Kind.CLOSE and opened:
            start = opened.pop()
            inside = {
                each.kind
                for n, each in enumerate(pieces[start + 1 : place], start + 1)
                if n not in idle
            }
            words = {Kind.WORD, Kind.PHRASE}
            if is_signed(pieces, start) or not inside <= words:
                continue
            beside = (*pieces[:start], *pieces[place:])
            # Small words alone would be left out beside a field: a:b (the).
            if any(each.kind in words for each in beside) or _has_subject(pieces[start:place]):
                idle |= {start, place}
    return [piece for place, piece in enumerate(pieces) if place not in idle]


def _has_subject(pieces: Iterable[Piece]) -> bool:
    words = (piece.text.lower() for piece in pieces if any(map(str.isalnum, piece.text)))
    return not all(is_small(word.strip(_AROUND), ()) for word in words)


def quotations(pieces: Sequence[Piece], languages: Iterable[str]) -> list[int]:
    """Return where the quotations stand that are wishes; none in a query of key words."""
    quoted = [
        place
        for place, piece in enumerate(pieces)
        if piece.kind is Kind.PHRASE and piece.distance < 0 and not is_signed(pieces, place)
    ]
    is_text = is_plain(pieces) and not any(map(has_operator, pieces))
    return quoted if quoted and is_text and is_running_text(pieces, languages) else []


def words_of_quotation(quotation: Piece) -> list[Piece]:
    """Return the words of a quotation, to be searched like those around it."""
    return [Piece(Kind.WORD, word) for word in quotation.text.split()]


def wish_note(quotation: str) -> str:
    """Say how a quotation in running text was read."""
    shown = quotation if len(quotation) <= MOST_SHOWN else f'{quotation[: MOST_SHOWN - 1]}…"'
    rule = "quoted words count more where they stand exactly so, but need not"
    return f"In a longer text {rule}: +{shown} demands them."


def wishing(query: Query, wishes: Sequence[Query]) -> Query:
    """Let passages that have any of the wishes score more, and match and rank with all others."""
    if not wishes:
        return query
    parts = query.children if isinstance(query, And) else (query,)
    return And((*parts, Or((*wishes, All()))))
