"""The sections of config.toml that decide how documents are taken and read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from backstory.engine.fields import FIELDS
from backstory.engine.settings import IndexSettings, setting


@dataclass(frozen=True, slots=True)
class CorpusSettings:
    """Where documents are, and how much of one is read."""

    path: str = "corpus"
    language: str = "auto"
    max_file_mb: int = setting(64, low=1)
    max_passage_chars: int = setting(20_000, low=200)


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """What `backstory add` may take from the web: the size of a page, and seconds for it."""

    max_mb: int = setting(32, low=1)
    seconds: float = setting(60.0, low=0.1)
    read_seconds: float = setting(15.0, low=0.1)


@dataclass(frozen=True, slots=True)
class FormatSettings:
    """What reading one file may cost, unless its reader vouches for so small a one."""

    seconds: float = setting(60.0, low=0.1)
    memory_mb: int = setting(1024, low=64)
    max_members: int = setting(100_000, low=1)
    max_unpacked_mb: int = setting(256, low=1)


@dataclass(frozen=True, slots=True)
class RowSettings:
    """Which columns of a table, or keys of a JSON line, are which field; the first one counts.

    Those of a field that is not listed here are what the table of fields says.
    """

    text: tuple[str, ...] = ("text", "body", "content", "paragraphs", "article", "message")
    title: tuple[str, ...] = FIELDS["title"].columns
    date: tuple[str, ...] = FIELDS["date"].columns
    author: tuple[str, ...] = FIELDS["author"].columns
    source: tuple[str, ...] = FIELDS["source"].columns
    language: tuple[str, ...] = FIELDS["language"].columns
    kind: tuple[str, ...] = FIELDS["kind"].columns
    url: tuple[str, ...] = FIELDS["url"].columns
    tags: tuple[str, ...] = FIELDS["tags"].columns


@dataclass(frozen=True, slots=True)
class OcrSettings:
    """Whether and how pages without text are read by OCR.

    `languages` are those of Tesseract, joined by "+". A larger page than `max_megapixels` is drawn
    more coarsely, a larger picture is not read.
    """

    enabled: bool = True
    languages: str = "eng"
    dpi: int = setting(300, low=70, high=1200)
    page_seconds: float = setting(60.0, low=0.1)
    max_megapixels: int = setting(60, low=1, high=400)
    cache_mb: int = setting(1024, low=1)


@dataclass(frozen=True, slots=True)
class MeaningSettings:
    """Whether and how passages are found by meaning.

    `model` is the name of an installed model, "" for the one that suits the languages of the
    passages; `models` is the folder that has them, "" for the user's own. `threads` are those of
    one process, 0 for one on each core; `memory_mb` is the address space that it may have, beside
    what its threads set aside.
    """

    enabled: bool = True
    model: str = ""
    models: str = setting("", is_trusted_only=True)
    threads: int = setting(0, low=0, high=256)
    memory_mb: int = setting(1024, low=256)
    cache_mb: int = setting(1024, low=1)


class IndexerConfig(Protocol):
    """The settings that a run needs; may be pickled."""

    @property
    def corpus(self) -> CorpusSettings:
        """Where documents are."""

    @property
    def fetch(self) -> FetchSettings:
        """What may be taken from the web."""

    @property
    def formats(self) -> FormatSettings:
        """What reading one file may cost."""

    @property
    def rows(self) -> RowSettings:
        """Which column is what."""

    @property
    def ocr(self) -> OcrSettings:
        """How scans are read."""

    @property
    def meaning(self) -> MeaningSettings:
        """How passages are found by meaning."""

    @property
    def index(self) -> IndexSettings:
        """How the index is written."""

    @property
    def corpus_path(self) -> Path:
        """The corpus folder."""

    @property
    def index_path(self) -> Path:
        """The index folder."""

    @property
    def state_path(self) -> Path:
        """The folder of what must outlive a rebuild."""

    @property
    def models_path(self) -> Path:
        """The folder of the models that are installed."""
