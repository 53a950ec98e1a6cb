"""Mail: one message (`.eml`), or a mailbox of them (`.mbox`), with what is attached.

A message is a document: its subject the title, its sender the author. A first paragraph says who
wrote to whom, so that a name in the address lines is found. Attachments are documents of their
own, below the message; a picture within the text is none.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from functools import partial
from typing import Any

from backstory.engine.dates import PartialDate
from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark
from backstory.indexer.readers import (
    Format,
    Member,
    Paragraph,
    Reading,
    Source,
    metadata,
    suffix_of,
    title_from_name,
)
from backstory.indexer.readers import text as plain
from backstory.indexer.readers.dispatch import guarded, member, safe_name
from backstory.indexer.readers.encoding import decode
from backstory.indexer.readers.headers import decoded, policy
from backstory.indexer.readers.raw_mail import (
    Files,
    RawMessage,
    in_bytes_of_text,
    unwrapped,
    with_plain_headers,
    without_files,
)
from backstory.indexer.readers.raw_mail import messages as raw_messages
from backstory.indexer.readers.registry import format_for, registry

Notes = tuple[Remark, ...]
# What only mails begin with: a From line with a time, or a header that programs write.
_BEGINNING = re.compile(
    rb"From (?:\S+|-) .{0,60}\d\d:\d\d.{0,30}\n"
    rb"|(?:Return-Path|Received|Delivered-To|X-Original-To|Message-ID|DKIM-Signature"
    rb"|X-Mozilla-Status|MIME-Version|ARC-Seal): [^\n]{0,998}\n(?:[ \t][^\n]*\n)*[\w-]+:",
    re.IGNORECASE,
)
FORMAT = Format(
    "a mail",
    suffixes=(".eml", ".mbox", ".mbx", ".emlx"),
    pattern=_BEGINNING,
    media_types={"application/mbox": ".mbox", "message/rfc822": ".eml"},
    holds_members=True,
    packages=("lxml",),
)

_HEADER = re.compile(rb"[\x21-\x39\x3b-\x7e]+:[ \t]?")
_ENCRYPTED = frozenset({"multipart/encrypted", "application/pkcs7-mime"})
# What mail programs attach for each other.
_UNREAD = frozenset({"application/pgp-signature", "application/pkcs7-signature", "text/calendar"})
_REPORTS = frozenset({"multipart/report"})
_STATUS = frozenset({"message/delivery-status", "message/disposition-notification"})
_RETURNED = frozenset({"message/rfc822", "message/global", "text/rfc822-headers"})
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\]+")
_LONGEST_SENDER, _LONGEST_DATE = 2_000, 200  # characters that are looked at
_PREFIX = re.compile(r"^\s*(?:(?:re|fwd?|aw|wg|rv)\s*:\s*)+", re.IGNORECASE)


def read(source: Source) -> Reading:
    """Read a message or a mailbox, whatever the suffix says."""
    data = in_bytes_of_text(source.data)
    if data.lstrip()[:5] == b"From ":
        return _read_mailbox(replace(source, data=data))
    return read_message(in_bytes_of_text(source.whole), source)


def parse(data: bytes, name: str) -> EmailMessage:
    """Return a message; raise UnreadableDocument for what has no headers, or parts too deep."""
    from email import message_from_bytes

    if not _HEADER.match(data.lstrip()):
        raise UnreadableDocument(name, "not a mail: it begins without headers", Code.BROKEN)
    try:
        return message_from_bytes(with_plain_headers(data), policy=policy())
    except RecursionError as error:
        raise UnreadableDocument(name, "parts nested too deeply", Code.TOO_DEEP) from error


def _read_mailbox(source: Source) -> Reading:
    members = tuple(_messages(source))
    if not members:
        raise UnreadableDocument(source.name, "a mailbox without messages", Code.EMPTY)
    notes = (Remark.of(Code.CUT, limit=source.settings.max_file_mb),) if source.is_cut else ()
    return Reading((), title_from_name(source.name), members=members, notes=notes)


def _messages(source: Source) -> Iterator[Member]:
    for number, raw in enumerate(raw_messages(source.data, is_cut=source.is_cut), 1):
        if refusal := source.budget.refusal("messages"):
            yield Member(str(number), remark=refusal)
            return
        digest = hashlib.sha256(raw.data).hexdigest()
        yield guarded(source, str(number), digest, partial(_message_of_mailbox, raw, source))


def _message_of_mailbox(raw: RawMessage, source: Source) -> Reading:
    """Read a message; what it does not say itself, its From line may say."""
    day = _day(raw.moment)
    note = (metadata.date_note(day, "the mailbox"),) if day else ()
    if _HEADER.match(raw.data.lstrip()):
        reading = read_message(raw.data, source)
        return reading if reading.date else replace(reading, date=day, notes=reading.notes + note)
    text, notes = decode(raw.data, source.name)
    title = f"{title_from_name(source.name)}, from {raw.sender}" if raw.sender else ""
    return Reading(
        plain.paragraphs(text),
        title or title_from_name(source.name),
        author=raw.sender,
        date=day,
        kind="mail",
        notes=(*notes, *note),
    )


def read_message(data: bytes, source: Source) -> Reading:
    """Read a message that lies in `source`, with its attachments."""
    message = parse(data, source.name)
    with source.deeper("messages"):
        attached = tuple(_attachments(message, source))
    head = _correspondents(message)
    date, notes = _dated(message)
    fields, more = metadata.clean({**_fields(message), "date": date}, source.name)
    if message.get_content_type() in _ENCRYPTED:
        raise UnreadableDocument(source.name, "an encrypted mail", Code.ENCRYPTED)
    body, files = _body(message, source.name)
    attached += tuple(_packed_in_text(files, source))
    first = tuple(Paragraph(each) for each in (head,) if each)
    title = fields.pop("title", "") or title_from_name(source.name)
    found = first + body + tuple(_report(message, source.name))
    return Reading(found, title, kind="mail", notes=(*notes, *more), members=attached, **fields)


# --- Headers


def _fields(message: EmailMessage) -> dict[str, object]:
    return {"title": _header(message, "subject"), "author": _senders(message)}


def _header(message: EmailMessage, name: str) -> str:
    return " ".join(str(message.get(name, "")).split())


def _senders(message: EmailMessage) -> list[str]:
    value = _header(message, "from")[:_LONGEST_SENDER]
    try:
        found = getaddresses([value])
    except (ValueError, IndexError, RecursionError):  # comments in comments in comments
        return [value]
    return [name or address for name, address in found if name or address]


def _dated(message: EmailMessage) -> tuple[str, Notes]:
    """Return the day of a message, and a note where only those who passed it on say it."""
    if day := _day(_header(message, "date")):
        return day, ()
    # The first that received it stands last.
    for value in reversed(message.get_all("received", [])):
        if day := _day(" ".join(str(value).rpartition(";")[2].split())):
            return day, (metadata.date_note(day, "its Received lines"),)
    return "", ()


def _day(text: str) -> str:
    """Return the day of a time as mails or From lines write it, or of one in ISO 8601."""
    text = text[:_LONGEST_DATE].strip()
    if day := PartialDate.of(text):
        return str(day)
    try:
        return parsedate_to_datetime(text).date().isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""


def _correspondents(message: EmailMessage) -> str:
    return correspondents(*(_header(message, name) for name in ("from", "to", "cc")))


def correspondents(sender: str, receivers: str, copies: str) -> str:
    """Return the line that says who wrote to whom; "" where nobody is named."""
    parts = (("From", sender), ("to", receivers), ("copies to", copies))
    return ", ".join(f"{word} {value}" for word, value in parts if value)


# --- Parts


def _body(message: EmailMessage, name: str) -> tuple[tuple[Paragraph, ...], Files]:
    """Return the text of a message, and the files that are packed in it."""
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None and message.get_content_maintype() == "text":
        part = message  # the whole mail is called an attachment
    text = _content(part) if part is not None else ""
    if part is not None and part.get_content_type() == "text/plain" and not text.strip():
        part = message.get_body(preferencelist=("html",))
        text = _content(part) if part is not None else ""
    if part is None or not text.strip():
        return (), []
    if part.get_content_type() == "text/html":
        from backstory.indexer.readers.blocks import paragraphs
        from backstory.indexer.readers.markup import html_tree
        from backstory.indexer.readers.pieces import blocks

        return paragraphs(blocks(html_tree(text, name)), heads=False)[1], []
    text, files = without_files(text.replace("\r\n", "\n").replace("\r", "\n"))
    return plain.paragraphs(text), files


def _packed_in_text(files: Files, source: Source) -> Iterator[Member]:
    for number, (named, data) in enumerate(files, 1):
        name = attachment_name(named, "", number)
        if refusal := source.budget.refusal("attachments"):
            yield Member(name, remark=refusal)
            return
        yield member(source, name, data)


def _report(message: EmailMessage, name: str) -> Iterator[Paragraph]:
    """Yield what a delivery report says to programs, and the message that it is about."""
    if message.get_content_type() not in _REPORTS:
        return
    for part in message.iter_parts():
        kind = part.get_content_type()
        if kind in _STATUS:
            groups = map(_labelled, part.get_payload() if part.is_multipart() else ())
            yield from (Paragraph(text, "Delivery status") for text in groups if text)
        elif kind in _RETURNED:
            data = _bytes(part) if kind == "message/rfc822" else _content(part).encode()
            with contextlib.suppress(UnreadableDocument):
                about = parse(data, name)
                head = f"{_correspondents(about)}: {_header(about, 'subject')}"
                yield Paragraph(head, "Returned message")
                yield from (replace(p, heading="Returned message") for p in _body(about, name)[0])


def _labelled(part: Any) -> str:
    return " · ".join(f"{name}: {' '.join(str(value).split())}" for name, value in part.items())


def _content(part: Any) -> str:
    """Return the text of a part, in the encoding that it names or in the one that it has."""
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    return decoded(data, charset_of(part))


def charset_of(part: Any) -> str:
    """Return what a part calls its encoding, "" where it calls it nothing that can be read."""
    try:
        return part.get_content_charset() or ""
    except (ValueError, LookupError):  # one that is written in an encoding that is none
        return ""


def _attachments(message: EmailMessage, source: Source) -> Iterator[Member]:
    is_report = message.get_content_type() in _REPORTS
    for number, part in enumerate(_parts(message), 1):
        if is_report and part.get_content_type() in _STATUS | _RETURNED:
            continue
        is_inline = part.get_content_disposition() != "attachment" or "content-id" in part
        if is_unread(part.get_content_type(), is_inline=is_inline):
            continue
        if refusal := source.budget.refusal("attachments"):
            yield Member(f"part {number}", remark=refusal)
            return
        name = _name(part, number)
        try:
            data = _bytes(part)
        except RecursionError:
            yield Member(name, remark=Remark.of(Code.TOO_DEEP, detail="nested too deeply"))
        else:
            yield member(source, name, data)


def _parts(message: EmailMessage) -> list[Any]:
    if message.get_content_type() == "message/rfc822":  # forwarded, with nothing around it
        return [message]
    try:
        return list(message.iter_attachments()) if message.is_multipart() else []
    except (AttributeError, KeyError, TypeError):  # a message whose parts are not what they say
        return []


def _name(part: Any, number: int) -> str:
    try:
        named = part.get_filename() or ""
    except (ValueError, TypeError):
        named = ""
    kind, subject = part.get_content_type(), ""
    if not named and kind == "message/rfc822":
        with contextlib.suppress(UnreadableDocument, RecursionError):
            subject = _header(parse(_bytes(part), ""), "subject")
        subject = _PREFIX.sub("", subject)[:80].strip()
        named = f"{subject}.eml" if subject else ""
    return attachment_name(named, kind, number)


def is_unread(kind: str, *, is_inline: bool) -> bool:
    """Tell whether an attachment of a media type is no document: a signature, a picture inside."""
    return kind in _UNREAD or (kind.startswith("image/") and is_inline)


def attachment_name(named: str, kind: str, number: int) -> str:
    """Return the name of an attachment, with the suffix of its media type where it has none."""
    name = safe_name(_UNSAFE.sub("_", " ".join(named.split())).strip(". ")) or f"part {number}"
    suffix = registry().media_types.get(kind, "")
    return name if not suffix or format_for(suffix_of(name)) is not None else f"{name}{suffix}"


def _bytes(part: Any) -> bytes:
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        data = b"".join(each.as_bytes() for each in inner) if isinstance(inner, list) else b""
        return unwrapped(data, str(part.get("content-transfer-encoding", "")))
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""
