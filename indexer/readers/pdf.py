"""PDFs: paragraphs rebuilt from the lines of each page, with the page they begin on.

PDFium tells where every character stands. Lines become paragraphs by the space between them,
their indents and how far they reach; larger or bolder ones are headings. What repeats at the top
or bottom of pages, and page numbers, are left out. Pages that are images hold no text for us.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot
from typing import Any

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark
from backstory.indexer.readers import Format, Reading, Source, metadata, title_from_name
from backstory.indexer.readers.blocks import Block, paragraphs
from backstory.indexer.readers.hyphens import joint, words_of
from backstory.indexer.readers.running_heads import without_running_heads

FORMAT = Format(
    "a PDF",
    suffixes=(".pdf",),
    magic=(b"%PDF-",),
    media_types={"application/pdf": ".pdf"},
    packages=("pypdfium2",),
)

# PDFium marks the hyphen of a divided word with one of two signs, in place of the line end.
_PIECES = re.compile(r"[^\r\n\x02\ufffe]+[\x02\ufffe]?")
_HYPHEN_MARKS = str.maketrans({"\x02": "-", "\ufffe": "-", "\ufeff": "", "\x00": "", "\xad": "-"})
_SENTENCE_END = re.compile(r"[.!?…:。！？][\"'”’»)\]]*$")  # noqa: RUF001
_ITEM = re.compile(r"(?:[•▪●◦–—*-]|\(?(?:\d{1,3}|[a-z])[.)])\s")
_BOLD = re.compile(r"bold|black|heavy|demi", re.IGNORECASE)
_NO_TITLE = re.compile(r"\.(?:docx?|indd|qxd|pdf|tmp|rtf|odt)$|^(?:microsoft|untitled)", re.I)
_DATE = re.compile(r"(?:D:)?(\d{4})(\d\d)?(\d\d)?")

_LARGER = 1.12  # a heading's size, in that of the body
_GAP = 1.35  # a space between paragraphs, in the distance of lines
_INDENT = 0.8  # a first line's indent, in the size of the type
_MAX_HEADING = 200


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text: its page, its first and last column, its base line, and its type."""

    text: str
    page: int
    left: float
    right: float
    base: float
    size: float
    is_bold: bool


def read(source: Source) -> Reading:
    """Read a PDF that holds text."""
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        document = PdfDocument(source.whole)
    except PdfiumError as error:
        raise UnreadableDocument(source.name, _fault(str(error))) from error
    try:
        pages, notes = _pages(document, source)
        fields, more = _fields(document, source.name)
    finally:
        document.close()
    lines = [line for page in without_running_heads(pages) for line in page]
    title, cut = paragraphs(_blocks(lines), fields.get("title", ""))
    fields["title"] = title or title_from_name(source.name)
    return Reading(cut, notes=(*notes, *more), **fields)


# --- Pages and lines


def _fault(said: str) -> Remark:
    if "password" in said.lower():  # PDFium says so in words alone
        return Remark.of(Code.ENCRYPTED, detail="encrypted: it needs a password (PDF)")
    return Remark.of(Code.BROKEN, detail="broken (PDF)")


def _pages(document: Any, source: Source) -> tuple[list[list[Line]], metadata.Notes]:
    """Return the lines of each page; raise UnreadableDocument where there are none at all."""
    count = len(document)
    pages: list[list[Line]] = []
    broken = 0
    for number in range(count):
        if source.budget.guard.left <= 0:
            break
        found = _lines(document, number)
        broken += found is None
        pages.append(found or [])
    empty = [number for number, lines in enumerate(pages, 1) if not lines]
    if len(empty) == len(pages):
        raise UnreadableDocument(source.name, Remark.of(Code.NEEDS_OCR, pages=len(pages)))
    return pages, _notes(count, len(pages), broken, empty)


