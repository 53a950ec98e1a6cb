"""The section [search]: what one query may cost."""

from __future__ import annotations

from dataclasses import dataclass

from backstory.engine.settings import setting


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """What one query may cost, and how much meaning counts where a model is installed.

    `meaning` is 1 for the share in a score that was measured for the model, 0 for words alone.
    """

    page_size: int = setting(10, low=1)
    max_page_size: int = setting(100, low=1)
    max_query_chars: int = setting(5_000, low=1)
    max_clauses: int = setting(64, low=1)
    max_expansions: int = setting(256, low=1)
    meaning: float = setting(1.0, low=0, high=2)
