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


def aged(before: State, state: State, retention: float, now: float) -> State:
    """Return a state with the commits that are kept when it replaces another.

    A commit is kept from when it was made to `retention` seconds after it was replaced.
    """
    history = [*before.history]
    if before.generation:
        history.append((before.generation, now))  # when it was replaced
    kept = [(number, ended) for number, ended in history if now - ended < retention]
    oldest = kept[0][0] if kept else before.generation + 1
    former = before.former
    if before.epoch and state.epoch != before.epoch:
        former = (*former, (before.epoch, now))
    since = before.oldest_since if oldest == before.oldest else now
    return replace(
        state,
        aborted=before.aborted,
        history=tuple(kept),
        oldest=oldest,
        oldest_since=since,
        former=former,
    )


def vacuum(cluster: Cluster, control: Control, hold: Hold) -> None:
    """Delete what may be deleted; where machines are gone, the next commit does."""
    state = hold.state
    if time.time() - state.oldest_since < NOTICED:
        return
    try:
        cluster.request(
            "POST",
            f"/{control.entries_index(state.epoch)}/_delete_by_query",
            {"query": unseen(state)},
            {"conflicts": "proceed", "wait_for_completion": "false"},
        )
        retention = cluster.settings.retention
        over = [epoch for epoch, ended in state.former if time.time() - ended > retention + NOTICED]
        for epoch in over:
            cluster.delete(control.entries_index(epoch))
        if over:
            former = tuple(pair for pair in state.former if pair[0] not in over)
            hold.change(replace(state, former=former))
    except BackstoryError:
        return


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
