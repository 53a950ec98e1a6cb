"""Batches: many queries from one file, read line by line; hits are written as they come.

A line is a text, or `id<TAB>text`; without an id, its number is its id. A line that is no
valid query is reported on stderr, and the batch goes on. Spelling correction is off.
"""

from __future__ import annotations

import codecs
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import BinaryIO
from urllib.parse import quote

import click
from click.core import ParameterSource

from backstory.api import Archive
from backstory.first_run import index_at_first
from backstory.options import Place
from backstory.searcher.exports.base import RANKED, Record, columns
from backstory.searcher.exports.registry import find_table
from backstory.terminal import counted, visible

MOST, USUAL = 1_000, 100  # hits a query
OPTIONS = {
    "batch", "form", "size", "since", "source", "exact", "words_only", "config", "corpus", "index_",
}  # fmt: skip
LONGEST_LINE = 1 << 20  # bytes; a file without line ends is not read into memory


@dataclass(frozen=True, slots=True)
class BatchQuery:
    """A line to ask; its hits are written under its id."""

    number: int
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that cannot be asked, and why."""

    number: int
    reason: str


def ask_batch(
    place: Place,
    lines: BinaryIO,
    form: str | None,
    size: int | None,
    narrowed: Callable[[str], str],
    *,
    words_only: bool = False,
) -> int:
    """Ask every line, write the hits in a format, and return the exit status.

    `narrowed` puts the filters of the command line around a text.
    """
    _refuse_other_options(click.get_current_context())
    write = _writer(form or "trec")
    archive = place.archive(search__max_page_size=MOST)
    index_at_first(archive)
    archive.searcher.statistics()  # no index: better said before anybody types a line
    # The filters count, too: a text that leaves them no room would lose them.
    longest = archive.config.search.max_query_chars - len(narrowed("x")) + 1
    progress = Progress()
    records = _records(
        archive, read_batch(lines, longest), size or USUAL, narrowed, words_only, progress
    )
    for piece in write(records, ["id", *columns(*RANKED)]):
        click.echo(piece, nl=False)
    progress.tell(progress.summary())
    return 0 if progress.hits else 1


def _records(
    archive: Archive,
    lines: Iterable[BatchQuery | BadLine],
    size: int,
    narrowed: Callable[[str], str],
    words_only: bool,
    progress: Progress,
) -> Iterator[Record]:
    """Ask line by line, and yield each hit with the id and the text of its query."""
    for query in lines:
        if isinstance(query, BadLine):
            progress.left_out += 1
            progress.tell(f"Left out: line {query.number:,}: {query.reason}")
            continue
        result = archive.search(
            narrowed(query.text), limit=size, correct=False, words_only=words_only
        )
        for hit in result:
            yield {"id": query.id, "query": query.text, **hit.to_json()}
        for limit in result.understanding.limits:
            progress.tell(f"Note: line {query.number:,}: {limit}")
        progress.advance(len(result))


def _refuse_other_options(context: click.Context) -> None:
    given = (
        parameter.opts[0] if isinstance(parameter, click.Option) else parameter.human_readable_name
        for parameter in context.command.params
        if parameter.name not in OPTIONS
        and context.get_parameter_source(parameter.name or "") is ParameterSource.COMMANDLINE
        and context.params.get(parameter.name or "")
    )
    if names := ", ".join(given):
        raise click.UsageError(f"--batch does not go with {names}. Try: backstory query --help")


def read_batch(lines: BinaryIO, longest: int) -> Iterator[BatchQuery | BadLine]:
    """Yield the queries of a file, and the lines that are none; no text is over `longest`."""
    taken: set[str] = set()
    for number, data in _lines(lines):
        query = _query(number, data, longest)
        if isinstance(query, BatchQuery) and query.id in taken:
            query = BadLine(number, f"the id {query.id} stands there twice")
        elif isinstance(query, BatchQuery):
            taken.add(query.id)
        yield query


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that hold something, with their numbers, and of a long one its beginning."""
    number = 0
    while data := stream.readline(LONGEST_LINE):
        number += 1
        rest = data
        while len(rest) == LONGEST_LINE and not rest.endswith(b"\n"):
            rest = stream.readline(LONGEST_LINE)
        if number == 1:
            data = data.removeprefix(codecs.BOM_UTF8)
        if data.strip() and not data.startswith(b"#"):
            yield number, data


