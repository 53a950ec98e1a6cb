"""The words of a commit with the number of passages that hold each, kept in memory.

Each commit adds an entry or more that say by how much it changes the numbers; a reader adds them
up. After many commits a writer puts them together.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from backstory.engine.indexes.opensearch.mapping import WORDS
from backstory.engine.indexes.opensearch.translation import filtered
from backstory.engine.indexes.opensearch.view import View
from backstory.engine.tokens import is_traced

WORDS_AN_ENTRY = 2_000


class Vocabulary:
    """The surface forms of a commit; may begin with those of an earlier one of the same epoch."""

    def __init__(self, view: View, known: Vocabulary | None = None) -> None:
        self._view = view
        self._deltas = view.state.deltas
        if known is not None and not known.is_read:
            known = known._known  # its commit may be gone when its words are needed
        before = known._deltas if known and known._view.index == view.index else ()
        has_begun = bool(before) and self._deltas[: len(before)] == before
        self._known: Vocabulary | None = known if has_begun else None

    @property
    def is_read(self) -> bool:
        """Tell whether the words are in memory."""
        return "counts" in self.__dict__

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """The number of passages by surface form, sorted by form."""
        counts: Counter[str] = Counter()
        deltas, known = self._deltas, self._known
        if known is not None:
            counts.update(known.counts)
            deltas = deltas[len(known._deltas) :]
        for delta in self._read(deltas):
            for surface, change in delta.items():
                counts[surface] += change
        self._known = None
        return {surface: counts[surface] for surface in sorted(counts) if counts[surface] > 0}

    def _read(self, deltas: tuple[int, ...]) -> Iterator[dict[str, int]]:
        if not deltas:
            return
        query = filtered({"term": {"what": WORDS}}, {"terms": {"set": list(deltas)}})
        for entry in self._view.entries(query, [{"set": "asc"}, {"n": "asc"}]):
            yield json.loads(entry["record"])

    @cached_property
    def surfaces(self) -> list[str]:
        """All surface forms, sorted."""
        return list(self.counts)

    @cached_property
    def traced(self) -> list[str]:
        """Those that are no plain words."""
        return list(filter(is_traced, self.surfaces))


def entries_of(counts: Mapping[str, int], generation: int) -> Iterator[dict[str, Any]]:
    """Yield the entries that say by how much a commit changes the numbers."""
    changed = sorted((surface, n) for surface, n in counts.items() if n)
    for number, i in enumerate(range(0, len(changed), WORDS_AN_ENTRY)):
        record = dict(changed[i : i + WORDS_AN_ENTRY])
        yield {"what": WORDS, "set": generation, "n": number, "record": json.dumps(record)}
