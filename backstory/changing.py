"""Changing the corpus from Python: what `backstory add` and `remove` do, without a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from backstory.engine.documents import SkippedFile
from backstory.engine.errors import IndexNotFound, UnreadableDocument
from backstory.engine.remarks import unreadable
from backstory.following import following
from backstory.indexer import adding, removing
from backstory.indexer.adding import Addition, AddOptions
from backstory.indexer.duplicates import is_duplicate
from backstory.indexer.placing import Shelf
from backstory.indexer.readers.metadata import clean
from backstory.indexer.readers.scans import is_waiting
from backstory.indexer.removing import Removal
from backstory.indexer.sync import Removals, SyncOptions, sync

if TYPE_CHECKING:
    from backstory.api import Archive


def add(
    archive: Archive, what: Sequence[str], metadata: Mapping[str, Any], options: Mapping[str, Any]
) -> list[Addition]:
    """Put files, folders or web pages into the corpus, index them, and tell what became of each."""
    fields, notes = clean(dict(metadata), "add")
    if notes:
        raise UnreadableDocument("the metadata", unreadable(notes[0].sentence))
    shelf = adding.open_shelf(archive.passage_index, archive.config)
    add_options = AddOptions(fields=fields, **options)
    additions = list(adding.add(shelf, archive.config, what, add_options))
    _sync(archive, {each.name for each in additions if each.name})
    return additions


def remove(archive: Archive, documents: Sequence[str]) -> list[Removal]:
    """Delete documents from the corpus and the index, all that are named or none."""
    config, known = archive.config, removing.indexed_documents(archive.passage_index)
    shelf = Shelf(config.corpus_path, config.index_path)
    copies = removing.known_copies(archive.passage_index)
    matches = [removing.find(shelf, known, name, copies) for name in documents]
    removals = list({each.name: each for each in matches}.values())
    for removal in removals:
        with shelf.locked():
            shelf.take(removal.name)
    try:
        archive.passage_index.open()
    except IndexNotFound:
        return removals
    _sync(archive, {removal.name for removal in removals})
    return removals


def take_back(
    archive: Archive, shelf: Shelf, skipped: Sequence[SkippedFile], added: Mapping[str, Addition]
) -> set[str]:
    """Delete copies that gave no document, and return their names.

    What waits for OCR stays, and so does what would be lost: a page from the web, and a file to
    which the corpus had metadata.
    """
    mine = [each for each in skipped if each.path in added]
    if not mine:
        return set()
    indexed = {state.path for _, state, _ in archive.passage_index.open().documents()}
    unread = {
        each.path
        for each in mine
        if added[each.path].is_copy
        and each.path not in indexed
        and not (is_waiting(each.remark) or is_duplicate(each))
    }
    for name in sorted(unread):
        with shelf.locked():
            shelf.take(name)
    _sync(archive, unread)
    return unread


def _sync(archive: Archive, names: set[str]) -> None:
    if names:
        paths = tuple(archive.config.corpus_path / name for name in sorted(names))
        with following(archive):
            options = SyncOptions(only=paths, removals=Removals.ALLOWED)
            sync(archive.passage_index, archive.config, options)
