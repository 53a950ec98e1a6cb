"""A second look at the best passages: it changes their order, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstory.engine.backends.base import Backend
from backstory.engine.backends.memory import MemoryBackend
from backstory.engine.documents import Document, IndexedDocument, Passage
from backstory.engine.feedback import Candidate, Feedback, loose_words, ordered
from backstory.engine.query import All, And, Bag, Boost, Exact, Not, Or, Phrase, Term
from backstory.engine.ranking import BM25
from backstory.engine.settings import Config
from backstory.searcher.search import Searcher

Make = Callable[..., IndexedDocument]
PLAIN = Config().override(ranking__feedback=0.0, ranking__heading=0.0)

SEA, SHIP = (Term(text, text, (f"en:{text}",)) for text in ("sea", "ship"))


@pytest.fixture
def harbour(backend: Backend, document: Make, fill: Callable[..., Backend]) -> Backend:
    """Five passages of a smuggling story, and others that share a word of the question."""
    story = [
        f"The smuggler {verb} cigarettes past the customs launch in the harbour."
        for verb in ("rowed", "hid", "sold", "threw", "carried")
    ]
    others = [
        "A smuggler sang with the choir on a cold evening of spring.",
        "The smuggler whom nobody caught rowed home and sold his launch, cigarettes and customs.",
        *("The weather was fine and the choir sang to nobody in particular." for _ in range(20)),
    ]
    return fill(backend, document("story", *story), document("others", *others))


def addresses(backend: Backend, text: str, config: Config | None = None) -> list[str]:
    """Return the addresses of all hits."""
    return [hit.passage for hit in Searcher(backend, config).search(text, limit=100)]


def test_words_that_the_best_share_lift_a_passage(harbour: Backend) -> None:
    plain, looked = (addresses(harbour, "harbour smuggler", c) for c in (PLAIN, Config()))

    assert set(plain) == set(looked)
    assert plain[:5] == looked[:5], "passages with all the words stay first"
    assert plain.index("others#p1") < plain.index("others#p2")
    assert looked.index("others#p2") < looked.index("others#p1"), "it has what the five have"


def test_the_reason_is_in_the_ranking(harbour: Backend) -> None:
    words = And((Bag((Term("", "harbour", ("en:harbour",)), SMUGGLER)),))
    ranking = harbour.reader().search(words, BM25(), offset=0, limit=9, feedback=Feedback())

    assert {"en:cigarett", "en:custom", "en:launch"} <= ranking.learnt.keys()
    assert "en:the" not in ranking.learnt, "common words teach nothing"
    assert "en:row" not in ranking.learnt, "nor does what a single passage has"
    assert all(found.related >= 0 for found in ranking.found)
    assert any(found.related > 0 for found in ranking.found)


SMUGGLER = Term("", "smuggler", ("en:smuggler",))


@pytest.mark.parametrize("text", ["smuggler", '"the smuggler"', "=harbour", "smuggl*"])
def test_one_word_learns_nothing(harbour: Backend, text: str) -> None:
    config = Config().override(ranking__heading=0.0)
    assert addresses(harbour, text, config) == addresses(harbour, text, PLAIN)


def test_a_word_in_the_title_or_heading_lifts_a_passage(
    backend: Backend, fill: Callable[..., Backend]
) -> None:
    def indexed(name: str, title: str, heading: str) -> IndexedDocument:
        passages = (
            Passage(name, 1, "Radios were bought in spring.", heading=""),
            Passage(name, 2, "Radios were bought in spring.", heading=heading),
        )
        return IndexedDocument(Document(name, title), passages)

    fill(backend, indexed("a", "Spring", "Spring"), indexed("b", "The radio affair", "The radios"))
    hits = Searcher(backend).search("radio").hits

    assert [hit.passage for hit in hits] == ["b#p1", "b#p2", "a#p1", "a#p2"]
    assert hits[0].score == hits[1].score, "a title and a heading count once"
    assert addresses(backend, "radio", PLAIN) == ["a#p1", "a#p2", "b#p1", "b#p2"]


def test_a_heading_is_in_the_language_of_the_document(
    backend: Backend, fill: Callable[..., Backend]
) -> None:
    quoted = Passage("a", 1, "Se compraron radios.", heading="Ordered", language="es")
    bare = Passage("b", 1, "Se compraron radios.", language="es")
    after = Passage("b", 2, "Nothing was ordered.", heading="Ordered")
    fill(
        backend,
        IndexedDocument(Document("a", "A", language="en"), (quoted,)),
        IndexedDocument(Document("b", "B", language="en"), (bare, after)),
    )
    hits = Searcher(backend).search("radios ordering", facets=True).hits

    assert [hit.passage for hit in hits] == ["a#p1", "b#p2", "b#p1"]
    assert list(backend.check(deep=True)) == []


words = st.lists(st.sampled_from("sea ship radio harbour".split()), min_size=1, max_size=6)


@given(
    st.lists(words.map(" ".join), min_size=1, max_size=12),
    words.map(" ".join),
    st.integers(1, 6),
    st.integers(1, 4),
)
@settings(max_examples=60)
def test_only_the_order_within_the_window_changes(
    texts: list[str], asked: str, window: int, size: int
) -> None:
    backend = MemoryBackend()
    passages = tuple(Passage("d", number, text) for number, text in enumerate(texts, 1))
    with_writer(backend, IndexedDocument(Document("d", "Sea"), passages))
    query = Bag(tuple(Term(w, w, (f"en:{w}",)) for w in dict.fromkeys(asked.split())))
    reader, feedback = backend.reader(), Feedback(window=window, per_word=0)

    def found(offset: int, limit: int, feedback: Feedback | None = feedback) -> list[Any]:
        page = reader.search(query, BM25(), offset=offset, limit=limit, feedback=feedback)
        return [(f.passage.number, f.is_full) for f in page.found]

    plain, looked = found(0, 100, None), found(0, 100)
    assert sorted(plain[:window]) == sorted(looked[:window])
    assert plain[window:] == looked[window:]
    assert [full for _, full in looked] == [full for _, full in plain], "all words come first"
    pages = [entry for at in range(0, len(plain), size) for entry in found(at, size)]
    assert pages == looked, "page by page it is the same"


def with_writer(backend: Backend, *documents: IndexedDocument) -> None:
    """Add documents and commit them."""
    writer = backend.writer()
    writer.add(documents)
    writer.commit()
    writer.close()


def test_loose_words_are_those_that_may_stand_in_any_form() -> None:
    query = And(
        (
            Bag((Boost(SEA, 2.0), Exact("", "x"), Phrase("", (SEA, SHIP))), (SHIP,)),
            Or((SEA,)),
            Not(SHIP),
            All(),
        )
    )
    assert list(loose_words(query)) == [(SHIP, 1.0), (SEA, 2.0), (SEA, 1.0)]


@pytest.mark.parametrize(("words", "window"), [(0, 50), (2, 50), (4, 80), (10, 200), (40, 200)])
def test_the_window_grows_with_the_query(words: int, window: int) -> None:
    assert Feedback().window_for(Bag((SEA,) * words)) == window


held = st.lists(st.tuples(st.booleans(), st.sampled_from([0.5, 1.0, 2.0])), max_size=12)


@given(held, st.integers(-2, 12), st.integers(0, 12))
def test_places_that_are_wanted_are_as_if_all_were(
    passages: list[tuple[bool, float]], first: int, many: int
) -> None:
    def candidates() -> list[Candidate]:
        def place(at: int) -> tuple[str, int]:
            return f"d{at % 3}", -at

        return [Candidate(at, points, full, place) for at, (full, points) in enumerate(passages)]

    last = max(first + many, 0)
    whole = sorted(candidates(), key=attrgetter("key"))
    some = ordered(candidates(), first, last)
    assert [one.at for one in ordered(candidates())] == [one.at for one in whole]
    wanted = slice(max(first, 0), last)
    assert [one.at for one in some[wanted]] == [one.at for one in whole[wanted]]
    assert {one.at for one in some[:last]} == {one.at for one in whole[:last]}
    assert [(one.is_full, one.score) for one in some] == [(o.is_full, o.score) for o in whole]
