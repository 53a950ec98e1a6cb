"""Commits that were replaced are kept for a time, and then really deleted."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from backstory.engine.cache import CachePool
from backstory.engine.errors import IndexUnavailable
from backstory.engine.indexes.opensearch import OpenSearchIndex, transaction
from backstory.engine.indexes.opensearch.cluster import Cluster, Refused
from backstory.engine.indexes.opensearch.snapshot import OpenSearchSnapshot
from backstory.engine.indexes.opensearch.view import View
from backstory.engine.settings import OpenSearchSettings
from backstory.testing import ReferenceIndex, fill_index, make_document
from tests.cluster.commits import (
    assert_is,
    commit,
    epochs,
    look,
    look_anew,
    new_index,
    versions,
    write,
)
from tests.cluster.failures import repeating, wait_until

LIMIT = 90  # seconds until what should be deleted is


@pytest.fixture
def settings(settings: OpenSearchSettings) -> OpenSearchSettings:
    """Keep commits for two seconds."""
    return replace(settings, retention=2.0)


@pytest.fixture
def index(settings: OpenSearchSettings) -> Iterator[OpenSearchIndex]:
    """An index with its first commit, where commits are kept for so long."""
    with new_index(settings) as made:
        commit(made, 1)
        yield made


def anew(snapshot: OpenSearchSnapshot) -> OpenSearchSnapshot:
    """Return a reader of the same commit that has asked nothing yet."""
    known = snapshot._view
    fresh = View(known.cluster, known._control, known.state)
    return OpenSearchSnapshot(fresh, CachePool(2**20), None)


def entries(index: OpenSearchIndex) -> int:
    """Return how many entries there are in the epoch, alive or dead."""
    cluster, _ = index._connect()
    name = index.open()._view.index
    cluster.refresh(name)
    return int(cluster.request("GET", f"/{name}/_count")["count"])


def tidy_up(index: OpenSearchIndex) -> None:
    """Commit nothing: what is not kept any longer is deleted then, too."""
    writer = index.writer()
    writer.commit()
    writer.close()


def test_reader_keeps_its_commit_until_it_is_refused(index: OpenSearchIndex) -> None:
    first, began, answers = index.open(), time.monotonic(), 0
    for version in range(2, 200):
        before = index.open()
        commit(index, version)
        assert versions([look(anew(before))]) == {version - 1}
        try:
            assert versions([look(anew(first))]) == {1}
        except IndexUnavailable:
            break
        answers += 1
        assert time.monotonic() - began < LIMIT
    assert answers, "it was there for its time"
    assert time.monotonic() - began > index._settings.retention
    with pytest.raises(IndexUnavailable, match="is not kept any longer"):
        look(anew(first))
    assert_is(index, version)


def test_vacuum_deletes_what_nobody_can_see(index: OpenSearchIndex) -> None:
    one_commit, commits = entries(index), 6
    for version in range(2, commits + 1):
        commit(index, version)
    assert entries(index) > (commits - 2) * one_commit

    def is_tidy() -> bool:
        tidy_up(index)
        assert versions([look(anew(index.open()))]) == {commits}
        return entries(index) <= one_commit + commits  # each has a list of its words

    wait_until(is_tidy, LIMIT, "vacuum")
    assert_is(index, commits)


def test_vacuum_leaves_no_record_of_a_task(index: OpenSearchIndex) -> None:
    cluster, _ = index._connect()
    name = index.open()._view.index
    for version in range(2, 4):
        writer = index.writer()
        write(writer, 9)
        writer._transaction.flush()
        writer.close()
        commit(index, version)
    try:
        cluster.request("POST", "/.tasks/_refresh")
        recorded = cluster.request("GET", "/.tasks/_search", {"size": 10_000})["hits"]["hits"]
    except Refused:  # there is no such index
        return
    assert not [hit for hit in recorded if name in hit["_source"]["task"]["description"]]


def test_rebuild_stands_beside_the_old_until_nobody_reads_it(
    settings: OpenSearchSettings, index: OpenSearchIndex
) -> None:
    first, old = index.open(), epochs(index)
    with repeating(lambda: look_anew(settings)) as answers:
        writer = index.writer(rebuild=True)
        answers.wait_for(1)
        writer.close()
        commit(index, 2, rebuild=True)
        assert versions([look(anew(first))]) == {1}
        answers.wait_for(1)
    assert answers.errors == []
    assert versions(answers.values) <= {1, 2}
    assert len(epochs(index)) == 2

    def is_gone() -> bool:
        tidy_up(index)
        return not epochs(index) & old

    wait_until(is_gone, LIMIT, "the old epoch is deleted")
    with pytest.raises(IndexUnavailable, match="is not kept any longer"):
        look(anew(first))
    assert_is(index, 2)


def make(index: OpenSearchIndex, *names: str) -> None:
    """Make some empty indexes that nobody has asked for."""
    for name in names:
        index._connect()[0].request("PUT", f"/{name}")


def test_epoch_that_could_not_be_deleted_is_deleted_later(
    index: OpenSearchIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = epochs(index)
    writer = index.writer(rebuild=True)

    def deleted(self: Cluster, name: str) -> None:
        raise self.unavailable("nobody is there")

    with monkeypatch.context() as machines:
        machines.setattr(Cluster, "delete", deleted)
        writer.close()
    assert len(epochs(index)) == 2
    tidy_up(index)
    assert epochs(index) == first
    assert_is(index, 1)


def test_vacuum_leaves_the_epochs_of_other_archives(index: OpenSearchIndex) -> None:
    name = index._settings.index
    others = {f"{name}-entries-b-entries-1", f"{name}-entries-1-entries-1", f"{name}-entries-1-b"}
    later = f"{name}-entries-1000000"  # of a writer that has taken over
    make(index, *others, later, f"{name}-entries-0")
    first = epochs(index) - {f"{name}-entries-0"}
    tidy_up(index)
    assert epochs(index) == first
    commit(index, 2, rebuild=True)
    assert epochs(index) > first, "the one before is kept for a while"


def test_words_of_many_commits_are_put_together(
    settings: OpenSearchSettings, index: OpenSearchIndex
) -> None:
    reference = ReferenceIndex()
    commits = transaction.MOST_DELTAS + 8
    made = [make_document(f"x{n % 7}", f"word{n} radio", f"word{n % 3}") for n in range(commits)]
    with new_index(replace(settings, index=f"{settings.index}-words")) as small:
        for document in made:
            fill_index(reference, document)
            fill_index(small, document)
            assert words(small.open()) == words(reference.open())
        newcomer = OpenSearchIndex(small._settings)
        assert words(newcomer.open()) == words(reference.open())
        assert len(newcomer.open()._view.state.deltas) < transaction.MOST_DELTAS
        assert list(newcomer.check(deep=True)) == []
        newcomer.close()


def words(snapshot: object) -> dict[str, int]:
    """Return the words of a commit that stand in it, with their frequencies."""
    counts = {word: snapshot.frequency(word) for word in snapshot.vocabulary()}  # type: ignore[attr-defined]
    return {word: count for word, count in counts.items() if count}
