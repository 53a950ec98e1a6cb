"""An index on a cluster: opened once, opened anew when a new commit is there."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from backstory.engine.analysis import Analyzer
from backstory.engine.cache import DEFAULT_MB, MEGABYTE, CachePool
from backstory.engine.documents import IndexedDocument
from backstory.engine.errors import IndexNotFound
from backstory.engine.indexes.contract import Health, Problem
from backstory.engine.indexes.opensearch.cluster import Cluster, Patience, place_of
from backstory.engine.indexes.opensearch.control import Control
from backstory.engine.indexes.opensearch.entries import Batch, prepare
from backstory.engine.indexes.opensearch.snapshot import OpenSearchSnapshot
from backstory.engine.indexes.opensearch.view import BEHIND, View
from backstory.engine.settings import BaseConfig, OpenSearchSettings

if TYPE_CHECKING:
    from backstory.engine.indexes.opensearch.writer import OpenSearchWriter


class OpenSearchIndex:
    """An index on the machines that the settings name; may be shared by threads.

    Relative paths in the settings start from `root`.
    """

    def __init__(
        self, settings: OpenSearchSettings, root: Path = Path(), cache_mb: int = DEFAULT_MB
    ) -> None:
        self._settings, self._root = settings, root
        self.caches = CachePool(cache_mb * MEGABYTE)
        self._analyzer = Analyzer()
        self._opening = threading.Lock()
        self._connected: tuple[Cluster, Control] | None = None
        self._opened: OpenSearchSnapshot | None = None

    def _connect(self) -> tuple[Cluster, Control]:
        if self._connected is None:
            cluster = Cluster(self._settings, self._root)
            self._connected = cluster, Control(cluster, self._analyzer.signature)
        return self._connected

    @property
    def place(self) -> str:
        """The name of the index and the machines that it is on."""
        return place_of(self._settings)

    def open(self) -> OpenSearchSnapshot:
        """Return a reader of the newest commit, and never of one before the last.

        Raises IndexNotFound, IndexUnavailable, IndexOutdated or IndexDamaged.
        """
        with self._opening:
            cluster, control = self._connect()
        # Outside: where machines are gone, many would wait for each other as long as for these.
        patience = Patience(cluster)
        while True:
            seen = control.read()
            if seen is None or not seen.state.generation:
                raise IndexNotFound(cluster.place)
            with self._opening:
                if self._opened is None or self._opened.is_before(seen.state):
                    view = View(cluster, control, seen.state, self.caches)
                    self._opened = OpenSearchSnapshot(view, self.caches, self._opened)
                if self._opened.is_of(seen.state):
                    return self._opened
            patience.wait(BEHIND)

    def writer(self, *, wait: float = 0.0, rebuild: bool = False) -> OpenSearchWriter:
        """Return the writer; raises IndexBusy, StorageFull, or what `open` raises."""
        from backstory.engine.indexes.opensearch.writer import OpenSearchWriter

        cluster, control = self._connect()
        return OpenSearchWriter(cluster, control, self._analyzer, wait=wait, rebuild=rebuild)

    def prepare(self, documents: Iterable[IndexedDocument]) -> Batch:
        """Analyse documents, without asking the cluster."""
        return prepare(documents, self._analyzer)

    def check(self, *, deep: bool = False) -> Iterator[Problem]:
        """Count the entries and compare; if `deep`, also analyse the stored text again."""
        from backstory.engine.indexes.opensearch.checking import problems

        self.open()
        cluster, control = self._connect()
        yield from problems(cluster, control, self._analyzer, deep=deep)

    def health(self) -> Health:
        """Return which machines keep the index, and how its parts are; raises IndexUnavailable."""
        from backstory.engine.indexes.opensearch.checking import health

        cluster, control = self._connect()
        return health(cluster, control)

    def close(self) -> None:
        """Let go of the open commit and of the connections."""
        with self._opening:
            self._opened = None
            if self._connected is not None:
                self._connected[0].close()
                self._connected = None

    def __reduce__(self) -> tuple[type[OpenSearchIndex], tuple[OpenSearchSettings, Path]]:
        """Travel to another process as the settings alone."""
        return type(self), (self._settings, self._root)


def open_index(config: BaseConfig) -> OpenSearchIndex:
    """Return the index that the settings describe; the cluster is not asked yet."""
    return OpenSearchIndex(config.opensearch, config.root, config.index.cache_mb)
