"""Mail: one message (`.eml`), or a mailbox of them (`.mbox`), with what is attached.

A message is a document: its subject the title, its sender the author. A first paragraph says who
wrote to whom, so that a name in the address lines is found. Attachments are documents of their
own, below the message; a picture within the text is none.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from functools import partial
from typing import Any

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark
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
from backstory.indexer.readers.dispatch import guarded, member, safe_name
from backstory.indexer.readers.headers import decoded, policy

FORMAT = Format(
    "a mail",
    suffixes=(".eml", ".mbox"),
    media_types={"application/mbox": ".mbox", "message/rfc822": ".eml"},
    holds_members=True,
    packages=("lxml",),
)

_FROM_LINE = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\r\n\r\n))From [^\r\n]*\r?\n")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_HEADER = re.compile(rb"[\x21-\x39\x3b-\x7e]+:[ \t]?")
_ENCRYPTED = frozenset({"multipart/encrypted", "application/pkcs7-mime"})
# What mail programs attach for each other.
_UNREAD = frozenset({"application/pgp-signature", "application/pkcs7-signature", "text/calendar"})
_SUFFIXES = {
    "text/plain": ".txt",
    "text/html": ".html",
    "application/pdf": ".pdf",
    "message/rfc822": ".eml",
}
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\]+")
_LONGEST_SENDER, _LONGEST_DATE = 2_000, 200  # characters that are looked at
_PREFIX = re.compile(r"^\s*(?:(?:re|fwd?|aw|wg|rv)\s*:\s*)+", re.IGNORECASE)


def read(source: Source) -> Reading:
    """Read a message or a mailbox, whatever the suffix says."""
    if source.data.lstrip()[:5] == b"From ":
        return _read_mailbox(source)
    return read_message(source.whole, source)


def parse(data: bytes, name: str) -> EmailMessage:
    """Return a message; raise UnreadableDocument for what has no headers, or parts too deep."""
    from email import message_from_bytes

    if not _HEADER.match(data.lstrip()):
        raise UnreadableDocument(name, "not a mail: it begins without headers", Code.BROKEN)
    try:
        return message_from_bytes(data, policy=policy())
    except RecursionError as error:
        raise UnreadableDocument(name, "parts nested too deeply", Code.TOO_DEEP) from error


def _read_mailbox(source: Source) -> Reading:
    members = tuple(_messages(source))
    if not members:
        raise UnreadableDocument(source.name, "a mailbox without messages", Code.EMPTY)
    notes = (Remark.of(Code.CUT, limit=source.settings.max_file_mb),) if source.is_cut else ()
    return Reading((), title_from_name(source.name), members=members, notes=notes)


def _messages(source: Source) -> Iterator[Member]:
    starts = [(match.start(), match.end()) for match in _FROM_LINE.finditer(source.data)]
    ends = [start for start, _ in starts[1:]] + [len(source.data)]
    if source.is_cut:
        starts, ends = starts[:-1], ends[:-1]
    for number, ((_, begin), end) in enumerate(zip(starts, ends, strict=True), 1):
        if refusal := source.budget.refusal("messages"):
            yield Member(str(number), remark=refusal)
            return
        data = _QUOTED_FROM.sub(rb"\1", source.data[begin:end].strip(b"\r\n") + b"\n")
        digest = hashlib.sha256(data).hexdigest()
        yield guarded(source, str(number), digest, partial(read_message, data, source))


def read_message(data: bytes, source: Source) -> Reading:
    """Read a message that lies in `source`, with its attachments."""
    message = parse(data, source.name)
    if source.budget.depth <= 0:
        raise UnreadableDocument(source.name, "messages nested too deeply", Code.TOO_DEEP)
    source.budget.depth -= 1
    try:
        attached = tuple(_attachments(message, source))
    finally:
        source.budget.depth += 1
    head = _correspondents(message)
    fields, notes = metadata.clean(_fields(message), source.name)
    if message.get_content_type() in _ENCRYPTED:
        raise UnreadableDocument(source.name, "an encrypted mail", Code.ENCRYPTED)
    paragraphs = tuple(Paragraph(each) for each in (head,) if each) + _body(message, source.name)
    title = fields.pop("title", "") or title_from_name(source.name)
    return Reading(paragraphs, title, kind="mail", notes=notes, members=attached, **fields)


# --- Headers


def _fields(message: EmailMessage) -> dict[str, object]:
    title, date = _header(message, "subject"), _date(message)
    return {"title": title, "author": _senders(message), "date": date}


def _header(message: EmailMessage, name: str) -> str:
    return " ".join(str(message.get(name, "")).split())


def _senders(message: EmailMessage) -> list[str]:
    value = _header(message, "from")[:_LONGEST_SENDER]
    try:
        found = getaddresses([value])
    except (ValueError, IndexError, RecursionError):  # comments in comments in comments
        return [value]
    return [name or address for name, address in found if name or address]


def _date(message: EmailMessage) -> str:
    try:
        return parsedate_to_datetime(_header(message, "date")[:_LONGEST_DATE]).date().isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""


def _correspondents(message: EmailMessage) -> str:
    sender, receivers = _header(message, "from"), _header(message, "to")
    parts = (("From", sender), ("to", receivers), ("copies to", _header(message, "cc")))
    return ", ".join(f"{word} {value}" for word, value in parts if value)


# --- Parts


def _body(message: EmailMessage, name: str) -> tuple[Paragraph, ...]:
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None and message.get_content_maintype() == "text":
        part = message  # the whole mail is called an attachment
    text = _content(part) if part is not None else ""
    if part is not None and part.get_content_type() == "text/plain" and not text.strip():
        part = message.get_body(preferencelist=("html",))
        text = _content(part) if part is not None else ""
    if part is None or not text.strip():
        return ()
    if part.get_content_type() == "text/html":
        from backstory.indexer.readers.blocks import paragraphs
        from backstory.indexer.readers.markup import html_tree
        from backstory.indexer.readers.pieces import blocks

        return paragraphs(blocks(html_tree(text, name)), heads=False)[1]
    return plain.paragraphs(text.replace("\r\n", "\n").replace("\r", "\n"))


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
    for number, part in enumerate(_parts(message), 1):
        kind = part.get_content_type()
        is_inline = part.get_content_disposition() != "attachment" or "content-id" in part
        if kind in _UNREAD or (kind.startswith("image/") and is_inline):
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
    kind = part.get_content_type()
    if not named and kind == "message/rfc822":
        inner = part.get_payload()
        subject = _header(inner[0], "subject") if isinstance(inner, list) and inner else ""
        subject = _PREFIX.sub("", subject)[:80].strip()
        named = f"{subject}.eml" if subject else ""
    name = safe_name(_UNSAFE.sub("_", " ".join(named.split())).strip(". "))
    return name or f"part {number}{_SUFFIXES.get(kind, '')}"


def _bytes(part: Any) -> bytes:
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        return b"".join(each.as_bytes() for each in inner) if isinstance(inner, list) else b""
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""
