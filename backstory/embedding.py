"""The stage of `index` and `add` that embeds passages, and what is told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from backstory.api import Archive
from backstory.progress import PassageBar
from backstory.terminal import counted, visible

if TYPE_CHECKING:
    from backstory.indexer.meaning.stage import EmbeddingReport


def embed_passages(archive: Archive) -> None:
    """Give passages the vectors that they lack, if settings allow it; tell what came of it."""
    if not archive.config.meaning.enabled:
        return
    from backstory.indexer.meaning.stage import embed

    report = embed(archive.passage_index, archive.config, PassageBar())
    for line in embedding_told(report):
        click.echo(visible(line), err=bool(report.why))


def embedding_told(report: EmbeddingReport) -> list[str]:
    """Return what was embedded, as lines."""
    if report.why:
        return [report.why]
    if not (report.embedded or report.reused):
        return []
    kept = f", {report.reused:,} known from before" if report.reused else ""
    waits = f"; {report.waiting:,} wait" if report.waiting else ""
    made = counted(report.embedded, "passage")
    return [f"Meaning: {made} embedded by {report.model}{kept}{waits}, {report.seconds:.1f} s."]
