"""One system that answers questions and times itself, run by the Python of its own checkout.

    python bench/answerer.py backstory INDEX    # or tantivy and its folder; see `Dialogue`

Backstory may be an older one, so nothing is used here but what each of them has. It ranks with
NumPy, also where that has to be asked for, and settings of ranking that it lacks are left alone.
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

from peers import open_peer
from processes import converse

OURS = "backstory"
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
            case "bm25":
                return self._bm25
            case "pages":
                return partial(self._page, headers=WITH_GZIP)
            case _:
                raise ValueError(f"nothing is asked for {how}")

    def links(self, path: str) -> list[str]:
        """Return the documents that a page of hits leads to."""
        return [unescape(link) for link in LINK.findall(self._page(path).decode())]

    @cached_property
    def _plain(self) -> Ask:
        return self._open(**self._off("feedback")).search  # type: ignore[no-any-return]

    @cached_property
    def _bm25(self) -> Ask:
        return self._open(**self._off("feedback", "heading")).search  # type: ignore[no-any-return]

    @cached_property
    def _client(self) -> Any:
        archive = self._open()
        web = f"{OURS}.webui" if find_spec(f"{OURS}.webui") else "webui"
        gc.set_threshold(SELDOM, *gc.get_threshold()[1:])
        return import_module(web).create_app(archive.config, archive.searcher).test_client()

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

    def _off(self, *names: str) -> dict[str, int]:
        ranking = getattr(import_module(OURS).open(self._folder).config, "ranking", None)
        return {f"ranking__{name}": 0 for name in names if hasattr(ranking, name)}


class Tantivy:
    """tantivy, with the extracts of its SnippetGenerator."""

    def __init__(self, folder: Path) -> None:
        self._peer = open_peer("tantivy", folder)

    def ask(self, how: str) -> Ask:
        """Return what answers a text; it has nothing but words."""
        if how != "words":
            raise ValueError(f"tantivy is not asked for {how}")
        return self._peer.search


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
    system: Any = Backstory(folder) if name == OURS else Tantivy(folder)

    def answer(what: str, *rest: Any) -> Any:
        if what == "times":
            how, texts = rest
            return milliseconds(system.ask(how), texts)
        return getattr(system, what)(*rest)

    converse(answer)


if __name__ == "__main__":
    main()
