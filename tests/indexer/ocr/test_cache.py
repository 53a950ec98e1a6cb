"""What OCR has read is kept: by file, page and how; bounded; and never in the way."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from backstory.indexer.ocr.cache import FILE, OcrCache
from backstory.indexer.ocr.pages import OcrPage, OcrWord
from backstory.indexer.ocr.paragraphs import texts

ENGLISH, SPANISH = "tesseract 5.3.0, eng, 300 dpi", "tesseract 5.3.0, spa, 300 dpi"
LAMP = OcrWord("lamp", 0.125, 0.25, 0.5, 0.3, 91.5, 1, 1)
PAGE = OcrPage((LAMP, replace(LAMP, text="señal", line=2)), made_by=ENGLISH)


def long_page(seed: int) -> OcrPage:
    """Return a page of some 10 KB, which is packed badly."""
    words = (
        replace(LAMP, text=f"{(seed + n) * 7919 % 99991:x}", left=n % 997 / 997)
        for n in range(4000)
    )
    return OcrPage(tuple(words), made_by=ENGLISH)


def test_a_page_comes_back_as_it_was_read(tmp_path: Path) -> None:
    cache = OcrCache(tmp_path / "state")
    assert cache.page("a" * 64, 1) is None
    cache.put("a" * 64, 1, PAGE)
    cache.put("a" * 64, 2, OcrPage(failure="not read within 60 seconds", made_by=ENGLISH))
    other = OcrCache(tmp_path / "state")
    assert other.page("a" * 64, 1) == PAGE
    assert other.pages("a" * 64)[2].failure == "not read within 60 seconds"
    assert other.page("b" * 64, 1) is None


def test_the_newest_reading_counts_and_each_way_of_reading_has_its_own(tmp_path: Path) -> None:
    cache = OcrCache(tmp_path)
    cache.put("a", 1, PAGE)
    cache.put("a", 1, OcrPage(made_by=SPANISH))
    assert cache.pages("a", ENGLISH) == {1: PAGE}
    assert cache.page("a", 1) == OcrPage(made_by=SPANISH)
    cache.put("a", 1, PAGE)
    assert cache.page("a", 1) == PAGE


def test_what_was_used_longest_ago_is_forgotten_first(tmp_path: Path) -> None:
    now = [0.0]
    cache = OcrCache(tmp_path, limit_mb=1, clock=lambda: now[0])
    for number in range(60):
        now[0] += 4000
        cache.put(f"file {number}", 1, long_page(number))
        assert cache.page("file 0", 1) is not None  # used all the time
    kept = [number for number in range(60) if cache.page(f"file {number}", 1)]
    assert kept[0] == 0
    assert kept[1:] == list(range(kept[1], 60))
    assert kept[1] > 1


def test_a_damaged_file_is_put_aside_and_a_damaged_page_was_never_read(tmp_path: Path) -> None:
    cache = OcrCache(tmp_path)
    cache.put("a", 1, PAGE)
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute("UPDATE pages SET words = x'00'")
    connection.close()
    assert cache.page("a", 1) is None
    (tmp_path / FILE).write_bytes(b"no database" * 1000)
    with pytest.raises(sqlite3.DatabaseError):
        cache.page("a", 1)
    assert cache.page("a", 1) is None
    cache.put("a", 1, PAGE)
    assert cache.page("a", 1) == PAGE


def test_paragraphs_are_made_of_lines_and_divided_words_made_whole() -> None:
    def word(text: str, line: int, paragraph: int, confidence: float = 90) -> OcrWord:
        return OcrWord(text, 0, 0, 1, 1, confidence, line, paragraph)

    page = OcrPage(
        (
            *(word("The", 1, 1), word("light-", 1, 1, 60), word("house", 2, 1), word("and", 2, 1)),
            *(word("its", 3, 2), word("lamp.", 3, 2), word("Nobody", 4, 3), word("~~", 5, 4, 5)),
        )
    )
    first, second, noise = texts(page)
    assert (first.text, second.text) == ("The lighthouse and its lamp.", "Nobody")
    assert first.confidence == round(90 - 30 * 6 / 25)
    assert first.is_legible
    assert not noise.is_legible
