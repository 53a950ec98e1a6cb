"""Words that OCR has read are marked on the picture of their page."""

from __future__ import annotations

from pathlib import Path

from scans import needs_tesseract, pdf_of, scan

from backstory.api import Archive
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
