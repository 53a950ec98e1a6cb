"""A bit set is the set of the entries it was made of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.backends.whoosh import bitsets
from backstory.engine.backends.whoosh.bitsets import bit_set, bits_of, marked, marks_of, members

entries = st.sets(st.integers(0, 3000))


@pytest.fixture(params=[(0, 0), (1 << 40, 0), (1 << 40, 1 << 40)], ids=["few", "some", "many"])
def ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let entries be found in each of the ways there are."""
    few, many = request.param
    monkeypatch.setattr(bitsets, "FEW", few)
    monkeypatch.setattr(bitsets, "MANY", many)


@given(entries, entries)
@pytest.mark.usefixtures("ways")
def test_bit_sets_are_sets(some: set[int], others: set[int]) -> None:
    one, other = bits_of(some, 3001), bits_of(others, 3001)

    assert members(one) == sorted(some)
    assert bit_set(bytes(at in some for at in range(3001))) == one
    assert marked(marks_of(one, 3001)) == sorted(some)
    assert len(marks_of(one, 3001)) == 3001
    assert one.bit_count() == len(some)
    assert members(one & other) == sorted(some & others)
    assert members(one | other) == sorted(some | others)


@pytest.mark.usefixtures("ways")
def test_neighbours_and_the_last_entry_are_found() -> None:
    assert members(bits_of(range(40), 40)) == list(range(40))
    assert members(1 << 1_000_000) == [1_000_000]
    assert members(0) == []
