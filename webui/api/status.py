"""The status of the index for /api/status, without paths of the server."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable
from datetime import UTC, datetime
from typing import Any

from backstory.engine.characters import visible
from backstory.engine.dates import first_and_last
from backstory.engine.documents import SkippedFile
from backstory.engine.version import VERSION
from backstory.webui.document_catalog import DocumentCatalog
from backstory.webui.notices import without_places
from backstory.webui.settings import WebConfig


def status(
    catalog: DocumentCatalog,
    skipped: Iterable[SkippedFile],
    stale: Container[SkippedFile],
    config: WebConfig,
) -> dict[str, Any]:
    """Return the counts of a commit, its age, and the files of the corpus that are not in it.

    Of files that are `stale` it has the documents, as they were read before.

    Files are named by their place in the corpus; where that lies on the server is not said.
    """
    statistics = catalog.statistics
    documents = [document for document, _ in catalog.documents]
    first, last = first_and_last(document.date for document in documents)
    return {
        "version": VERSION,
        "generation": statistics.generation,
        "committed": statistics.committed,
        "age_seconds": _age(statistics.committed),
        "documents": statistics.documents,
        "passages": statistics.passages,
        "words": statistics.words,
        "languages": dict(statistics.languages or {}),
        "sources": _counted(document.source for document in documents),
        "kinds": _counted(document.kind for document in documents),
        "first_date": first or None,
        "last_date": last or None,
        "skipped": [
            {
                "path": visible(file.path),
                "code": file.remark.code,
                "reason": without_places(file.reason, config),
                "is_stale": file in stale,
            }
            for file in skipped
        ],
    }


def _age(committed: str) -> float | None:
    try:
        age = datetime.now(UTC) - datetime.fromisoformat(committed)
    except (TypeError, ValueError):
        return None  # never committed, or by hands that left the time zone out
    return max(round(age.total_seconds(), 3), 0.0)


def _counted(values: Iterable[str]) -> dict[str, int]:
    return dict(Counter(value for value in values if value).most_common())
