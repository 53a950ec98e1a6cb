"""`backstory remove`: delete documents from the corpus and the index."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

import click

from backstory.api import Archive
from backstory.commands.index import end_on_sigterm, summary, tell_heirs, tell_news
from backstory.completing import documents as addresses
from backstory.engine.errors import BackstoryError, IndexNotFound
from backstory.following import following
from backstory.indexer.corpus import printable
from backstory.indexer.duplicates import duplicate_of
from backstory.indexer.placing import Shelf
from backstory.indexer.removing import Removal, find, indexed_documents, known_copies
from backstory.indexer.sync import Removals, SyncOptions, sync
from backstory.options import Place, placed
from backstory.progress import Bar
from backstory.terminal import counted, visible


@click.command("remove")
@click.argument("documents", nargs=-1, required=True, metavar="DOC...", shell_complete=addresses)
@click.option("--yes", is_flag=True, help="Do not ask.")
@placed
def command(place: Place, documents: tuple[str, ...], yes: bool) -> int:
    """Delete documents, named by id or path, from the corpus and the index.

    The file is deleted with the metadata beside it; there is no way back. Without a terminal to
    ask on, --yes is needed.

    Example: backstory remove people/juan-cruz
    """
    archive = place.archive()
    end_on_sigterm()
    config, known = archive.config, indexed_documents(archive.passage_index)
    shelf = Shelf(config.corpus_path, config.index_path)
    copies = known_copies(archive.passage_index)
    matches = {each.name: each for each in (find(shelf, known, n, copies) for n in documents)}
    removals = [_staying(each, matches) for each in matches.values()]
    if not (yes or _is_meant(removals)):
        click.echo("Nothing was removed.", err=True)
        return 1
    removed: list[Path] = []
    try:
        for removal in removals:
            removed.append(config.corpus_path / removal.name)
            with shelf.locked():
                shelf.take(removal.name)
            click.echo(f"Removed {_described(removal)}")
    finally:
        if removed:
            _forget(archive, removed)
    return 0


def _staying(removal: Removal, matches: Collection[str]) -> Removal:
    """Return a removal without the copies that are removed as well."""
    return replace(removal, copies=tuple(c for c in removal.copies if c not in matches))


def _forget(archive: Archive, removed: Sequence[Path]) -> None:
    """Bring the index up to date, if there is one; a copy takes the place of what is gone."""
    try:
        archive.passage_index.open()
        options = SyncOptions(only=tuple(removed), removals=Removals.ALLOWED)
        with following(archive, tell_news):
            report = sync(archive.passage_index, archive.config, options, Bar())
    except IndexNotFound:
        return
    except BackstoryError:
        click.echo("The files are deleted, and the index does not know it yet.", err=True)
        raise
    tell_heirs(report)
    for skipped in report.skipped:
        if duplicate_of(skipped) in report.heirs:
            where = visible(printable(skipped.path))
            click.echo(f"Still in the corpus: {where}: {visible(skipped.reason)}", err=True)
    click.echo(summary(report))


def _is_meant(removals: Sequence[Removal]) -> bool:
    """Ask; raise UsageError where there is nobody to ask."""
    if not sys.stdin.isatty():
        raise click.UsageError("Nothing was removed: there is no terminal to ask on. Give --yes.")
    for removal in removals:
        click.echo(f"  {_described(removal)}", err=True)
    files = sum(len(removal.files) for removal in removals)
    return click.confirm(f"Delete {counted(files, 'file')} for good?", err=True)


def _described(removal: Removal) -> str:
    files = " and ".join(str(path) for path in removal.files) or "its file is gone already"
    shown = _some(removal.documents) or ("a copy" if removal.copies_of else "no document")
    originals = f"; {_some(removal.copies_of)} stays" if removal.copies_of else ""
    copies = f"; a copy takes its place: {_some(removal.copies)}" if removal.copies else ""
    return visible(f"{shown} ({printable(files)}){originals}{copies}")


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - 3:,} more" if len(names) > 3 else ""
    return printable(", ".join(names[:3])) + more
