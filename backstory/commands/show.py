"""`backstory show`: a document, or a passage with its neighbours."""

from __future__ import annotations

import json

import click

from backstory.options import Place, placed
from backstory.terminal import heading, visible, wrapped
from engine.documents import Document, split_address
from engine.errors import PassageNotFound
from searcher import OpenDocument, ReadPassage


@click.command("show")
@click.argument("address")
@click.option("-C", "--context", type=click.IntRange(0), default=1, help="Neighbours to show.")
@click.option("--query", "text", default="", help="Mark what this query finds.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line for each passage.")
@placed
def command(place: Place, address: str, context: int, text: str, as_json: bool) -> None:
    """Print the document DOC, or its passage DOC#pN with the passages around it.

    Example: backstory show article#p15 --query "encrypted radios"
    """
    opened, number = _open(place, address, text)
    passages = _around(opened, number, context, address)
    if as_json:
        for read in passages:
            click.echo(json.dumps(_record(opened.document, read), ensure_ascii=False))
        return
    click.echo(f"{_title(opened.document)}\n")
    above = ""
    for read in passages:
        passage = read.passage
        if passage.heading != above:
            click.echo(f"{heading(visible(passage.heading))}\n")
        above = passage.heading
        sign = ">" if passage.number == number else " "
        click.echo(
            f"{sign} {heading(passage.address)}\n{wrapped(passage.text, read.marks or ())}\n"
        )


def _open(place: Place, address: str, text: str) -> tuple[OpenDocument, int | None]:
    archive = place.archive()
    document_id, number = split_address(address)
    try:
        return archive.document(document_id, text), number
    except PassageNotFound:
        known = [document.id for document, _ in archive.searcher.documents()]
        if address in known:  # an id may itself look like an address
            return archive.document(address, text), None
        raise PassageNotFound(address, known) from None


def _around(
    opened: OpenDocument, number: int | None, context: int, address: str
) -> list[ReadPassage]:
    if number is None:
        return list(opened.passages)
    if not 0 < number <= len(opened.passages):
        raise PassageNotFound(address, [f"{opened.document.id}#p{len(opened.passages)}"])
    return list(opened.passages[max(number - 1 - context, 0) : number + context])


def _title(document: Document) -> str:
    facts = [document.title, document.source, document.author, document.date, document.id]
    return heading(" · ".join(visible(fact) for fact in facts if fact))


def _record(document: Document, read: ReadPassage) -> dict[str, object]:
    passage = read.passage
    return {
        "passage": passage.address,
        "document": document.id,
        "number": passage.number,
        "title": document.title,
        "heading": passage.heading,
        "page": passage.page,
        "text": passage.text,
        "marks": [list(mark) for mark in read.marks or ()],
    }
