"""Counts, dates and unseen characters as a reader sees them."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from backstory.webui.wording import counted, duration, language_name, long_date, printable


@pytest.mark.parametrize(
    ("date", "shown"),
    [
        ("2018-09-08", "8 September 2018"),
        ("2018-09", "September 2018"),
        ("2018", "2018"),
        ("2018-13-01", "2018-13-01"),
        ("2018-09-08T10:00", "8 September 2018"),
        ("undated", "undated"),
        ("", ""),
    ],
)
def test_long_date_is_as_exact_as_the_date(date, shown):
    assert long_date(date) == shown


@pytest.mark.parametrize(
    ("number", "shown"), [(0, "0 hits"), (1, "1 hit"), (2, "2 hits"), (12_345, "12,345 hits")]
)
def test_counted(number, shown):
    assert counted(number, "hit") == shown


@pytest.mark.parametrize(("code", "name"), [("es", "Spanish"), ("xx", "xx"), ("", "")])
def test_language_name(code, name):
    assert language_name(code) == name


@pytest.mark.parametrize(("seconds", "shown"), [(0.0, "1 ms"), (0.0234, "23 ms"), (1.26, "1.3 s")])
def test_duration(seconds, shown):
    assert duration(seconds) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x00b\x1b", "a␀b␛"),
        ("line\nbreak\ttab", "line\nbreak\ttab"),
        ("\u202eevil", "\ufffdevil"),
        ("\udc80", "\ufffd"),
        ("שלום\u200f 日本 🗞", "שלום\u200f 日本 🗞"),
    ],
)
def test_printable_shows_what_cannot_be_seen(text, shown):
    assert printable(text) == shown
    assert len(printable(text)) == len(text)


def test_printable_leaves_markup_and_numbers_alone():
    assert printable(Markup("<b>")) == Markup("<b>")
    assert printable(7) == 7
