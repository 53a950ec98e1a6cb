"""What word processors have in common: comments, heads and feet of pages, parts of the file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark
from backstory.indexer.readers.blocks import Block

DELETED, HIDDEN, PAGE_NUMBER = "deleted", "hidden", "page number"
_PAGE_FIELD = re.compile(r"\s*(?:PAGE|NUMPAGES|SECTIONPAGES)\b", re.IGNORECASE)
_FEWEST_WORDS = 3  # of a line with a page number that says more than `page` and `of`


def comment(text: str, author: str = "", date: str = "") -> Block:
    """Return a comment as a paragraph that says who made it and when, where that is known."""
    who = ", ".join(filter(None, (author.strip(), date.strip())))
    return Block(f"Comment by {who}: {text}" if who else f"Comment: {text}")


def edges(heads: Iterable[Block], feet: Iterable[Block]) -> Iterator[Block]:
    """Yield what stands at the head and the foot of the pages, the same for several pages once."""
    for heading, blocks in (("Page head", heads), ("Page foot", feet)):
        texts = dict.fromkeys(" ".join(block.text.split()) for block in blocks)
        texts.pop("", None)
        if texts:
            yield Block(heading, level=1)
            yield from map(Block, texts)


def optional(part: str, read: Callable[[], Any], notes: list[Remark]) -> Any:
    """Return what a part that the text can do without is read as; None, and a note, if broken.

    Raises UnreadableDocument all the same where the file is too large or encrypted.
    """
    try:
        return read()
    except UnreadableDocument as error:
        if error.remark.code in (Code.TOO_LARGE, Code.ENCRYPTED):
            raise
        notes.append(Remark.of(Code.PART_BROKEN, part=part, problem=error.reason))
        return None


def is_page_field(instruction: str) -> bool:
    """Tell whether a field is one that counts pages."""
    return _PAGE_FIELD.match(instruction) is not None


def only_counts_pages(text: str) -> bool:
    """Tell whether a line with a page number in it says no more than `Page … of …`."""
    return len(text.split()) < _FEWEST_WORDS
