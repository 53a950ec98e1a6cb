"""Counting documents and dates: by bit sets or one by one, with the same result as a plain loop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.backends.whoosh import tally
from backstory.engine.documents import IndexedDocument
from backstory.engine.query import Bag, Exact
from backstory.engine.ranking import BM25

DATES = ("", "1987", "1987-03", "2018-03-13", "2018-09-01")
documents = st.lists(
    st.tuples(st.sampled_from(DATES), st.lists(st.booleans(), min_size=1, max_size=6)),
    min_size=1,
    max_size=12,
)
LIMITS = {
    "bit sets": {},
    "one by one": {"MOST_VALUES": 0},
}


@pytest.mark.parametrize("limits", LIMITS.values(), ids=LIMITS.keys())
@given(st.lists(documents, min_size=1, max_size=3), st.sets(st.integers(0, 35), max_size=4))
def test_documents_and_dates_are_those_of_the_passages_that_match(
    new_backend: Callable[[str], Any],
    document: Callable[..., IndexedDocument],
    limits: dict[str, int],
    segments: list[list[tuple[str, list[bool]]]],
    gone: set[int],
) -> None:
    backend, live = new_backend("whoosh"), {}
    for segment in segments:
        writer = backend.writer()
        for date, hits in segment:
            name = f"d{len(live)}"
            writer.add([document(name, *("sea" if hit else "land" for hit in hits), date=date)])
            live[name] = date, hits
        writer.commit()
        writer.close()
    writer = backend.writer()
    for number in gone:
        if live.pop(f"d{number}", None):
            writer.delete(f"d{number}")
    writer.commit()
    writer.close()
    query = Bag((Exact("sea", "sea"), Exact("lake", "lake")))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in limits.items():
            patch.setattr(tally, name, value)
        found = backend.reader().search(query, BM25(), offset=0, limit=99, facets=("source",))

    matching = {name: [n for n, hit in enumerate(h, 1) if hit] for name, (_, h) in live.items()}
    dates = Counter(dict.fromkeys(DATES, 0))
    for name, numbers in matching.items():
        dates[live[name][0]] += len(numbers)
    assert found.documents == sum(map(bool, matching.values()))
    assert list(found.dates.items()) == [(d, dates[d]) for d in DATES if d and dates[d]]
    assert {name: list(places.numbers) for name, places in found.places.items()} == {
        name: numbers for name, numbers in matching.items() if numbers
    }
