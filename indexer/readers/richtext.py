"""RTF: what any word processor of the last forty years writes."""

from __future__ import annotations

import re

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark
from backstory.indexer.readers import Format, Reading, Source, metadata, title_from_name
from backstory.indexer.readers.blocks import Block, paragraphs

FORMAT = Format(
    "an RTF text",
    suffixes=(".rtf",),
    magic=(b"{\\rtf",),
    media_types={"application/rtf": ".rtf", "text/rtf": ".rtf"},
    packages=("striprtf",),
)

_INFO = re.compile(r"\{\\(title|author|keywords)\s+((?:[^{}\\]|\\.)*)\}")
_CREATED = re.compile(r"\{\\creatim\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})")
_HEAD = 50_000
_MAX_TITLE = 120


def read(source: Source) -> Reading:
    """Read an RTF text."""
    from striprtf.striprtf import rtf_to_text

    raw = source.data.decode("latin-1")
    if not raw.lstrip().startswith("{\\rtf"):
        raise UnreadableDocument(source.name, "not an RTF text", Code.BROKEN)
    fields, notes = _fields(raw[:_HEAD], source.name)
    lines = [line for line in rtf_to_text(raw, errors="replace").split("\n") if line.strip()]
    title, cut = paragraphs(_blocks(lines), fields.get("title", ""))
    if not cut:
        raise UnreadableDocument(source.name, "empty", Code.EMPTY)
    fields["title"] = title or title_from_name(source.name)
    if source.is_cut:
        notes += (Remark.of(Code.CUT, limit=source.settings.max_file_mb),)
    return Reading(cut, notes=notes, **fields)


def _blocks(lines: list[str]) -> list[Block]:
    """Return the paragraphs; a short first line without an end is the title."""
    found = [Block(_row(line) if line.rstrip().endswith("|") else line) for line in lines]
    is_row = bool(lines) and lines[0].rstrip().endswith("|")
    first = found[0].text.strip() if len(found) > 1 and not is_row else ""
    if first and len(first) <= _MAX_TITLE and first[-1] not in ".,;:!?…":
        found[0] = Block(first, level=1)
    return found


def _row(line: str) -> str:
    return ", ".join(filter(None, map(str.strip, line.split("|"))))


def _fields(head: str, name: str) -> tuple[metadata.Fields, metadata.Notes]:
    from striprtf.striprtf import rtf_to_text

    found: dict[str, object] = {}
    for key, value in _INFO.findall(head):
        text = rtf_to_text(f"{{\\rtf1\\ansi {value}}}", errors="replace").strip()
        found["tags" if key == "keywords" else key] = text
    created = _CREATED.search(head)
    notes: metadata.Notes = ()
    if created:
        found["date"] = "-".join(created.groups())
    fields, more = metadata.clean(found, name)
    if "date" in fields:
        notes = (metadata.date_note(fields["date"], "the file's metadata"),)
    return fields, (*more, *notes)
