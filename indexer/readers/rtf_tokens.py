"""RTF in its smallest pieces: groups, control words, characters by their code, plain bytes.

Whatever is broken ends here: a code without digits is no character, and the length of binary data
that would reach into the text counts as none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple


class Kind(Enum):
    """What a token is."""

    OPEN = auto()
    CLOSE = auto()
    WORD = auto()
    SYMBOL = auto()
    BYTE = auto()
    TEXT = auto()


class Token(NamedTuple):
    """A piece of RTF: the `name` of a word or symbol, the `data` of a byte or text.

    `number` is the parameter of a word, None where it has none.
    """

    kind: Kind
    name: str = ""
    number: int | None = None
    data: bytes = b""


_TOKEN = re.compile(
    rb"(?P<open>\{)|(?P<close>\})"
    rb"|\\'(?P<byte>[0-9a-fA-F]{2})"
    rb"|\\(?P<word>[a-zA-Z]+)(?P<number>-?[0-9]+)?\x20?"
    rb"|\\(?P<symbol>[^a-zA-Z])"
    rb"|(?P<text>[^\\{}\r\n]+)"
    rb"|[\r\n]+|\\",
    re.DOTALL,
)
_MOST_DIGITS = 10
_MOST_LETTERS = 32
_OPEN, _CLOSE = Token(Kind.OPEN), Token(Kind.CLOSE)


def tokens(data: bytes) -> Iterator[Token]:
    """Yield the tokens of RTF; any bytes have some. Binary data are passed over."""
    position = 0
    while found := _TOKEN.match(data, position):
        position = found.end()
        kind = found.lastgroup
        if kind == "open":
            yield _OPEN
        elif kind == "close":
            yield _CLOSE
        elif kind == "byte":
            yield Token(Kind.BYTE, data=bytes.fromhex(found["byte"].decode("ascii")))
        elif kind == "text":
            yield Token(Kind.TEXT, data=found["text"])
        elif kind == "symbol":
            yield Token(Kind.SYMBOL, found["symbol"].decode("latin-1"))
        elif kind in ("word", "number"):
            token = _word(found)
            position += _binary(data, position, token) if token.name == "bin" else 0
            yield token


def _word(match: re.Match[bytes]) -> Token:
    number = match["number"]
    name = match["word"][:_MOST_LETTERS].decode("ascii")
    return Token(Kind.WORD, name, None if number is None else int(number[:_MOST_DIGITS]))


def _binary(data: bytes, position: int, token: Token) -> int:
    """Return how many bytes of binary data follow: they end where their group does."""
    size = max(token.number or 0, 0)
    after = data[position + size : position + size + 4].lstrip(b" \r\n")
    return size if after.startswith(b"}") else 0
