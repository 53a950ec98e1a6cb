"""`backstory list`: the documents of the index, with their addresses."""

from __future__ import annotations

import json
from typing import Any

import click

from backstory.engine.fields import FIELDS
from backstory.options import F, Place, placed
from backstory.terminal import counted, dated, heading, visible
from backstory.webui.document_catalog import SORTS, CatalogCache


def _narrowed(command: F) -> F:
    """Give a command an option for each facet of documents."""
    for name, field in reversed(FIELDS.facets.items()):
        option = click.option(
            f"--{name}", metavar="VALUE", help=f"Only this {field.label.lower()}."
        )
        command = option(command)
    return command


@click.command("list")
@_narrowed
@click.option("--sort", type=click.Choice(list(SORTS)), default="id", help="In which order.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each document.")
@placed
def command(place: Place, sort: str, as_json: bool, **facets: str | None) -> int:
    """List the documents of the index: address, title, source, date, passages.

    The address is what `show` and `remove` take. Exit status 1 says that there is none.

    Example: backstory list --year 2018 --sort newest
    """
    archive = place.archive()
    wanted = {name: value for name, value in facets.items() if value is not None}
    catalog = CatalogCache(archive.searcher).newest()
    entries = catalog.select(wanted, sort)
    for document, passages in entries:
        if as_json:
            record: dict[str, Any] = {"document": document.id, **document.to_json()}
            click.echo(json.dumps({**record, "passages": passages}, ensure_ascii=False))
            continue
        facts = [document.title, document.source, dated(document), counted(passages, "passage")]
        shown = " · ".join(visible(fact) for fact in facts if fact)
        click.echo(f"{heading(visible(document.id))}  {shown}")
    every = f" of {len(catalog.documents):,}" if wanted else ""
    click.echo(f"{len(entries):,}{every} documents", err=True)
    return 0 if entries else 1
