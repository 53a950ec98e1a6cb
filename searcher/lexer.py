"""The lexer of the query language: a query text becomes a list of pieces for the parser.

An operator without operands becomes a word here, so that the parser sees only valid operators.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from backstory.engine.cache import memo
from backstory.engine.fields import FIELDS
from backstory.searcher.dates import MOST_WORDS, SIDES, is_of_dates, read_range

ALIASES = {"since": "after", "until": "before"}
MAX_DEPTH = 20

QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂〝〞", '"'))  # noqa: RUF001
# Inside a Hebrew word it is no quotation mark; 30 000 is a number, and U. S. a word.
_GERSHAYIM = re.compile('(?<=[\u0591-\u05ea])"(?=[\u05d0-\u05ea])')
_GROUPS = re.compile(r"(?<![\d.,])(\d{1,3}(?: \d{3})+)(?![\d])")
_INITIALS = re.compile(r"\b[^\W\d_]\. (?=[^\W\d_]\.)")
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
MAX_CACHED_LENGTH = 500
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
    """Return the pieces of a text, and messages about what is not read as it looks."""
    notes: list[str] = []
    pieces = list(_pieces(_without_gaps(text).translate(QUOTES), notes))
    pieces = _dates(_fields(pieces, notes))
    pieces = _balanced(pieces, notes)
    return _operators(pieces), notes


def _without_gaps(text: str) -> str:
    """Return the text with what is one word written as one."""
    text = _GERSHAYIM.sub("״", text)
    text = _GROUPS.sub(lambda number: number[1].replace(" ", ""), text)
    return _INITIALS.sub(lambda initial: initial[0].rstrip(), text)


def reads_as_word(text: str) -> bool:
    """Tell whether the whole text is lexed as a single word."""
    matched = _PIECE.search(text)
    return matched is not None and matched.lastgroup == "word" and matched.group() == text


def pieces_of(text: str) -> tuple[Piece, ...]:
    """Return the pieces without messages; cached for short texts, as a page lexes them often."""
    return _cached_pieces(text) if len(text) <= MAX_CACHED_LENGTH else tuple(lex(text)[0])


@memo("queries", most=1_000, entry_bytes=2_000)
def _cached_pieces(text: str) -> tuple[Piece, ...]:
    return tuple(lex(text)[0])


def _pieces(text: str, notes: list[str]) -> list[Piece]:
    result = []
    for matched in _PIECE.finditer(text):
        match matched.lastgroup:  # the outermost
            case "word":
                result.append(_word(matched["word"]))
            case "quoted":
                distance = int(matched["distance"][:4]) if matched["distance"] else -1
                result.append(Piece(Kind.PHRASE, matched["inside"], "", distance, True))
            case "field":
                result.append(Piece(Kind.FIELD, "", matched["name"].lower()))
            case "open" | "close" as side:
                result.append(Piece(Kind[side.upper()], matched.group()))
            case "sign":
                sign = Kind.MUST if matched.group() == "+" else Kind.NOT
                result.append(Piece(sign, matched.group()))
            case "quote":
                notes.append("A quotation mark without its partner was ignored.")
    return result


def _word(text: str) -> Piece:
    return Piece(OPERATORS.get(text, Kind.WORD), text)


def _fields(pieces: Sequence[Piece], notes: list[str]) -> list[Piece]:
    """Join each `name:` with the value after it; an unknown name becomes a word."""
    result: list[Piece] = []
    for piece in pieces:
        opened = result[-1] if result else None
        if opened and opened.kind is Kind.FIELD and not opened.text:
            result[-1:] = _field(opened, piece, notes)
        else:
            result.append(piece)
    if result and result[-1].kind is Kind.FIELD and not result[-1].text:
        result[-1] = Piece(Kind.WORD, result[-1].name)
    return result


def _field(opened: Piece, value: Piece, notes: list[str]) -> list[Piece]:
    name = (ALIASES | FIELDS.aliases).get(opened.name, opened.name)
    is_known = name in SIDES or name in FIELDS.filters
    is_value = value.kind in (Kind.WORD, Kind.PHRASE, Kind.AND, Kind.OR, Kind.NOT)
    if is_known and is_value and value.text.strip():
        return [Piece(Kind.FIELD, value.text, name, is_quoted=value.is_quoted)]
    if not is_known:
        notes.append(f"There is no field “{opened.name}”: it was searched as a word.")
    else:
        rule = "stands before a word or a phrase"
        notes.append(f"{opened.name}: {rule}: here it was searched as a word.")
    return [Piece(Kind.WORD, opened.name), value]


def _dates(pieces: Sequence[Piece]) -> list[Piece]:
    """Join what is a date only with the words after it: `date:March 2018`, `after:last week`."""
    result: list[Piece] = []
    position = 0
    while position < len(pieces):
        piece = pieces[position]
        taken = _words_of_date(piece, pieces[position + 1 : position + MOST_WORDS])
        if taken:
            text = " ".join(each.text for each in (piece, *taken)).rstrip(",;.")
            piece = replace(piece, text=text, is_quoted=True)
        result.append(piece)
        position += 1 + len(taken)
    return result


def _words_of_date(piece: Piece, after: Sequence[Piece]) -> Sequence[Piece]:
    """Return as many words as possible that make one date with a field's value."""
    is_field = piece.kind is Kind.FIELD and is_of_dates(piece.name) and not piece.is_quoted
    if not is_field or read_range(piece.name, piece.text):
        return ()
    are_words = [each.kind is Kind.WORD for each in after]
    for count in range((*are_words, False).index(False), 0, -1):
        text = " ".join(each.text for each in (piece, *after[:count])).rstrip(",;.")
        if read_range(piece.name, text):
            return after[:count]
    return ()


def _balanced(pieces: Sequence[Piece], notes: list[str]) -> list[Piece]:
    """Drop brackets that have no partner, hold nothing or nest too deep."""
    opened: list[int] = []
    partner: dict[int, int] = {}
    depth_at = {}
    for i, piece in enumerate(pieces):
        if piece.kind is Kind.OPEN:
            depth_at[i] = len(opened)
            opened.append(i)
        elif piece.kind is Kind.CLOSE and opened:
            partner[opened.pop()] = i
    kept = {i for i in partner if depth_at[i] < MAX_DEPTH}
    kept |= {partner[i] for i in kept}
    brackets = {i for i, piece in enumerate(pieces) if piece.kind in (Kind.OPEN, Kind.CLOSE)}
    if brackets - kept:
        notes.append("Brackets without a partner, or nested too deep, were ignored.")
    return [piece for i, piece in enumerate(pieces) if i not in brackets - kept]


def _operators(pieces: Sequence[Piece]) -> list[Piece]:
    """Turn operators with nothing to work on into words, and drop empty brackets."""
    result = list(pieces)
    for i in reversed(range(len(result))):
        after = result[i + 1].kind if i + 1 < len(result) else None
        if result[i].kind is Kind.OPEN and after is Kind.CLOSE:
            del result[i : i + 2]
        elif result[i].kind in (Kind.NOT, Kind.MUST) and after not in STARTS:
            result[i] = replace(result[i], kind=Kind.WORD)
    for i, piece in enumerate(result):
        before = result[i - 1].kind if i else None
        after = result[i + 1].kind if i + 1 < len(result) else None
        if piece.kind in (Kind.AND, Kind.OR) and (before not in ENDS or after not in STARTS):
            result[i] = replace(piece, kind=Kind.WORD)
    return result
