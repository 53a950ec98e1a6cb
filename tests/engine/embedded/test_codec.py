"""Our segments beside Whoosh's own: Whoosh's searcher must not be able to tell them apart."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
import whoosh.index
from hypothesis import given
from hypothesis import strategies as st
from whoosh import query as wq
from whoosh.query import spans

from backstory.engine.analysis import Analyzer
from backstory.engine.indexes.embedded import EmbeddedIndex
from backstory.engine.indexes.embedded.schema import schema
from backstory.testing import AFFAIR, fill_index, make_document

COLLECTIONS = Path(__file__).parents[3] / "../shared/collections"


def stock_index(folder: Path, texts: Sequence[str], gone: Iterable[int] = ()) -> Any:
    """Let Whoosh write passages in two commits, in its own codec, then delete some."""
    folder.mkdir()
    whoosh_index = whoosh.index.create_in(str(folder), schema())
    analyzer = Analyzer()
    half = (len(texts) + 1) // 2
    for start, some in ((0, texts[:half]), (half, texts[half:])):
        writer = whoosh_index.writer()
        for number, text in enumerate(some, start):
            terms = analyzer.terms(text, "en")
            writer.add_document(
                doc=f"d{number}",
                stem=[stem for _, stem in terms],
                surface=[surface for surface, _ in terms],
            )
        writer.commit(merge=False)
    writer = whoosh_index.writer()
    for number in gone:
        writer.delete_by_term("doc", f"d{number}")
    writer.commit(merge=False)
    return whoosh_index


def our_index(folder: Path, texts: Sequence[str], gone: Iterable[int] = ()) -> Any:
    """Write the same as documents of one passage each, and let Whoosh open it."""
    index = EmbeddedIndex(folder)
    half = (len(texts) + 1) // 2
    for start, some in ((0, texts[:half]), (half, texts[half:])):
        numbered = enumerate(some, start)
        fill_index(index, *(make_document(f"d{n}", text, title="") for n, text in numbered))
    fill_index(index, delete=[f"d{number}" for number in gone])
    return whoosh.index.open_dir(str(folder))


def found(whoosh_index: Any, query: Any, *, entries: int = 1) -> list[int]:
    """Return the documents found, of so many entries each.

    Scores differ, because Whoosh's codec rounds lengths to a byte.
    """
    with whoosh_index.searcher() as searcher:
        return sorted({hit.docnum // entries for hit in searcher.search(query, limit=None)})


def queries(one: str, two: str, three: str) -> dict[str, Any]:
    """Return a query of every kind that Whoosh has for words."""
    first, second, third = (wq.Term("surface", word) for word in (one, two, three))
    return {
        "term": first,
        "stem": wq.Term("stem", f"en:{one}"),
        "id": wq.Term("doc", "d1"),
        "absent": wq.Term("surface", "zzz"),
        "and": wq.And([first, second]),
        "or": wq.Or([first, second, third]),
        "not": wq.And([first, wq.Not(second)]),
        "and not": wq.AndNot(first, second),
        "and maybe": wq.AndMaybe(first, second),
        "require": wq.Require(first, second),
        "otherwise": wq.Otherwise(wq.Term("surface", "zzz"), second),
        "dismax": wq.DisjunctionMax([first, second]),
        "constant": wq.ConstantScoreQuery(wq.Or([first, third]), 2.0),
        "phrase": wq.Phrase("surface", [one, two]),
        "sloppy phrase": wq.Phrase("surface", [one, three], slop=4),
        "ordered": wq.Ordered([first, second]),
        "sequence": wq.Sequence([first, second], slop=3),
        "prefix": wq.Prefix("surface", one[:2]),
        "wildcard": wq.Wildcard("surface", f"*{one[1:3]}*"),
        "regex": wq.Regex("surface", f"{one[:1]}.+"),
        "fuzzy": wq.FuzzyTerm("surface", f"{one}s", maxdist=1),
        "variations": wq.Variations("surface", one),
        "range": wq.TermRange("surface", min(one, two), max(one, two)),
        "every": wq.Every(),
        "every in field": wq.Every("stem"),
        "near": spans.SpanNear2([first, second], slop=5),
        "first": spans.SpanFirst(first, limit=3),
        "span or": spans.SpanOr([first, second]),
        "span not": spans.SpanNot(first, second),
        "before": spans.SpanBefore(first, second),
        "boost": wq.Or([wq.Term("surface", one, boost=2.5), second]),
        "null": wq.NullQuery,
    }


def same_answers(
    folder: Path, texts: Sequence[str], words: tuple[str, str, str], gone: Iterable[int] = ()
) -> dict[str, list[int]]:
    """Compare the segments on every kind of query; return the answers."""
    stock = stock_index(folder / "stock", texts, gone)
    ours = our_index(folder / "ours", texts, gone)
    answers = {}
    for name, query in queries(*words).items():
        answers[name] = found(ours, query, entries=2)
        assert answers[name] == found(stock, query), name
    return answers


TEXTS = [passage.text for indexed in AFFAIR for passage in indexed.passages]


def test_every_kind_of_query_finds_the_same_in_the_affair(tmp_path: Path) -> None:
    answers = same_answers(tmp_path, TEXTS, ("radios", "fund", "admiral"))
    empty = {name for name, answer in answers.items() if not answer}
    assert {"absent", "null"} <= empty
    assert len(empty) < 12, empty


def test_deleted_entries_are_found_by_neither(tmp_path: Path) -> None:
    same_answers(tmp_path, TEXTS, ("radios", "fund", "admiral"), gone=(0, 2, len(TEXTS) - 1))


WORDS = st.sampled_from("ship ships harbour keeper lamp noon sea it's naïve the a 1,750".split())


@given(texts=st.lists(st.lists(WORDS, max_size=12).map(" ".join), min_size=1, max_size=8))
def test_whoosh_answers_alike_on_any_text(
    texts: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    same_answers(tmp_path_factory.mktemp("any"), texts, ("ship", "lamp", "the"))


def test_whoosh_answers_alike_on_the_article(article: Path, tmp_path: Path) -> None:
    texts = article.read_text(encoding="utf-8").splitlines()
    answers = same_answers(tmp_path, texts, ("military", "coup", "maduro"))
    assert len(answers["phrase"]) == 1


@pytest.mark.parametrize(
    ("name", "words"),
    [("cranfield", ("boundary", "layer", "flow")), ("cisi", ("information", "retrieval", "index"))],
)
def test_whoosh_answers_alike_on_a_collection(
    tmp_path: Path, name: str, words: tuple[str, str, str]
) -> None:
    path = COLLECTIONS / name / "corpus.jsonl"
    if not path.is_file():
        pytest.skip(f"the collection is not at {path}: it is not part of the repository")
    with path.open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for _, line in zip(range(150), lines, strict=False)]
    answers = same_answers(tmp_path, texts, words)
    assert answers["phrase"]


def test_whoosh_opens_an_index_that_backstory_wrote(tmp_path: Path) -> None:
    index = EmbeddedIndex(tmp_path / "index")
    fill_index(index, *AFFAIR)
    fill_index(index, make_document("late", "Radios came late."), delete=["ledger"])
    whoosh_index = whoosh.index.open_dir(str(tmp_path / "index"))
    with whoosh_index.searcher() as searcher:
        results = searcher.search(wq.Term("surface", "radios"), limit=None)
        records = [json.loads(hit["record"]) for hit in results]
    snapshot = index.open()
    ours = {p.text for d, _, _ in snapshot.documents() for p in snapshot.passages(d.id)}
    texts = {record[0] for record in records}
    assert texts <= {text for text in ours if "radios" in text.lower()}
    assert "Radios came late." in texts
    assert len(texts) == snapshot.frequency("radios")


@pytest.mark.parametrize("make", [lambda i: i.reader(), lambda i: i.searcher().reader()])
def test_whooshs_reader_knows_lengths_and_terms(tmp_path: Path, make: Callable[[Any], Any]) -> None:
    one = make(stock_index(tmp_path / "stock", TEXTS))
    other = make(our_index(tmp_path / "ours", TEXTS))
    try:
        assert list(one.all_terms()) == list(other.all_terms())
        assert one.field_length("surface") == other.field_length("surface")
        assert sorted(one.indexed_field_names()) == sorted(other.indexed_field_names())
        for name, text in one.all_terms():
            assert one.doc_frequency(name, text) == other.doc_frequency(name, text)
            assert one.frequency(name, text) == other.frequency(name, text)
        for ask in (lambda r: r.expand_prefix("surface", "ra"), lambda r: r.lexicon("stem")):
            assert list(ask(one)) == list(ask(other))
        assert (
            list(one.terms_from("surface", "r"))[:9] == list(other.terms_from("surface", "r"))[:9]
        )
    finally:
        one.close()
        other.close()


def test_whoosh_is_told_that_it_cannot_write_here(tmp_path: Path) -> None:
    whoosh_index = our_index(tmp_path / "ours", TEXTS)
    snapshot = whoosh_index.reader()
    segment = snapshot.readers[0].segment() if hasattr(snapshot, "readers") else snapshot.segment()
    snapshot.close()
    with pytest.raises(ValueError, match="backstory index"):
        segment.codec().per_document_writer(None, segment)
