"""What is known about Arabic."""

from __future__ import annotations

from backstory.engine.languages import Language

LANGUAGE = Language(
    "ar",
    "Arabic",
    stemmer="arabic",
)
