"""What the control entry says: who writes, which numbers are given up, what is kept how long."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

from backstory.engine.embeddings import EmbeddingModel
from backstory.engine.indexes.counts import Counts
from backstory.engine.indexes.opensearch.control import LEASE, Lease, State
from backstory.engine.indexes.opensearch.vacuum import aged, without_expired
from backstory.engine.indexes.opensearch.writer import begun

COMMITTED = State(
    analyzer="a",
    generation=7,
    epoch=2,
    committed="2026-01-01T00:00:00+00:00",
    counts=Counts(1, 2, 3, {"en": 2}),
    settings={"é": ["\udce9"]},
    model=EmbeddingModel("m", "b" * 64, 16, ("en",)),
    aborted=(3, 5),
    history=((6, 1.5),),
    deltas=(1, 7),
    former=((1, 2.5),),
    lease=Lease.new(),
)


def test_state_comes_back() -> None:
    assert State.from_json(json.loads(json.dumps(COMMITTED.to_json()))) == COMMITTED
    assert State.from_json(json.loads(json.dumps(State().to_json()))) == State()


def test_lease_of_this_process_holds_until_its_time() -> None:
    lease = Lease.new()
    assert not lease.is_over
    assert replace(lease, until=lease.until - LEASE - 1).is_over


def test_lease_of_a_process_that_is_gone_is_over_at_once() -> None:
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"],
                           capture_output=True, check=True)  # fmt: skip
    gone = replace(Lease.new(), pid=int(ended.stdout))
    assert gone.is_over
    assert not replace(gone, host="elsewhere").is_over, "nobody can tell from here"
    assert not replace(gone, boot="another").is_over


def test_writer_goes_on_with_the_next_number() -> None:
    begun_ = begun(replace(COMMITTED, lease=None))
    assert begun_.reserved == 8
    assert begun_.aborted == (3, 5)
    assert begun_.lease is not None


def test_number_of_a_writer_that_did_not_end_is_given_up() -> None:
    left = replace(COMMITTED, reserved=8)
    begun_ = begun(left)
    assert begun_.aborted == (3, 5, 8)
    assert begun_.reserved == 9


def test_commit_that_was_replaced_is_kept_for_a_while() -> None:
    first = aged(replace(COMMITTED, history=()), replace(COMMITTED, generation=8), now=100.0)
    assert first.history == ((7, 100.0),)
    second = aged(first, replace(first, generation=9), now=109.0)
    assert second.history == ((7, 100.0), (8, 109.0))

    kept = without_expired(second, retention=10, now=109.0)
    assert (kept.history, kept.oldest) == (second.history, 7)
    later = without_expired(kept, retention=10, now=111.0)
    assert (later.history, later.oldest) == (((8, 109.0),), 8)
    alone = without_expired(later, retention=10, now=200.0)
    assert (alone.history, alone.oldest) == ((), 9)


def test_epoch_that_was_replaced_is_named_for_a_while() -> None:
    replaced = replace(COMMITTED, former=((1, 100.0), (2, 105.0)))
    assert without_expired(replaced, retention=10, now=109.0).former == replaced.former
    assert without_expired(replaced, retention=10, now=111.0).former == ((2, 105.0),)


def test_epoch_that_was_replaced_is_noted_with_its_end() -> None:
    rebuilt = aged(COMMITTED, replace(COMMITTED, epoch=3), now=50.0)
    assert rebuilt.former == ((1, 2.5), (2, 50.0))
