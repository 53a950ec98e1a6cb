"""What stands at the top and bottom of pages, apart from their text.

Numbers that count the pages are left out. Running heads are left out on evidence only: the same
words in the same place and type on most pages of a run, set off from the text, in a document whose
sentences go on from page to page, or which has small type there and numbered pages that are full.
Of those with figures, such as dates, docket and Bates numbers,
each that differs stays on its page, as a paragraph of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from statistics import median

from backstory.indexer.readers import LeftOut
from backstory.indexer.readers.pdf.lines import Line, Role, body_size, pitch_of, rows_of
from backstory.indexer.readers.pdf.page_numbers import Numbering

_DEPTH = 4  # rows at each edge
_FEWEST = 3  # pages that have a running head
_MOST = 0.6  # of the pages of its run
_APART = 1.25  # its distance to the text, in that of rows
_PLACE = 4.0  # points by which base lines may differ
_SAME_TYPE = 0.08  # by which sizes of the same type may differ
_FULL = 8  # rows of a page that is full
_FOOT = 7  # from its last row to its number, in the distance of rows
_LONGEST = 150
_GO_ON = 0.25  # of the ends of pages, where a sentence goes on
_BODY = 2  # rows that a page keeps


@dataclass(frozen=True, slots=True)
class _Edge:
    """One edge of a page: its rows from outside to inside, and the distance of rows there."""

    rows: Sequence[Sequence[Line]]
    pitch: float

    @property
    def lines(self) -> Iterator[Line]:
        return (line for row in self.rows[:_DEPTH] for line in row)


def without_edges(pages: Sequence[Sequence[Line]]) -> tuple[list[list[Line]], list[LeftOut]]:
    """Return the lines of each page, and what was left out of them.

    What stays of the edges has the role EDGE, and comes first or last on its page.
    """
    tops, bottoms = _edges(pages)
    body = body_size([line for page in pages for line in page])
    outcome = _kinds(tops, body) | _kinds(bottoms, body)
    if not outcome:
        return [list(page) for page in pages], []
    if not _goes_on(pages, outcome):
        small = body * (1 - _SAME_TYPE) if _are_full(pages, outcome) else 0.0
        outcome = {
            id(line): outcome[id(line)]
            for page in pages
            for line in page
            if id(line) in outcome and (outcome[id(line)] == "page number" or line.size <= small)
        }
    left_out = [
        LeftOut(outcome[id(line)], line.text, line.page)
        for page in pages
        for line in page
        if outcome.get(id(line), "page head") != "page head"
    ]
    return [_parted(page, outcome) for page in pages], left_out


def _edges(pages: Sequence[Sequence[Line]]) -> tuple[list[_Edge], list[_Edge]]:
    tops, bottoms = [], []
    for page in pages:
        rows = rows_of([line for line in page if line.role is Role.TEXT])
        pitch = pitch_of(rows)
        tops.append(_Edge(rows, pitch))
        bottoms.append(_Edge(rows[::-1], pitch))
    return tops, bottoms


def _kinds(edges: Sequence[_Edge], body: float) -> dict[int, str]:
    """Return what the lines at one edge are, by the identity of each that is not text.

    Two pages are enough where they are all and the type is smaller than that of the text, `body`.
    """
    lines = [line for edge in edges for line in edge.lines if len(line.text) <= _LONGEST]
    numbering = Numbering(lines)
    kinds = {id(line): "page number" for line in lines if numbering.is_page_number(line)}
    rest = [line for line in lines if id(line) not in kinds]
    small = body * (1 - _SAME_TYPE) if len(edges) == 2 else 0.0
    same = _repeated(rest, numbering.without_number, small)
    figures = _repeated(rest, numbering.without_figures)
    kinds |= _kinds_of_same(rest, same, numbering)
    kinds = {line: "page head" for line, pattern in figures.items() if "#" in pattern} | kinds
    apart = {id(line) for edge in edges for line in _apart(edge, kinds)}
    usual = _usually_apart(figures | same, apart)
    apart |= {id(line) for edge in edges for line in _outermost(edge, usual)}
    return {line: kind for line, kind in kinds.items() if line in apart}


def _usually_apart(patterns: dict[int, str], apart: set[int]) -> set[int]:
    """Return the lines of the patterns that are set off from the text on most of their pages.

    Where the text of one page begins higher than elsewhere, its head is none the less a head.
    """
    times = Counter(patterns.values())
    set_off = Counter(pattern for line, pattern in patterns.items() if line in apart)
    return {line for line, pattern in patterns.items() if 2 * set_off[pattern] > times[pattern]}


def _outermost(edge: _Edge, lines: set[int]) -> Iterator[Line]:
    """Yield the outermost rows of an edge that are of these lines alone."""
    for row in edge.rows[:_DEPTH]:
        if not all(id(line) in lines for line in row):
            return
        yield from row


def _repeated(
    lines: Sequence[Line], pattern_of: Callable[[Line], str], small: float = 0.0
) -> dict[int, str]:
    """Return the patterns of lines that most pages of a run have in the same place and type.

    Of type that is at most so `small`, two pages are enough.
    """
    patterns = {id(line): pattern_of(line) for line in lines}
    alike = sorted(lines, key=lambda line: (patterns[id(line)], line.is_bold, line.base))
    found: dict[int, str] = {}
    for (pattern, _), group in groupby(alike, key=lambda line: (patterns[id(line)], line.is_bold)):
        for run in _in_one_place(list(group)):
            fewest = 2 if run[0].size <= small else _FEWEST
            if _is_on_most({line.page for line in run}, fewest):
                found |= {id(line): pattern for line in run}
    return found


def _in_one_place(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Part lines in the order of their base lines where place or type change."""
    run = [lines[0]]
    for a, b in pairwise(lines):
        if b.base - a.base > _PLACE or abs(a.size - b.size) > _SAME_TYPE * a.size:
            yield run
            run = []
        run.append(b)
    yield run


