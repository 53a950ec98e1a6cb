"""An encoder for tests: a thesaurus, whose words of one topic have the same meaning."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from backstory.engine.embeddings import EmbeddingModel, Vectors, quantized, text_to_embed
from backstory.engine.errors import EncoderFailed
from backstory.engine.indexes.contract import DocumentVectors, Index

TOPICS = (
    "radio radios walkie talkie talkies transmitter",
    "suicide kill killed himself life",
    "lighthouse beacon faro",
    "ship vessel boat barco",
    "admiral almirante commander",
    "money fund paid price dinero",
)
MODEL = EmbeddingModel("thesaurus", "7" * 64, 64, ("en",), weight=0.4)


@dataclass
class Thesaurus:
    """Makes vectors that count the topics of a text; other words add a little of their own."""

    model: EmbeddingModel = MODEL
    asked: list[str] = field(default_factory=list)
    is_broken: bool = False

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Return a vector for each text."""
        return np.stack([self._vector(text) for text in texts])

    def question(self, text: str) -> Vectors:
        """Return the vector of a question."""
        if self.is_broken:
            raise EncoderFailed(self.model.name, "it has died")
        self.asked.append(text)
        return self._vector(text)

    def _vector(self, text: str) -> Vectors:
        vector = np.full(self.model.dimensions, 0.01, np.float32)
        for word in re.findall(r"\w+", text.lower()):
            topic = [n for n, topic in enumerate(TOPICS) if word in topic.split()]
            place = topic[0] if topic else 8 + zlib.crc32(word.encode()) % 56
            vector[place] += 1.0 if topic else 0.2
        return vector / np.linalg.norm(vector)


def embed_all(index: Index, encoder: Thesaurus) -> Index:
    """Give every passage whose language the model knows its vector."""
    vectors = [
        DocumentVectors(
            passage.document,
            (passage.number,),
            quantized(encoder.passages([text_to_embed(document.title, passage.text)])),
        )
        for document, passage in index.open().unembedded(encoder.model)
    ]
    writer = index.writer()
    writer.embed(encoder.model, vectors)
    writer.commit()
    writer.close()
    return index
