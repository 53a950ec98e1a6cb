"""What is known about Hungarian."""

from __future__ import annotations

from backstory.engine.languages import Language

LANGUAGE = Language(
    "hu",
    "Hungarian",
    stemmer="hungarian",
    has_decimal_comma=True,
)
