"""Passages turned round: what their pieces give is what their words give."""

from __future__ import annotations

from itertools import accumulate, chain, pairwise
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.analysis import Analyzer
from backstory.engine.documents import Document
from backstory.engine.indexes.embedded.flat.terms import InvertedField
from backstory.engine.indexes.embedded.inverter import Inverter
from backstory.engine.indexes.embedded.schema import (
    DOCUMENT,
    DOCUMENT_ENTRY,
    FIELDS,
    HEAD,
    STEM,
    SURFACE,
)

ANALYZER = Analyzer()
WORDS = ("talks", "Talk", "talks,", "(talks", "U.S.", "1,750.25", "don't", "café", "\u0301", "…")
TEXTS = st.one_of(st.text(), st.lists(st.sampled_from(WORDS)).map(" ".join))


def inverted(texts: list[str], heading: str = "") -> Inverter:
    inverter = Inverter(ANALYZER)
    inverter.document(Document("d", "A title of talks"))
    for text in texts:
        inverter.passage(inverter.words(text, "en"), heading)
    return inverter


class Term(NamedTuple):
    """A term's postings."""

    ids: list[int]
    frequencies: list[int]
    positions: list[int]


def terms_of(field: InvertedField) -> dict[str, Term]:
    """Take a field with positions apart."""
    assert field.position_at is not None
    assert field.positions is not None
    found = {}
    for text, (first, last) in zip(field.texts, pairwise(field.start.tolist()), strict=True):
        positions = field.positions[field.position_at[first] : field.position_at[last]]
        found[text] = Term(
            field.ids[first:last].tolist(),
            field.frequencies[first:last].tolist(),
            positions.tolist(),
        )
    return found


@given(st.lists(TEXTS, max_size=5))
def test_postings_are_those_of_the_words_in_order(texts: list[str]) -> None:
    wanted: dict[str, dict[str, dict[int, list[int]]]] = {SURFACE: {}, STEM: {}}
    for entry, text in enumerate(texts, 1):
        for position, (surface, stem) in enumerate(ANALYZER.terms(text, "en")):
            for field, term in ((SURFACE, surface), (STEM, stem)):
                held = wanted[field].setdefault(term, {})
                held.setdefault(entry, []).append(position)

    inverter = inverted(texts)

    for field, terms in wanted.items():
        found = terms_of(inverter.field(field))
        assert list(found) == sorted(terms)
        for term, entries in terms.items():
            assert list(found[term].ids) == list(entries)
            assert list(found[term].frequencies) == list(map(len, entries.values()))
            assert list(found[term].positions) == list(chain.from_iterable(entries.values()))
    lengths = [len(ANALYZER.terms(text, "en")) for text in texts]
    assert list(inverter.lengths) == [DOCUMENT_ENTRY, *lengths]


def test_titles_and_headings_are_on_the_entries_that_they_stand_over() -> None:
    inverter = inverted(["talks on talks", "on a talk"], heading="Talks")
    head, documents = inverter.field(HEAD), inverter.field(DOCUMENT)

    assert list(head.texts) == ["en:a", "en:of", "en:talk", "en:titl"]
    assert head.start.tolist() == [0, 1, 2, 5, 6]
    assert head.ids.tolist() == [0, 0, 0, 1, 2, 0]
    assert head.positions is None
    assert (list(documents.texts), documents.ids.tolist()) == (["d"], [0])


@given(st.lists(TEXTS, max_size=5))
def test_a_row_of_postings_says_where_each_begins(texts: list[str]) -> None:
    inverter = inverted(texts)
    for name in FIELDS:
        field = inverter.field(name)
        assert len(field.start) == len(field.texts) + 1
        assert field.start[-1] == len(field.ids) == len(field.frequencies)
        if field.position_at is not None:
            steps = accumulate(field.frequencies.tolist(), initial=0)
            assert field.position_at.tolist() == list(steps)


def test_word_that_is_only_looked_up_is_nowhere() -> None:
    inverter = inverted(["talks"])
    inverter.words("a lamp", "en")

    assert inverter.field(SURFACE).texts == ["talks"]
    assert inverter.field(STEM).texts == ["en:talk"]
    assert inverter.pairs == [("talks", "en:talk")]
