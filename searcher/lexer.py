"""Query text cut into the pieces that the parser puts together.

What looks like an operator but has nothing to work on becomes a word here, so that the parser
only meets operators that make sense.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from backstory.engine.cache import memo
from backstory.engine.filters import FIELDS

DATE_FIELDS = ("after", "before", "date", "mentions")
ALIASES = {
    "language": "lang",
    "tags": "tag",
    "document": "doc",
    "names": "name",
    "mention": "mentions",
    "since": "after",
    "until": "before",
}
MAX_DEPTH = 20

QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂〝〞", '"'))  # noqa: RUF001
_PIECE = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<open>\()
    | (?P<close>\))
    | (?P<sign>(?<![^\s(])[+\-−–](?=[^\s)+\-]))
    | (?P<field>(?<![^\s(+\-−–])(?P<name>[^\W\d_]+):(?=[^\s:)/]))
    | (?P<quoted>"(?P<inside>[^"]*)"(?:~(?P<distance>[0-9]+))?)
    | (?P<quote>")
    | (?P<word>[^\s()"]+)
    """,
    re.VERBOSE,
)


class Kind(Enum):
    """What a piece of the query is."""

    WORD = auto()
    PHRASE = auto()
    FIELD = auto()
    AND = auto()
    OR = auto()
    NOT = auto()
    MUST = auto()
    OPEN = auto()
    CLOSE = auto()


OPERATORS = {"AND": Kind.AND, "OR": Kind.OR, "NOT": Kind.NOT}
OPERAND = {Kind.WORD, Kind.PHRASE, Kind.FIELD}
KEPT_LENGTH = 500
STARTS = OPERAND | {Kind.OPEN, Kind.NOT, Kind.MUST}
ENDS = OPERAND | {Kind.CLOSE}


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the query; `name` is a field's, `distance` a phrase's (-1: none)."""

    kind: Kind
    text: str
    name: str = ""
    distance: int = -1
    is_quoted: bool = False


def lex(text: str) -> tuple[list[Piece], list[str]]:
    """Cut `text` into pieces; also return what was read otherwise than it looks, as sentences."""
    notes: list[str] = []
    pieces = list(_pieces(text.translate(QUOTES), notes))
    pieces = _fields(pieces, notes)
    pieces = _balanced(pieces, notes)
    return _operators(pieces), notes


def reads_as_word(text: str) -> bool:
    """Tell whether a text is cut into one word, which is the text itself."""
    matched = _PIECE.search(text)
    return matched is not None and matched.lastgroup == "word" and matched.group() == text


def pieces_of(text: str) -> tuple[Piece, ...]:
    """Return the pieces alone; those of short texts are kept, as a page asks for the same often."""
    return _kept(text) if len(text) <= KEPT_LENGTH else tuple(lex(text)[0])


@memo("queries", most=1_000, entry_bytes=2_000)
def _kept(text: str) -> tuple[Piece, ...]:
    return tuple(lex(text)[0])


def _pieces(text: str, notes: list[str]) -> list[Piece]:
    found = []
    for matched in _PIECE.finditer(text):
        match matched.lastgroup:  # the outermost
            case "word":
                found.append(_word(matched["word"]))
            case "quoted":
                distance = int(matched["distance"][:4]) if matched["distance"] else -1
                found.append(Piece(Kind.PHRASE, matched["inside"], "", distance, True))
            case "field":
                found.append(Piece(Kind.FIELD, "", matched["name"].lower()))
            case "open" | "close" as side:
                found.append(Piece(Kind[side.upper()], matched.group()))
            case "sign":
                sign = Kind.MUST if matched.group() == "+" else Kind.NOT
                found.append(Piece(sign, matched.group()))
            case "quote":
                notes.append("A quotation mark without its partner was ignored.")
    return found


def _word(text: str) -> Piece:
    return Piece(OPERATORS.get(text, Kind.WORD), text)


def _fields(pieces: Sequence[Piece], notes: list[str]) -> list[Piece]:
    """Join each `name:` with the value after it; an unknown name becomes a word."""
    found: list[Piece] = []
    for piece in pieces:
        opened = found[-1] if found else None
        if opened and opened.kind is Kind.FIELD and not opened.text:
            found[-1:] = _field(opened, piece, notes)
        else:
            found.append(piece)
    if found and found[-1].kind is Kind.FIELD and not found[-1].text:
        found[-1] = Piece(Kind.WORD, found[-1].name)
    return found


def _field(opened: Piece, value: Piece, notes: list[str]) -> list[Piece]:
    name = ALIASES.get(opened.name, opened.name)
    is_value = value.kind in (Kind.WORD, Kind.PHRASE, Kind.AND, Kind.OR, Kind.NOT)
    if name in (*FIELDS, *DATE_FIELDS) and is_value and value.text.strip():
        return [Piece(Kind.FIELD, value.text, name, is_quoted=value.is_quoted)]
    if name not in (*FIELDS, *DATE_FIELDS):
        notes.append(f"There is no field “{opened.name}”: it was searched as a word.")
    else:
        wanted = "stands before a word or a phrase"
        notes.append(f"{opened.name}: {wanted}: here it was searched as a word.")
    return [Piece(Kind.WORD, opened.name), value]


def _balanced(pieces: Sequence[Piece], notes: list[str]) -> list[Piece]:
    """Drop brackets that have no partner, hold nothing or nest too deep."""
    opened: list[int] = []
    partner: dict[int, int] = {}
    depth_at = {}
    for at, piece in enumerate(pieces):
        if piece.kind is Kind.OPEN:
            depth_at[at] = len(opened)
            opened.append(at)
        elif piece.kind is Kind.CLOSE and opened:
            partner[opened.pop()] = at
    kept = {at for at in partner if depth_at[at] < MAX_DEPTH}
    kept |= {partner[at] for at in kept}
    brackets = {at for at, piece in enumerate(pieces) if piece.kind in (Kind.OPEN, Kind.CLOSE)}
    if brackets - kept:
        notes.append("Brackets without a partner, or nested too deep, were ignored.")
    return [piece for at, piece in enumerate(pieces) if at not in brackets - kept]


def _operators(pieces: Sequence[Piece]) -> list[Piece]:
    """Turn operators with nothing to work on into words, and drop empty brackets."""
    found = list(pieces)
    for at in reversed(range(len(found))):
        after = found[at + 1].kind if at + 1 < len(found) else None
        if found[at].kind is Kind.OPEN and after is Kind.CLOSE:
            del found[at : at + 2]
        elif found[at].kind in (Kind.NOT, Kind.MUST) and after not in STARTS:
            found[at] = replace(found[at], kind=Kind.WORD)
    for at, piece in enumerate(found):
        before = found[at - 1].kind if at else None
        after = found[at + 1].kind if at + 1 < len(found) else None
        if piece.kind in (Kind.AND, Kind.OR) and (before not in ENDS or after not in STARTS):
            found[at] = replace(piece, kind=Kind.WORD)
    return found
