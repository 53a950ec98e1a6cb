"""Mails that Outlook saved one by one (`.msg`), with what is attached, like those of a mailbox.

A message is a container of properties by number ([MS-OXMSG]). Its plain text is read, or else its
HTML, or else its RTF. Messages that are attached are read as what they are.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code
from backstory.indexer.readers import (
    Format,
    Member,
    Paragraph,
    Reading,
    Source,
    metadata,
    title_from_name,
)
from backstory.indexer.readers import text as plain
from backstory.indexer.readers.compressed_rtf import unpacked
from backstory.indexer.readers.dispatch import guarded, member
from backstory.indexer.readers.dispatch import read as read_any
from backstory.indexer.readers.encoding import encoding_of
from backstory.indexer.readers.mail import attachment_name, correspondents, is_unread

if TYPE_CHECKING:
    from olefile import OleFileIO

FORMAT = Format(
    "an Outlook mail",
    suffixes=(".msg", ".oft"),
    streams=("__properties_version1.0",),
    media_types={"application/vnd.ms-outlook": ".msg"},
    holds_members=True,
    packages=("lxml", "olefile"),
)

_Path = tuple[str, ...]

_PROPERTIES = "__properties_version1.0"
_HEADERS = {"": 32, "__attach": 8, "__recip_": 8}  # bytes before the properties of a folder
_OF_EMBEDDED = 24
_SUBJECT, _BODY, _RTF, _HTML = 0x0037, 0x1000, 0x1009, 0x1013
_SENDER, _SENDER_SMTP, _SENDER_ADDRESS = 0x0C1A, 0x5D01, 0x0C1F
_TO, _CC, _NAME, _SMTP, _ADDRESS, _ROLE = 0x0E04, 0x0E03, 0x3001, 0x39FE, 0x3003, 0x0C15
_SENT, _RECEIVED = 0x0039, 0x0E06
_CODEPAGES = (0x3FFD, 0x3FDE)
_DATA, _LONG_NAME, _SHORT_NAME, _MIME, _CONTENT_ID = 0x3701, 0x3707, 0x3704, 0x370E, 0x3712
_UNICODE, _BYTES, _BINARY, _FOLDER = 0x001F, 0x001E, 0x0102, 0x000D
_YEAR_1601 = datetime(1601, 1, 1, tzinfo=UTC)
_CC_ROLE = 2


def read(source: Source) -> Reading:
    """Read a message with its attachments."""
    from olefile import OleFileIO

    try:
        with OleFileIO(io.BytesIO(source.whole)) as container:
            return _message(_Folder(container, ()), source)
    except (OSError, ValueError, struct.error, IndexError) as error:
        raise UnreadableDocument(source.name, f"broken mail: {error}", Code.BROKEN) from error


class _Folder:
    """A folder of the container: a message, an attachment or a recipient, by its properties."""

    def __init__(self, container: OleFileIO, path: _Path) -> None:
        self._container, self._path = container, path
        self._fixed = dict(self._properties())
        pages = (self._fixed.get(number, b"") for number in _CODEPAGES)
        known = (encoding_of(f"cp{_number(page)}") for page in pages if page)
        self._encoding = next(filter(None, known), "cp1252")

    def _properties(self) -> Iterator[tuple[int, bytes]]:
        data = self._stream(_PROPERTIES)
        last = self._path[-1] if self._path else ""
        begin = _HEADERS.get(last[:8], _OF_EMBEDDED)
        for at in range(begin, len(data) - 15, 16):
            _, number, _, value = struct.unpack_from("<HHI8s", data, at)
            yield number, value

    def _stream(self, name: str) -> bytes:
        path = [*self._path, name]
        if self._container.get_type(path) != 2:
            return b""
        data: bytes = self._container.openstream(path).read()
        return data

    def folders(self, beginning: str) -> list[_Folder]:
        """Return the folders below whose names begin so, in their order."""
        depth = len(self._path)
        names = {
            path[depth]
            for path in self._container.listdir(streams=False, storages=True)
            if len(path) > depth and tuple(path[:depth]) == self._path
        }
        found = sorted(name for name in names if name.startswith(beginning))
        return [_Folder(self._container, (*self._path, name)) for name in found]

    def binary(self, number: int) -> bytes:
        """Return a value of bytes, empty where there is none."""
        return self._stream(f"__substg1.0_{number:04X}{_BINARY:04X}")

    def text(self, number: int) -> str:
        """Return a text, "" where there is none."""
        wide = self._stream(f"__substg1.0_{number:04X}{_UNICODE:04X}")
        if wide:
            return wide.decode("utf-16-le", "replace").replace("\0", "")
        narrow = self._stream(f"__substg1.0_{number:04X}{_BYTES:04X}")
        try:
            return narrow.decode(self._encoding).rstrip("\0")
        except UnicodeDecodeError:
            return narrow.decode("cp1252", "replace").rstrip("\0")

    def number(self, number: int) -> int:
        """Return a whole number, 0 where there is none."""
        return _number(self._fixed.get(number, b""))

    def day(self, number: int) -> str:
        """Return the day of a time as ISO 8601, "" where there is none."""
        ticks = int.from_bytes(self._fixed.get(number, b""), "little")
        try:
            moment = _YEAR_1601 + timedelta(microseconds=ticks // 10)
        except OverflowError:
            return ""
        return moment.date().isoformat() if ticks else ""

    @property
    def embedded(self) -> _Folder | None:
        """The message that an attachment is, None for a file."""
        found = self.folders(f"__substg1.0_{_DATA:04X}{_FOLDER:04X}")
        return found[0] if found else None


def _number(value: bytes) -> int:
    return int.from_bytes(value[:4], "little")


def _message(folder: _Folder, source: Source) -> Reading:
    with source.deeper("messages"):
        attached = tuple(_attachments(folder, source))
    sender = _person(folder, _SENDER, (_SENDER_SMTP, _SENDER_ADDRESS))
    head = correspondents(sender, *_receivers(folder))
    own = {
        "title": folder.text(_SUBJECT),
        "author": folder.text(_SENDER) or folder.text(_SENDER_SMTP),
        "date": folder.day(_SENT) or folder.day(_RECEIVED),
    }
    fields, notes = metadata.clean(own, source.name)
    paragraphs = tuple(Paragraph(each) for each in (head,) if each) + _body(folder, source)
    if not paragraphs and not attached:
        raise UnreadableDocument(source.name, "a mail without text", Code.EMPTY)
    title = fields.pop("title", "") or title_from_name(source.name)
    return Reading(paragraphs, title, kind="mail", notes=notes, members=attached, **fields)


def _person(folder: _Folder, name: int, addresses: tuple[int, ...]) -> str:
    named = " ".join(folder.text(name).split())
    address = next((text for each in addresses if "@" in (text := folder.text(each))), "")
    if not address or address == named:
        return named or address
    return f"{named} <{address}>" if named else address


def _receivers(folder: _Folder) -> tuple[str, str]:
    """Return who a mail was sent to, and who got copies."""
    people: dict[bool, list[str]] = {False: [], True: []}
    for each in folder.folders("__recip_version1.0_"):
        person = _person(each, _NAME, (_SMTP, _ADDRESS))
        people[each.number(_ROLE) >= _CC_ROLE] += [person] if person else []
    to, copies = ", ".join(people[False]), ", ".join(people[True])
    return to or folder.text(_TO), copies or folder.text(_CC)


def _body(folder: _Folder, source: Source) -> tuple[Paragraph, ...]:
    if (text := folder.text(_BODY)).strip():
        return plain.paragraphs(text.replace("\r\n", "\n").replace("\r", "\n"))
    page = folder.binary(_HTML) or folder.text(_HTML).encode()
    if page.strip():
        from backstory.indexer.readers.blocks import paragraphs
        from backstory.indexer.readers.markup import html_tree, text_of
        from backstory.indexer.readers.pieces import blocks

        text, _ = text_of(page, source.name)
        return paragraphs(blocks(html_tree(text, source.name)), heads=False)[1]
    rich = unpacked(folder.binary(_RTF), source.budget.size)
    if not rich.strip():
        return ()
    reading = read_any(replace(source, name=f"{source.name}/body.rtf", data=rich, charset=""))
    first = () if reading.title == title_from_name("body.rtf") else (Paragraph(reading.title),)
    return first + reading.paragraphs


def _attachments(folder: _Folder, source: Source) -> Iterator[Member]:
    for number, each in enumerate(folder.folders("__attach_version1.0_"), 1):
        kind = each.text(_MIME).lower()
        if is_unread(kind, is_inline=bool(each.text(_CONTENT_ID))):
            continue
        if refusal := source.budget.refusal("attachments"):
            yield Member(f"part {number}", remark=refusal)
            return
        named = each.text(_LONG_NAME) or each.text(_NAME) or each.text(_SHORT_NAME)
        if (inner := each.embedded) is not None:
            name = attachment_name(f"{inner.text(_SUBJECT) or named}.msg", "", number)
            within = replace(source, name=f"{source.name}/{name}")
            yield guarded(source, name, "", partial(_message, inner, within))
        else:
            yield member(source, attachment_name(named, kind, number), each.binary(_DATA))
