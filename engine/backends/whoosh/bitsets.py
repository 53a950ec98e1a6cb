"""Sets of entries as the bits of one number, which Python joins and counts in microseconds.

Where entries are wanted one by one they are a byte an entry, too: `marks`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import accumulate, compress

HIT = b"1"
# Where more than one entry in so many is in a set, marks of all entries are gone over to find
# them; where more than one in MANY is, one by one.
FEW, MANY = 64, 8

_DIGITS = bytes.maketrans(b"\0\1", b"01")
_FLAGS = bytes.maketrans(b"01", b"\0\1")
_ENDS_OF_NONE = re.compile(rb"\0*[^\0]")
# Which bits a byte has, counted from the end of the byte.
_BITS = [tuple(bit - 8 for bit in range(8) if byte >> bit & 1) for byte in range(256)]


def bits_of(entries: Iterable[int], size: int) -> int:
    """Return entries below `size` as a bit set."""
    bits = bytearray((size >> 3) + 1)
    for at in entries:
        bits[at >> 3] |= 1 << (at & 7)
    return int.from_bytes(bits, "little")


def members(bits: int) -> list[int]:
    """Return the entries of a bit set, ascending."""
    if bits.bit_count() * FEW > bits.bit_length():
        return marked(marks_of(bits, bits.bit_length()))
    packed = bits.to_bytes((bits.bit_length() + 7) // 8, "little")
    # Most bytes of a small set are 0: a pattern passes over them fifty times as fast.
    ends = map(re.Match.end, _ENDS_OF_NONE.finditer(packed))
    return [8 * end + bit for end in ends for bit in _BITS[packed[end - 1]]]


def bit_set(marks: bytes | bytearray) -> int:
    """Return a bit set of the positions at which there is a 1 and not a 0."""
    digits = bytes(marks).translate(_DIGITS)[::-1]
    return int(digits, 2) if digits else 0


def marks_of(bits: int, size: int) -> bytes:
    """Return a byte for each of `size` entries: HIT where it is in a bit set, else a zero."""
    return f"{bits:0{size}b}"[::-1].encode("ascii")


def marked(marks: bytes) -> list[int]:
    """Return the entries at which there is a HIT."""
    if marks.count(HIT) * MANY > len(marks):
        return list(compress(range(len(marks)), marks.translate(_FLAGS)))
    gaps = map(len, marks.split(HIT)[:-1])
    return [at + number for number, at in enumerate(accumulate(gaps))]
