"""The guard against an emptied corpus: a run that would remove many documents asks first.

Documents rarely go by the dozen because somebody wants it, and often because a disk is not
mounted. Counted is what would be lost: not what has moved, nor what another file holds as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from backstory.engine.errors import CorpusMissing, RemovalRefused
from backstory.indexer.corpus import Scan
from backstory.indexer.former import Former
from backstory.indexer.plan import IndexedFile, Plan
from backstory.indexer.readers import suffix_of
from backstory.indexer.readers.registry import holds_members
from backstory.indexer.settings import IndexerConfig

FEWEST = 5  # documents that may go however few there are, unless no file is left


class Removals(Enum):
    """What becomes of more removals than a run may do unasked."""

    REFUSED = "refused"  # the run ends with RemovalRefused
    RETAINED = "retained"  # the documents stay, and all else is indexed
    ALLOWED = "allowed"


class Guard:
    """Tells whether a run over a scanned corpus may remove so many of the documents."""

    def __init__(self, config: IndexerConfig, removals: Removals, scanned: Scan) -> None:
        self._config, self._removals, self._scanned = config, removals, scanned

    def is_too_much(self, removed: int, documents: int) -> bool:
        """Tell whether `removed` of `documents` are more than a run may remove unasked."""
        if self._removals is Removals.ALLOWED:
            return False
        is_emptied = not (self._scanned.files or self._scanned.unseen)
        is_many = removed >= FEWEST or (removed > 0 and is_emptied)
        return is_many and removed > self._config.index.max_removal * documents

    def may_go(self, removed: int, documents: int) -> bool:
        """Tell whether a run may remove so many of the documents."""
        return not self.is_too_much(removed, documents)

    def refuse(self, removed: int, documents: int, *, changed: bool = False) -> None:
        """Raise RemovalRefused where that is too much, and nobody wants to go on all the same."""
        if self._removals is Removals.REFUSED and self.is_too_much(removed, documents):
            raise RemovalRefused(self._config.corpus_path, removed, documents, changed=changed)

    def check(self, plan: Plan) -> None:
        """Raise RemovalRefused where a plan makes it certain, before any file is read."""
        self._check(plan.removed, plan.indexed)

    def check_rebuild(self, former: Former) -> None:
        """Do the same for a rebuild; raise CorpusMissing where nobody knows what it replaces."""
        is_asked = self._removals is not Removals.ALLOWED
        if former.is_unknown and is_asked and not self._scanned.files:
            reason = "has no files, and the index that cannot be read may have had documents"
            raise CorpusMissing(self._config.corpus_path, f"{reason} (see --allow-removal)")
        gone = (
            file
            for name, file in former.files.items()
            if name not in self._scanned.files and not self._scanned.is_hidden(name)
        )
        self._check(gone, former.files)

    def _check(self, removed: Iterable[IndexedFile], indexed: dict[str, IndexedFile]) -> None:
        count = sum(len(file.documents) for file in removed)
        new = [name for name in self._scanned.files if name not in indexed]
        if count == 0 or any(holds_members(suffix_of(name)) for name in new):
            return  # what is new may be all that is gone, packed: the end of the run tells
        documents = sum(len(file.documents) for file in indexed.values())
        if self.is_too_much(count - len(new), documents):
            self.refuse(count, documents)
