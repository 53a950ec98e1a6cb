"""How many passages of a result have each of some values, by bit sets that are made short.

Counting what two bit sets share costs as much as they are long, 7 µs for 128,000 entries, while the
values that are worth comparing stand in few of these. What a result has there is taken out of it
once, in 0.1 ms, and compared with each value then.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain
from struct import Struct
from typing import NamedTuple

from backstory.engine.backends.whoosh.bitsets import bits_of, members

BLOCK = 256  # as many as a byte can tell apart
TIER = 64  # values in the first tier, twice as many in the next
MOST_VALUES = 256
MOST_BITS = 1 << 27  # 16 MB
ONE_BY_ONE = 3_000  # bits are compared in the time that one match takes


class Blocks:
    """A set of entries as bytes, in blocks of which `bytes.translate` takes those that are wanted.

    A block is the table, the places that are wanted in it are the text; both are short.
    """

    def __init__(self, size: int) -> None:
        self._count = size // (8 * BLOCK) + 1
        self._tables = Struct(f"{BLOCK}s" * self._count)

    def texts(self, places: Iterable[int]) -> list[bytes]:
        """Return the texts that take the bytes at some places, ascending."""
        wanted = [bytearray() for _ in range(self._count)]
        for at in places:
            wanted[at // BLOCK].append(at % BLOCK)
        return list(map(bytes, wanted))

    def tables(self, bits: int) -> tuple[bytes, ...]:
        """Return the blocks of a bit set."""
        return self._tables.unpack(bits.to_bytes(self._tables.size, "little"))


class Extract:
    """Some entries of a bit set, moved together; they are given in the order of `in_order`."""

    def __init__(self, ordered: Sequence[int], size: int) -> None:
        self._blocks = Blocks(size)
        self._texts = [
            self._blocks.texts(at >> 3 for at in ordered if at & 7 == bit) for bit in range(8)
        ]

    @staticmethod
    def in_order(entries: Iterable[int]) -> list[int]:
        """Put entries in order: first those that are bit 0 of a byte, then those that are bit 1.

        The first is the highest bit of what is taken out, as the first digit of a number is.
        """
        return sorted(entries, key=lambda at: (at & 7, at >> 3))

    def of(self, bits: int) -> int:
        """Return the bits of these entries."""
        tables = self._blocks.tables(bits)
        taken = [b"".join(map(bytes.translate, texts, tables)) for texts in self._texts]
        digits = b"".join(map(bytes.translate, taken, _DIGITS_OF))
        return int(digits, 2) if digits else 0


class _Tier(NamedTuple):
    """Values next to each other in frequency, and what they and all rarer ones stand in.

    That is taken out of what the tier before took; `most` is how often the first of them stands.
    """

    extract: Extract
    values: Sequence[str]
    sets: list[int]
    most: int


class Tally:
    """The entries of values of which an entry may have any number, such as names."""

    def __init__(self, entries: Mapping[str, Collection[int]], size: int) -> None:
        self._tiers: list[_Tier] = []
        values = sorted(entries, key=lambda value: len(entries[value]), reverse=True)
        places = {at: at for held in entries.values() for at in held}
        while values:
            held = set(chain.from_iterable(map(entries.__getitem__, values)))
            ordered = Extract.in_order(places[at] for at in held)
            extract = Extract(ordered, size)
            moved = {at: place for place, at in enumerate(reversed(ordered))}
            places, size = {at: moved[places[at]] for at in held}, len(held)
            count = TIER << len(self._tiers)
            sets = [_bits([places[at] for at in entries[value]]) for value in values[:count]]
            self._tiers.append(_Tier(extract, values[:count], sets, len(entries[values[0]])))
            values = values[count:]

    def highest(self, bits: int, most: int) -> dict[str, int]:
        """Count values in a bit set, the `most` highest of them and all that tie with the last.

        Some others may be there too.
        """
        found: dict[str, int] = {}
        for tier in self._tiers:
            if len(found) >= most and tier.most < sorted(found.values())[-most]:
                break
            bits = tier.extract.of(bits)
            counts = [(bits & held).bit_count() for held in tier.sets]
            found.update(zip(tier.values, counts, strict=True))
        return found


class _Short(NamedTuple):
    """The bit sets of all codes but the commonest, shifted down where that makes them shorter.

    `length` is that of all, `sets` are (code, how far it was shifted, bit set)s. To shift a result
    costs a third of comparing it, so it is not done for little.
    """

    commonest: int
    blocks: Blocks
    texts: list[bytes]
    length: int
    sets: list[tuple[int, int, int]]


class Shares:
    """The codes of all entries, one for each: a result is shared out among them."""

    def __init__(self, codes: Sequence[int]) -> None:
        self._codes = codes

    def counts(self, bits: int) -> Counter[int]:
        """Count the entries of a bit set by their codes; of some it may say 0."""
        total = bits.bit_count()
        if not total:
            return Counter()
        short = self._short
        if short is None or total * ONE_BY_ONE < short.length:
            return Counter(map(self._codes.__getitem__, members(bits)))
        taken = b"".join(map(bytes.translate, short.texts, short.blocks.tables(bits)))
        held = int.from_bytes(taken, "little")
        found = {
            code: ((held >> low if low else held) & wanted).bit_count()
            for code, low, wanted in short.sets
        }
        return Counter(found | {short.commonest: total - sum(found.values())})

    @cached_property
    def _short(self) -> _Short | None:
        """Return the bit sets; None where they are too many or too long.

        Bytes are taken out: the entries of a document are neighbours, and have mostly one code.
        """
        (commonest, _), *others = Counter(self._codes).most_common()
        if len(others) >= MOST_VALUES:
            return None
        entries = {code: array("I") for code, _ in others}
        for at, code in enumerate(self._codes):
            if code != commonest:
                entries[code].append(at)
        length = sum(held[-1] - held[0] for held in entries.values())
        if length > MOST_BITS:
            return None
        wanted = sorted({at >> 3 for at in chain.from_iterable(entries.values())})
        places = {at: 8 * place for place, at in enumerate(wanted)}
        sets = []
        for code, held in entries.items():
            first = places[held[0] >> 3]
            low = first if first > 2 * len(wanted) else 0  # a quarter of the way
            sets.append((code, low, _bits([places[at >> 3] + (at & 7) - low for at in held])))
        blocks = Blocks(len(self._codes))
        return _Short(commonest, blocks, blocks.texts(wanted), length, sets)


def _bits(places: Collection[int]) -> int:
    return bits_of(places, max(places, default=0))


# For each bit of a byte, whether it is set.
_DIGITS_OF = [bytes(b"01"[byte >> bit & 1] for byte in range(256)) for bit in range(8)]
