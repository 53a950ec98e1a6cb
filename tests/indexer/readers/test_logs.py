"""The entries of a minute are a passage of a log, with all lines that belong to them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from backstory.indexer.readers import Reading

ReadBytes = Callable[..., Reading]


def test_entries_of_a_minute_are_a_passage_under_it(read_bytes: ReadBytes) -> None:
    log = (
        "2018-03-09 10:00:01,123 INFO lamp on\n"
        "2018-03-09 10:00:05,001 ERROR invoice 114 lost\n"
        "Traceback:\n  at the ledger\n\n"
        "2018-03-09 10:02:00 INFO lamp off\n"
    )
    reading = read_bytes("light.log", log.encode())

    assert [(each.heading, each.text.split("\n")[-1]) for each in reading.paragraphs] == [
        ("2018-03-09 10:00", "  at the ledger"),
        ("2018-03-09 10:02", "2018-03-09 10:02:00 INFO lamp off"),
    ]
    assert (reading.date, reading.kind) == ("2018-03-09", "log")
    assert "2018-03-09 taken from its first entry" in reading.notes[-1].sentence
    assert all(log[each.start : each.end] == each.text for each in reading.paragraphs)


@pytest.mark.parametrize(
    ("line", "minute", "day"),
    [
        ("2018-03-09T10:00:05Z lamp on", "2018-03-09 10:00", "2018-03-09"),
        ("[2018/03/09 10:00:05] lamp on", "2018-03-09 10:00", "2018-03-09"),
        ("ERROR 2018.03.09 lamp on", "2018-03-09", "2018-03-09"),
        ('::1 - - [09/Mar/2018:10:00:05 +0000] "GET /"', "2018-03-09 10:00", "2018-03-09"),
        ("Fri Mar  9 10:00:05 2018 lamp on", "2018-03-09 10:00", "2018-03-09"),
        ("Mar  9 10:00:05 amaro lightd: lamp on", "Mar 9 10:00", ""),
        ("[10:00:05] lamp on", "10:00", ""),
    ],
)
def test_times_are_known_as_programs_write_them(
    read_bytes: ReadBytes, line: str, minute: str, day: str
) -> None:
    reading = read_bytes("a.log", line.encode())
    assert (reading.paragraphs[0].heading, reading.date) == (minute, day)


def test_a_minute_with_much_to_say_is_several_passages(read_bytes: ReadBytes) -> None:
    log = "".join(f"2018-03-09 10:00:{n:02} lamp {n} of the northern light\n" for n in range(60))
    found = read_bytes("a.log", log.encode()).paragraphs
    assert 4 < len(found) < 12
    assert " ".join(each.text for each in found).split() == log.split()


def test_a_log_without_times_is_a_text(read_bytes: ReadBytes) -> None:
    reading = read_bytes("a.log", b"The keeper writes what he likes.\n\nAnd when he likes.\n")
    assert [each.text for each in reading.paragraphs][-1] == "And when he likes."
    assert reading.kind == ""
