"""Scans that lie in a mail or an archive: unpacked where documents are read, behind fences.

A file is read once more as it was for the index, which passes every member by its bytes and their
hash. Many come in one answer, because each costs the file read as far as the last of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from backstory.engine.errors import UnreadableDocument
from backstory.indexer.isolation import ReadingRoom
from backstory.indexer.originals.members import may_hold_files
from backstory.indexer.readers import Source
from backstory.indexer.readers.dispatch import read

TOGETHER = 32 * 1024 * 1024  # bytes of members that are unpacked at a time
_LENGTH = 8  # bytes before each member that say how long it is


def unpacked(
    room: ReadingRoom, source: Source, wanted: frozenset[str]
) -> Iterator[tuple[str, bytes]]:
    """Yield the members of a file with these SHA-256, each with its hash, those that are there.

    Raises UnreadableDocument where the file cannot be read, OSError where no process can.
    """
    left = wanted
    while left:
        found = dict(_pieces(room.run(source, UnpackMembers(left, TOGETHER)), left))
        yield from found.items()
        left -= found.keys()
        if not found:
            return


def _pieces(answer: bytes, wanted: frozenset[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the members in an answer; what is none that was asked for is passed over."""
    at = 0
    while at < len(answer):
        end = at + _LENGTH + int.from_bytes(answer[at : at + _LENGTH], "big")
        data = answer[at + _LENGTH : end]
        at = end
        if (sha256 := hashlib.sha256(data).hexdigest()) in wanted:
            yield sha256, data


# --- In the other process


class _Full(BaseException):
    """The answer is full, or has all that is wanted; no `except Exception` may go on after it."""


@dataclass(slots=True)
class UnpackMembers:
    """A task for `ReadingRoom.run`: members by their SHA-256, one or up to `most` bytes.

    The answer is the bytes of each, with their length before them.
    """

    wanted: frozenset[str]
    most: int
    _members: dict[str, bytes] = field(default_factory=dict)

    def __call__(self, source: Source) -> bytes:
        """Read the file as far as is needed; what goes wrong after a member costs only others."""
        source.budget.enter = self._enter
        try:
            read(source)
        except _Full:
            pass
        except UnreadableDocument:
            if not self._members:
                raise
        finally:
            source.budget.enter = None
        parts = [part for data in self._members.values() for part in (_length(data), data)]
        return b"".join(parts)

    def _enter(self, name: str, data: bytes, digest: str) -> bool:
        if digest in self.wanted and digest not in self._members:
            if self._members and sum(map(len, self._members.values())) + len(data) > self.most:
                raise _Full
            self._members[digest] = data
            if len(self._members) == len(self.wanted):
                raise _Full
        return may_hold_files(name, data)


def _length(data: bytes) -> bytes:
    return len(data).to_bytes(_LENGTH, "big")
