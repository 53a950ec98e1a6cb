"""The status of an index: its content, how fresh it is, what was skipped and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from backstory.engine.errors import CorpusMissing
from backstory.engine.outcomes import retained

if TYPE_CHECKING:
    from backstory.api import Archive


def gather(archive: Archive, machines: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the status of an index as JSON values.

    `machines` is what `health` has returned, if it was asked before.
    """
    from backstory.indexer.corpus import printable
    from backstory.indexer.readers.metadata import is_date_note
    from backstory.indexer.sandbox import fences

    machines = machines or health(archive)
    statistics, searcher = archive.statistics, archive.searcher
    skipped, outdated = searcher.skipped(), set(searcher.stale())
    kept = retained(skipped)
    documents = searcher.documents()
    sources = Counter(document.source or "(no source)" for document, _ in documents)
    return {
        "index": archive.passage_index.place,
        "health": machines,
        "corpus": str(archive.config.corpus_path),
        "generation": statistics.generation,
        "committed": statistics.committed,
        "documents": statistics.documents,
        "passages": statistics.passages,
        "words": statistics.words,
        "languages": dict(statistics.languages or {}),
        "sources": dict(sources.most_common()),
        "waiting": waiting(archive),
        "caches": archive.caches.to_json(),
        "fences": fences().to_json(),
        "ocr": scans(archive),
        "meaning": meaning(archive),
        "retained": kept.sentence if kept else None,
        "stale": {printable(file.path): file.reason for file in skipped if file in outdated},
        "skipped": {
            printable(file.path): file.reason
            for file in skipped
            if file not in outdated and file.remark is not kept
        },
        "notes": {
            document.path: notes
            for document, _ in documents
            if (notes := [n.sentence for n in document.notes if not is_date_note(n)])
        },
    }


def health(archive: Archive) -> dict[str, Any] | None:
    """Return how the machines are that keep the index; None where this one does."""
    found = archive.passage_index.health()
    return asdict(found) if found else None


def scans(archive: Archive) -> dict[str, Any]:
    """Return which program reads scans, the pages by file that wait for it, and those it failed on.

    The program is None where it is not installed.
    """
    from backstory.indexer.corpus import printable
    from backstory.indexer.ocr.recognition import Program
    from backstory.indexer.ocr.stage import failures, scans_to_read
    from backstory.indexer.readers.scans import page_ranges

    config, snapshot = archive.config, archive.passage_index.open()
    program = Program.of(config.ocr, config.formats)
    return {
        "enabled": config.ocr.enabled,
        "program": program.tool.program if program else None,
        "languages": config.ocr.languages,
        "waiting": {
            printable(each.path): page_ranges(each.pages) for each in scans_to_read(snapshot)
        },
        "failed": {printable(name): why for name, why in failures(snapshot).items()},
    }


def meaning(archive: Archive) -> dict[str, Any]:
    """Return the model that passages are embedded with, and how many have and lack a vector.

    The model is None where none can be used; `problem` is "" where none is installed. `unknown` has
    the numbers of passages in languages that the model does not know, with models that do.
    """
    from backstory.indexer.meaning.choosing import choose
    from backstory.indexer.meaning.known import knowing
    from backstory.indexer.meaning.stage import unknown_languages, waiting

    snapshot = archive.passage_index.open()
    languages = snapshot.statistics.languages or {}
    choice = choose(archive.config, languages)
    status = {"enabled": archive.config.meaning.enabled, "problem": choice.why}
    if choice.model is None:
        return {**status, "model": None, "ready": 0, "waiting": 0, "unknown": {}}
    model = choice.model.description.model
    unknown = unknown_languages(model, languages)
    waits = waiting(snapshot, model)
    return {
        **status,
        "model": model.name,
        "ready": sum(languages.values()) - sum(unknown.values()) - waits,
        "waiting": waits,
        "unknown": {
            code: {"passages": count, "known by": knowing(code)} for code, count in unknown.items()
        },
    }


def waiting(archive: Archive) -> dict[str, int] | str:
    """Return how many files wait to be indexed or dropped, or why that cannot be told."""
    from backstory.indexer.sync import pending

    try:
        plan = pending(archive.passage_index, archive.config)
    except CorpusMissing as error:
        return error.message
    return {"to read": len(plan.jobs), "to drop": len(plan.removed)}
