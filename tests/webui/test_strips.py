"""Strips: a tick for each passage, in its place."""

from __future__ import annotations

import re

from backstory.engine.candidates import Places
from backstory.webui.strips import LENGTH, MOST_TICKS, strip


def at(path):
    return [int(x) for x in re.findall(r"M(\d+) 0V10", path)]


def test_ticks_stand_where_the_passages_do():
    shown = strip(Places((1, 5, 10), 10), own=5)
    assert at(shown.ticks) == [50, 950]
    assert at(shown.own) == [450]
    assert shown.label == "3 of 10 passages of this document match"


def test_only_passage_stands_in_the_middle():
    assert at(strip(Places((1,), 1)).ticks) == [LENGTH // 2]


def test_more_ticks_than_can_be_told_apart_are_thinned_out():
    shown = strip(Places(tuple(range(1, 10_001)), 10_000))
    assert len(at(shown.ticks)) <= MOST_TICKS
    assert max(at(shown.ticks)) <= LENGTH
    assert shown.found == 10_000
