"""Answers without the seals of their commit are no answers: see decision 0150."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from backstory.engine.errors import IndexUnavailable
from backstory.engine.indexes.opensearch import OpenSearchIndex
from backstory.engine.indexes.opensearch.seals import sealed_by
from backstory.engine.settings import OpenSearchSettings
from backstory.testing import ask
from tests.cluster.commits import QUESTION, assert_is, commit, expected
from tests.cluster.test_refusals import Answer, gate

TIMEOUT = 2.0  # seconds


@contextmanager
def unsealed(
    settings: OpenSearchSettings, answers: int
) -> Iterator[tuple[OpenSearchIndex, list[int]]]:
    """Have an index so many answers of which lack a seal, and a list with the number of each."""
    searched: list[int] = []

    def change(path: str, _: bytes, forward: Callable[[], Answer]) -> Answer:
        status, content = forward()
        if not path.startswith("/_msearch"):
            return status, content
        searched.append(len(searched) + 1)
        if searched[-1] > answers:
            return status, content
        answer = json.loads(content)
        response = answer["responses"][-1]
        response["aggregations"]["seals"]["doc_count"] -= 1
        response["hits"]["hits"] = response["hits"]["hits"][1:]  # as an old copy finds fewer
        return status, json.dumps(answer).encode()

    with gate(settings.hosts[0], change) as address:
        index = OpenSearchIndex(replace(settings, hosts=(address,), timeout=TIMEOUT))
        try:
            yield index, searched
        finally:
            index.close()


@pytest.mark.parametrize("answers", [1, 2])
def test_answer_without_a_seal_is_asked_for_again(
    settings: OpenSearchSettings, index: OpenSearchIndex, answers: int
) -> None:
    with unsealed(settings, 0) as (behind, searched):
        whole = ask(behind.open(), QUESTION, limit=30, facets=["source", "name"])
        needed = len(searched)
    with unsealed(settings, answers) as (behind, searched):
        assert ask(behind.open(), QUESTION, limit=30, facets=["source", "name"]) == whole
        assert len(searched) == needed + answers
    assert whole == expected(1)[1]


def test_answers_that_never_have_their_seals_are_an_error_in_time(
    settings: OpenSearchSettings, index: OpenSearchIndex
) -> None:
    with unsealed(settings, 10_000) as (behind, searched):
        began = time.monotonic()
        with pytest.raises(IndexUnavailable, match="has not seen the newest commits"):
            ask(behind.open(), QUESTION, limit=30)
        assert time.monotonic() - began < 5 * TIMEOUT
        assert len(searched) > 2


def test_seal_that_is_deleted_is_an_error_and_never_fewer_hits(
    settings: OpenSearchSettings, index: OpenSearchIndex
) -> None:
    cluster, _ = index._connect()
    view = index.open()._view
    path = f"/{view.index}/_delete_by_query"
    body = {"query": sealed_by(view.state.generation), "max_docs": 1}
    cluster.request("POST", path, body, {"refresh": "true"})
    hurt = OpenSearchIndex(replace(settings, timeout=TIMEOUT))
    with pytest.raises(IndexUnavailable, match="has not seen the newest commits"):
        ask(hurt.open(), QUESTION, limit=30)
    with pytest.raises(IndexUnavailable):
        list(hurt.check())
    hurt.close()
    commit(index, 2, rebuild=True)
    assert_is(index, 2)
