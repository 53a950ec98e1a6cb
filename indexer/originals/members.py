"""The bytes of a member, unpacked where documents are read: in the process behind fences.

Its file is read once more as it was for the index. What is read for the index passes every member
by its bytes and their hash, so that no reader has to know how to give a member; those that do not
lie on the way are passed over unread.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from backstory.indexer.corpus import hash_of_member, printable
from backstory.indexer.exchange import FalseAnswer
from backstory.indexer.readers import Source
from backstory.indexer.readers.dispatch import read
from backstory.indexer.readers.registry import format_for
from backstory.indexer.readers.sniffing import is_archive, true_suffix
from backstory.indexer.transfer import name_within


class _Reached(BaseException):
    """The member is there; no `except Exception` of a reader may go on after it."""


@dataclass(slots=True)
class FindMember:
    """A task for `ReadingRoom.run`: the answer is what `loaded` takes.

    `path` is the member's, below that of its file, and `digest` the hash of its document, in which
    the metadata `beside` the file count. What has no bytes of its own, such as a row, is answered
    with the member that holds it.
    """

    path: str
    digest: str
    beside: bytes = b""
    _name: str = ""
    _data: bytes = b""
    _is_exact: bool = field(default=False)

    def __call__(self, source: Source) -> bytes:
        """Read a file as far as the member; raises what its reader raises."""
        if may_hold_files(source.name, source.data):
            source.budget.enter = self._enter
            try:
                read(source)
            except _Reached:
                pass
            finally:
                source.budget.enter = None
        head = json.dumps([self._name, self._is_exact])
        return head.encode() + b"\n" + self._data

    def _enter(self, name: str, data: bytes, digest: str) -> bool:
        if hash_of_member(digest, self.beside) == self.digest:
            self._name, self._data, self._is_exact = name, data, True
            raise _Reached
        shown = printable(name_within(name))
        whole = f"/{self.path}/"
        if f"/{shown}/" not in whole and f"/{shown} (" not in whole:
            return False
        self._name, self._data = name, data
        return True


def may_hold_files(name: str, data: bytes) -> bool:
    """Tell whether files may lie in a file; the rows of a table are none. Opens no archive."""
    if is_archive(data):
        return True
    declared = format_for(true_suffix(name, data)[0])
    return declared is not None and declared.holds_members and not declared.is_plain_text


def loaded(answer: bytes) -> tuple[str, bool, bytes]:
    """Return name and bytes of a member, and whether it is the wanted one; raises FalseAnswer.

    The name is "" where the file has no such member, and none that holds it.
    """
    head, _, data = answer.partition(b"\n")
    try:
        name, is_exact = json.loads(head)
    except (ValueError, TypeError, RecursionError) as error:
        raise FalseAnswer("no member") from error
    if type(name) is not str or type(is_exact) is not bool:
        raise FalseAnswer("no member")
    return (name_within(name) if name else ""), is_exact, data
