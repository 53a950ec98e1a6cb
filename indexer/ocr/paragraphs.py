"""The paragraphs that the words on a page form, each with how sure OCR was of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from backstory.indexer.ocr.pages import OcrPage, OcrWord
from backstory.indexer.readers.hyphens import joint

ILLEGIBLE = 35  # mean confidence below which a paragraph is stains or handwriting, not text
_SENTENCE_END = re.compile(r"[.!?…:;。！？][\"'”’»)\]]*$")  # noqa: RUF001


@dataclass(frozen=True, slots=True)
class OcrText:
    """A paragraph of a page, and the mean confidence of its words, 0 to 100."""

    text: str
    confidence: int

    @property
    def is_legible(self) -> bool:
        """Whether it is likely to be text at all."""
        return self.confidence >= ILLEGIBLE and any(map(str.isalnum, self.text))


def texts(page: OcrPage) -> list[OcrText]:
    """Return the paragraphs of a page; one that goes on in the middle of a sentence is joined."""
    joined: list[list[OcrWord]] = []
    for paragraph in _grouped(page.words):
        if joined and _goes_on(joined[-1], paragraph):
            joined[-1] += paragraph
        else:
            joined.append(paragraph)
    return [OcrText(_text(each), _mean(each)) for each in joined]


def _grouped(words: Iterable[OcrWord]) -> Iterator[list[OcrWord]]:
    for _, run in groupby(words, key=lambda word: word.paragraph):
        yield list(run)


def _goes_on(before: list[OcrWord], after: list[OcrWord]) -> bool:
    return after[0].text[:1].islower() and not _SENTENCE_END.search(before[-1].text)


def _text(words: list[OcrWord]) -> str:
    """Return the lines as one text, words that were divided at the end of a line made whole."""
    text = ""
    for _, run in groupby(words, key=lambda word: word.line):
        line = " ".join(word.text for word in run)
        if text:
            lost, between = joint(text, line, frozenset())
            text = text[: len(text) - lost] + between
        text += line
    return text


def _mean(words: list[OcrWord]) -> int:
    """Return the mean confidence of words, the longer ones counting more."""
    letters = sum(len(word.text) for word in words)
    return round(sum(word.confidence * len(word.text) for word in words) / letters)
