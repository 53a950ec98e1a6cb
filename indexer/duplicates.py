"""Exact duplicates: the same content at several paths is indexed once.

A file of its own is indexed before a copy within an archive, a mail or a mailbox; of several, the
first path by name, unless another is in the index already, so that addresses are stable. The other
paths are listed as skipped, each with the id of the indexed document; when that document changes
or is removed, they are read again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backstory.engine.documents import Document, FileState, SkippedFile
from backstory.engine.remarks import Code, Remark
from backstory.indexer.corpus import path_of, printable


def is_duplicate(skipped: SkippedFile) -> bool:
    """Tell whether a file was skipped because its content is indexed under another path."""
    return skipped.remark.code is Code.DUPLICATE


def duplicate_of(skipped: SkippedFile) -> str:
    """Return the id of the document that has the same content, or an empty string."""
    return str(skipped.remark["of"]) if is_duplicate(skipped) else ""


@dataclass(frozen=True, slots=True)
class _Copy:
    document: Document
    state: FileState
    is_indexed: bool  # under this id, with this content, before the run

    @property
    def is_member(self) -> bool:
        return self.document.path != printable(self.state.path)

    @property
    def rank(self) -> tuple[bool, bool, str]:
        return self.is_member, not self.is_indexed, self.document.path

    def skipped_for(self, other: str) -> SkippedFile:
        path = path_of(self.document.path, self.state)
        return SkippedFile(path, Remark.of(Code.DUPLICATE, of=other), self.state)


class Deduplicator:
    """Decides which of several documents with the same content is indexed."""

    def __init__(
        self,
        settled: Mapping[str, str],
        indexed: Mapping[str, str],
        members: Mapping[str, FileState] | None = None,
    ) -> None:
        """Take SHA-256 hashes by id, of documents left unchanged and of all indexed documents.

        `members` are those of the unchanged ones that lie within a file, with the file.
        """
        self._indexed, self._members = indexed, members or {}
        self._settled = {sha256: document_id for document_id, sha256 in settled.items()}
        self._kept: dict[str, _Copy] = {}
        self._left_out: dict[str, list[_Copy]] = {}

    def settle(
        self, document: Document, state: FileState
    ) -> tuple[str, tuple[SkippedFile, ...]] | None:
        """Return the id of the document to leave out and files to skip, or None for no duplicate.

        Where the newcomer replaces the document that was kept until now, all duplicates left out
        so far are returned again, because the remark on each names the document that is kept.
        """
        sha256 = document.sha256
        settled = self._settled.get(sha256)
        newcomer = _Copy(document, state, self._indexed.get(document.id) == sha256)
        if settled is not None:
            if settled in self._members and not newcomer.is_member:
                return self._replace(settled, newcomer)
            return document.id, (newcomer.skipped_for(settled),)
        known = self._kept.get(sha256)
        if known is None or known.document.id == document.id:
            self._kept[sha256] = newcomer
            return None
        kept, left_out = sorted((known, newcomer), key=lambda each: each.rank)
        self._kept[sha256] = kept
        others = self._left_out.setdefault(sha256, [])
        others.append(left_out)
        changed = others if kept is newcomer else others[-1:]
        return left_out.document.id, tuple(each.skipped_for(kept.document.id) for each in changed)

    def _replace(self, member: str, newcomer: _Copy) -> tuple[str, tuple[SkippedFile, ...]]:
        """Keep a file of its own in the place of an unchanged member with the same content."""
        del self._settled[newcomer.document.sha256]
        self._kept[newcomer.document.sha256] = newcomer
        remark = Remark.of(Code.DUPLICATE, of=newcomer.document.id)
        return member, (SkippedFile(member, remark, self._members[member]),)
