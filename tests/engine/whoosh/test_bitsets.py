"""A bit set is the set of the entries it was made of."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.backends.whoosh.bitsets import bits_of, members

entries = st.sets(st.integers(0, 3000))


@given(entries, entries)
def test_bit_sets_are_sets(some: set[int], others: set[int]) -> None:
    one, other = bits_of(some, 3001), bits_of(others, 3001)

    assert members(one) == sorted(some)
    assert one.bit_count() == len(some)
    assert members(one & other) == sorted(some & others)
    assert members(one | other) == sorted(some | others)


def test_neighbours_and_the_last_entry_are_found() -> None:
    assert members(bits_of(range(40), 40)) == list(range(40))
    assert members(1 << 1_000_000) == [1_000_000]
    assert members(0) == []
