"""Passages that say the same in nearly the same words: press agencies and quotations recur.

Two passages are compared by their shingles, all runs of a few words (Broder, "On the resemblance
and containment of documents", 1997). A copy stays in its place in a result and is counted; a
page of hits only says which of them repeat an earlier one, so that a list can fold them away.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from backstory.engine.analysis import AnalyzedText, Analyzer
from backstory.engine.hits import Hit

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


def copies(passages: Sequence[AnalyzedText]) -> list[int | None]:
    """Return for each of the passages of a page the first that it repeats."""
    held = cache(lambda at: shingles([surface for surface, _ in passages[at].pairs]))
    firsts: list[int] = []
    found: list[int | None] = []
    for at, passage in enumerate(passages):
        # Nearly all lack more of its words than a copy can: each of these, but for the last few,
        # starts a shingle that they lack.
        most = len(passage) * (1 - ALIKE) / ALIKE + SHINGLE - 1
        own = passage.signature
        likely = [n for n in firsts if (own & ~passages[n].signature).bit_count() <= most]
        found.append(next((n for n in likely if likeness(held(at), held(n)) >= ALIKE), None))
        if found[-1] is None:
            firsts.append(at)
    return found


def repeated(hits: Sequence[Hit], analyzer: Analyzer) -> dict[str, str]:
    """Return the hits that repeat an earlier one, by address, each with that one's address."""
    found = copies([analyzer.read(hit.text, hit.language) for hit in hits])
    pairs = zip(hits, found, strict=True)
    return {hit.passage: hits[first].passage for hit, first in pairs if first is not None}
