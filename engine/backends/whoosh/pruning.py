"""The fast path: the best passages for a bag of words, without scoring all of them.

MaxScore (Turtle & Flood, "Query Evaluation: Strategies and Optimizations", 1995), term at a time:
the rarest words are scored in full; as soon as the words that are left cannot lift a new passage
among the best, they only add to candidates that still can get there. The result is exact: the
same passages and scores as `evaluation.py` gives, summed in the same order. How many passages
match, and how many match fully, comes from sets and bitmaps of entries.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial, reduce
from operator import and_, or_

from engine.backends.whoosh.evaluation import Matches, terms_of
from engine.backends.whoosh.postings import Part, PostingsSource
from engine.backends.whoosh.table import Mask
from engine.query import And, Bag, Boost, Exact, Filter, Forms, Query, Term
from engine.ranking import BM25

# Bounds and partial sums are added in another order than scores: leave room for rounding.
SLACK = 1 - 1e-9
# Looking one passage up costs as much as going over this many postings.
LOOK_UP = 12


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


class Pruning:
    """Finds the best passages for one bag over one snapshot."""

    def __init__(
        self,
        words: Sequence[Word],
        ranking: BM25,
        norms: Mapping[int, Sequence[float]],
        average: float,
        *,
        needs_all: bool = False,
    ) -> None:
        self._words, self._ranking, self._needs_all = words, ranking, needs_all
        self._norms, self._average = norms, average
        self._bases = sorted({base for word in words for base in word.parts})

    def best(self, most: int) -> Best:
        """Return the best `most` passages: full matches first, then by points."""
        total = 0
        full: dict[int, Collection[int]] = {}
        for base in self._bases:
            parts = [word.parts[base] for word in self._words if base in word.parts]
            total += 0 if self._needs_all else union_size(parts)
            if len(parts) == len(self._words):
                full[base] = common(parts)
        count = sum(map(len, full.values()))
        kept = self._best_full(full, most)
        points = self._scores(kept)
        if self._needs_all:
            total = count
        elif count < most:
            self._add_best(points, kept, most - count)
        return Best(Matches(points, kept), total, count, partial(self._bits, full))

    def _best_full(self, full: Mapping[int, Collection[int]], most: int) -> set[int]:
        """Return the full matches that may be among the best `most`."""
        reached: dict[int, float] = {}
        for base, entries in full.items():
            if not entries:
                continue
            words = [(word.parts[base], word.weight * word.factor) for word in self._words]
            found = _sums(words, entries, self._norms[base])
            least = max(_threshold(reached.values(), most), _threshold(found.values(), most))
            reached.update((e + base, value) for e, value in found.items() if value >= least)
        least = _threshold(reached.values(), most)
        return {passage for passage, value in reached.items() if value >= least}

    def _bits(self, full: Mapping[int, Collection[int]]) -> dict[int, int]:
        """Return every passage that matches, as a bit set for each segment."""
        if self._needs_all:
            return {base: bits_of(entries) for base, entries in full.items()}
        return {
            base: union_bits([word.parts[base] for word in self._words if base in word.parts])
            for base in self._bases
        }

    def _scores(self, passages: Collection[int]) -> dict[int, float]:
        """Return exact scores, by looking each passage up or by going over all postings."""
        postings = sum(len(part.ids) for word in self._words for part in word.parts.values())
        if len(passages) * len(self._words) * LOOK_UP < postings:
            return {passage: self._score(passage) for passage in passages}
        wanted = set(passages)
        points = dict.fromkeys(passages, 0.0)
        for word in self._words:
            for base, part in word.parts.items():
                norms = self._norms[base]
                for entry, count in zip(part.ids, part.frequencies, strict=True):
                    passage = entry + base
                    if passage in wanted:
                        points[passage] += word.gives(count, norms[entry])
        return points

    def _score(self, passage: int) -> float:
        """Return a passage's exact score, summed in the order of the query."""
        base = self._bases[bisect_right(self._bases, passage) - 1]
        norm, points = self._norms[base][passage - base], 0.0
        for word in self._words:
            part = word.parts.get(base)
            frequency = part.frequency(passage - base) if part else 0
            if frequency:
                points += word.gives(frequency, norm)
        return points

    def _add_best(self, points: dict[int, float], full: set[int], most: int) -> None:
        """Add the best `most` passages that do not match fully, with exact scores."""
        reached: dict[int, float] = {}
        threshold = 0.0
        for base in self._bases:
            words = [word for word in self._words if base in word.parts]
            segment = _Segment(base, words, self._ranking, self._average, self._norms[base])
            found = segment.candidates(full, most, threshold, reached.values())
            reached.update((entry + base, value) for entry, value in found.items())
            threshold = _threshold(reached.values(), most)
            reached = {p: value for p, value in reached.items() if value >= threshold}
        points.update(self._scores(reached))


