"""The sentences of bench/draft_check.py: their answers are possible, and most are given."""

from __future__ import annotations

import random
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from bench_modules import BENCH, load

import backstory
from backstory.searcher import Searcher

intervals = load("intervals")
HAND = tomllib.loads((BENCH / "draft_sentences.toml").read_text(encoding="utf-8"))["sentence"]


@pytest.fixture(scope="module")
def bench() -> Iterator[ModuleType]:
    """The script itself, which imports another of its folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(BENCH)
        yield load("draft_check")


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    """A searcher over the shipped corpus."""
    index = tmp_path_factory.mktemp("draft") / "index"
    with backstory.open(index, corpus=Path(BENCH.parent, "corpus")) as archive:
        archive.index()
        yield archive.searcher


def test_wilsons_interval() -> None:
    """Values of Newcombe, Two-sided confidence intervals for the single proportion, 1998."""
    for (good, count), interval in {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0.0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }.items():
        assert intervals.wilson(good, count) == pytest.approx(interval, abs=5e-5)
    with pytest.raises(ValueError, match="no trials"):
        intervals.wilson(0, 0)


def test_sentences_by_hand_are_ten_of_a_kind_and_say_what_stands_there(searcher: Searcher) -> None:
    assert set(Counter(each["kind"] for each in HAND).values()) == {10}
    ids = {document.id.rpartition("/")[2]: document.id for document, _ in searcher.documents()}
    for each in HAND:
        if "stands" in each:
            opened = searcher.open(ids[each["document"]])
            texts = [
                read.passage.text for read in opened.passages if each["stands"] in read.passage.text
            ]
            assert texts, each["stands"]
            for there in each.get("different", {}).values():
                assert any(there in text for text in texts), there


def test_most_sentences_are_answered_right(bench: ModuleType, searcher: Searcher) -> None:
    corpus = bench.Corpus(searcher, "", random.Random(7))
    judged = [
        bench.judge(each, searcher.check_draft(each.text)) for each in bench.samples(corpus, 12)
    ]
    right = Counter(each.sample.kind for each in judged if each.said == each.sample.expected)
    every = Counter(each.sample.kind for each in judged)
    kinds = ("exact", "changed", "joined", "invented")
    facts = (
        "number changed",
        "number kept",
        "date changed",
        "date kept",
        "name changed",
        "name kept",
    )
    assert set(every) == {*kinds, *facts}
    assert all(right[kind] / every[kind] >= 0.9 for kind in kinds)
    assert all(right[kind] / every[kind] >= 0.75 for kind in facts)


def test_sentences_by_hand_are_answered_as_often_as_is_said(
    bench: ModuleType, searcher: Searcher
) -> None:
    lines = [line for line in bench.by_hand(searcher) if line.startswith("|")]
    right = sum(int(line.split("|")[2].split()[0]) for line in lines)
    said = (BENCH / "README.md").read_text(encoding="utf-8")
    assert f"{right} of 60 answered right" in " ".join(said.split())
