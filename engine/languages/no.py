"""What is known about Norwegian."""

from __future__ import annotations

from backstory.engine.languages import Language

LANGUAGE = Language(
    "no",
    "Norwegian",
    stemmer="norwegian",
    has_decimal_comma=True,
)
