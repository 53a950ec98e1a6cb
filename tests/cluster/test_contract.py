"""An index on a cluster keeps the contract, and answers as the reference index does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import pytest

from backstory.engine.indexes.contract import Index
from backstory.testing import IndexContract
from tests.cluster.clearing import delete_indexes, new_index
from tests.cluster.nodes import Nodes


class ContractOnCluster(IndexContract):
    """Every index has a name of its own; a test deletes its indexes at the end."""

    hosts: ClassVar[tuple[str, ...]]
    shards: ClassVar[int]
    replicas: ClassVar[int]

    def new_index(self) -> Index:
        return new_index(self.hosts, shards=self.shards, replicas=self.replicas)


class TestOneNode(ContractOnCluster):
    """Everything is in one part."""

    shards, replicas = 1, 0

    @pytest.fixture(autouse=True)
    def _node(self, one_node: tuple[str, ...]) -> Iterator[None]:
        type(self).hosts = one_node
        yield
        delete_indexes(one_node)


class TestThreeNodes(ContractOnCluster):
    """Three parts are on three machines, each twice."""

    shards, replicas = 3, 1

    @pytest.fixture(autouse=True)
    def _nodes(self, three_nodes: Nodes) -> Iterator[None]:
        type(self).hosts = three_nodes.urls
        yield
        delete_indexes(three_nodes.urls)
