"""`backstory demo`: the sample dossier that comes along, in the browser or the terminal."""

from __future__ import annotations

from pathlib import Path

import click

import backstory
from backstory.commands.query import command as query
from backstory.commands.serve import command as serve
from backstory.first_run import index_if_missing
from backstory.options import Place

SAMPLE = Path(backstory.__file__).parent / "corpus"


@click.command("demo")
@click.argument("text", nargs=-1)
@click.option("--open", "is_opened", is_flag=True, help="Open the page in the browser.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on.")
@click.pass_context
def command(
    context: click.Context, text: tuple[str, ...], is_opened: bool, port: int | None
) -> int:
    """Serve the sample dossier, or answer TEXT from it.

    It is 81 short articles about one affair. It is indexed first, in your cache.

    \b
    Example: backstory demo --open
    Example: backstory demo who asked for radios
    """
    context.obj = Place()  # another corpus, index or settings file would be no demo
    if not text:
        context.invoke(serve, allow_host=(), folder=SAMPLE, is_opened=is_opened, port=port)
        return 0
    if is_opened or port is not None:
        raise click.UsageError("--open and --port are for the page; leave out the text.")
    context.obj = Place(corpus=SAMPLE)
    index_if_missing(context.obj.archive())
    status: int = context.invoke(query, text=text)
    return status
