"""`backstory show`: a document, or a passage with its neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backstory.api import Archive
from backstory.completing import documents
from backstory.engine.documents import Document, split_address
from backstory.engine.errors import PassageNotFound, StorageFull
from backstory.engine.fields import FIELDS
from backstory.options import Place, formatted, placed
from backstory.searcher import OpenDocument, ReadPassage
from backstory.terminal import dated, described, heading, spot, visible, wrapped

if TYPE_CHECKING:
    from backstory.indexer.left_out import Omissions


@click.command("show")
@click.argument("address", shell_complete=documents)
@click.option("-C", "--context", type=click.IntRange(0), default=1, help="Neighbours to show.")
@click.option("--query", "text", default="", help="Mark what this query finds.")
@click.option("--left-out", "wants_left_out", is_flag=True, help="What is in no passage of it.")
@click.option("--related", "wants_related", is_flag=True, help="Passages of other documents.")
@click.option("--page", type=click.IntRange(1), help="The page that --picture shows.")
@click.option(
    "--picture",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write a page of a PDF as a PNG, with the words of --query marked.",
)
@formatted
@placed
def command(
    place: Place,
    address: str,
    context: int,
    text: str,
    wants_left_out: bool,
    wants_related: bool,
    page: int | None,
    picture: Path | None,
    form: str | None,
) -> None:
    """Print the document DOC, or its passage DOC#pN with the passages around it.

    DOC may also be the path of its file, as in the corpus, or the end of it: memo.docx.

    DOC@1:02:05 is the passage of a transcript that is spoken at that time, DOC#B12 the row of a
    sheet with that cell.

    In any form but text and JSON, DOC#pN is that passage alone. --related lists the passages of
    other documents that are nearest to each, and what they have in common. --left-out reads the
    file of DOC again and lists what is in none of its passages: running heads, comments, hidden and
    deleted text. --picture writes the page of DOC#pN, or that of --page, as it looks in the file.

    Example: backstory show secret-talks#p41 --query "called Maduro a madman"
    """
    if page is not None and picture is None:
        raise click.UsageError("--page is for --picture FILE.")
    opened, number = _open(place, address, text)
    if picture is not None:
        _write_picture(place.archive(), opened, page or _page_of(opened, number), text, picture)
        return
    if wants_left_out:
        _tell_left_out(place.archive().left_out(opened.document.id), form)
        return
    passages = _around(opened, number, context if form in (None, "jsonl") else 0, address)
    if form:
        for piece in _export(opened.document, passages, number, form):
            click.echo(piece, nl=False)
        return
    click.echo(f"{_title(opened.document)}\n")
    above = ""
    for read in passages:
        passage = read.passage
        if passage.heading != above:
            click.echo(f"{heading(visible(passage.heading))}\n")
        above = passage.heading
        sign = ">" if passage.number == number else " "
        line = heading(f"{passage.address}{spot(passage)}")
        click.echo(f"{sign} {line}\n{wrapped(passage.text, read.marks or ())}\n")
        if wants_related and number in (None, passage.number):
            _tell_related(place.archive(), passage.address)


def _page_of(opened: OpenDocument, number: int | None) -> int:
    """Return the page of a passage; raises a UsageError where it has none, or none is named."""
    pages = (read.passage.page for read in opened.passages if read.passage.number == number)
    page = next(pages, None)
    if page is None:
        raise click.UsageError("--picture needs the page: --page NUMBER.")
    return page


def _write_picture(
    archive: Archive, opened: OpenDocument, page: int, text: str, file: Path
) -> None:
    with archive:
        picture = archive.picture(opened.document.id, page, text)
    try:
        file.write_bytes(picture.png)
    except OSError as error:
        raise StorageFull(file, error.strerror or str(error), "nothing was written") from error
    count = len(picture.boxes)
    marked = f", {count} {'place' if count == 1 else 'places'} marked" if text else ""
    where = f"page {page} of {picture.pages} of {opened.document.id}"
    click.echo(f"{visible(f'{file}: {where}')}{marked}", err=True)


def _tell_left_out(omitted: Omissions, form: str | None) -> None:
    if omitted.has_changed:
        changed = f"{omitted.document.path} has changed since it was indexed; this is as it is now."
        click.echo(f"backstory: {visible(changed)}", err=True)
    if form:
        from backstory.searcher.exports.registry import find_table

        records = ({"document": omitted.document.id, **asdict(each)} for each in omitted.pieces)
        for line in find_table(form).write(records, ["document", "kind", "page", "text"]):
            click.echo(line, nl=False)
        return
    click.echo(f"{_title(omitted.document)}\n")
    for piece in omitted.pieces:
        page = "" if piece.page is None else f", page {piece.page}"
        click.echo(f"  {heading(piece.kind + page)}\n{wrapped(piece.text, ())}\n")
    if not omitted.pieces:
        click.echo("Nothing was left out.")


def _tell_related(archive: Archive, address: str) -> None:
    for related in archive.related(address):
        shared = ", ".join(visible(one.text) for one in related.shared if one.text)
        reasons = ["the same text"] if related.is_copy else []
        reasons += [f"shares: {shared}"] if shared else []
        if any(one.kind == "meaning" for one in related.shared):
            reasons.append("and close in meaning" if reasons else "close in meaning")
        click.echo(f"  → {described(related.hit)}\n    {'; '.join(reasons)}")
        click.echo(f"{wrapped(related.hit.text, ())}\n")


def _open(place: Place, address: str, text: str) -> tuple[OpenDocument, int | None]:
    archive = place.archive()
    at_place = archive.searcher.at_place(address)
    document_id, number = split_address(at_place.address if at_place else address)
    try:
        return archive.open(document_id, text), number
    except PassageNotFound:
        known = {document.id: document.path for document, _ in archive.searcher.documents()}
        if address in known:  # an id may itself look like an address
            return archive.open(address, text), None
        of_file = [each for each, path in known.items() if f"/{path}".endswith(f"/{document_id}")]
        if len(of_file) == 1:
            return archive.open(of_file[0], text), number
        raise PassageNotFound(address, [*of_file, *known]) from None


def _around(
    opened: OpenDocument, number: int | None, context: int, address: str
) -> list[ReadPassage]:
    if number is None:
        return list(opened.passages)
    if not 0 < number <= len(opened.passages):
        raise PassageNotFound(address, [f"{opened.document.id}#p{len(opened.passages)}"])
    return list(opened.passages[max(number - 1 - context, 0) : number + context])


def _title(document: Document) -> str:
    facts = [document.title, document.source, document.author, dated(document), document.id]
    return heading(" · ".join(visible(fact) for fact in facts if fact))


def _export(
    document: Document, passages: list[ReadPassage], number: int | None, form: str
) -> Iterator[str]:
    from backstory.searcher.exports.registry import Quotation, TableExport, columns, find

    export = find(form)
    if isinstance(export, TableExport):
        facts = {} if export.name == "jsonl" else document.to_json()
        records = ({**facts, **_record(document, read)} for read in passages)
        return export.write(records, columns())
    if number is None:
        return export.write([Quotation.of_document(document)])
    return export.write(Quotation.of_passage(document, read.passage) for read in passages)


def _record(document: Document, read: ReadPassage) -> dict[str, object]:
    passage = read.passage
    return {
        "passage": passage.address,
        "document": document.id,
        "number": passage.number,
        "title": document.title,
        "date_guessed": document.date_guessed,
        "heading": passage.heading,
        "page": passage.page,
        "time": passage.time,
        "cells": passage.cells,
        "confidence": passage.confidence,
        "language": passage.language_in(document),
        "text": passage.text,
        "marks": [list(mark) for mark in read.marks or ()],
        **FIELDS.further_of(document.facts),
    }
