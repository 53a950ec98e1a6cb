"""For any corpus, however it came about, and any query, all indexes give the same answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from backstory.engine.documents import IndexedDocument
from backstory.engine.indexes.contract import Index, Snapshot
from backstory.searcher import Searcher

WORDS = (
    "radio", "radios", "Radio’s", "radio's", "order", "ordered", "orders", "half-finished",
    "Peña", "Pen\u0303a", "pena", "niño", "niños", "orden", "órdenes", "casa", "casas",
    "U.S.", "1,750", "1750", "don’t", "the", "who", "el", "que", "IT", "said",
)  # fmt: skip
IDS = ("a", "b", "b/c", "é", "Z")
texts = st.lists(
    st.tuples(st.sampled_from(WORDS), st.sampled_from([" ", " ", ", ", ". ", "\n", " — "])),
    max_size=12,
).map(lambda pairs: "".join(word + gap for word, gap in pairs))
additions = st.tuples(
    st.sampled_from(IDS),
    st.lists(texts, max_size=4),
    st.sampled_from(["en", "en", "es", "fr", ""]),
    st.sampled_from(["2018-03-09", "2018-03", "2018", "2017-12-31", ""]),
    st.sampled_from(["Radio Peña", "the order of casas", ""]),
    st.dictionaries(st.integers(1, 4), st.sampled_from(["es", "de"]), max_size=2),
    st.sampled_from(["Chile", "Côte d’Ivoire", ""]),
)
commits = st.tuples(
    st.lists(additions, max_size=3, unique_by=lambda one: one[0]),
    st.lists(st.sampled_from(IDS), max_size=2),
)
histories = st.lists(commits, min_size=1, max_size=4)

OTHERS = ("embedded",)
PAGES: tuple[dict[str, Any], ...] = (
    {"limit": 100, "facets": True},
    {"limit": 100},
    {"offset": 1, "limit": 2},
    {"limit": 1},
    {"limit": 2, "grouped": True, "facets": True},
    {"offset": 1, "limit": 1, "grouped": True},
    {"limit": 3, "sort": "newest", "facets": True},
    {"offset": 1, "limit": 2, "sort": "oldest", "grouped": True},
)

words = st.sampled_from(WORDS)
phrases = st.lists(words, max_size=3).map(" ".join)
leaves = st.one_of(
    words,
    words,
    phrases.map('"{}"'.format),
    phrases.map("“{}”".format),
    st.builds('"{}"~{}'.format, phrases, st.integers(0, 6)),
    words.map("={}".format),
    words.map(lambda word: f"{word[:2]}*"),
    words.map(lambda word: f"{word[:1]}?{word[2:]}"),
    words.map(lambda word: f"*{word[1:3]}*"),
    st.builds("{}~{}".format, words, st.sampled_from(["", "1", "2"])),
    st.sampled_from(
        ["lang:es", "lang:en", "lang:de",
         "source:radios", 'source:"radio pena"', "doc:b*", "doc:É", "kind:x", "source:r*",
         "title:*", "title:ab* doc:?", 'title:"about ?"', "source:*", "name:r?dio*",
         "doc:b.txt", "doc:*.txt", "*",
         "after:2018", "before:2018-03", "date:2017..2018-03-08", "date:2018-03", "radoi", "odrer",
         "country:chile", 'country:"CÔTE D’IVOIRE"',
         "name:peña", 'name:"r. pena"', 'name:"radio x. pena"',
         "name:Radio", "mentions:1750", "mentions:1749..1751"]
    ),
)  # fmt: skip
queries = st.one_of(
    st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, min_size=2, max_size=4).map(" ".join),
            st.builds("{} AND {}".format, inner, inner),
            st.builds("{} OR {}".format, inner, inner),
            inner.map("NOT {}".format),
            inner.map("({})".format),
            inner.map("-{}".format),
            inner.map("+{}".format),
        ),
        max_leaves=6,
    ),
    st.text(max_size=20),
    st.text(alphabet='aor~*?"()+-: =', max_size=16),
)


def replay(index: Index, history: Any, make: Callable[..., IndexedDocument]) -> Searcher:
    """Fill an index, commit by commit."""
    for added, deleted in history:
        writer = index.writer()
        writer.add(
            make(
                name,
                *paragraphs,
                language=language,
                date=date,
                source=source,
                spoken=spoken,
                facts={"country": country} if country else {},
            )
            for name, paragraphs, language, date, source, spoken, country in added
        )
        for name in deleted:
            writer.delete(name)
        writer.commit()
        writer.close()
    return Searcher(index)


def answer(searcher: Searcher, text: str, **page: Any) -> dict[str, Any]:
    """Return all of an answer but how long it took and which commit it came from."""
    result = searcher.search(text, **page)
    shown = result.to_json() | {"scores": [hit.score for hit in result]}
    shown |= {"documents": result.documents, "dates": result.dates, "places": result.places}
    return {key: value for key, value in shown.items() if key not in ("seconds", "generation")}


SEGMENTS = [
    ([("a", ["radio order", "the radios"], "en", "2018", "", {2: "es"}, "Chile")], []),
    (
        [("b", ["radio radio order", "niños", "casas"], "es", "2017", "", {2: "de", 3: "de"}, "")],
        [],
    ),
    (
        [
            ("a", ["radio", "order, radio"], "en", "2018-03", "", {1: "es"}, "Peru"),
            ("Z", ["radio"], "fr", "", "", {}, "Chile"),
        ],
        [],
    ),
    ([], ["b"]),
]


@given(histories, st.lists(queries, min_size=1, max_size=8))
@example(SEGMENTS, ["radio order", "radio OR order -the", '"radio order"', "r* NOT niño", "*"])
@example(SEGMENTS, ["order AND (radio niños)", "radio (order the)", "radio OR (order niños)"])
@example(SEGMENTS[:3], ["lang:es", "radio -lang:es", "lang:en OR lang:de", "radios order", "casa"])
@example(SEGMENTS, ["country:chile", "radio -country:peru", "country:Peru OR niños"])
@example([([], [])], ["radio", "NOT radio", "*", "r*", '"radio order"', "source:radio"])
@settings(max_examples=50)
@pytest.mark.usefixtures("country")
def test_indexes_agree_on_every_query(
    new_index: Callable[[str], Index],
    document: Callable[..., IndexedDocument],
    history: Any,
    asked: list[str],
) -> None:
    memory = replay(new_index("reference"), history, document)
    pages = [(text, page) for text in asked for page in PAGES]
    expected = [answer(memory, text, **page) for text, page in pages]
    for name in OTHERS:
        whoosh = replay(new_index(name), history, document)
        assert whoosh.documents() == memory.documents(), name
        assert [answer(whoosh, text, **page) for text, page in pages] == expected, name


@given(histories)
@settings(max_examples=25)
@pytest.mark.usefixtures("country")
def test_indexes_agree_on_what_they_hold(
    new_index: Callable[[str], Index],
    document: Callable[..., IndexedDocument],
    history: Any,
) -> None:
    held = []
    for name in ("reference", *OTHERS):
        index = new_index(name)
        replay(index, history, document)
        held.append(contents(index.open()))

    assert held == held[:1] * len(held)


def contents(snapshot: Snapshot) -> dict[str, Any]:
    """Return all that a reader can tell."""
    facts = snapshot.statistics
    return {
        "statistics": (facts.documents, facts.passages, facts.words, facts.languages),
        "languages": snapshot.languages,
        "documents": list(snapshot.documents()),
        "passages": [list(snapshot.passages(document_id)) for document_id in IDS],
        "words": [(w, n) for w in snapshot.vocabulary() if (n := snapshot.frequency(w))],
    }
