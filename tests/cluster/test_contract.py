"""The index on a cluster keeps the contract, and answers as the reference index does."""

from __future__ import annotations

import itertools
import os
from typing import ClassVar

import pytest

from backstory.engine.indexes.contract import Index
from backstory.engine.indexes.opensearch import OpenSearchIndex
from backstory.engine.settings import OpenSearchSettings
from backstory.testing import IndexContract

pytestmark = pytest.mark.cluster
_numbers = itertools.count(1)


class TestOpenSearchIndex(IndexContract):
    """On one node."""

    hosts: ClassVar[tuple[str, ...]] = ("http://127.0.0.1:9221",)
    made: ClassVar[list[OpenSearchIndex]] = []

    def new_index(self) -> Index:
        name = f"t{os.getpid()}-{next(_numbers)}"
        settings = OpenSearchSettings(hosts=self.hosts, index=name, shards=1, replicas=0)
        index = OpenSearchIndex(settings)
        self.made.append(index)
        return index
