"""Strips: a tick for each passage, in its place."""

from __future__ import annotations

import re

from backstory.engine.candidates import Places
from backstory.webui.dispersion import LENGTH, MOST_TICKS, dispersion_plot


def positions(path):
    return [int(x) for x in re.findall(r"M(\d+) 0V10", path)]


def test_ticks_stand_where_the_passages_do():
    shown = dispersion_plot(Places((1, 5, 10), 10), own=5)
    assert positions(shown.ticks) == [50, 950]
    assert positions(shown.own) == [450]
    assert shown.label == "3 of 10 passages of this document match"


def test_only_passage_stands_in_the_middle():
    assert positions(dispersion_plot(Places((1,), 1)).ticks) == [LENGTH // 2]


def test_more_ticks_than_can_be_told_apart_are_thinned_out():
    shown = dispersion_plot(Places(tuple(range(1, 10_001)), 10_000))
    assert len(positions(shown.ticks)) <= MOST_TICKS
    assert max(positions(shown.ticks)) <= LENGTH
    assert shown.matching == 10_000
