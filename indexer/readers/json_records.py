"""JSON: records and messages, each a passage with the names of its values.

A list of objects, wherever it stands, is a list of records. Of one that has a text (a message, a
post) the passage begins with who wrote it and when. What else a file has are values under a path,
`settings > mail`: those side by side are a passage. Nothing is left out.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark
from backstory.indexer.readers import Format, Paragraph, Reading, Source, rows, title_from_name
from backstory.indexer.readers import text as plain
from backstory.indexer.readers.encoding import read_text
from backstory.indexer.settings import RowSettings

FORMAT = Format(
    "a JSON text",
    suffixes=(".json", ".geojson"),
    media_types={"application/geo+json": ".geojson", "application/json": ".json"},
    is_plain_text=True,
    holds_members=True,  # where it is lines of JSON
)

BETWEEN = " > "
_WHO = ("from", "author", "sender", "user", "username", "speaker", "name", "real_name")
_WHEN = ("date", "timestamp", "time", "created_at", "sent_at", "published", "created", "ts")
_SECONDS = re.compile(r"(\d{9,10})(?:\.\d+)?")  # since 1970, as programs count
_MILLISECONDS = re.compile(r"(\d{12,13})")
_LONG = 400  # characters of a value that is a passage of its own
_SINCE = 300_000_000  # 1979: smaller numbers are no times

Record = Mapping[str, Any]


def read(source: Source) -> Reading:
    """Read JSON; what is JSON lines is read as such, and what is neither, as a plain text."""
    text, notes = read_text(source)
    try:
        # Numbers stay as they are written, and a name may stand twice in an object.
        content = json.loads(text, parse_int=str, parse_float=str, object_pairs_hook=_object)
    except ValueError as error:
        return _other(source, error)
    found, more = _limited(_paragraphs(content, (), source.rows), source)
    if not found:
        raise UnreadableDocument(source.name, "JSON without text", Code.EMPTY)
    title = _title(content, source.rows) or title_from_name(source.name)
    return Reading(found, title, notes=(*notes, *more))


def _other(source: Source, error: ValueError) -> Reading:
    """Read what is no JSON: lines of it, or a text."""
    first = source.data.lstrip().partition(b"\n")[0]
    with contextlib.suppress(ValueError):
        if isinstance(json.loads(first), dict):
            return rows.read(replace(source, name=f"{PurePosixPath(source.name).stem}.jsonl"))
    note = Remark.of(Code.READ_PLAINLY, what=FORMAT.label, why=f"broken JSON ({error})")
    reading = plain.read(source)
    return replace(reading, notes=(*reading.notes, note))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        number, free = 2, name
        while free in found:
            free, number = f"{name} ({number})", number + 1
        found[free] = value
    return found


def _limited(
    paragraphs: Iterator[Paragraph], source: Source
) -> tuple[tuple[Paragraph, ...], tuple[Remark, ...]]:
    """Return as many paragraphs as a file may have members, and a note where there are more."""
    most = source.formats.max_members
    taken: list[Paragraph] = []
    for paragraph in paragraphs:
        if len(taken) == most:
            limit = "formats.max_members"
            return tuple(taken), (
                Remark.of(Code.TOO_MANY, more="more", what="records", setting=limit),
            )
        taken.append(paragraph)
    return tuple(taken), ()


# --- Values


def _paragraphs(value: Any, path: tuple[str, ...], settings: RowSettings) -> Iterator[Paragraph]:
    heading = BETWEEN.join(path)
    if isinstance(value, dict):
        yield from _of_object(value, path, settings)
    elif isinstance(value, list):
        flat = [each for each in value if not isinstance(each, dict | list)]
        if len(flat) == len(value) and sum(len(_flat(each)) for each in flat) <= _LONG:
            flat, value = [], [", ".join(filter(None, map(_flat, flat)))]
        for each in value:
            if isinstance(each, dict) and _is_record(each):
                yield from _of_record(each, heading, settings)
            else:
                yield from _paragraphs(each, path, settings)
    elif text := _flat(value):
        yield Paragraph(text, heading)


def _of_object(value: Record, path: tuple[str, ...], settings: RowSettings) -> Iterator[Paragraph]:
    """Yield the values of an object side by side, then what stands below it."""
    beside = {name: each for name, each in value.items() if _is_beside(each)}
    shown = _labelled(beside)
    if shown:
        yield Paragraph(shown, BETWEEN.join(path))
    for name, each in value.items():
        if name not in beside:
            yield from _paragraphs(each, (*path, name), settings)


def _is_beside(value: Any) -> bool:
    return not isinstance(value, dict | list) and len(_flat(value)) <= _LONG


def _is_record(value: Record) -> bool:
    """Tell whether an object is one passage: what stands below it is no list of objects."""
    below = [each for each in value.values() if isinstance(each, dict)]
    lists = [each for each in value.values() if isinstance(each, list)]
    deep = (each for inner in below for each in inner.values())
    return not any(isinstance(each, dict | list) for each in deep) and not any(
        isinstance(each, dict | list) and not _is_piece(each) for inner in lists for each in inner
    )


def _is_piece(value: Any) -> bool:
    """Tell whether a value is a piece of a text, as exports of chats write links and mentions."""
    return isinstance(value, dict) and isinstance(value.get("text"), str)


def _of_record(record: Record, heading: str, settings: RowSettings) -> Iterator[Paragraph]:
    text_name = _named(record, settings.text)
    text = _text(record[text_name]) if text_name else ""
    if not text:
        if shown := _labelled(record):
            yield Paragraph(shown, heading)
        return
    who, when = _named(record, _WHO), _named(record, _WHEN)
    said = [_flat(record[who])] if who else []
    said += [_moment(_flat(record[when]))] if when else []
    rest = _labelled({n: v for n, v in record.items() if n not in (text_name, who, when)})
    head = f"{', '.join(filter(None, said))}: " if any(said) else ""
    yield Paragraph(f"{head}{text}{f' · {rest}' if rest else ''}", heading)


def _named(record: Record, names: tuple[str, ...]) -> str:
    """Return the name of the first of these values that a record has, "" for none."""
    lower = {name.lower(): name for name, value in record.items() if _flat(value)}
    return next((lower[name] for name in names if name in lower), "")


def _labelled(record: Record) -> str:
    texts = ((name, _flat(value)) for name, value in record.items())
    return " · ".join(f"{name}: {text}" for name, text in texts if text)


def _text(value: Any) -> str:
    """Return a text that may be written in pieces."""
    if isinstance(value, list):
        return "".join(map(_piece, value)).strip()
    return _flat(value)


def _piece(value: Any) -> str:
    if isinstance(value, str):
        return value
    return str(value["text"]) if _is_piece(value) else _flat(value)


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {text}" for name, each in value.items() if (text := _flat(each)))
    if isinstance(value, list):
        return _text(value) if any(map(_is_piece, value)) else ", ".join(map(_flat, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value).strip()


def _moment(text: str) -> str:
    """Return a time that a program wrote as a number as one that is read."""
    whole, fine = _SECONDS.fullmatch(text), _MILLISECONDS.fullmatch(text)
    seconds = int(whole[1]) if whole else int(fine[1]) // 1000 if fine else 0
    if seconds < _SINCE:
        return text
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _title(content: Any, settings: RowSettings) -> str:
    if not isinstance(content, dict):
        return ""
    name = _named(content, settings.title)
    return _flat(content[name])[:200] if name and isinstance(content[name], str) else ""
