"""From paragraphs to passages: numbered, with plain spacing, and none longer than the limit.

Every run of white space becomes one space. The offsets still point at the paragraph as the file has
it. A part of a paragraph that was too long points at its own part of the file where the reader
took the paragraph over letter by letter, and at the whole paragraph where markup was removed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from backstory.engine.documents import Passage
from backstory.engine.remarks import Code, Remark
from backstory.indexer.readers import Paragraph, Reading
from backstory.indexer.settings import CorpusSettings

_WORD = re.compile(r"[^\W_]")
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*(?:\s|(?<=[。！？]))")  # noqa: RUF001
_SPACE = re.compile(r"\s")


def passages(
    document_id: str, reading: Reading, settings: CorpusSettings
) -> tuple[tuple[Passage, ...], tuple[Remark, ...]]:
    """Return the passages of a document, numbered from 1, and notes on paragraphs that were split.

    A paragraph without a letter or digit, such as a row of asterisks, gives none.
    """
    found: list[Passage] = []
    split = 0
    for paragraph in reading.paragraphs:
        before = len(found)
        heading = _plain(paragraph.heading)
        for text, start, end in _parts(paragraph, settings.max_passage_chars):
            number = len(found) + 1
            found.append(
                Passage(
                    document_id,
                    number,
                    text,
                    heading,
                    paragraph.page,
                    start,
                    end,
                    seconds=paragraph.seconds,
                    cells=paragraph.cells,
                    confidence=paragraph.confidence,
                )
            )
        split += len(found) > before + 1
    return tuple(found), _notes(split, settings.max_passage_chars)


def _plain(text: str) -> str:
    # Of all white space only the blank is printable: most texts need not be taken apart.
    if text.isprintable() and "  " not in text and text[:1] != " " != text[-1:]:
        return text
    return " ".join(text.split())


def _notes(split: int, limit: int) -> tuple[Remark, ...]:
    if not split:
        return ()
    which = "1 paragraph" if split == 1 else f"{split:,} paragraphs"
    detail = f"{which} longer than {limit:,} characters split into shorter passages"
    return (Remark.of(Code.SPLIT, detail=detail),)


def _parts(paragraph: Paragraph, limit: int) -> Iterator[tuple[str, int, int]]:
    text = _plain(paragraph.text)
    if len(text) <= limit:
        if _WORD.search(text):
            yield text, paragraph.start, paragraph.end
        return
    is_verbatim = paragraph.end - paragraph.start == len(paragraph.text)
    for first, last in _spans(paragraph.text, limit):
        part = _plain(paragraph.text[first:last])
        if _WORD.search(part):
            start, end = (first, last) if is_verbatim else (0, paragraph.end - paragraph.start)
            yield part, paragraph.start + start, paragraph.start + end


def _spans(text: str, limit: int) -> Iterator[tuple[int, int]]:
    position = 0
    while len(text) - position > limit:
        cut = _cut(text, position, limit)
        yield position, cut
        position = cut
    yield position, len(text)


def _cut(text: str, position: int, limit: int) -> int:
    # Only the second half is looked at, so that every character is looked at twice at most.
    half, end = position + limit // 2, position + limit
    for border in (_SENTENCE_END, _SPACE):
        cut = 0
        for found in border.finditer(text, half, end):
            cut = found.end()
        if cut:
            return cut
    return end
