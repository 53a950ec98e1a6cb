"""A queue in which whoever was served longest ago is next, and whoever waits most often is refused.

Turns are counted, not timed: a client that asks a hundred times gets every other turn beside one
that asks once, and of the connections of one client the one that has rested longest goes first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

_MOST_CLIENTS = 10_000  # whose last turn is remembered


class Waiter(Protocol):
    """One connection that waits for an answer."""

    client: str
    turn: int | None  # its last one; None before the queue has seen it


W = TypeVar("W", bound=Waiter)


class FairQueue(Generic[W]):
    """Up to `most` waiters, up to `most_of_one` of them of one client. Not safe for threads."""

    def __init__(self, most: int, most_of_one: int | None = None) -> None:
        self._most = most
        self._most_of_one = most_of_one or most
        self._waiting: list[W] = []
        self._turn = 0
        self._turns: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def __iter__(self) -> Iterator[W]:
        return iter(self._waiting)

    def offer(self, waiter: W) -> W | None:
        """Take a waiter in; return the one that has to be refused for it, which may be itself."""
        if waiter.turn is None:  # a new connection is no way to the front
            waiter.turn = self._turn
        self._waiting.append(waiter)
        counts = Counter(each.client for each in self._waiting)
        if counts[waiter.client] > self._most_of_one:
            return self._refused(waiter.client)
        if len(self._waiting) <= self._most:
            return None
        heaviest = max(counts, key=lambda client: (counts[client], client == waiter.client))
        return self._refused(heaviest)

    def _refused(self, client: str) -> W:
        """Take out the connection of a client that was served last, of equals the newest."""
        own = [each for each in reversed(self._waiting) if each.client == client]
        refused = max(own, key=lambda each: each.turn or 0)
        self._waiting.remove(refused)
        return refused

    def popleft(self) -> W:
        """Return whose turn it is; raises IndexError where nobody waits."""
        if not self._waiting:
            raise IndexError("nobody waits")
        first = min(self._waiting, key=lambda each: (self._turns.get(each.client, 0), each.turn))
        self._waiting.remove(first)
        self._turn += 1
        first.turn = self._turns[first.client] = self._turn
        self._forget()
        return first

    def _forget(self) -> None:
        """Forget the clients whose last turn is longest ago, where there are too many."""
        if len(self._turns) > _MOST_CLIENTS:
            recent = sorted(self._turns, key=self._turns.__getitem__)[-_MOST_CLIENTS // 2 :]
            self._turns = {client: self._turns[client] for client in recent}
