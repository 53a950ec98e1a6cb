"""Passages come in the exact order of their scores, whatever bounds they are found by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.candidates import Candidate
from backstory.engine.indexes.opensearch.bounds import Bounded, in_exact_order

found = st.tuples(
    st.sampled_from([0.0, 0.5, 1.0, 2.5, 7.0]),  # score
    st.sampled_from([1.0, 1.0, 1.25, 3.0]),  # how far the bound is above it
    st.booleans(),  # whether it matches
)


def bounded(score_: float, above: float, matches: bool, number: int) -> Bounded:
    address = f"d{number % 3}", number
    candidate = Candidate(address, score_, True) if matches else None
    return Bounded(score_ * above, address, candidate)


def pages_of(every: Sequence[Bounded], size: int) -> Iterator[list[Bounded]]:
    for start in range(0, len(every), size):
        yield list(every[start : start + size])


@given(st.lists(found, max_size=30), st.integers(1, 7))
def test_order_is_that_of_the_scores(given_: list[tuple[float, float, bool]], size: int) -> None:
    every = [bounded(*each, number) for number, each in enumerate(given_)]
    every.sort(key=lambda one: (-one.bound, one.address))
    candidates = [one.candidate for one in every if one.candidate]
    expected = sorted(candidates, key=lambda one: (-one.score, one.id))

    assert list(in_exact_order(pages_of(every, size))) == expected


def test_nothing_is_read_that_cannot_be_among_the_first() -> None:
    read = 0

    def pages() -> Iterator[list[Bounded]]:
        nonlocal read
        for number in range(100):
            read += 1
            yield [bounded(100.0 - number, 1.0, True, number)]

    ordered = in_exact_order(pages())
    assert [next(ordered).score for _ in range(3)] == [100.0, 99.0, 98.0]
    assert read == 4


def test_passages_without_a_score_come_as_they_are_read() -> None:
    read = 0

    def pages() -> Iterator[list[Bounded]]:
        nonlocal read
        for number in range(10):
            read += 1
            yield [Bounded(0.0, ("d", number), Candidate(("d", number), 0.0, True))]

    assert next(in_exact_order(pages())).id == ("d", 0)
    assert read == 1
