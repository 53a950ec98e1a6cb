"""The pure parts of bench/relevance.py: reading collections, and the paired test."""

from __future__ import annotations

import random
from itertools import product
from pathlib import Path

import pytest
from bench_modules import load
from hypothesis import given
from hypothesis import strategies as st

judged = load("judged")
significance = load("significance")

CORPUS = '{"_id": "d1", "title": "Wings", "text": "Wings lift."}\n'
QUERIES = '{"_id": "q1", "text": "what lifts"}\n'
QRELS = "query-id\tcorpus-id\tscore\nq1\td1\t1\n"


def collection(
    folder: Path, corpus: str | bytes = CORPUS, queries: str = QUERIES, qrels: str = QRELS
) -> tuple[judged.Collection, list[str]]:
    """Write a collection, read it, and return it with the complaints."""
    texts = {"corpus.jsonl": corpus, "queries.jsonl": queries, "qrels.tsv": qrels}
    for name, text in texts.items():
        (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    complaints: list[str] = []
    read = judged.read_collection(folder, complaints.append)
    return read, [complaint.removeprefix(f"{folder}/") for complaint in complaints]


def test_a_collection_is_read_with_its_header_and_without_complaint(tmp_path: Path) -> None:
    read, complaints = collection(tmp_path)
    assert read.name == tmp_path.name
    assert read.documents == {"d1": judged.JudgedDocument("d1", "Wings", "Wings lift.")}
    assert read.questions == {"q1": "what lifts"}
    assert read.judgements == {"q1": {"d1": 1}}
    assert complaints == []


def test_judgements_may_lack_the_header_and_be_graded(tmp_path: Path) -> None:
    read, complaints = collection(tmp_path, qrels="q1\td1\t2\r\n\r\nq1\td2\t0\nq1\td3\t1.0\n")
    assert read.judgements == {"q1": {"d1": 2, "d2": 0, "d3": 1}}
    assert complaints == []


@pytest.mark.parametrize(
    "line",
    ["{", "[1]", "7", '{"title": "no id"}', '{"_id": ""}', '{"_id": null}', "[" * 100_000],
)
def test_a_line_that_is_no_document_is_left_out_and_named(tmp_path: Path, line: str) -> None:
    read, complaints = collection(tmp_path, corpus=f"{line}\n\n{CORPUS}")
    assert list(read.documents) == ["d1"]
    assert complaints == ["corpus.jsonl:1: not a JSON object with an _id"]


def test_bytes_that_are_no_text_cost_their_line_alone(tmp_path: Path) -> None:
    read, complaints = collection(tmp_path, corpus=b"\xff\xfe\n" + CORPUS.encode())
    assert list(read.documents) == ["d1"]
    assert complaints == ["corpus.jsonl:1: not UTF-8"]


def test_a_byte_order_mark_is_no_part_of_the_first_line(tmp_path: Path) -> None:
    read, complaints = collection(tmp_path, corpus=b"\xef\xbb\xbf" + CORPUS.encode())
    assert list(read.documents) == ["d1"]
    assert complaints == []


def test_numbers_may_be_ids_and_missing_texts_are_empty(tmp_path: Path) -> None:
    corpus = '{"_id": 0}\n{"_id": 2, "title": null, "text": "half: \\ud800"}\n'
    read, _ = collection(tmp_path, corpus=corpus)
    assert [read.documents["0"].whole(), read.documents["2"].whole()] == ["", "half: ?"]


def test_the_first_of_two_documents_with_one_id_stays(tmp_path: Path) -> None:
    read, complaints = collection(tmp_path, corpus=CORPUS + '{"_id": "d1", "text": "again"}\n')
    assert read.documents["d1"].text == "Wings lift."
    assert complaints == ["corpus.jsonl:2: d1 stands there twice"]


@pytest.mark.parametrize("line", ["q1\td1", "q1\td1\tyes", "q1 d1 1", "q1\t0\td1\t1", "q1\td\tinf"])
def test_a_line_that_is_no_judgement_is_left_out_and_named(tmp_path: Path, line: str) -> None:
    read, complaints = collection(tmp_path, qrels=f"{QRELS}{line}\n")
    assert read.judgements == {"q1": {"d1": 1}}
    assert complaints == ["qrels.tsv:3: not a question, a document and a score"]


def test_judgements_of_unknown_questions_go_and_of_unknown_documents_stay(tmp_path: Path) -> None:
    read, complaints = collection(tmp_path, qrels=f"{QRELS}q1\tlost\t1\nq9\td1\t1\n")
    assert read.judgements == {"q1": {"d1": 1, "lost": 1}}
    assert complaints == ["qrels.tsv:4: no question q9"]


@pytest.mark.parametrize(
    ("files", "lacks"),
    [
        ({"corpus": ""}, "documents"),
        ({"qrels": ""}, "judged questions"),
        ({"queries": ""}, "judged"),
    ],
)
def test_a_collection_with_nothing_to_measure_is_refused(
    tmp_path: Path, files: dict[str, str], lacks: str
) -> None:
    with pytest.raises(judged.EmptyCollection, match=f"has no {lacks}"):
        collection(tmp_path, **files)


def test_missing_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "corpus.jsonl").touch()
    assert judged.missing_files(tmp_path) == ["queries.jsonl", "qrels.tsv"]


@pytest.mark.parametrize(
    ("title", "text", "whole"),
    [
        ("Wings", "Lift is all.", "Wings\nLift is all."),
        ("Wings", "wings\n lift", "wings\n lift"),
        ("On  wings .", "on wings . they lift", "on wings . they lift"),
        ("Wing", "Wings lift", "Wing\nWings lift"),
        ("Wings", "", "Wings"),
        ("", "Wings lift", "Wings lift"),
    ],
)
def test_the_title_stands_first_and_once(title: str, text: str, whole: str) -> None:
    assert judged.JudgedDocument("d", title, text).whole() == whole


def test_the_title_is_repeated_where_that_is_asked_for() -> None:
    document = judged.JudgedDocument("d", "Wings", "Wings lift")
    assert document.whole(repeat_title=True) == "Wings\nWings lift"


def exact_chance(differences: list[float]) -> float:
    """Return p over all permutations instead of some."""
    sums = [sum(map(float.__mul__, differences, signs)) for signs in _signs(len(differences))]
    observed = abs(sum(differences)) - 1e-9
    return sum(abs(each) >= observed for each in sums) / len(sums)


def _signs(count: int) -> product[tuple[float, ...]]:
    return product((1.0, -1.0), repeat=count)


@given(st.lists(st.integers(-8, 8).map(lambda n: n / 8), max_size=8))
def test_p_is_near_that_of_all_permutations(differences: list[float]) -> None:
    p = significance.chance(differences, [0.0] * len(differences), permutations=2_000)
    assert p == pytest.approx(exact_chance(differences), abs=0.06)


def test_two_equal_systems_differ_by_chance_alone() -> None:
    assert significance.chance([0.5, 0.2], [0.5, 0.2]) == 1.0


def test_a_system_that_is_always_better_is_better_not_luckier() -> None:
    assert significance.chance([0.6] * 50, [0.5] * 50) == 1 / (significance.PERMUTATIONS + 1)


def test_p_is_the_same_whoever_comes_first_and_whenever_it_is_asked() -> None:
    random_ = random.Random(3)
    ours, theirs = ([random_.random() for _ in range(40)] for _ in "ab")
    p = significance.chance(ours, theirs)
    assert 0 < p < 1
    assert significance.chance(theirs, ours) == significance.chance(ours, theirs) == p


def test_figures_that_are_not_paired_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        significance.chance([0.5, 0.5], [0.5])
