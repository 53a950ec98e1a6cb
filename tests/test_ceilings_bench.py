"""The parts of bench/ceilings.py that measure nothing: intervals, turns, verdicts, lines."""

from __future__ import annotations

import subprocess
import sys
from itertools import product
from pathlib import Path
from types import ModuleType

import pytest
from bench_modules import BENCH, load
from hypothesis import given
from hypothesis import strategies as st

intervals = load("intervals")
lines = load("lines")
processes = load("processes")


@pytest.fixture
def ceilings(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the script itself, which imports others of its folder."""
    monkeypatch.syspath_prepend(BENCH)
    return load("ceilings")


@pytest.fixture
def sides(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the module of the checkouts and their turns, which imports others, too."""
    monkeypatch.syspath_prepend(BENCH)
    return load("sides")


@pytest.mark.parametrize("count", range(1, 12))
@pytest.mark.parametrize("wanted", [0.5, 0.8, 0.95])
def test_the_confidence_is_the_share_of_all_samples_whose_interval_holds(
    count: int, wanted: float
) -> None:
    samples = [
        [side * size for size, side in enumerate(sides, 1)]
        for sides in product((-1.0, 1.0), repeat=count)
    ]
    found = [intervals.median_interval(sample, wanted) for sample in samples]
    share = sum(interval.low < 0 < interval.high for interval in found) / len(found)
    assert {interval.confidence for interval in found} == {share}


@pytest.mark.parametrize(
    ("count", "low", "high"), [(1, 1, 1), (5, 1, 5), (6, 1, 6), (9, 2, 8), (20, 6, 15), (25, 8, 18)]
)
def test_the_interval_is_the_one_of_the_tables(count: int, low: int, high: int) -> None:
    interval = intervals.median_interval(range(count, 0, -1))
    assert (interval.low, interval.high) == (low, high)
    assert (interval.confidence >= 0.95) == (count >= 6)


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=40), st.randoms())
def test_the_order_of_measurements_is_of_no_account(values: list[float], random_: object) -> None:
    interval = intervals.median_interval(values)
    shuffled = list(values)
    random_.shuffle(shuffled)  # type: ignore[attr-defined]
    assert intervals.median_interval(shuffled) == interval
    assert interval.low <= interval.median <= interval.high


def test_no_measurements_are_refused() -> None:
    with pytest.raises(ValueError, match="no measurements"):
        intervals.median_interval([])


@pytest.mark.parametrize(
    ("ceiling", "verdict"),
    [
        (4.0, "met"),
        (3.0, "met"),
        (2.5, "met, not certain"),
        (2.0, "met, not certain"),
        (1.9, "**missed**, not certain"),
        (1.0, "**missed**, not certain"),
        (0.9, "**missed**"),
    ],
)
def test_a_ceiling_within_the_interval_is_no_certain_verdict(ceiling: float, verdict: str) -> None:
    assert intervals.Interval(2.0, 1.0, 3.0, 0.95).verdict(ceiling) == verdict


def test_a_line_shows_both_sides_the_interval_and_the_verdict(ceilings: ModuleType) -> None:
    found = {"words": {"here": [1.0, 3.0, 2.0, 1.5, 2.5, 2.0], "other": [4.0] * 6}}
    assert ceilings.Line("words", "ms", 3).cells(found, 6) == [
        *("words", "2 ms", "1 to 3 ms", "4 ms", "≤ 3 ms", "met"),
    ]


def test_a_line_of_fewer_turns_says_how_many_and_how_little_they_say(ceilings: ModuleType) -> None:
    found = {"index": {"here": [1.0, 3.0, 2.0]}}
    assert ceilings.Line("index", "s").cells(found, 20)[:3] == [
        *("index (3 pairs)", "2 s", "1 to 3 s (75 %)"),
    ]


def test_a_ceiling_that_was_not_measured_is_neither_met_nor_left_out(ceilings: ModuleType) -> None:
    assert ceilings.Line("words", "ms", 3).cells({}, 20) == [
        *("words", "not measured", "", "not measured", "≤ 3 ms", ""),
    ]


def test_everybody_has_a_turn_each_round_and_somebody_else_begins(sides: ModuleType) -> None:
    order: list[tuple[str, int]] = []

    def task(name: str, turn: int) -> str:
        order.append((name, turn))
        return f"{name}{turn}"

    tasks = {name: lambda turn, name=name: task(name, turn) for name in "abc"}
    given_ = sides.by_turns(3, tasks)
    assert given_ == {name: [f"{name}{turn}" for turn in range(3)] for name in "abc"}
    assert ["".join(name for name, at in order if at == turn) for turn in range(3)] == [
        *("abc", "bca", "cab"),
    ]


def test_lines_of_python_count_once_and_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "engine" / "inner").mkdir(parents=True)
    (tmp_path / "engine" / "inner" / "a.py").write_text('"""Idea."""\n\nX = 1\n')
    (tmp_path / "engine" / "notes.txt").write_text("no code\n")
    (tmp_path / "backstory").mkdir()
    (tmp_path / "backstory" / "api.py").write_text("Y = 2\n")
    (tmp_path / "backstory" / "engine").symlink_to(Path("..", "engine"))
    (tmp_path / "backstory" / "a.py").symlink_to(Path("..", "engine", "inner", "a.py"))
    counted = lines.python_lines(tmp_path)
    assert counted == dict.fromkeys(lines.ROOMS, 0) | {"engine": 3, "backstory": 1}


def test_lines_of_the_page_are_those_of_templates_style_and_script(tmp_path: Path) -> None:
    for name in ("templates/a.html", "static/a.css", "static/a.js", "static/a.svg", "a.py"):
        path = tmp_path / "webui" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("line\n")
    assert lines.page_lines(tmp_path) == 3
    assert lines.python_lines(tmp_path)["webui"] == 1


def test_a_measured_process_has_no_scipy_and_nothing_of_this_one_s_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "unwanted.py").touch()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    for name, reason in (("scipy", "SciPy is hidden"), ("unwanted", "No module named")):
        done = subprocess.run(
            (sys.executable, "-P", "-c", f"import {name}"),
            env=processes.environment(),
            capture_output=True,
            text=True,
        )
        assert reason in done.stderr


def test_more_can_be_hidden_from_a_measured_process(tmp_path: Path) -> None:
    (tmp_path / "numpy.py").write_text("raise ImportError('hidden, too')")
    done = subprocess.run(
        (sys.executable, "-P", "-c", "import numpy"),
        env=processes.environment(tmp_path),
        capture_output=True,
        text=True,
    )
    assert "hidden, too" in done.stderr
