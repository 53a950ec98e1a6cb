"""Changed settings: which of them decide what is indexed, and which files have to be read again.

The index remembers the settings that its documents were read with. Where a run has read only some
of the files that a changed setting touches, that setting is remembered as None: it differs from
every value, so the next run over all of the corpus reads those files again, whatever it is by then.
Readers that make something else of the same files, in a new version, count as a changed setting.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from backstory.engine.errors import UnreadableDocument
from backstory.engine.fields import FIELDS
from backstory.indexer.readers import suffix_of
from backstory.indexer.readers.registry import holds_members, is_trusted, reader_for
from backstory.indexer.readers.sniffing import HEAD, is_archive, may_be_read, signature
from backstory.indexer.settings import CorpusSettings, FormatSettings, IndexerConfig, RowSettings

# Where the corpus is does not count: another corpus shows in its files.
_NO_MATTER = "corpus.path"
FIELDS_SECTION = "fields"
# Counted up by a release whose readers make other paragraphs or fields of files that were read.
READERS = "readers.version"
READERS_VERSION = 4


@dataclass(frozen=True, slots=True)
class Rereading:
    """What a run reads again: the settings that have changed, and what they touch.

    `documents` are in the index by now, `files` have given none.
    """

    settings: tuple[str, ...]
    documents: int
    files: int


def deciding(corpus: CorpusSettings, formats: FormatSettings, rows: RowSettings) -> dict[str, Any]:
    """Return the settings that decide what is indexed, as JSON values by `section.key`."""
    sections = {"corpus": asdict(corpus), "formats": asdict(formats), "rows": asdict(rows)}
    return {
        name: list(value) if isinstance(value, tuple) else value
        for section, values in sections.items()
        for key, value in values.items()
        if (name := f"{section}.{key}") != _NO_MATTER
    }


def settings_of(config: IndexerConfig) -> dict[str, Any]:
    """Return those of a run, with what further fields and which readers documents are read with."""
    fields = {f"{FIELDS_SECTION}.{field.name}": list(field.columns) for field in FIELDS.further}
    settings = deciding(config.corpus, config.formats, config.rows)
    return settings | fields | {READERS: READERS_VERSION}


def changed_settings(remembered: Mapping[str, Any], config: IndexerConfig) -> tuple[str, ...]:
    """Return the settings that differ from what the documents were read with.

    What an index does not remember, because it is older, is taken to have had its default; a field
    that it does not know is new.
    """
    usual = deciding(CorpusSettings(), FormatSettings(), RowSettings())
    now = settings_of(config)
    return tuple(n for n, value in now.items() if remembered.get(n, usual.get(n)) != value)


def touched(settings: Iterable[str], root: Path, names: Iterable[str]) -> frozenset[str]:
    """Return which files of the corpus these settings may make different documents of.

    Those of [rows] touch whatever may hold a table, those of [formats] what is read within limits,
    and those of [corpus], new fields and new readers every file.
    """
    sections = {name.partition(".")[0] for name in settings}
    if not sections:
        return frozenset()
    opened = (name for name in names if _is_opened(root / name))
    is_whole = not sections.isdisjoint(("corpus", FIELDS_SECTION, READERS.partition(".")[0]))
    return frozenset(name for name in opened if is_whole or _is_touched(root / name, sections))


def _is_opened(path: Path) -> bool:
    if reader_for(suffix_of(path.name)) is not None:
        return True
    try:
        with path.open("rb") as stream:
            return may_be_read(path.name, stream.read(HEAD))
    except OSError:
        return True


def _is_touched(path: Path, sections: set[str]) -> bool:
    suffix, is_limited = suffix_of(path.name), "formats" in sections
    if holds_members(suffix):
        return True
    try:
        if is_limited and not is_trusted(suffix, path.stat().st_size):
            return True
        with path.open("rb") as stream:
            head = stream.read(HEAD)
        return is_archive(head) or (is_limited and bool(signature(path.name, head)))
    except (OSError, UnreadableDocument):
        return True
