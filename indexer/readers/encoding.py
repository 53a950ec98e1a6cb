"""From bytes to text, in whatever encoding they came.

A byte order mark is believed, and then the server that a file was fetched from. Else UTF-8 is
expected, and Windows-1252 the last resort. It is tried line by line: a file pasted together from
two sources is common, and one stray byte should not spoil the accents of all the rest. Line ends
become `\\n`; apart from that the text is left as it is.
"""

from __future__ import annotations

import codecs
import re

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark
from backstory.indexer.readers import Source

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

    `is_cut` allows the last character to be incomplete; `charset` decides where there is no mark.
    Raise UnreadableDocument for what is empty or not text.
    """
    mark, encoding = _mark(data)
    if not mark:
        encoding = encoding_of(charset) or encoding
    if not encoding.startswith("utf"):
        _refuse_binary(data, name)
    if b"\0" in data and not encoding.startswith(("utf-16", "utf-32")):
        raise UnreadableDocument(name, Remark.of(Code.BINARY, what="NUL bytes"))
    text, notes = _decode(data[len(mark) :], encoding, name, is_cut)
    if "\0" in text:
        raise UnreadableDocument(name, Remark.of(Code.BINARY, what="NUL bytes"))
    if not text or text.isspace():
        raise UnreadableDocument(name, "empty", Code.EMPTY)
    return _with_plain_line_ends(text), notes


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
    text = decoder("replace").decode(data, final=not is_cut)
    called = re.sub("-[lb]e$", "", encoding).upper()
    return text, (Remark.of(Code.ENCODING, detail=f"some characters are not valid {called}"),)


def _refuse_binary(data: bytes, name: str) -> None:
    if len(data) - len(data.translate(None, _CONTROLS)) > len(data) // _TEXT_TO_CONTROLS:
        raise UnreadableDocument(name, Remark.of(Code.BINARY, what="control characters"))


def _decode_by_lines(data: bytes, name: str) -> tuple[str, Notes]:
    _refuse_binary(data, name)
    lines, utf8, windows = [], 0, 0
    for line in data.splitlines(keepends=True):
        try:
            text = line.decode("utf-8")
            utf8 += not line.isascii()
        except UnicodeDecodeError:
            # Five bytes mean nothing in Windows-1252: they become the replacement character.
            text = line.decode("cp1252", "replace")
            windows += 1
        lines.append(text)
    which = f"{windows} of {len(lines)} lines read" if utf8 else "read"
    return "".join(lines), (Remark.of(Code.ENCODING, detail=f"{which} as Windows-1252"),)


def _with_plain_line_ends(text: str) -> str:
    if "\r" not in text:
        return text
    # Two careless copies turn \r\n into \r\r\n, which would be a blank after every line.
    return text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
