"""The columns: what is written of any documents is what is read of them."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.documents import Document, FileState
from backstory.engine.fields import FIELDS
from backstory.engine.indexes.embedded.columns import (
    FACTS,
    Columns,
    Facts,
    Row,
    write_columns,
)

# Names of files that are not UTF-8 reach the columns as lone surrogates.
texts = st.text(st.sampled_from('ab é\n"\udcff\U0001f600'), max_size=4)
# A file may be older than 1970, and inodes of network file systems take all 64 bits.
times = st.integers(-(2**63), 2**63 - 1)
states = st.builds(
    FileState,
    path=texts,
    size=st.integers(0, 2**40),
    mtime_ns=times,
    inode=st.integers(0, 2**64 - 1),
    sidecar=st.none() | st.tuples(st.integers(0, 9), times),
)
documents = st.builds(
    Document,
    id=texts,
    title=texts,
    source=texts,
    author=texts,
    date=st.sampled_from(["", "2018", "2018-09-08"]),
    language=st.sampled_from(["en", "es"]),
    kind=texts,
    tags=st.lists(texts, max_size=3).map(tuple),
    sha256=texts,
)


facts = st.tuples(*(st.lists(texts, max_size=3, unique=True).map(tuple) for _ in FACTS))


@given(st.lists(st.tuples(documents, states), max_size=300), st.lists(facts, max_size=300))
def test_columns_hold_what_was_written(
    scratch: Path, held: list[tuple[Document, FileState]], of_entries: list[Facts]
) -> None:
    path = scratch / "columns"
    path.unlink(missing_ok=True)
    rows = [Row.of(document, file) for document, file in held]
    write_columns(path, rows, of_entries)
    columns = Columns(path)

    assert columns.rows() == rows
    assert list(columns.files()) == [(file, d.id, d.sha256) for d, file in held]
    for name in FIELDS.columns:
        codes, values = columns.coded(name)
        assert [values[code] for code in codes] == [getattr(d, name) for d, _ in held]
        assert len(values) == len(set(values))
    assert columns.facts() == of_entries
    for at, name in enumerate(FACTS):
        start, numbers, spread = columns.spread(name)
        found = [tuple(map(spread.__getitem__, numbers[a:b])) for a, b in pairwise(start)]
        assert found == [entry[at] for entry in of_entries]
    columns.close()
