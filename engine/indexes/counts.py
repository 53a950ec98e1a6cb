"""What a commit counts: kept up to date by a writer, which adds and takes away documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Counts:
    """Documents, passages and words, and passages by language."""

    documents: int = 0
    passages: int = 0
    words: int = 0
    languages: Mapping[str, int] = field(default_factory=dict)

    def plus(self, other: Counts, sign: int = 1) -> Counts:
        """Add, or with sign -1 take away, other counts."""
        languages = Counter(self.languages)
        for language, passages in other.languages.items():
            languages[language] += sign * passages
        return Counts(
            self.documents + sign * other.documents,
            self.passages + sign * other.passages,
            self.words + sign * other.words,
            {language: n for language, n in sorted(languages.items()) if n},
        )

    def to_json(self) -> dict[str, Any]:
        """Return the counts as JSON values; `Counts(**…)` takes them back."""
        return {
            "documents": self.documents,
            "passages": self.passages,
            "words": self.words,
            "languages": dict(self.languages),
        }