def _notes(count: int, read_pages: int, broken: int, empty: Sequence[int]) -> metadata.Notes:
    notes = []
    if read_pages < count:
        notes.append(Remark.of(Code.PAGES_LEFT, read=read_pages, count=count))
    if broken:
        notes.append(Remark.of(Code.PAGES_BROKEN, broken=broken, count=count))
    if len(empty) > broken:
        shown = ", ".join(map(str, empty[:5])) + (" …" if len(empty) > 5 else "")
        notes.append(Remark.of(Code.PAGES_WITHOUT_TEXT, pages=shown, count=len(empty)))
    return tuple(notes)


def _lines(document: Any, number: int) -> list[Line] | None:
    from pypdfium2 import PdfiumError

    try:
        page = document[number]
        try:
            text = page.get_textpage()
            try:
                return list(_lines_of(text, number + 1))
            finally:
                text.close()
        finally:
            page.close()
    except PdfiumError:
        return None


def _lines_of(text: Any, number: int) -> Iterator[Line]:
    from pypdfium2 import raw

    count = text.count_chars()
    whole = text.get_text_range()
    if len(whole) != count:  # then its places are not those of the characters
        whole = "".join(chr(raw.FPDFText_GetUnicode(text, position)) for position in range(count))
    for match in _PIECES.finditer(whole):
        found = match.group()
        shown = _joined_surrogates(found).translate(_HYPHEN_MARKS).strip()
        if not shown:
            continue
        first = match.start() + len(found) - len(found.lstrip())
        last = match.start() + len(found.rstrip()) - 1
        left, base = _origin(raw, text, first)
        middle = (first + last) // 2
        yield Line(
            shown,
            number,
            left,
            _right(raw, text, last),
            base,
            round(_size(raw, text, middle), 1),
            _is_bold(raw, text, first) and _is_bold(raw, text, last),
        )


