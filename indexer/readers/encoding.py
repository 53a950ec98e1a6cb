"""From bytes to text, in whatever encoding they came.

A byte order mark is believed, and then the server that a file was fetched from, unless the text is
UTF-8 all the same. Else UTF-8 is expected, and what is none is guessed. That is done for the lines
that are no UTF-8: a file pasted together from two sources is common, and one stray byte should not
spoil the accents of all the rest. Line ends become `\\n`; apart from that the text stays as it is.
"""

from __future__ import annotations

import codecs
import re

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark
from backstory.indexer.readers import Source
from backstory.indexer.readers.guessing import guess, is_escaped

Notes = tuple[Remark, ...]

# The UTF-32 mark comes first: it begins with the UTF-16 one.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What browsers know; Python has others that are slow (punycode) or no encodings of pages (idna).
_KNOWN = re.compile(
    r"utf-(?:8|16|16-[lb]e)|cp(?:125[0-8]|437|85[0258]|866|874|932|949)|iso8859-(?:[2-8]|1[03-6])"
    r"|koi8-[ru]|mac-(?:roman|cyrillic)|gb18030|big5(?:hkscs)?|euc_jp|iso2022_jp"
)
# What pages call by the name of a smaller encoding is read as the larger one, as browsers do.
_LARGER = {
    "ascii": "cp1252",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "shift_jis": "cp932",
    "tis-620": "cp874",
    "utf-16": "utf-16-le",
}
_OF_SEVERAL_BYTES = frozenset(
    {"big5", "big5hkscs", "cp932", "cp949", "euc-jp", "euc_jp", "gb18030", "iso2022_jp"}
)
_SHOWN = {f"cp{number}": f"Windows-{number}" for number in range(1250, 1259)}
_ASCII = [chr(number) for number in range(128)]
_CONTROLS = bytes(set(range(32)) - set(b"\b\t\n\v\f\r\x1b"))
# Text holds hardly any control characters; compressed data, one byte in ten.
_TEXT_TO_CONTROLS = 50


def read_text(source: Source) -> tuple[str, Notes]:
    """Return the text of a file and notes on it; raise UnreadableDocument where there is none."""
    text, notes = decode(source.data, source.name, is_cut=source.is_cut, charset=source.charset)
    if source.is_cut:
        notes += (Remark.of(Code.CUT, limit=source.settings.max_file_mb),)
    return text, notes


def decode(data: bytes, name: str, *, is_cut: bool = False, charset: str = "") -> tuple[str, Notes]:
    """Return the text of `data` and notes on how it was read; `name` is for the error.

    `is_cut` allows the last character to be incomplete; `charset` decides where there is no mark,
    and the text is no UTF-8. Raise UnreadableDocument for what is empty or not text.
    """
    mark, encoding = _mark(data)
    notes: Notes = ()
    if not mark:
        encoding, notes = _without_mark(data, charset, is_cut)
    if not encoding.startswith("utf"):
        _refuse_binary(data, name)
    if b"\0" in data and not encoding.startswith(("utf-16", "utf-32")):
        raise UnreadableDocument(name, Remark.of(Code.BINARY, what="NUL bytes"))
    text, more = _decode(data[len(mark) :], encoding, name, is_cut)
    if "\0" in text:
        raise UnreadableDocument(name, Remark.of(Code.BINARY, what="NUL bytes"))
    if not text or text.isspace():
        raise UnreadableDocument(name, "empty", Code.EMPTY)
    return _with_plain_line_ends(text), (*notes, *more)


def _without_mark(data: bytes, charset: str, is_cut: bool) -> tuple[str, Notes]:
    """Return the encoding that is tried first, and a note where it is not what was declared."""
    declared = encoding_of(charset)
    if declared:
        # Two bytes of Chinese may be UTF-8 by chance; letters of one byte hardly ever are.
        may_be = declared in _OF_SEVERAL_BYTES and _is_valid(data, declared, is_cut)
        is_other = not may_be and not data.isascii() and _is_valid(data, "utf-8", is_cut)
        if is_other and declared != "utf-8":
            return "utf-8", (Remark.of(Code.ENCODING, detail=f"read as UTF-8, not {charset}"),)
        return declared, ()
    if b"\0" in data:
        encoding = guess(data)
        return (encoding if encoding.startswith(("utf-16", "utf-32")) else "utf-8"), ()
    return "iso2022_jp_2" if is_escaped(data) else "utf-8", ()


