"""Raw messages, mended so that Python's parser understands what mail programs have written.

Headers of eight bits are encoded as the standard wants it, mails in UTF-16 become UTF-8, files that
stand in the text as uuencode are taken out, and a mailbox is cut into its messages.
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from typing import NamedTuple

from backstory.engine.errors import UnreadableDocument
from backstory.indexer.readers.encoding import decode, encoding_of

_MARKS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"\xef\xbb\xbf", "utf-8"))
_HEAD = 1024  # bytes in which an encoding without a mark is told
# A From line has a date, or stands between an empty line and a header: others are of the text.
_DATED = (
    rb"From (?:\S+ +|- )?(?:\w{3},? +)?(?:\w{3} +\d+|\d+ +\w{3})[ ,]"
    rb"[^\r\n]{0,40}\d{4}[^\r\n]{0,20}\r?\n"
)
_FROM_LINE = re.compile(
    rb"\AFrom [^\r\n]*\r?\n|(?<=\n)" + _DATED + rb"|(?:(?<=\n\n)|(?<=\n\r\n))"
    rb"From [^\r\n]*\r?\n(?=[\x21-\x39\x3b-\x7e]+:)"
)
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_FROM_PARTS = re.compile(r"From +(\S+) +(.*\d.*)")
# Where headers may begin: at the start, after a border between parts, and in a message within.
_BLOCKS = re.compile(
    rb"(\A|\n--[^\r\n]{1,200}\r?\n(?=[Cc]ontent-)"
    rb"|\n[Cc]ontent-[Tt]ype:[ \t]*message/rfc822[^\n]*\n(?:[^\r\n]+\r?\n)*\r?\n)"
    rb"((?:[^\r\n]+\r?\n)+)"
)
# Apple's mails begin with their size.
_SIZE = re.compile(rb"\A(\d{1,10})[ \t]*\r?\n(?=[\w-]+:)")
_CHARSET = re.compile(rb"charset\s*=\s*\"?([\w.:-]{1,40})", re.IGNORECASE)
_EIGHT_BIT = re.compile(rb"[\x80-\xff]")
_FOREIGN = re.compile(r"[^\s<>\",;()=]{0,80}[^\x00-\x7f][^\s<>\",;()=]*")
_FOREIGN_RUN = re.compile(rf"{_FOREIGN.pattern}(?:[ \t]+{_FOREIGN.pattern})*")
_UUENCODED = re.compile(
    r"^begin [0-7]{3,4} (\S[^\n]*)\n((?:[!-`][^\n]{0,90}\n)*)(?:`?\n)?end[ \t]*$", re.MULTILINE
)


# Name and bytes of each.
Files = list[tuple[str, bytes]]


class RawMessage(NamedTuple):
    """A message of a mailbox, with who sent it and when as its From line says."""

    data: bytes
    sender: str
    moment: str


def in_bytes_of_text(data: bytes) -> bytes:
    """Return a mail or mailbox that was written in UTF-16 as UTF-8, and one of Apple's bare."""
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "")
    head = data[:_HEAD]
    if not encoding and head.count(0) * 3 > len(head):
        encoding = "utf-16-le" if head[1:2] == b"\0" else "utf-16-be"
    if not encoding:
        size = _SIZE.match(data)
        return data[size.end() :][: int(size[1])] if size else data
    return data.decode(encoding, "replace").removeprefix("\ufeff").encode()


def messages(data: bytes, *, is_cut: bool) -> Iterator[RawMessage]:
    """Yield the messages of a mailbox; the last one is left out where the mailbox `is_cut`."""
    lines = list(_FROM_LINE.finditer(data))
    ends = [line.start() for line in lines[1:]] + [len(data)]
    for line, end in list(zip(lines, ends, strict=True))[: -1 if is_cut else None]:
        content = data[line.end() : end].strip(b"\r\n") + b"\n"
        parts = _FROM_PARTS.match(line[0].decode("latin-1").strip())
        sender, moment = parts.groups() if parts else ("", "")
        yield RawMessage(_QUOTED_FROM.sub(rb"\1", content), sender.strip("-"), moment)


def with_plain_headers(data: bytes) -> bytes:
    """Return a message whose headers are ASCII: what they had of eight bits is encoded."""
    return _BLOCKS.sub(_encoded_block, data) if _EIGHT_BIT.search(data) else data


def _encoded_block(match: re.Match[bytes]) -> bytes:
    begin, block = match.groups()
    if not _EIGHT_BIT.search(block):
        return match[0]
    named = _CHARSET.search(block)
    text = _text(block, named[1].decode("ascii") if named else "")
    encoded = _FOREIGN_RUN.sub(_encoded_words, text)
    return bytes(begin + encoded.encode("ascii", "replace"))


def _text(block: bytes, charset: str) -> str:
    """Return headers in UTF-8 if they are, or in the encoding of the text, or a likely one."""
    for encoding in ("utf-8", encoding_of(charset)):
        try:
            return block.decode(encoding or "ascii")
        except UnicodeDecodeError:
            continue
    try:
        return decode(block, "")[0]
    except UnreadableDocument:
        return block.decode("cp1252", "replace")


def _encoded_words(match: re.Match[str]) -> str:
    return f"=?utf-8?b?{base64.b64encode(match[0].encode()).decode()}?="


def unwrapped(data: bytes, coding: str) -> bytes:
    """Return a message that was attached in base64 or quoted-printable, against the standard."""
    coding = coding.strip().lower()
    try:
        if coding == "base64":
            return base64.b64decode(data) or data
        return quopri.decodestring(data) if coding == "quoted-printable" else data
    except ValueError:
        return data


def without_files(text: str) -> tuple[str, Files]:
    """Return a text without what stands in it as uuencode, and name and bytes of each such file."""
    files: Files = []

    def take(match: re.Match[str]) -> str:
        data = b"".join(_decoded_line(line) for line in match[2].split("\n") if line)
        if not data:
            return match[0]
        files.append((match[1].strip(), data))
        return ""

    return _UUENCODED.sub(take, text), files


def _decoded_line(line: str) -> bytes:
    """Return the bytes of a line of uuencode, also of one that is longer than it says."""
    try:
        return binascii.a2b_uu(line)
    except (binascii.Error, ValueError):
        size = ((ord(line[0]) - 32 & 63) * 4 + 5) // 3
        try:
            return binascii.a2b_uu(line[:size])
        except (binascii.Error, ValueError):
            return b""
