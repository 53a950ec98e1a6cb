"""The lexer of the query language: a query text becomes a list of pieces for the parser.

Pasted text is text: operators among words in capitals are words, and a dash before a word is
punctuation in running text. An operator without operands is left out, so that the parser sees only
valid operators.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from backstory.engine.cache import memo
from backstory.engine.fields import FIELDS
from backstory.engine.tokens import CURRENCY
from backstory.searcher.dates import MOST_WORDS, SIDES, is_of_dates, read_range
from backstory.searcher.usual_words import is_small

ALIASES = {"since": "after", "until": "before"}
MAX_DEPTH = 20

QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂〝〞", '"'))  # noqa: RUF001
# Inside a Hebrew word it is no quotation mark; 30 000 is a number, and U. S. a word.
_GERSHAYIM = re.compile('(?<=[\u0591-\u05ea])"(?=[\u05d0-\u05ea])')
_GROUPS = re.compile(r"(?<![\d.,])\d{1,3}(?:[ \u00a0\u202f\u2009]\d{3})+(?!\d)")
_BEFORE_NUMBER = re.compile(rf"(?<=[§{CURRENCY}])[ \u00a0](?=\d)")
_AFTER_NUMBER = re.compile(rf"(?<!\S)(\d[\d.,]*)[ \u00a0]([{CURRENCY}])(?!\S)")
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
# So many words beside quotations, a small one among them, are running text, and so are more words.
FEWEST_IN_TEXT, ENOUGH_IN_TEXT = 4, 8
MAX_CACHED_LENGTH = 500
STARTS = OPERAND | {Kind.OPEN, Kind.NOT, Kind.MUST}
ENDS = OPERAND | {Kind.CLOSE}
_SIGNS, _JOINS = (Kind.NOT, Kind.MUST), (Kind.AND, Kind.OR)
_BULLET = "bullet"  # the `name` of a sign that starts one of several lines
_DASHES = ("-", "−", "–")


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
    pieces = _pieces(_without_gaps(text).translate(QUOTES), notes)
    if all(piece.kind is Kind.WORD for piece in pieces):  # nothing below is about mere words
        return pieces, notes
    pieces = _dates(_fields(pieces, notes))
    pieces = _balanced(pieces, notes)
    pieces = _without_dashes(_without_capitals(pieces, notes), notes)
    return _operators(pieces, notes), notes


def is_running_text(pieces: Iterable[Piece], languages: Iterable[str] = ()) -> bool:
    """Tell whether the words beside quotations and fields are a text, rather than key words."""
    words = [piece.text for piece in pieces if piece.kind is Kind.WORD and _has_word(piece)]
    if len(words) >= ENOUGH_IN_TEXT or len(words) < FEWEST_IN_TEXT:
        return len(words) >= ENOUGH_IN_TEXT
    return any(is_small(word.strip(".,;:!?()'’").lower(), languages) for word in words)


def is_in_capitals(pieces: Iterable[Piece]) -> bool:
    """Tell whether all words are in capitals, and there are any; operators do not count."""
    texts = [piece.text for piece in pieces if piece.kind in (Kind.WORD, Kind.PHRASE)]
    words = [text for text in texts if text not in OPERATORS and any(map(str.isalpha, text))]
    return bool(words) and all(map(str.isupper, words))


def _without_gaps(text: str) -> str:
    """Return the text with what is one word written as one."""
    text = _GERSHAYIM.sub("״", text)
    text = _BEFORE_NUMBER.sub("", _AFTER_NUMBER.sub(r"\2\1", text))
    text = _GROUPS.sub(lambda number: "".join(number[0].split()), text)
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
                before = text[: matched.start()].rstrip(" \t")
                is_bullet = "\n" in text.strip() and before[-1:] in ("", "\n")
                result.append(Piece(sign, matched.group(), _BULLET if is_bullet else ""))
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


def _without_capitals(pieces: list[Piece], notes: list[str]) -> list[Piece]:
    """Turn operators into words where all is in capitals, but for those beside a field."""
    if not is_in_capitals(pieces):
        return pieces
    loud = [
        place
        for place, piece in enumerate(pieces)
        if is_loud(piece) and not beside_field(pieces, place)
    ]
    if loud:
        names = ", ".join(dict.fromkeys(pieces[place].text for place in loud))
        notes.append(f"{names}: no operator where all is in capitals, so it was read as a word.")
    return [
        replace(piece, kind=Kind.WORD) if place in loud else piece
        for place, piece in enumerate(pieces)
    ]


def is_loud(piece: Piece) -> bool:
    """Tell whether it is an operator that is written as a word in capitals."""
    return piece.text in OPERATORS and piece.kind is OPERATORS[piece.text]


def beside_field(pieces: Sequence[Piece], place: int) -> bool:
    """Tell whether an operator has a field on one side, perhaps in brackets."""
    after = (piece for piece in pieces[place + 1 :] if piece.kind not in (Kind.OPEN, *_SIGNS))
    before = (piece for piece in reversed(pieces[:place]) if piece.kind is not Kind.CLOSE)
    sides = (next(after, None), next(before, None))
    return any(side is not None and side.kind is Kind.FIELD for side in sides)


def _without_dashes(pieces: list[Piece], notes: list[str]) -> list[Piece]:
    """Drop the signs that are punctuation in running text: –pairs–, bullets, -5 and +49."""
    idle = {place for place, piece in enumerate(pieces) if _is_punctuation(pieces, place)}
    if not idle or not is_running_text(pieces):
        return [replace(piece, name="") if piece.kind in _SIGNS else piece for piece in pieces]
    notes.append("A dash or plus before a word was read as punctuation, as in running text.")
    kept = [piece for place, piece in enumerate(pieces) if place not in idle]
    return [replace(piece, name="") if piece.kind in _SIGNS else piece for piece in kept]


def _is_punctuation(pieces: Sequence[Piece], place: int) -> bool:
    sign = pieces[place]
    if sign.kind not in _SIGNS or sign.text in OPERATORS or place + 1 == len(pieces):
        return False
    word, later = pieces[place + 1], pieces[place + 1 :]
    if word.kind is not Kind.WORD:
        return False
    is_number = word.text[:1].isdigit()
    is_pair = sign.text in _DASHES and any(map(_ends_with_dash, later))
    return is_number or is_pair or sign.text == "–" or sign.name == _BULLET


def _ends_with_dash(piece: Piece) -> bool:
    bare = piece.text.rstrip(".,;:!?")
    return piece.kind is Kind.WORD and bare.endswith(_DASHES) and bare[-2:-1].isalnum()


def _operators(pieces: Sequence[Piece], notes: list[str]) -> list[Piece]:
    """Leave out operators with nothing to work on, and empty brackets.

    Where there is nothing else, they are words.
    """
    kept = _with_right_side(pieces)
    kept = [piece for place, piece in enumerate(kept) if _has_left_side(kept, place)]
    idle = list(dict.fromkeys(filter(is_loud, pieces)))
    idle = [piece for piece in idle if list(pieces).count(piece) > kept.count(piece)]
    is_alone = not any(piece.kind in OPERAND and _has_word(piece) for piece in kept)
    if idle:
        names, done = ", ".join(piece.text for piece in idle), "searched as a word"
        done = done if is_alone else "left out"
        notes.append(f"{names}: there is nothing beside it to work on, so it was {done}.")
    if is_alone and idle:
        return [replace(piece, kind=Kind.WORD) for piece in pieces if is_loud(piece)]
    return kept


def _with_right_side(pieces: Sequence[Piece]) -> list[Piece]:
    result: list[Piece] = []  # from right to left
    for piece in reversed(pieces):
        after = result[-1].kind if result else None
        if piece.kind is Kind.OPEN and after is Kind.CLOSE:
            result.pop()
        elif piece.kind not in (*_SIGNS, *_JOINS) or after in STARTS:
            result.append(piece)
    return result[::-1]


def _has_left_side(pieces: Sequence[Piece], place: int) -> bool:
    return pieces[place].kind not in _JOINS or (place > 0 and pieces[place - 1].kind in ENDS)


def _has_word(piece: Piece) -> bool:
    return piece.text == "*" or any(map(str.isalnum, piece.text))
