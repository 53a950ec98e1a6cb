"""Indexes of tests are deleted, so that a node does not keep thousands of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from backstory.engine.indexes.opensearch.cluster import Cluster
from backstory.engine.settings import OpenSearchSettings


def delete_indexes(hosts: Sequence[str]) -> None:
    """Delete every index of some nodes."""
    cluster = Cluster(OpenSearchSettings(hosts=tuple(hosts)), Path())
    try:
        for row in cluster.request("GET", "/_cat/indices", params={"format": "json"}):
            cluster.delete(row["index"])
    finally:
        cluster.close()
