"""The marks of a page are those of its passages, and of the one that may go on there."""

from __future__ import annotations

from backstory.engine.documents import Passage
from backstory.engine.originals import Share
from backstory.searcher import ReadPassage
from backstory.searcher.phrases import AROUND, phrases_on


def read(number: int, page: int | None, text: str, *marks: tuple[int, int]) -> ReadPassage:
    return ReadPassage(Passage("report", number, text, page=page), marks)


PASSAGES = (
    read(1, 1, "the lamp", (4, 8)),
    read(2, 1, "one lamp more", (4, 8)),
    read(3, 3, "a lamp, a lens", (2, 6), (10, 14)),
    read(4, 4, "no light"),
)


def test_the_marks_of_a_page_come_with_the_text_around_them() -> None:
    _, before, *own = phrases_on(PASSAGES, 3)
    assert (before.text, before.before, before.after) == ("lamp", "one ", " more")
    assert before.share is Share.REST
    assert [each.text for each in own] == ["lamp", "lens"]


def test_only_the_last_passage_of_a_page_may_go_on_on_the_next() -> None:
    assert [each.share for each in phrases_on(PASSAGES, 1)] == [Share.WHOLE, Share.BEGINNING]


def test_a_page_without_passages_has_those_of_the_one_before() -> None:
    found = [(each.before, each.share) for each in phrases_on(PASSAGES, 2)]
    assert found == [("the ", Share.REST), ("one ", Share.REST)]
    assert {each.share for each in phrases_on(PASSAGES, 9)} == {Share.REST}


def test_a_document_without_pages_has_none() -> None:
    assert phrases_on((read(1, None, "the lamp", (4, 8)),), 1) == ()
    assert phrases_on((), 1) == ()


def test_little_of_a_long_passage_is_taken_along() -> None:
    text = "x " * 500 + "lamp" + " y" * 500
    (phrase,) = phrases_on((read(1, 1, text, (1_000, 1_004)),), 1)
    assert len(phrase.before) == len(phrase.after) == AROUND
