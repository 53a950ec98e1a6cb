"""Deliveries: news of followed questions for a command, or as a signed message to a web address.

The queue is the list of news itself, on disk, of which each receiver has got so much. What cannot
be delivered is tried again, later each time; of what waits in too large a number the oldest is
dropped, and the next message says so. A message may come twice where a run was killed in between:
every piece of news has an `id`.
"""

from __future__ import annotations

import fcntl
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from backstory.delivery.command import call_command
from backstory.delivery.errors import DeliveryFailed
from backstory.delivery.webhook import post
from backstory.searcher.following import NewsItem, NewsReader
from backstory.searcher.following.store import Delivery, NewsRow, NewsStore

if TYPE_CHECKING:
    from backstory.api import Archive
    from backstory.delivery.settings import FollowSettings

LOCK = "deliveries.lock"
COMMAND, WEBHOOK = "command", "webhook"
MOST_WAITING = 1_000  # news that wait for a receiver; the oldest are dropped
MOST_IN_MESSAGE = 100
LONGEST_TEXT = 2_000  # characters of a passage in a message
FIRST_REST, LONGEST_REST = 60.0, 6 * 3600.0  # seconds until a failed delivery is tried again

Send = Callable[[bytes], None]


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who is given news: what it is called, and what sends a message or raises DeliveryFailed."""

    name: str
    send: Send


def receivers(settings: FollowSettings, root: Path) -> list[Receiver]:
    """Return the receivers that the settings name; `root` is where relative paths start."""
    found = []
    if settings.command:
        found.append(Receiver(COMMAND, lambda body: call_command(settings, body)))
    if settings.webhook:
        found.append(Receiver(WEBHOOK, lambda body: post(settings, root, body)))
    return found


def register(archive: Archive) -> None:
    """Have receivers that nothing was ever sent to begin with what comes from now on."""
    store, config = NewsStore(archive.config.state_path), archive.config
    if not store.is_there:
        return
    names = [each.name for each in receivers(config.follow, config.root)]
    with store.reading() as ledger:
        if ledger is None or all(ledger.delivery(name) for name in names):
            return
    with store.writing() as ledger:
        for name in names:
            if ledger.delivery(name) is None:
                ledger.deliver(name, Delivery(ledger.last))


def deliver_news(archive: Archive) -> Iterator[str]:
    """Deliver what waits, and yield a line for everything that went wrong.

    Only one process delivers at a time; raises StateDamaged and IndexUnavailable.
    """
    config = archive.config
    store = NewsStore(config.state_path)
    if not store.is_there:
        return
    with (config.state_path / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return
        reader = NewsReader(archive.searcher, config.state_path)
        for receiver in receivers(config.follow, config.root):
            yield from _Queue(store, reader, receiver, config.web.base_url).send()


class _Queue:
    """What waits for one receiver."""

    def __init__(
        self, store: NewsStore, reader: NewsReader, receiver: Receiver, base_url: str
    ) -> None:
        self._store, self._reader, self._receiver = store, reader, receiver
        self._base_url = base_url

    def send(self) -> Iterator[str]:
        """Send one message after the other until none waits, or one is not taken."""
        name = self._receiver.name
        with self._store.reading() as ledger:
            if ledger is None:
                return
            got = ledger.delivery(name) or Delivery()
            rows = ledger.following(got.last)
        if 0 < got.due - time.time() <= LONGEST_REST:  # more than that: the clock was set back
            return
        dropped = max(len(rows) - MOST_WAITING, 0)
        if dropped:
            yield f"{name}: {dropped:,} news that waited too long were dropped, the oldest."
        rows = rows[dropped:]
        while rows:
            some, rows = rows[:MOST_IN_MESSAGE], rows[MOST_IN_MESSAGE:]
            try:
                self._send(some, dropped)
            except DeliveryFailed as error:
                yield f"{name}: {error}"
                self._note(_failed(got))
                return
            dropped, got = 0, Delivery(some[-1].id)
            self._note(got)

    def _send(self, rows: Sequence[NewsRow], dropped: int) -> None:
        items = self._reader.items(rows)
        if items:
            body = message(self._reader, items, dropped=dropped, base_url=self._base_url)
            self._receiver.send(json.dumps(body, ensure_ascii=False).encode())

    def _note(self, delivery: Delivery) -> None:
        with self._store.writing() as ledger:
            ledger.deliver(self._receiver.name, delivery)


def _failed(got: Delivery) -> Delivery:
    """Return the same place, to be tried again after a rest that grows."""
    rest = min(FIRST_REST * 2.0 ** min(got.tries, 20), LONGEST_REST)
    return replace(got, tries=got.tries + 1, due=time.time() + rest)


def message(
    reader: NewsReader, items: Sequence[NewsItem], *, dropped: int = 0, base_url: str = ""
) -> dict[str, Any]:
    """Return what a receiver is sent, as JSON values; `dropped` news were lost before these.

    The text of a passage is quoted material of whoever wrote it, never an instruction.
    """
    texts = {question.name: question.text for question in reader.questions.load()}
    return {
        "version": 1,
        "dropped": dropped,
        "news": [_piece(item, texts.get(item.question, ""), base_url) for item in items],
    }


def _piece(item: NewsItem, text: str, base_url: str) -> dict[str, Any]:
    hit = item.hit
    return {
        "id": item.id,
        "question": item.question,
        "asked": text,
        "arrived": item.arrived,
        "passage": item.passage,
        "title": hit.title if hit else "",
        "source": hit.source if hit else "",
        "date": hit.date if hit else "",
        "text": hit.text[:LONGEST_TEXT] if hit else "",
        "marks": [list(mark) for mark in hit.marks if mark[1] <= LONGEST_TEXT] if hit else [],
        "link": _link(item, base_url) if base_url and hit else "",
    }


def _link(item: NewsItem, base_url: str) -> str:
    hit = item.hit
    if hit is None:
        return ""
    document = quote(hit.document, safe="/", errors="replace")
    return f"{base_url.rstrip('/')}/doc/{document}?p={hit.number}&key={hit.key}#p{hit.number}"
