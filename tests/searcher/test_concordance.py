"""The concordance: one line a mark, whole words on either side, sorted blind to accents."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.analysis import Analyzer
from backstory.engine.documents import Document, Passage
from backstory.engine.hits import Hit, RetrievedPassage
from backstory.engine.indexes.reference import ReferenceIndex
from backstory.searcher import Searcher
from backstory.searcher.concordance import SORTS, Concordance, concordance, lines
from backstory.searcher.whole import whole
from backstory.testing import fill_index, make_document

words = st.sampled_from(["radio", "half", "Ñandú", "“so", "e\u0301l", "中文", "", "x" * 30])
gaps = st.sampled_from([" ", "  ", "\n", "\t \r\n", "-", "", "\u2028", "\u00a0"])
texts = st.one_of(
    st.text(max_size=60),
    st.lists(st.tuples(words, gaps), max_size=12).map(lambda ps: "".join(w + g for w, g in ps)),
)


def hit(text: str, *marks: tuple[int, int]) -> Hit:
    """Make the hit of a passage with these marks."""
    found = RetrievedPassage(Document("d", "A title"), Passage("d", 1, text), 1.0, True)
    return Hit.of(found, 1, marks)


def made(query: str, *texts: str, **options: object) -> Concordance:
    """Make the concordance of a query over documents of one paragraph each."""
    documents = [make_document(f"d{n}", text) for n, text in enumerate(texts)]
    searcher = Searcher(fill_index(ReferenceIndex(), *documents))
    return concordance(whole(searcher, query), **options)  # type: ignore[arg-type]


def test_each_mark_is_a_line_that_says_where_it_stands(searcher: Searcher) -> None:
    result = whole(searcher, "radio")
    found = concordance(result, width=21)

    assert len(found) == found.marks == sum(len(hit.marks) for hit in result) > len(result)
    (line,) = (line for line in found if line.passage == "ledger#p1")
    assert (line.left, line.right) == ("Admiral Quintero for ", " that nobody had")
    assert (line.word, line.mark) == ("radios", (46, 52))
    assert (line.document, line.number, line.source) == ("ledger", 1, "Harbour Gazette")
    assert (line.title, line.date) == ("The lighthouse ledger", "2018-03-09")
    assert found.limits == ()


@pytest.mark.parametrize(
    ("width", "left", "right"),
    [
        (0, "", ""),
        (3, "", ""),
        (5, "and ", " were"),
        (9, "“old and ", " were"),
        (10, "“old and ", " were"),
        (99, "The “old and ", " were half-way."),
    ],
)
def test_context_is_cut_between_words(width: int, left: str, right: str) -> None:
    (line,) = lines(hit("The\n “old  and new were half-way.", (15, 18)), width)
    assert (line.left, line.word, line.right) == (left, "new", right)


def test_context_is_cut_inside_a_word_where_there_is_no_space() -> None:
    (line,) = lines(hit("我们需要无线电设备", (4, 7)), 3)
    assert (line.left, line.word, line.right) == ("们需要", "无线电", "设备")


@given(texts, st.integers(-1, 30))
def test_a_line_is_a_stretch_of_the_text_and_no_longer_than_asked(text: str, width: int) -> None:
    tokens = [(token.start, token.end) for token in Analyzer().tokens(text, "xx")]
    marks = [
        span
        for span, after in zip(tokens, [*tokens[1:], (1 << 20, 0)], strict=False)
        if span[1] <= after[0]  # those of spaceless scripts overlap
    ]
    collapsed = re.sub(r"\s+", " ", text)
    found = list(lines(hit(text, *marks), width))

    assert [line.mark for line in found] == marks
    for line in found:
        at = len(re.sub(r"\s+", " ", text[: line.mark[0]]))
        begin, end = at - len(line.left), at + len(line.word + line.right)
        assert line.left + line.word + line.right == collapsed[begin:end]
        assert max(len(line.left), len(line.right)) <= max(width, 0)
        assert begin == 0 or collapsed[begin - 1] == " " or " " not in line.left
        assert end == len(collapsed) or collapsed[end] == " " or " " not in line.right
        json.dumps(line.to_json())


def test_lines_are_in_the_order_of_documents_unless_told() -> None:
    found = made("radio", "one radio, two radio", "no radio radio")
    assert [(line.document, line.mark) for line in found] == [
        ("d0", (4, 9)),
        ("d0", (15, 20)),
        ("d1", (3, 8)),
        ("d1", (9, 14)),
    ]


def test_left_is_sorted_from_the_last_word_leftwards() -> None:
    found = made("radio", "zoo an radio", "ark old radio", "Ábaco old radio", "radio", sort="left")
    assert [line.left for line in found] == ["", "zoo an ", "Ábaco old ", "ark old "]


def test_right_is_sorted_by_the_words_that_follow() -> None:
    found = made("radio", "radio zoo", "radio, Él came", "radio (elan)", "radio", sort="right")
    assert [line.right for line in found] == ["", ", Él came", " (elan)", " zoo"]


def test_words_are_sorted_together_whatever_their_accents_and_capitals() -> None:
    found = made("peñ* OR pea*", "Peñón b", "pena a", "PEÑA c", "pearl", "Peña B", sort="word")
    assert [line.word for line in found] == ["pearl", "pena", "Peña", "PEÑA", "Peñón"]


def test_an_order_that_is_none_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="document, left, right, word, not by date"):
        made("radio", "radio", sort="date")
    assert list(SORTS) == ["document", "left", "right", "word"]


def test_lines_of_the_best_passages_are_kept_and_the_cut_is_said() -> None:
    found = made("radio", "a radio in a long text that is about much else", "radio radio", limit=2)
    assert [line.document for line in found] == ["d1", "d1"]
    assert found.limits == ("Only 2 of 3 lines, those of the best passages.",)
    assert len(made("radio", "radio radio", limit=None)) == 2
    assert len(made("radio", "radio radio", limit=0)) == 0


def test_a_result_that_was_cut_is_said_too(searcher: Searcher) -> None:
    found = concordance(whole(searcher, "radio", most=1))
    assert found.limits[0].startswith("Only the best 1 of ")


def test_a_query_without_words_has_no_lines_and_says_why(searcher: Searcher) -> None:
    found = concordance(whole(searcher, 'source:"Harbour Gazette"'))
    assert not found.lines
    assert found.limits == ("The query has no words to mark, so there are no lines.",)
    assert concordance(whole(searcher, "blockchain")).limits == ()
