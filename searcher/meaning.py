"""What a question means: whether it is asked by meaning too, with which text, and among what.

Who writes operators, quotes or fields alone says which words are wanted: such a query is answered
by its words, and so is a single word. Only where words find nothing is the nearest by meaning
shown, apart from the hits.
"""

from __future__ import annotations

from dataclasses import dataclass

from backstory.engine.embeddings import Encoder, Rows, quantized
from backstory.engine.indexes.contract import Snapshot
from backstory.engine.query import And, Expandable, Filter, InTitle, Not, Or, Query, walk
from backstory.searcher.lexer import Kind
from backstory.searcher.question_language import is_understood
from backstory.searcher.questions import Question

FEWEST_WORDS = 2


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a question means, as a vector, (1, dimensions); `within` is what its filters match.

    `weight` is the share of meaning in a score, from 0 to 1. Unless it `is_fused`, the question is
    answered by its words.
    """

    vector: Rows
    weight: float
    within: Query | None
    is_fused: bool


def meaning_of(
    question: Question, snapshot: Snapshot, encoder: Encoder, factor: float
) -> Meaning | None:
    """Return what a question means; None where it is no text, or the index has no such vectors.

    `factor` is multiplied with the weight of the model. Raises EncoderFailed.
    """
    pieces = question.parsed.pieces
    words = [piece.text for piece in pieces if piece.kind in (Kind.WORD, Kind.PHRASE)]
    if not words or not _is_text(question):
        return None
    text, embedding = " ".join(words), snapshot.embedding
    if embedding is None or embedding.model.digest != encoder.model.digest:
        return None
    if not is_understood(text, snapshot, encoder.model):
        return None
    is_quoted = any(piece.kind is Kind.PHRASE for piece in pieces)
    spoken = [word for word in words if any(map(str.isalnum, word))]
    vector = quantized(encoder.question(text)[None])
    is_fused = len(spoken) >= FEWEST_WORDS and not is_quoted
    weight = min(encoder.model.weight * factor, 1.0)
    return Meaning(vector, weight, _conditions(question.query), is_fused)


def _is_text(question: Question) -> bool:
    """Tell whether a question has words, quotations and conditions, and nothing else."""
    pieces, query = question.parsed.pieces, question.parsed.query
    return (
        all(piece.kind in (Kind.WORD, Kind.PHRASE, Kind.FIELD) for piece in pieces)
        and not any(piece.distance >= 0 or piece.text.startswith("=") for piece in pieces)
        and not any(isinstance(node, Expandable) for node in walk(query))
    )


def _conditions(query: Query) -> Query | None:
    """Return the part of a query that is about documents and not about words, None for none."""
    if not isinstance(query, And):
        return None
    conditions = tuple(child for child in query.children if _is_condition(child))
    return And(conditions) if conditions else None


def _is_condition(query: Query) -> bool:
    return all(
        isinstance(node, Filter | And | Or | Not) and not isinstance(node, InTitle)
        for node in walk(query)
    )
