"""All settings, put together from the rooms that own them.

A value comes from the first of these that has it: the command line, the environment
(`BACKSTORY_SECTION_KEY`), the project's file, the user's own file, the default in its section.
`config.toml` shows them all.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from backstory.engine.config_files import Tell, load_settings, own_data_path
from backstory.engine.environment import with_environment
from backstory.engine.settings import BaseConfig, Section, Tables

if TYPE_CHECKING:
    from backstory.archives import ArchiveSettings
    from backstory.delivery.settings import FollowSettings
    from backstory.indexer.settings import (
        CorpusSettings,
        FetchSettings,
        FormatSettings,
        MeaningSettings,
        OcrSettings,
        RowSettings,
    )
    from backstory.searcher.settings import SearchSettings
    from backstory.webui.settings import UploadSettings, UsersSettings, WebSettings


@dataclass(frozen=True, slots=True)
class Config(BaseConfig):
    """All settings of all rooms; each section is imported when it is first asked for."""

    corpus: ClassVar[Section[CorpusSettings]] = Section("indexer.settings:CorpusSettings")
    fetch: ClassVar[Section[FetchSettings]] = Section("indexer.settings:FetchSettings")
    formats: ClassVar[Section[FormatSettings]] = Section("indexer.settings:FormatSettings")
    rows: ClassVar[Section[RowSettings]] = Section("indexer.settings:RowSettings")
    ocr: ClassVar[Section[OcrSettings]] = Section("indexer.settings:OcrSettings")
    meaning: ClassVar[Section[MeaningSettings]] = Section("indexer.settings:MeaningSettings")
    search: ClassVar[Section[SearchSettings]] = Section("searcher.settings:SearchSettings")
    web: ClassVar[Section[WebSettings]] = Section("webui.settings:WebSettings")
    users: ClassVar[Section[UsersSettings]] = Section("webui.settings:UsersSettings")
    uploads: ClassVar[Section[UploadSettings]] = Section("webui.settings:UploadSettings")
    archives: ClassVar[Tables[ArchiveSettings]] = Tables("archives:ArchiveSettings")
    follow: ClassVar[Section[FollowSettings]] = Section("delivery.settings:FollowSettings")

    @property
    def corpus_path(self) -> Path:
        """The corpus folder."""
        return self.root / self.corpus.path

    def archive(self, name: str) -> Config:
        """Return the settings of one archive of `[archives]`; raises ArchiveNotFound."""
        from backstory.archives import settings_of

        return settings_of(self, name)

    def without_archives(self) -> Config:
        """Return the settings as they are where no archives have names."""
        left = self.values.keys() - set(self.table_names)
        return replace(
            self, values={name: self.values[name] for name in self.values if name in left}
        )

    @property
    def models_path(self) -> Path:
        """The folder of the models that are installed: the user's own, unless one is set."""
        models = self.meaning.models
        return self.root / models if models else own_data_path(os.environ) / "models"


def load(
    file: Path | None = None,
    environ: Mapping[str, str] | None = None,
    *,
    tell: Tell = lambda sentence: None,
) -> Config:
    """Read the settings as the command does: those of `file`, or of the files that are found.

    `tell` is given a sentence for everything that was found and not used. Raises ConfigError.
    """
    return load_settings(Config(), file, os.environ if environ is None else environ, tell)


def without_files(environ: Mapping[str, str] | None = None) -> Config:
    """Return the defaults and what the environment says; raises ConfigError."""
    return with_environment(Config(), os.environ if environ is None else environ)
