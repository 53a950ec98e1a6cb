"""A page as it comes out of the process that read it: checked, so that it is nothing but a page."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from typing import Any

from backstory.engine.originals import Box
from backstory.indexer.exchange import FalseAnswer
from backstory.indexer.readers.pdf.stamped import MOST_LETTERS

MOST_PAGES = 10_000_000
_MOST_LETTERS = 200_000
_LEVEL = 1  # of compression, for pages that wait to be asked for again: a tenth of the pixels


@dataclass(frozen=True, slots=True)
class PageWord:
    """A word of a page, and where it stands."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class RenderedPage:
    """A page of a document of `pages`: its words, and its pixels (red, green, blue), packed.

    Where the document has no such page, width and height are 0.
    """

    pages: int
    width: int
    height: int
    words: tuple[PageWord, ...]
    packed: bytes

    @property
    def pixels(self) -> bytearray:
        """The pixels, for somebody to draw on."""
        return bytearray(zlib.decompress(self.packed))

    @property
    def has_few_letters(self) -> bool:
        """Whether it may be a picture with a stamp on it, or a picture alone."""
        return sum(len(word.text) for word in self.words) <= MOST_LETTERS

    @property
    def size(self) -> int:
        """How many bytes it takes in memory, roughly."""
        return len(self.packed) + 300 * len(self.words) + 500


def loaded(answer: bytes, most_pixels: int) -> RenderedPage:
    """Return the page that `RenderPage` answers with; raises FalseAnswer."""
    head, _, pixels = answer.partition(b"\n")
    try:
        pages, width, height, words = json.loads(head)
        counts = (pages, width, height)
        is_page = all(type(each) is int and 0 <= each <= MOST_PAGES for each in counts)
        if not is_page or width * height > most_pixels or len(pixels) != width * height * 3:
            raise FalseAnswer("no page")
        found = tuple(_word(each, width, height) for each in words)
    except FalseAnswer:
        raise
    except (ValueError, TypeError, RecursionError) as error:
        raise FalseAnswer(f"{type(error).__name__}: {error}") from error
    if sum(len(word.text) for word in found) > _MOST_LETTERS:
        raise FalseAnswer("more words than a page has")
    return RenderedPage(pages, width, height, found, zlib.compress(pixels, _LEVEL))


def _word(record: Any, width: int, height: int) -> PageWord:
    text, *edges = record
    left, top, right, bottom = edges
    if type(text) is not str or any(type(each) is not int for each in edges):
        raise FalseAnswer("no word")
    if not (0 <= left <= right <= width and 0 <= top <= bottom <= height):
        raise FalseAnswer("a word that stands beside the page")
    return PageWord(text, (left / width, top / height, right / width, bottom / height))
