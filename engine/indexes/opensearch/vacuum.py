"""What no reader can see any more is deleted: entries that died, lists that were replaced, epochs.

A commit that was replaced is kept for the time of the setting. Then its seals go first, so that no
reader of it takes an answer for whole, and what only it could see goes after them.
"""

from __future__ import annotations

import time
from dataclasses import replace

from backstory.engine.errors import BackstoryError
from backstory.engine.indexes.opensearch.cluster import Cluster
from backstory.engine.indexes.opensearch.control import Control, State
from backstory.engine.indexes.opensearch.leasing import Hold
from backstory.engine.indexes.opensearch.mapping import DOCUMENT, PASSAGE, SKIPPED, VECTORS, WORDS
from backstory.engine.indexes.opensearch.seals import sealed_before
from backstory.engine.indexes.opensearch.translation import Body, any_of, filtered, none_of

# So many entries are deleted in less than a second, and waited for: of each deletion that it does
# on its own, the cluster keeps a record for ever.
FEW = 10_000


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
        former=former,
    )


def vacuum(cluster: Cluster, control: Control, hold: Hold) -> None:
    """Delete what may be deleted; where machines are gone, the next commit does."""
    now, retention = time.time(), cluster.settings.retention
    kept = without_expired(hold.state, retention, now)
    index = control.entries_index(kept.epoch)
    try:
        if kept != hold.state:
            hold.change(kept)
        if _count(cluster, index, sealed_before(kept.oldest)):
            # Waited for: nothing else goes before every copy is seen to lack these.
            _delete(cluster, index, sealed_before(kept.oldest), "true")
            cluster.refresh(index)
        if count := _count(cluster, index, unseen(kept)):
            _delete(cluster, index, unseen(kept), "true" if count <= FEW else "false")
        delete_epochs(cluster, control, kept)
    except BackstoryError:
        return


def delete_epochs(cluster: Cluster, control: Control, state: State) -> None:
    """Delete the epochs that the control entry does not name any more, or never did.

    Their numbers are below the writer's own, and no number is used again: even if another writer
    has taken over meanwhile, nothing of what it has made is among them.
    """
    named = {state.epoch, *(epoch for epoch, _ in state.former)}
    for epoch in control.epochs():
        if epoch < state.reserved and epoch not in named:
            cluster.delete(control.entries_index(epoch))


def _count(cluster: Cluster, index: str, query: Body) -> int:
    """Return how many entries a query finds; of many, that they are more than FEW."""
    body = {"size": 0, "track_total_hits": FEW + 1, "query": query}
    return int(cluster.search(index, body)["hits"]["total"]["value"])


def _delete(cluster: Cluster, index: str, query: Body, is_waited_for: str) -> None:
    params = {"conflicts": "proceed", "wait_for_completion": is_waited_for}
    cluster.request("POST", f"/{index}/_delete_by_query", {"query": query}, params)


def without_expired(state: State, retention: float, now: float) -> State:
    """Return the state without what was replaced longer ago than it is kept."""
    history = tuple((number, ended) for number, ended in state.history if now - ended < retention)
    former = tuple((epoch, ended) for epoch, ended in state.former if now - ended < retention)
    oldest = history[0][0] if history else state.generation
    return replace(state, history=history, oldest=oldest, former=former)


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
