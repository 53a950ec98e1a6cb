"""Counting values by bit sets: with the same result as a plain loop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.backends.whoosh import tally
from backstory.engine.backends.whoosh.tally import BLOCK, Shares, Tally

SIZE = 2 * 8 * BLOCK + 100  # bytes in three blocks, the last not full
some_entries = st.sets(st.integers(0, SIZE - 1), max_size=40)
runs = st.lists(st.tuples(st.integers(0, 6), st.integers(1, 900)), min_size=1, max_size=30)


def bits_of(entries: set[int]) -> int:
    return sum(1 << at for at in entries)


@pytest.mark.parametrize("tier", [1, 64], ids=["many tiers", "one tier"])
@given(
    held=st.dictionaries(st.sampled_from("ABCDEFGHIJ"), some_entries.filter(bool)),
    result=some_entries,
    most=st.integers(1, 11),
)
def test_the_highest_values_are_there_with_those_that_tie_and_all_are_counted_right(
    tier: int, held: dict[str, set[int]], result: set[int], most: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tally, "TIER", tier)
        found = Tally(held, SIZE).highest(bits_of(result), most)

    counts = {value: len(entries & result) for value, entries in held.items()}
    least = sorted(counts.values(), reverse=True)[:most][-1] if counts else 0
    assert found.items() <= counts.items()
    assert {value for value, count in counts.items() if count >= least} <= found.keys()


def test_values_too_rare_to_be_among_the_highest_are_not_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tally, "TIER", 1)
    often = {"one": set(range(9)), "two": set(range(6)), "three": set(range(5))}
    result, counts = bits_of(set(range(4))), {"one": 4, "two": 4, "three": 4}

    # Each tier is twice as large as the one before.
    assert Tally(often | {"four": {0, 1, 2}}, SIZE).highest(result, 3) == counts
    assert Tally(often | {"four": {0, 1, 2, 3}}, SIZE).highest(result, 3) == counts | {"four": 4}


LIMITS = {
    "bit sets": {"ONE_BY_ONE": SIZE * 7},
    "too many values": {"MOST_VALUES": 1},
    "too long": {"MOST_BITS": 0},
    "few matches": {"ONE_BY_ONE": 0},
}


@pytest.mark.parametrize("limits", LIMITS.values(), ids=LIMITS.keys())
@given(runs=runs, data=st.data())
def test_a_result_is_shared_out_among_the_codes(
    limits: dict[str, int], runs: Sequence[tuple[int, int]], data: st.DataObject
) -> None:
    codes = [code for code, length in runs for _ in range(length)]
    result = data.draw(st.sets(st.integers(0, len(codes) - 1), max_size=60))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in limits.items():
            patch.setattr(tally, name, value)
        found = Shares(codes).counts(bits_of(result))

    assert +found == Counter(codes[at] for at in result)
