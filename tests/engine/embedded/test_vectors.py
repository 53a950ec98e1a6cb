"""Vectors on disk: a large index is searched by sign bits, and merges copy what is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backstory.engine.documents import IndexedDocument
from backstory.engine.embeddings import MOST_DIMENSIONS, Rows, cosines, quantized
from backstory.engine.errors import IndexDamaged
from backstory.engine.indexes.contract import Index
from backstory.engine.indexes.embedded import EmbeddedIndex
from backstory.engine.indexes.embedded.vectors import (
    COMPARED,
    SegmentVectors,
    VectorReader,
    sign_bits,
    write_vectors,
)
from backstory.engine.query import All
from backstory.engine.ranking import BM25
from backstory.testing.embedding import ANY, embed, vector_of

Make = Callable[..., IndexedDocument]
Fill = Callable[..., Index]


def random_rows(size: int, dimensions: int, seed: int = 1) -> Rows:
    """Return random vectors around a hundred directions, as texts of some topics have."""
    random = np.random.default_rng(seed)
    topics = random.normal(size=(100, dimensions))
    vectors = topics[random.integers(0, 100, size)] + random.normal(size=(size, dimensions))
    return quantized(vectors.astype(np.float32))


def reader_of(path: Path, rows: Rows, live: Any = None) -> VectorReader:
    """Return a reader of vectors, in two segments, of all entries."""
    half = len(rows) // 3
    write_vectors(path / "a", np.arange(half), rows[:half])
    write_vectors(path / "b", np.arange(len(rows) - half), rows[half:])
    segments = [SegmentVectors(path / name) for name in "ab"]
    return VectorReader(segments, [0, half], np.ones(len(rows), bool) if live is None else live)


@pytest.mark.parametrize("dimensions", [64, 72, 384])
def test_nearest_of_many_are_found_by_their_sign_bits(tmp_path: Path, dimensions: int) -> None:
    rows = random_rows(5 * COMPARED, dimensions)
    reader = reader_of(tmp_path, rows)
    noise = random_rows(100, dimensions, seed=2) // 4
    for n, question in enumerate(rows[:100] // 2 + noise):
        exact = cosines(question[None], rows)
        entries, found = reader.nearest(question[None], 10, None)
        assert len(entries) < len(rows) / 2, "not all are compared"
        assert np.array_equal(found, exact[entries]), "what is compared is compared as it is"
        assert n in entries, "it is nearest to what it was made of"
        assert abs(reader.median(question[None]) - np.median(exact)) < 0.02


def test_what_is_deleted_or_asked_away_is_not_found(tmp_path: Path) -> None:
    rows = random_rows(12 * COMPARED, 64)
    live = np.arange(len(rows)) % 2 == 0
    within = np.arange(len(rows)) % 3 == 0
    entries, _ = reader_of(tmp_path, rows, live).nearest(rows[:1], 50, within)

    assert len(entries) >= 50
    assert not (entries % 6).any()


def test_sums_of_the_longest_vectors_are_exact() -> None:
    rows = np.full((2, MOST_DIMENSIONS), 127, np.int8)
    rows[1, 0] = 126
    exact = (127 * 127 * (MOST_DIMENSIONS - 1) + 127 * 126) / np.sqrt(
        127 * 127 * MOST_DIMENSIONS * (127 * 127 * (MOST_DIMENSIONS - 1) + 126 * 126)
    )
    assert cosines(rows[:1], rows).tolist() == pytest.approx([1, exact], abs=1e-15)


def test_sign_bits_of_any_width_are_whole_numbers_of_64() -> None:
    rows = random_rows(3, 72)
    bits = np.unpackbits(sign_bits(rows).T.copy().view(np.uint8), axis=1, bitorder="little")

    assert np.array_equal(bits[:, :72], rows > 0)
    assert not bits[:, 72:].any()


def test_merges_copy_vectors(new_index: Callable[[str], Any], document: Make, fill: Fill) -> None:
    embedded, reference = new_index("embedded"), new_index("reference")
    for n in range(30):
        for index in (embedded, reference):
            fill(index, document(f"d{n % 19}", f"radio {n}", f"order {n}"))
            if n % 2:
                embed(index, ANY)
    one, other = embedded.open(), reference.open()
    question = vector_of("radio 3", ANY.dimensions)
    near, owed = one.nearest(question, k=50), other.nearest(question, k=50)

    assert one.embedding == other.embedding
    assert (near.cosines, near.median) == (owed.cosines, owed.median)
    assert [p for _, p in one.read(near.ids)] == [p for _, p in other.read(owed.ids)]
    assert list(embedded.check(deep=True)) == []
    files = list(embedded.folder.glob("*.vectors-*")) + list(embedded.folder.glob("*.vectors"))
    assert 0 < len(files) <= 9, "no file of vectors that were written anew is left"


def test_damage_among_the_vectors_is_never_an_answer(
    tmp_path: Path, document: Make, fill: Fill
) -> None:
    index = EmbeddedIndex(tmp_path / "index")
    fill(index, *(document(f"d{n}", f"radio {n}") for n in range(50)))
    embed(index, ANY)
    (path,) = index.folder.glob("*.vectors-*")
    data = bytearray(path.read_bytes())
    data[300] ^= 1
    path.write_bytes(data)
    index.close()

    assert len(index.open().retrieve(All(), BM25(), k=3).top) == 3, "words need no vectors"
    with pytest.raises(IndexDamaged):
        index.open().nearest(vector_of("radio 3", ANY.dimensions), k=3)
    assert [problem.file for problem in index.check()] == [path.name]


def test_vectors_that_contradict_themselves_are_found_by_a_deep_check(
    tmp_path: Path, document: Make, fill: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = EmbeddedIndex(tmp_path / "index")
    fill(index, document("a", "radio", "order"))
    monkeypatch.setattr(
        "backstory.engine.indexes.embedded.vectors.sign_bits", lambda rows: ~sign_bits(rows)
    )
    embed(index, ANY)
    monkeypatch.undo()

    assert list(index.check()) == []
    assert ["vectors" in problem.problem for problem in index.check(deep=True)] == [True]
