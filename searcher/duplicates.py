"""Passages that say the same in nearly the same words: press agencies and quotations recur.

Two passages are compared by their shingles, all runs of a few words (Broder, "On the resemblance
and containment of documents", 1997). A copy stays in its place in a result and is counted; a
page of hits only says which of them repeat an earlier one, so that a list can fold them away.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.analysis import Analyzer
from engine.hits import Hit

SHINGLE = 4
LEAST_WORDS = 8
ALIKE = 0.8

Shingles = frozenset[tuple[str, ...]]


def shingles(words: Sequence[str]) -> Shingles:
    """Return the runs of SHINGLE words; none of a text too short to be told from another."""
    if len(words) < LEAST_WORDS:
        return frozenset()
    return frozenset(zip(*(words[at:] for at in range(SHINGLE)), strict=False))


def likeness(one: Shingles, other: Shingles) -> float:
    """Return the part of all shingles of two passages that both have, from 0 to 1."""
    together = len(one | other)
    return len(one & other) / together if together else 0.0


def copies(passages: Sequence[Sequence[str]]) -> list[int | None]:
    """Return for each of some passages, given by their words, the first that it repeats."""
    firsts: list[tuple[int, Shingles]] = []
    seen: set[tuple[str, ...]] = set()
    found: list[int | None] = []
    for at, words in enumerate(passages):
        held = shingles(words)
        # Most have nothing in common with any other, and that is seen at once.
        earlier = [] if seen.isdisjoint(held) else firsts
        found.append(next((n for n, one in earlier if likeness(held, one) >= ALIKE), None))
        if found[-1] is None:
            firsts.append((at, held))
            seen |= held
    return found


def repeated(hits: Sequence[Hit], analyzer: Analyzer) -> dict[str, str]:
    """Return the hits that repeat an earlier one, by address, each with that one's address."""
    read = (analyzer.terms(hit.text, hit.language) for hit in hits)
    found = copies([[surface for surface, _ in pairs] for pairs in read])
    pairs = zip(hits, found, strict=True)
    return {hit.passage: hits[first].passage for hit, first in pairs if first is not None}
