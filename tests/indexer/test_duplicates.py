"""Which of several copies is kept, in whatever order processes deliver them."""

from __future__ import annotations

from itertools import permutations

import pytest

from backstory.engine.documents import Document, FileState
from backstory.indexer.duplicates import Deduplicator, duplicate_of


def state(name: str) -> FileState:
    return FileState(f"{name}.txt", 1, 1, 1)


def outcome(duplicates: Deduplicator, names: tuple[str, ...]) -> tuple[set[str], dict[str, str]]:
    """Settle documents that are alike; return the kept ones, and whose copy each other one is."""
    kept, skipped = set(names), {}
    for name in names:
        settled = duplicates.settle(
            Document(name, name, path=f"{name}.txt", sha256="same"), state(name)
        )
        if settled is not None:
            left_out, told = settled
            kept.discard(left_out)
            skipped.update({each.path: duplicate_of(each) for each in told})
    return kept, skipped


@pytest.mark.parametrize("names", [*permutations(("a", "b", "c", "d"))], ids="".join)
def test_copies_name_the_one_that_is_kept_in_the_end(names: tuple[str, ...]) -> None:
    assert outcome(Deduplicator({}, {}), names) == (
        {"a"},
        dict.fromkeys(["b.txt", "c.txt", "d.txt"], "a"),
    )


@pytest.mark.parametrize("names", [*permutations(("a", "b", "c"))], ids="".join)
def test_what_is_indexed_already_is_kept(names: tuple[str, ...]) -> None:
    duplicates = Deduplicator({}, {"b": "same", "c": "other"})
    assert outcome(duplicates, names) == ({"b"}, {"a.txt": "b", "c.txt": "b"})


def test_what_stays_as_it_is_beats_all() -> None:
    duplicates = Deduplicator({"z": "same"}, {"z": "same"})
    assert outcome(duplicates, ("a", "b")) == (set(), {"a.txt": "z", "b.txt": "z"})
