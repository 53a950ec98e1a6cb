"""Indexes of tests have names of their own, and are deleted: a node keeps a thousand shards.

Their names begin with the number of the process, so that no run deletes those of another one.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Sequence
from pathlib import Path

from backstory.engine.indexes.opensearch import OpenSearchIndex
from backstory.engine.indexes.opensearch.cluster import Cluster
from backstory.engine.settings import OpenSearchSettings

_numbers = itertools.count(1)
PREFIX = f"contract-{os.getpid()}-"


def new_index(hosts: Sequence[str], *, shards: int, replicas: int) -> OpenSearchIndex:
    """Return an empty index on some nodes."""
    name = f"{PREFIX}{next(_numbers)}"
    return OpenSearchIndex(
        OpenSearchSettings(hosts=tuple(hosts), index=name, shards=shards, replicas=replicas)
    )


def delete_indexes(hosts: Sequence[str]) -> None:
    """Delete the indexes of this process on some nodes."""
    cluster = Cluster(OpenSearchSettings(hosts=tuple(hosts)), Path())
    try:
        for row in cluster.request("GET", "/_cat/indices", params={"format": "json"}):
            if row["index"].startswith(PREFIX):
                cluster.delete(row["index"])
    finally:
        cluster.close()
