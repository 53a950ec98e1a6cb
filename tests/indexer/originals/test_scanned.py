"""Words that OCR has read are marked on the picture of their page."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from scans import bomb, needs_tesseract, pdf_of, saved, scan

from backstory.api import Archive
from backstory.engine.documents import Document
from backstory.engine.errors import UnreadableDocument
from backstory.engine.originals import has_pictures
from backstory.indexer.readers import Source
from backstory.indexer.readers.pictures import shown
from backstory.indexer.readers.registry import format_for, suffixes
from backstory.indexer.settings import CorpusSettings
from backstory.settings import Config

LAMP = "The keeper of the northern light wrote a long letter about forty lamps."


def test_words_of_a_scan_are_marked_on_its_page(tmp_path: Path) -> None:
    needs_tesseract("eng")
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus/letter.pdf").write_bytes(pdf_of(["A first page.", scan(LAMP)]))
    usual = {"index__path": "index", "index__jobs": 1, "ocr__dpi": 150}
    with Archive(Config(root=tmp_path).override(**usual)) as archive:
        archive.index()
        assert archive.picture("letter", 2, "northern").boxes == ()
        archive.read_scans()
        (hit,) = archive.search("northern light").hits
        picture = archive.picture("letter", hit.page or 0, "northern light")
    northern, light = picture.boxes
    assert hit.page == 2
    assert 0 < northern[0] < northern[2] < light[0] < light[2] < 1
    assert all(0 < top < bottom < 0.2 for _, top, _, bottom in picture.boxes)  # the first line


@pytest.mark.parametrize(("name", "kind"), [("a.jpg", "JPEG"), ("a.png", "PNG"), ("a.tif", "TIFF")])
def test_words_of_a_picture_are_marked_on_it(tmp_path: Path, name: str, kind: str) -> None:
    needs_tesseract("eng")
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / name).write_bytes(saved(scan(LAMP, dpi=150), kind))
    with Archive(Config(root=tmp_path).override(index__path="index", index__jobs=1)) as archive:
        archive.index()
        archive.read_scans()
        picture = archive.picture("a", 1, '"northern light"')
        assert archive.search("northern").hits[0].has_picture
    assert (picture.pages, picture.width) == (1, 1000)
    assert len(picture.boxes) == 1


@pytest.mark.parametrize(
    ("orientation", "stored"),
    [(3, "ROTATE_180"), (6, "ROTATE_90"), (7, "TRANSVERSE"), (8, "ROTATE_270")],
)
def test_a_photograph_of_paper_is_read_and_shown_the_right_way_up(
    tmp_path: Path, orientation: int, stored: str
) -> None:
    needs_tesseract("eng")
    exif = Image.Exif()
    exif[274] = orientation
    page = scan(LAMP, dpi=150).transpose(Image.Transpose[stored])
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus/photo.jpg").write_bytes(saved(page, "JPEG", exif=exif))
    with Archive(Config(root=tmp_path).override(index__path="index", index__jobs=1)) as archive:
        archive.index()
        archive.read_scans()
        assert [each.passage.text for each in archive.open("photo").passages] == [LAMP]
        picture = archive.picture("photo", 1, "keeper")
        plain = archive.picture("photo", 1)
    (box,) = picture.boxes
    assert picture.height > picture.width
    assert box[3] < 0.15  # in the first line of the paper
    sides = (picture.width, picture.height, picture.width, picture.height)
    place = tuple(round(edge * side) for edge, side in zip(box, sides, strict=True))
    with Image.open(io.BytesIO(plain.png)) as drawn:  # and letters stand under the mark
        letters = drawn.convert("L").crop(place)
    assert sum(letters.histogram()[:128]) > letters.width * letters.height / 20


def test_whatever_may_be_scanned_can_be_shown() -> None:
    shown = {each for each in suffixes() if has_pictures(Document("a", "A", path=f"a{each}"))}
    assert shown == {each for each in suffixes() if format_for(each).may_be_scanned}


def test_picture_that_is_too_large_or_broken_has_none(tmp_path: Path) -> None:
    source = Source(tmp_path, "a.png", bomb(), False, CorpusSettings())
    with pytest.raises(UnreadableDocument, match="too large"):
        shown(source, 1, 1000, 4_000_000)
    broken = saved(scan(LAMP), "PNG")[:3000]
    with pytest.raises(UnreadableDocument, match="broken"):
        shown(replace(source, data=broken), 1, 1000, 4_000_000)
    assert shown(replace(source, data=broken), 2, 1000, 4_000_000) == (1, 0, 0, (), b"")
