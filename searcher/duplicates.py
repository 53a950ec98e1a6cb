"""Near-duplicate passages: agency copy and quotations recur in many documents.

Two passages are compared by the Jaccard similarity of their shingles, all runs of SHINGLE words
(Broder, "On the resemblance and containment of documents", 1997). Duplicates keep their rank and
are counted; a page of hits only says which ones repeat an earlier hit, so that lists can fold them.
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
    """Return all runs of SHINGLE words; an empty set for a text below LEAST_WORDS words."""
    if len(words) < LEAST_WORDS:
        return frozenset()
    return frozenset(zip(*(words[i:] for i in range(SHINGLE)), strict=False))


def likeness(one: Shingles, other: Shingles) -> float:
    """Return the Jaccard similarity of two sets of shingles, from 0 to 1; 0 if both are empty."""
    together = len(one | other)
    return len(one & other) / together if together else 0.0


def copies(passages: Sequence[AnalyzedText]) -> list[int | None]:
    """Return for each passage the index of the earlier passage that it duplicates, or None."""
    shingles_of = cache(lambda i: shingles([surface for surface, _ in passages[i].pairs]))
    firsts: list[int] = []
    repeats: list[int | None] = []
    for i, passage in enumerate(passages):
        # Signatures rule out nearly all: each word that the other passage lacks, but for the last
        # few, starts a shingle that it lacks as well, and of those a duplicate has at most `most`.
        most = len(passage) * (1 - ALIKE) / ALIKE + SHINGLE - 1
        own = passage.signature
        likely = [n for n in firsts if (own & ~passages[n].signature).bit_count() <= most]
        repeats.append(
            next(
                (n for n in likely if likeness(shingles_of(i), shingles_of(n)) >= ALIKE),
                None,
            )
        )
        if repeats[-1] is None:
            firsts.append(i)
    return repeats


def repeated(hits: Sequence[Hit], analyzer: Analyzer) -> dict[str, str]:
    """Return the addresses of hits that duplicate an earlier hit, each with that hit's address."""
    repeats = copies([analyzer.read(hit.text, hit.language) for hit in hits])
    pairs = zip(hits, repeats, strict=True)
    return {hit.passage: hits[first].passage for hit, first in pairs if first is not None}
