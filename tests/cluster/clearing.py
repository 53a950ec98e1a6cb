"""Indexes of tests are deleted, so that a node does not keep thousands of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from backstory.engine.indexes.opensearch.cluster import Cluster
from backstory.engine.settings import OpenSearchSettings

PREFIX = "contract-"  # what the names of indexes of tests begin with


def delete_indexes(hosts: Sequence[str]) -> None:
    """Delete the indexes of tests on some nodes."""
    cluster = Cluster(OpenSearchSettings(hosts=tuple(hosts)), Path())
    try:
        for row in cluster.request("GET", "/_cat/indices", params={"format": "json"}):
            if row["index"].startswith(PREFIX):
                cluster.delete(row["index"])
    finally:
        cluster.close()
