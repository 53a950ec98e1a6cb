"""`backstory mcp`: let a program ask, by the Model Context Protocol."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import click

from backstory.engine.errors import BackstoryError
from backstory.options import Place, placed
from backstory.secrets import read_secret
from backstory.terminal import visible

PORT = 8765


@click.command("mcp")
@click.option("--http", "is_http", is_flag=True, help="Answer over HTTP, on this machine.")
@click.option("--port", type=click.IntRange(1, 65535), help=f"Port for --http ({PORT}).")
@click.option(
    "--token-file", type=click.Path(path_type=Path), help="File with the token that --http wants."
)
@placed
def command(place: Place, is_http: bool, port: int | None, token_file: Path | None) -> int:
    """Let a program ask this archive, by the Model Context Protocol.

    It answers on its standard input and output, as programs expect that start it themselves; with
    --http on 127.0.0.1, to whoever has the token. It only reads. Needs: pip install
    'backstory[mcp]'.

    \b
    Example: backstory --corpus ~/dossier mcp
    Example: backstory mcp --http --token-file ~/.config/backstory/token
    """
    if not is_http and (port or token_file):
        raise click.UsageError("--port and --token-file belong to --http.")
    if is_http and token_file is None:
        raise click.UsageError("--http wants a --token-file. Make one: openssl rand -hex 32")
    if not importlib.util.find_spec("mcp"):
        raise BackstoryError(
            "The SDK of the Model Context Protocol is not installed.",
            "Install it: pip install 'backstory[mcp]'",
        )
    token = read_secret(token_file, "token") if token_file else b""
    archive = place.archive()
    archive.statistics  # noqa: B018  # an index that cannot be read is an error here and now
    from backstory.mcp.server import create_server

    if not is_http:
        create_server(archive).run("stdio")
        return 0
    from backstory.mcp.http import serve

    def tell(address: str) -> None:
        click.echo(visible(f"Backstory answers on {address} (Ctrl-C ends it)"), err=True)

    serve(create_server(archive), token, port or PORT, tell)
    return 0
