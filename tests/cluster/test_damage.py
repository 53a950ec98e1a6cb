"""A control entry that cannot be read: readers are told, and the index can be rebuilt."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from backstory.engine.errors import BackstoryError, IndexBusy, IndexDamaged, IndexOutdated
from backstory.engine.indexes.opensearch import OpenSearchIndex
from tests.cluster.commits import assert_is, commit, epochs

Change = Callable[[dict[str, Any]], str]

DAMAGES: dict[str, tuple[type[BackstoryError], Change]] = {
    "garbled": (IndexDamaged, lambda record: json.dumps(record)[:40]),
    "empty": (IndexDamaged, lambda record: ""),
    "unknown field": (IndexDamaged, lambda record: json.dumps({**record, "unknown": 1})),
    "other format": (IndexOutdated, lambda record: json.dumps({**record, "format": 99})),
    "list": (IndexDamaged, lambda record: "[]"),
}


def record_of(index: OpenSearchIndex) -> dict[str, Any]:
    seen = index._connect()[1].read()
    assert seen
    return seen.state.to_json()


def overwrite(index: OpenSearchIndex, text: str) -> None:
    """Replace the control entry."""
    path = f"/{index._settings.index}-control/_doc/commit"
    index._connect()[0].request("PUT", path, {"state": text})


@pytest.mark.parametrize("damage", DAMAGES)
def test_index_is_rebuilt_over_what_cannot_be_read(index: OpenSearchIndex, damage: str) -> None:
    error, change = DAMAGES[damage]
    before = record_of(index)
    overwrite(index, change(before))
    with pytest.raises(error):
        index.open()
    with pytest.raises(error):
        index.writer()
    index.writer(rebuild=True).close()
    with pytest.raises(IndexOutdated):  # still to be rebuilt
        index.open()
    with pytest.raises(IndexOutdated):
        index.writer()
    commit(index, 2, rebuild=True)
    assert_is(index, 2)
    after = record_of(index)
    assert after["epoch"] > max(before["generation"], before["reserved"], *before["aborted"])
    assert len(epochs(index)) == 2, "the one before is kept for a while"
    commit(index, 3)
    assert_is(index, 3)


@pytest.mark.parametrize("damage", ["unknown field", "other format"])
def test_writer_is_waited_for_whatever_the_entry_is(index: OpenSearchIndex, damage: str) -> None:
    writer = index.writer()
    overwrite(index, DAMAGES[damage][1](record_of(index)))
    with pytest.raises(IndexBusy):
        index.writer(rebuild=True)
    writer.close()
