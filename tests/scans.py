"""Scans of paper, made by the tests: text drawn as a picture, askew and stained if need be."""

from __future__ import annotations

import io
import os
import random
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path

import dossier
import pytest
from fpdf import FPDF
from PIL import Image, ImageDraw

from backstory.indexer.tools import Tool

A4 = (210, 297)  # millimetres
WHITE = 255


def needs_tesseract(*languages: str) -> None:
    """Skip a test where Tesseract or a language is missing, fail it where CI is set."""
    folders = (
        Path("/usr/share").glob("tesseract-ocr/*/tessdata"),
        Path("/usr/share/tessdata"),
    )
    there = {each.stem for one in (*folders[0], *folders[1:]) for each in one.glob("*.traineddata")}
    lacking = [each for each in languages if there and each not in there]
    if Tool.named("tesseract") and not lacking:
        return
    missing = f"OCR is not tested: there is no tesseract {' '.join(lacking)}".rstrip()
    if "CI" in os.environ:
        pytest.fail(missing)
    pytest.skip(missing)


def draw(pdf: bytes, page: int = 1, *, dpi: int = 200) -> Image.Image:
    """Return a page of a PDF as a picture in grey."""
    from pypdfium2 import PdfDocument

    document = PdfDocument(pdf)
    bitmap = document[page - 1].render(scale=dpi / 72, grayscale=True)
    picture = Image.frombuffer(
        "L", (bitmap.width, bitmap.height), bytes(bitmap.buffer), "raw", "L", bitmap.stride, 1
    )
    document.close()
    return picture


def worn(
    picture: Image.Image, *, degrees: float = 0, stains: int = 0, seed: int = 1
) -> Image.Image:
    """Return a picture turned a little, with pale stains and specks on it."""
    chance = random.Random(seed)
    paper = picture.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=WHITE)
    pen = ImageDraw.Draw(paper)
    wide, high = paper.size
    for _ in range(stains):
        x, y, size = chance.randrange(wide), chance.randrange(high), wide // 20
        pen.ellipse((x, y, x + size, y + size // 2), outline=190, width=wide // 300)
        for _ in range(20):
            x, y = chance.randrange(wide), chance.randrange(high)
            pen.ellipse((x, y, x + wide // 900, y + wide // 900), fill=90)
    return paper


def pdf_of(pages: Sequence[Image.Image | str]) -> bytes:
    """Write a PDF: a picture is a scanned page, a text one of letters."""
    paper = FPDF(format=A4)
    paper.set_font("Times", "", 12)
    for page in pages:
        paper.add_page()
        if isinstance(page, str):
            paper.multi_cell(0, 6, page, new_x="LMARGIN", new_y="NEXT")
        else:
            paper.image(page, 0, 0, *A4)
    return bytes(paper.output())


def typed(*paragraphs: str, size: float = 12) -> bytes:
    """Write a PDF of paragraphs, for a scan of it."""
    paper = FPDF(format=A4)
    paper.set_margin(25)
    paper.add_page()
    paper.set_font("Times", "", size)
    for each in paragraphs:
        paper.multi_cell(0, size * 0.5, dossier.plain_letters(each), new_x="LMARGIN", new_y="NEXT")
        paper.ln(size * 0.4)
    return bytes(paper.output())


def scan(*paragraphs: str, dpi: int = 200) -> Image.Image:
    """Return a scanned page with these paragraphs."""
    return draw(typed(*paragraphs), dpi=dpi)


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    """Return a picture as a file of a kind, such as PNG."""
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


def png(width: int, height: int, rows: bytes = b"") -> bytes:
    """Write a PNG that says that it is so large, whatever its rows are."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    packed = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + packed


def bomb() -> bytes:
    """Write a PNG of a few KB that unfolds to nine hundred million dots."""
    return png(30_000, 30_000, bytes(9_000_000))
