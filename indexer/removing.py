"""Taking documents out of the corpus: which file is meant, and what goes with it.

What is asked for is a document id or a path, never a pattern and never a folder. Everything is
found before anything is deleted, and only the file itself and the metadata beside it ever are.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from backstory.engine.documents import split_address
from backstory.engine.errors import BackstoryError, IndexNotFound, PassageNotFound
from backstory.engine.indexes.contract import Index
from backstory.indexer.corpus import printable
from backstory.indexer.duplicates import duplicate_of
from backstory.indexer.placing import Shelf, is_folder


@dataclass(frozen=True, slots=True)
class Removal:
    """A file to delete, by its name in the corpus, and the documents that go with it.

    `files` are those that are really there: its own and the metadata beside it. `copies_of` are the
    documents that it only has copies of, which stay; `copies` the other paths with its content, of
    which one will be indexed in its place.
    """

    name: str
    documents: tuple[str, ...]
    files: tuple[Path, ...]
    copies_of: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()


def known_copies(index: Index) -> dict[str, str]:
    """Return the id of the document that each copy in the corpus leads to, by the copy's path."""
    try:
        skipped = index.open().skipped()
    except IndexNotFound:
        return {}
    return {each.path: original for each in skipped if (original := duplicate_of(each))}


def indexed_documents(index: Index) -> dict[str, tuple[str, ...]]:
    """Return the ids of the documents in each file that the index holds, none without an index."""
    indexed: dict[str, list[str]] = {}
    try:
        snapshot = index.open()
    except IndexNotFound:
        return {}
    for state, document_id, _ in snapshot.files():
        indexed.setdefault(state.path, []).append(document_id)
    return {name: tuple(sorted(ids)) for name, ids in indexed.items()}


def find(
    shelf: Shelf,
    indexed: Mapping[str, tuple[str, ...]],
    asked: str,
    copies: Mapping[str, str] = MappingProxyType({}),
) -> Removal:
    """Return what `asked` means, a document id or a path; `copies` are those of `known_copies`.

    Raise PassageNotFound where it is nothing, BackstoryError where it is nothing to remove.
    """
    by_id = next((name for name, ids in indexed.items() if asked in ids), None)
    by_path = _by_path(shelf, indexed, asked)
    if by_id is not None and by_path is not None and by_id != by_path:
        raise BackstoryError(
            f"{asked} is the id of {printable(by_id)}, and another file is called so.",
            f"Give the path of the one you mean: {shelf.root / by_id} or {shelf.root / by_path}",
        )
    name = by_id if by_path is None else by_path
    if name is None and asked in copies:
        raise _is_within(shelf, asked, copies[asked])
    if name is None:
        raise _not_found(shelf, indexed, asked)
    count = len(indexed.get(name, ()))
    if by_path is None and count > 1:
        raise BackstoryError(
            f"{asked} is one of {count:,} documents in {printable(name)}.",
            f"To remove all of them, name the file: {shelf.root / name}",
        )
    documents, files = indexed.get(name, ()), shelf.files_of(name)
    below = f"{printable(name)}/"
    inside = {path: of for path, of in copies.items() if path == name or path.startswith(below)}
    originals = tuple(sorted(set(inside.values()) - set(documents)))
    others = [path for path, of in copies.items() if of in documents and path not in inside]
    return Removal(name, documents, files, originals, tuple(sorted(others)))


def _is_within(shelf: Shelf, asked: str, original: str) -> BackstoryError:
    """Return the error for a copy that lies within a file."""
    file = next((path for path in _parents(asked) if shelf.name_of(shelf.root / path)), asked)
    return BackstoryError(
        f"{asked} is a copy of {original} within {file}; only whole files can be removed.",
        f"To remove all that is in it, name the file: {shelf.root / file}",
    )


def _parents(path: str) -> Iterator[str]:
    while path := path.rpartition("/")[0]:
        yield path


def _by_path(shelf: Shelf, indexed: Mapping[str, tuple[str, ...]], asked: str) -> str | None:
    """Return the file that a path names, from the corpus folder or from the working folder."""
    inside = shelf.name_of(shelf.root / asked)
    for name in (inside, shelf.name_of(Path(asked))):
        if name and (name in indexed or not shelf.why_not(name)):
            return name
    return None


def _not_found(shelf: Shelf, indexed: Mapping[str, tuple[str, ...]], asked: str) -> BackstoryError:
    document_id, number = split_address(asked)
    known = [each for ids in indexed.values() for each in ids]
    if number is not None and document_id in known:
        return BackstoryError(
            f"{asked} is a passage; only whole documents can be removed.",
            f"Its document is {document_id}",
        )
    for path in (shelf.root / asked, Path(asked)):
        name = shelf.name_of(path)
        if name is None and os.path.lexists(path):
            return BackstoryError(
                f"{asked} is not in the corpus {shelf.root}.", "Nothing was removed."
            )
        if name is not None and is_folder(path):
            return BackstoryError(f"{asked} is a folder.", "Name the documents in it, one by one.")
        if name is not None and os.path.lexists(path):
            return BackstoryError(f"{asked} is not removed: {shelf.why_not(name)}.")
    return PassageNotFound(asked, [*known, *indexed])
