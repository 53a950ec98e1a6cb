"""The vectors of a snapshot, and the passages that lack one; opened when first asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from backstory.engine.embeddings import EmbeddingModel
from backstory.engine.indexes.embedded.arrays import Flags, Ids
from backstory.engine.indexes.embedded.columns import OWN_LANGUAGE
from backstory.engine.indexes.embedded.document_ranges import DocumentRanges
from backstory.engine.indexes.embedded.passage_facts import PassageFacts
from backstory.engine.indexes.embedded.segments import OpenSegment
from backstory.engine.indexes.embedded.vectors import VectorReader


class VectorTable:
    """Which passages have a vector, and which could have one; shared by threads."""

    def __init__(
        self,
        segments: Sequence[OpenSegment],
        bases: Sequence[int],
        ranges: DocumentRanges,
        facts: PassageFacts,
    ) -> None:
        self._segments, self._bases, self._ranges, self._facts = segments, bases, ranges, facts

    @cached_property
    def reader(self) -> VectorReader:
        """The vectors."""
        return VectorReader([s.vectors for s in self._segments], self._bases, self._ranges.live)

    def known(self, model: EmbeddingModel) -> Ids:
        """Return the passages in languages that a model knows, ascending."""
        return np.flatnonzero(self._ranges.live & self._in_languages(model))

    def unembedded(self, model: EmbeddingModel) -> Ids:
        """Return those of them that have no vector, ascending."""
        waiting = self._ranges.live & self._in_languages(model)
        waiting[self.reader.entries] = False
        return np.flatnonzero(waiting)

    def _in_languages(self, model: EmbeddingModel) -> Flags:
        known = [model.knows(language) for language in self._ranges.column("language")]
        flags: Flags = self._ranges.spread(np.array(known, bool))
        for entry, language in self._facts.each(OWN_LANGUAGE):
            flags[entry] = model.knows(language)
        return flags
