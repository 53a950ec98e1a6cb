"""The page /unread: files of the corpus that are not in the index as they are now, and why.

A copy is not among them: its content is in the index, under the name of another file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from backstory.engine.characters import visible
from backstory.engine.documents import SkippedFile
from backstory.engine.remarks import Code
from backstory.searcher import Searcher
from backstory.webui.notices import without_places
from backstory.webui.settings import WebConfig


@dataclass(frozen=True, slots=True)
class UnreadFile:
    """A file with the reason; a stale one is in the index as it was before."""

    path: str
    reason: str
    is_stale: bool


@dataclass(frozen=True, slots=True)
class UnreadPage:
    """The files that could not be read, and those that are copies of others, each by path."""

    files: tuple[UnreadFile, ...]
    copies: tuple[UnreadFile, ...]


def unread_page(searcher: Searcher, config: WebConfig) -> UnreadPage:
    """Return what was skipped or is stale, without places on the server."""
    stale = frozenset(searcher.stale())

    def listed(files: Iterable[SkippedFile]) -> tuple[UnreadFile, ...]:
        return tuple(
            UnreadFile(visible(f.path) or ".", without_places(f.reason, config), f in stale)
            for f in sorted(files, key=lambda file: file.path)
        )

    skipped = searcher.skipped()
    return UnreadPage(listed(filter(is_unread, skipped)), listed(filter(is_copy, skipped)))


def is_unread(file: SkippedFile) -> bool:
    """Tell whether a file could not be read."""
    return file.remark.code not in (Code.RETAINED, Code.DUPLICATE)


def is_copy(file: SkippedFile) -> bool:
    """Tell whether a file has the content of another, under which it is found."""
    return file.remark.code is Code.DUPLICATE
