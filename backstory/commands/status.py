"""`backstory status`: what the index holds, how fresh it is, what was skipped and why."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import click

from backstory.api import Archive
from backstory.engine.errors import CorpusMissing
from backstory.options import Place, placed
from backstory.terminal import counted, visible


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="Everything as one JSON object.")
@placed
def command(place: Place, as_json: bool) -> None:
    """Tell what the index holds, how fresh it is, and what was skipped and why.

    Example: backstory status --json
    """
    archive = place.archive()
    facts = gather(archive)
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    for line in lines(facts):
        click.echo(visible(line))


def gather(archive: Archive) -> dict[str, Any]:
    """Return everything worth knowing about an index, as JSON values."""
    from backstory.indexer.corpus import printable
    from backstory.indexer.readers.metadata import is_date_note

    statistics, searcher = archive.statistics, archive.searcher
    documents = searcher.documents()
    sources = Counter(document.source or "(no source)" for document, _ in documents)
    return {
        "index": str(archive.config.index_path),
        "corpus": str(archive.config.corpus_path),
        "generation": statistics.generation,
        "committed": statistics.committed,
        "documents": statistics.documents,
        "passages": statistics.passages,
        "words": statistics.words,
        "languages": dict(statistics.languages or {}),
        "sources": dict(sources.most_common()),
        "waiting": waiting(archive),
        "caches": archive.caches.told(),
        "skipped": {printable(file.path): file.reason for file in searcher.skipped()},
        "notes": {
            document.path: notes
            for document, _ in documents
            if (notes := [n.sentence for n in document.notes if not is_date_note(n)])
        },
    }


def waiting(archive: Archive) -> dict[str, int] | str:
    """Return how many files wait to be indexed or dropped, or why that cannot be told."""
    from backstory.indexer.sync import pending

    try:
        plan = pending(archive.backend, archive.config)
    except CorpusMissing as error:
        return error.message
    return {"to read": len(plan.jobs), "to drop": len(plan.removed)}


def lines(facts: dict[str, Any]) -> list[str]:
    """Return the facts as lines to read."""
    holds = ", ".join(
        [counted(facts["documents"], "document"), counted(facts["passages"], "passage")]
    )
    told = [
        f"{holds}, {counted(facts['words'], 'word')}",
        f"corpus     {facts['corpus']}",
        f"index      {facts['index']} (commit {facts['generation']}, {facts['committed']})",
        f"languages  {_counts(facts['languages'])}",
        f"sources    {_counts(facts['sources'])}",
        f"freshness  {_freshness(facts['waiting'])}",
        f"caches     {_caches(facts['caches'])}",
    ]
    told += [f"skipped    {path or '.'}: {reason}" for path, reason in facts["skipped"].items()]
    told += [f"note       {path}: {note}" for path, ns in facts["notes"].items() for note in ns]
    return told


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in list(counts.items())[:12]) or "none"


def _caches(told: dict[str, Any]) -> str:
    """Say how much memory may be kept, and by what; a command has nearly nothing in it."""
    return f"{told['budget_mb']:,} MB in all (index.cache_mb): {', '.join(told['used'])}"


def _freshness(found: dict[str, int] | str) -> str:
    if isinstance(found, str):
        return found
    if not any(found.values()):
        return "up to date with the corpus"
    read, drop = found["to read"], found["to drop"]
    return f"{counted(read, 'file')} to read, {drop:,} to drop: backstory index"
