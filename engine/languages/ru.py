"""What is known about Russian."""

from __future__ import annotations

from backstory.engine.languages import Language

LANGUAGE = Language(
    "ru",
    "Russian",
    stemmer="russian",
    has_decimal_comma=True,
)
