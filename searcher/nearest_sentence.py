"""The sentence of a passage that is nearest to a question: what is shown of a long passage."""

from __future__ import annotations

import re
from collections.abc import Sequence

from backstory.engine.embeddings import Encoder, Rows, cosines, quantized
from backstory.engine.matching import Span

LONG = 600  # characters; a shorter passage is shown whole, and read at a glance
MOST = 32  # sentences of all passages together: each takes some milliseconds
_END = re.compile(r"(?<=[.!?…])[\"'”’»)\]]*\s+(?=\S)")


def sentences(text: str) -> list[Span]:
    """Return where each sentence of a text begins and ends, as offsets."""
    ends = [(gap.start(), gap.end()) for gap in _END.finditer(text)]
    starts = [0, *(end for _, end in ends)]
    stops = [*(start for start, _ in ends), len(text)]
    return list(zip(starts, stops, strict=True))


def nearest_sentences(texts: Sequence[str], question: Rows, encoder: Encoder) -> list[Span | None]:
    """Return the nearest sentence of each text, None where a text is short or is one sentence.

    The texts come first that stand first; where their sentences are MOST, the others have None.
    Raises EncoderFailed.
    """
    spans: list[list[Span]] = []
    left = MOST
    for text in texts:
        each = sentences(text)[:left] if len(text) > LONG else []
        spans.append(each if len(each) > 1 else [])
        left -= len(spans[-1])
    parts = [text[a:b] for text, each in zip(texts, spans, strict=True) for a, b in each]
    if not parts:
        return [None] * len(texts)
    near = iter(cosines(question, quantized(encoder.passages(parts))).tolist())
    best = [max(((next(near), -a, b) for a, b in each), default=None) for each in spans]
    return [(-one[1], one[2]) if one else None for one in best]
