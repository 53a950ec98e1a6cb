"""Pages without text: what OCR has read on them so far, and what is lacking.

OCR is no part of reading: the pages that it has read come with the source. So a file gives the same
documents whenever it is read, and what OCR adds is marked in each paragraph by its confidence.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from backstory.engine.remarks import Code, Remark, Value
from backstory.indexer.ocr.pages import OcrPage
from backstory.indexer.ocr.paragraphs import OcrText, texts
from backstory.indexer.readers import LeftOut, Member
from backstory.indexer.readers.blocks import Block

_SHOWN = 5  # page numbers in a sentence
MOST_PAGES = 100_000  # of a file that are read by OCR
_RUN = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?")
# What is remarked on pages that OCR has not read yet, and on those that it has.
_LACKING = frozenset({Code.NEEDS_OCR, Code.PAGES_WITHOUT_TEXT, Code.PAGES_STAMPED})
_READ = frozenset({Code.OCR_FAILED, Code.EMPTY, Code.PAGES_SCANNED, Code.PAGES_ILLEGIBLE})


@dataclass(frozen=True, slots=True)
class Scan:
    """The pages of a file that are for OCR: paragraphs of those that it has read, and remarks.

    `lacking` are the pages that it has not read, `failed` those that it could not read.
    """

    blocks: tuple[Block, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[Remark, ...] = ()
    lacking: tuple[int, ...] = ()
    failed: tuple[tuple[int, str], ...] = ()
    made_by: str = ""

    @classmethod
    def of(
        cls, recognised: Mapping[int, OcrPage], empty: Sequence[int], stamped: Sequence[int] = ()
    ) -> Scan:
        """Sort pages, which are counted from 1, by what OCR has made of them.

        `empty` are those without text, `stamped` the pictures with a line of text on them.
        """
        numbers = sorted({*empty, *stamped})
        read = {number: recognised[number] for number in numbers if number in recognised}
        lacking = tuple(number for number in numbers if number not in recognised)
        failed = tuple((n, page.failure) for n, page in read.items() if page.failure)
        by_page = [(n, each) for n, page in read.items() for each in texts(page)]
        legible = [(n, each) for n, each in by_page if each.is_legible]
        made_by = " and ".join(sorted({page.made_by for page in read.values()}))
        fine = [number for number, page in read.items() if not page.failure]
        return cls(
            tuple(Block(each.text, page=n, confidence=each.confidence) for n, each in legible),
            tuple(LeftOut("illegible", e.text, n) for n, e in by_page if not e.is_legible),
            (
                *_waiting(lacking, frozenset(stamped)),
                *_notes(fine, legible, failed, made_by),
            ),
            lacking,
            failed,
            made_by,
        )

    def refusal(self, pages: int) -> Remark:
        """Return why a file of so many pages has no text; they are all the pages that it has."""
        data: dict[str, Value] = {"pages": pages, "where": f"1-{pages}", "by": self.made_by}
        if self.lacking or not self.made_by:
            return Remark.of(Code.NEEDS_OCR, **data)
        if self.failed:
            return Remark.of(Code.OCR_FAILED, why=self.failed[0][1], **data)
        which = "it" if pages == 1 else f"its {pages:,} pages"
        return Remark.of(Code.EMPTY, detail=f"OCR has read no words on {which}", **data)


def _waiting(lacking: Sequence[int], stamped: Collection[int]) -> Iterator[Remark]:
    """Yield what is remarked on pages that OCR has not read."""
    if bare := [number for number in lacking if number not in stamped]:
        yield Remark.of(Code.PAGES_WITHOUT_TEXT, **_numbers(bare))
    if under := [number for number in lacking if number in stamped]:
        yield Remark.of(Code.PAGES_STAMPED, **_numbers(under))


def _notes(
    fine: Sequence[int],
    legible: Sequence[tuple[int, OcrText]],
    failed: Sequence[tuple[int, str]],
    made_by: str,
) -> Iterator[Remark]:
    """Yield what is remarked on pages that OCR has read, or could not read."""
    if fine:
        letters = sum(len(each.text) for _, each in legible)
        sure = sum(each.confidence * len(each.text) for _, each in legible)
        mean = round(sure / letters) if letters else 0
        yield Remark.of(Code.PAGES_SCANNED, confidence=mean, by=made_by, **_numbers(fine))
    for why, run in groupby(sorted(failed, key=lambda each: each[1]), key=lambda each: each[1]):
        numbers = [number for number, _ in run]
        yield Remark.of(Code.PAGES_ILLEGIBLE, why=why, by=made_by, **_numbers(numbers))


def _numbers(pages: Sequence[int]) -> dict[str, Value]:
    shown = ", ".join(map(str, pages[:_SHOWN])) + (" …" if len(pages) > _SHOWN else "")
    return {"pages": shown, "count": len(pages), "where": page_ranges(pages)}


def among(blocks: Iterable[Block], scanned: Sequence[Block]) -> Iterator[Block]:
    """Yield the blocks of a file with those of scanned pages between them, by page."""
    waiting = list(reversed(scanned))
    for block in blocks:
        while waiting and block.page is not None and (waiting[-1].page or 0) < block.page:
            yield waiting.pop()
        yield block
    yield from reversed(waiting)


def page_ranges(pages: Iterable[int]) -> str:
    """Return numbers of pages as text, `1-20,23`."""
    runs: list[list[int]] = []
    for page in sorted(set(pages)):
        if runs and page == runs[-1][1] + 1:
            runs[-1][1] = page
        else:
            runs.append([page, page])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)


def pages_in(ranges: str) -> list[int]:
    """Return the numbers of the pages that `page_ranges` wrote, the first MOST_PAGES of them."""
    pages: list[int] = []
    for run in _RUN.finditer(ranges):
        first, last = int(run[1]), int(run[2] or run[1])
        pages += range(first, min(last + 1, first + MOST_PAGES - len(pages)))
    return pages


def is_waiting(remark: Remark) -> bool:
    """Tell whether a file or some pages of it wait for OCR."""
    return remark.code in _LACKING


def pages_to_read(remarks: Iterable[Remark], made_by: str | None = None) -> list[int]:
    """Return the pages that OCR has not read, by what is remarked on a file.

    With `made_by`, also those that it has read in another way.
    """
    found: set[int] = set()
    for remark in remarks:
        data = dict(remark.data)
        by = str(data.get("by", ""))
        is_other = remark.code in _READ and by and made_by is not None and by != made_by
        if is_waiting(remark) or is_other:
            found.update(pages_in(str(data.get("where", ""))))
    return sorted(found)


def members_to_read(
    members: Iterable[Member], made_by: str | None = None
) -> dict[str, tuple[int, ...]]:
    """Return the pages of members, and of theirs, as `pages_to_read` does, by their SHA-256."""
    found: dict[str, tuple[int, ...]] = {}
    for member in members:
        remarks = [member.remark] if member.remark is not None else []
        if member.reading is not None:
            remarks += member.reading.notes
            found |= members_to_read(member.reading.members, made_by)
        if member.sha256 and (pages := pages_to_read(remarks, made_by)):
            found[member.sha256] = tuple(pages)
    return found