def _query(number: int, data: bytes, longest: int) -> BatchQuery | BadLine:
    too_long = BadLine(number, f"longer than {longest:,} characters")
    if len(data) == LONGEST_LINE:
        return too_long
    try:
        line = data.decode("utf-8")
    except UnicodeDecodeError:
        line = "\0"
    if "\0" in line:  # as in every line of UTF-16
        return BadLine(number, "not UTF-8")
    before, tab, after = line.partition("\t")
    id_, text = (before.strip(), after.strip()) if tab else (str(number), before.strip())
    if not (id_ and text):
        return BadLine(number, "no text after its id" if id_ else "no id before its tab")
    return BatchQuery(number, id_, text) if len(text) <= longest else too_long


def trec_lines(id_: str, names: Iterable[str]) -> Iterator[str]:
    """Yield what was found, best first, as trec_eval and its kin read it: at most MOST names.

    They sort by score and nothing else, and ours begin anew where passages lack a word. So the
    score is made from the rank: MOST for the first, one less for each that follows.
    """
    for rank, name in enumerate(names, 1):
        yield f"{unspaced(id_)} Q0 {unspaced(name)} {rank} {MOST + 1 - rank} backstory\n"


def unspaced(text: str) -> str:
    """Return `text` as one column: spaces, control characters and % as in a URL."""
    return "".join(
        quote(letter, errors="surrogatepass") if _is_coded(letter) else letter for letter in text
    )


def _is_coded(letter: str) -> bool:
    return letter == "%" or letter.isspace() or visible(letter) != letter


def _trec(records: Iterable[Record], columns: Sequence[str]) -> Iterator[str]:
    for id_, group in groupby(records, key=itemgetter("id")):
        yield from trec_lines(id_, (record["passage"] for record in group))


def _writer(form: str) -> Callable[[Iterable[Record], Sequence[str]], Iterator[str]]:
    """Return what writes a batch: TREC's run format, or an export of records."""
    return _trec if form == "trec" else find_table(form, also=["trec"]).write


class Progress:
    """A progress line on stderr, if that is a terminal and the hits go elsewhere.

    `patience` is the seconds before it is first shown, and between two updates.
    """

    def __init__(self, patience: float = 1.0) -> None:
        self.queries = self.answered = self.hits = self.left_out = 0
        self._patience = patience
        self._began = self._shown = time.monotonic()
        self._is_watched = sys.stderr.isatty() and not sys.stdout.isatty()
        self._width = 0

    def advance(self, hits: int) -> None:
        """Count a query."""
        self.queries += 1
        self.answered += hits > 0
        self.hits += hits
        now = time.monotonic()
        if self._is_watched and now - self._shown >= self._patience:
            rate = self.queries / max(now - self._began, 0.001)
            self._show(f"{counted(self.queries, 'query', 'queries')}, {rate:,.0f}/s")
            self._shown = now

    def tell(self, line: str) -> None:
        """Print a line that stays."""
        self._show("")
        click.echo(visible(line), err=True)

    def _show(self, line: str) -> None:
        if self._width or line:
            # Spaces hide what was there before, without escape sequences.
            click.echo(f"\r{line.ljust(self._width)}" + ("" if line else "\r"), nl=False, err=True)
            self._width = len(line)

    def summary(self) -> str:
        """Return the whole batch in a sentence."""
        queries = counted(self.queries, "query", "queries")
        left_out = f", {counted(self.left_out, 'line')} left out" if self.left_out else ""
        return f"{queries}, {self.answered:,} with hits, {counted(self.hits, 'hit')}{left_out}."
