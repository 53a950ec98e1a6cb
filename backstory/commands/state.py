"""`backstory state`: what is kept beside the index, and whether it is sound."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from backstory.engine.errors import StateDamaged
from backstory.options import Place, placed
from backstory.terminal import visible


@click.command("state")
@click.argument("action", type=click.Choice(["check"]))
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each part.")
@placed
def command(place: Place, action: str, as_json: bool) -> int:
    """Say what the state folder has, whether each part is sound, how large it is, and what to do.

    The state is what cannot be made again from the corpus, or only in hours: with the corpus it is
    all that a backup needs. Nothing is changed or deleted. Exit status 4 says that something is
    damaged.

    Example: backstory state check && echo sound
    """
    from backstory.indexer.state_check import check_state

    state = place.settings().state_path
    parts = check_state(state)
    if as_json:
        for part in parts:
            click.echo(json.dumps(asdict(part), ensure_ascii=False))
    else:
        click.echo(visible(f"The state is in {state}"))
        for part in parts:
            click.echo(visible(f"{part.name:20}  {_size(part.bytes):>9}  {part.what}"))
            if part.problem:
                click.echo(
                    visible(f"{'':20}  {'':>9}  damaged: {part.problem}. To do: {part.advice}.")
                )
        if not parts:
            click.echo("There is nothing in it yet.")
    damaged = [part for part in parts if part.is_damaged]
    return StateDamaged.exit_code if damaged else 0


def _size(size: int) -> str:
    """Return a size in the unit that suits it."""
    for unit in ("B", "KB", "MB"):
        if size < 1024:
            return f"{size:,} {unit}"
        size //= 1024
    return f"{size:,} GB"
