"""How well searches of the shipped corpus answer, by queries that were judged before any search.

The floors stand a little under what was measured last: who changes the ranking or the corpus
sees at once what it did. Measures are those of the ir-measures package.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import ir_measures
import pytest
from ir_measures import RR, nDCG

import backstory
from backstory.engine.documents import split_address
from backstory.engine.hits import SearchResult
from backstory.searcher import Searcher
from tests.relevance.judged import CORPUS, JudgedQuery, read_judged, read_nothing

JUDGED = read_judged()
MEASURES = {"nDCG@10": nDCG @ 10, "RR@10": RR @ 10}
FLOORS = {"nDCG@10": 0.60, "RR@10": 0.84}
WORST = 10


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    """The shipped corpus, indexed."""
    archive = backstory.open(tmp_path_factory.mktemp("relevance") / "index", corpus=CORPUS)
    archive.index()
    return archive.searcher


@pytest.fixture(scope="module")
def results(searcher: Searcher) -> dict[str, SearchResult]:
    """The first page of every judged query."""
    return {query.id: searcher.search(query.text, limit=10) for query in JUDGED}


@pytest.fixture(scope="module")
def measured(results: Mapping[str, SearchResult]) -> dict[str, dict[str, float]]:
    """What each measure gives each query."""
    judgements = [
        ir_measures.Qrel(query.id, address, grade)
        for query in JUDGED
        for address, grade in query.grades.items()
    ]
    run = [
        ir_measures.ScoredDoc(name, hit.passage, -float(hit.rank))
        for name, result in results.items()
        for hit in result
    ]
    found: dict[str, dict[str, float]] = {name: {} for name in MEASURES}
    for value in ir_measures.iter_calc(list(MEASURES.values()), judgements, run):
        found[str(value.measure)][value.query_id] = value.value
    return found


@pytest.mark.parametrize("name", FLOORS)
def test_answers_are_as_good_as_they_were(
    measured: Mapping[str, Mapping[str, float]],
    results: Mapping[str, SearchResult],
    name: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    values = measured[name]
    mean = sum(values.get(query.id, 0.0) for query in JUDGED) / len(JUDGED)
    with capsys.disabled():
        print(f"\n{name} of {len(JUDGED)} judged queries: {mean:.3f}")  # noqa: T201
        for query in sorted(JUDGED, key=lambda query: values.get(query.id, 0.0))[:WORST]:
            print(_told(query, values.get(query.id, 0.0), results[query.id]))  # noqa: T201

    assert mean >= FLOORS[name]


def _told(query: JudgedQuery, value: float, result: SearchResult) -> str:
    first = result.hits[0].passage if result.hits else "nothing"
    best = max(query.grades, key=lambda address: query.grades[address])
    return f"  {value:.2f} {query.id} {query.text!r}: {first} first, {best} would answer"


@pytest.mark.parametrize("text", read_nothing())
def test_what_the_corpus_does_not_have_is_not_found(searcher: Searcher, text: str) -> None:
    assert searcher.search(text).total == 0


def test_addresses_that_were_judged_are_there(searcher: Searcher) -> None:
    addresses = {address for query in JUDGED for address in query.grades}
    assert [address for address in sorted(addresses) if not searcher.passage(address)] == []
    for address in addresses:
        document, number = split_address(address)
        assert (CORPUS / f"{document}.md").is_file()
        assert number


def test_the_collection_is_as_large_and_as_mixed_as_it_should_be() -> None:
    kinds = Counter(query.kind for query in JUDGED)
    best = {a.split("#")[0] for q in JUDGED for a, grade in q.grades.items() if grade == 2}

    assert len(JUDGED) >= 100
    assert len(read_nothing()) >= 10
    assert len({query.id for query in JUDGED}) == len(JUDGED)
    assert set(kinds) == {
        "keywords", "question", "name", "typo", "accents", "phrase", "spanish", "paraphrase",
    }  # fmt: skip
    assert min(kinds.values()) >= 10
    assert all(2 in query.grades.values() for query in JUDGED)
    assert all(set(query.grades.values()) <= {1, 2} for query in JUDGED)
    assert len(best) >= 40, "documents that answer something"


def test_addresses_survive_a_change_of_other_documents(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    for path in sorted(CORPUS.rglob("*.md"))[:6]:
        copy = corpus / path.relative_to(CORPUS)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    archive = backstory.open(tmp_path / "index", corpus=corpus)
    archive.index()
    first, *others = sorted(corpus.rglob("*.md"))
    name = first.relative_to(corpus).with_suffix("").as_posix()
    before = [read.passage for read in archive.open(name).passages]
    for path in others:
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("\n## ", "\nA new paragraph.\n\n## "), encoding="utf-8")
    archive.index()

    assert [read.passage for read in archive.open(name).passages] == before
