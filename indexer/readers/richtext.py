"""RTF: what any word processor of the last forty years writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark
from backstory.indexer.readers import Format, Reading, Source, metadata, title_from_name
from backstory.indexer.readers.blocks import Block, paragraphs
from backstory.indexer.readers.rtf_text import RichText

FORMAT = Format(
    "an RTF text",
    suffixes=(".rtf",),
    magic=(b"{\\rtf",),
    media_types={"application/rtf": ".rtf", "text/rtf": ".rtf"},
)

_FIELDS = {"title": "title", "author": "author", "keywords": "tags", "creatim": "date"}
_MAX_TITLE = 120


def read(source: Source) -> Reading:
    """Read an RTF text."""
    if not source.data.lstrip().startswith(b"{\\rtf"):
        raise UnreadableDocument(source.name, "not an RTF text", Code.BROKEN)
    text = RichText(source.data)
    fields, notes = _fields(text.info, source.name)
    title, cut = paragraphs(_titled(list(text.blocks())), fields.get("title", ""))
    if not cut:
        raise UnreadableDocument(source.name, "empty", Code.EMPTY)
    fields["title"] = title or title_from_name(source.name)
    if source.is_cut:
        notes += (Remark.of(Code.CUT, limit=source.settings.max_file_mb),)
    return Reading(cut, notes=notes, left_out=tuple(text.left_out), **fields)


def _titled(blocks: Sequence[Block]) -> Sequence[Block]:
    """Take a short first line without an end for the title, where nothing is called a heading."""
    if len(blocks) < 2 or blocks[0].group or blocks[0].level:
        return blocks
    first = blocks[0].text.strip()
    if any(block.level for block in blocks) or len(first) > _MAX_TITLE or first[-1] in ".,;:!?…":
        return blocks
    return [replace(blocks[0], level=1), *blocks[1:]]


def _fields(info: dict[str, str], name: str) -> tuple[metadata.Fields, metadata.Notes]:
    own: dict[str, object] = {field: info.get(key, "") for key, field in _FIELDS.items()}
    fields, notes = metadata.clean(own, name)
    if "date" in fields:
        notes += (metadata.date_note(fields["date"], "the file's metadata"),)
    return fields, notes
