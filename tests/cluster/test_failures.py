"""The helpers for tests of failures, tried on what needs no cluster."""

from __future__ import annotations

import itertools

import pytest

from tests.cluster.failures import SteppedProcess, repeating, wait_until

WRITER = """
from tests.cluster.failures import reach
reach("write"); print("written", flush=True); reach("commit"); print("committed")
"""


def test_every_answer_and_every_error_is_recorded() -> None:
    numbers = itertools.count()

    def call() -> int:
        number = next(numbers)
        if number % 2:
            raise ValueError(number)
        return number

    with repeating(call, threads=2) as answers:
        answers.wait_for(20)
    assert len(answers.all) >= 20
    assert sorted(answers.values) == list(range(0, 2 * len(answers.values), 2))
    assert {type(error) for error in answers.errors} == {ValueError}
    assert all(each.began <= each.ended for each in answers.all)


def test_what_does_not_become_true_is_an_error() -> None:
    with pytest.raises(AssertionError, match=r"rain: not within 0\.1 seconds"):
        wait_until(lambda: False, 0.1, "rain")


def test_a_program_stops_at_its_step_and_goes_on() -> None:
    with SteppedProcess(WRITER, stop_at="commit") as writer:
        writer.wait_for_step()
        writer.pause()
        writer.resume()
        writer.go_on()
        assert writer.finish() == (0, "committed\n")


def test_a_program_is_killed_at_its_step() -> None:
    with SteppedProcess(WRITER, stop_at="write") as writer:
        writer.wait_for_step()
        writer.kill()
        assert writer.finish() == (-9, "")


def test_a_program_without_a_step_runs_through() -> None:
    with SteppedProcess(WRITER) as writer:
        assert writer.finish() == (0, "written\ncommitted\n")


def test_a_step_that_is_never_reached_is_an_error() -> None:
    with (
        SteppedProcess(WRITER, stop_at="vacuum") as writer,
        pytest.raises(AssertionError, match="did not come to 'vacuum'"),
    ):
        writer.wait_for_step()
