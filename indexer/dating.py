"""The date of a document that does not state one: from its first lines, or else its file's name.

A date that the front matter or metadata gives stays as it is. When a program made the file, which
PDFs and office files tell, is only guessed to be the date: the text and the name go before it. In
the text only a line that says when it was written counts, and only where no other line claims
another day; the dates of what a text tells about are not its own. The time of the file is no date
of the document: copying, unpacking and downloading all set it anew. The document's notes say where
a date was found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from backstory.engine.dates import PartialDate
from backstory.engine.languages import languages
from backstory.engine.remarks import Code
from backstory.indexer.readers import Reading
from backstory.indexer.readers.metadata import date_note

_FIRST = 4
_MAX_LINE = 120
_MONTHS = {
    name: number
    for each in languages()
    for name, number in each.month_numbers(with_short=False).items()
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATES = re.compile(
    rf"\b(?P<y1>\d{{4}})-(?P<m1>\d\d)-(?P<d1>\d\d)\b"
    rf"|\b(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?: de| of)? (?P<m2>{_MONTH})\.?,?(?: del?)?"
    r" (?P<y2>\d{4})\b"
    rf"|\b(?P<m3>{_MONTH})\.? (?P<d3>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y3>\d{{4}})\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\d{4}")
# What may stand beside the date in a line that is about the date: who, where, on which day.
_SAYS_WHEN = re.compile(
    r"\b(?:published|posted|updated|written|dated|date|publicado|actualizado|fecha)\b",
    re.IGNORECASE,
)
_MAX_BESIDE = 30
_IN_NAME = re.compile(r"(?<!\d)(\d{4})([-_.]?)(\d\d)\2(\d\d)(?!\d)")


def with_date(reading: Reading, name: str) -> Reading:
    """Return the reading with a date, if it has none and one can be told; a note says whence."""
    if reading.date and not any(note.code is Code.DATE_GUESSED for note in reading.notes):
        return reading
    for date, where in ((_of_text(reading), "the text"), (_of_name(name), "the name of the file")):
        if date:
            notes = (note for note in reading.notes if note.code is not Code.DATE_GUESSED)
            return replace(reading, date=date, notes=(*notes, date_note(date, where)))
    return reading


def _of_text(reading: Reading) -> str:
    found = set()
    for paragraph in reading.paragraphs[:_FIRST]:
        if paragraph.confidence is None and len(paragraph.text) <= _MAX_LINE:
            dates = list(_dates(paragraph.text))
            beside = len(paragraph.text) - sum(length for _, length in dates)
            if dates and (beside <= _MAX_BESIDE or _SAYS_WHEN.search(paragraph.text)):
                found |= {date for date, _ in dates}
    return found.pop() if len(found) == 1 else ""


def _dates(text: str) -> Iterator[tuple[str, int]]:
    # Every date has its year; few lines have one, and this search takes a tenth of the other.
    for match in _DATES.finditer(text) if _YEAR.search(text) else ():
        year, month, day = (
            next(part for form in "123" if (part := match[f"{key}{form}"])) for key in "ymd"
        )
        number = int(month) if month.isdigit() else _MONTHS[month.lower()]
        if date := _iso(int(year), number, int(day)):
            yield date, len(match[0])


def _of_name(name: str) -> str:
    found = {
        date
        for match in _IN_NAME.finditer(PurePosixPath(name).name)
        if (date := _iso(int(match[1]), int(match[3]), int(match[4])))
    }
    return found.pop() if len(found) == 1 else ""


def _iso(year: int, month: int, day: int) -> str:
    try:
        return str(PartialDate(year, month, day)) if year >= 1500 else ""
    except ValueError:
        return ""
