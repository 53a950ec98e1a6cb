"""Which document an id leads to: its own, or the one that has the same content."""

from __future__ import annotations

from backstory.engine.documents import Document
from backstory.engine.indexes.contract import Snapshot
from backstory.engine.remarks import Code


def document_at(snapshot: Snapshot, document_id: str) -> Document | None:
    """Return the document of an id, None where there is none.

    A copy is indexed once; the path of another copy, or what its id would be, leads to that one.
    """
    document = snapshot.document(document_id)
    if document is not None:
        return document
    for skipped in snapshot.skipped():
        is_copy = skipped.remark.code is Code.DUPLICATE and skipped.path.startswith(document_id)
        if is_copy and document_id in (skipped.path, skipped.path.rpartition(".")[0]):
            return snapshot.document(str(skipped.remark["of"]))
    return None
