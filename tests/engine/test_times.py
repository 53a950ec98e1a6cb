"""Times are written as on a player, and are told from the rest of an address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.documents import Passage
from backstory.engine.times import clock, split_time


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0:00:00"), (65.9, "0:01:05"), (3725, "1:02:05"), (360_000, "100:00:00")],
)
def test_a_time_is_written_as_on_a_player(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown


@given(st.text(min_size=1), st.integers(0, 3600 * 9999))
def test_a_time_at_the_end_of_an_address_is_read_again(document_id: str, seconds: int) -> None:
    assert split_time(f"{document_id}@{clock(seconds)}") == (document_id, seconds)


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("talk@1:02:05", ("talk", 3725)),
        ("talk@01:02:05", ("talk", 3725)),
        ("talk@2:05", ("talk", 125)),
        ("talk@90:00", ("talk", 5400)),
        ("a@b.example@0:05", ("a@b.example", 5)),
        ("talk@0:05#p3", ("talk@0:05#p3", None)),
        ("talk@5", ("talk@5", None)),
        ("talk@0:5", ("talk@0:5", None)),
        ("talk@0:60", ("talk@0:60", None)),
        ("talk@", ("talk@", None)),
        ("@0:05", ("@0:05", None)),
        ("a@b.example", ("a@b.example", None)),
        ("talk#p3", ("talk#p3", None)),
        ("", ("", None)),
    ],
)
def test_an_address_is_split_into_id_and_seconds(
    address: str, parts: tuple[str, int | None]
) -> None:
    assert split_time(address) == parts


def test_a_passage_tells_when_it_begins_if_it_is_spoken() -> None:
    assert Passage("a", 1, "…", seconds=(65, 80)).time == "0:01:05"
    assert Passage("a", 1, "…", seconds=(0, 80)).time == "0:00:00"
    assert Passage("a", 1, "…").time == ""
