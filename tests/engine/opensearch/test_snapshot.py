"""What a snapshot keeps, and which commit is opened, where that can be seen without a cluster."""

from __future__ import annotations

import pytest

from backstory.engine.candidates import Candidate
from backstory.engine.errors import IndexUnavailable
from backstory.engine.indexes.opensearch import OpenSearchIndex, snapshot
from backstory.engine.indexes.opensearch.control import Control, Seen, State
from backstory.engine.indexes.opensearch.snapshot import HitList
from backstory.engine.settings import OpenSearchSettings

SETTINGS = OpenSearchSettings(timeout=0.4)


def states(monkeypatch: pytest.MonkeyPatch, *generations: int) -> OpenSearchIndex:
    """Return an index whose control entry says each of some commits in turn, the last for ever."""
    waiting = [State(generation=each, committed=f"at {each}") for each in generations]

    def read(control: Control) -> Seen:
        return Seen(waiting.pop(0) if len(waiting) > 1 else waiting[0], None)

    monkeypatch.setattr(Control, "read", read)
    return OpenSearchIndex(SETTINGS)


def test_reader_never_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    index = states(monkeypatch, 6, 5, 5, 6, 7)
    sixth = index.open()
    assert index.open() is sixth, "a machine that slept said 5, twice"
    assert index.open().statistics.generation == 7


def test_machine_that_stays_behind_is_an_error_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    index = states(monkeypatch, 6, 5)
    index.open()
    with pytest.raises(IndexUnavailable, match="has not seen the newest commits"):
        index.open()


def listed(count: int) -> HitList:
    return HitList((Candidate(("a", n), 1.0, True) for n in range(count)), lambda: (count, count))


def numbers(hits: HitList, start: int, end: int) -> list[int] | None:
    page = hits.page(start, end)
    return None if page is None else [candidate.id[1] for candidate in page[0]]  # type: ignore[index]


def test_only_the_last_hits_of_a_list_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "MOST_KEPT", 4)
    hits = listed(20)
    assert numbers(hits, 0, 6) == [*range(6)], "a page may be larger"
    assert numbers(hits, 6, 8) == [6, 7]
    assert numbers(hits, 4, 6) == [4, 5]
    assert numbers(hits, 3, 5) is None
    assert numbers(hits, 18, 30) == [18, 19]
