"""What was used last is kept, so much of it as there is room for."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sized
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Held = TypeVar("Held", bound=Sized)


class Kept(Generic[Key, Held]):
    """What was used last, up to `most` in all as `size` measures it; shared by threads."""

    def __init__(self, most: int, size: Callable[[Held], int] = len) -> None:
        self._most, self._size_of = most, size
        self._size = 0
        self._held: OrderedDict[Key, Held] = OrderedDict()
        self._lock = threading.Lock()  # never held while anything is read

    def get(self, key: Key) -> Held | None:
        """Return what is kept under a key, or None."""
        with self._lock:
            found = self._held.get(key)
            if found is not None:
                self._held.move_to_end(key)
            return found

    def put(self, key: Key, held: Held) -> None:
        """Keep something, and let go of what has not been used for the longest time."""
        with self._lock:
            if key in self._held:  # another thread was faster
                return
            self._held[key] = held
            self._size += self._size_of(held) + 1
            while self._size > self._most and len(self._held) > 1:
                _, dropped = self._held.popitem(last=False)
                self._size -= self._size_of(dropped) + 1
