"""In which encoding a text is that says nothing of it and is no UTF-8.

chardet tells it by the letters that follow each other in each language, and is asked for the
encodings that texts of newsrooms come in. Of a few letters it knows no better than anybody: then
they are Windows-1252, as most are, unless that puts signs into the middle of words.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence

_ENCODINGS = (
    *("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"),
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258"),
    *("iso8859-2", "iso8859-5", "iso8859-7", "iso8859-13", "iso8859-15", "iso8859-16"),
    *("cp437", "cp850", "cp852", "cp866", "koi8-r", "koi8-u", "cp874"),
    *("mac-roman", "mac-cyrillic", "mac-latin2"),
    *("gb18030", "big5hkscs", "cp932", "euc-jp", "cp949"),
)
_WESTERN, _DOS = "cp1252", "cp437"
_OF_NAMES = (_DOS, "cp866", "cp932", "gb18030", "big5hkscs", "cp949")
# Those that Windows-1252 goes before where they are hardly more likely.
_RARER = re.compile(r"cp125[0478]|iso8859-")
_ABOUT_AS_LIKELY = 0.85
_SAMPLE = 64 * 1024
_FEW, _UNSURE = 5, 0.1  # bytes that are not ASCII; what chardet calls confidence
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_ESCAPES = re.compile(rb"\x1b(?:\$[@B]|\([BJ])")
# What no text has: where a guess gives these, it was wrong.
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]")
_SIGN_IN_A_WORD = re.compile(
    "[a-zß-öø-ÿ][‚ƒ„†‡ˆ‰‹˜›¡-¬¯-¶¸-¿×÷À-ÞŒŠŽŸ][a-zß-öø-ÿ]"  # noqa: RUF001
)


def guess(data: bytes) -> str:
    """Return what Python calls the encoding that `data` is most likely in.

    That of UTF-16 and UTF-32 without a mark too; Windows-1252 where nothing speaks for another.
    """
    likely = _likely(data, _ENCODINGS, _WESTERN)
    best = next((each for each in likely if _fits(data[:_SAMPLE], each)), _WESTERN)
    sure, western = likely.get(best, 0.0), likely.get(_WESTERN, 0.0)
    if _RARER.match(best) and western >= _ABOUT_AS_LIKELY * sure:
        return _WESTERN
    is_unsure = sure < _UNSURE and len(_NOT_ASCII.findall(data[:_SAMPLE])) < _FEW
    shown = data[:_SAMPLE].decode(_WESTERN, "replace")
    return _WESTERN if is_unsure and not _SIGN_IN_A_WORD.search(shown) else best


def guess_of_names(names: bytes) -> str:
    """Return the encoding of names of files in an archive: that of the computer it was made on.

    `names` are all of them, a line each, without their suffixes. CP437 where nothing speaks for
    another.
    """
    likely = _likely(names, _OF_NAMES, _DOS)
    best = next(iter(likely), _DOS)
    return _DOS if likely.get(_DOS, 0.0) >= _ABOUT_AS_LIKELY * likely.get(best, 0.0) else best


def _likely(data: bytes, encodings: Sequence[str], usual: str) -> dict[str, float]:
    """Return how likely each encoding is, the likeliest first."""
    import chardet  # 0.4 s with its first guess: only where a text is no UTF-8

    told = chardet.detect_all(
        data[:_SAMPLE],
        ignore_threshold=True,
        include_encodings=encodings,
        no_match_encoding=usual,
    )
    return {codecs.lookup(each["encoding"] or usual).name: each["confidence"] for each in told}


def _fits(data: bytes, encoding: str) -> bool:
    """Tell whether nearly all of `data` is text in an encoding, control characters apart."""
    text = data.decode(encoding, "replace")
    wrong = text.count("\ufffd") + len(_CONTROLS.findall(text))
    return wrong * 50 <= len(text)


def is_escaped(data: bytes) -> bool:
    """Tell whether Japanese is written in 7 bits with escapes, as mails were (ISO-2022-JP)."""
    return data.isascii() and _ESCAPES.search(data) is not None
