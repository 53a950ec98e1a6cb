"""`backstory query`: ranked passages, hits marked."""

from __future__ import annotations

import csv
import json
import shlex
import sys
from collections.abc import Iterator

import click

from backstory.api import Archive
from backstory.options import Place, placed
from backstory.terminal import counted, described, visible, wrapped
from engine.hits import Hit, SearchResult, Suggestion

BORDER = "— passages with some of the words —"
COLUMNS = (
    "rank score passage document number title source author date language heading page text"
).split()


@click.command("query")
@click.argument("text", nargs=-1, required=True)
@click.option("-n", "size", type=click.IntRange(1, 1000), help="Hits on a page.")
@click.option("--page", type=click.IntRange(1), default=1, help="Which page, from 1.")
@click.option("--all", "every", is_flag=True, help="Every hit, page after page.")
@click.option("--since", metavar="DATE", help="Only documents of this date or later.")
@click.option("--source", metavar="NAME", help="Only documents from this source.")
@click.option("--exact", is_flag=True, help="Never search for another spelling.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line for each hit.")
@click.option("--csv", "as_csv", is_flag=True, help="A table for a spreadsheet.")
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
    as_json: bool,
    as_csv: bool,
) -> int:
    """Search, and print ranked passages with the hits marked.

    Any text is a query: words, "exact phrases", =exact, +must, -not, AND OR NOT ( ), prefix*,
    fuzzy~, "near these"~5, title: source: author: lang: kind: tag: doc:, after: before: date:.
    Put -- before a text that starts with a dash.

    Example: backstory query '"military option" after:2017-08'
    """
    archive = place.archive(search__max_page_size=1000 if size or every else None)
    asked = _with_filters(_joined(text), since, source)
    size = size or (1000 if every else archive.config.search.page_size)
    first = archive.search(asked, offset=(page - 1) * size, limit=size, correct=not exact)
    results = _pages(archive, first, exact) if every else iter([first])
    write = _write_json if as_json else _write_csv if as_csv else _write_text
    write(results)
    _say(first)
    return 0 if first.total else 1


def _joined(words: tuple[str, ...]) -> str:
    # Arguments that are not text come with surrogates; nothing in an index has any.
    return " ".join(words).encode("utf-8", "replace").decode("utf-8")


def _with_filters(text: str, since: str | None, source: str | None) -> str:
    filters = [f"after:{since}"] if since else []
    if source:
        filters.append('source:"{}"'.format(source.replace('"', " ")))
    return " ".join([f"({text})", *filters]) if filters else text


def _pages(archive: Archive, first: SearchResult, exact: bool) -> Iterator[SearchResult]:
    yield first
    for offset in range(first.offset + first.limit, first.total, first.limit):
        yield archive.search(first.text, offset=offset, limit=first.limit, correct=not exact)


def _write_text(results: Iterator[SearchResult]) -> None:
    for result in results:
        before: Hit | None = None
        for hit in result:
            if before and before.all_words and not hit.all_words:
                click.echo(f"{BORDER}\n")
            click.echo(described(hit))
            if hit.heading:
                click.echo(f"  [{visible(hit.heading)}]")
            click.echo(f"{wrapped(hit.text, hit.marks)}\n")
            before = hit


def _write_json(results: Iterator[SearchResult]) -> None:
    for result in results:
        for hit in result:
            click.echo(json.dumps(hit.to_json(), ensure_ascii=False))


def _write_csv(results: Iterator[SearchResult]) -> None:
    writer = csv.writer(sys.stdout)
    writer.writerow(COLUMNS)
    for result in results:
        for hit in result:
            record = hit.to_json()
            writer.writerow([harmless(record[name]) for name in COLUMNS])


def harmless(value: object) -> object:
    """Return a value for a spreadsheet cell: text that would be a formula starts with a quote."""
    if isinstance(value, str):
        shown = visible(value)
        return f"'{shown}" if shown.lstrip()[:1] in ("=", "+", "-", "@") else shown
    return value


def _say(result: SearchResult) -> None:
    """Tell on stderr what was found and how the query was understood."""
    understood = result.understanding
    lines = [*understood.notes]
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
    lines.append(_summary(result))
    for line in lines:
        click.echo(visible(line), err=True)


def _offered(suggestion: Suggestion) -> str:
    """Say what else to search for, with a command that can be copied."""
    said = {
        "without": f"Without {suggestion.replaces}:",
        "language": f"In another language, {suggestion.instead}:",
    }.get(suggestion.kind, f"Did you mean {suggestion.instead}?")
    text = shlex.quote(suggestion.text)
    text = f"-- {text}" if suggestion.text.startswith("-") else text
    return f"{said} {counted(suggestion.total, 'passage')}: backstory query {text}"


def _summary(result: SearchResult) -> str:
    found = counted(result.total, "passage") if result.total else "No passages"
    some = f", {result.full:,} with all the words" if 0 < result.full < result.total else ""
    shown = ""
    if 0 < len(result) < result.total:
        shown = f" ({result.offset + 1:,}-{result.offset + len(result):,} shown)"
    return f"{found}{some}{shown} in {result.seconds * 1000:.0f} ms"
