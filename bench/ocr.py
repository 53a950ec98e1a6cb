"""Measure how many words of a scan are read rightly, and in how many seconds a page.

    python bench/ocr.py                              # some minutes
    python bench/ocr.py --readme bench/README.md     # replace the table there

The scan is twenty pages of stories of the tests, drawn at 150, 200 and 300 dots an inch, turned by
one degree, with stains. It is read as it is (grey) and as black and white, page after page.
A word is right if it stands in its place in the order of the text (difflib). Times are those of the
processor, with the processes that are started for a page. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import resource
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from PIL import Image
from report import command, machine, publish, table

from backstory.indexer.ocr.paragraphs import texts
from backstory.indexer.ocr.recognition import Program, Recognizer
from backstory.indexer.settings import FormatSettings, OcrSettings

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

PAGES = 20
RESOLUTIONS = (150, 200, 300)
THRESHOLD = 160  # of 255: what is darker is black
HEADS = ("scanned at", "read at", "as", "words right", "confidence", "processor seconds a page")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of the scan: its words, and the picture of it."""

    words: list[str]
    picture: Image.Image


def main() -> int:
    """Measure, print, and return the exit status."""
    options = arguments()
    rows = []
    for scanned in RESOLUTIONS:
        sheets = list(scan_of(scanned, options.pages))
        for dpi in (200, 300):
            rows.append([f"{scanned} dpi", f"{dpi} dpi", "grey", *cells(sheets, dpi)])
        bare = [Sheet(each.words, black_and_white(each.picture)) for each in sheets]
        rows.append([f"{scanned} dpi", "300 dpi", "black and white", *cells(bare, 300)])
    head = f"`{command('bench/ocr.py', sys.argv[1:])}`\n\n{machine()}"
    publish(f"{head}\n\n{table(HEADS, rows)}\n", "ocr", options.readme)
    return 0


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--pages", type=int, default=PAGES, help="pages of the scan")
    parser.add_argument("--readme", type=Path, help="file whose table is replaced")
    return parser.parse_args()


def scan_of(dpi: int, pages: int) -> Iterator[Sheet]:
    """Yield the pages of a scan, skewed and stained."""
    import dossier
    from pypdfium2 import PdfDocument
    from scans import draw, typed, worn

    for number in range(pages):
        paragraphs = [dossier.plain_letters(e) for e in dossier.story(number, 3).paragraphs]
        pdf = typed(*paragraphs)
        document = PdfDocument(pdf)
        words = document[0].get_textpage().get_text_range().split()  # those that have room on it
        document.close()
        yield Sheet(words, worn(draw(pdf, dpi=dpi), degrees=1, stains=10, seed=number))


def black_and_white(picture: Image.Image) -> Image.Image:
    """Return a picture without grey."""
    return picture.point(lambda dot: 255 if dot > THRESHOLD else 0)


def cells(sheets: Sequence[Sheet], dpi: int) -> list[str]:
    """Return the share of words that are read rightly, the mean confidence, and the time."""
    from scans import pdf_of

    program = Program.of(OcrSettings(dpi=dpi), FormatSettings())
    if program is None:
        sys.exit("There is no tesseract.")
    recognizer = Recognizer(program)
    right = confidence = 0.0
    began = spent()
    for sheet in sheets:
        data = pdf_of([sheet.picture])
        page = recognizer.read(data, 1)
        right += accuracy(sheet.words, " ".join(each.text for each in texts(page)).split())
        confidence += sum(word.confidence for word in page.words) / max(len(page.words), 1)
    recognizer.close()
    count, took = len(sheets), spent() - began
    return [f"{right / count:.1%}", f"{confidence / count:.0f}", f"{took / count:.1f}"]


def spent() -> float:
    """Return the processor time of all processes that this one has started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def accuracy(written: Sequence[str], read: Sequence[str]) -> float:
    """Return the share of the words that were written which were read, in their order."""
    matcher = SequenceMatcher(None, written, read, autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks()) / len(written)


if __name__ == "__main__":
    sys.exit(main())
