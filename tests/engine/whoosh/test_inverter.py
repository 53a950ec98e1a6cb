"""Passages turned round: what their pieces give is what their words give."""

from __future__ import annotations

from array import array
from itertools import accumulate, chain
from operator import ne, sub

from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.analysis import Analyzer
from backstory.engine.backends.whoosh.inverter import Inverter, _changes, _gaps
from backstory.engine.backends.whoosh.schema import DOCUMENT, FIELDS, HEAD, HEADER, STEM, SURFACE
from backstory.engine.documents import Document

ANALYZER = Analyzer()
WORDS = ("talks", "Talk", "talks,", "(talks", "U.S.", "1,750.25", "don't", "café", "\u0301", "…")
TEXTS = st.one_of(st.text(), st.lists(st.sampled_from(WORDS)).map(" ".join))


def inverted(texts: list[str], heading: str = "") -> Inverter:
    inverter = Inverter(ANALYZER)
    inverter.header(Document("d", "A title of talks"))
    for text in texts:
        inverter.passage(inverter.words(text, "en"), heading)
    return inverter


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
        found = dict(inverter.field(field).terms())
        assert list(found) == sorted(terms)
        for term, entries in terms.items():
            assert list(found[term].ids) == list(entries)
            assert list(found[term].frequencies) == list(map(len, entries.values()))
            assert list(found[term].positions) == list(chain.from_iterable(entries.values()))
    lengths = [len(ANALYZER.terms(text, "en")) for text in texts]
    assert list(inverter.lengths) == [HEADER, *lengths]


def test_field_in_a_row_says_where_each_term_begins() -> None:
    inverter = inverted(["talks on talks", "on a talk"], heading="Talks")
    for name in FIELDS:
        field = inverter.field(name)
        terms = [postings for _, postings in field.terms()]
        counts = [len(postings.ids) for postings in terms]
        assert list(field.start) == list(accumulate(counts, initial=0))
        assert list(field.position_at) == list(accumulate(field.frequencies, initial=0))
    assert list(inverter.field(DOCUMENT).ids) == [0]
    assert dict(inverter.field(HEAD).terms())["en:talk"].ids.tolist() == [0, 1, 2]


def test_word_that_is_only_looked_up_is_nowhere() -> None:
    inverter = inverted(["talks"])
    inverter.words("a lamp", "en")

    assert inverter.field(SURFACE).texts == ["talks"]
    assert inverter.field(STEM).texts == ["en:talk"]
    assert inverter.pairs == [("talks", "en:talk")]


ENTRIES = st.lists(st.sampled_from((0, 1, 255, 256, 65_536, 65_537, 2**24, 2**31, 2**32 - 1)))


@given(ENTRIES.map(sorted))
def test_changes_and_gaps_are_those_of_neighbours(entries: list[int]) -> None:
    numbers = array("I", entries)
    assert list(_changes(numbers)) == list(map(ne, entries, entries[:1] + entries))
    if entries:
        assert _gaps(numbers).tolist() == list(map(sub, entries[1:], entries))
