"""What pages and /healthz say while searching works and something else does not.

Pages of errors say nothing of it: a refusal asks the index nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from backstory.engine.characters import visible
from backstory.engine.outcomes import retained
from backstory.searcher import Searcher
from backstory.webui.settings import WebConfig

Health = Callable[[], str | None]


class Notices:
    """Tells what keeps the index from being what the corpus is."""

    def __init__(
        self, config: WebConfig, searcher: Searcher, watching: Health | None = None
    ) -> None:
        self._config, self._searcher, self._watching = config, searcher, watching

    def __call__(self) -> tuple[str, ...]:
        """Return the notices of this moment as sentences that name no folder of the server."""
        return tuple(without_places(each, self._config) for each in self._all())

    def _all(self) -> Iterator[str]:
        try:
            remark = retained(self._searcher.skipped())
        except Exception:  # what shows the index says itself what is wrong with it
            remark = None
        if remark:
            yield f"{remark.sentence}."
        trouble = self._watching() if self._watching else None
        if trouble:
            yield f"The index does not follow the corpus. {trouble}"


def without_places(reason: str, config: WebConfig) -> str:
    """Return a reason that names no folder of the server."""
    shown = visible(reason)
    for name, path in (("corpus", config.corpus_path), ("index", config.index_path)):
        for place in sorted({str(path), str(path.absolute()), str(path.resolve())}, key=len)[::-1]:
            shown = shown.replace(place, f"({name})") if place.startswith("/") else shown
    return shown
