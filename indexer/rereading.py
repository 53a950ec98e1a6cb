"""Changed settings: which of them decide what is indexed, and which files have to be read again.

The index remembers the settings that its documents were read with. Where a run has read only some
of the files that a changed setting touches, that setting is remembered as None: it differs from
every value, so the next run over all of the corpus reads those files again, whatever it is by then.
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
from backstory.indexer.readers.sniffing import HEAD, is_archive, signature
from backstory.indexer.settings import CorpusSettings, FormatSettings, IndexerConfig, RowSettings

# Where the corpus is does not count: another corpus shows in its files.
_NO_MATTER = "corpus.path"
FIELDS_SECTION = "fields"


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
    """Return those of a run, and which further fields documents are read with."""
    fields = {f"{FIELDS_SECTION}.{field.name}": list(field.columns) for field in FIELDS.further}
    return deciding(config.corpus, config.formats, config.rows) | fields


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
    and those of [corpus], and new fields, every file.
    """
    sections = {name.partition(".")[0] for name in settings}
    if not sections:
        return frozenset()
    opened = (name for name in names if reader_for(suffix_of(name)))
    is_whole = not sections.isdisjoint(("corpus", FIELDS_SECTION))
    return frozenset(name for name in opened if is_whole or _is_touched(root / name, sections))


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
