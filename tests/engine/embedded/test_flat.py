"""Flat files: what is written is what is read, and what is damaged is refused by name."""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.errors import IndexDamaged
from backstory.engine.indexes.embedded.arrays import distinct, narrowed, runs, where_in
from backstory.engine.indexes.embedded.flat.entries import Entries, write_entries
from backstory.engine.indexes.embedded.flat.flatfile import BLOCK, FlatFile, FlatWriter
from backstory.engine.indexes.embedded.flat.terms import (
    Field,
    InvertedField,
    decoded_term,
    encoded_term,
)
from backstory.engine.indexes.embedded.schema import DOCUMENT_ENTRY
from backstory.engine.indexes.embedded.segments import SegmentState, load_deleted, save_deleted


@pytest.fixture(scope="module")
def place(scratch: Path) -> Iterator[Path]:
    """Where a test writes one file after the other."""
    path = scratch / "flat"
    yield path
    path.unlink(missing_ok=True)


# Files of sections


def typed(code: str) -> st.SearchStrategy[Any]:
    """Arrays of one type."""
    limits = np.iinfo(code)
    numbers = st.integers(int(limits.min), int(limits.max))
    return st.lists(numbers, max_size=9).map(lambda values: np.array(values, code))


TYPES = ("u1", "u2", "u4", "u8", "i8")
sections = st.dictionaries(
    st.text(max_size=12).filter(lambda name: name != "checksums"),
    st.one_of(st.binary(max_size=40), *map(typed, TYPES)),
    max_size=6,
)


@given(sections)
def test_sections_come_back_as_they_were_written(place: Path, written: dict[str, Any]) -> None:
    with FlatWriter(place) as writer:
        for name, values in written.items():
            writer.add(name, values)
    file = FlatFile(place)
    for name, values in written.items():
        assert name in file
        assert file.section(name).tolist() == list(values)
        assert file.array(name).dtype == getattr(values, "dtype", np.uint8)
    assert file.damaged_blocks() == []


def test_section_that_is_not_there_is_an_empty_one(place: Path) -> None:
    with FlatWriter(place) as writer:
        writer.add("numbers", np.arange(3, dtype=np.uint32))
    file = FlatFile(place)

    assert "a column of a later version" not in file
    assert len(file.array("a column of a later version")) == 0


def test_section_may_be_written_in_parts(place: Path) -> None:
    writer = FlatWriter(place)
    start = writer.begin()
    for part in (b"four", b"five"):
        writer.write(part)
    writer.end("slow", start)
    writer.close()
    writer.close()

    assert bytes(FlatFile(place).section("slow")) == b"fourfive"


def test_view_outlives_its_file(place: Path) -> None:
    with FlatWriter(place) as writer:
        writer.add("numbers", np.arange(5000, dtype=np.uint32))
    file = FlatFile(place)
    view = file.array("numbers")[4000:]
    file.close()
    place.unlink()

    assert view[-1] == 4999
    with pytest.raises(ValueError, match="read-only"):
        view[0] = 1


