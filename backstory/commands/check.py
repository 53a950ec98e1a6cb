"""`backstory check`: verify the index, file by file, and against the corpus."""

from __future__ import annotations

import click

from backstory.engine.errors import IndexDamaged
from backstory.options import Place, placed
from backstory.status import waiting
from backstory.terminal import counted, visible


@click.command("check")
@click.option("--quick", is_flag=True, help="Checksums only; do not index the text again.")
@placed
def command(place: Place, quick: bool) -> None:
    """Read every file of the index, compare it with its checksum, its text and the corpus.

    Example: backstory check && echo sound
    """
    archive = place.archive()
    problems = archive.check(deep=not quick)
    for problem in problems:
        click.echo(visible(f"{problem.file}: {problem.problem}"))
    damaged = [problem for problem in problems if problem.is_damage]
    if damaged:
        first = damaged[0]
        place_ = archive.passage_index.place
        raise IndexDamaged(f"{place_}/{first.file}", first.problem)
    statistics = archive.statistics
    click.echo(
        f"The index is sound: {counted(statistics.documents, 'document')}, "
        f"{counted(statistics.passages, 'passage')}, commit {statistics.generation}."
    )
    pending = waiting(archive)
    if isinstance(pending, str):
        click.echo(visible(f"Not compared with the corpus: {pending}"))
    elif any(pending.values()):
        read, drop = pending["to read"], pending["to drop"]
        click.echo(f"The corpus has changed: {counted(read, 'file')} to read, {drop:,} to drop.")
