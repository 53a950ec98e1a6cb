"""What is known about Romanian."""

from __future__ import annotations

from backstory.engine.languages import Language

LANGUAGE = Language(
    "ro",
    "Romanian",
    stemmer="romanian",
    has_decimal_comma=True,
)
