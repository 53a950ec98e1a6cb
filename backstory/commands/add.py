"""`backstory add`: put files, folders or web pages into the corpus, and index them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from backstory import scans
from backstory.api import Archive
from backstory.changing import take_back
from backstory.commands.index import end_on_sigterm, tell_heirs, tell_news
from backstory.embedding import embed_passages
from backstory.engine.documents import SkippedFile
from backstory.engine.errors import BackstoryError
from backstory.engine.fields import FIELDS
from backstory.following import following
from backstory.indexer.adding import Addition, AddOptions, Fate, add, open_shelf
from backstory.indexer.corpus import printable
from backstory.indexer.placing import Shelf
from backstory.indexer.readers.metadata import Fields, clean, flat
from backstory.indexer.sync import Removals, SyncOptions, sync
from backstory.options import F, Place, placed
from backstory.progress import Bar
from backstory.terminal import counted, visible


def _further(command: F) -> F:
    """Give a command an option for each field that documents have no attribute for."""
    for each in reversed(FIELDS.further):
        option = click.option(
            f"--{each.name}", multiple=each.is_list, help=f"{each.label}, for {each.filter}:."
        )
        command = option(command)
    return command


@click.command("add")
@click.argument("what", nargs=-1, required=True, metavar="FILE|DIR|URL...")
@click.option("--title", help="Title, in place of what the document says.")
@click.option("--source", help="Where it comes from: a paper, an archive.")
@click.option("--author", help="Who wrote it.")
@click.option("--date", help="When: 2018-09-08, 2018-09, 2018 or September 8, 2018.")
@click.option("--language", help="A code such as en, or a name.")
@click.option("--kind", help="What it is: article, letter, report.")
@click.option("--url", help="Where it is on the web.")
@click.option("--tag", "tags", multiple=True, help="A tag; may be given more than once.")
@_further
@click.option("--into", default="", metavar="FOLDER", help="Folder of the corpus to put it in.")
@click.option("--name", default="", help="Name in the corpus, of one file, folder or page.")
@click.option("--replace", is_flag=True, help="Replace another document of the same name.")
@click.option(
    "--allow-private", is_flag=True, help="Fetch from this network and this machine, too."
)
@click.option("--ocr/--no-ocr", default=None, help="Read scans, or only report them.")
@placed
def command(
    place: Place,
    what: tuple[str, ...],
    into: str,
    name: str,
    replace: bool,
    allow_private: bool,
    ocr: bool | None,
    **metadata: Any,
) -> int:
    """Copy files, folders or web pages into the corpus and index them.

    What the corpus holds already stays as it is. A file that gives no document is not left in it.
    A path inside the corpus is not copied: it gets the metadata. Scans are read last, a page in
    seconds; after Ctrl-C `backstory index` goes on. Exit status 1 says that something was not
    added, or not indexed.

    Example: backstory add memo.pdf --source "City Archive" --date 2018-03
    """
    options = AddOptions(
        fields=_fields(metadata),
        into=_into(into),
        name=_name(name, what),
        replace=replace,
        allow_private=allow_private,
    )
    archive = place.archive(ocr__enabled=ocr)
    end_on_sigterm()
    shelf = open_shelf(archive.passage_index, archive.config)
    additions: list[Addition] = []
    trouble: BackstoryError | None = None
    try:
        for addition in add(shelf, archive.config, what, options):
            additions.append(addition)
            _tell_refusal(addition, archive.config.corpus_path)
    except BackstoryError as error:  # what was added before is indexed all the same
        trouble = error
    is_whole = _index(archive, shelf, additions)
    if trouble:
        raise trouble
    return 0 if is_whole and all(each.name for each in additions) else 1


def _fields(metadata: dict[str, Any]) -> Fields:
    given = {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in metadata.items()
        if value not in (None, ())
    }
    if not all(text.isprintable() for value in given.values() for text in value):
        raise click.UsageError("Metadata is text of one line.")
    fields, notes = clean(given, "add")
    for key in given.keys() - flat(fields).keys():
        note = next((str(note["problem"]) for note in notes if note["field"] == key), "it is empty")
        raise click.UsageError(f"Invalid value for --{'tag' if key == 'tags' else key}: {note}.")
    return fields


def _into(folder: str) -> str:
    if Path(folder).is_absolute() or ".." in Path(folder).parts:
        raise click.UsageError("--into wants a folder of the corpus, such as letters/2018.")
    return folder


def _name(name: str, what: tuple[str, ...]) -> str:
    if name and len(what) > 1:
        raise click.UsageError("--name is for one file, folder or page at a time.")
    if "/" in name:
        raise click.UsageError("--name wants a name; the folder is given with --into.")
    return name


def _tell_refusal(addition: Addition, corpus: Path) -> None:
    if addition.fate is Fate.REFUSED:
        name, reason = printable(addition.asked), addition.reason
        click.echo(f"Not added: {visible(name)}: {visible(reason)}", err=True)
    elif addition.differs:
        path = visible(printable(str(corpus / addition.name)))
        click.echo(f"{path} has other metadata; to change it, add that path.", err=True)


def _index(archive: Archive, shelf: Shelf, additions: Sequence[Addition]) -> bool:
    """Index what was added and print the addresses; tell whether all of it gave documents."""
    fates = {each.name: each for each in reversed(additions) if each.name}
    if not fates:
        return True
    root = archive.config.corpus_path
    options = SyncOptions(only=tuple(root / name for name in fates), removals=Removals.ALLOWED)
    try:
        with following(archive, tell_news):
            report = sync(archive.passage_index, archive.config, options, Bar())
    except BackstoryError:
        click.echo(f"{counted(len(fates), 'file')} in the corpus, but not indexed.", err=True)
        raise
    tell_heirs(report)
    try:
        with following(archive, tell_news):
            skipped = scans.read(archive, report, fates.keys())
    except (KeyboardInterrupt, BackstoryError):
        _tell_documents(archive, fates)
        raise
    _tell_documents(archive, fates)
    taken_back = _take_back(archive, shelf, skipped, fates)
    left = [each for each in skipped if each.path not in taken_back]
    is_whole = not _tell_skipped(left, fates) and not taken_back
    embed_passages(archive)
    return is_whole


def _take_back(
    archive: Archive, shelf: Shelf, skipped: Sequence[SkippedFile], fates: dict[str, Addition]
) -> set[str]:
    """Delete copies that gave no document, say why, and return their names."""
    unread = take_back(archive, shelf, skipped, fates)
    for each in skipped:
        if each.path in unread:
            asked = visible(printable(fates[each.path].asked))
            click.echo(f"Not added: {asked}: {visible(each.reason)}", err=True)
    return unread


def _tell_documents(archive: Archive, fates: dict[str, Addition]) -> None:
    for document, state, passages in archive.passage_index.open().documents():
        if state.path in fates:
            how = fates[state.path].fate.value
            where = visible(document.path)
            click.echo(f"{visible(document.id)}: {counted(passages, 'passage')}, {how} ({where})")


def _tell_skipped(skipped: Sequence[SkippedFile], fates: dict[str, Addition]) -> bool:
    added = [each for each in skipped if each.path in fates]
    for each in added:
        name = visible(printable(each.path))
        click.echo(f"In the corpus, not in the index: {name}: {visible(each.reason)}", err=True)
    return bool(added)
