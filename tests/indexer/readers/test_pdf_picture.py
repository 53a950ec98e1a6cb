"""A page is drawn as it is seen, and its words stand where they are drawn."""

from __future__ import annotations

import io
from pathlib import Path

import dossier
import pytest

from backstory.engine.errors import UnreadableDocument
from backstory.indexer.originals.pages import RenderedPage, loaded
from backstory.indexer.readers import Source
from backstory.indexer.readers.pdf.picture import RenderPage
from backstory.indexer.settings import CorpusSettings
from tests.originals import pdf

MOST = 4_000_000
DARK = 128


def rendered(data: bytes, number: int = 1) -> RenderedPage:
    source = Source(Path("a.pdf"), "a.pdf", data, False, CorpusSettings())
    return loaded(RenderPage(number, 1_000, MOST)(source), MOST)


def dark(page: RenderedPage) -> list[tuple[int, int]]:
    """Return the places of dark pixels, from the left and the top."""
    pixels = bytes(page.pixels)
    at = (index // 3 for index in range(0, len(pixels), 3) if pixels[index] < DARK)
    return [(each % page.width, each // page.width) for each in at]


def turned(angle: int, crop: tuple[float, float, float, float] | None) -> bytes:
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import RectangleObject

    writer = PdfWriter()
    page = PdfReader(io.BytesIO(pdf("walrus"))).pages[0]
    page.rotate(angle)
    if crop:
        page.cropbox = RectangleObject(crop)
    writer.add_page(page)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


@pytest.mark.parametrize("crop", [None, (10, 500, 400, 830)])
@pytest.mark.parametrize("angle", [0, 90, 180, 270])
def test_a_word_stands_where_it_is_drawn(
    angle: int, crop: tuple[float, float, float, float] | None
) -> None:
    page = rendered(turned(angle, crop))
    (word,) = page.words
    left, top, right, bottom = word.box
    across, down = zip(*dark(page), strict=True)
    width, height = page.width, page.height
    assert word.text == "walrus"
    assert left * width - 2 <= min(across) <= max(across) <= right * width + 2
    assert top * height - 2 <= min(down) <= max(down) <= bottom * height + 2
    assert (right - left) * width < 1.5 * (max(across) - min(across)) + 12


def test_fields_that_were_filled_in_are_drawn() -> None:
    page = rendered(dossier.filled_pdf())
    drawn = [(x, y) for x, y in dark(page) if x > page.width / 3]
    assert len(drawn) > 100


def test_signs_part_words_and_are_none() -> None:
    page = rendered(pdf("well-kept (books), 1,750; O'Brien"))
    assert [word.text for word in page.words] == ["well", "kept", "books", "1", "750", "O", "Brien"]


def test_a_page_past_the_end_is_empty_and_says_how_many_there_are() -> None:
    page = rendered(pdf("one", "two"), 3)
    assert (page.pages, page.width, page.height, page.words) == (2, 0, 0, ())


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"no PDF"])
def test_what_is_no_pdf_is_unreadable(data: bytes) -> None:
    with pytest.raises(UnreadableDocument, match="broken"):
        rendered(data)
