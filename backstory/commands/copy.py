"""`backstory copy`: move an index to another kind, without reading files again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from backstory.engine.errors import (
    BackstoryError,
    IndexDamaged,
    IndexNotFound,
    IndexOutdated,
)
from backstory.options import Place, placed
from backstory.terminal import counted, visible

if TYPE_CHECKING:
    from backstory.engine.indexes.contract import Index

WRITE_OVER = "To write over it, add --replace."


@click.command("copy")
@click.option("--from", "source_kind", required=True, metavar="KIND", help="The kind to read.")
@click.option("--to", "target_kind", required=True, metavar="KIND", help="The kind to write.")
@click.option("--replace", is_flag=True, help="Even where there is such an index already.")
@placed
def command(place: Place, source_kind: str, target_kind: str, replace: bool) -> None:
    """Copy the index into one of another kind: documents, vectors, and what was skipped.

    No file is read again. Readers see the copy when all of it is there. The settings then choose
    which index is used: index.kind.

    Example: backstory copy --from embedded --to opensearch
    """
    from backstory.engine.indexes.copying import copy_index
    from backstory.engine.indexes.registry import open_index
    from backstory.progress import DocumentBar

    if source_kind == target_kind:
        raise click.UsageError("--from and --to are the same kind.")
    config = place.settings()
    source = open_index(config.override(index__kind=source_kind))
    target = open_index(config.override(index__kind=target_kind))
    snapshot = source.open()
    if not replace and has_commit(target):
        raise BackstoryError(f"There is an index already: {target.place}.", WRITE_OVER)
    bar = DocumentBar()
    bar.start(snapshot.statistics.documents, snapshot.statistics.passages)
    try:
        copied = copy_index(
            snapshot,
            target,
            wait=config.index.wait,
            tell=lambda documents, passages: bar.advance(documents, passages, passages),
        )
    finally:
        bar.finish()
    what = f"{counted(copied.documents, 'document')}, {counted(copied.passages, 'passage')}"
    click.echo(visible(f"Copied {what} to {target.place}."))
    if config.index.kind != target_kind:
        click.echo(f'To use it, set index.kind = "{target_kind}".')


def has_commit(index: Index) -> bool:
    """Tell whether there is an index that would be replaced.

    Raises IndexOutdated or IndexDamaged where there is one that cannot be read.
    """
    try:
        return index.open().statistics.generation > 0
    except IndexNotFound:
        return False
    except (IndexOutdated, IndexDamaged) as error:
        error.change_hint(WRITE_OVER)
        raise
