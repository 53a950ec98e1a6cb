"""PDFs in many layouts: nothing on a page is lost, and it is read in the order of the page."""

from __future__ import annotations

import re
import shutil
import subprocess
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path

import dossier
import pytest
from pdf_layouts import LAYOUTS
from pypdfium2 import PdfDocument

from backstory.indexer.readers import Reading
from backstory.indexer.readers.pdf.columns import CELL
from backstory.indexer.readers.pdf.extras import COMMENT, FORM
from backstory.indexer.readers.pdf.flow import PAGE_HEAD

Read = Callable[..., Reading]

STORIES = {
    f"story {number}, columns {columns}": partial(
        dossier.pdf, dossier.story(number, 6), columns=columns
    )
    for number in range(4)
    for columns in (1, 2)
}
MADE: dict[str, Callable[[], bytes]] = {**LAYOUTS, **STORIES}
ADDED_HEADINGS = frozenset({PAGE_HEAD, COMMENT, FORM})
WORD = re.compile(r"\w+")


def shown(reading: Reading) -> Iterator[str]:
    """Yield title, headings and paragraphs, each once, in the order of the document."""
    path: list[str] = []
    last = ""
    if reading.title != "A":
        yield reading.title
    for paragraph in reading.paragraphs:
        over = [] if paragraph.heading in ADDED_HEADINGS else paragraph.heading.split(" > ")
        for depth, heading in enumerate(over):
            if heading and path[: depth + 1] != over[: depth + 1] and heading != last:
                yield heading
        path = over or path
        last = paragraph.text
        yield paragraph.text


def letters(text: str) -> Counter[str]:
    """Count letters and signs, without white space, hyphens and what stands between cells."""
    plain = unicodedata.normalize("NFKC", text.replace(CELL, " "))
    return Counter(re.sub(r"[\s\-‐\u00ad\x02\ufffe|]", "", plain))


def of_pdfium(data: bytes) -> str:
    document = PdfDocument(data)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


@cache
def made(name: str) -> bytes:
    return MADE[name]()


@pytest.mark.parametrize("name", MADE)
def test_no_character_of_a_page_is_lost_or_doubled(read_bytes: Read, name: str) -> None:
    reading = read_bytes("a.pdf", made(name))
    pieces = [*shown(reading), *(each.text for each in reading.left_out)]
    assert letters(" ".join(pieces)) == letters(of_pdfium(made(name)))


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="needs pdftotext (poppler-utils)")
@pytest.mark.parametrize("name", LAYOUTS)
def test_words_are_read_in_the_order_of_the_page(
    read_bytes: Read, name: str, tmp_path: Path
) -> None:
    reading = read_bytes("a.pdf", made(name))
    ours = WORD.findall(" ".join(shown(reading)))
    path = tmp_path / "a.pdf"
    path.write_bytes(made(name))
    share = max(
        common(ours, WORD.findall(of_pdftotext(path, option))) for option in ((), ("-layout",))
    )
    assert share / len(ours) >= 0.99


def of_pdftotext(path: Path, option: tuple[str, ...]) -> str:
    done = subprocess.run(["pdftotext", *option, str(path), "-"], capture_output=True, check=True)
    # It writes divided words as they are divided.
    return re.sub(r"[-\u00ad]\n\s*(?=[a-z])", "", done.stdout.decode())


def common(first: list[str], second: list[str]) -> int:
    """Return the length of the longest common subsequence (Allison and Dix, 1986)."""
    places: dict[str, int] = {}
    for number, word in enumerate(second):
        places[word] = places.get(word, 0) | 1 << number
    row = 0
    for word in first:
        either = row | places.get(word, 0)
        row = either & ~(either - (row << 1 | 1))
    return row.bit_count()
