"""What comes back: pieces that join to the text, and stable names in JSON."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.hits import Hit, cut
from backstory.searcher import Searcher


@st.composite
def marked_texts(draw: st.DrawFn) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Draw a text with sorted marks that do not overlap."""
    text = draw(st.text())
    ends = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    return text, tuple(zip(ends[::2], ends[1::2], strict=False))


@given(marked_texts())
def test_parts_join_to_the_text_and_marked_parts_are_the_marks(
    marked: tuple[str, tuple[tuple[int, int], ...]],
) -> None:
    text, marks = marked
    parts = cut(text, marks)

    assert "".join(part for part, _ in parts) == text
    assert [part for part, is_marked in parts if is_marked] == [text[s:e] for s, e in marks]
    assert all(part for part, _ in parts)


@pytest.mark.parametrize(
    ("marks", "parts"),
    [
        ((), [("radio shed", False)]),
        (((0, 5),), [("radio", True), (" shed", False)]),
        (((0, 5), (6, 10)), [("radio", True), (" ", False), ("shed", True)]),
        (((0, 10),), [("radio shed", True)]),
        (((0, 2), (2, 5)), [("ra", True), ("dio", True), (" shed", False)]),
    ],
)
def test_text_is_cut_at_its_marks(
    marks: tuple[tuple[int, int], ...], parts: list[tuple[str, bool]]
) -> None:
    assert cut("radio shed", marks) == parts


HIT_NAMES = [
    "rank", "score", "passage", "document", "number", "title", "source", "author", "date",
    "language", "heading", "page", "text", "marks", "all_words", "url", "kind",
    "names", "why", "time", "cells", "confidence", "in_title", "date_guessed", "has_picture",
    "by_meaning", "nearest", "added",
]  # fmt: skip
RESULT_NAMES = [
    "text", "searched", "total", "all_words", "by_meaning", "offset", "limit", "generation",
    "seconds", "partial", "notes", "ignored", "missing", "limits", "parts", "suggestions", "words",
    "languages", "facets", "copies", "hits", "nearest",
]  # fmt: skip


def test_json_has_the_names_that_others_rely_on(searcher: Searcher) -> None:
    result = searcher.search('radios "radio shed"', facets=True, limit=2)
    record = json.loads(json.dumps(result.to_json()))

    assert list(record) == RESULT_NAMES
    assert [list(hit) for hit in record["hits"]] == [HIT_NAMES] * 2
    assert record["total"] == result.total >= len(result) == 2
    assert record["hits"][0]["marks"] == [list(mark) for mark in result.hits[0].marks]
    assert record["parts"] == [{"text": "radio", "total": 3}, {"text": "shed", "total": 2}]


def test_suggestions_in_json_have_the_names_that_others_rely_on(searcher: Searcher) -> None:
    record = searcher.search("raido", correct=False).to_json()
    more = searcher.search("+zzzz radio").to_json()

    assert record["suggestions"] == [
        {"text": "radio", "replaces": "raido", "instead": "radio", "total": 6, "kind": "spelling"}
    ]
    assert more["suggestions"] == [
        {"text": "radio", "replaces": "+zzzz", "instead": "", "total": 6, "kind": "without"}
    ]


def test_hit_gives_its_parts(searcher: Searcher) -> None:
    hit: Hit = next(iter(searcher.search("ledger")))

    assert ("ledger", True) in hit.parts
    assert "".join(part for part, _ in hit.parts) == hit.text
