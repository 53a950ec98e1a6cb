"""Thread-safe LRU caches that share one memory budget.

Each index has a pool (`index.cache_mb`). Its caches are named; when the pool exceeds its budget,
the least recently used entry of all caches is evicted. Tables of words and memoised functions
(`memo`) are bounded by their number of entries instead; they count towards the budget, up to half
of it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, ParamSpec, TypeVar

MEGABYTE = 1 << 20
TABLES_EVERY = 64  # the tables are measured again after this many additions to caches
DEFAULT_MB = 256

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
Parameters = ParamSpec("Parameters")
Table = tuple[
    Callable[[], int], int
]  # a function for its number of entries, and the estimated bytes of each
_MEMOS: dict[str, Table] = {}


def memo(
    name: str, *, most: int, entry_bytes: int
) -> Callable[[Callable[Parameters, Value]], Callable[Parameters, Value]]:
    """Memoise a function process-wide, for the `most` recently used arguments."""

    def decorate(function: Callable[Parameters, Value]) -> Callable[Parameters, Value]:
        kept: Any = lru_cache(maxsize=most)(function)
        _MEMOS[name] = (lambda: kept.cache_info().currsize), entry_bytes
        answer: Callable[Parameters, Value] = kept
        return answer

    return decorate


@dataclass(frozen=True, slots=True)
class CacheUsage:
    """Statistics of a cache: entries, estimated bytes, hits and misses.

    Hits and misses are 0 for tables, which do not count them.
    """

    name: str
    entries: int
    bytes: int
    hits: int
    misses: int


@dataclass(slots=True)
class _Counted:
    entries: int = 0
    bytes: int = 0
    hits: int = 0
    misses: int = 0


# By the cache's number and the key: the value, its size in bytes, the cache's name.
Entries = OrderedDict[tuple[int, Hashable], tuple[Any, int, str]]


class CachePool:
    """A memory budget in bytes and the entries of its caches; thread-safe."""

    def __init__(self, budget: int = DEFAULT_MB * MEGABYTE) -> None:
        self.budget = budget
        self._entries: Entries = OrderedDict()
        self._counted: dict[str, _Counted] = {}
        self._tables: dict[str, Table] = {}
        self._size = self._tables_size = self._caches = self._puts = 0
        self._lock = threading.Lock()  # never held while a value is computed

    def cache(self, name: str) -> Cache[Any, Any]:
        """Return a new cache; caches of the same name share their statistics."""
        with self._lock:
            counted = self._counted.setdefault(name, _Counted())
            self._caches += 1
            return Cache(self, name, self._caches, self._entries, counted)

    def table(self, name: str, entries: Callable[[], int], entry_bytes: int) -> None:
        """Register a table that limits itself; it counts towards the budget."""
        with self._lock:
            self._tables[name] = (entries, entry_bytes)

    def usage(self) -> list[CacheUsage]:
        """Return the statistics of each cache and table, sorted by name."""
        with self._lock:
            found = [
                CacheUsage(name, one.entries, one.bytes, one.hits, one.misses)
                for name, one in self._counted.items()
            ]
            for name, (entries, entry_bytes) in (self._tables | _MEMOS).items():
                found.append(CacheUsage(name, entries(), entries() * entry_bytes, 0, 0))
        return sorted(found, key=lambda one: one.name)

    def to_json(self) -> dict[str, Any]:
        """Return the budget and the usage of each cache, as JSON values."""
        used = {
            one.name: {name: getattr(one, name) for name in ("entries", "bytes", "hits", "misses")}
            for one in self.usage()
        }
        return {"budget_mb": self.budget // MEGABYTE, "used": used}

    def put(self, name: str, key: tuple[int, Hashable], value: Any, size: int) -> None:
        """Store a value of about `size` bytes, and evict least recently used entries if needed."""
        with self._lock:
            if key in self._entries:  # another thread was faster
                return
            self._entries[key] = value, size, name
            self._count(name, 1, size)
            self._puts += 1
            if self._puts % TABLES_EVERY == 1:
                tables = (*self._tables.values(), *_MEMOS.values())
                size = sum(entries() * each for entries, each in tables)
                self._tables_size = min(size, self.budget // 2)
            while self._size + self._tables_size > self.budget and len(self._entries) > 1:
                _, (_, dropped, owner) = self._entries.popitem(last=False)
                self._count(owner, -1, -dropped)

    def _count(self, name: str, entries: int, size: int) -> None:
        self._counted[name].entries += entries
        self._counted[name].bytes += size
        self._size += size

    def drop(self, number: int) -> None:
        """Remove all entries of one cache."""
        with self._lock:
            for key in [key for key in self._entries if key[0] == number]:
                _, size, name = self._entries.pop(key)
                self._count(name, -1, -size)


class Cache(Generic[Key, Value]):
    """A named cache in a pool; None cannot be stored."""

    def __init__(
        self, pool: CachePool, name: str, number: int, entries: Entries, counted: _Counted
    ) -> None:
        self._pool, self._name, self._number = pool, name, number
        self._entries, self._counted = entries, counted

    def get(self, key: Key) -> Value | None:
        """Return the cached value, or None; takes no lock."""
        whole = self._number, key
        entry = self._entries.get(whole)
        if entry is None:
            self._counted.misses += 1
            return None
        try:
            self._entries.move_to_end(whole)
        except KeyError:  # another thread has just evicted it
            self._counted.misses += 1
            return None
        self._counted.hits += 1
        value: Value = entry[0]
        return value

    def put(self, key: Key, value: Value, size: int) -> None:
        """Store a value that takes about `size` bytes."""
        self._pool.put(self._name, (self._number, key), value, size)

    def clear(self) -> None:
        """Remove all entries."""
        self._pool.drop(self._number)
