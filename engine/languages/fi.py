"""What is known about Finnish."""

from __future__ import annotations

from backstory.engine.languages import Language

LANGUAGE = Language(
    "fi",
    "Finnish",
    stemmer="finnish",
    has_decimal_comma=True,
)
