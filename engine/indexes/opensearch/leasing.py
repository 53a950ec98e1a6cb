"""The writer's hold on the control entry: it is renewed in the background, and lost for good."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

from backstory.engine.errors import BackstoryError, IndexBusy
from backstory.engine.indexes.opensearch.control import (
    LEASE,
    Conflict,
    Control,
    Seen,
    State,
)

RENEWED_EVERY = LEASE / 3  # seconds


def elapsed() -> float:
    """Return seconds that go on while the machine sleeps, where its system can tell."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(clock)


class Hold:
    """A lease, from when it was taken to `release`; only who holds it changes the control entry.

    A process that was paused finds that another has taken over: then every use raises IndexBusy.
    """

    def __init__(self, control: Control, seen: Seen) -> None:
        assert seen.state.lease is not None
        self._control, self._seen, self._token = control, seen, seen.state.lease.token
        self._changing = threading.Lock()
        self._renewed_at = elapsed()
        self._is_lost = False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._renew, name="lease", daemon=True)
        self._thread.start()

    @property
    def state(self) -> State:
        """What the control entry says."""
        return self._seen.state

    def check(self) -> None:
        """Make sure that nobody else writes; raises IndexBusy where somebody may."""
        if self._is_lost or elapsed() - self._renewed_at > LEASE / 2:
            self.renew()

    def renew(self) -> None:
        """Renew the lease now; raises IndexBusy where another has it."""
        with self._changing:
            self._write(self.state)

    def change(self, state: State) -> None:
        """Change the control entry, and renew the lease with it; raises IndexBusy."""
        with self._changing:
            self._write(state)

    def _write(self, state: State) -> None:
        """Write a state with a new lease; raises IndexBusy where another has the lease."""
        if self._is_lost:
            raise self._lost()
        began = elapsed()
        lease = state.lease.renewed() if state.lease else None
        changed = replace(state, lease=lease)
        try:
            try:
                self._seen = self._control.write(self._seen, changed)
            except Conflict:
                self._find_renewal()
                self._seen = self._control.write(self._seen, changed)
        except Conflict as error:
            self._is_lost = True
            raise self._lost() from error
        self._renewed_at = began

    def _find_renewal(self) -> None:
        """Go on from a renewal of ours whose answer got lost; raises Conflict at anything else."""
        now = self._control.read_any()
        if now.state.lease is None or now.state.lease.token != self._token:
            raise Conflict
        if now.state.without_lease() != self.state.without_lease():
            raise Conflict
        self._seen = now

    def _lost(self) -> IndexBusy:
        return IndexBusy(self._control.place, "another process, since this one paused for long")

    def _renew(self) -> None:
        while not self._ended.wait(RENEWED_EVERY):
            try:
                with self._changing:
                    if not self._ended.is_set():
                        self._write(self.state)
            except BackstoryError:  # machines are gone, or it is lost: whoever writes next is told
                continue

    def release(self, state: State) -> None:
        """Let the next writer in, leaving a state behind; raises IndexBusy where it is lost."""
        self._ended.set()
        self.change(replace(state, lease=None))