def _is_on_most(pages: set[int], fewest: int) -> bool:
    """Tell whether these are most pages from the first to the last, or most odd or even ones."""
    if len(pages) < fewest:
        return False
    is_alternate = len({page % 2 for page in pages}) == 1
    span = (max(pages) - min(pages)) // (2 if is_alternate else 1) + 1
    return len(pages) >= _MOST * span


def _kinds_of_same(
    lines: Iterable[Line], same: dict[int, str], numbering: Numbering
) -> dict[int, str]:
    """Tell running heads from those with figures, of which the first of each is kept."""
    kinds: dict[int, str] = {}
    seen: set[str] = set()
    for line in lines:
        pattern = same.get(id(line))
        if pattern is None:
            continue
        is_first = pattern not in seen and numbering.has_figures(pattern)
        kinds[id(line)] = "page head" if is_first else "running head"
        seen.add(pattern)
    return kinds


def _apart(edge: _Edge, kinds: dict[int, str]) -> list[Line]:
    """Return the lines of the outermost rows that are of a kind and set off from the rest."""
    known = 0
    for row in edge.rows[:_DEPTH]:
        if not all(id(line) in kinds for line in row):
            break
        known += 1
    while known and not _is_apart(edge, known, kinds):
        known -= 1
    found = [line for row in edge.rows[:known] for line in row]
    for row in edge.rows[known : known + 1]:  # a page number may stand beside a head that stays
        found += [line for line in row if kinds.get(id(line)) == "page number" and len(row) > 1]
    return found


def _is_apart(edge: _Edge, known: int, kinds: dict[int, str]) -> bool:
    row = edge.rows[known - 1]
    is_number = all(kinds[id(line)] == "page number" for line in row)
    if len(edge.rows) < known + _BODY:
        return is_number
    inner = edge.rows[known]
    if abs(row[0].base - inner[0].base) >= _APART * edge.pitch:
        return True
    is_other_type = abs(row[0].size - inner[0].size) > _SAME_TYPE * inner[0].size
    is_elsewhere = abs(row[0].left - inner[0].left) > 2 * inner[0].size
    return is_other_type or (is_number and is_elsewhere)


def _goes_on(pages: Sequence[Sequence[Line]], outcome: dict[int, str]) -> bool:
    """Tell whether sentences go on from page to page."""
    texts = [
        [each for each in page if id(each) not in outcome and each.role is Role.TEXT]
        for page in pages
    ]
    ends = [(a[-1], b[0]) for a, b in pairwise(texts) if a and b]
    going = sum(_is_continued(a, b) for a, b in ends)
    return going >= max(1, _GO_ON * len(ends))


def _are_full(pages: Sequence[Sequence[Line]], outcome: dict[int, str]) -> bool:
    """Tell whether the text of all pages but the last reaches down to their numbers."""
    return len(pages) > 1 and all(_is_full(page, outcome) for page in pages[:-1])


def _is_full(page: Sequence[Line], outcome: dict[int, str]) -> bool:
    numbers = [line.base for line in page if outcome.get(id(line)) == "page number"]
    rows = rows_of([line for line in page if id(line) not in outcome])
    if not numbers or len(rows) < _FULL:
        return False
    return 0 < rows[-1][0].base - min(numbers) <= _FOOT * pitch_of(rows)


def _is_continued(a: Line, b: Line) -> bool:
    return not a.is_sentence_end and a.text[-1] not in ":;" and b.text[0].islower()


def _parted(page: Sequence[Line], outcome: dict[int, str]) -> list[Line]:
    """Return the lines of a page: what is kept of the top, the text, what is kept of the bottom."""
    text = [line for line in page if id(line) not in outcome]
    kept = [replace(line, role=Role.EDGE) for line in page if outcome.get(id(line)) == "page head"]
    if not kept:
        return text
    middle = median([line.base for line in text if line.role is Role.TEXT] or [0.0])
    top = [line for line in kept if line.base > middle]
    return [*top, *text, *(line for line in kept if line.base <= middle)]
