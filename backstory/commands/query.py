"""`backstory query`: ranked passages, hits marked."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from typing import BinaryIO

import click

from backstory.engine.hits import Hit, Reason, SearchResult, Suggestion, WordRead
from backstory.first_run import index_at_first
from backstory.options import Place, formatted, hinted, placed
from backstory.searcher.syntax import operators
from backstory.searcher.whole import PAGE, pages
from backstory.terminal import counted, described, heading, visible, wrapped
from backstory.views import View, viewed

BY_MEANING = "Found by meaning: none of your words stand here"
BORDER = "— passages with some of the words —"


def _date(context: click.Context, option: click.Parameter, text: str | None) -> str | None:
    """Return a date as queries have it; the query would take anything else for words."""
    from backstory.searcher.dates import read_date

    date = read_date(text) if text else None
    if text and not date:
        raise click.BadParameter(f"{text!r} is not a date such as 2018, 2018-03 or 2018-03-01.")
    return date


@click.command("query")
@click.argument("text", nargs=-1)
@click.option("-n", "size", type=click.IntRange(1, 1000), help="Hits on a page.")
@click.option("--page", type=click.IntRange(1), default=1, help="Which page, from 1.")
@click.option("--all", "every", is_flag=True, help="Every hit, page after page; no limit.")
@click.option(
    "--since", metavar="DATE", callback=_date, help="Only documents of this date or later."
)
@click.option("--source", metavar="NAME", help="Only documents from this source.")
@click.option("--exact", is_flag=True, help="Never search for another spelling.")
@click.option("--words-only", is_flag=True, help="Find nothing by meaning alone.")
@click.option("--explain", is_flag=True, help="Say what each word stands for, and each score.")
@click.option("--syntax", is_flag=True, help="Say what a query can say, with examples, and end.")
@formatted
@viewed
@click.option("--batch", type=click.File("rb", lazy=True), help="Ask each line of a file, or -.")
@placed
def command(
    place: Place,
    text: tuple[str, ...],
    size: int | None,
    page: int,
    every: bool,
    since: str | None,
    source: str | None,
    exact: bool,
    words_only: bool,
    explain: bool,
    syntax: bool,
    form: str | None,
    view: View,
    batch: BinaryIO | None,
) -> int:
    """Search, and print ranked passages with the hits marked.

    Any text is a query: words, "exact phrases", =exact, +must, -not, AND OR NOT ( ), prefix*,
    fuzzy~, "near these"~5, and conditions such as source:courier and after:2018. --syntax lists
    and explains each.
    Put -- before a text that starts with a dash.

    --batch asks each line of a file, or of - for the standard input: a text, or an id, a tab and
    a text. It writes -n hits for each (100) in a --format: trec (for trec_eval; the usual one),
    csv, jsonl or another table, and never searches for another spelling.

    Example: backstory query '"military option" after:2017-08'
    """
    if syntax:
        for line in _syntax():
            click.echo(line)
        return 0
    if batch is not None:
        from backstory.batch import ask_batch

        narrowed = partial(_with_filters, since=since, source=source)
        return ask_batch(place, batch, form, size, narrowed, words_only=words_only)
    if not text:
        raise click.UsageError("Missing argument 'TEXT...'. Give a text, or --batch FILE.")
    if not (_joined(text).strip() or since or source):
        raise click.UsageError("The text is empty. Type words, as in: backstory query who is Cruz")
    archive = place.archive(search__max_page_size=1000 if size or every else None)
    index_at_first(archive)
    query = _with_filters(_joined(text), since, source)
    if view.kind:
        from backstory import tables

        table = view.table(archive, query, size=size, every=every, correct=not exact)
        tables.write(table, form, None if every else size or tables.DOCUMENTS)
        return _end(table.result, table.limits)
    size = size or (PAGE if every else archive.config.search.page_size)
    following = pages(
        archive.searcher,
        query,
        size=size,
        offset=(page - 1) * size,
        correct=not exact,
        explain=explain,
        words_only=words_only or every or form not in (None, "jsonl"),
    )
    write = _writer(form)
    first = next(following)
    hits = chain(first, chain.from_iterable(following)) if every else iter(first)
    for piece in write(hits):
        click.echo(piece, nl=False)
    if form is None and first.nearest:
        for piece in write(first.nearest):
            click.echo(piece, nl=False)
    return _end(first, _past_the_end(first, size), every=every)


def _past_the_end(result: SearchResult, size: int) -> tuple[str, ...]:
    """Say that a page has no hits because there are fewer pages."""
    if not 0 < result.listed <= result.offset:
        return ()
    asked, last = result.offset // size + 1, -(-result.listed // size)
    return (f"Page {asked:,} is past the end; the last is --page {last}.",)


def _syntax() -> Iterator[str]:
    for operator in operators():
        yield from (heading(example) for example in operator.examples)
        yield f"    {operator.finds}"


def _joined(words: tuple[str, ...]) -> str:
    # Arguments that are not text come with surrogates; nothing in an index has any.
    return " ".join(words).encode("utf-8", "replace").decode("utf-8")


def _with_filters(text: str, since: str | None, source: str | None) -> str:
    filters = [f"after:{since}"] if since else []
    if source:
        from backstory.searcher.lexer import QUOTES

        filters.append('source:"{}"'.format(source.translate(QUOTES).replace('"', " ")))
    return " ".join([*filters, _bracketed(text)]) if filters else text


def _bracketed(text: str) -> str:
    """Return the text in brackets, without those of its own that ours would be taken for."""
    from backstory.searcher.lexer import Kind, Piece, pieces_of
    from backstory.searcher.rendering import render

    pieces, bracketed = pieces_of(text), f"({text})"
    whole = (Piece(Kind.OPEN, "("), *pieces, Piece(Kind.CLOSE, ")"))
    return bracketed if pieces_of(bracketed) == whole else f"({render(pieces)})"


def _writer(form: str | None) -> Callable[[Iterable[Hit]], Iterator[str]]:
    if form is None:
        return _listed
    if form == "trec":
        raise click.UsageError("--format trec writes a batch. Name one: --batch FILE")
    from backstory.searcher.exports import find  # 5 ms: only where hits leave the terminal

    return find(form).write_hits


def _listed(hits: Iterable[Hit]) -> Iterator[str]:
    before: Hit | None = None
    for hit in hits:
        if before and before.all_words and not hit.all_words:
            yield f"{BORDER}\n\n"
        if hit.by_meaning:
            yield f"[{BY_MEANING}]\n"
        yield f"{described(hit)}\n"
        if hit.heading:
            yield f"  [{visible(hit.heading)}]\n"
        if hit.in_title:
            yield "  [in the title or heading]\n"
        yield f"{wrapped(hit.text, hit.marks)}\n"
        if hit.why:
            yield f"  score {hit.score:.2f}: {'; '.join(map(reason, hit.why))}\n"
        yield "\n"
        before = hit


def _end(result: SearchResult, limits: tuple[str, ...] = (), *, every: bool = False) -> int:
    """Tell on stderr what was found and how the query was understood; return the status."""
    understood = result.understanding
    lines = [*understood.notes, *map(word_read, understood.words)]
    if understood.languages:
        lines.append(f"Looked up under the stems of: {', '.join(understood.languages)}.")
    if understood.ignored:
        lines.append(f"Left out, as too common: {', '.join(understood.ignored)}.")
    lines += understood.limits
    is_corrected = result.searched != result.text
    if not is_corrected:
        lines += [f"No passage has {word}." for word in understood.missing]
        lines += [
            f"{part.text} alone: {counted(part.total, 'passage')}" for part in understood.parts
        ]
    lines += [
        _offered(suggestion)
        for suggestion in result.suggestions
        if not (is_corrected and suggestion.kind == "spelling")
    ]
    for line in (*lines, *limits, _summary(result, every)):
        click.echo(visible(line), err=True)
    return 0 if result.total else 1


def _offered(suggestion: Suggestion) -> str:
    """Say what else to search for, with a command that can be copied."""
    said = {
        "without": f"Without {suggestion.replaces}:",
        "title": "In titles:",
        "language": f"In another language, {suggestion.instead}:",
    }.get(suggestion.kind, f"Did you mean {suggestion.instead}?")
    text = shlex.quote(suggestion.text)
    text = f"-- {text}" if suggestion.text.startswith("-") else text
    command = hinted("backstory query")
    return f"{said} {counted(suggestion.total, 'passage')}: {command} {text}"


def _summary(result: SearchResult, every: bool) -> str:
    count = counted(result.total, "passage") if result.total else "No passages"
    some = (
        f", {result.all_words:,} with all the words" if 0 < result.all_words < result.total else ""
    )
    more = f", {result.by_meaning:,} more by meaning" if result.by_meaning else ""
    shown = ""
    if 0 < len(result) < result.listed and not every:
        shown = f" ({result.offset + 1:,}-{result.offset + len(result):,} shown)"
    return f"{count}{some}{more}{shown} in {result.seconds * 1000:.0f} ms"


def word_read(word: WordRead) -> str:
    """Say what a word of the query stands for."""
    forms = ", ".join(f"{surface} ({count:,})" for surface, count in word.forms)
    passages = counted(word.total, "passage")
    ways = {
        "forms": f"in any form: {forms or 'none'}",
        "pattern": f"stands for: {forms or 'none'}",
        "joined": "one after the other, in any form",
        "near": "near each other, in any order and form",
    }
    return f"{word.text}, {ways.get(word.kind, 'exactly so')}; {passages}."


def reason(why: Reason) -> str:
    """Say what gave a part of a score."""
    if why.kind == "word":
        times = f" ({why.times} times)" if why.times > 1 else ""
        return f"{visible(why.text)}{times} {why.score:.2f}"
    what = f"{why.kind} {why.text}".rstrip()
    return f"{what} {why.score:+.2f}"
