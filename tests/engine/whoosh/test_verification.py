"""A deep check: silent on what is sound, and not deceived by files that match their checksums."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstory.engine.analysis import Analyzer
from backstory.engine.backends.base import Backend
from backstory.engine.backends.whoosh import WhooshBackend, columns
from backstory.engine.backends.whoosh.codecs import new_files
from backstory.engine.backends.whoosh.columns import Row, write_columns
from backstory.engine.backends.whoosh.inverter import Inverted
from backstory.engine.backends.whoosh.lexicon import EXTENSION
from backstory.engine.backends.whoosh.manifest import Manifest, measure, write_manifest
from backstory.engine.backends.whoosh.schema import DOCUMENT, FIELDS, HEAD, STEM, SURFACE
from backstory.engine.backends.whoosh.segments import OpenSegment
from backstory.engine.backends.whoosh.snapshot import open_segments
from backstory.engine.backends.whoosh.verification import invert
from backstory.engine.documents import IndexedDocument
from tests.conftest import CODECS, MIXED

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
    st.sampled_from([*CODECS, MIXED]),
)
@settings(max_examples=30)
def test_sound_index_is_found_sound(
    new_backend: Callable[[str], Backend], document: Make, fill: Fill, history: Any, name: str
) -> None:
    backend = new_backend(name)
    for number, (document_id, paragraphs, language, spoken) in enumerate(history):
        gone = ["a"] if number % 5 == 4 else []
        held = document(document_id, *paragraphs, language=language, spoken=spoken)
        fill(backend, held, delete=gone)
    fill(backend)

    assert list(backend.check(deep=True)) == []


def test_index_of_several_commits_is_found_sound(index: Path) -> None:
    assert list(WhooshBackend(index).check(deep=True)) == []


Change = Callable[[dict[str, dict[str, Inverted]], Any], object]


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


def forge(
    folder: Path, codec: str, segment: OpenSegment, manifest: Manifest, change: Change
) -> None:
    """Write a segment anew with a change in it, under its old name, and seal the manifest."""
    inverter = invert(segment, Analyzer())
    fields = {name: dict(inverter.field(name).terms()) for name in FIELDS}
    lengths = array("I", inverter.lengths)
    change(fields, lengths)
    elsewhere = folder.with_name("elsewhere")
    elsewhere.mkdir()
    files = new_files(codec, elsewhere)
    for entry, length in enumerate(lengths):
        files.entry(length, segment.raw_record(entry))
    for name, terms in fields.items():
        files.start_field(name)
        for text in sorted(terms):
            held = terms[text]
            files.term(text, held.ids, held.frequencies, held.positions)
        files.finish_field()
    files.close()
    name = segment.segment.segment_id()
    sealed = dict(manifest.files)
    for path in elsewhere.iterdir():
        target = folder / f"{name}.{path.name.split('.', 1)[1]}"
        if target.name not in sealed:  # a draft of Whoosh's
            continue
        target.unlink()
        sealed[target.name] = measure(path.rename(target))
        target.chmod(0o644)
    assert f"{name}{EXTENSION}" in sealed
    segment.close()
    write_manifest(folder, replace(manifest, files=sealed))


@pytest.mark.parametrize("change", CHANGES)
def test_consistent_forgery_is_found(
    index: Path, codec: str, manifest_of: ManifestOf, change: str
) -> None:
    manifest = manifest_of(index)
    segment, *others = open_segments(index, manifest)
    for other in others:
        other.close()
    name, (alter, said) = segment.segment.segment_id(), CHANGES[change]
    forge(index, codec, segment, manifest, alter)
    backend = WhooshBackend(index)
    problems = list(backend.check(deep=True))

    assert list(backend.check()) == [], "the checksums are right"
    assert [problem.file for problem in problems] == ([name] if said else [])
    assert all(said in problem.problem and problem.is_damage for problem in problems)


def test_columns_that_say_what_no_document_says_are_found(
    index: Path, manifest_of: ManifestOf
) -> None:
    manifest = manifest_of(index)
    segment, *others = open_segments(index, manifest)
    rows = [Row(row.values[::-1], row.sha256, row.file) for row in segment.columns.rows()]
    facts = segment.columns.facts()
    for each in (segment, *others):
        each.close()
    path = index / f"{segment.segment.segment_id()}{columns.EXTENSION}"
    path.unlink()
    write_columns(path, rows, facts)
    path.chmod(0o644)
    files = {**manifest.files, path.name: measure(path)}
    write_manifest(index, replace(manifest, files=files))

    problems = list(WhooshBackend(index).check(deep=True))
    assert [problem.problem for problem in problems] == ["has other columns than documents"]
