"""Exact duplicates: the same content at several paths is indexed once.

The first by name is kept, unless one is in the index already: addresses stay. The others are
listed as skipped, each with the address of the one that is kept, so that all paths of a document
are known; when that one changes or goes, they are read again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backstory.engine.documents import Document, FileState, SkippedFile
from backstory.engine.remarks import Code, Remark
from backstory.indexer.corpus import path_of


def is_twin(skipped: SkippedFile) -> bool:
    """Tell whether a file was skipped because its content is indexed under another path."""
    return skipped.remark.code is Code.DUPLICATE


def twin_of(skipped: SkippedFile) -> str:
    """Return the id of the document that has the same content, or an empty string."""
    return str(skipped.remark["of"]) if is_twin(skipped) else ""


@dataclass(frozen=True, slots=True)
class _Kept:
    document: Document
    state: FileState
    is_held: bool

    @property
    def rank(self) -> tuple[bool, str]:
        return not self.is_held, self.document.path

    def skipped_for(self, other: str) -> SkippedFile:
        path = path_of(self.document.path, self.state)
        return SkippedFile(path, Remark.of(Code.DUPLICATE, of=other), self.state)


class Twins:
    """Knows which content is indexed where, and decides between two that are alike."""

    def __init__(self, settled: Mapping[str, str], held: Mapping[str, str]) -> None:
        """Take ids with hashes: of documents that stay as they are, and of all that are held."""
        self._held = held
        self._settled = {sha256: document_id for document_id, sha256 in settled.items()}
        self._kept: dict[str, _Kept] = {}
        self._left_out: dict[str, list[_Kept]] = {}

    def settle(
        self, document: Document, state: FileState
    ) -> tuple[str, tuple[SkippedFile, ...]] | None:
        """Return the id of the document to leave out, or None where all may stay.

        With it come all that were left out with this content until now: each names the one that
        is kept, and that may have changed.
        """
        sha256 = document.sha256
        settled = self._settled.get(sha256)
        newcomer = _Kept(document, state, self._held.get(document.id) == sha256)
        if settled is not None:
            return document.id, (newcomer.skipped_for(settled),)
        known = self._kept.get(sha256)
        if known is None or known.document.id == document.id:
            self._kept[sha256] = newcomer
            return None
        kept, left_out = sorted((known, newcomer), key=lambda each: each.rank)
        self._kept[sha256] = kept
        others = self._left_out.setdefault(sha256, [])
        others.append(left_out)
        told = others if kept is newcomer else others[-1:]
        return left_out.document.id, tuple(each.skipped_for(kept.document.id) for each in told)
