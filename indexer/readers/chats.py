"""Chats as WhatsApp exports them: every message a paragraph, with its time and who wrote it.

Each phone writes dates as its owner does: `[12.03.19, 21:05:33] Ann: …`, `3/12/19, 9:05 PM - …`.
Which number is the day is told by all dates of a chat together. A message goes on up to the next
line that begins with a date.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from backstory.engine.dates import PartialDate
from backstory.indexer.readers import Paragraph, Reading

_BLANK = r"[ \t\u00a0\u202f]"
_MARKS = "\u200e\u200f\u202a\u202c\ufeff"
_BEGIN = re.compile(
    rf"^[{_MARKS}]*(?P<bracket>\[)?"
    r"(?P<a>\d{1,4})(?P<sign>[./-])[ ]?(?P<b>\d{1,2})(?P=sign)[ ]?(?P<c>\d{2,4})\.?"
    rf"[,،]?{_BLANK}+(?:(?:um|at|às|a las|à|kl\.?){_BLANK}+)?"
    rf"(?P<half1>[上下]午|오[전후]|午[前後])?{_BLANK}*"
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d\d)(?:[:.](?P<second>\d\d))?"
    rf"(?:{_BLANK}*(?P<half2>[AaPp])\.?{_BLANK}*[Mm]\b\.?|{_BLANK}*Uhr)?"
    rf"(?(bracket)\]{_BLANK}?|{_BLANK}[-–—]{_BLANK})",
    re.MULTILINE,
)
_NO_MARK = re.compile(f"[{_MARKS}]")
_SPEAKER = re.compile(rf"([^:\n\"“”«»]{{1,80}}?){_BLANK}?:(?:[ \t\n]|\Z)")
_AFTERNOON = frozenset("pP") | {"下午", "오후", "午後"}
_FIRST_LINES = 3  # in which the first message of a chat begins
_ENOUGH = 2
_MOST_AUTHORS = 20


@dataclass(frozen=True, slots=True)
class _Message:
    """A message from one offset of the text to another; `numbers` are those of its date."""

    numbers: tuple[int, int, int]
    time: str
    has_half: bool  # AM or PM
    speaker: str
    said: str
    start: int
    end: int


def read_chat(text: str, title: str) -> Reading | None:
    """Return the reading of an exported chat, None for any other text."""
    if not _begins_as_chat(text):
        return None
    messages = list(_messages(text))
    if len(messages) < _ENOUGH or not any(each.speaker for each in messages):
        return None
    dates = _dates(messages)
    above = text[: messages[0].start].strip(f" \n{_MARKS}")
    paragraphs = [Paragraph(above, end=messages[0].start)] if above else []
    paragraphs += [_paragraph(*each) for each in zip(messages, dates, strict=True)]
    counts = Counter(each.speaker for each in messages if each.speaker)
    author = ", ".join(name for name, _ in counts.most_common(_MOST_AUTHORS))
    last = str(max(filter(None, dates), default=""))
    return Reading(tuple(paragraphs), title, author=author, date=last, kind="chat")


def _begins_as_chat(text: str) -> bool:
    lines = (line for line in text[:2_000].split("\n") if line.strip())
    return any(_BEGIN.match(line) for line in islice(lines, _FIRST_LINES))


def _messages(text: str) -> Iterator[_Message]:
    begins = list(_BEGIN.finditer(text))
    ends = [match.start() for match in begins[1:]] + [len(text)]
    for match, end in zip(begins, ends, strict=True):
        rest = _NO_MARK.sub("", text[match.end() : end])
        named = _SPEAKER.match(rest)
        said = rest[named.end() :] if named else rest
        yield _Message(
            numbers=(int(match["a"]), int(match["b"]), int(match["c"])),
            time=_time(match),
            has_half=bool(match["half1"] or match["half2"]),
            speaker=" ".join(named[1].split()) if named else "",
            said=" ".join(said.split()),
            start=match.start(),
            end=match.start() + len(text[match.start() : end].rstrip()),
        )


def _time(match: re.Match[str]) -> str:
    hour, half = int(match["hour"]), match["half1"] or match["half2"]
    if half:
        hour = hour % 12 + 12 * (half in _AFTERNOON)
    return ":".join(filter(None, (f"{hour:02}", match["minute"], match["second"])))


def _paragraph(message: _Message, date: PartialDate | None) -> Paragraph:
    when = f"{date} {message.time}" if date else message.time
    who = f"{message.speaker}: " if message.speaker else ""
    return Paragraph(f"{when} · {who}{message.said}", start=message.start, end=message.end)


# --- Dates


def _dates(messages: Sequence[_Message]) -> list[PartialDate | None]:
    """Return the day of each message: read in the order of numbers that fits all of them best."""
    numbers = [each.numbers for each in messages]
    if numbers[0][0] > 31:  # the year comes first
        return [_date(*each) for each in numbers]
    by_day = [_date(year, month, day) for day, month, year in numbers]
    by_month = [_date(year, month, day) for month, day, year in numbers]
    is_american = sum(each.has_half for each in messages) * 2 > len(messages)
    first, second = (by_month, by_day) if is_american else (by_day, by_month)
    return first if _faults(first) <= _faults(second) else second


def _faults(dates: Sequence[PartialDate | None]) -> int:
    """Return how many are no days, or come before the one above them."""
    known = [each for each in dates if each]
    return len(dates) - len(known) + sum(b < a for a, b in pairwise(known))


def _date(year: int, month: int, day: int) -> PartialDate | None:
    try:
        return PartialDate(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        return None
