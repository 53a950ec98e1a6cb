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
    Lease,
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
        if not self._is_lost and elapsed() - self._renewed_at > LEASE / 2:
            self.change(self.state)
        if self._is_lost:
            raise self._lost()

    def change(self, state: State) -> None:
        """Change the control entry, and renew the lease with it; raises IndexBusy."""
        with self._changing:
            if self._is_lost:
                raise self._lost()
            began = elapsed()
            lease = state.lease.renewed() if state.lease else None
            try:
                self._seen = self._control.write(self._seen, replace(state, lease=lease))
            except Conflict as error:
                self._is_lost = True
                raise self._lost() from error
            self._renewed_at = began

    def _lost(self) -> IndexBusy:
        return IndexBusy(self._control.place, "another process, since this one paused for long")

    def _renew(self) -> None:
        while not self._ended.wait(RENEWED_EVERY):
            try:
                with self._changing:
                    self._renew_once()
            except BackstoryError:  # machines are gone: whoever writes next is told
                continue

    def _renew_once(self) -> None:
        if self._is_lost or self._ended.is_set() or self.state.lease is None:
            return
        began = elapsed()
        lease: Lease = self.state.lease.renewed()
        try:
            self._seen = self._control.write(self._seen, replace(self.state, lease=lease))
        except Conflict:
            self._is_lost = True
        else:
            self._renewed_at = began

    def release(self, state: State) -> None:
        """Let the next writer in, leaving a state behind; one that is lost leaves nothing."""
        self._ended.set()
        if not self._is_lost:
            try:
                self.change(replace(state, lease=None))
            except IndexBusy:
                return
