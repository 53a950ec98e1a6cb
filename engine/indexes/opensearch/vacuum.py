"""What no reader can see any more is deleted: entries that died, lists that were replaced, epochs.

A commit that was replaced is kept for the time of the setting. Then readers of it are refused, and
only when all of them have noticed is anything deleted.
"""

from __future__ import annotations

import time
from dataclasses import replace

from backstory.engine.errors import BackstoryError
from backstory.engine.indexes.opensearch.cluster import Cluster
from backstory.engine.indexes.opensearch.control import Control, State
from backstory.engine.indexes.opensearch.leasing import Hold
from backstory.engine.indexes.opensearch.mapping import DOCUMENT, PASSAGE, SKIPPED, VECTORS, WORDS
from backstory.engine.indexes.opensearch.translation import Body, any_of, filtered, none_of
from backstory.engine.indexes.opensearch.view import CHECKED_EVERY

NOTICED = 4 * CHECKED_EVERY  # seconds after which every reader knows which commits are kept


def aged(before: State, state: State, now: float) -> State:
    """Return a state that replaces another, with what is kept of those before it."""
    history, former = before.history, before.former
    if before.generation:
        history = (*history, (before.generation, now))
    if before.epoch and state.epoch != before.epoch:
        former = (*former, (before.epoch, now))
    return replace(
        state,
        aborted=before.aborted,
        history=history,
        oldest=before.oldest,
        oldest_since=before.oldest_since,
        former=former,
    )


def vacuum(cluster: Cluster, control: Control, hold: Hold) -> None:
    """Delete what may be deleted, and say which commits are not kept from now on.

    One thing at a time: commits that follow each other closely would otherwise announce again and
    again, and never delete. Where machines are gone, the next commit does it.
    """
    state, now, retention = hold.state, time.time(), cluster.settings.retention
    if now - state.oldest_since < NOTICED:
        return
    try:
        _delete_unseen(cluster, control.entries_index(state.epoch), unseen(state))
        over = [epoch for epoch, ended in state.former if now - ended > retention + NOTICED]
        for epoch in over:
            cluster.delete(control.entries_index(epoch))
        kept = _without_expired(state, retention, now)
        kept = replace(kept, former=tuple(pair for pair in state.former if pair[0] not in over))
        if kept != state:
            hold.change(kept)
    except BackstoryError:
        return


def _delete_unseen(cluster: Cluster, index: str, query: Body) -> None:
    """Have the cluster delete the entries that a query finds, if any; it is not waited for."""
    body = {"size": 0, "terminate_after": 1, "query": query}
    if cluster.search(index, body)["hits"]["total"]["value"]:
        params = {"conflicts": "proceed", "wait_for_completion": "false"}
        cluster.request("POST", f"/{index}/_delete_by_query", {"query": query}, params)


def _without_expired(state: State, retention: float, now: float) -> State:
    """Return the state without the commits that were replaced longer ago than they are kept."""
    history = tuple((number, ended) for number, ended in state.history if now - ended < retention)
    oldest = history[0][0] if history else state.generation
    if oldest == state.oldest:
        return state
    return replace(state, history=history, oldest=oldest, oldest_since=now)


def unseen(state: State) -> Body:
    """Return what finds the entries that no commit which is kept can see."""
    aborted, oldest = list(state.aborted), state.oldest
    own = {"terms": {"what": [DOCUMENT, PASSAGE, VECTORS]}}
    dead = filtered(
        own,
        {"range": {"died": {"lte": oldest}}},
        none_of({"terms": {"died": aborted}}),
    )
    clauses = [dead, {"terms": {"born": aborted}}]
    starts = {
        VECTORS: state.vectors or state.generation,
        WORDS: state.deltas[0] if state.deltas else state.generation,
        SKIPPED: state.skipped or state.generation,
    }
    for what, start in starts.items():
        if start <= oldest:
            clauses.append(filtered({"term": {"what": what}}, {"range": {"set": {"lt": start}}}))
    return any_of(clauses)
