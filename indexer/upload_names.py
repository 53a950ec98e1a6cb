"""Names for files that somebody sends: safe on every system, or refused with a reason."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

from backstory.engine.errors import UnreadableDocument
from backstory.indexer.corpus import SIDECAR_SUFFIX

LONGEST = 180  # bytes: file systems take 255, and a draft or the metadata beside it has more
# What Windows gives to devices, with any suffix.
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)", re.IGNORECASE)
_SEPARATORS = re.compile(r"[/\\]")
_UNSAFE = frozenset('<>:"|?*')
# Control characters, those that are not seen or turn the words around them, halves and no
# characters at all.
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))


def safe_name(sent: str) -> str:
    """Return the name that a file gets in the corpus; raise UnreadableDocument for none.

    Of a path it is the last part. What is unsafe in a name becomes "_", a long one is cut before
    its suffix.
    """
    bare = unicodedata.normalize("NFC", _SEPARATORS.split(sent)[-1])
    name = "".join("_" if _is_unsafe(each) else each for each in bare).strip().rstrip(". ")
    if not name.strip("._ "):
        raise UnreadableDocument(sent, "it has no name")
    if name.startswith("."):
        raise UnreadableDocument(sent, "hidden files are no documents")
    if _RESERVED.match(name):
        raise UnreadableDocument(sent, "its name is reserved on some systems")
    if name.lower().endswith(SIDECAR_SUFFIX):
        raise UnreadableDocument(sent, "it would be taken for the metadata of another file")
    return _cut(name)


def numbered(name: str, number: int) -> str:
    """Return a name with a number before its suffix: `memo-2.pdf`."""
    path = PurePosixPath(name)
    return f"{path.stem}-{number}{path.suffix}"


def _is_unsafe(character: str) -> bool:
    return character in _UNSAFE or unicodedata.category(character) in _UNSEEN


def _cut(name: str) -> str:
    suffix = PurePosixPath(name).suffix
    suffix = suffix if len(suffix.encode()) <= LONGEST // 4 else ""
    stem = name[: len(name) - len(suffix)]
    room = LONGEST - len(suffix.encode())
    return stem.encode()[:room].decode("utf-8", "ignore").rstrip(". ") + suffix
