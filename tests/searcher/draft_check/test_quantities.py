"""Numbers are read as values: words, scales, separators, currencies, percentages and measures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.searcher.draft_check.quantities import quantities


@pytest.mark.parametrize(
    ("text", "values", "unit"),
    [
        ("15", (15,), ""),
        ("30,000 people", (30_000, 30), ""),
        ("30.000", (30_000, 30), ""),
        ("1,234,567", (1_234_567,), ""),
        ("1.234.567,89", (1_234_567.89,), ""),
        ("30 000", (30_000,), ""),
        ("3.5", (3.5,), ""),
        ("fifty-one", (51,), ""),
        ("three hundred and two", (302,), ""),
        ("two million three hundred thousand", (2_300_000,), ""),
        ("a dozen", (12,), ""),
        ("half a million", (500_000,), ""),
        ("$3.5bn", (3_500_000_000,), "dollar"),
        ("3,500 million dollars", (3_500_000_000, 3_500_000), "dollar"),
        ("US$ 20 million", (20_000_000,), "dollar"),
        ("USD 20m", (20_000_000,), "dollar"),
        ("35 million US dollars", (35_000_000,), "dollar"),
        ("eight million dollars", (8_000_000,), "dollar"),
        ("€12", (12,), "euro"),
        ("12 €", (12,), "euro"),
        ("46%", (46,), "percent"),
        ("46 per cent", (46,), "percent"),
        ("46 pct", (46,), "percent"),
        ("0.5 tonnes", (500,), "kilogram"),
        ("800 kilograms", (800,), "kilogram"),
        ("two kilometres", (2_000,), "metre"),
        ("41st", (41,), "ordinal"),
        ("tenth", (10,), "ordinal"),
        ("38-year-old", (38,), "year"),
    ],
)
def test_a_number_has_its_values_and_its_unit(
    text: str, values: tuple[float, ...], unit: str
) -> None:
    (found,) = quantities(f"It was {text} then.")
    assert found.values == pytest.approx(values)
    assert found.unit == unit


@pytest.mark.parametrize(
    ("text", "values", "unit"),
    [
        ("treinta y cinco mil", (35_000,), ""),
        ("tres mil millones de dólares", (3_000_000_000,), "dollar"),
        ("50.000 millones de dólares", (50_000_000_000, 50_000_000), "dollar"),
        ("quinientas toneladas", (500_000,), "kilogram"),
        ("15 por ciento", (15,), "percent"),
        ("once", (11,), ""),
    ],
)
def test_spanish_numbers(text: str, values: tuple[float, ...], unit: str) -> None:
    (found,) = quantities(f"Fueron {text} entonces.", "es")
    assert found.values == pytest.approx(values)
    assert found.unit == unit


@pytest.mark.parametrize(
    "text",
    [
        "He came once and one of them saw it.",
        "At 10:30 the type C-4 and flight AB/123 of the G7 left.",
        "Nobody, neither he nor a man of hers, said so.",
    ],
)
def test_what_is_no_number(text: str) -> None:
    assert quantities(text) == []


@pytest.mark.parametrize(
    ("one", "other", "are_equal"),
    [
        ("$3.5bn", "3,500 million dollars", True),
        ("30,000", "30.000", True),
        ("fifteen", "15", True),
        ("two tonnes", "2,000 kg", True),
        ("51", "fifty-one years", True),
        ("15", "16", False),
        ("15%", "15", False),
        ("$15", "15 euros", False),
        ("15", "15th", False),
    ],
)
def test_when_two_numbers_are_the_same(one: str, other: str, are_equal: bool) -> None:
    (first,), (second,) = quantities(one), quantities(other)
    assert first.equals(second) is second.equals(first) is are_equal


def test_about_may_be_near() -> None:
    (about,), (exact,), (far,) = (quantities(t) for t in ("about 3,000", "2,973", "2,400"))
    assert about.is_near(exact)
    assert not about.is_near(far)
    assert not exact.is_near(about)


def test_a_range_has_the_unit_of_its_end() -> None:
    assert [q.unit for q in quantities("from 10 to 12 per cent")] == ["percent", "percent"]
    assert [q.unit for q in quantities("between 300 and 400 members")] == ["", ""]


@given(st.text(alphabet="1203.,-$€%m bn kfiftyoneandhalf \u202f", max_size=40))
def test_any_text_gives_quantities_in_order(text: str) -> None:
    found = quantities(text)
    for each in found:
        assert text[each.start : each.end] == each.text
    assert [each.start for each in found] == sorted(each.start for each in found)
