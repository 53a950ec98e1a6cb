"""What the rows of a table are to each other: its header, what stands above that, and the rest.

Nothing in a table says whether its first row names the columns. A header is assumed where it is
likely: its cells read like names of columns, not like the values below them. Where none is, every
row is a row of the table.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import median

_SAMPLE_CHARS, _SAMPLE_ROWS = 64 * 1024, 60
_DELIMITERS = "\t;|,"  # the comma last: texts and numbers have it too
_LARGEST_CELL = 16 * 1024 * 1024
_MOST_REPAIRS = 50  # after so many rows with stray quotation marks they are taken as they come
_SEPARATOR_LINE = re.compile(r"\s*\"?sep=(.)\"?\s*(?:\n|\Z)", re.IGNORECASE)

# Of a row with fewer of the cells that rows of this table have, the table has not yet begun.
_NEARLY_FULL = 0.75
_FEW_ROWS = 3
_FEW_WORDS = 3
_MOST = 0.6
_MAX_LABEL, _MAX_LABEL_WORDS = 80, 6
_VALUE = re.compile(
    r"[-+(±]?[$€£¥]? ?\d[\d.,:/' \u00a0\u202f-]*(?:%|[$€£¥]|[A-Za-z]{1,3})?\)?"  # 1,200.50 or a day
    r"|\d{4}-\d\d-\d\d[T ].*|[^@\s]+@[^@\s]+\.\w+|https?://\S+"
)
_YEAR = re.compile(r"(?:1[89]|20)\d\d")
_SENTENCE_END = re.compile(r"[.!?…。！？]$")  # noqa: RUF001

Cells = Sequence[str]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a table with their numbers from 1, blank ones left out but counted.

    `header` has the names of its columns, each once, and is empty where the table has none;
    `preamble` are the lines above it. `separator_line` is the line that Excel takes a mark from.
    """

    header: tuple[str, ...]
    preamble: tuple[str, ...]
    rows: tuple[tuple[int, Cells], ...]
    separator_line: str = ""

    @property
    def idle(self) -> tuple[str, ...]:
        """The names of the columns that hold nothing in any row."""
        used = {at for _, cells in self.rows for at, cell in enumerate(cells) if _strip(cell)}
        return tuple(name for at, name in enumerate(self.header) if at not in used)


def parse(text: str, *, known: Collection[str], delimiter: str = "") -> Table:
    """Return the table that a text has; `known` are names of columns, in small letters.

    `delimiter` is what stands between cells, "" where the text is to tell. Raises csv.Error for a
    cell of more than 16 MB.
    """
    line = _SEPARATOR_LINE.match(text)
    body = text[line.end() :] if line else text
    mark = line[1] if line else delimiter or _delimiter(body)
    found = table(list(_rows(body, mark)), known=known)
    return Table(found.header, found.preamble, found.rows, line[0].strip() if line else "")


def table(rows: Sequence[Cells], *, known: Collection[str]) -> Table:
    """Return the table that rows of cells are, with what `known` names of columns say of them."""
    filled = [(number, cells) for number, cells in enumerate(rows) if any(map(_strip, cells))]
    begin = _begin([cells for _, cells in filled[:_SAMPLE_ROWS]], known)
    above = tuple(", ".join(filter(None, map(_strip, cells))) for _, cells in filled[:begin])
    rest = filled[begin:]
    sample = [cells for _, cells in rest[:_SAMPLE_ROWS]]
    if not sample or not _is_header(sample[0], sample[1:], known):
        first = rest[0][0] if rest else 0
        return Table((), above, tuple((number - first + 1, cells) for number, cells in rest))
    at = rest[0][0]
    numbered = tuple((number - at, cells) for number, cells in rest[1:])
    return Table(_names(sample[0]), above, numbered)


def _strip(cell: str) -> str:
    return " ".join(cell.split())


def _names(header: Cells) -> tuple[str, ...]:
    """Return the names of columns, those of nameless ones too; none is there twice."""
    names: dict[str, None] = {}
    for number, cell in enumerate(header, 1):
        name = shown = _strip(cell) or f"column {number}"
        again = 2
        while name in names:
            name, again = f"{shown} ({again})", again + 1
        names[name] = None
    return tuple(names)


# --- Cells


def _delimiter(text: str) -> str:
    """Return the mark that cuts the most lines into the same number of cells."""

    def agreement(mark: str) -> int:
        rows = islice(csv.reader(lines, delimiter=mark), _SAMPLE_ROWS)
        counts = Counter(len(cells) for cells in rows if len(cells) > 1)
        return max(counts.values(), default=0)

    csv.field_size_limit(_LARGEST_CELL)
    lines = _lines(text[:_SAMPLE_CHARS])
    return max(_DELIMITERS, key=agreement)


