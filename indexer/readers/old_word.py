"""Word files of the old kind (`.doc`): paragraphs under their headings, tables, notes, comments.

The text lies in pieces of one or two bytes a letter ([MS-DOC]). Pages of properties beside it say
which paragraph has which style, and what was deleted or hidden: that is left out.
"""

from __future__ import annotations

import io
import re
import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code
from backstory.indexer.readers import (
    Format,
    LeftOut,
    Paragraph,
    Reading,
    Source,
    metadata,
    title_from_name,
)
from backstory.indexer.readers.archives import ENCRYPTED
from backstory.indexer.readers.blocks import Block, paragraphs
from backstory.indexer.readers.encoding import encoding_of

if TYPE_CHECKING:
    from olefile import OleFileIO

FORMAT = Format(
    "an old Word file",
    suffixes=(".doc", ".dot"),
    streams=("WordDocument",),
    media_types={"application/msword": ".doc"},
    packages=("olefile",),
)

_KINDS, _WORD_97 = frozenset({0xA5EC, 0xA5DC}), 0xC1
_IS_ENCRYPTED, _IS_TABLE_1 = 0x0100, 0x0200
_COUNTS, _PLACES = 0x4C, 0x9A
_CHARACTERS, _PARAGRAPHS, _PIECES = 12, 13, 33  # which place in the list
_PAGE = 512
# Properties: of letters, deleted and hidden; of paragraphs, level, and the end of a table's row.
_DELETED, _HIDDEN, _LEVEL, _ROW_END = 0x0800, 0x083C, 0x2640, 0x2417
_SIZES = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}
_MARKS = re.compile("[\r\x07\x0c\x13\x14\x15]")
_SIGNS = str.maketrans(
    {
        "\x0b": " ",
        "\x1e": "-",
        "\x1f": None,
        "\xa0": " ",
        "\t": " ",
        **dict.fromkeys(map(chr, range(9))),
    }
)
# What follows the main text, with the place of its length, and what it is called.
_PARTS = ("", "Footnotes", "running head", "", "Comments", "Endnotes", "Text boxes", "running head")
_LAST_HEADING = 9  # the styles from 1 on are those of headings


class _Piece(NamedTuple):
    """Some of the text: where it lies in the stream, and how many bytes a letter has."""

    text: str
    begin: int
    width: int


@dataclass(slots=True)
class _Runs:
    """What is said of the bytes of the stream: each value is good up to the next border."""

    borders: list[int] = field(default_factory=list)
    values: list[tuple[int, dict[int, int]]] = field(default_factory=list)

    def value_at(self, place: int) -> tuple[int, dict[int, int]]:
        """Return style and properties at a byte."""
        found = bisect_right(self.borders, place) - 1
        return self.values[found] if found >= 0 else (0, {})


def read(source: Source) -> Reading:
    """Read a Word file of the years from 1992 to 2007."""
    from olefile import OleFileIO

    try:
        with OleFileIO(io.BytesIO(source.whole)) as container:
            return _reading(container, source)
    except (OSError, ValueError, struct.error, IndexError) as error:
        reason = f"broken Word file: {error}"
        raise UnreadableDocument(source.name, reason, Code.BROKEN) from error


def _reading(container: OleFileIO, source: Source) -> Reading:
    stream = container.openstream("WordDocument").read()
    kind, version = struct.unpack_from("<HH", stream)
    (flags,) = struct.unpack_from("<H", stream, 0x0A)
    if kind not in _KINDS:
        raise UnreadableDocument(source.name, "broken Word file: it is none inside", Code.BROKEN)
    if flags & _IS_ENCRYPTED:
        raise UnreadableDocument(source.name, ENCRYPTED)
    if version < _WORD_97:
        begin, end = struct.unpack_from("<II", stream, 0x18)
        cut = _Text(stream, [_Piece(stream[begin:end].decode("cp1252", "replace"), begin, 1)])
        counts = [len(cut.pieces[0].text)]
    else:
        table = container.openstream(f"{bool(flags & _IS_TABLE_1):d}Table").read()
        cut = _Text(stream, list(_pieces(stream, table)), table)
        counts = list(struct.unpack_from("<8I", stream, _COUNTS))
    fields, notes = _fields(container, source.name)
    title, found = paragraphs(cut.blocks(0, counts[0]), fields.get("title", ""))
    found += tuple(cut.beside(counts))
    if not found:
        raise UnreadableDocument(source.name, "a Word file without text", Code.EMPTY)
    fields["title"] = title or title_from_name(source.name)
    return Reading(found, notes=notes, left_out=tuple(cut.left_out), **fields)


