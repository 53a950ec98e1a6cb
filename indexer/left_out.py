"""What was left out of a document: its file is read again, and its reader asked.

The index has what can be searched. Running heads, deleted sentences and comments are not in it, but
may be the story; the reader of each format lists them with its reading.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

from backstory.engine.documents import Document, FileState
from backstory.engine.errors import BackstoryError, PassageNotFound
from backstory.engine.indexes.contract import Snapshot
from backstory.indexer.corpus import printable
from backstory.indexer.loading import Loader, member_name
from backstory.indexer.plan import FileJob
from backstory.indexer.readers import LeftOut, Reading
from backstory.indexer.settings import IndexerConfig

_UPDATE = "Bring the index up to date: backstory index"


@dataclass(frozen=True, slots=True)
class Omissions:
    """The pieces that a document's reader left out, in their order.

    `has_changed` tells that the file is no longer what was indexed; the pieces are of what it is.
    """

    document: Document
    pieces: tuple[LeftOut, ...]
    has_changed: bool


def omissions(snapshot: Snapshot, config: IndexerConfig, document_id: str) -> Omissions:
    """Return what was left out of an indexed document, read again from the corpus.

    Raises PassageNotFound for an id that is not in the index, BackstoryError where its file is
    gone or no longer holds it, UnreadableDocument where it cannot be read.
    """
    document = snapshot.document(document_id)
    state = snapshot.file(document_id)
    if document is None or state is None:
        raise PassageNotFound(document_id, (each for _, each, _ in snapshot.files()))
    reading, now = _read_again(config, document, state)
    found = _within(reading, printable(state.path), document.path)
    if found is None:
        raise BackstoryError(f"{state.path} has changed and holds no {document.path}.", _UPDATE)
    return Omissions(document, found.left_out, has_changed=now != state)


def _read_again(
    config: IndexerConfig, document: Document, state: FileState
) -> tuple[Reading, FileState | None]:
    with closing(Loader(config)) as loader:
        try:
            return loader.read_again(FileJob(state.path, document.id, state))
        except FileNotFoundError as error:
            gone = f"{printable(state.path)}, which {document.id} was read from, is gone."
            raise BackstoryError(gone, _UPDATE) from error


def _within(reading: Reading, shown: str, wanted: str) -> Reading | None:
    """Return the reading of the member at the path `wanted`; `shown` is that of `reading`."""
    if shown == wanted:
        return reading
    taken: set[str] = set()
    for member in reading.members:
        path = f"{shown}/{member_name(member.name, taken)}"
        is_on_the_way = wanted == path or wanted.startswith(f"{path}/")
        if member.reading and is_on_the_way and (found := _within(member.reading, path, wanted)):
            return found
    return None
