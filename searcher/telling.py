"""The most telling words of a text that has more of them than are searched: the rarest ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from backstory.engine.query import Phrase, Query, Term, children
from backstory.searcher.lexer import Kind, Piece
from backstory.searcher.plain_text import is_signed

Count = Callable[[Query], int]


def most_telling(
    places: Mapping[Query, Sequence[int]], pieces: Sequence[Piece], most: int, count: Count | None
) -> set[Query]:
    """Return so many of the words and phrases that stand at these places among the pieces.

    What is more than a word comes first: a field, a phrase, or what has a sign. Then come the words
    in the fewest passages by `count`, or without it the first ones.
    """
    fixed = [query for query, found in places.items() if _is_fixed(query, found, pieces)]
    loose = [query for query in places if query not in set(fixed)]
    ordered = loose if count is None else sorted(loose, key=lambda word: _rarity(word, count))
    return set([*fixed, *ordered][:most])


def _is_fixed(query: Query, places: Sequence[int], pieces: Sequence[Piece]) -> bool:
    return not isinstance(query, Term | Phrase) or any(
        pieces[place].kind is not Kind.WORD or is_signed(pieces, place) for place in places
    )


def _rarity(word: Query, count: Count) -> tuple[bool, int]:
    """Return a key that is lowest for the rarest word; one that no passage has is last."""
    # A hyphenated word is as rare as its rarest part at least, and costs no phrase to count.
    passages = min(map(count, children(word) or (word,)))
    return passages == 0, passages
