"""Help instead of a dead end: which word found nothing, and near spellings that find some."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.backends.base import Reader
from engine.hits import Part, Suggestion
from engine.query import Exact, Near, Phrase, Query, Term, words_of
from searcher.spelling import near

MOST = 3
SHORTEST = 4


def missing(query: Query, reader: Reader) -> list[Query]:
    """Return the words and phrases of a query that no passage has."""
    wanted = dict.fromkeys(words_of(query))
    return [leaf for leaf in wanted if not reader.count(leaf)]


def parts(absent: list[Query], reader: Reader) -> tuple[Part, ...]:
    """Return the words of phrases that found nothing, with what each finds on its own."""
    found = dict.fromkeys(
        word for leaf in absent if isinstance(leaf, Phrase | Near) for word in leaf.words
    )
    return tuple(Part(getattr(word, "text", ""), reader.count(word)) for word in found)


def spellings(word: str, reader: Reader) -> list[str]:
    """Return words of the index near to `word`, nearest first, then most frequent."""
    if len(word) < SHORTEST or any(letter.isdigit() for letter in word):
        return []
    limit = 1 if len(word) < 6 else 2
    found = [
        (apart, -count, candidate)
        for apart, candidate in near(word, reader.vocabulary(), limit)
        if (count := reader.frequency(candidate))
    ]
    return [candidate for _, _, candidate in sorted(found)[:MOST]]


def corrections(text: str, absent: list[Query], reader: Reader) -> Iterator[tuple[str, str, str]]:
    """Yield (new text, word, word instead) for near spellings of words that found nothing."""
    for leaf in absent:
        if isinstance(leaf, Term | Exact):
            for spelling in spellings(leaf.surface, reader):
                shown = as_typed(leaf.text, spelling)
                yield replaced(text, leaf.text, shown), leaf.text, shown


def as_typed(typed: str, spelling: str) -> str:
    """Give a spelling the capitals of the word that it replaces."""
    letters = typed.strip('"=')
    if letters.isupper():
        return spelling.upper()
    return spelling.capitalize() if letters[:1].isupper() else spelling


def replaced(text: str, word: str, instead: str) -> str:
    """Return the query text with its first whole `word` replaced."""
    bare = word.strip('"=')
    pattern = rf"(?<!\w){re.escape(bare)}(?!\w)"
    return re.sub(pattern, lambda _: instead, text, count=1)


def suggestion(text: str, replaces: str, instead: str, total: int) -> Suggestion:
    """Make the suggestion to search for `text`, which finds `total` passages."""
    return Suggestion(text=text, replaces=replaces, instead=instead, total=total)
