"""Seals: small entries that show that an answer has seen all of a commit.

A machine that slept, or was cut off, may answer from copies that the others have gone on without:
it finds fewer passages, and nothing in its answer says so. So the last that a commit writes is some
seals, spread so that every part of the index has at least one. Each search counts them among what
it has searched. Where one is missing, a part was asked that has not seen the commit, or that has
been tidied up since.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from backstory.engine.indexes.opensearch.cluster import Cluster
from backstory.engine.indexes.opensearch.entries import routing
from backstory.engine.indexes.opensearch.mapping import SEAL
from backstory.engine.indexes.opensearch.translation import Body, any_of, filtered, none_of

LOOKED_UP = 100  # places that are looked up in a request


def seals_needed(cluster: Cluster, index: str) -> int:
    """Return how many seals reach every part of an index."""
    parts, reached, count = cluster.settings.shards, set[int](), 0
    some = min(parts, LOOKED_UP)
    while len(reached) < parts:
        places = ",".join(routing(_id(number)) for number in range(count, count + some))
        answer = cluster.request("GET", f"/{index}/_search_shards", params={"routing": places})
        reached |= {copies[0]["shard"] for copies in answer["shards"]}
        count += some
    return count


def seals_of(generation: int, count: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the seals of a commit, each with the id that says where it goes."""
    for number in range(count):
        yield _id(number), {"what": SEAL, "set": generation}


def _id(number: int) -> str:
    return f"seal {number}"


def sealed_by(generation: int) -> Body:
    """Return what finds the seals of a commit."""
    return filtered({"term": {"what": SEAL}}, {"term": {"set": generation}})


def sealed_before(generation: int) -> Body:
    """Return what finds the seals of all commits before one."""
    return filtered({"term": {"what": SEAL}}, {"range": {"set": {"lt": generation}}})


def with_seals(body: Body, generation: int) -> Body:
    """Return a search that counts the seals of a commit, and finds what it would find anyway.

    The seals are matched with all else, so that they are counted in the very copy of each part that
    is searched, and left out of the hits and their total.
    """
    seals = sealed_by(generation)
    return {
        **body,
        "query": any_of([body["query"], seals]),
        "post_filter": none_of({"term": {"what": SEAL}}),
        "aggs": {**body.get("aggs", {}), "seals": {"filter": seals}},
    }


def seals_in(answer: Mapping[str, Any]) -> int:
    """Return how many seals a search has seen."""
    return int(answer["aggregations"]["seals"]["doc_count"])
