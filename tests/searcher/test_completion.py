"""How a query may go on: what starts so, most frequent first, and finds something."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backstory.engine.documents import IndexedDocument
from backstory.engine.indexes.contract import Index
from backstory.engine.languages import is_stopword
from backstory.engine.query import Forms
from backstory.engine.tokens import MAX_TERM, fold, plain
from backstory.searcher import Searcher
from backstory.searcher.completion import Completer

Make = Callable[..., IndexedDocument]
Fill = Callable[..., Index]


def named(document: IndexedDocument, *names: str) -> IndexedDocument:
    """Return the document with these names in each of its passages."""
    passages = tuple(replace(passage, names=names) for passage in document.passages)
    return replace(document, passages=passages)


def completed(searcher: Searcher, text: str, limit: int = 8) -> list[tuple[str, str, int]]:
    """Return what a text may become, with kinds and counts."""
    return [(one.text, one.kind, one.count) for one in searcher.complete(text, limit)]


LEDGER = ('title:"The lighthouse ledger"', "title", 5)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("led", [LEDGER, ("ledger", "word", 1)]),
        ("radi", [("radio", "word", 3), ("radios", "word", 3)]),
        ("quin", [("Quintero", "name", 2)]),
        ("QUIN", [("Quintero", "name", 2)]),
        ("pe", [("Peña", "name", 2), ("pedido", "word", 1)]),
        ("PEN\u0303", [("Peña", "name", 2)]),
        ("águ", [("agueda", "word", 1)]),
        ("the led", [("the ledger", "word", 1)]),
        ("the light", [LEDGER, ("the lighthouse", "word", 2)]),
        ("clerk  sh", [("clerk  shed", "word", 2)]),
        ("+cl", [("+clerk", "word", 1)]),
        ("-(=cl", [("-(=clerk", "word", 1)]),
        ("(quin", [("(Quintero", "name", 2)]),
        ("-quin", [("-Quintero", "word", 2)]),
        ('"a cl', [('"a clerk', "word", 1)]),
        ("“a cl", [('"a clerk', "word", 1)]),
        ('"Admiral quin', [('"Admiral Quintero', "word", 2)]),
        ('"a b" cl', [('"a b" clerk', "word", 1)]),
        ("half-fin", [("half-finished", "word", 1)]),
        ("cler", [("clerk", "word", 1)]),
        ("clerk", []),
        ("clerk ", []),
        ("u.", []),
        ("cl*", []),
        ("cl*er", []),
        ("title:led", []),
        ("zzz", []),
        ("", []),
        (" ", []),
        ("c" * (MAX_TERM + 1), []),
    ],
)  # fmt: skip
def test_last_word_is_completed_whatever_stands_before(
    searcher: Searcher, text: str, found: list[tuple[str, str, int]]
) -> None:
    assert completed(searcher, text) == found


CRUISE = ("juan Cruise", "word", 1)
NAMES = ("Juan Cruz", "Juan Cruz", "Hugo Chávez", "Cruz", "U.S. Cruise Line")


@pytest.fixture
def known(index: Index, document: Make, fill: Fill) -> Searcher:
    """Passages with names, some of a document that was deleted."""
    held = [
        named(document(f"d{at}", f"{name} and a crew", title=f"Nr {at}"), name)
        for at, name in enumerate(NAMES)
    ]
    fill(index, *held, named(document("gone", "Crux", title="Gone"), "Juan Crux"))
    return Searcher(fill(index, delete=["gone"]))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("juan cr", [("juan crew", "word", 5), ("Juan Cruz", "name", 2), CRUISE]),
        ("met juan c", [("met juan crew", "word", 5), ("met Juan Cruz", "name", 2)]),
        ("juan cruz", []),
        ("JUAN  cruz", []),
        ("cha", [("Chávez", "word", 1), ("Hugo Chávez", "name", 1)]),
        ("cruz", [("Juan Cruz", "name", 2)]),
        ("crux", []),
        ("gon", []),
    ],
)  # fmt: skip
def test_names_are_completed_from_any_word_as_they_are_written(
    known: Searcher, text: str, found: list[tuple[str, str, int]]
) -> None:
    assert completed(known, text)[: max(len(found), 1)] == found


def test_words_of_deleted_passages_do_not_count(index: Index, document: Make, fill: Fill) -> None:
    gone = document("gone", *["radix radium"] * 5, title="Nr 1")
    fill(index, document("a", "radio", "radio radix", *["x"] * 40, title="Nr 2"), gone)
    searcher = Searcher(fill(index, delete=["gone"]))

    assert completed(searcher, "rad") == [("radio", "word", 2), ("radix", "word", 1)]
    assert completed(searcher, "rad", 1) == [("radio", "word", 2)]


def test_word_is_written_as_in_names_where_that_is_usual(
    index: Index, document: Make, fill: Fill
) -> None:
    fill(
        index,
        named(document("a", "Ana Marea", "marea", title="One"), "Ana Marea"),
        document("b", "marea", "marea", "marea Peso", title="Two"),
        named(document("c", "Peso", title="Two"), "Ana Peso"),
    )
    searcher = Searcher(index)

    assert completed(searcher, "=ma") == [("=marea", "word", 5)]
    assert completed(searcher, "=pe") == [("=Peso", "word", 2)]


def test_title_is_completed_to_a_query_that_finds_its_document(
    index: Index, document: Make, fill: Fill
) -> None:
    fill(index, document("a", "one", "two", title='The “Great” affair: "what" (now)?'))
    searcher = Searcher(index)
    (found,) = searcher.complete("gre")

    assert found.shown == 'The “Great” affair: "what" (now)?'
    assert searcher.search(found.text).total == found.count == 2
    assert searcher.complete("two gre") == [], "a title is no word among others"


def test_share_of_the_list_is_kept_for_names_and_titles(
    index: Index, document: Make, fill: Fill
) -> None:
    words = [f"crew{letter}" for letter in "abcdefghij"]
    fill(
        index,
        *(document(f"w{n}", " ".join(words), title=f"Nr {n}") for n in range(3)),
        *(named(document(f"n{n}", "x", title=f"Crown {n}"), f"Cruz {n}") for n in range(4)),
    )
    searcher = Searcher(index)
    kinds = [one.kind for one in searcher.complete("cr")]

    assert kinds == ["word"] * 4 + ["name"] * 2 + ["title"] * 2
    assert [one.kind for one in searcher.complete("cr", 3)] == ["word"] * 3
    assert len(searcher.complete("cr", 30)) == 10 + 4 + 4
    assert searcher.complete("cr", 0) == []


def test_small_words_and_possessives_are_not_offered(
    index: Index, document: Make, fill: Fill
) -> None:
    fill(index, document("a", "these thorns, the thief’s thief", title="Nr 1"))

    assert [text for text, _, _ in completed(Searcher(index), "th")] == ["thief", "thorns"]


def test_newest_commit_is_completed_from(index: Index, document: Make, fill: Fill) -> None:
    searcher = Searcher(fill(index, document("a", "radio", "radish", title="Nr 1")))
    assert [text for text, _, _ in completed(searcher, "rad")] == ["radio", "radish"]

    fill(index, document("b", "radish radius", title="Nr 2"), delete=["a"])
    assert [text for text, _, _ in completed(searcher, "rad")] == ["radish", "radius"]


texts = st.text(st.sampled_from("abc á'-."), max_size=12)


@given(st.lists(texts, min_size=1, max_size=12), st.lists(texts, max_size=4), texts.map(fold))
def test_words_are_the_most_frequent_that_start_so(
    new_index: Callable[[str], Index],
    document: Make,
    fill: Fill,
    held: list[str],
    deleted: list[str],
    beginning: str,
) -> None:
    index = fill(new_index("embedded"), document("a", *held), document("b", *deleted))
    snapshot = fill(index, delete=["b"]).open()
    forms: dict[str, list[str]] = {}
    for surface in snapshot.vocabulary():
        forms.setdefault(plain(surface), []).append(surface)
    counts = {word: snapshot.count(Forms(word, tuple(each))) for word, each in forms.items()}
    expected = sorted(
        (-count, word)
        for word, count in counts.items()
        if count and word.startswith(fold(beginning)) and word != fold(beginning)
        if not (is_stopword(word, snapshot.languages) or word.endswith("'s"))
    )
    words = snapshot.analyzer.words(f"+{beginning}")
    found = [one for one in Completer(snapshot).complete(f"+{beginning}", 3) if one.kind == "word"]

    if words and beginning == words[-1]:
        assert [-one.count for one in found] == [count for count, _ in expected[:3]]
        assert {one.text[1:] for one in found} <= {word for _, word in expected}


@given(st.one_of(st.text(max_size=20), st.lists(st.sampled_from("qpclrt “\"'-+(:áP*"), max_size=6)))
@example("\u0345")
@example("\ud800r")
@example("กกก")
@example(["p" * 500])
def test_any_text_is_completed_with_what_finds_something(
    searcher: Searcher, typed: str | list[str]
) -> None:
    text = "".join(typed)
    for one in searcher.complete(text):
        query = {"name": f'name:"{one.shown}"', "title": one.text, "word": f"={one.shown}"}
        assert searcher.search(query[one.kind], correct=False).total >= one.count > 0
        assert one.shown in one.text or one.kind == "title"
