"""How RTF names encodings, by code page for the file and by character set for each font; and days.

What cannot be known is taken for the usual one, so that no text is lost for its encoding.
"""

from __future__ import annotations

import codecs

USUAL = "cp1252"
_SYMBOLS = "symbols"  # of a font of pictures, whose codes are no letters
_FILES = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850", "ansi": USUAL}
_PAGES = {936: "gb18030", 10000: "mac_roman", 65001: "utf-8", 708: "iso8859-6", 0: USUAL}
_CHARSETS = {
    2: _SYMBOLS,
    77: "mac_roman",
    128: "cp932",
    129: "cp949",
    130: "johab",
    134: "gb18030",
    136: "big5hkscs",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
    254: "cp437",
    255: "cp850",
}
# What fonts of pictures are used for in texts.
_PICTURES = dict.fromkeys(map(ord, "\u00b7\uf0b7\uf0a7\uf0d8\uf0fc\uf06f\uf076"), "•")


def of_word(name: str) -> str:
    """Return the encoding that a control word of the file's head stands for, "" for others."""
    return _FILES.get(name, "")


def of_page(number: int) -> str:
    """Return the encoding of a code page, the usual one for a page that nobody knows."""
    name = _PAGES.get(number, f"cp{number}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return USUAL


def of_font(name: str, number: int) -> str:
    """Return the encoding that a control word gives a font, "" where it is that of the file."""
    if name == "fcharset":
        return _CHARSETS.get(number, "")
    return of_page(number) if name == "cpg" else ""


def decoded(data: bytes, encoding: str) -> str:
    """Return bytes as text; what they have no character for becomes a replacement character."""
    if encoding == _SYMBOLS:
        return data.decode("latin-1").translate(_PICTURES)
    return data.decode(encoding, "replace")


def with_bullets(character: str) -> str:
    """Return a usual bullet for one that only a font of pictures has."""
    return "•" if character >= "\ue000" and ord(character) in _PICTURES else character


def is_utf8(data: bytes) -> bool:
    """Tell whether bytes beyond ASCII are UTF-8, which the format does not know."""
    if data.isascii():
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def date(packed: str) -> str:
    """Return the day that a number of 32 bits stands for, as comments have it; "" if none."""
    if not packed.strip().isdecimal():
        return ""
    number = int(packed.strip()[:12])
    year, month, day = 1900 + (number >> 20 & 0x1FF), number >> 16 & 0xF, number >> 11 & 0x1F
    return f"{year}-{month:02}-{day:02}" if 1 <= month <= 12 and 1 <= day <= 31 else ""
