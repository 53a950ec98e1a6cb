"""Numbers of pages are written as ranges, and read back whatever they say."""

from __future__ import annotations

import pytest

from backstory.engine.remarks import Code, Remark
from backstory.indexer.readers import Member, Reading
from backstory.indexer.readers.scans import (
    MOST_PAGES,
    members_to_read,
    page_ranges,
    pages_in,
    pages_to_read,
)


@pytest.mark.parametrize(
    ("pages", "ranges"), [([], ""), ([3], "3"), ([1, 2, 3, 7], "1-3,7"), ([9, 8], "8-9")]
)
def test_pages_are_written_as_ranges_and_read_back(pages: list[int], ranges: str) -> None:
    assert page_ranges(pages) == ranges
    assert pages_in(ranges) == sorted(pages)


@pytest.mark.parametrize("ranges", ["1-999999999", "1-99999999999999999999", "5-1", "x", "-", ","])
def test_ranges_that_lie_give_no_more_pages_than_a_file_may_have(ranges: str) -> None:
    assert len(pages_in(ranges)) <= MOST_PAGES


def test_what_was_read_in_another_way_is_read_again_only_for_whoever_asks() -> None:
    read = Remark.of(Code.PAGES_SCANNED, where="1-2", by="tesseract 5, eng, 300 dpi")
    waits = Remark.of(Code.PAGES_STAMPED, where="4")
    assert pages_to_read([read, waits]) == [4]
    assert pages_to_read([read, waits], "tesseract 5, spa, 300 dpi") == [1, 2, 4]
    assert pages_to_read([read], "tesseract 5, eng, 300 dpi") == []


def test_members_within_members_wait_by_their_hash() -> None:
    waits = Remark.of(Code.NEEDS_OCR, where="1-2", pages=2)
    inner = Member("photo.png", "b" * 64, remark=waits)
    mail = Member("mail.eml", "a" * 64, Reading((), members=(inner,)))
    row = Member("1", "", Reading((), notes=(waits,)))
    assert members_to_read([mail, row]) == {"b" * 64: (1, 2)}
