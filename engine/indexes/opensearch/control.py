"""The control entry: the newest commit, who may write, and what was given up.

It is one entry that is changed only where nobody has changed it meanwhile, so that a commit is seen
whole or not at all. A writer holds a lease in it. One that is killed lets it run out; its number is
then among the aborted ones for ever, and nothing that it has written, or writes later, is seen.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from backstory.engine.embeddings import EmbeddingModel
from backstory.engine.errors import IndexBusy, IndexDamaged, IndexOutdated
from backstory.engine.indexes.counts import Counts
from backstory.engine.indexes.opensearch.cluster import CONFLICT, MISSING, Cluster, Refused
from backstory.engine.indexes.opensearch.mapping import FORMAT, control_body, entries_body
from backstory.engine.indexes.opensearch.salvage import record_of, salvaged

LEASE = 30.0  # seconds without a renewal after which another may write
NO_ANALYZER = "of another format"  # until it is rebuilt, nobody takes it for an index
_ENTRY = "_doc/commit"
_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Lease:
    """Who writes: a process of a machine, until a time of the writer's clock."""

    token: str
    host: str
    boot: str
    pid: int
    until: float

    @classmethod
    def new(cls) -> Lease:
        """Make a lease of this process."""
        return cls(secrets.token_hex(16), socket.gethostname(), _boot(), os.getpid(), _until())

    @property
    def is_over(self) -> bool:
        """Tell whether it has run out, or its process is seen to be gone."""
        if time.time() > self.until:
            return True
        is_here = (self.host, self.boot) == (socket.gethostname(), _boot()) and bool(self.boot)
        return is_here and not _runs(self.pid)

    def renewed(self) -> Lease:
        """Return the lease from now on."""
        return replace(self, until=_until())


def _until() -> float:
    return time.time() + LEASE


def _boot() -> str:
    try:
        return _BOOT.read_text("ascii").strip()
    except OSError:
        return ""


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


@dataclass(frozen=True, slots=True)
class State:
    """What the control entry says.

    `generation` is the newest commit, 0 before the first, and `epoch` names the index that has its
    entries. `reserved` is the number that the writer writes under. `history` has the commits before
    it that may still be read, each with the time at which it was replaced, and `oldest` the first
    of all: what died by then may be deleted.
    `deltas` are the commits whose words count, `skipped` and `vectors` those that began the lists
    which are valid, `former` the epochs before this one with the time of their end. Each commit has
    `seals` seals.
    """

    format: int = FORMAT
    analyzer: str = ""
    generation: int = 0
    epoch: int = 0
    reserved: int = 0
    committed: str = ""
    counts: Counts = field(default_factory=Counts)
    settings: Mapping[str, Any] = field(default_factory=dict)
    model: EmbeddingModel | None = None
    aborted: tuple[int, ...] = ()
    history: tuple[tuple[int, float], ...] = ()
    oldest: int = 0
    deltas: tuple[int, ...] = ()
    skipped: int = 0
    vectors: int = 0
    seals: int = 0
    former: tuple[tuple[int, float], ...] = ()
    lease: Lease | None = None

    @property
    def unused(self) -> int:
        """A number under which nothing was ever written."""
        return 1 + max(self.generation, *self.aborted, 0)

    def to_json(self) -> dict[str, Any]:
        """Return the state as JSON values."""
        names = self.__slots__
        values = {name: getattr(self, name) for name in names}
        values["counts"] = self.counts.to_json()
        values["model"] = self.model.to_json() if self.model else None
        values["lease"] = asdict(self.lease) if self.lease else None
        return values

    def without_lease(self) -> str:
        """Return all but the lease as text, to be compared."""
        return json.dumps(replace(self, lease=None).to_json(), sort_keys=True)

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> State:
        """Make the state that `to_json` described."""
        pairs = {name: tuple(map(tuple, record[name])) for name in ("history", "former")}
        lists = {name: tuple(record[name]) for name in ("aborted", "deltas")}
        return cls(
            **{
                **record,
                **pairs,
                **lists,
                "counts": Counts(**record["counts"]),
                "model": EmbeddingModel.from_json(record["model"]) if record["model"] else None,
                "lease": Lease(**record["lease"]) if record["lease"] else None,
            }
        )


class Conflict(Exception):
    """Somebody else has changed the control entry."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A state with the version that a change of it is compared with; None before the first."""

    state: State
    version: tuple[int, int] | None


