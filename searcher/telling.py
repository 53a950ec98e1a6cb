"""The most telling words of a text that has more of them than are searched: the rarest ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from backstory.engine.query import Query, children


def most_telling(
    words: Sequence[Query], most: int, count: Callable[[Query], int] | None
) -> list[Query]:
    """Return so many words, those in the fewest passages first; the first ones without a `count`.

    Words that no passage has come last, as they can find nothing.
    """
    if count is None:
        return list(words[:most])

    def rarity(word: Query) -> tuple[bool, int]:
        # A hyphenated word is as rare as the rarest part, at least, and costs no phrase to count.
        passages = min(map(count, children(word) or (word,)))
        return passages == 0, passages

    return sorted(words, key=rarity)[:most]
