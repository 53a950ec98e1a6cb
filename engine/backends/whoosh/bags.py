"""A bag of words over the segments of a snapshot: what each word gives, and how many match.

What the ways of finding the best passages have in common: `exhaustive.py` scores every passage
that has one of the words, `pruning.py` as few as it can.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_, or_

from engine.backends.whoosh.evaluation import Matches, terms_of
from engine.backends.whoosh.postings import Part, PostingsSource
from engine.backends.whoosh.table import Mask
from engine.query import And, Bag, Boost, Exact, Filter, Forms, Query, Term
from engine.ranking import BM25


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the bag: its weight, the factor of its Boost, and its parts by segment base."""

    weight: float
    factor: float
    parts: dict[int, Part]

    def gives(self, frequency: float, norm: float) -> float:
        """Return the word's points; the arithmetic of `evaluation.py`, step for step."""
        points = self.weight * frequency / (frequency + norm)
        return points if self.factor == 1 else points * self.factor

    def scores(self, base: int, norms: Sequence[float]) -> dict[int, float]:
        """Return what the word gives to each entry of a segment, as `gives` does."""
        part = self.parts[base]
        points: Iterable[float] = part.points(self.weight, norms)
        if self.factor != 1:
            points = [each * self.factor for each in points]
        return dict(zip(part.ids, points, strict=True))

    def only(self, mask: Mask, filters: tuple[Filter, ...]) -> Word:
        """Return the word as it stands in the passages that filters, by their mask, let through."""
        masked = {base: part.only(*mask[base], filters) for base, part in self.parts.items()}
        return replace(self, parts={base: part for base, part in masked.items() if part.ids})

    def bound(self, base: int, ranking: BM25, average: float) -> float:
        """Return the most that the word can give in a segment."""
        part = self.parts.get(base)
        if part is None:
            return 0.0
        return max(
            self.gives(frequency, ranking.norm(length, average)) for frequency, length in part.peaks
        )


@dataclass(frozen=True, slots=True)
class Best:
    """The best matches, unordered but complete with all that tie with the last, and the counts.

    `bits` gives every passage that matches, as a bit set for each segment, by its base.
    """

    matches: Matches
    total: int
    full: int
    bits: Callable[[], dict[int, int]] | None = None


def union_size(parts: Sequence[Part]) -> int:
    """Return in how many entries of a segment at least one of the words stands."""
    if len(parts) == 1:
        return len(parts[0].ids)
    bitmaps = [bitmap for part in parts if (bitmap := part.bitmap) is not None]
    few = set().union(*(part.ids for part in parts if part.bitmap is None))
    if not bitmaps:
        return len(few)
    joined = reduce(or_, (int.from_bytes(bitmap, "little") for bitmap in bitmaps))
    bits = joined.to_bytes(len(bitmaps[0]), "little")
    return joined.bit_count() + len([at for at in few if not bits[at >> 3] >> (at & 7) & 1])


def matching_bits(words: Sequence[Word]) -> dict[int, int]:
    """Return every passage that has any of the words, as a bit set for each segment."""
    bases = {base for word in words for base in word.parts}
    return {
        base: union_bits([word.parts[base] for word in words if base in word.parts])
        for base in bases
    }


def union_bits(parts: Sequence[Part]) -> int:
    """Return the entries of a segment in which at least one of the words stands, as a bit set.

    Its bits can be counted, too, but `union_size` has the number in less time.
    """
    bitmaps = [bitmap for part in parts if (bitmap := part.bitmap) is not None]
    dense = reduce(or_, (int.from_bytes(bitmap, "little") for bitmap in bitmaps), 0)
    few = [part.ids for part in parts if part.bitmap is None and part.ids]
    size = max([len(bitmaps[0]) if bitmaps else 0, *((ids[-1] >> 3) + 1 for ids in few)])
    bits = bytearray(dense.to_bytes(size, "little"))
    for ids in few:
        for at in ids:
            bits[at >> 3] |= 1 << (at & 7)
    return int.from_bytes(bits, "little")


def bits_of(entries: Collection[int]) -> int:
    """Return entries as a bit set."""
    bits = bytearray((max(entries, default=0) >> 3) + 1)
    for at in entries:
        bits[at >> 3] |= 1 << (at & 7)
    return int.from_bytes(bits, "little")


def common(parts: Sequence[Part]) -> Collection[int]:
    """Return the entries of a segment in which all of the words stand."""
    ordered = sorted(parts, key=lambda part: len(part.ids))
    if len(parts) == 1:
        return ordered[0].ids
    found: Sequence[int] = ordered[0].ids
    bitmaps = [bitmap for part in ordered[1:] if (bitmap := part.bitmap) is not None]
    if bitmaps:
        joined = reduce(and_, (int.from_bytes(bitmap, "little") for bitmap in bitmaps))
        bits = joined.to_bytes(len(bitmaps[0]), "little")
        found = [at for at in found if bits[at >> 3] >> (at & 7) & 1]
    kept = set(found)
    for part in ordered[1:]:
        if part.bitmap is None:
            kept &= set(part.ids) if len(part.ids) < 8 * len(kept) else _in(part, kept)
    return kept


def _in(part: Part, entries: set[int]) -> set[int]:
    return {entry for entry in entries if part.frequency(entry)}


def without_filters(query: Query) -> tuple[Query, tuple[Filter, ...]]:
    """Take the filters off an And that has something else as well."""
    if not isinstance(query, And):
        return query, ()
    filters = tuple(node for node in query.children if isinstance(node, Filter))
    others = [node for node in query.children if not isinstance(node, Filter)]
    if not (filters and others):
        return query, ()
    return others[0] if len(others) == 1 else And(tuple(others)), filters


def plain_words(query: Query) -> list[tuple[float, Term | Exact | Forms]] | None:
    """Return the words of a query with the factors of their Boosts, or None for any other.

    It takes single words, bags of them, and words that must all be there (an And of nothing else).
    """
    nodes: Sequence[Query] = (query,)
    if isinstance(query, And):
        nodes = query.children
    elif isinstance(query, Bag) and not query.must:
        nodes = query.words
    words = []
    for node in nodes:
        factor, leaf = (node.factor, node.child) if isinstance(node, Boost) else (1.0, node)
        if not isinstance(leaf, Term | Exact | Forms):
            return None
        words.append((factor, leaf))
    return words


def words_of_bag(
    query: Query, source: PostingsSource, ranking: BM25, passages: int
) -> list[Word] | None:
    """Return the words of a query that the fast path can answer, or None for any other.

    It takes what `plain_words` takes.
    """
    words = []
    for factor, leaf in plain_words(query) or ():
        found = source.joined(terms_of(leaf))
        parts = {part.base: part for part in found.parts}
        words.append(Word(ranking.weight(passages, len(found)), factor, parts))
    return words or None
