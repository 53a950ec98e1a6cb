"""Commits that can be told apart, and what a reader sees of one.

Commit `v` has twenty documents, from number `v` on, and each of their passages says `v`. From one
to the next a document goes, one comes, and all others are replaced.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from backstory.engine.documents import IndexedDocument, SkippedFile
from backstory.engine.indexes.contract import Snapshot, Writer
from backstory.engine.indexes.opensearch import OpenSearchIndex
from backstory.engine.indexes.opensearch.cluster import Cluster
from backstory.engine.query import BagOfWords, Exact
from backstory.engine.remarks import unreadable
from backstory.engine.settings import OpenSearchSettings
from backstory.testing import ReferenceIndex, ask, make_document

DOCUMENTS = 20
QUESTION = BagOfWords((Exact("radio", "radio"), Exact("bridge", "bridge")))
Seen = tuple[Any, ...]


def documents(version: int) -> list[IndexedDocument]:
    """Return the documents of a commit."""
    return [
        make_document(
            f"d{number:03}",
            f"The radio of Quintero{version} was heard at the bridge {'again ' * (number % 5)}.",
            f"A bridge and a radio{' radio' * (number % 3)} of version v{version}.",
            f"Nothing of either, says Falk{version} in {1900 + version}.",
            source=f"Gazette {version}",
            title=f"About {number} in version v{version}",
        )
        for number in range(version, version + DOCUMENTS)
    ]


def write(writer: Writer, version: int) -> None:
    """Make an index what a commit has, whatever it had, without committing."""
    for number in range(version):
        writer.delete(f"d{number:03}")
    writer.add(documents(version))
    writer.skip([SkippedFile(f"skipped-{version}", unreadable("empty"))])
    writer.remember({"version": version})


def commit(index: OpenSearchIndex, version: int, *, wait: float = 0, rebuild: bool = False) -> bool:
    """Commit a version; return whether another writer had left something behind."""
    writer = index.writer(wait=wait, rebuild=rebuild)
    try:
        write(writer, version)
        writer.commit()
        return writer.recovered
    finally:
        writer.close()


def look(snapshot: Snapshot) -> Seen:
    """Return whatever a reader can ask of a commit, to be compared with `expected`."""
    counts = snapshot.statistics
    return (
        snapshot.settings.get("version"),
        ask(snapshot, QUESTION, limit=30, facets=["source", "name"]),
        (counts.documents, counts.passages, counts.words, dict(counts.languages or {})),
        dict(snapshot.names()),
        dict(snapshot.titles()),
        {word: snapshot.frequency(word) for word in snapshot.vocabulary()},
        [(document.id, file, passages) for document, file, passages in snapshot.documents()],
        [one.path for one in snapshot.skipped()],
    )


@cache
def expected(version: int) -> Seen:
    """Return what is seen of a commit: what the reference index has."""
    index = ReferenceIndex()
    writer = index.writer()
    write(writer, version)
    writer.commit()
    writer.close()
    seen = look(index.open())
    return (*seen[:5], {word: count for word, count in seen[5].items() if count}, *seen[6:])


def look_anew(settings: OpenSearchSettings) -> Seen:
    """Open the index as a new process does, and look."""
    index = OpenSearchIndex(settings)
    try:
        return look(index.open())
    finally:
        index.close()


def versions(seen: list[Seen]) -> set[int]:
    """Return which commits were seen; each of them was seen whole."""
    for each in seen:
        assert each == expected(each[0])
    return {each[0] for each in seen}


def assert_is(index: OpenSearchIndex, version: int) -> None:
    """Make sure that an index is what a version has, whichever way it is looked at.

    Copies may be missing: a machine may be gone.
    """
    assert versions([look(index.open())]) == {version}
    assert [problem for problem in index.check(deep=True) if problem.is_damage] == []


def epochs(index: OpenSearchIndex) -> set[str]:
    """Return the names of the indices that have entries."""
    cluster, _ = index._connect()
    return set(cluster.request("GET", f"/{index._settings.index}-entries-*/_settings"))


@contextmanager
def new_index(settings: OpenSearchSettings) -> Iterator[OpenSearchIndex]:
    """Have an index that is deleted from the cluster in the end."""
    index = OpenSearchIndex(settings)
    try:
        yield index
    finally:
        index.close()
        cluster = Cluster(settings, index._root)
        cluster.delete(f"{settings.index}-*")
        cluster.close()
