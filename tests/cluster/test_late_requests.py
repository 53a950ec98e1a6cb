"""Requests that arrive twice, one of them late: what was written after them stays."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from backstory.engine.indexes.opensearch import OpenSearchIndex
from backstory.engine.indexes.opensearch.cluster import Cluster
from backstory.testing import make_document
from backstory.testing.embedding import ANY, vectors_of
from tests.cluster.commits import assert_is, documents, write

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