def _joined_surrogates(text: str) -> str:
    if not any("\ud800" <= letter <= "\udfff" for letter in text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _origin(raw: Any, text: Any, position: int) -> tuple[float, float]:
    from ctypes import c_double

    x, y = c_double(), c_double()
    raw.FPDFText_GetCharOrigin(text, position, x, y)
    return x.value, y.value


def _right(raw: Any, text: Any, position: int) -> float:
    box = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(text, position, box)
    return float(box.right)


def _size(raw: Any, text: Any, position: int) -> float:
    # Many files set type of size 1 and scale it.
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(text, position, matrix)
    scale = hypot(matrix.c, matrix.d) or 1.0
    return float(raw.FPDFText_GetFontSize(text, position)) * scale


def _is_bold(raw: Any, text: Any, position: int) -> bool:
    from ctypes import c_int, create_string_buffer

    if raw.FPDFText_GetFontWeight(text, position) >= 600:
        return True
    name = create_string_buffer(64)
    raw.FPDFText_GetFontInfo(text, position, name, len(name), c_int())
    return bool(_BOLD.search(name.value.decode("utf-8", "replace")))


# --- Paragraphs


def _blocks(lines: Sequence[Line]) -> Iterator[Block]:
    if not lines:
        return
    sizes, pitches = _body_size(lines), _pitches(lines)
    is_bold_body = sum(line.is_bold for line in lines) * 2 > len(lines)
    right = _right_edge(lines)
    words = words_of("\n".join(line.text for line in lines))
    ranks = sorted({line.size for line in lines if line.size > sizes * _LARGER}, reverse=True)
    for run in _runs(lines, pitches, right):
        first = run[0]
        text = _text(run, words)
        is_heading = len(text) <= _MAX_HEADING and not _SENTENCE_END.search(text.rstrip(":"))
        if is_heading and first.size > sizes * _LARGER:
            level = min(ranks.index(first.size) + 1, 5)
        elif is_heading and not is_bold_body and _is_bold_line(run):
            level = 6
        else:
            level = 0
        yield Block(text, level, page=first.page)


def _is_bold_line(run: Sequence[Line]) -> bool:
    return len(run) <= 2 and all(line.is_bold for line in run)


def _body_size(lines: Sequence[Line]) -> float:
    counts: Counter[float] = Counter()
    for line in lines:
        counts[line.size] += len(line.text)
    return counts.most_common(1)[0][0]


def _pitches(lines: Sequence[Line]) -> dict[float, float]:
    """Return the usual distance of lines for each size of type."""
    counts: dict[float, Counter[float]] = {}
    for a, b in pairwise(lines):
        if a.page == b.page and a.size == b.size and 0 < a.base - b.base < 4 * a.size:
            counts.setdefault(a.size, Counter())[round(a.base - b.base, 1)] += 1
    return {size: found.most_common(1)[0][0] for size, found in counts.items()}


def _right_edge(lines: Sequence[Line]) -> float:
    ends = sorted(line.right for line in lines)
    return ends[len(ends) * 9 // 10]


def _runs(lines: Sequence[Line], pitches: dict[float, float], right: float) -> Iterator[list[Line]]:
    run = [lines[0]]
    for a, b in pairwise(lines):
        # A paragraph that goes on over two page ends is more likely a page of lines.
        is_far = b.page > run[0].page + 1
        if is_far or _is_border(a, b, pitches.get(a.size, 1.3 * a.size), right):
            yield run
            run = []
        run.append(b)
    yield run


def _is_border(a: Line, b: Line, pitch: float, right: float) -> bool:
    """Tell whether a paragraph ends between two lines."""
    if abs(a.size - b.size) > 0.08 * a.size or a.is_bold != b.is_bold:
        return not _goes_on(a, b) or abs(a.size - b.size) > 0.2 * a.size
    distance = a.base - b.base
    if a.page != b.page or distance < -pitch:  # the next page, or the next column
        return not (_goes_on(a, b) or _is_full(a, right))
    if abs(distance) < 0.3 * pitch:  # two pieces of one line
        return False
    if distance > _GAP * pitch or _ITEM.match(b.text):
        return True
    is_end = bool(_SENTENCE_END.search(a.text))
    is_indented = b.left > a.left + _INDENT * b.size
    word = len(b.text.split()[0]) * 0.5 * b.size
    has_room = a.right + word + 0.5 * a.size < right
    return is_end and (is_indented or has_room)


def _is_full(line: Line, right: float) -> bool:
    """Tell whether a line reaches the margin to a hair, which the last of a paragraph hardly does.

    A line that stops in mid-sentence need only come near it.
    """
    is_end = bool(_SENTENCE_END.search(line.text))
    return line.right > right - (0.2 if is_end else 6) * line.size


def _goes_on(a: Line, b: Line) -> bool:
    """Tell whether the second line goes on with the sentence of the first."""
    if a.text.endswith(("-", "‐")) and b.text[0].isalpha():  # noqa: RUF001
        return True
    return not _SENTENCE_END.search(a.text) and b.text[0].islower()


def _text(run: Sequence[Line], words: frozenset[str]) -> str:
    parts = [run[0].text]
    for a, b in pairwise(run):
        drop, between = joint(a.text, b.text, words)
        parts[-1] = parts[-1][: len(parts[-1]) - drop]
        parts += [between, b.text]
    return "".join(parts)


# --- Metadata


def _fields(document: Any, name: str) -> tuple[metadata.Fields, metadata.Notes]:
    info = document.get_metadata_dict(skip_empty=True)
    title = info.get("Title", "").strip()
    found = {
        "title": "" if _NO_TITLE.search(title) else title,
        "author": info.get("Author", ""),
        "tags": info.get("Keywords", "").replace(";", ","),
    }
    fields, notes = metadata.clean(found, name)
    date = _DATE.match(info.get("CreationDate", ""))
    if date:
        written = "-".join(filter(None, date.groups()))
        dated, _ = metadata.clean({"date": written}, name)
        fields |= dated
        notes += tuple(metadata.date_note(each, "the file's metadata") for each in dated.values())
    return fields, notes
