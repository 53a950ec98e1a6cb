"""Logs: entries begin with a time, and those of one minute are a passage under that minute.

Lines without a time, as of a stack trace, go on with the entry above. A file in which hardly a
line has one is read as a plain text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from backstory.engine.dates import MONTHS, PartialDate
from backstory.indexer.readers import Format, Paragraph, Reading, Source, metadata, title_from_name
from backstory.indexer.readers import text as plain
from backstory.indexer.readers.encoding import read_text

FORMAT = Format("a log", suffixes=(".log",), is_plain_text=True)

_HEAD = 100  # characters of a line that a time may stand in
_MONTH = "|".join(month[:3] for month in MONTHS)
_MONTHS = {month[:3].lower(): number for number, month in enumerate(MONTHS, 1)}
_CLOCK = r"(?P<clock>\d{1,2}:\d\d)(?::\d\d)?"
_TIMES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # 2018-03-09T10:00:05Z, 2018/03/09 10:00
        rf"(?<!\d)(?P<year>\d{{4}})[-/.](?P<month>\d\d)[-/.](?P<day>\d\d)(?:[T ,_]+{_CLOCK})?",
        # [09/Mar/2018:10:00:05 +0000]
        rf"(?<!\d)(?P<day>\d\d)[/ -](?P<month>{_MONTH})[a-z]*[/ -](?P<year>\d{{4}})[: ,]+{_CLOCK}",
        # Fri Mar  9 10:00:05 2018
        rf"\b(?P<month>{_MONTH}) +(?P<day>\d{{1,2}}) {_CLOCK} (?P<year>\d{{4}})\b",
        # Mar  9 10:00:05, as syslog writes without the year
        rf"^\W*(?P<month>{_MONTH}) +(?P<day>\d{{1,2}}) {_CLOCK}",
        rf"^\W*{_CLOCK}\b",
    )
)
_ENOUGH = 600  # characters of a passage
_FEWEST = 0.2  # of the lines begin an entry


class _Entry(NamedTuple):
    """Where an entry stands in the text, and under which minute and on which day."""

    start: int
    end: int
    minute: str
    day: str


def read(source: Source) -> Reading:
    """Read a log, or a text that is called one."""
    text, notes = read_text(source)
    entries = list(_entries(text))
    timed = [entry for entry in entries if entry.minute]
    if len(timed) < max(_FEWEST * text.count("\n"), 1):
        return plain.read(source)
    found = tuple(_paragraph(text, run) for run in _runs(entries))
    day = next((entry.day for entry in timed if entry.day), "")
    if day:
        notes += (metadata.date_note(day, "its first entry"),)
    return Reading(found, title_from_name(source.name), date=day, kind="log", notes=notes)


def _entries(text: str) -> Iterator[_Entry]:
    open_entry: _Entry | None = None
    offset = 0
    for line in text.split("\n"):
        minute, day = _time(line[:_HEAD])
        end = offset + len(line)
        if minute or (open_entry is None and line.strip()):
            if open_entry is not None:
                yield open_entry
            open_entry = _Entry(offset, end, minute, day)
        elif open_entry is not None and line.strip():
            open_entry = open_entry._replace(end=end)
        offset = end + 1
    if open_entry is not None:
        yield open_entry


def _time(head: str) -> tuple[str, str]:
    """Return the minute and the day that a line begins with, "" for what is not there."""
    for pattern in _TIMES:
        if found := pattern.search(head):
            parts = found.groupdict()
            day = _day(parts) if parts.get("year") else ""
            if parts.get("year") and not day:
                continue
            if not day and parts.get("month"):
                day_shown = f"{parts['month']} {parts['day']}"
                return f"{day_shown} {parts['clock']}", ""
            return " ".join(filter(None, (day, parts["clock"]))), day
    return "", ""


def _day(parts: dict[str, str]) -> str:
    month = _MONTHS.get(parts["month"].lower()) or parts["month"]
    return str(PartialDate.of(f"{parts['year']}-{month}-{parts['day']}") or "")


def _runs(entries: Sequence[_Entry]) -> Iterator[Sequence[_Entry]]:
    run = [entries[0]]
    for entry in entries[1:]:
        if entry.minute != run[0].minute or entry.end - run[0].start > _ENOUGH:
            yield run
            run = []
        run.append(entry)
    yield run


def _paragraph(text: str, run: Sequence[_Entry]) -> Paragraph:
    start, end = run[0].start, run[-1].end
    return Paragraph(text[start:end], run[0].minute, start=start, end=end)