def _pieces(stream: bytes, table: bytes) -> Iterator[_Piece]:
    begin, size = struct.unpack_from("<II", stream, _PLACES + 8 * _PIECES)
    place, end = begin, begin + size
    while place < end and table[place] == 1:  # properties, before the pieces
        place += 3 + struct.unpack_from("<H", table, place + 1)[0]
    (length,) = struct.unpack_from("<I", table, place + 1)
    count, place = (length - 4) // 12, place + 5
    borders = struct.unpack_from(f"<{count + 1}I", table, place)
    for number in range(count):
        (where,) = struct.unpack_from("<I", table, place + 4 * (count + 1) + 8 * number + 2)
        letters = min(max(borders[number + 1] - borders[number], 0), len(stream))
        if where & 0x40000000:
            where = (where & 0x3FFFFFFF) // 2
            yield _Piece(stream[where : where + letters].decode("cp1252", "replace"), where, 1)
        else:
            data = stream[where : where + 2 * letters]
            units = struct.unpack(f"<{len(data) // 2}H", data[: len(data) // 2 * 2])
            # Two halves of a sign outside of the plane count as two letters.
            yield _Piece("".join(map(chr, units)), where, 2)


class _Text:
    """The text of a file, cut into blocks; what is no text goes to `left_out`."""

    def __init__(self, stream: bytes, pieces: list[_Piece], table: bytes = b"") -> None:
        self.pieces, self.left_out = pieces, list[LeftOut]()
        self._letters = _runs(stream, table, _CHARACTERS)
        self._paragraphs = _runs(stream, table, _PARAGRAPHS)
        self._tables, self._is_in_table = 0, False

    def blocks(self, first: int, last: int) -> Iterator[Block]:
        """Yield the paragraphs and rows of some letters."""
        text: list[str] = []
        cells: list[str] = []
        gone: list[str] = []
        codes: list[bool] = []  # of fields within fields, whether their code is being read
        for said, is_gone, mark, place in self._segments(first, last):
            if not any(codes):
                (gone if is_gone else text).append(said)
            if mark == "\x13":
                codes.append(True)
            elif mark == "\x14" and codes:
                codes[-1] = False
            elif mark == "\x15" and codes:
                codes.pop()
            elif mark:
                self._leave_out("deleted", gone)
                yield from self._ended(_joined(text), mark, place, cells)
                text.clear()
                gone.clear()
        yield from self._ended(_joined(text), "\r", 0, cells)

    def _ended(self, text: str, mark: str, place: int, cells: list[str]) -> Iterator[Block]:
        style, properties = self._paragraphs.value_at(place)
        if mark == "\x07" and not properties.get(_ROW_END):
            cells.append(text)
            return
        is_row = bool(cells)
        self._tables += is_row and not self._is_in_table
        self._is_in_table = is_row
        if is_row:
            yield Block(", ".join(filter(None, cells)), group=self._tables)
            cells.clear()
        if text:
            level = properties.get(_LEVEL, 9) + 1
            level = style if 1 <= style <= _LAST_HEADING else level if level <= _LAST_HEADING else 0
            yield Block(text, level)

    def _segments(self, first: int, last: int) -> Iterator[tuple[str, bool, str, int]]:
        """Yield text, whether it is deleted or hidden, the mark that ends it, and its place."""
        at = 0
        for piece in self.pieces:
            begin, end = max(first - at, 0), min(last - at, len(piece.text))
            at += len(piece.text)
            while begin < end:
                found = _MARKS.search(piece.text, begin, end)
                until = found.start() if found else end
                yield from self._parted(piece, begin, until)
                if found:
                    yield "", False, found[0], piece.begin + until * piece.width
                begin = until + bool(found)

    def _parted(self, piece: _Piece, begin: int, end: int) -> Iterator[tuple[str, bool, str, int]]:
        borders = self._letters.borders
        while begin < end:
            place = piece.begin + begin * piece.width
            number = bisect_right(borders, place)
            until = (
                (borders[number] - piece.begin + piece.width - 1) // piece.width
                if number < len(borders)
                else end
            )
            until = min(max(until, begin + 1), end)
            _, properties = self._letters.value_at(place)
            is_gone = properties.get(_DELETED) == 1 or properties.get(_HIDDEN) == 1
            yield piece.text[begin:until], is_gone, "", place
            begin = until

    def beside(self, counts: list[int]) -> Iterator[Paragraph]:
        """Yield what stands beside the main text: notes, comments, text boxes."""
        at = 0
        for name, count in zip(_PARTS, counts, strict=False):
            texts = [block.text for block in self.blocks(at, at + count)] if name else []
            at += count
            if name == "running head":
                self._leave_out(name, texts)
            else:
                yield from (Paragraph(text, name) for text in texts if text)

    def _leave_out(self, kind: str, texts: list[str]) -> None:
        if said := _joined(texts):
            self.left_out.append(LeftOut(kind, said))


def _joined(texts: list[str]) -> str:
    joined = "".join(texts).translate(_SIGNS)
    return " ".join(joined.encode("utf-16", "surrogatepass").decode("utf-16", "replace").split())


def _runs(stream: bytes, table: bytes, which: int) -> _Runs:
    """Read the pages of properties of letters or paragraphs; a broken page ends them."""
    runs = _Runs()
    try:
        begin, size = struct.unpack_from("<II", stream, _PLACES + 8 * which)
        count = (size - 4) // 8
        pages = struct.unpack_from(f"<{count}I", table, begin + 4 * (count + 1)) if table else ()
        for page in pages:
            _add_page(runs, stream[page * _PAGE : (page + 1) * _PAGE], which)
    except (struct.error, IndexError):
        pass
    if any(a > b for a, b in zip(runs.borders, runs.borders[1:], strict=False)):
        return _Runs()
    return runs


def _add_page(runs: _Runs, page: bytes, which: int) -> None:
    count, width = page[-1], 1 if which == _CHARACTERS else 13
    borders = struct.unpack_from(f"<{count + 1}I", page)
    for number in range(count):
        offset = 2 * page[4 * (count + 1) + width * number]
        runs.borders.append(borders[number])
        runs.values.append(_value(page, offset, which) if offset else (0, {}))
    runs.borders.append(borders[-1])
    runs.values.append((0, {}))


def _value(page: bytes, offset: int, which: int) -> tuple[int, dict[int, int]]:
    size = page[offset]
    if which == _CHARACTERS:
        return 0, _properties(page[offset + 1 : offset + 1 + size])
    begin, length = (offset + 2, 2 * page[offset + 1]) if not size else (offset + 1, 2 * size - 1)
    data = page[begin : begin + length]
    return struct.unpack_from("<H", data)[0], _properties(data[2:])


def _properties(data: bytes) -> dict[int, int]:
    found, at = {}, 0
    while at + 2 < len(data):
        (number,) = struct.unpack_from("<H", data, at)
        size = _SIZES.get(number >> 13, data[at + 2] + 1)
        found[number] = data[at + 2]
        at += 2 + size
    return found


def _fields(container: OleFileIO, name: str) -> tuple[metadata.Fields, metadata.Notes]:
    info = container.get_metadata()
    encoding = encoding_of(f"cp{(info.codepage or 0) & 0xFFFF}") or "cp1252"

    def text(value: object) -> str:
        return value.decode(encoding, "replace") if isinstance(value, bytes) else str(value or "")

    own = {"title": text(info.title), "author": text(info.author), "tags": text(info.keywords)}
    if info.create_time is not None:
        own["date"] = str(info.create_time)[:10]
    fields, notes = metadata.clean(own, name)
    if "date" in fields:
        notes += (metadata.date_note(fields["date"], "the file's metadata"),)
    return fields, notes
