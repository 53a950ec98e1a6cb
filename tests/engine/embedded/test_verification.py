"""A deep check: silent on what is sound, and not deceived by files that match their checksums."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstory.engine.analysis import Analyzer
from backstory.engine.documents import IndexedDocument
from backstory.engine.indexes.contract import Index
from backstory.engine.indexes.embedded import EmbeddedIndex, columns
from backstory.engine.indexes.embedded.columns import Row, write_columns
from backstory.engine.indexes.embedded.flat.entries import ENTRIES_EXTENSION, write_entries
from backstory.engine.indexes.embedded.flat.flatfile import FlatWriter
from backstory.engine.indexes.embedded.flat.terms import TERMS_EXTENSION, InvertedField
from backstory.engine.indexes.embedded.manifest import Manifest, measure, write_manifest
from backstory.engine.indexes.embedded.schema import (
    DOCUMENT,
    FIELDS,
    HEAD,
    POSITIONED,
    STEM,
    SURFACE,
)
from backstory.engine.indexes.embedded.segments import OpenSegment
from backstory.engine.indexes.embedded.snapshot import open_segments
from backstory.engine.indexes.embedded.verification import invert

Make = Callable[..., IndexedDocument]
Fill = Callable[..., Any]
ManifestOf = Callable[[Path], Manifest]

texts = st.lists(
    st.sampled_from("radio radios Radio’s órdenes orden the la casas U.S. 1,750 — … niño".split())
).map(" ".join)


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abcd"),
            st.lists(texts, max_size=3),
            st.sampled_from(["en", "es", ""]),
            st.dictionaries(st.integers(1, 3), st.sampled_from(["es", "fr"]), max_size=1),
        ),
        max_size=14,
    ),
)
@settings(max_examples=30)
def test_sound_index_is_found_sound(
    new_index: Callable[[str], Index], document: Make, fill: Fill, history: Any
) -> None:
    index = new_index("embedded")
    for number, (document_id, paragraphs, language, spoken) in enumerate(history):
        gone = ["a"] if number % 5 == 4 else []
        held = document(document_id, *paragraphs, language=language, spoken=spoken)
        fill(index, held, delete=gone)
    fill(index)

    assert list(index.check(deep=True)) == []


def test_index_of_several_commits_is_found_sound(index_folder: Path) -> None:
    assert list(EmbeddedIndex(index_folder).check(deep=True)) == []


@dataclass
class Inverted:
    """A term's entries, frequencies and positions."""

    ids: list[int]
    frequencies: list[int]
    positions: list[int]


Change = Callable[[dict[str, dict[str, Inverted]], Any], object]


def by_term(field: InvertedField) -> dict[str, Inverted]:
    """Take a field apart."""
    terms = {}
    for text, (first, last) in zip(field.texts, pairwise(field.start.tolist()), strict=True):
        places = slice(0, 0)
        if field.position_at is not None:
            places = slice(field.position_at[first], field.position_at[last])
        positions = [] if field.positions is None else field.positions[places].tolist()
        ids, frequencies = field.ids[first:last].tolist(), field.frequencies[first:last].tolist()
        terms[text] = Inverted(ids, frequencies, positions)
    return terms


def joined(terms: dict[str, Inverted], *, has_positions: bool) -> InvertedField:
    """Put a field together again."""
    held = [terms[text] for text in sorted(terms)]
    frequencies = [n for one in held for n in one.frequencies]
    return InvertedField(
        sorted(terms),
        np.array([*accumulate((len(one.ids) for one in held), initial=0)]),
        np.array([entry for one in held for entry in one.ids]),
        np.array(frequencies),
        np.array([*accumulate(frequencies, initial=0)]) if has_positions else None,
        np.array([at for one in held for at in one.positions]) if has_positions else None,
    )


def altered(held: Inverted, name: str, at: int, by: int) -> None:
    """Change one number of a term's postings."""
    getattr(held, name)[at] += by


def one_more(held: Inverted) -> None:
    """Let the word stand once more in its first passage."""
    held.frequencies[0] += 1
    held.positions.insert(held.frequencies[0] - 1, held.positions[held.frequencies[0] - 2] + 1)


