"""Followed questions around a run of the indexer: what it brought is matched, told and delivered.

The run itself knows nothing of it. What was there is noted before, and compared after; whatever
goes wrong is told and never ends or delays a run. Where no question is followed, it costs a look
whether there is a file.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from backstory.engine.errors import BackstoryError

if TYPE_CHECKING:
    from backstory.api import Archive

Tell = Callable[[str], None]
FILES = ("followed.json", "news.sqlite3")
RETRY_EVERY = 60.0  # seconds between looks whether something waits to be delivered again

_log = logging.getLogger(__name__)


def ignore(line: str) -> None:
    """Tell nobody."""


@contextmanager
def following(archive: Archive, tell: Tell = ignore) -> Iterator[None]:
    """Match what a run commits, tell what is new, and deliver it when the run is over.

    What an interrupted run has committed is found by the next one.
    """
    look(archive, tell)
    try:
        yield
    except Exception:  # such as removals that were refused, when all else is committed
        look(archive, tell, is_after=True)
        raise
    look(archive, tell, is_after=True)
    deliver(archive, tell)


def look(archive: Archive, tell: Tell = ignore, *, is_after: bool = False) -> int:
    """Match what was committed since the last look; return how much is new."""
    state = archive.config.state_path
    if not any((state / name).exists() for name in FILES):
        return 0
    from backstory.searcher.following import catch_up

    try:
        matched = catch_up(archive.searcher, state)
        if not is_after:
            _register(archive)
    except Exception as error:  # whatever it is, the index is in order
        _complain(error, tell)
        return 0
    if matched.total:
        tell(f"News: {listed(matched.news)}. See them: backstory news")
    return matched.total


def listed(news: Mapping[str, int]) -> str:
    """Return how much is new for which questions, most first."""
    most = sorted(news.items(), key=lambda each: (-each[1], each[0]))
    shown = ", ".join(f"{count:,} for {name}" for name, count in most[:5])
    more = f" and {len(most) - 5:,} more questions" if len(most) > 5 else ""
    return shown + more


def deliver(archive: Archive, tell: Tell = ignore) -> None:
    """Deliver news to the command and the webhook that the settings name, if any do."""
    if not _receives(archive):
        return
    from backstory.delivery.queue import deliver_news

    try:
        for line in deliver_news(archive):
            tell(line)
    except Exception as error:
        _complain(error, tell)


def _receives(archive: Archive) -> bool:
    settings = archive.config.follow
    return bool(settings.command or settings.webhook)


def _register(archive: Archive) -> None:
    """Have a receiver that is new get what comes from now on, and not all that is kept."""
    if _receives(archive):
        from backstory.delivery.queue import register

        register(archive)


def _complain(error: Exception, tell: Tell) -> None:
    if not isinstance(error, BackstoryError):
        _log.debug("Followed questions failed", exc_info=True)
        error = BackstoryError(f"{type(error).__name__}: {error}.", "The next run tries again.")
    tell(f"Followed questions: {error}")


class WatchFollower:
    """Follows the runs of a watching: matches after each, and delivers in a thread of its own."""

    def __init__(self, archive: Archive, tell: Tell) -> None:
        self._archive, self._tell = archive, tell
        self._woken = threading.Event()
        look(archive, tell)
        if _receives(archive):
            threading.Thread(target=self._deliver, daemon=True).start()

    def look(self) -> None:
        """Match what a run has committed."""
        if look(self._archive, self._tell, is_after=True):
            self._woken.set()

    def _deliver(self) -> None:
        while True:
            deliver(self._archive, self._tell)
            self._woken.wait(RETRY_EVERY)
            self._woken.clear()