class _Segment:
    """The race of one segment's entries for the best places."""

    def __init__(
        self,
        base: int,
        words: Sequence[Word],
        ranking: BM25,
        average: float,
        norms: Sequence[float],
    ) -> None:
        self._base, self._norms = base, norms
        bounded = [(word.bound(base, ranking, average), word.parts[base], word) for word in words]
        bounded.sort(key=lambda entry: entry[0], reverse=True)
        self._words = [(part, word.weight * word.factor) for _, part, word in bounded]
        # What the words from each on can give at most, together.
        self._left = [sum(bound for bound, _, _ in bounded[at:]) for at in range(len(bounded) + 1)]

    def candidates(
        self, full: set[int], most: int, threshold: float, before: Collection[float]
    ) -> dict[int, float]:
        """Return the entries that may be among the best, with all their points.

        `before` holds the points of candidates of other segments, `threshold` what is needed at
        least; entries that match fully have their places already.
        """
        found: dict[int, float] = {}
        excluded = [passage - self._base for passage in full if passage >= self._base]
        for at, (part, weight) in enumerate(self._words):
            if self._left[at] < threshold:
                break
            found = self._accumulate(found, part, weight)
            for entry in excluded:
                found.pop(entry, None)
            threshold = max(threshold, self._sure(found, at + 1, most, before))
        else:
            at = len(self._words)
        found = self._complete(found, at, threshold)
        return {entry: reached for entry, reached in found.items() if reached >= threshold}

    def _sure(
        self, found: dict[int, float], at: int, most: int, before: Collection[float]
    ) -> float:
        """Return a threshold: what the entries that lead now have when all words have given."""
        least = _threshold(found.values(), most)
        leaders = [entry for entry, reached in found.items() if reached >= least]
        some = {entry: found[entry] for entry in leaders[: 4 * most]}
        return _threshold([*before, *self._complete(some, at, 0.0).values()], most)

    def _accumulate(self, found: dict[int, float], part: Part, weight: float) -> dict[int, float]:
        pairs = zip(part.ids, part.saturations(self._norms), strict=True)
        if not found:
            return {entry: weight * worth for entry, worth in pairs}
        held = found.get
        for entry, worth in pairs:
            found[entry] = held(entry, 0.0) + weight * worth
        return found

    def _complete(self, found: dict[int, float], at: int, threshold: float) -> dict[int, float]:
        """Add what the last words give, to those entries only that can still get there."""
        norms = self._norms
        for left, (part, weight) in zip(self._left[at:], self._words[at:], strict=False):
            wanted = threshold - left
            if wanted > 0:
                found = {entry: reached for entry, reached in found.items() if reached >= wanted}
            for entry in part.among(found):
                n = part.frequency(entry)
                found[entry] += weight * n / (n + norms[entry])
        return found


def _threshold(reached: Collection[float], most: int) -> float:
    """Return the points that make sure of a place among the best `most`, or 0."""
    if len(reached) < most:
        return 0.0
    return heapq.nlargest(most, reached)[-1] * SLACK


def _sums(
    words: Sequence[tuple[Part, float]], entries: Collection[int], norms: Sequence[float]
) -> dict[int, float]:
    """Return about what entries that have all of the words reach; the rounding is not exact."""
    if len(words) == 1:
        ((part, weight),) = words
        worths = zip(part.ids, part.saturations(norms), strict=True)
        return {entry: weight * worth for entry, worth in worths}
    found = dict.fromkeys(entries, 0.0)
    for part, weight in words:
        if len(found) * LOOK_UP < len(part.ids):
            for entry in found:
                n = part.frequency(entry)
                found[entry] += weight * n / (n + norms[entry])
        else:
            for entry, value in zip(part.ids, part.saturations(norms), strict=True):
                if entry in found:
                    found[entry] += weight * value
    return found


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

    It takes what `plain_words` takes, if each word is stored under one term only.
    """
    words = []
    for factor, leaf in plain_words(query) or ():
        found = [postings for term in terms_of(leaf) if (postings := source.get(*term))]
        if len(found) > 1 or isinstance(leaf, Forms):
            return None
        parts = {part.base: part for part in found[0].parts} if found else {}
        weight = ranking.weight(passages, len(found[0]) if found else 0)
        words.append(Word(weight, factor, parts))
    return words or None
