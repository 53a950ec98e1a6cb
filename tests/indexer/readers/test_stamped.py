"""Pages of paper with a line of type on them are told from pages of text, and from read ones."""

from __future__ import annotations

import pytest
from fpdf import FPDF
from pypdfium2 import PdfDocument
from scans import A4, scan

from backstory.indexer.readers.pdf.characters import lines_of_page
from backstory.indexer.readers.pdf.stamped import MOST_LETTERS, stamps

PAPER = scan("The keeper of the northern light wrote a long letter about forty lamps.", dpi=50)
STAMP = "Case 1:18-cv-07433 Document 1320-12 Filed 01/03/24 Page 12 of 40"


class Sheet(FPDF):
    """A page on which pictures and texts are put one over the other."""

    def __init__(self) -> None:
        super().__init__(format=A4)
        self.set_font("Times", "", 12)
        self.add_page()

    def paper(self, share: float = 1.0) -> Sheet:
        """Put a scan over so much of the page, from the top."""
        self.image(PAPER, 0, 0, A4[0], A4[1] * share)
        return self

    def strips(self, count: int) -> Sheet:
        """Put a scan on the page that was cut into strips."""
        for at in range(count):
            self.image(PAPER, 0, A4[1] * at / count, A4[0], A4[1] / count)
        return self

    def stamp(self, text: str = STAMP) -> Sheet:
        """Write a text at the top of the page."""
        self.set_xy(20, 5)
        self.multi_cell(0, 6, text)
        return self

    def unseen(self, text: str = STAMP) -> Sheet:
        """Write a text that is not drawn, as OCR does."""
        with self.local_context(text_mode="INVISIBLE"):
            return self.stamp(text)


def texts(sheet: FPDF) -> int:
    """Return how many texts of a page are stamps on a scan."""
    document = PdfDocument(bytes(sheet.output()))
    try:
        page = document[0]
        return len(stamps(page, lines_of_page(page, 1)))
    finally:
        document.close()


@pytest.mark.parametrize("put", ["paper", "strips"])
def test_a_line_of_text_over_a_scan_is_a_stamp(put: str) -> None:
    sheet = Sheet().paper(0.8) if put == "paper" else Sheet().strips(8)
    assert texts(sheet.stamp().stamp("Bates 00123")) >= 2


@pytest.mark.parametrize(
    "sheet",
    [
        Sheet().paper(),
        Sheet().stamp(),
        Sheet().paper(0.4).stamp(),
        Sheet().paper().stamp("A word. " * (MOST_LETTERS // 5 + 1)),
        Sheet().stamp().paper(),
        Sheet().paper().unseen(),
        Sheet().paper().unseen().stamp("Bates 00123"),
    ],
    ids=["no text", "no scan", "a small picture", "much text", "below", "read", "read, stamped"],
)
def test_what_is_no_scan_or_was_read_has_none(sheet: FPDF) -> None:
    assert texts(sheet) == 0


def test_a_scan_within_a_drawing_counts_where_the_drawing_puts_it() -> None:
    from originals import _page_of, _stream

    picture = _stream(
        b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8"
        b" /ColorSpace /DeviceGray",
        b"\x80",
    )
    forms = b"/Type /XObject /Subtype /Form /BBox [0 0 600 800] /Resources << /XObject <<"
    drawing = _stream(b"%s /I 6 0 R >> >>" % forms, b"q 60 0 0 80 0 0 cm /I Do Q")
    font = b"/Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >> >>"
    resources = b"<< /XObject << /X 5 0 R >> %s >>" % font
    for scale, expected in ((b"10", 1), (b"2", 0)):
        content = b"q %s 0 0 %s 0 0 cm /X Do Q BT /F 12 Tf 9 9 Td (Bates) Tj ET" % (scale, scale)
        document = PdfDocument(_page_of(resources, content, drawing, picture))
        page = document[0]
        assert len(stamps(page, lines_of_page(page, 1))) == expected
        document.close()