def renamed(terms: dict[str, Inverted], old: str, new: str) -> None:
    """Give a word's postings to another word."""
    terms[new] = terms.pop(old)


# Each is written with right checksums, so that only the text can tell.
CHANGES: dict[str, tuple[Change, str]] = {
    "a position": (lambda f, n: altered(f[SURFACE]["ledger"], "positions", 0, 1), "'ledger'"),
    "a position of a stem": (lambda f, n: altered(f[STEM]["en:price"], "positions", 1, 3), "price"),
    "a frequency": (lambda f, n: one_more(f[SURFACE]["shed"]), "'shed'"),
    "a passage": (lambda f, n: altered(f[SURFACE]["clerk"], "ids", 0, 1), "'clerk'"),
    "a document": (lambda f, n: altered(f[DOCUMENT]["ledger"], "ids", 0, 1), "'ledger'"),
    "a word": (lambda f, n: renamed(f[SURFACE], "admiral", "admirals"), "other words in its surf"),
    "a word gone": (lambda f, n: f[STEM].pop("en:water"), "other words in its stem"),
    "a word more": (
        lambda f, n: f[SURFACE].update(zebra=f[SURFACE]["water"]), "other words in its surface"
    ),
    "an id": (lambda f, n: renamed(f[DOCUMENT], "ledger", "ledges"), "other words in its doc"),
    "a length": (lambda f, n: n.__setitem__(1, n[1] + 1), "other lengths"),
    "a title": (lambda f, n: f[HEAD].popitem(), "other words in its head"),
    "nothing": (lambda f, n: None, ""),
}  # fmt: skip


def forge(folder: Path, segment: OpenSegment, manifest: Manifest, change: Change) -> None:
    """Write a segment anew with a change in it, under its old name, and seal the manifest."""
    inverter = invert(segment, Analyzer())
    fields = {name: by_term(inverter.field(name)) for name in FIELDS}
    lengths = inverter.lengths
    change(fields, lengths)
    records = [segment.raw_record(entry) for entry in range(segment.size)]
    segment.close()
    start = folder / segment.state.name
    paths = [start.with_suffix(suffix) for suffix in (ENTRIES_EXTENSION, TERMS_EXTENSION)]
    for path in paths:
        path.unlink()
    write_entries(paths[0], lengths, records)
    with FlatWriter(paths[1]) as file:
        for name, terms in fields.items():
            joined(terms, has_positions=name in POSITIONED).save(name, file)
    sealed = {path.name: measure(path) for path in paths}
    for path in paths:
        path.chmod(0o644)
    write_manifest(folder, replace(manifest, files={**manifest.files, **sealed}))


@pytest.mark.parametrize("change", CHANGES)
def test_consistent_forgery_is_found(
    index_folder: Path, manifest_of: ManifestOf, change: str
) -> None:
    manifest = manifest_of(index_folder)
    segment, *others = open_segments(index_folder, manifest)
    for other in others:
        other.close()
    name, (alter, said) = segment.state.name, CHANGES[change]
    forge(index_folder, segment, manifest, alter)
    index = EmbeddedIndex(index_folder)
    problems = list(index.check(deep=True))

    assert list(index.check()) == [], "the checksums are right"
    assert [problem.file for problem in problems] == ([name] if said else [])
    assert all(said in problem.problem and problem.is_damage for problem in problems)


def test_columns_that_say_what_no_document_says_are_found(
    index_folder: Path, manifest_of: ManifestOf
) -> None:
    manifest = manifest_of(index_folder)
    segment, *others = open_segments(index_folder, manifest)
    rows = [Row(row.values[::-1], row.sha256, row.file) for row in segment.columns.rows()]
    facts = segment.columns.facts()
    for each in (segment, *others):
        each.close()
    path = index_folder / f"{segment.state.name}{columns.EXTENSION}"
    path.unlink()
    write_columns(path, rows, facts)
    path.chmod(0o644)
    files = {**manifest.files, path.name: measure(path)}
    write_manifest(index_folder, replace(manifest, files=files))

    problems = list(EmbeddedIndex(index_folder).check(deep=True))
    assert [problem.problem for problem in problems] == ["has other columns than documents"]
