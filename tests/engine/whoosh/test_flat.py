"""Flat files: what is written is what is read, and what is damaged is refused by name."""

from __future__ import annotations

import struct
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.backends.whoosh.codecs import load_deleted, save_deleted
from backstory.engine.backends.whoosh.flat.entries import Entries, EntriesWriter
from backstory.engine.backends.whoosh.flat.flatfile import FlatFile, FlatWriter, narrowed, smallest
from backstory.engine.backends.whoosh.flat.terms import DENSE, Field, FieldWriter, bitmap
from backstory.engine.backends.whoosh.schema import HEADER
from backstory.engine.backends.whoosh.segments import PASSAGES, SegmentState
from backstory.engine.errors import IndexDamaged


@pytest.fixture(scope="module")
def place(scratch: Path) -> Iterator[Path]:
    """Where a test writes one file after the other."""
    path = scratch / "flat"
    yield path
    path.unlink(missing_ok=True)


# Files of sections


def typed(code: str) -> st.SearchStrategy[array[Any]]:
    """Arrays of one type code."""
    largest = (1 << 8 * array(code).itemsize) - 1
    return st.lists(st.integers(0, largest), max_size=9).map(lambda values: array(code, values))


sections = st.dictionaries(
    st.text(max_size=12), st.one_of(st.binary(max_size=40), *map(typed, "BHIQ")), max_size=6
)


@given(sections)
def test_sections_come_back_as_they_were_written(place: Path, written: dict[str, Any]) -> None:
    with FlatWriter(place) as writer:
        for name, values in written.items():
            writer.add(name, values)
    file = FlatFile(place)
    for name, values in written.items():
        found = file.section(name)
        assert found.format == getattr(values, "typecode", "B")
        assert found.tolist() == list(values)
    assert file.section("there is none").tolist() == []


def test_section_may_be_written_in_parts(place: Path) -> None:
    writer = FlatWriter(place)
    writer.add("bytes", b"one", b"", b"two")
    writer.add("numbers", array("H", [1]), array("H", [2, 3]))
    start = writer.begin()
    for part in (b"four", b"five"):
        writer.write(part)
    writer.end("slow", start)
    writer.close()
    writer.close()

    file = FlatFile(place)
    assert bytes(file.section("bytes")) == b"onetwo"
    assert file.section("numbers").tolist() == [1, 2, 3]
    assert bytes(file.section("slow")) == b"fourfive"


def test_view_outlives_its_file(place: Path) -> None:
    with FlatWriter(place) as writer:
        writer.add("numbers", array("I", range(5000)))
    file = FlatFile(place)
    view = file.section("numbers")[4000:]
    file.close()
    place.unlink()

    assert view[-1] == 4999


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
        writer.add("numbers", array("I", range(100)))
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    with pytest.raises(IndexDamaged) as refused:
        FlatFile(path)

    assert refused.value.path == path
    assert str(path) in str(refused.value)


@given(st.data())
def test_no_flipped_bit_outside_the_sections_goes_unseen(place: Path, data: st.DataObject) -> None:
    with FlatWriter(place) as writer:
        writer.add("numbers", array("I", range(20)))
        writer.add("text", b"abc")
    raw = place.read_bytes()
    at = data.draw(st.one_of(st.integers(0, 15), st.integers(directory_of(raw), len(raw) - 1)))
    bit = 1 << data.draw(st.integers(0, 7))
    place.write_bytes(raw[:at] + bytes([raw[at] ^ bit]) + raw[at + 1 :])
    with pytest.raises(IndexDamaged):
        FlatFile(place)


@pytest.mark.parametrize(
    ("largest", "code"),
    [(0, "B"), (255, "B"), (256, "H"), (65_535, "H"), (65_536, "I"), (2**32 - 1, "I")],
)
def test_smallest_type_that_holds_every_value_is_chosen(largest: int, code: str) -> None:
    assert smallest([0, largest, 1]) == code
    assert array(code, [largest])[0] == largest
    assert smallest([]) == "B"
    assert narrowed(array("I", [0, largest, 1])) == array(code, [0, largest, 1])
    assert narrowed(array("I", [0, largest, 1])).typecode == code
    assert narrowed(array("I")).typecode == "B"


# Terms


@dataclass(frozen=True)
class Posting:
    """An entry and the positions in it."""

    entry: int
    positions: tuple[int, ...]


postings = st.dictionaries(
    st.integers(0, 299), st.sets(st.integers(0, 70_000), min_size=1, max_size=4), min_size=1
).map(lambda held: [Posting(entry, tuple(sorted(held[entry]))) for entry in sorted(held)])
fields = st.dictionaries(st.binary(max_size=4), postings, max_size=12)
LENGTHS = array("I", [1 + entry * 7 % 31 for entry in range(300)])