class Control:
    """Reads and changes the control entry of an index."""

    def __init__(self, cluster: Cluster, analyzer: str) -> None:
        self._cluster, self.analyzer = cluster, analyzer
        self.place = cluster.place
        self._index = f"{cluster.settings.index}-control"

    def entries_index(self, epoch: int) -> str:
        """Return the name of the index that has the entries of an epoch."""
        return f"{self._cluster.settings.index}-entries-{epoch}"

    def epochs(self) -> list[int]:
        """Return the epochs that have an index, named or not by the control entry."""
        beginning = self.entries_index(0).removesuffix("0")
        names = self._cluster.request("GET", f"/{beginning}*/_settings/index.uuid")
        # The name of another index may begin like these.
        numbers = (name.removeprefix(beginning) for name in names)
        return sorted(int(each) for each in numbers if each.isascii() and each.isdecimal())

    def read(self) -> Seen | None:
        """Return what the entry says, or None where there is none.

        Raises IndexOutdated where it is of another format or analyzer, and IndexDamaged where it
        cannot be read.
        """
        seen = self._read()
        if seen is None:
            return None
        state = seen.state
        if state.analyzer != self.analyzer:
            raise self._outdated(f"the analyzer {state.analyzer}", f"{self.analyzer}")
        return seen

    def read_any(self) -> Seen:
        """Return what the entry says, whatever made it; a new state where there is none.

        Of one that cannot be read, what a rebuild needs is made out as far as possible.
        """
        try:
            seen = self._read()
        except (IndexOutdated, IndexDamaged):
            seen = self._salvaged()
        return seen or Seen(State(analyzer=self.analyzer), None)

    def _read(self) -> Seen | None:
        answer = self._get()
        if answer is None:
            return None
        version = answer["_seq_no"], answer["_primary_term"]
        try:
            record = json.loads(answer["_source"]["state"])
            if record["format"] != FORMAT:
                raise self._outdated(f"format {record['format']}", f"{FORMAT}")
            return Seen(State.from_json(record), version)
        except (KeyError, TypeError, ValueError) as error:
            said = f"cannot be read ({type(error).__name__}: {error})"
            raise IndexDamaged(self.place, said) from error

    def _salvaged(self) -> Seen | None:
        answer = self._get()
        if answer is None:
            return None
        record = record_of(answer.get("_source", {}).get("state"))
        state = State(analyzer=NO_ANALYZER, **salvaged(record, self.epochs()))
        with contextlib.suppress(KeyError, TypeError, ValueError):
            lease = Lease(**record["lease"])
            state = replace(
                state, lease=replace(lease, pid=int(lease.pid), until=float(lease.until))
            )
        return Seen(state, (answer["_seq_no"], answer["_primary_term"]))

    def _get(self) -> dict[str, Any] | None:
        try:
            answer: dict[str, Any] = self._cluster.request("GET", f"/{self._index}/{_ENTRY}")
        except Refused as error:
            if error.status == MISSING:
                return None
            raise
        if "_seq_no" not in answer:
            raise self._cluster.no_cluster()
        return answer

    def _outdated(self, other: str, expected: str) -> IndexOutdated:
        return IndexOutdated(self.place, other, expected)

    def create(self) -> None:
        """Make the index of the control entry, if it is not there."""
        if not self._cluster.exists(self._index):
            self._make(self._index, control_body())

    def create_entries(self, epoch: int) -> None:
        """Make the empty index of an epoch, whatever was there."""
        name = self.entries_index(epoch)
        self._cluster.delete(name)
        self._make(name, entries_body(self._cluster.settings))

    def _make(self, index: str, body: Mapping[str, Any]) -> None:
        """Make an index; one that is there was made by the same request, whose answer got lost."""
        try:
            self._cluster.request("PUT", f"/{index}", body)
        except Refused as error:
            if "resource_already_exists" not in error.reason:
                raise

    def write(self, seen: Seen, state: State) -> Seen:
        """Change the entry; raises Conflict where somebody has changed it since it was seen.

        An answer that got lost is looked up: the change may have been made.
        """
        params: dict[str, Any] = {"op_type": "create"}
        if seen.version:
            params = {"if_seq_no": seen.version[0], "if_primary_term": seen.version[1]}
        content = json.dumps(state.to_json())
        try:
            answer = self._cluster.request(
                "PUT", f"/{self._index}/{_ENTRY}", {"state": content}, params
            )
        except Refused as error:
            if error.status != CONFLICT:
                raise
            now = self._get()
            if now is None or now["_source"]["state"] != content:
                raise Conflict from error
            answer = now
        return Seen(state, (answer["_seq_no"], answer["_primary_term"]))

    def take(self, wait: float, begin: Callable[[State], State], *, rebuild: bool) -> Taken:
        """Take the lease, waiting up to `wait` seconds for whoever has it; raises IndexBusy.

        `begin` makes the state of a writer out of the one that is there.
        """
        self.create()
        end = time.monotonic() + max(wait, 0.0)
        while True:
            seen = self.read_any() if rebuild else self.read()
            seen = seen or Seen(State(analyzer=self.analyzer), None)
            lease = seen.state.lease
            if lease is None or lease.is_over:
                try:
                    return Taken(self.write(seen, begin(seen.state)), seen.state)
                except Conflict:
                    continue
            if time.monotonic() >= end:
                raise IndexBusy(self.place, f"process {lease.pid} on {lease.host}")
            time.sleep(min(0.2, max(end - time.monotonic(), 0.01)))


@dataclass(frozen=True, slots=True)
class Taken:
    """A lease that was taken: what the entry says now, and what it said before."""

    seen: Seen
    before: State