@pytest.mark.parametrize("size", [0, 1, BLOCK - 16, BLOCK - 15, BLOCK, 3 * BLOCK + 5])
def test_damage_is_told_by_its_block(place: Path, size: int) -> None:
    with FlatWriter(place) as writer:
        writer.add("bytes", bytes(size))
    data = place.read_bytes()
    for at in {16, 16 + size // 2, 16 + size - 1}:
        if 16 <= at < 16 + size:
            place.unlink()  # readers have it mapped
            place.write_bytes(flipped(data, at))
            assert FlatFile(place).damaged_blocks() == [at // BLOCK * BLOCK]


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def directory_of(data: bytes) -> int:
    """Return where the directory starts."""
    start: int = struct.unpack_from("<Q", data, len(data) - 16)[0]
    return start


DAMAGES = {
    "magic": lambda data: flipped(data, 0),
    "version": lambda data: flipped(data, 8),
    "byte order": lambda data: flipped(data, 12),
    "directory": lambda data: flipped(data, directory_of(data) + 3),
    "start of the directory": lambda data: flipped(data, len(data) - 16),
    "checksum": lambda data: flipped(data, len(data) - 8),
    "last byte": lambda data: flipped(data, len(data) - 1),
    "without its last byte": lambda data: data[:-1],
    "one byte more": lambda data: data + b"\0",
    "cut in half": lambda data: data[: len(data) // 2],
    "head alone": lambda data: data[:16],
    "nothing": lambda data: b"",
    "noise": lambda data: bytes(len(data)),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_file_is_refused_by_name(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "MAIN_x.terms"
    with FlatWriter(path) as writer:
        writer.add("numbers", np.arange(100, dtype=np.uint32))
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    with pytest.raises(IndexDamaged) as refused:
        FlatFile(path)

    assert refused.value.path == path
    assert str(path) in str(refused.value)


@given(st.data())
def test_no_flipped_bit_outside_the_sections_goes_unseen(place: Path, data: st.DataObject) -> None:
    with FlatWriter(place) as writer:
        writer.add("numbers", np.arange(20, dtype=np.uint32))
        writer.add("text", b"abc")
    raw = place.read_bytes()
    at = data.draw(st.one_of(st.integers(0, 15), st.integers(directory_of(raw), len(raw) - 1)))
    bit = 1 << data.draw(st.integers(0, 7))
    place.write_bytes(raw[:at] + bytes([raw[at] ^ bit]) + raw[at + 1 :])
    with pytest.raises(IndexDamaged):
        FlatFile(place)


@pytest.mark.parametrize(
    ("largest", "code"),
    [(0, "u1"), (255, "u1"), (256, "u2"), (65_535, "u2"), (65_536, "u4"), (2**32 - 1, "u4")],
)
def test_narrowest_type_that_holds_every_value_is_chosen(largest: int, code: str) -> None:
    found = narrowed(np.array([0, largest, 1]))

    assert found.tolist() == [0, largest, 1]
    assert found.dtype == code
    assert narrowed(np.array([], np.int64)).dtype == "u1"


numbers = st.lists(st.integers(0, 30), max_size=12, unique=True).map(sorted)


@given(st.lists(st.integers(-5, 1 << 40)))
def test_distinct_numbers_ascend(values: list[int]) -> None:
    assert distinct(np.array(values, np.int64)).tolist() == sorted(set(values))


@given(numbers, numbers)
def test_where_in_finds_what_both_have(held: list[int], wanted: list[int]) -> None:
    found, at = where_in(np.array(held, np.intp), np.array(wanted, np.intp))

    assert [wanted[n] for n in found] == [held[n] for n in at] == sorted({*held} & {*wanted})


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 5))))
def test_runs_follow_each_other(pairs: list[tuple[int, int]]) -> None:
    starts, lengths = (np.array([pair[n] for pair in pairs], np.intp) for n in (0, 1))

    wanted = [at for start, length in pairs for at in range(start, start + length)]
    assert runs(starts, lengths).tolist() == wanted


# Terms


@dataclass(frozen=True)
class Posting:
    """An entry and the positions in it."""

    entry: int
    positions: tuple[int, ...]


postings = st.dictionaries(
    st.integers(0, 299), st.sets(st.integers(0, 70_000), min_size=1, max_size=4), min_size=1
).map(lambda held: [Posting(entry, tuple(sorted(held[entry]))) for entry in sorted(held)])
fields = st.dictionaries(st.text(max_size=4), postings, max_size=12)


def open_field(place: Path, terms: dict[str, list[Posting]]) -> Field:
    """Write a field and read it."""
    texts = sorted(terms)
    rows = [posting for text in texts for posting in terms[text]]
    frequencies = np.array([len(posting.positions) for posting in rows], np.int64)
    field = InvertedField(
        texts,
        np.cumsum([0, *(len(terms[text]) for text in texts)]),
        np.array([posting.entry for posting in rows], np.int64),
        frequencies,
        np.cumsum([0, *frequencies]),
        np.array([at for posting in rows for at in posting.positions], np.int64),
    )
    with FlatWriter(place) as file:
        field.save("f", file)
    return Field(FlatFile(place), "f")


@given(fields)
def test_terms_come_back_with_their_postings(place: Path, terms: dict[str, Any]) -> None:
    field = open_field(place, terms)

    assert list(map(decoded_term, field.texts())) == sorted(terms)
    assert field.size == len(terms)
    for number, text in enumerate(sorted(terms)):
        held = terms[text]
        first, last = field.span(number)
        assert field.text(number) == encoded_term(text)
        assert field.ids[first:last].tolist() == [posting.entry for posting in held]
        counts = [len(posting.positions) for posting in held]
        assert field.frequencies[first:last].tolist() == counts
        found = [tuple(field.positions_of(at)) for at in range(first, last)]
        assert found == [posting.positions for posting in held]
        assert field.term_positions(first, last).tolist() == [p for ps in found for p in ps]


@given(fields, st.text(max_size=4))
def test_terms_are_found_as_in_a_sorted_list(
    place: Path, terms: dict[str, Any], wanted: str
) -> None:
    field, texts = open_field(place, terms), list(map(encoded_term, sorted(terms)))
    for text in (encoded_term(wanted), *texts):
        place_in_list = bisect_left(texts, text)
        assert field.at_or_after(text) == place_in_list
        assert field.find(text) == (place_in_list if text in texts else -1)
        assert list(field.texts(place_in_list)) == texts[place_in_list:]


@pytest.mark.parametrize(("most", "code"), [(255, "u1"), (256, "u2"), (70_000, "u4")])
def test_words_that_stand_very_often_are_counted_in_full(place: Path, most: int, code: str) -> None:
    field = open_field(place, {"the": [Posting(3, tuple(range(most))), Posting(9, (7,))]})

    assert field.frequencies.whole.dtype == code
    assert field.frequencies.whole.tolist() == [most, 1]
    assert field.positions_of(0) == list(range(most))
    assert field.positions_of(1) == [7]


def test_field_without_positions_keeps_its_postings(place: Path) -> None:
    with FlatWriter(place) as file:
        one = np.array([1])
        InvertedField(["id"], np.array([0, 1]), np.array([4]), one, None, None).save("f", file)
    field = Field(FlatFile(place), "f")

    assert field.ids.whole.tolist() == [4]
    assert field.positions_of(0) == []
    assert not field.has_positions


# Entries and deletions


@given(st.lists(st.tuples(st.sampled_from([DOCUMENT_ENTRY, 0, 1, 70_000]), st.binary(max_size=9))))
def test_entries_come_back(place: Path, written: list[tuple[int, bytes]]) -> None:
    lengths = np.array([length for length, _ in written], np.uint32)
    write_entries(place, lengths, (record for _, record in written))
    entries = Entries(FlatFile(place))

    records = map(entries.record, range(len(written)))
    assert [*zip(entries.lengths.tolist(), records, strict=True)] == written
    assert entries.document_entries.tolist() == [
        at for at, (n, _) in enumerate(written) if n == DOCUMENT_ENTRY
    ]


@given(st.integers(0, 200).flatmap(lambda n: st.tuples(st.just(n), st.sets(st.integers(0, n)))))
def test_deleted_entries_come_back(place: Path, held: tuple[int, set[int]]) -> None:
    last, deleted = held
    save_deleted(place, SegmentState("x", last + 1, 0, deleted))

    assert load_deleted(place) == sorted(deleted)
