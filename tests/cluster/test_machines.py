"""Machines that die or fall asleep, of three: the same answers or none, never fewer hits."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from backstory.engine.cache import CachePool
from backstory.engine.errors import BackstoryError, IndexUnavailable
from backstory.engine.indexes.opensearch import OpenSearchIndex, transaction
from backstory.engine.indexes.opensearch.snapshot import OpenSearchSnapshot
from backstory.engine.indexes.opensearch.view import View
from backstory.engine.settings import OpenSearchSettings
from backstory.testing import Answer, ask
from tests.cluster.commits import (
    QUESTION,
    Seen,
    assert_is,
    commit,
    documents,
    expected,
    look,
    look_anew,
    new_index,
    versions,
    write,
)
from tests.cluster.failures import Answers, repeating, wait_until
from tests.cluster.installing import NodesError
from tests.cluster.nodes import PATIENCE, Nodes
from tests.cluster.nodes import ask as ask_node

TIMEOUT = 8.0  # seconds
QUESTIONS = 120
_numbers = itertools.count(1)


@pytest.fixture
def settings(three_nodes: Nodes) -> OpenSearchSettings:
    """An index of three parts, each of them twice."""
    name = f"machines-{os.getpid()}-{next(_numbers)}"
    return OpenSearchSettings(hosts=three_nodes.urls, index=name, shards=3, replicas=1)


@pytest.fixture
def index(settings: OpenSearchSettings, three_nodes: Nodes) -> Iterator[OpenSearchIndex]:
    """That index with its first commit, on all machines."""
    with new_index(settings) as made:
        commit(made, 1)
        three_nodes.wait_for_green()
        yield made
        three_nodes.heal()


def question(settings: OpenSearchSettings) -> Answer:
    """Ask one question as a new process does."""
    index = OpenSearchIndex(settings)
    try:
        return ask(index.open(), QUESTION, limit=30, facets=["source", "name"])
    finally:
        index.close()


def assert_bounded(answers: Answers[Seen], seconds: float) -> None:
    """Make sure that each call was over in time, and what failed says that it is no answer."""
    assert all(isinstance(error, IndexUnavailable) for error in answers.errors), answers.errors
    assert max(each.ended - each.began for each in answers.all) < seconds


def victim_of(nodes: Nodes, role: str) -> int:
    """Return the number of the cluster manager, or of another node."""
    return nodes.manager() if role == "manager" else nodes.manager() % 3 + 1


def poorest(index: OpenSearchIndex, nodes: Nodes) -> int:
    """Return the number of the node that has the fewest parts of an index."""
    rows = ask_node(nodes.urls[0], f"/_cat/shards/{index.open()._view.index}?format=json")
    names = [row["node"] for row in rows]
    return min((1, 2, 3), key=lambda number: names.count(f"node-{number}"))


@pytest.mark.parametrize("role", ["manager", "another"])
def test_machine_that_dies_is_not_noticed(
    settings: OpenSearchSettings,
    index: OpenSearchIndex,
    three_nodes: Nodes,
    monkeypatch: pytest.MonkeyPatch,
    role: str,
) -> None:
    number = victim_of(three_nodes, role)
    monkeypatch.setattr(transaction, "BULK_BYTES", 2_000)
    writer = index.writer()
    writer.add(documents(2)[:5])
    with repeating(lambda: question(settings), threads=2) as answers:
        answers.wait_for(QUESTIONS // 4, PATIENCE)
        three_nodes.kill(number)
        for document in documents(2)[5:]:
            writer.add([document])
        answers.wait_for(QUESTIONS // 4, PATIENCE)
        assert all(answer == expected(1)[1] for answer in answers.values)
        write(writer, 2)
        writer.commit()
        answers.wait_for(max(QUESTIONS - len(answers.all), 20), PATIENCE)
    writer.close()
    assert answers.errors == []
    seen = [[expected(version)[1] for version in (1, 2)].index(each) for each in answers.values]
    assert set(seen) == {0, 1}
    assert_is(index, 2)
    three_nodes.heal()
    assert_is(index, 2)
    assert not commit(index, 3)
    assert_is(index, 3)


def test_without_a_part_of_the_index_there_is_no_answer(
    settings: OpenSearchSettings, three_nodes: Nodes
) -> None:
    single = replace(settings, index=f"{settings.index}-single", replicas=0, timeout=3.0)
    with new_index(single) as index:
        commit(index, 1)
        snapshot = index.open()
        three_nodes.kill(victim_of(three_nodes, "another"))
        for _ in range(2):
            began = time.monotonic()
            with pytest.raises(IndexUnavailable, match="1 of 3 machines do not answer"):
                ask(snapshot, QUESTION, limit=30)
            assert time.monotonic() - began < 4 * single.timeout
        three_nodes.heal()
        assert versions([look_anew(single)]) == {1}
        assert_is(index, 1)


def test_without_two_of_three_machines_there_is_no_answer_and_then_the_same(
    settings: OpenSearchSettings, index: OpenSearchIndex, three_nodes: Nodes
) -> None:
    impatient = OpenSearchIndex(replace(settings, timeout=TIMEOUT))
    short = replace(settings, timeout=TIMEOUT / 2)
    writer = impatient.writer()
    write(writer, 2)
    left = poorest(index, three_nodes)
    gone = [number for number in (1, 2, 3) if number != left]
    for number in gone:
        three_nodes.kill(number)
    with repeating(lambda: look_anew(short), threads=2) as answers:
        answers.wait_for(4)
        with pytest.raises(BackstoryError) as failed:
            writer.commit()
    assert_bounded(answers, 3 * TIMEOUT)
    assert answers.values == []
    for said in (str(failed.value), *map(str, answers.errors)):
        assert "2 of 3 machines do not answer" in said
        assert all(three_nodes.urls[number - 1] in said for number in gone)
    three_nodes.kill(left)
    three_nodes.heal()
    assert versions([look_anew(settings)]) == {1}, "no commit was taken, and none is lost"
    writer.rollback()
    write(writer, 3)
    writer.commit()
    writer.close()
    assert_is(impatient, 3)
    impatient.close()


@pytest.mark.parametrize("role", ["manager", "another"])
def test_machine_that_sleeps_delays_answers_and_changes_none(
    settings: OpenSearchSettings, index: OpenSearchIndex, three_nodes: Nodes, role: str
) -> None:
    number = victim_of(three_nodes, role)
    short = replace(settings, timeout=TIMEOUT)
    with repeating(lambda: look_anew(short), threads=2) as answers:
        answers.wait_for(2)
        three_nodes.pause(number)
        answers.wait_for_later(PATIENCE)
        three_nodes.resume(number)
        answers.wait_for_later(PATIENCE)
    assert_bounded(answers, 10 * TIMEOUT)
    assert versions(answers.values) == {1}
    three_nodes.heal()
    assert_is(index, 1)


@contextmanager
def soon_left_out(index: OpenSearchIndex) -> Iterator[None]:
    """Have the manager wait two seconds for a machine to answer, three times, and not ten."""
    cluster, _ = index._connect()
    name = "cluster.fault_detection.follower_check.timeout"
    cluster.request("PUT", "/_cluster/settings", {"persistent": {name: "2s"}})
    try:
        yield
    finally:
        cluster.request("PUT", "/_cluster/settings", {"persistent": {name: None}})


def test_machine_that_slept_for_long_does_not_answer_from_old_copies(
    settings: OpenSearchSettings, index: OpenSearchIndex, three_nodes: Nodes
) -> None:
    number = victim_of(three_nodes, "another")
    awake = three_nodes.urls[number % 3]

    def is_left_out() -> bool:
        try:
            return len(ask_node(awake, "/_cat/nodes?format=json", seconds=2)) == 2
        except NodesError:
            return False

    with soon_left_out(index):
        three_nodes.pause(number)
        wait_until(is_left_out, 120, "the others do without it")
        commit(index, 2)
    woken = OpenSearchIndex(replace(settings, hosts=(three_nodes.urls[number - 1],), timeout=4.0))
    cluster, control = woken._connect()
    newest = index.open()._view.state

    def look_at_the_newest() -> Seen:
        view = View(cluster, control, newest)
        return look(OpenSearchSnapshot(view, CachePool(2**20), None))

    with repeating(look_at_the_newest) as answers:
        three_nodes.resume(number)
        wait_until(lambda: len(answers.values) >= 4, 120, "it answers again")
    woken.close()
    assert_bounded(answers, 10 * TIMEOUT)
    assert versions(answers.values) == {2}
