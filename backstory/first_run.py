"""The first run: a folder that has no index gets one, and who has nothing is told how to begin."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backstory import own_places
from backstory.engine.errors import BackstoryError, IndexNotFound
from backstory.following import following
from backstory.terminal import visible

if TYPE_CHECKING:
    from backstory.api import Archive
    from backstory.settings import Config

USUAL_FOLDERS = ("Documents", "Downloads")


def index_at_first(archive: Archive) -> None:
    """Index a corpus whose index would be in the user's cache, where there is none yet."""
    if own_places.is_own(archive.config, os.environ):
        index_if_missing(archive)


def index_if_missing(archive: Archive) -> None:
    """Index the corpus where there is no index yet."""
    try:
        archive.statistics  # noqa: B018  # only to see whether there is one
    except IndexNotFound:
        index_now(archive)


def index_now(archive: Archive) -> None:
    """Bring the index up to date and tell on stderr where it is and what was done.

    What is wrong is only told where there is an index to answer from; scans are left for `index`.
    """
    from backstory.commands.index import tell, tell_news
    from backstory.indexer.sync import SyncOptions, sync
    from backstory.progress import Bar

    config = archive.config
    click.echo(visible(f"Indexing {config.corpus_path} into {config.index_path}"), err=True)
    if own_places.is_own(config, os.environ):
        kept = f"What cannot be made from it again is kept in {config.state_path}"
        click.echo(visible(kept), err=True)
    try:
        with following(archive, tell_news):
            report = sync(archive.passage_index, config, SyncOptions(), Bar())
    except BackstoryError as error:
        _refuse_without_index(archive, error)
        click.echo(f"backstory: {visible(error.message)} Going on with what is indexed.", err=True)
    else:
        tell(report, is_aside=True)


def _refuse_without_index(archive: Archive, error: BackstoryError) -> None:
    try:
        archive.statistics  # noqa: B018  # only to see whether there is one
    except BackstoryError:
        raise error from None


def first_steps(config: Config) -> str:
    """Return three commands to begin with that work in this folder, a line each.

    It is "" where there is an index, or a corpus to make one of.
    """
    is_elsewhere = config.index.kind != "embedded"
    if is_elsewhere or config.index_path.exists() or config.corpus_path.exists():
        return ""
    command, folder = _command(), _folder()
    steps = {f"{command} demo --open": "the sample dossier, in the browser"}
    if folder:
        steps[f"{command} serve {folder} --open"] = "documents of your own, in the browser"
        steps[f'{command} query --corpus {folder} "your question"'] = "an answer in the terminal"
    else:
        steps[f'{command} demo "who asked for radios"'] = "an answer in the terminal"
        steps[f"{command} serve --help"] = "how to serve a folder of your own"
    width = max(map(len, steps))
    lines = [f"  {step:{width}}  {what}" for step, what in steps.items()]
    return "\n".join(["There are no documents here yet. To begin:", *lines])


def _command() -> str:
    """Return how the command is called here: by its path, where the shell does not find it."""
    called = Path(sys.argv[0])
    is_found = called.name != "backstory" or shutil.which("backstory")
    return "backstory" if is_found else str(called)


def _folder() -> str:
    """Return a folder of documents as it is typed here, "" where none can be guessed."""
    home = Path(os.path.expanduser("~"))  # noqa: PTH111  # never raises
    try:
        here = Path.cwd()
        if here != home and any(not each.name.startswith(".") for each in here.iterdir()):
            return "."
    except OSError:  # the working folder has been deleted, or cannot be read
        pass
    usual = (name for name in USUAL_FOLDERS if (home / name).is_dir())
    return next((f"~/{name}" for name in usual), "")
