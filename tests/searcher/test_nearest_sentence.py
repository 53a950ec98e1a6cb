"""Of a long passage that was found by meaning, the nearest sentence is shown."""

from __future__ import annotations

from backstory.engine.embeddings import quantized
from backstory.searcher.nearest_sentence import LONG, MOST, nearest_sentences, sentences
from tests.encoders import Thesaurus

QUESTION = "radio"
FILLER = "The harbour lay still in the morning fog, and nobody came."
NEAR = "He carried a walkie-talkie."


def long_text(count: int, near: int) -> str:
    """Return a long text of so many sentences, one of which is near to the question."""
    text = " ".join(NEAR if n == near else FILLER for n in range(count))
    assert len(text) > LONG
    return text


def nearest(*texts: str) -> list[str | None]:
    """Return the nearest sentence of each text."""
    encoder = Thesaurus()
    spans = nearest_sentences(texts, quantized(encoder.question(QUESTION)[None]), encoder)
    return [text[slice(*span)] if span else None for text, span in zip(texts, spans, strict=True)]


def test_nearest_sentence_of_a_long_text_is_found_and_a_short_one_is_shown_whole() -> None:
    assert nearest(long_text(15, 9), f"{NEAR} {FILLER}") == [NEAR, None]


def test_no_question_waits_for_more_than_a_few_sentences() -> None:
    texts = [long_text(15, 3) for _ in range(50)]
    found = nearest(*texts)
    assert found[:2] == [NEAR, NEAR]
    assert found[3:] == [None] * 47
    assert 2 * len(sentences(texts[0])) < MOST < 3 * len(sentences(texts[0]))
