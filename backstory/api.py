"""The Python API: open an index, search it, read it, bring it up to date."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.backends.base import Statistics
from engine.backends.whoosh import WhooshBackend
from engine.documents import Document, Passage
from engine.hits import SearchResult
from engine.settings import Config, load
from searcher import OpenDocument, Searcher

if TYPE_CHECKING:
    from indexer.sync import SyncReport

PathLike = str | Path


class Archive:
    """An index and its corpus; safe to share between threads."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.backend = WhooshBackend(config.index_path, config.index.codec)
        self._searcher = Searcher(self.backend, config)

    @property
    def searcher(self) -> Searcher:
        """The searcher that the web page is made with."""
        return self._searcher

    @property
    def statistics(self) -> Statistics:
        """What the newest commit holds."""
        return self._searcher.statistics()

    def search(
        self,
        text: str,
        *,
        offset: int = 0,
        limit: int | None = None,
        correct: bool = True,
        facets: bool = False,
    ) -> SearchResult:
        """Answer a text with a page of hits; see `searcher.Searcher.search`."""
        return self._searcher.search(
            text, offset=offset, limit=limit, correct=correct, facets=facets
        )

    def document(self, document_id: str, text: str = "") -> OpenDocument:
        """Open a document with the marks of `text`; raises PassageNotFound."""
        return self._searcher.open(document_id, text)

    def passage(self, address: str) -> tuple[Document, Passage]:
        """Return the document and passage at an address such as `article#p15`."""
        return self._searcher.passage(address)

    def use_numpy(self) -> bool:
        """Rank with NumPy from now on, with the same results; tell whether it is installed.

        It pays for a process that answers many questions: importing NumPy takes 0.1 s and 25 MB.
        """
        return self.backend.use_numpy()

    def index(self, *, rebuild: bool = False, verify: bool = False) -> SyncReport:
        """Bring the index up to date with the corpus."""
        from indexer.sync import SyncOptions, sync

        return sync(self.backend, self.config, SyncOptions(rebuild=rebuild, verify=verify))


def open(
    index: PathLike | None = None,
    *,
    corpus: PathLike | None = None,
    config: PathLike | None = None,
    **settings: Any,
) -> Archive:
    """Open an index; `section__key=value` sets any setting of config.toml.

    Nothing is read before the first search, which raises IndexNotFound where there is no index.
    """
    loaded = load(Path(config) if config else None)
    return Archive(with_paths(loaded, corpus=corpus, index=index).override(**settings))


def with_paths(
    config: Config, *, corpus: PathLike | None = None, index: PathLike | None = None
) -> Config:
    """Return the settings with paths that were given by hand, relative to the working folder."""
    return config.override(
        corpus__path=str(Path(corpus).absolute()) if corpus else None,
        index__path=str(Path(index).absolute()) if index else None,
    )