def _lines(text: str) -> list[str]:
    return [f"{line}\n" for line in text.split("\n")]


def _rows(text: str, mark: str) -> Iterator[list[str]]:
    """Yield the cells of each row; a quotation mark that nothing closes swallows no rows."""
    csv.field_size_limit(_LARGEST_CELL)
    lines, begin = _lines(text), 0
    for _ in range(_MOST_REPAIRS):
        reader, end = csv.reader(lines[begin:], delimiter=mark), begin
        for cells in reader:
            first, end = end, begin + reader.line_num
            if end > first + 1 and not _is_sound(lines[first:end], mark):
                yield from csv.reader([lines[first]], delimiter=mark, quoting=csv.QUOTE_NONE)
                begin = first + 1
                break
            yield cells
        else:
            return
    yield from csv.reader(lines[begin:], delimiter=mark)


def _is_sound(lines: Sequence[str], mark: str) -> bool:
    """Tell whether a row of several lines is one: what opens a cell closes it as well."""
    try:
        return len(list(csv.reader(lines, delimiter=mark, strict=True))) == 1
    except csv.Error:
        return False


# --- Header


def _begin(rows: Sequence[Cells], known: Collection[str]) -> int:
    """Return which row is the first of the table; few cells of the lines above it are filled."""
    filled = [[at for at, cell in enumerate(cells, 1) if _strip(cell)] for cells in rows]
    widths = [places[-1] for places in filled if places[-1] > 1]
    enough = _NEARLY_FULL * median(widths) if widths else 0
    for at, (cells, places) in enumerate(zip(rows, filled, strict=True)):
        is_full = places[-1] >= enough and len(places) * 2 >= enough
        if is_full or (len(places) > 1 and _has_known(cells, known)):
            return at
    return 0


def _has_known(cells: Cells, known: Collection[str]) -> bool:
    return any(_strip(cell).lower() in known for cell in cells)


def _is_header(first: Cells, body: Sequence[Cells], known: Collection[str]) -> bool:
    """Tell whether the first row names the columns, by what is below it."""
    labels = [_strip(cell) for cell in first]
    if not body or _has_known(first, known):
        return _has_known(first, known)
    if not all(map(_reads_as_label, filter(None, labels))):
        return False
    columns = [[_strip(row[at]) for row in body if at < len(row)] for at in range(len(labels))]
    columns = [list(filter(None, column)) for column in columns]
    if any(label in column for label, column in zip(labels, columns, strict=True) if label):
        return False
    pairs = [(a, b) for a, b in zip(labels, columns, strict=True) if a and b]
    if any(_is_year(a) and _are_mostly(b, _is_year) for a, b in pairs):
        return False
    if any(_are_mostly(b, _is_value) for a, b in pairs if _is_year(a) or not _is_value(a)):
        return True
    differing = sum(_form(a) != Counter(map(_form, b)).most_common(1)[0][0] for a, b in pairs)
    if len(body) < _FEW_ROWS and all(label == label.lower() for label in labels):
        return True
    return differing > 0 and differing * 2 >= len(pairs)


def _reads_as_label(cell: str) -> bool:
    """Tell whether a cell could name a column: years may, amounts and sentences do not."""
    if _is_value(cell):
        return _is_year(cell)
    if len(cell) > _MAX_LABEL:
        return False
    return len(cell.split()) <= _MAX_LABEL_WORDS or not _SENTENCE_END.search(cell)


def _are_mostly(cells: Sequence[str], is_so: Callable[[str], bool]) -> bool:
    return sum(map(is_so, cells)) >= _MOST * len(cells)


def _is_value(cell: str) -> bool:
    return _VALUE.fullmatch(cell) is not None


def _is_year(cell: str) -> bool:
    return _YEAR.fullmatch(cell) is not None


def _form(cell: str) -> str:
    """Return what a cell looks like: a value, a text, or its words by their first letters."""
    words = cell.split()
    if _is_value(cell) or len(words) > _FEW_WORDS:
        return "value" if _is_value(cell) else "text"
    return " ".join(map(_form_of_word, words))


def _form_of_word(word: str) -> str:
    if word[0].isdigit():
        return "9"
    return "AA" if len(word) > 1 and word.isupper() else "A" if word[0].isupper() else "a"