def _is_valid(data: bytes, encoding: str, is_cut: bool) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)("strict").decode(data, final=not is_cut)
    except UnicodeDecodeError:
        return False
    return True


def encoding_of(label: str) -> str:
    """Return what Python calls an encoding that pages are written in, "" where it is none."""
    try:
        name = codecs.lookup(label).name if label.isascii() and "\0" not in label else ""
    except LookupError:
        return ""
    name = _LARGER.get(name, name)
    return name if _KNOWN.fullmatch(name) else ""


def _mark(data: bytes) -> tuple[bytes, str]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return mark, encoding
    return b"", "utf-8"


def _decode(data: bytes, encoding: str, name: str, is_cut: bool) -> tuple[str, Notes]:
    decoder = codecs.getincrementaldecoder(encoding)
    try:
        return decoder("strict").decode(data, final=not is_cut), ()
    except UnicodeDecodeError:
        if encoding == "utf-8":
            return _decode_by_lines(data, name)
    return decoder("replace").decode(data, final=not is_cut), (_some_invalid(encoding),)


def _refuse_binary(data: bytes, name: str) -> None:
    if len(data) - len(data.translate(None, _CONTROLS)) > len(data) // _TEXT_TO_CONTROLS:
        raise UnreadableDocument(name, Remark.of(Code.BINARY, what="control characters"))


def _decode_by_lines(data: bytes, name: str) -> tuple[str, Notes]:
    """Decode a text of which not every line is UTF-8, and those in what they are most likely in."""
    _refuse_binary(data, name)
    lines = data.splitlines(keepends=True)
    read = [_utf8_line(line) for line in lines]
    others = b"".join(line for line, text in zip(lines, read, strict=True) if text is None)
    if not others:
        return "".join(map(str, read)), (_some_invalid("utf-8"),)
    encoding = guess(others)
    utf8 = sum(text is not None and not text.isascii() for text in read)
    is_whole = encoding in _OF_SEVERAL_BYTES and _is_valid(data, encoding, is_cut=True)
    if encoding.startswith(("utf-16", "utf-32")) or (is_whole and utf8 * 10 < len(lines)):
        # The lines were no lines, or are UTF-8 by chance.
        return data.decode(encoding, "replace"), (_guessed(encoding),)
    pairs = zip(lines, read, strict=True)
    # Five bytes mean nothing in Windows-1252: they become the replacement character.
    text = "".join(line.decode(encoding, "replace") if t is None else t for line, t in pairs)
    which = f"{read.count(None)} of {len(lines)} lines " if utf8 else ""
    return text, (_guessed(encoding, which),)


def _utf8_line(line: bytes) -> str | None:
    """Return a line of UTF-8, in which a few bytes may be spoilt; None for another encoding."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        text = line.decode("utf-8", "replace")
    spoilt = text.count("\ufffd")
    valid = len(text) - spoilt - sum(map(text.count, _ASCII))
    return text if valid >= 2 * spoilt else None  # by chance, letters of one byte are hardly ever


def _guessed(encoding: str, which: str = "") -> Remark:
    shown = _SHOWN.get(encoding, encoding.upper())
    return Remark.of(Code.ENCODING, detail=f"{which}read as {shown}")


def _some_invalid(encoding: str) -> Remark:
    called = re.sub("-[lb]e$", "", encoding).upper()
    return Remark.of(Code.ENCODING, detail=f"some characters are not valid {called}")


def _with_plain_line_ends(text: str) -> str:
    if "\r" not in text:
        return text
    # Two careless copies turn \r\n into \r\r\n, which would be a blank after every line.
    return text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
