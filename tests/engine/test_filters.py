"""Facts about documents: which of them a filter lets through."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backstory.engine.analysis import Analyzer
from backstory.engine.documents import Document, Passage
from backstory.engine.filters import FactFilter
from backstory.engine.query import All, Field, Filter, Nothing, Range, Undated

DOCUMENT = Document(
    id="people/Peña Águeda.txt",
    title="The half-finished radios of Águeda Peña",
    source="Harbour Gazette",
    author="Ines Falk and O’Neill",
    date="2018-03",
    language="en",
    kind="Article",
    tags=("radio affair", "harbour"),
)


PASSAGE = Passage(
    DOCUMENT.id, 1, "…", names=("Águeda Peña", "Harbour Office"), mentions=("2017-08-11", "2002")
)


@pytest.mark.parametrize(
    ("wanted", "passes"),
    [
        (Field("title", "radio"), True),
        (Field("title", "RADIOS"), True),
        (Field("title", "radio", is_phrase=True), False),
        (Field("title", "agueda pena", is_phrase=True), True),
        (Field("title", "pena agueda"), False),
        (Field("title", "half-finished radio"), True),
        (Field("title", "adio"), False),
        (Field("title", "—"), False),
        (Field("source", "gazettes"), True),
        (Field("source", "courier"), False),
        (Field("author", "o'neill"), True),
        (Field("author", "falk and"), True),
        (Field("tag", "affairs"), True),
        (Field("tag", "affair harbour"), False),
        (Field("lang", "EN"), True),
        (Field("lang", "e"), False),
        (Field("kind", "article"), True),
        (Field("kind", "articles"), False),
        (Field("kind", "art*"), True),
        (Field("kind", "rticle*"), False),
        (Field("title", "half-fin*"), True),
        (Field("title", "r?dio* of"), True),
        (Field("title", "radio of agueda p*", is_phrase=True), False),
        (Field("title", "radios of agueda p*", is_phrase=True), True),
        (Field("title", "nish*"), False),
        (Field("title", "*"), True),
        (Field("title", "radios?"), True),
        (Field("source", "*our gaz*"), True),
        (Field("author", "O’N*"), True),
        (Field("tag", "harb*"), True),
        (Field("tag", "harb* affair"), False),
        (Field("name", "P?ñ*"), True),
        (Field("lang", "e*"), True),
        (Field("doc", "people/*.txt"), True),
        (Field("doc", "*pe?a*"), True),
        (Field("doc", "people/*.md"), False),
        (Field("doc", "people/pena agueda.txt"), True),
        (Field("doc", "people/"), True),
        (Field("doc", "PEOPLE/Peña*"), True),
        (Field("doc", "people"), False),
        (Field("doc", "people/pena"), False),
        (Field("doc", "*"), True),
        (Field("doc", "others/"), False),
        (Range("2018", "2018"), True),
        (Range("", ""), True),
        (Undated(), False),
        (Field("name", "pena"), True),
        (Field("name", "agueda PEÑA"), True),
        (Field("name", "peña office"), False),
        (Field("name", "offices"), False),
        (Range("2017", "2017", "mentions"), True),
        (Range("2017-08-12", "2018", "mentions"), False),
        (Range("2002-04", "2002-04", "mentions"), True),
        (Range("2018", "2018", "mentions"), False),
        (All(), True),
        (Nothing(), False),
    ],
    ids=str,
)
def test_filter_lets_these_documents_through(wanted: Filter, passes: bool) -> None:
    asked = FactFilter(wanted, Analyzer())

    assert asked.matches(DOCUMENT, PASSAGE) is passes
    assert asked.matches(DOCUMENT, PASSAGE) is passes, "what it has seen does not change it"


@pytest.mark.parametrize("date", ["", "spring", "2018-13"])
def test_what_has_no_date_or_none_that_can_be_read_is_undated(date: str) -> None:
    undated = replace(DOCUMENT, date=date)

    assert FactFilter(Undated(), Analyzer()).matches(undated, PASSAGE)
    assert not FactFilter(Range("", "2030"), Analyzer()).matches(undated, PASSAGE)


def test_language_is_that_of_the_passage_where_it_has_one() -> None:
    asked, quoted = FactFilter(Field("lang", "es"), Analyzer()), replace(PASSAGE, language="es")

    assert asked.matches(DOCUMENT, quoted)
    assert not asked.matches(DOCUMENT, PASSAGE)
    assert not FactFilter(Field("lang", "en"), Analyzer()).matches(DOCUMENT, quoted)


@pytest.mark.parametrize("name", ["a" * 64 + "/one.txt", "a" * 200])
def test_long_document_ids_are_compared_to_the_last_letter(name: str) -> None:
    def matches(text: str, document_id: str) -> bool:
        return FactFilter(Field("doc", text), Analyzer()).matches(
            Document(document_id, ""), PASSAGE
        )

    assert matches(name, name)
    assert not matches(name, name + "x")
    assert matches(f"{name}*", f"{name}x")
    assert not matches(f"{name}*", name[:-1])


@pytest.mark.parametrize(
    "name", ["title", "source", "author", "tag", "lang", "kind", "doc", "name"]
)
def test_document_without_a_fact_passes_no_filter_for_it(name: str) -> None:
    bare = Document("", "", language="")

    assert not FactFilter(Field(name, "radio"), Analyzer()).matches(bare, Passage("", 1, ""))


@pytest.mark.parametrize(
    ("text", "is_quoted", "passes"),
    [
        ("court", False, True),
        ("FILING", False, True),
        ("court filing", False, True),
        ("filing court", False, False),
        ("cour", False, False),
        ("court", True, False),
        ("court filing", True, True),
        ("court*", True, True),
    ],
)
def test_kind_has_these_words_or_is_the_quoted_one(
    text: str, is_quoted: bool, passes: bool
) -> None:
    asked = FactFilter(Field("kind", text, is_quoted), Analyzer())

    assert asked.matches(replace(DOCUMENT, kind="Court filing"), PASSAGE) is passes
    assert asked.matches(replace(DOCUMENT, kind=""), PASSAGE) is False
