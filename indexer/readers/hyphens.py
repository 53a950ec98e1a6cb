"""Hyphens at the ends of lines: those that a line break put there go, real ones stay.

A file tells by its other words: one that writes *follow-up* elsewhere means it at a line end, too.
"""

from __future__ import annotations

_HYPHENS = "-‐"  # noqa: RUF001
_SOFT_HYPHEN = "\u00ad"
# Keep their hyphen at the end of a line, even where the file shows them nowhere else.
_HALVES = frozenset({"half", "self", "vice", "well"})
# Goes on after a hyphen that hangs: short- and long-term.
_AFTER_HANGING = frozenset({"and", "o", "or", "to", "und", "y"})
_PUNCTUATION = ".,;:!?…\"'“”‘’«»()[]"


def joint(line: str, following: str, words: frozenset[str]) -> tuple[int, str]:
    """Return how many characters `line` loses, and what comes between it and the next line."""
    if line[-1] == _SOFT_HYPHEN:
        return 1, ""
    if line[-1] not in _HYPHENS or not line[-2:-1].isalnum() or not following[0].isalnum():
        return 0, " "
    left, right = line.split()[-1][:-1], following.split(maxsplit=1)[0]
    if right in _AFTER_HANGING:
        return 0, " "
    is_split = line[-2].isalpha() and right[0].islower()
    return (1, "") if is_split and not _is_compound(left, right, words) else (0, "")


def _is_compound(left: str, right: str, words: frozenset[str]) -> bool:
    left, right = left.strip(_PUNCTUATION).lower(), right.strip(_PUNCTUATION).lower()
    if left in _HALVES or "-" in left or "-" in right or f"{left}-{right}" in words:
        return True
    return left in words and right in words and left + right not in words


def words_of(text: str) -> frozenset[str]:
    """Return the words of a file that has hyphens at line ends, to tell real ones by."""
    if "-\n" not in text:
        return frozenset()
    return frozenset(word.strip(_PUNCTUATION).lower() for word in text.split())
