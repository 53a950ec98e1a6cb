"""Raised and lowered characters in a line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.indexer.readers.raised import Place, joined

PLACES = {"^": Place.RAISED, "_": Place.LOWERED, "=": Place.LINE}


def line(*written: str) -> str:
    """Join runs whose first character says where they stand."""
    return joined((each[1:], PLACES[each[0]]) for each in written)


@pytest.mark.parametrize(
    ("runs", "shown"),
    [
        (("=84 m", "^2"), "84 m²"),
        (("=3 km", "^2", "= of land"), "3 km² of land"),
        (("=kg/m", "^3"), "kg/m³"),
        (("=5 s", "^-1"), "5 s⁻¹"),
        (("=6 × 10", "^", "^2", "^3"), "6 × 10²³"),
        (("=H", "_2", "=O and CO", "_2"), "H₂O and CO₂"),
        (("=V", "_max"), "Vmax"),
        (("=word", "^12", "= goes on"), "word 12 goes on"),
        (("=in 2019", "^3", "=."), "in 2019 3."),
        (("=item", "^2"), "item 2"),
        (("=the end.", "^4", "= Next"), "the end. 4 Next"),
        (("^1", "=Department of Ports"), "1 Department of Ports"),
        (("=the 1", "^st", "= day"), "the 1st day"),
        (("=M", "^me", "= Falk"), "Mme Falk"),
        (("=Lighthouse", "^a", "= fund"), "Lighthouse a fund"),
        (("=Backstory", "^TM"), "Backstory TM"),
        (("=name", "^*", "=,"), "name*,"),
        ((), ""),
    ],
)
def test_a_number_belongs_to_a_word_or_is_parted_from_it(runs: tuple[str, ...], shown: str) -> None:
    assert line(*runs) == shown


@given(st.lists(st.tuples(st.text("am2é .-", max_size=4), st.sampled_from(list(Place)))))
def test_nothing_but_blanks_and_places_of_digits_is_changed(runs: list[tuple[str, Place]]) -> None:
    plain = str.maketrans("²⁻₂₋", "2-2-")
    written = "".join(text for text, _ in runs)
    assert joined(runs).translate(plain).replace(" ", "") == written.replace(" ", "")
