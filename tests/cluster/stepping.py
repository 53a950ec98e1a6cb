"""A writer in a process of its own that stops at a named step, to be killed or paused there.

The product has no hooks for this: its methods are wrapped here, in the process that is hurt.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from backstory.engine.errors import BackstoryError
from backstory.engine.indexes.opensearch import (
    OpenSearchIndex,
    control,
    leasing,
    transaction,
)
from backstory.engine.indexes.opensearch.cluster import Cluster
from backstory.engine.indexes.opensearch.control import Control, State
from backstory.engine.indexes.opensearch.leasing import Hold
from backstory.engine.indexes.opensearch.transaction import Transaction
from backstory.engine.settings import OpenSearchSettings
from tests.cluster.commits import write
from tests.cluster.failures import SteppedProcess, reach

PROGRAM = "import sys; from tests.cluster.stepping import main; main(*sys.argv[1:])"
LEASE = 2.0  # seconds, where a writer sleeps through it
BULK_BYTES = 4_000  # so that a commit of some documents takes several requests


def stepped_writer(
    settings: OpenSearchSettings, version: int, stop_at: str = "", **options: Any
) -> SteppedProcess:
    """Start a process that commits a version and stops at a step.

    `options` are `rebuild` and `lease` (seconds).
    """
    job = json.dumps({"settings": asdict(settings), "version": version, **options})
    return SteppedProcess(PROGRAM, job, stop_at=stop_at)


def shorten_lease(seconds: float) -> None:
    """Have leases that run out soon, in this process."""
    control.LEASE = leasing.LEASE = seconds
    leasing.RENEWED_EVERY = seconds / 3


def main(given: str) -> None:
    """Write as the job says; the last line says what came of it."""
    job = json.loads(given)
    settings = OpenSearchSettings(**{**job["settings"], "hosts": tuple(job["settings"]["hosts"])})
    if "lease" in job:
        shorten_lease(job["lease"])
    transaction.BULK_BYTES = BULK_BYTES
    _place_steps()
    try:
        writer = OpenSearchIndex(settings).writer(rebuild=job.get("rebuild", False))
        try:
            write(writer, job["version"])
            writer.commit()
        finally:
            writer.close()
    except BackstoryError as error:
        sys.stdout.write(f"{type(error).__name__}: {error}\n")
        sys.exit(error.exit_code)
    sys.stdout.write("committed\n")


def _place_steps() -> None:
    take, kill, refresh = Control.take, Transaction._kill, Cluster.refresh
    request, bulk, change = Cluster.request, Cluster.bulk, Hold.change
    numbers = itertools.count(1)

    def taken(self: Control, *arguments: Any, **options: Any) -> Any:
        seen = take(self, *arguments, **options)
        reach("lease taken")
        return seen

    def killed(self: Transaction, ids: Sequence[str]) -> None:
        kill(self, ids)
        self._send_all()
        reach("deletes sent")

    def refreshed(self: Cluster, index: str) -> None:
        refresh(self, index)
        reach("refreshed")

    def changed(self: Hold, state: State) -> None:
        is_commit = state.generation > self.state.generation
        if is_commit:
            reach("before the commit")
        change(self, state)
        if is_commit:
            reach("committed")

    def requested(self: Cluster, method: str, path: str, *arguments: Any, **options: Any) -> Any:
        answer = request(self, method, path, *arguments, **options)
        if path.endswith("_delete_by_query"):
            reach("vacuum")
        return answer

    def halved(self: Cluster, index: str, lines: Sequence[bytes]) -> None:
        number, half = next(numbers), len(lines) // 2
        bulk(self, index, lines[:half])
        reach(f"in bulk {number}")
        bulk(self, index, lines[half:])

    steps = {
        Control: {"take": taken},
        Transaction: {"_kill": killed},
        Cluster: {"refresh": refreshed, "request": requested, "bulk": halved},
        Hold: {"change": changed},
    }
    for owner, methods in steps.items():
        for name, method in methods.items():
            setattr(owner, name, method)
