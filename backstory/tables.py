"""Tables of a whole result, as aligned lines: concordance, collocates, counts."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence

import click

from backstory.searcher.collocates import Collocate, Collocates
from backstory.searcher.concordance import WIDTH, Concordance, Line
from backstory.searcher.frequencies import Frequencies, Frequency
from backstory.terminal import cells, counted, emphasise, heading, visible
from backstory.views import Table

NARROWEST = 15
BESIDE = 36  # columns of a concordance that are left for the word and the address
DOCUMENTS = 20

# What a row of CSV holds: all but the lists.
COLUMNS = {
    kind: [name for name in row.__slots__ if name != "mark"]
    for kind, row in ((Concordance, Line), (Collocates, Collocate), (Frequencies, Frequency))
}


def write(table: Table, form: str | None, documents: int | None = DOCUMENTS) -> None:
    """Print a table as aligned text, with that many rows of documents, or in an export."""
    pieces = _exported(table, form) if form else aligned(table, documents)
    for piece in pieces:
        click.echo(piece, nl=False)


def _exported(table: Table, form: str) -> Iterator[str]:
    from backstory.searcher.exports.registry import find_table

    records = (row.to_json() for row in table)
    return find_table(form).write(records, COLUMNS[type(table)])


def context_width() -> int:
    """Return how many characters of context fit on either side of a word."""
    if not sys.stdout.isatty():
        return WIDTH
    return max((shutil.get_terminal_size().columns - BESIDE) // 2, NARROWEST)


def aligned(table: Table, documents: int | None = DOCUMENTS) -> Iterator[str]:
    """Yield the lines of a table as they are printed."""
    match table:
        case Concordance():
            return _concordance(table)
        case Collocates():
            return _collocates(table)
        case Frequencies():
            return _frequencies(table, documents)


def _concordance(concordance: Concordance) -> Iterator[str]:
    shown = [tuple(map(visible, (line.left, line.word, line.right))) for line in concordance]
    before = max((cells(left) for left, _, _ in shown), default=0)
    after = max((cells(word + right) for _, word, right in shown), default=0)
    for line, (left, word, right) in zip(concordance, shown, strict=True):
        pad = " " * (after - cells(word + right))
        address = heading(visible(line.passage))
        yield f"{' ' * (before - cells(left))}{left}{emphasise(word)}{right}{pad}  {address}\n"


def _collocates(collocates: Collocates) -> Iterator[str]:
    rows = [
        (f"{each.score:,.1f}", f"{each.near:,}", f"{each.passages:,}", each.word)
        for each in collocates
    ]
    return _columns(("score", "near", "passages", "word"), rows)


def _frequencies(frequencies: Frequencies, documents: int | None) -> Iterator[str]:
    counts = frequencies.documents
    rows = [(*_counts(each), f"{each.title}  {each.value}") for each in counts[:documents]]
    yield from _columns(("passages", "marks", "document"), rows)
    more = len(counts) - len(rows)
    if more:
        yield f"… and {counted(more, 'document')} more: --all lists them.\n"
    years = [(*_counts(each), each.value or "(no date)") for each in frequencies.years]
    yield from ("\n" for _ in years[:1])
    yield from _columns(("passages", "marks", "year"), years)


def _counts(each: Frequency) -> tuple[str, str]:
    return f"{each.passages:,}", f"{each.marks:,}"


def _columns(names: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield a header and rows: numbers end together, the words of the last column begin so."""
    if not rows:
        return
    widths = [max(map(len, column)) for column in zip(names, *rows, strict=True)][:-1]
    for index, row in enumerate((names, *rows)):
        numbers = [value.rjust(width) for value, width in zip(row, widths, strict=False)]
        line = "  ".join([*numbers, visible(row[-1])])
        yield f"{line if index else heading(line)}\n"
