"""One system that answers questions and times itself, run by the Python of its own checkout.

    python bench/answerer.py backstory INDEX    # or the name of a peer and its folder

It is the other side of a `Dialogue`. Backstory may be an older one, so nothing is used here but
what each of them has. An older one ranks with NumPy and by BM25 alone, as those do that came after.
"""

from __future__ import annotations

import gc
import re
import sys
import time
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from html import unescape
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from memory import resident
from peers import open_peer
from processes import converse

OURS = "backstory"
NOT_BM25 = ("feedback", "heading")  # settings of older ones
WITH_GZIP = {"Accept-Encoding": "gzip"}
LINK = re.compile(r'href="(/doc/[^"#]+)')
SELDOM = 20_000  # objects between two looks for cycles, as `backstory serve` has it
Ask = Callable[..., object]


class Backstory:
    """One index, asked as each measurement wants it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def ask(self, how: str) -> Ask:
        """Return what answers a text, or for pages a path."""
        match how:
            case "words":
                return self._plain
            case "facets":
                return partial(self._plain, facets=True)
            case "pages":
                return partial(self._page, headers=WITH_GZIP)
            case _:
                raise ValueError(f"nothing is asked for {how}")

    def links(self, path: str) -> list[str]:
        """Return the documents that a page of hits leads to."""
        return [unescape(link) for link in LINK.findall(self._page(path).decode())]

    def totals(self, texts: Sequence[str]) -> list[tuple[int, int]]:
        """Return how many passages each text finds, and how many of them with all the words."""
        results = [self._plain(text) for text in texts]
        return [(result.total, result.all_words) for result in results]

    @cached_property
    def _plain(self) -> Callable[..., Any]:
        ranking = getattr(import_module(OURS).open(self._folder).config, "ranking", None)
        off = {f"ranking__{name}": 0 for name in NOT_BM25 if hasattr(ranking, name)}
        search: Callable[..., Any] = self._open(**off).search
        return search

    @cached_property
    def _client(self) -> Any:
        archive = self._open()
        web = f"{OURS}.webui" if find_spec(f"{OURS}.webui") else "webui"
        gc.set_threshold(SELDOM, *gc.get_threshold()[1:])
        create_app = import_module(f"{web}.app").create_app
        return create_app(archive.config, archive.searcher).test_client()

    def _page(self, path: str, headers: dict[str, str] | None = None) -> bytes:
        response = self._client.get(path, headers=headers or {})
        body: bytes = response.get_data()
        if response.status_code != 200:
            raise RuntimeError(f"{path} has status {response.status_code}")
        return body

    def _open(self, **settings: int) -> Any:
        archive = import_module(OURS).open(self._folder, **settings)
        if hasattr(archive, "use_numpy") and not archive.use_numpy():
            raise RuntimeError(f"{sys.executable} has no NumPy")
        return archive


class Peer:
    """Another search engine, with its own extracts and marks, or without them."""

    def __init__(self, name: str, folder: Path) -> None:
        self._peer = open_peer(name, folder)

    def ask(self, how: str) -> Ask:
        """Return what answers a text."""
        match how:
            case "words":
                return partial(self._peer.search, marks=True)
            case "plain":
                return partial(self._peer.search, marks=False)
            case _:
                raise ValueError(f"no peer is asked for {how}")


def milliseconds(ask: Ask, texts: Sequence[str]) -> list[float]:
    """Ask the texts one after the other; return the processor time of each."""
    times = []
    for text in texts:
        began = time.process_time()
        ask(text)
        times.append((time.process_time() - began) * 1000)
    return times


def main() -> None:
    """Answer what stdin asks, until it ends."""
    name, folder = sys.argv[1], Path(sys.argv[2])
    system: Any = Backstory(folder) if name == OURS else Peer(name, folder)

    def answer(what: str, *rest: Any) -> Any:
        match what:
            case "times":
                how, texts = rest
                return milliseconds(system.ask(how), texts)
            case "memory":
                return resident()
            case _:
                return getattr(system, what)(*rest)

    converse(answer)


if __name__ == "__main__":
    main()
