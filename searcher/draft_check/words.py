"""The words of a quotation and of a passage, as they are compared.

Two words are the same where nothing but typography differs: kinds of apostrophes and hyphens,
ligatures, soft hyphens, width. Punctuation between words does not count. Where only capitals or
accents differ, the words have the same `key`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

FEWEST_QUOTED = 3  # words; fewer are a term or a title, and stand anywhere

_UNSEEN = "\u00ad\u200b-\u200d\u2060\ufeff"
_SPACELESS = "\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u0e01-\u0e3a\u0e40-\u0e4e"
_LETTER = rf"(?:[^\W_{_SPACELESS}]|[\u0300-\u036f{_UNSEEN}])"
_WORD = re.compile(
    rf"\d+(?:[.,:]\d+)+|[{_SPACELESS}]|[^\W_{_SPACELESS}]{_LETTER}*(?:['’ʼ‘]{_LETTER}+)*"
)
_IS_UNSEEN = re.compile(f"[{_UNSEEN}]")
_APOSTROPHES = str.maketrans(dict.fromkeys("’ʼ‘", "'"))


@dataclass(frozen=True, slots=True)
class Word:
    """A word with its [start, end) offsets: as it stands, and without capitals and accents."""

    text: str
    key: str
    start: int
    end: int


def words_of(text: str, offset: int = 0) -> list[Word]:
    """Return the words of a text; `offset` is added to where they stand."""
    return [
        Word(*_forms(found[0]), found.start() + offset, found.end() + offset)
        for found in _WORD.finditer(text)
    ]


@lru_cache(maxsize=50_000)
def _forms(raw: str) -> tuple[str, str]:
    if raw.isascii():
        return raw, raw.lower()
    seen = _IS_UNSEEN.sub("", unicodedata.normalize("NFKC", raw)).translate(_APOSTROPHES)
    bare = unicodedata.normalize("NFKD", seen.casefold())
    return seen, "".join(sign for sign in bare if not unicodedata.combining(sign))
