"""Which passages are short enough for a word to give a share of its weight there."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.backends.whoosh.bitsets import members
from backstory.engine.backends.whoosh.lengths import LONG, Lengths
from backstory.engine.backends.whoosh.schema import HEADER
from backstory.engine.ranking import BM25, score

numbers = st.one_of(
    st.integers(0, 40), st.integers(250, 260), st.sampled_from([256, 511, 512, 70_000, HEADER])
)
held = st.lists(st.lists(numbers, max_size=30), min_size=1, max_size=3)
rankings = st.builds(BM25, st.sampled_from([0.0, 0.4, 1.2, 9.0]), st.sampled_from([0.0, 0.75, 1.0]))


class Segment:
    """A segment that has nothing but lengths."""

    def __init__(self, lengths: Sequence[int]) -> None:
        self.lengths = array("I", lengths)


def made(held: Sequence[Sequence[int]]) -> Any:
    segments: Any = [Segment(lengths) for lengths in held]
    return Lengths(segments, 20.0)


@given(held, st.integers(0, LONG - 1))
def test_entries_shorter_than_a_length(held: list[list[int]], length: int) -> None:
    every = [each for part in held for each in part]
    lengths = made(held)

    shorter = [at for at, each in enumerate(every) if each < length]
    assert members(lengths.shorter_than(length)) == shorter
    assert members(lengths.shorter_than(LONG)) == list(range(len(every)))


@given(held, rankings, st.integers(1, 16), st.floats(0.01, 0.99))
def test_no_passage_that_reaches_a_share_is_left_out(
    held: list[list[int]], ranking: BM25, frequency: int, share: float
) -> None:
    lengths = made(held)
    norms = lengths.norms(ranking)
    within = set(members(lengths.shorter_than(norms.longest(frequency, share))))

    for at, length in enumerate(each for part in held for each in part):
        reaches = score(1.0, frequency, ranking.norm(length, 20.0)) >= share
        assert at in within or not reaches
        if length < LONG:
            assert reaches or at not in within


@given(held, rankings)
def test_norms_are_those_of_the_ranking(held: list[list[int]], ranking: BM25) -> None:
    lengths = made(held)
    expected = [ranking.norm(length, 20.0) for part in held for length in part]

    assert lengths.norms_of(range(len(expected)), lengths.norms(ranking)) == expected