def open_field(place: Path, terms: dict[bytes, list[Posting]]) -> Field:
    """Write a field and read it."""
    writer = FieldWriter("f", LENGTHS)
    for text in sorted(terms):
        held = terms[text]
        writer.term(
            text,
            [posting.entry for posting in held],
            [len(posting.positions) for posting in held],
            [position for posting in held for position in posting.positions],
        )
    with FlatWriter(place) as file:
        writer.save(file)
    return Field(FlatFile(place), "f")


@given(fields)
def test_terms_come_back_with_their_postings(place: Path, terms: dict[bytes, Any]) -> None:
    field = open_field(place, terms)

    assert list(field.texts()) == sorted(terms)
    assert field.size == len(terms)
    for number, text in enumerate(sorted(terms)):
        held = terms[text]
        first, last = field.span(number)
        assert field.text(number) == text
        assert field.ids[first:last].tolist() == [posting.entry for posting in held]
        counts = [len(posting.positions) for posting in held]
        assert field.frequencies[first:last].tolist() == counts
        assert field.most[number] == max(counts)
        found = [tuple(field.positions_of(at)) for at in range(first, last)]
        assert found == [posting.positions for posting in held]
        assert field.term_positions(first, last).tolist() == [p for ps in found for p in ps]


@given(fields, st.binary(max_size=4))
def test_terms_are_found_as_in_a_sorted_list(
    place: Path, terms: dict[bytes, Any], wanted: bytes
) -> None:
    field, texts = open_field(place, terms), sorted(terms)
    for text in (wanted, *texts):
        place_in_list = bisect_left(texts, text)
        assert field.at_or_after(text) == place_in_list
        assert field.find(text) == (place_in_list if text in terms else -1)
        assert list(field.texts(place_in_list)) == texts[place_in_list:]


@given(fields)
def test_term_of_many_entries_has_a_bitmap_of_them(place: Path, terms: dict[bytes, Any]) -> None:
    field = open_field(place, terms)
    for number, text in enumerate(sorted(terms)):
        entries = [posting.entry for posting in terms[text]]
        bits = field.bitmap(number)
        assert (bits is not None) is (len(entries) * DENSE >= len(LENGTHS))
        if bits is not None:
            assert bits == bytes(bitmap(entries, len(LENGTHS)))


@given(fields, st.floats(0, 1), st.floats(0, 3))
def test_no_posting_is_worth_more_than_the_peaks_of_its_term(
    place: Path, terms: dict[bytes, Any], b: float, k1: float
) -> None:
    field = open_field(place, terms)

    def worth(frequency: int, length: int) -> float:
        return frequency / (frequency + k1 * (1 - b + b * length / 9))

    for number, text in enumerate(sorted(terms)):
        bound = max(worth(*peak) for peak in field.peaks(number))
        for posting in terms[text]:
            assert worth(len(posting.positions), LENGTHS[posting.entry]) <= bound


@given(st.sets(st.integers(0, 99)))
def test_bitmap_has_the_bits_of_its_entries(entries: set[int]) -> None:
    bits = bitmap(entries, 100)

    assert len(bits) == 13
    assert {at for at in range(104) if bits[at >> 3] >> (at & 7) & 1} == entries


@pytest.mark.parametrize(("most", "code"), [(255, "B"), (256, "H"), (65_535, "H"), (65_536, "I")])
def test_words_that_stand_very_often_are_counted_in_full(place: Path, most: int, code: str) -> None:
    field = open_field(place, {b"the": [Posting(3, tuple(range(most))), Posting(9, (7,))]})

    assert field.frequencies.format == code
    assert field.frequencies.tolist() == [most, 1]
    assert field.positions_of(0) == list(range(most))
    assert field.positions_of(1) == [7]
    assert field.most[0] == most


def test_field_without_positions_keeps_its_postings(place: Path) -> None:
    writer = FieldWriter("f", LENGTHS)
    writer.term(b"id", [4], [1], [])
    with FlatWriter(place) as file:
        writer.save(file)
    field = Field(FlatFile(place), "f")

    assert field.ids.tolist() == [4]
    assert field.positions_of(0) == []
    assert field.term_positions(0, 1).tolist() == []


# Entries and deletions


@given(st.lists(st.tuples(st.sampled_from([HEADER, 0, 1, 70_000]), st.binary(max_size=9))))
def test_entries_come_back(place: Path, written: list[tuple[int, bytes]]) -> None:
    writer = EntriesWriter(place)
    for length, record in written:
        writer.entry(length, record)
    writer.close()
    entries = Entries(FlatFile(place))

    assert [*zip(entries.lengths, map(entries.record, range(len(written))), strict=True)] == written
    assert entries.headers.tolist() == [at for at, (n, _) in enumerate(written) if n == HEADER]
    assert writer.words == sum(length for length, _ in written if length != HEADER)


@given(st.integers(0, 200).flatmap(lambda n: st.tuples(st.just(n), st.sets(st.integers(0, n)))))
def test_deleted_entries_come_back(place: Path, held: tuple[int, set[int]]) -> None:
    last, deleted = held
    save_deleted(place, SegmentState("x", PASSAGES, last + 1, 0, deleted))

    assert load_deleted(place) == sorted(deleted)
