"""Initials with a surname, for which a document may have the whole name: A. Marlow, Ada Marlow."""

from __future__ import annotations

from collections.abc import Collection
from operator import attrgetter
from typing import Protocol

from backstory.engine.name_words import INITIALS


class Name(Protocol):
    """A name of several words, with the keys of its shorter forms."""

    @property
    def text(self) -> str: ...

    @property
    def key(self) -> str: ...

    @property
    def size(self) -> int: ...

    @property
    def shorts(self) -> tuple[str, ...]: ...


def initialled(names: Collection[Name]) -> dict[str, str]:
    """Return the key of the whole name for each with initials, where it can be one person's only.

    `names` are all of a document.
    """
    found: dict[str, str] = {}
    for name in names:
        letters, surname = _initials(name)
        if letters and surname:
            full = [each for each in names if _begins(each, letters, surname)]
            fullest = max(full, key=attrgetter("size"), default=None)
            if fullest and all(n is fullest or n.key in fullest.shorts for n in full):
                found[name.key] = fullest.key
    return found


def _initials(name: Name) -> tuple[str, str]:
    """Return the letters that a name begins with, and the key of what follows; "" for others."""
    if not _has_initial(name):
        return "", ""
    words, keys = name.text.split(" "), name.key.split(" ")
    count = 0
    while count < len(words) and INITIALS.fullmatch(words[count]):
        count += 1
    return "".join(keys[:count]), " ".join(keys[count:])


def _has_initial(name: Name) -> bool:
    return name.text[1:2] == "."


def _begins(name: Name, letters: str, surname: str) -> bool:
    """Tell whether a name with its first name in full has these initials and this surname."""
    if surname not in name.shorts or _has_initial(name):
        return False
    given = name.key.removesuffix(f" {surname}").split(" ")
    return all(each[0] == letter for each, letter in zip(given, letters, strict=False))
