"""Phrases over whole posting lists: which entries have words in a row, and how often."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence

from backstory.engine.backends.whoosh.segments import Runs, TermPostings

# Finding one entry by halving costs as much as putting this many into a dict.
DICT_WORTH = 12


def phrase_counts(words: Sequence[TermPostings]) -> dict[int, int]:
    """Return how often the words follow each other, by entry; the rarest word goes first.

    The same as counting `matching.phrase_starts` entry by entry, without a list for each.
    """
    runs = [word.runs() for word in words]
    order = sorted(range(len(runs)), key=lambda word: len(runs[word].ids))
    found = _first(runs[order[0]], order[0], runs[order[1]] if len(order) > 1 else None)
    for word in order[1:]:
        found = _next(found, runs[word], word)
    return {entry: len(starts) for entry, starts in found.items()}


def _first(rarest: Runs, offset: int, second: Runs | None) -> dict[int, list[int]]:
    """Return where the phrase would start in each entry of its rarest word."""
    ids, start, positions = rarest
    numbered: Iterable[tuple[int, int]] = enumerate(ids)
    if second is not None and len(second.ids) < DICT_WORTH * len(ids):
        held = set(second.ids)
        numbered = ((number, entry) for number, entry in numbered if entry in held)
    return {
        entry: [at - offset for at in positions[start[number] : start[number + 1]]]
        for number, entry in numbered
    }


def _next(found: dict[int, list[int]], run: Runs, offset: int) -> dict[int, list[int]]:
    """Keep the starts that have the next word at its place."""
    ids, start, positions = run
    number_of = _numbers(ids, len(found))
    kept = {}
    for entry, starts in found.items():
        number = number_of(entry)
        if number is None:
            continue
        first, last = start[number], start[number + 1]
        if last - first == 1:
            at = positions[first] - offset
            if at in starts:
                kept[entry] = [at]
            continue
        held = set(positions[first:last])
        both = [at for at in starts if at + offset in held]
        if both:
            kept[entry] = both
    return kept


def _numbers(ids: Sequence[int], wanted: int) -> Callable[[int], int | None]:
    """Return a function from an entry to its number among `ids`."""
    if len(ids) < DICT_WORTH * wanted:
        return dict(zip(ids, range(len(ids)), strict=True)).get

    def halving(entry: int) -> int | None:
        at = bisect_left(ids, entry)
        return at if at < len(ids) and ids[at] == entry else None

    return halving
