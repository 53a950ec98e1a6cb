"""Writes metadata: front matter of Markdown files, and a YAML sidecar of any other file.

Existing lines are kept, comments and unknown keys too; only the lines of fields that are set anew
are replaced. The result is parsed again; if it does not read as intended, all of the YAML is
written anew.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from backstory.indexer.readers import markdown
from backstory.indexer.readers.metadata import (
    MAX_METADATA,
    Fields,
    MetadataError,
    clean,
    field_of,
    flat,
    load,
)

_BORDER = "---"
_MARK = "\ufeff"


def with_fields(
    name: str, data: bytes, beside: bytes | None, fields: Fields
) -> tuple[bytes, bytes | None]:
    """Return the contents of the file and of its sidecar (None: no sidecar) with the fields set.

    Raises MetadataError if the sidecar cannot be parsed, or would become too long.
    """
    if not fields:
        return data, beside
    if beside is None and PurePosixPath(name).suffix.lower() in markdown.FORMAT.suffixes:
        # A page that is not UTF-8, or has front matter that nobody can read, is not touched.
        with contextlib.suppress(MetadataError, UnicodeDecodeError):
            return _with_front_matter(data.decode("utf-8"), fields).encode("utf-8"), None
    return data, sidecar(beside, fields)


def sidecar(beside: bytes | None, fields: Mapping[str, Any]) -> bytes:
    """Return the contents of a sidecar with the fields set; raises MetadataError."""
    try:
        text = beside.decode("utf-8-sig") if beside else ""
    except UnicodeDecodeError as error:
        raise MetadataError("not UTF-8") from error
    return _edited(text, fields).encode("utf-8")


def without_front_matter(name: str, data: bytes) -> bytes:
    """Return a Markdown file without its front matter; any other file as it is."""
    if PurePosixPath(name).suffix.lower() not in markdown.FORMAT.suffixes:
        return data
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data
    return _page(text).encode("utf-8")


def _page(text: str) -> str:
    return text[markdown.front_matter(text)[1] :].lstrip()


def _with_front_matter(text: str, fields: Fields) -> str:
    mark, whole = text[: text.startswith(_MARK)], text.removeprefix(_MARK)
    block, start = markdown.front_matter(whole)
    if start:
        at = whole.index(block, len(_BORDER))
        before, after = f"{whole[:at]}\n", whole[at + len(block) :]
    else:
        before, after = f"{_BORDER}\n", f"{_BORDER}\n\n{whole}"
    return mark + before + _edited(block.lstrip("\r\n"), fields) + after


def _edited(text: str, fields: Mapping[str, Any]) -> str:
    """Return YAML in which the fields are replaced or added, and everything else is kept."""
    given = {name: list(v) if isinstance(v, tuple) else v for name, v in flat(fields).items()}
    before = text if not text or text.endswith("\n") else f"{text}\n"
    intended = {key: v for key, v in load(before).items() if field_of(key) not in given} | given
    edited = _without(before, set(given)) + _dump(given)
    if not _reads_as(edited, intended):
        edited = _dump(intended)
    if len(edited) > MAX_METADATA:
        raise MetadataError(f"longer than {MAX_METADATA // 1024} KB")
    return edited


def _reads_as(text: str, intended: Mapping[str, object]) -> bool:
    try:
        return load(text) == intended and clean(load(text), "") == clean(intended, "")
    except MetadataError:
        return False


def _without(text: str, gone: set[str]) -> str:
    """Return YAML without the lines of some fields; what is not written in lines stays whole."""
    import yaml  # 0.02 s: only where metadata is given

    lines = text.splitlines(keepends=True)
    node = yaml.compose(text, Loader=yaml.BaseLoader)
    if not isinstance(node, yaml.MappingNode):
        return text
    for key, value in reversed(node.value):
        if field_of(key.value) in gone:
            first, last = key.start_mark.line, value.end_mark.line + bool(value.end_mark.column)
            while last > first + 1 and lines[last - 1].lstrip()[:1] in ("", "#"):
                last -= 1  # a comment on the next field
            del lines[first:last]
    return "".join(lines)


def _dump(fields: Mapping[str, object]) -> str:
    import yaml

    return str(yaml.safe_dump(dict(fields), allow_unicode=True, sort_keys=False, width=10_000))
