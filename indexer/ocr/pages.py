"""What OCR makes of a page: words with their places."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OcrWord:
    """A word and its box, in shares of the page from its left and top: 0 to 1.

    `confidence` is Tesseract's, 0 to 100. Lines and paragraphs are counted from 1 over the page.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    confidence: float
    line: int
    paragraph: int


@dataclass(frozen=True, slots=True)
class OcrPage:
    """The words that were read on a page, in the order of reading; none on a blank page.

    `failure` says why the page could not be read, "" where it was; `made_by` names program,
    version, languages and resolution.
    """

    words: tuple[OcrWord, ...] = ()
    failure: str = ""
    made_by: str = ""
