"""Pictures: told by their header alone, never decoded here; what is hostile costs nothing."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageOps
from scans import bomb, png, saved

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code
from backstory.indexer.ocr.pages import OcrPage, OcrWord
from backstory.indexer.readers import Source
from backstory.indexer.readers.dispatch import read
from backstory.indexer.readers.orientation import orientation_of
from backstory.indexer.readers.pictures import is_picture, shown, size_of
from backstory.indexer.settings import CorpusSettings

PAPER = Image.new("L", (640, 480), 255)
KINDS = ("PNG", "JPEG", "TIFF", "GIF", "BMP", "WEBP")
FILES = {kind: saved(PAPER, kind) for kind in KINDS}
FILES["WEBP lossless"] = saved(PAPER, "WEBP", lossless=True)
FILES["WEBP with transparency"] = saved(PAPER.convert("RGBA"), "WEBP", exif=b"Exif\0\0")
FILES["JPEG, progressive"] = saved(PAPER, "JPEG", progressive=True)


def source(name: str, data: bytes, recognised: dict[int, OcrPage] | None = None) -> Source:
    return Source(Path(name), name, data, False, CorpusSettings(), recognised=recognised or {})


def refusal(read_source: Callable[[], object]) -> tuple[Code, str]:
    with pytest.raises(UnreadableDocument) as caught:
        read_source()
    return caught.value.remark.code, caught.value.reason


@pytest.mark.parametrize("kind", FILES)
def test_a_picture_is_told_by_its_content_and_measured_by_its_header(kind: str) -> None:
    data = FILES[kind]
    assert is_picture(data)
    assert size_of(data, 1) == (640, 480)
    code, reason = refusal(lambda: read(source("a.txt", data)))
    assert (code, reason) == (Code.NEEDS_OCR, "needs OCR: its 1 page holds no text")


def test_each_page_of_a_tiff_has_its_size() -> None:
    data = saved(PAPER, "TIFF", save_all=True, append_images=[PAPER.resize((100, 50))])
    assert [size_of(data, page) for page in (1, 2)] == [(640, 480), (100, 50)]
    code, reason = refusal(lambda: read(source("a.tif", data)))
    assert (code, reason) == (Code.NEEDS_OCR, "needs OCR: its 2 pages hold no text")
    with pytest.raises(UnreadableDocument):
        size_of(data, 3)


def test_what_ocr_has_read_is_the_text_and_says_how_sure_it_is() -> None:
    words = [OcrWord(text, 0, 0, 1, 1, 80, 1, 1) for text in "Forty lamps were sold.".split()]
    reading = read(source("old_memo.png", FILES["PNG"], {1: OcrPage(tuple(words))}))
    assert [(each.text, each.page, each.confidence) for each in reading.paragraphs] == [
        ("Forty lamps were sold.", 1, 80)
    ]
    assert (reading.title, reading.date) == ("Old memo", "")
    assert [note.code for note in reading.notes] == [Code.PAGES_SCANNED]


@pytest.mark.parametrize(
    "data",
    [
        FILES["PNG"][:20],
        png(0, 0),
        FILES["JPEG"][:30],
        b"\xff\xd8\xff\xe0" + b"\xff" * 5000,
        b"II*\0" + struct.pack("<I", 2**31),
        b"II*\0" + struct.pack("<IH", 8, 65535),
        FILES["GIF"][:7],
        FILES["WEBP"][:20],
    ],
)
def test_a_header_that_is_cut_or_lies_is_broken(data: bytes) -> None:
    assert refusal(lambda: read(source("a.png", data)))[0] in (Code.BROKEN, Code.NO_READER)


def test_pages_of_a_tiff_that_lead_in_a_ring_end_somewhere() -> None:
    entries = struct.pack("<HHHIHxxHHIHxx", 2, 256, 3, 1, 640, 257, 3, 1, 480)
    ring = b"II*\0" + struct.pack("<I", 8) + entries + struct.pack("<I", 8)
    assert size_of(ring, 1) == (640, 480)
    assert refusal(lambda: read(source("a.tif", ring)))[1].startswith("needs OCR: its 1 page")


def test_a_bomb_is_measured_and_not_unfolded() -> None:
    data = bomb()
    assert len(data) < 20_000
    assert size_of(data, 1) == (30_000, 30_000)


def test_a_tiff_of_too_many_tags_costs_a_moment() -> None:
    entry = struct.pack("<HHIHxx", 256, 3, 1, 640)
    pages = b"".join(
        struct.pack("<H", 65535) + entry + struct.pack("<I", 8 + 18 * (n + 1)) for n in range(3)
    )
    assert orientation_of(b"II*\0" + struct.pack("<I", 8) + pages, 1) == 1
    with pytest.raises(UnreadableDocument):
        size_of(b"II*\0" + struct.pack("<I", 8) + pages, 1)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_shown_the_way_up_that_its_camera_says(kind: str, orientation: int) -> None:
    paper = Image.new("RGB", (60, 40), "white")
    ImageDraw.Draw(paper).rectangle((0, 0, 29, 9), fill="black")
    data = saved(paper, kind, exif=tagged(orientation))
    assert orientation_of(data, 1) == orientation
    pages, width, height, _, pixels = shown(source("a", data), 1, 1000, 1_000_000)
    with Image.open(io.BytesIO(data)) as picture:
        expected = ImageOps.exif_transpose(picture).convert("RGB")
    assert (pages, width, height) == (1, *expected.size)
    assert pixels == expected.tobytes()


def test_each_page_of_a_tiff_lies_its_own_way() -> None:
    pages = [PAPER.resize((60, 40)), PAPER.resize((60, 40))]
    data = saved(pages[0], "TIFF", save_all=True, append_images=pages[1:], exif=tagged(6))
    assert orientation_of(data, 1) == 6
    assert orientation_of(data, 3) == 1


def test_a_large_photograph_is_shown_smaller_and_upright() -> None:
    data = saved(Image.new("RGB", (4000, 3000), "white"), "JPEG", exif=tagged(6))
    assert shown(source("a.jpg", data), 1, 1000, 4_000_000)[:3] == (1, 1000, 1333)


@pytest.mark.parametrize("cut", [12, 20, 30, 60, 90])
def test_tags_that_are_cut_or_lie_say_nothing(cut: int) -> None:
    for kind in ("JPEG", "PNG", "WEBP", "TIFF"):
        data = saved(PAPER, kind, exif=tagged(6))
        assert orientation_of(data[:cut], 1) in (1, 6)
        assert orientation_of(data[:cut] + b"\xff" * 500, 1) in range(1, 9)


def tagged(orientation: int) -> Image.Exif:
    """Return what a camera writes into a picture that is stored so."""
    exif = Image.Exif()
    exif[274] = orientation
    return exif
