"""Makes paragraphs of blocks of text, for web pages, office files, books and PDFs.

A heading goes with the paragraphs under it, and is one itself where there are none. A short list
or table is one passage, together with the line that introduces it; of a long one, every item or
row is a passage. That is the rule of the Markdown reader, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from backstory.indexer.readers import Paragraph
from backstory.indexer.readers.headings import Outline

_SHORT_LIST = 600
_MAX_HEADING = 200


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of text: `level` is that of a heading, `group` numbers the list or table it is in.

    A `heading` of its own stands over this block alone. An item that `is_numbered` begins with its
    number, and needs no bullet. `confidence` is that of OCR, 0 to 100.
    """

    text: str
    level: int = 0
    group: int = 0
    page: int | None = None
    heading: str = ""
    is_numbered: bool = False
    confidence: int | None = None


def paragraphs(
    blocks: Iterable[Block], title: str = "", *, heads: bool = True
) -> tuple[str, tuple[Paragraph, ...]]:
    """Return the title and the paragraphs; offsets count in the text with a blank line between.

    Without a title, the first heading is one if `heads`; a heading that repeats the title is left
    out, unless there is nothing else.
    """
    found: list[Paragraph] = []
    outline = Outline()
    named: Paragraph | None = None
    for block in _introduced(_grouped(_plain(blocks))):
        if not block.level or len(block.text) > _MAX_HEADING:
            over = block.heading or outline.over_paragraph()
            found.append(Paragraph(block.text, over, block.page, confidence=block.confidence))
            continue
        heading = Paragraph(block.text, page=block.page)
        if _same(block.text, title) or (heads and not title and not found):
            found += outline.leave()
            title, named = title or block.text, named or heading
        else:
            found += outline.enter(heading, block.level)
    found += outline.leave()
    if not found and named:
        found = [named]
    return title, tuple(_with_offsets(found))


def _with_offsets(paragraphs: Iterable[Paragraph]) -> Iterator[Paragraph]:
    offset = 0
    for each in paragraphs:
        end = offset + len(each.text)
        yield replace(each, start=offset, end=end)
        offset = end + 2


def _plain(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        if text := " ".join(block.text.replace("\u00ad", "").split()):
            yield replace(block, text=text)


def _same(text: str, title: str) -> bool:
    return "".join(filter(str.isalnum, text.lower())) == "".join(filter(str.isalnum, title.lower()))


def _grouped(blocks: Iterable[Block]) -> Iterator[tuple[Block, bool]]:
    """Join the items of short lists; tell with each block whether it is a whole list."""
    for group, run in groupby(blocks, key=lambda block: block.group):
        items = list(run)
        size = sum(len(item.text) for item in items)
        if group and len(items) > 1 and size <= _SHORT_LIST and not any(i.level for i in items):
            joined = " ".join(i.text if i.is_numbered else f"• {i.text}" for i in items)
            yield Block(joined, page=items[0].page), True
        else:
            yield from ((item, False) for item in items)


def _introduced(blocks: Iterable[tuple[Block, bool]]) -> Iterator[Block]:
    pending: Block | None = None  # it may introduce a list
    for block, is_list in blocks:
        if pending and is_list and pending.text.endswith(":") and not pending.level:
            block = replace(pending, text=f"{pending.text} {block.text}")
        elif pending:
            yield pending
        pending = block
    if pending:
        yield pending
