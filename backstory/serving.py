"""What a worker process of `backstory serve` runs: the application over indexes of its own."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from backstory.api import Archive
from backstory.archives import title_of
from backstory.engine.errors import BackstoryError
from backstory.engine.uploads import Uploads
from backstory.indexer.spawning import Child
from backstory.settings import Config
from backstory.webui.app import create_app
from backstory.webui.load import TABLES
from backstory.webui.mounting import MountedArchive, MountedArchives
from backstory.webui.notices import Health
from backstory.webui.serving import tables_count, worker_app, worker_count

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

# So much more patient are the processes that make tables: a page that is asked for meanwhile gets
# the processor first.
NICE = 5

Wrap = Callable[["WSGIApplication"], "WSGIApplication"]


def starter(config: Config, *, wrap: Wrap | None = None) -> Callable[[str], Child]:
    """Return what starts a worker for a lane; all together keep as much as `index.cache_mb`.

    `wrap` is put around each worker's application; it must not stand in the main module.
    """
    pages = worker_count(config.web)
    share = config.index.cache_mb // (pages + tables_count(pages))
    split = config.override(index__cache_mb=max(share, 1))
    return lambda lane: Child(work, split, lane, wrap)


def work(line: Connection, config: Config, lane: str, wrap: Wrap | None) -> None:
    """Answer requests until the front process hangs up."""
    from backstory.webui.relay import answer_requests
    from backstory.webui.serving import looking_for_cycles_seldom

    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a service is told to end all at once
    if lane == TABLES:
        os.nice(NICE)
    archives: list[Archive] = []
    app = _site_app(config, archives) if config.archives else _app(config, archives)

    def let_go() -> None:
        """Close older commits, and the processes that open originals, while nobody asks.

        What is wrong with an index is met by the next request itself.
        """
        for archive in archives:
            archive.originals.close()
            with contextlib.suppress(BackstoryError, OSError):
                archive.searcher.snapshot()

    with looking_for_cycles_seldom():
        answer_requests(line, wrap(app) if wrap else app, let_go)


def _app(config: Config, opened: list[Archive]) -> WSGIApplication:
    """Return the application for one archive, and note that it is opened."""
    archive = Archive(config)
    opened.append(archive)
    return worker_app(config, archive.searcher, archive.originals, uploads_of(archive))


def _site_app(config: Config, opened: list[Archive]) -> WSGIApplication:
    """Return the application for several archives; each is opened, and noted, when it is asked."""
    from backstory.webui.serving import told_of
    from backstory.webui.site import create_site

    def mounted(name: str) -> MountedArchive:
        def make() -> WSGIApplication:
            archive = Archive(config_of(config, name))
            opened.append(archive)
            return archive_app(config, name, archive, *told_of(name))

        return mounted_archive(config, name, make)

    archives = MountedArchives(mounted(name) for name in config.archives)
    return archives.mounted(create_site(config, archives))


def config_of(config: Config, name: str) -> Config:
    """Return the settings of one of several archives, with its share of the memory of caches."""
    share = config.index.cache_mb // len(config.archives)
    return config.archive(name).override(index__cache_mb=max(share, 1))


def archive_app(
    config: Config, name: str, archive: Archive, health: Health, watching: Health
) -> WSGIApplication:
    """Return the application of one of several archives."""
    return create_app(
        archive.config,
        archive.searcher,
        health=health,
        watching=watching,
        originals=archive.originals,
        uploads=uploads_of(archive),
        title=title_of(config, name),
        archive=name,
        site=config,
    )


def uploads_of(archive: Archive) -> Uploads | None:
    """Return what takes files into an archive, None where the settings let nobody send any."""
    if not archive.config.web.uploads:
        return None
    from backstory.uploading import ArchiveUploads  # it can index: only where that is asked for

    return ArchiveUploads(archive, archive.config.uploads)


def mounted_archive(
    config: Config, name: str, make: Callable[[], WSGIApplication]
) -> MountedArchive:
    """Return one of several archives as the site has it; `make` makes its application."""
    readers = frozenset(config.archives[name].readers)
    return MountedArchive(name, title_of(config, name), make, readers)
