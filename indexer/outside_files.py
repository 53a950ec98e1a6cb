"""A file that is no part of the corpus, such as a draft, read once for its text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from backstory.engine.errors import UnreadableDocument
from backstory.indexer.loading import Loader
from backstory.indexer.readers import Paragraph, Source, suffix_of
from backstory.indexer.readers.encoding import read_text
from backstory.indexer.readers.registry import format_for
from backstory.indexer.settings import IndexerConfig

_WRITTEN = (".txt", ".md", ".markdown", ".text", "")  # their text is taken as it is


def text_of(path: Path, config: IndexerConfig) -> str:
    """Return the text of a file, with blank lines between paragraphs and `#` before headings.

    Text and Markdown are given as they are; other formats go through their readers, behind the
    same fences as documents. Raises OSError and UnreadableDocument.
    """
    limit = config.corpus.max_file_mb * 1024 * 1024
    with path.open("rb") as file:
        data = file.read(limit + 1)
    source = Source(
        path,
        path.name,
        data[:limit],
        len(data) > limit,
        config.corpus,
        config.formats,
        config.rows,
    )
    suffix = suffix_of(path.name).lower()
    if suffix in _WRITTEN:
        return read_text(source)[0]
    if format_for(suffix) is None:
        detail = f"no reader for {suffix} files"
        raise UnreadableDocument(path.name, detail)
    loader = Loader(config)
    try:
        reading = loader.read(source)
    finally:
        loader.close()
    return "\n\n".join(_with_headings(reading.paragraphs))


def _with_headings(paragraphs: tuple[Paragraph, ...]) -> Iterator[str]:
    above = ""
    for paragraph in paragraphs:
        if paragraph.heading != above:
            above = paragraph.heading
            yield f"# {' '.join(above.rpartition('>')[2].split())}" if above else ""
        yield " ".join(paragraph.text.split())
