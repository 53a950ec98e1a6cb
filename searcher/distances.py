"""Edit distances from one word to all words of a vocabulary, computed with NumPy.

There are two steps. First, a filter: each word has a bit mask of its letters, and letters that two
words do not share are edits, so the bits in which the masks differ rule out all but one word in
hundreds. Second, the dynamic programming table of the edit distance is filled for all remaining
words at once, in a band around the diagonal, as cells outside of it exceed the limit.

This is a module of its own so that NumPy is imported only when a misspelt word is looked up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from backstory.searcher.vocabulary import Group

Array = Any  # numpy.ndarray

CODE_POINTS = "utf-32-le"
MASK_BITS = 64


class LetterMatrix:
    """The words of a vocabulary as matrices of code points, one per word length, with letter masks.

    Takes 1, 2 or 4 bytes a letter, depending on the highest code point, and 8 bytes a word.
    """

    def __init__(self, text: str, groups: Sequence[Group]) -> None:
        codes = _codes(text)
        self._codes = codes.astype(np.min_scalar_type(codes.max()))
        self._groups = {group.length: group for group in groups}
        self._masks = {group.length: _masks(self._letters(group)) for group in groups}

    @property
    def size(self) -> int:
        """The memory used, in bytes."""
        masks = sum(array.nbytes for array in self._masks.values())
        return int(self._codes.nbytes + masks)

    def near(self, word: str, limit: int, starts: str = "") -> Iterator[tuple[int, int]]:
        """Yield (edits, number in the order by length) of the words at most `limit` edits away.

        `limit` is at most 100. With `starts`, only words that start with one of its letters.
        """
        target = _codes(word)
        shortest = max(len(word) - limit, 1 if starts else 0)
        picked = [
            (group, rows)
            for length in range(shortest, len(word) + limit + 1)
            if (group := self._groups.get(length))
            and len(rows := self._likely(target, group, limit, starts))
        ]
        if picked:
            numbers = np.concatenate([group.first + rows for group, rows in picked])
            edits = self._edits(target, picked, limit)
            near = np.flatnonzero(edits <= limit)
            yield from zip(edits[near].tolist(), numbers[near].tolist(), strict=True)

    def _letters(self, group: Group) -> Array:
        """Return the letters of a group's words, a row for each."""
        rows = self._codes[group.start : group.stop].reshape(group.count, -1)
        return rows[:, : group.length]

    def _likely(self, target: Array, group: Group, limit: int, starts: str) -> Array:
        """Return the rows of a group's words that their letters do not rule out."""
        masks, mask = self._masks[group.length], _masks(target[None])
        longer = group.length - len(target)
        if not starts:
            return _few_differ(masks, mask, longer, limit)
        rows = _starting(self._letters(group), starts)
        return rows[_few_differ(masks[rows], mask, longer, limit)]

    def _edits(self, target: Array, picked: Sequence[tuple[Group, Array]], limit: int) -> Array:
        """Return the edits to each of the picked words, or limit + 1 where there are more."""
        sizes = [len(rows) for _, rows in picked]
        letters: Array = np.zeros((len(target) + 2 * limit, sum(sizes)), self._codes.dtype)
        column = 0
        for (group, rows), size in zip(picked, sizes, strict=True):
            letters[limit : limit + group.length, column : column + size] = self._letters(group)[
                rows
            ].T
            column += size
        diagonals: Array = np.repeat(
            [group.length - len(target) + limit for group, _ in picked], sizes
        )
        return _last_row(target.tolist(), letters, limit)[diagonals, np.arange(column)]


def _last_row(target: Sequence[int], letters: Array, limit: int) -> Array:
    """Return the last row of the table of edits (optimal string alignment), for many words at once.

    `letters` has a column for each word, its letters after `limit` rows of padding. Entry `t` of
    row `i` is the cost of turning the first `i` letters of the target into the first
    `i + t - limit` of the word; limit + 1 where that is more, or where `i + t - limit` is below 0.
    The value of the padding does not matter: before the first letter every cell costs limit + 1,
    and no cell depends on those to its right.
    """
    band, above = 2 * limit + 1, limit + 1
    costs: Array = np.full((band, letters.shape[1]), above, np.uint8)
    costs[limit:] = np.arange(above, dtype=np.uint8)[:, None]
    earlier, was_same = costs, np.zeros(costs.shape, bool)
    for i, letter in enumerate(target):
        is_same = letters[i : i + band] == letter
        row = costs + ~is_same  # replaced
        row[:-1] = np.minimum(row[:-1], costs[1:] + 1)  # deleted
        is_swapped = is_same[:-2] & was_same[2:]
        row[1:-1] = np.minimum(row[1:-1], np.where(is_swapped, earlier[1:-1] + 1, above))
        for t in range(1, band):
            np.minimum(row[t], row[t - 1] + 1, out=row[t])  # inserted
        earlier, costs, was_same = costs, np.minimum(row, above), is_same
    return costs


def _few_differ(masks: Array, mask: Array, longer: int, limit: int) -> Array:
    """Return the places of the masks of words that may be at most `limit` edits away.

    These words are `longer` by so many letters than the one that is looked for, or shorter where
    that is below 0. A letter that they lack was deleted or replaced, one that they add was inserted
    or replaced; of as many edits as the lengths differ by, none can have done both.
    """
    lacking, added = limit - max(longer, 0), limit - max(-longer, 0)
    places = np.flatnonzero(np.bitwise_count(masks ^ mask) <= lacking + added)
    masks = masks[places]
    fits = np.bitwise_count(mask & ~masks) <= lacking
    return places[fits & (np.bitwise_count(masks & ~mask) <= added)]


def _starting(letters: Array, starts: str) -> Array:
    """Return the rows of sorted words that start with one of some letters."""
    initials = np.unique(_codes(starts))
    bounds: Array = np.searchsorted(letters[:, 0], np.stack((initials, initials + 1)))
    return np.concatenate([np.arange(start, stop) for start, stop in bounds.T.tolist()])


def _codes(text: str) -> Array:
    """Return the code points of a text; lone surrogates are letters as others are."""
    return np.frombuffer(text.encode(CODE_POINTS, "surrogatepass"), np.uint32)


def _masks(letters: Array) -> Array:
    """Return the masks of words that are the rows of a matrix.

    A letter's bit is its code point modulo 64: most alphabets have fewer letters, side by side.
    """
    masks: Array = np.zeros(len(letters), np.uint64)
    for column in letters.T:
        masks |= np.uint64(1) << (column % MASK_BITS).astype(np.uint64)
    return masks
