"""A PDF that does not bring its fonts along is drawn with those of the system."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from originals import _page_of
from PIL import Image

from backstory.api import Archive
from backstory.indexer.isolation import ReadingRoom
from backstory.indexer.originals.pages import loaded
from backstory.indexer.readers import Source
from backstory.indexer.readers.pdf.picture import RenderPage
from backstory.indexer.sandbox import FONTS, fences
from backstory.indexer.settings import CorpusSettings, FormatSettings
from backstory.settings import Config

MOST = 4_000_000
DEJAVU = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
GREEK = _page_of(
    b"<< /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /DejaVu /Encoding << /Type /Encoding"
    b" /Differences [65 /Alpha /Beta /Gamma /Pi] >> >> >> >>",
    b"BT /F 40 Tf 60 600 Td (ABCD) Tj ET",
)


@pytest.fixture(autouse=True)
def needs_dejavu() -> None:
    if not DEJAVU.exists():
        pytest.skip(f"fonts of the system are not tested: there is no {DEJAVU}")


def ink(folders: tuple[str, ...]) -> int:
    """Return how many dots are dark on the page, drawn where these folders can be read."""
    source = Source(Path("a.pdf"), "a.pdf", GREEK, False, CorpusSettings())
    room = ReadingRoom(FormatSettings(), folders=folders)
    try:
        page = loaded(room.run(source, RenderPage(1, 400, MOST)), MOST)
    finally:
        room.close()
    assert [word.text for word in page.words] == ["ΑΒΓΠ"]
    return sum(value < 128 for value in page.pixels[::3])


def test_letters_are_drawn_where_the_fonts_of_the_system_can_be_read() -> None:
    assert ink(FONTS) > 100


def test_other_readers_read_no_fonts() -> None:
    if not fences().files:
        pytest.skip("this system has no Landlock")
    assert ink(()) == 0


def test_the_page_of_a_document_is_drawn_with_them(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus/greek.pdf").write_bytes(GREEK)
    with Archive(Config(root=tmp_path).override(index__path="index", index__jobs=1)) as archive:
        archive.index()
        assert archive.search("ΑΒΓΠ").total == 1
        (box,) = archive.picture("greek", 1, "ΑΒΓΠ").boxes
        plain = archive.picture("greek", 1)
    assert box[2] - box[0] > 0.1
    with Image.open(io.BytesIO(plain.png)) as drawn:
        assert sum(drawn.convert("L").histogram()[:128]) > 100
