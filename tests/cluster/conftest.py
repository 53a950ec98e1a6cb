"""Real nodes of OpenSearch for tests: started when first asked for, and ended with the tests.

A test that asks for `one_node`, `three_nodes` or `opensearch_program` gets the mark `cluster`, and
`make test-cluster` runs just these. They are skipped where Java or Maven is missing, and fail there
if the environment says `CLUSTER_TESTS=required`, as `.ci/run` does.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from backstory.engine.indexes.opensearch import OpenSearchIndex, control, leasing
from backstory.engine.settings import OpenSearchSettings
from tests.cluster.commits import commit, new_index, write
from tests.cluster.installing import install, missing
from tests.cluster.nodes import ADDRESSES, Nodes, temporary_folder
from tests.cluster.stepping import LEASE

_numbers = itertools.count(1)

missing_here = cache(missing)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip the tests that cannot start a node here, all with the same line."""
    needed = {"opensearch_program", "three_nodes"}
    if ADDRESSES not in os.environ:
        needed.add("one_node")
    if not needed.isdisjoint(getattr(item, "fixturenames", ())) and (lacks := missing_here()):
        (pytest.fail if os.environ.get("CLUSTER_TESTS") == "required" else pytest.skip)(lacks)


@pytest.fixture(scope="session")
def opensearch_program() -> Path:
    """The folder of OpenSearch's program; whoever needs it can start nodes."""
    return install()


@pytest.fixture(scope="session")
def one_node(request: pytest.FixtureRequest) -> Iterator[tuple[str, ...]]:
    """The addresses of a cluster of one node: of the one in TEST_OPENSEARCH, if any."""
    if named := os.environ.get(ADDRESSES):
        yield tuple(named.split(","))
        return
    request.getfixturevalue("opensearch_program")
    with temporary_folder() as folder, Nodes(folder, 1) as nodes:
        yield nodes.urls


@pytest.fixture(scope="session")
def three_nodes(opensearch_program: Path) -> Iterator[Nodes]:
    """A cluster of three nodes; whatever a test does to them, the next one finds it green."""
    with temporary_folder() as folder, Nodes(folder, 3) as nodes:
        yield nodes


@pytest.fixture
def settings(one_node: tuple[str, ...]) -> OpenSearchSettings:
    """The settings of an index of two parts on one node that is not there yet."""
    name = f"test-{os.getpid()}-{next(_numbers)}"
    return OpenSearchSettings(hosts=one_node, index=name, shards=2, replicas=0)


@pytest.fixture
def index(settings: OpenSearchSettings) -> Iterator[OpenSearchIndex]:
    """That index with its first commit, and what a writer has left that gave up."""
    with new_index(settings) as made:
        commit(made, 1)
        writer = made.writer()
        write(writer, 9)
        writer._transaction.flush()
        writer.close()
        yield made


@pytest.fixture
def short_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have leases that run out soon, in the other writer too."""
    monkeypatch.setattr(control, "LEASE", LEASE)
    monkeypatch.setattr(leasing, "LEASE", LEASE)
    monkeypatch.setattr(leasing, "RENEWED_EVERY", LEASE / 3)


@pytest.fixture(autouse=True)
def _healed(request: pytest.FixtureRequest) -> Iterator[None]:
    """Start again what a test has killed, and let go on what it has paused."""
    if "three_nodes" not in request.fixturenames:
        yield
        return
    nodes = request.getfixturevalue("three_nodes")
    yield
    nodes.heal()
