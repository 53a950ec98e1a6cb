"""A Reading as JSON, and back again.

The process that made it may be in the hands of the document that it read. So everything is
checked as it is taken: types, sizes of numbers, and whether a remark can be shown.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

from backstory.engine.cells import rows_of
from backstory.engine.dates import PartialDate
from backstory.engine.remarks import Remark
from backstory.engine.times import Seconds
from backstory.indexer.exchange import FalseAnswer
from backstory.indexer.readers import LeftOut, Member, Paragraph, Reading

_LARGEST = 2**31 - 1  # offsets, pages and seconds
_DEEPEST = 20  # members within members
_LONGEST_NAME = 300
_TEXTS = ("title", "source", "author", "date", "language", "kind", "url")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_ADDRESS = re.compile(r"https?://[^\s/]", re.IGNORECASE)
_DIGEST = re.compile(r"(?:[0-9a-f]{64})?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def dump(*, reading: Reading | None = None, remark: Remark | None = None, tired: bool) -> bytes:
    """Return an answer: a reading, or the remark on why there is none."""
    record = _reading_record(reading) if reading is not None else None
    return json.dumps([record, remark.to_json() if remark else None, tired]).encode()


def load(answer: bytes) -> tuple[Reading | Remark, bool]:
    """Return a reading or a remark, and whether the process is tired; raises FalseAnswer."""
    try:
        record, remark, is_tired = json.loads(answer)
        if remark is not None:
            return _remark(remark), is_tired is True
        return _reading(record, 0), is_tired is True
    except FalseAnswer:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise FalseAnswer(f"{type(error).__name__}: {error}") from error


# --- To JSON


def _reading_record(reading: Reading) -> list[Any]:
    return [
        [_paragraph_record(each) for each in reading.paragraphs],
        [getattr(reading, name) for name in _TEXTS],
        reading.tags,
        [note.to_json() for note in reading.notes],
        [_member_record(member) for member in reading.members],
        dict(reading.facts),
        [[each.kind, each.text, each.page] for each in reading.left_out],
    ]


def _paragraph_record(made: Paragraph) -> list[Any]:
    return [getattr(made, name) for name in Paragraph.__slots__]


def _member_record(member: Member) -> list[Any]:
    reading = _reading_record(member.reading) if member.reading is not None else None
    remark = member.remark.to_json() if member.remark is not None else None
    return [member.name, member.sha256, reading, remark]


# --- From JSON


def _reading(record: Any, depth: int) -> Reading:
    if depth > _DEEPEST:
        raise FalseAnswer("members within members within members")
    paragraphs, texts, tags, notes, members, facts, left_out = _list(record)
    said = dict(zip(_TEXTS, map(_text, texts), strict=True))
    said["date"] = said["date"] if _is_date(said["date"]) else ""
    said["language"] = said["language"] if _LANGUAGE.fullmatch(said["language"]) else ""
    said["url"] = said["url"] if _ADDRESS.match(said["url"]) else ""
    return Reading(
        tuple(_paragraph(each) for each in _list(paragraphs)),
        tags=tuple(_text(each) for each in _list(tags)),
        notes=tuple(_remark(each) for each in _list(notes)),
        members=tuple(_member(each, depth) for each in _list(members)),
        facts={_text(name): _fact(value) for name, value in dict(facts).items()},
        left_out=tuple(_left_out(each) for each in _list(left_out)),
        **said,
    )


def _paragraph(record: Any) -> Paragraph:
    text, heading, page, start, end, seconds, cells, confidence = record
    if _text(cells) and not rows_of(cells):
        raise FalseAnswer("no cells")
    return Paragraph(
        _text(text),
        _text(heading),
        _page(page),
        _count(start),
        _count(end),
        None if seconds is None else _seconds(seconds),
        _text(cells),
        None if confidence is None else _confidence(confidence),
    )


def _left_out(record: Any) -> LeftOut:
    kind, text, page = _list(record)
    return LeftOut(_text(kind), _text(text), _page(page))


def _page(value: Any) -> int | None:
    return None if value is None else _count(value)


def _member(record: Any, depth: int) -> Member:
    name, digest, reading, remark = _list(record)
    if not _DIGEST.fullmatch(_text(digest)):
        raise FalseAnswer("no digest")
    return Member(
        name_within(_text(name)),
        digest,
        reading=_reading(reading, depth + 1) if reading is not None else None,
        remark=_remark(remark) if remark is not None else None,
    )


def name_within(name: str) -> str:
    """Return a member's name as a path that stays where it is put."""
    parts = [part for part in name.split("/") if part not in ("", ".", "..")]
    return _CONTROL.sub("_", "/".join(parts))[:_LONGEST_NAME] or "…"


def _remark(record: Any) -> Remark:
    remark = Remark.from_json(record)
    if not all(type(value) in (str, int) or _is_number(value) for _, value in remark.data):
        raise FalseAnswer("a remark of other things than texts and numbers")
    _ = remark.sentence  # raises where it lacks something
    return remark


def _is_number(value: Any) -> bool:
    return type(value) is float and math.isfinite(value)


def _fact(value: Any) -> Any:
    return tuple(_text(each) for each in value) if isinstance(value, list) else _text(value)


def _seconds(value: Any) -> Seconds:
    first, last = _list(value)
    return _count(first), _count(last)


def _list(value: Any) -> list[Any]:
    if type(value) is not list:
        raise FalseAnswer(f"{type(value).__name__} where a list is due")
    return value


def _text(value: Any) -> str:
    if type(value) is not str:
        raise FalseAnswer(f"{type(value).__name__} where a text is due")
    return value


def _count(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= _LARGEST:
        raise FalseAnswer("no count")
    return value


def _confidence(value: Any) -> int:
    if _count(value) > 100:
        raise FalseAnswer("no confidence")
    return int(value)


def _is_date(text: str) -> bool:
    return not text or str(PartialDate.of(text) or "") == text
