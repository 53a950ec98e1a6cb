"""What is known about Danish."""

from __future__ import annotations

from backstory.engine.languages import Language

LANGUAGE = Language(
    "da",
    "Danish",
    stemmer="danish",
    has_decimal_comma=True,
)
