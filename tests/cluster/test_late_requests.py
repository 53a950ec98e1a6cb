"""Requests that arrive twice, or whose answers get lost: what was written after them stays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from backstory.engine.errors import IndexUnavailable
from backstory.engine.indexes.opensearch import OpenSearchIndex
from backstory.engine.indexes.opensearch.cluster import Cluster
from backstory.testing import make_document
from backstory.testing.embedding import ANY, vectors_of
from tests.cluster.commits import assert_is, commit, documents, epochs, write

Requests = list[tuple[str, list[bytes]]]


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> Requests:
    """What was written, request by request, to be sent once more."""
    bulk, sent = Cluster.bulk, Requests()

    def noted(self: Cluster, index: str, lines: Sequence[bytes]) -> None:
        bulk(self, index, lines)
        sent.append((index, list(lines)))

    monkeypatch.setattr(Cluster, "bulk", noted)
    return sent


def send_again(index: OpenSearchIndex, requests: Requests) -> None:
    for name, lines in list(requests):
        index._connect()[0].bulk(name, lines)


@pytest.mark.parametrize("rebuild", [False, True], ids=["update", "rebuild"])
def test_late_copy_undoes_no_later_write_of_the_same_run(
    index: OpenSearchIndex, requests: Requests, rebuild: bool
) -> None:
    writer = index.writer(rebuild=rebuild)
    writer.add([make_document("gone", "A radio that is deleted again.")])
    writer.add([make_document(one.document.id, "Another radio.") for one in documents(2)])
    writer._transaction.flush()
    first = list(requests)
    writer.delete("gone")
    write(writer, 2)
    writer._transaction.flush()
    send_again(index, first)
    writer.commit()
    writer.close()
    assert_is(index, 2)
    send_again(index, requests)
    assert_is(index, 2)


def test_late_copy_takes_no_vector_away(index: OpenSearchIndex, requests: Requests) -> None:
    writer = index.writer()
    first, second, *_ = vectors_of(index.open().passages("d001"), ANY)
    writer.embed(ANY, [first])
    writer._transaction.flush()
    before = list(requests)
    writer.embed(ANY, [second])
    writer._transaction.flush()
    send_again(index, before)
    writer.commit()
    writer.close()
    found = index.open()
    assert found.embedding
    assert found.embedding.passages == 2


@pytest.mark.parametrize("is_sent_again", [True, False])
def test_epoch_whose_making_was_not_answered(
    index: OpenSearchIndex, monkeypatch: pytest.MonkeyPatch, is_sent_again: bool
) -> None:
    request, before = Cluster.request, epochs(index)

    def requested(self: Cluster, method: str, path: str, *given: Any, **options: Any) -> Any:
        answer = request(self, method, path, *given, **options)
        if method == "PUT" and "-entries-" in path:
            if not is_sent_again:
                raise self.unavailable("the answer got lost")
            return request(self, method, path, *given, **options)
        return answer

    monkeypatch.setattr(Cluster, "request", requested)
    if is_sent_again:
        commit(index, 2, rebuild=True)
        assert_is(index, 2)
        return
    with pytest.raises(IndexUnavailable, match="the answer got lost"):
        index.writer(rebuild=True)
    assert epochs(index) == before
    assert_is(index, 1)
