"""Facets as links: what they promise is what they find."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from backstory.searcher import Searcher
from backstory.searcher.lexer import Kind, Piece, pieces_of
from backstory.searcher.settings import SearchSettings
from backstory.webui.refinements import condition_for, conditions_of, facets_of, refine, remove

SETTINGS = SearchSettings()
PIECES = ["bridge", "ferry", "the", "who", "OR", "AND", "NOT", "(", ")", '"', '"the bridge"', "*"]
PIECES += [
    "-mayor",
    "+contract",
    "source:archive",
    "lang:es",
    "date:2018",
    "zeppelin",
    "brid*",
    ":",
]


def narrowed(url):
    return parse_qs(urlsplit(url).query)["q"][0]


@pytest.fixture(scope="session")
def values(library):
    """Return every facet value of a text's result."""
    app, searcher = library.app(), Searcher(library.index)

    def of(text):
        with app.test_request_context():
            result = searcher.search(text, facets=True)
            return [
                value
                for facet in facets_of(result, SETTINGS)
                for value in (*facet.shown, *facet.rest)
            ]

    return of


@pytest.mark.parametrize(
    ("facet", "value", "condition"),
    [
        ("source", "The Times", 'source:"The Times"'),
        ("source", 'Bad "Source"', 'source:"Bad  Source "'),
        ("source", "“Quoted”", 'source:" Quoted "'),
        ("kind", "article", 'kind:"article"'),
        ("kind", "press release", 'kind:"press release"'),
        ("language", "es", "lang:es"),
        ("year", "2018", "date:2018"),
        ("year", "20x8", ""),
        ("name", "Otto Brandt", 'name:"Otto Brandt"'),
        ("name", "Brandt", 'name:"Brandt"'),
        ("source", "!!!", ""),
        ("shoe size", "44", ""),
    ],
)
def test_condition_for_a_value(facet, value, condition):
    assert condition_for(facet, value) == condition


@pytest.mark.parametrize(
    ("text", "refined"),
    [
        ("bridge", "lang:es bridge"),
        ("a bridge", "lang:es a bridge"),
        ("bridge OR ferry", "lang:es (bridge OR ferry)"),
        ("(bridge OR ferry)", "lang:es (bridge OR ferry)"),
        ("the", "lang:es (the)"),
        ("the -bridge", "lang:es (the -bridge)"),
        ("the AND bridge", "lang:es (the AND bridge)"),
        ("OR bridge", "lang:es (OR bridge)"),
        ("+the", "lang:es +the"),
        ("", "lang:es"),
        ('"open', 'lang:es "open'),
        ("a) OR b", ""),
        ("x" * 4_995, ""),
        ("x " * 64, ""),
    ],
)
def test_refine_keeps_the_rest_as_it_was(text, refined):
    assert refine(text, "lang:es", SETTINGS).strip() == refined


@given(
    text=st.lists(st.sampled_from([*PIECES, "+", "-", "~2", "“", "x:"]), max_size=6).map(" ".join),
    facet=st.sampled_from(["source", "kind", "language", "year", "name"]),
    value=st.text(st.sampled_from('AND x-"“1(:~'), min_size=1, max_size=6) | st.just("2018"),
    joint=st.sampled_from(["", " "]),
)
def test_refined_text_is_read_as_the_condition_and_the_rest(text, facet, value, joint):
    condition, text = condition_for(facet, value), joint + text
    refined = refine(text, condition, SETTINGS)

    rest = pieces_of(text)
    bracketed = (Piece(Kind.OPEN, "("), *rest, Piece(Kind.CLOSE, ")"))
    plain, enclosed = f"{condition} {text.strip()}", f"{condition} ({text.strip()})"
    expected = {plain: rest, enclosed: bracketed}
    if refined:
        assert pieces_of(refined) == (*pieces_of(condition), *expected[refined])
    elif condition:
        assert pieces_of(enclosed) != (*pieces_of(condition), *bracketed)


@pytest.mark.parametrize(
    ("text", "condition", "left"),
    [
        ("lang:es bridge", "lang:es", "bridge"),
        ("bridge lang:es", "lang:es", "bridge"),
        ("lang:es", "lang:es", "*"),
        ("bridge", "lang:es", None),
        ('"see lang:es"', "lang:es", None),
    ],
)
def test_remove_undoes_refine(text, condition, left):
    assert remove(text, condition) == left


def test_facets_are_offered_with_counts(visit):
    page = visit("/search", q="bridge OR ferry")
    assert "Narrow down" in page.words
    assert "Harbour Courier" in page.words
    narrower = next(link for link in page.links if "date:2017" in link)
    assert "1 passage" in visit(narrower).words


def test_active_value_can_be_let_go(visit):
    page = visit("/search", q="date:2018 bridge")
    back = page.all("a", class_="let-go")[0]["href"]
    assert narrowed(back) == "bridge"


@given(text=st.lists(st.sampled_from(PIECES), max_size=6).map(" ".join))
@example(text="the *")
@example(text="the * -mayor")
@example(text="the NOT * *")
@example(text="(the :)")
@settings(max_examples=150, deadline=None)
def test_following_a_facet_finds_what_it_counts(library, values, text):
    searcher = Searcher(library.index)
    total = searcher.search(text, correct=False).total
    for value in values(text):
        if value.url and not value.is_active:
            assert searcher.search(narrowed(value.url), correct=False).total == value.count
        if value.without:
            without = searcher.search(narrowed(value.without), correct=False).total
            assert without == total - value.count


def test_conditions_can_be_let_go_one_by_one(library):
    text = 'bridge source:"Harbour Courier" date:2018'
    with library.app().test_request_context():
        held = conditions_of(text)
    assert [each.label for each in held] == ["Source: Harbour Courier", "Date: 2018"]
    assert [narrowed(each.url) for each in held] == [
        "bridge date:2018",
        'bridge source:"Harbour Courier"',
    ]


@pytest.mark.parametrize(
    ("text", "label", "rest", "turned"),
    [
        ("bridge lang:es", "Lang: Spanish", "bridge", "bridge -lang:es"),
        ("bridge -lang:es", "Not: Spanish", "bridge", "bridge lang:es"),
        ("NOT date:2017 bridge", "Not: 2017", "bridge", "date:2017 bridge"),
        ("date:none bridge", "Date: without a date", "bridge", "-date:none bridge"),
        ('bridge name:"Otto Brandt"', "Name: Otto Brandt", "bridge", 'bridge -name:"Otto Brandt"'),
        ("after:2017 bridge", "After: 2017", "bridge", "-after:2017 bridge"),
        ("lang:es", "Lang: Spanish", "*", "-lang:es"),
    ],
)
def test_condition_is_said_in_words_and_can_be_turned(library, text, label, rest, turned):
    with library.app().test_request_context():
        (held,) = conditions_of(text)
    assert (held.label, narrowed(held.url), narrowed(held.turned)) == (label, rest, turned)
    assert held.is_negative == label.startswith("Not:")


@given(text=st.lists(st.sampled_from(PIECES), max_size=6).map(" ".join))
@settings(max_examples=100, deadline=None)
def test_a_turned_condition_is_turned_and_nothing_else(library, text):
    with library.app().test_request_context():
        held = conditions_of(text)
    for condition in held:
        if condition.turned:
            words = [p for p in pieces_of(narrowed(condition.turned)) if p.kind is not Kind.NOT]
            assert words == [p for p in pieces_of(text) if p.kind is not Kind.NOT]


def test_condition_that_stands_otherwise_in_the_text_has_no_link(library):
    with library.app().test_request_context():
        assert conditions_of("bridge SOURCE:“Harbour Courier”") == []
