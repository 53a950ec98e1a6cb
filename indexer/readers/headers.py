"""The headers of mails, read in a time that their length decides and nothing else.

Python's parser of headers takes two seconds for five thousand recipients, and longer for what was
made for it. It reads what says how a mail is made of parts; all other headers are texts.
"""

from __future__ import annotations

import binascii
import re
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.policy import EmailPolicy
from functools import cache, lru_cache
from typing import Any

from backstory.indexer.readers.encoding import encoding_of

_OF_STRUCTURE = frozenset(
    ("content-type", "content-disposition", "content-transfer-encoding", "mime-version")
)
_LONGEST_OF_STRUCTURE = 1_000  # characters that are looked at
_LONGEST = 1_000_000
# What is coded must end on its line: longer lines are cut, so that none takes its square.
_PIECES = re.compile(r"[^\r\n]{1,2000}")
_FOLD = re.compile(r"\r?\n(?=[ \t])")


class _Policy(EmailPolicy):
    """Python's policy for mails, but that most headers are plain texts."""

    def header_fetch_parse(self, name: str, value: str) -> Any:
        if name.lower() not in _OF_STRUCTURE:
            return text_of(value)
        return _of_structure(name, value[:_LONGEST_OF_STRUCTURE])


@lru_cache(1_000)  # a message asks ten times for what each of its parts is
def _of_structure(name: str, value: str) -> Any:
    usual = EmailPolicy()
    try:
        return usual.header_fetch_parse(name, value)
    except (LookupError, ValueError, AttributeError, TypeError, MessageError):
        return usual.header_fetch_parse(name, "")  # its parser fails on some spam


@cache
def policy() -> EmailPolicy[Any]:
    """Return how mails are parsed; what is written anew keeps its headers as they are."""
    return _Policy(refold_source="none")


def text_of(value: str) -> str:
    """Return a header as it reads, whatever it is coded in; never fails."""
    value = _with_bytes_decoded(value[:_LONGEST])
    if "=?" not in value:
        return _FOLD.sub("", value)
    try:
        found = decode_header("\n".join(_PIECES.findall(value)))
    except (HeaderParseError, binascii.Error, ValueError):
        return _FOLD.sub("", value)
    return "".join(
        part if isinstance(part, str) else decoded(part, charset or "") for part, charset in found
    )


def decoded(data: bytes, charset: str) -> str:
    """Return bytes as text, in the encoding that they are said to have or in one that they have."""
    for encoding in (encoding_of(charset) or "utf-8", "utf-8"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("cp1252", "replace")


def _with_bytes_decoded(value: str) -> str:
    """Return a header with what stands in it uncoded, though it is not ASCII, as text."""
    if value.isascii():
        return value
    return decoded(value.encode("utf-8", "surrogateescape"), "")
