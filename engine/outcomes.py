"""What becomes of the documents that were indexed before, when a file gives none now.

| outcome        | its documents    | tried again                 |
|----------------|------------------|-----------------------------|
| GONE           | are removed      |                             |
| CHANGED        | stay, as stale   | by the next run             |
| UNREADABLE_NOW | stay, as stale   | by the next run             |
| UNREADABLE     | are removed      | once the file has changed   |

A failure is never taken for the end of a document: only a file that is gone, or that was read and
holds nothing that can be indexed, loses what it gave. A file that cannot be read now and has no
documents in the index is tried in three runs at most, because a reader that runs out of time would
cost every run that time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from enum import Enum

from backstory.engine.documents import SkippedFile
from backstory.engine.remarks import Code, Remark

MOST_TRIES = 3


class Outcome(Enum):
    """What it means that a file, or a member of one, gave no document."""

    GONE = "gone"
    CHANGED = "changed"
    UNREADABLE_NOW = "unreadable now"
    UNREADABLE = "unreadable"

    @property
    def is_passing(self) -> bool:
        """The next run may read it: what was indexed before stays, and is stale."""
        return self in (Outcome.CHANGED, Outcome.UNREADABLE_NOW)


_OUTCOMES = {
    Code.LINK: Outcome.GONE,
    Code.NOT_REGULAR: Outcome.GONE,
    # Whether it is gone for good, the next walk over the corpus tells.
    Code.VANISHED: Outcome.CHANGED,
    Code.CHANGED: Outcome.CHANGED,
    Code.NO_READER: Outcome.UNREADABLE_NOW,
    Code.NEEDS_EXTRA: Outcome.UNREADABLE_NOW,
    Code.NO_PERMISSION: Outcome.UNREADABLE_NOW,
    Code.UNREADABLE: Outcome.UNREADABLE_NOW,  # what the system answered: a lock, an I/O error
    Code.TIMED_OUT: Outcome.UNREADABLE_NOW,
    Code.MEMBER_TIMED_OUT: Outcome.UNREADABLE_NOW,
    Code.MEMBERS_LEFT: Outcome.UNREADABLE_NOW,  # nor can those that follow it in its file
    Code.OUT_OF_MEMORY: Outcome.UNREADABLE_NOW,
    Code.NEEDS_MEMORY: Outcome.UNREADABLE_NOW,
    Code.CRASHED: Outcome.UNREADABLE_NOW,
    Code.READER_FAILED: Outcome.UNREADABLE_NOW,
    Code.DUPLICATE: Outcome.UNREADABLE,
    Code.NEEDS_OCR: Outcome.UNREADABLE,
    Code.OCR_FAILED: Outcome.UNREADABLE,
    Code.TOO_LARGE: Outcome.UNREADABLE,
    Code.TOO_MANY: Outcome.UNREADABLE,
    Code.TOO_DEEP: Outcome.UNREADABLE,
    Code.ENCRYPTED: Outcome.UNREADABLE,
    Code.EMPTY: Outcome.UNREADABLE,
    Code.BINARY: Outcome.UNREADABLE,
    Code.BROKEN: Outcome.UNREADABLE,
    Code.OLD_FORMAT: Outcome.UNREADABLE,
    Code.UNSAFE_NAME: Outcome.UNREADABLE,
    Code.ORPHAN_METADATA: Outcome.UNREADABLE,
}


def outcome_of(remark: Remark) -> Outcome | None:
    """Return what the remark on a file means for its documents, None where it is only a note."""
    return _OUTCOMES.get(remark.code)


def is_passing(skipped: SkippedFile) -> bool:
    """Tell whether what was indexed of a skipped file before stays until it can be read."""
    outcome = outcome_of(skipped.remark)
    return outcome is not None and outcome.is_passing


def kept_under(skipped: SkippedFile) -> str:
    """Return the path under which all documents stay that were not read because of this one.

    It is its own, or where nothing after it in its file was read, that of the file or archive.
    """
    is_first_of_many = skipped.remark.code is Code.MEMBERS_LEFT
    return skipped.path.rpartition("/")[0] if is_first_of_many else skipped.path


def tries_of(skipped: SkippedFile) -> int:
    """Return how many runs have tried in vain to read a file or member that may be read yet."""
    return int(dict(skipped.remark.data).get("tries", 1))


def tried_again(skipped: SkippedFile, before: SkippedFile | None) -> SkippedFile:
    """Return a skipped file with the count of tries; `before` is what the last run said of it."""
    if before is None or before.state != skipped.state or not is_passing(skipped):
        return skipped
    tries = min(tries_of(before) + 1, MOST_TRIES)
    data = {**dict(skipped.remark.data), "tries": tries}
    return replace(skipped, remark=Remark.of(skipped.remark.code, **data))


def stale(
    skipped: Iterable[SkippedFile], documents: Iterable[tuple[str, str]]
) -> tuple[SkippedFile, ...]:
    """Return those skipped files, members and folders of which the index has documents.

    `documents` are the names of files with the ids of the documents in them.
    """
    passing = {each.path: each for each in skipped if is_passing(each)}
    if not passing:
        return ()
    found: set[str] = set()
    for name, document_id in documents:
        found.update(passing.keys() & {*with_folders(name), *with_folders(document_id)})
    return tuple(each for path, each in passing.items() if path in found)


def retained(skipped: Iterable[SkippedFile]) -> Remark | None:
    """Return the remark that documents are retained whose files are gone, None where none is."""
    return next((s.remark for s in skipped if s.remark.code is Code.RETAINED), None)


def with_folders(name: str) -> Iterator[str]:
    """Yield a name, and the name of every folder and container that it lies in."""
    yield name
    at = len(name)
    while (at := name.rfind("/", 0, at)) > 0:
        yield name[:at]
