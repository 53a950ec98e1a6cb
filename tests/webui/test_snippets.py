"""Extracts: honest, near the length asked for, every mark whole."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from backstory.webui.snippets import AROUND, WHOLE, snippet


def joined(stretch):
    return "".join(text for text, _ in stretch)


def marked(found):
    return [text for stretch in found.stretches for text, is_marked in stretch if is_marked]


def test_short_text_is_whole():
    found = snippet("the quick fox", ((4, 9),))
    assert found.stretches == ([("the ", False), ("quick", True), (" fox", False)],)
    assert not found.is_cut_before
    assert not found.is_cut_after


def test_text_without_marks_begins_at_the_beginning():
    found = snippet("word " * 1000, ())
    assert not found.is_cut_before
    assert found.is_cut_after
    assert joined(found.stretches[0]).endswith("word")


def test_text_is_cut_at_spaces():
    text = "alpha " * 300 + "needle" + " omega" * 300
    found = snippet(text, ((1800, 1806),))
    assert joined(found.stretches[0]).split()[0] == "alpha"
    assert joined(found.stretches[0]).split()[-1] == "omega"


def test_a_word_not_yet_marked_comes_before_repetitions():
    text = ("often " + "filler " * 40) * 40 + "rare"
    often = [(at, at + 5) for at in range(0, len(text) - 4, 286)]
    found = snippet(text, (*often, (len(text) - 4, len(text))))
    assert "rare" in marked(found)
    assert "often" in marked(found)
    assert len(found.stretches) > 1


def test_long_mark_is_never_cut():
    text = "x " * 2000
    assert marked(snippet(text, ((10, 3000),))) == [text[10:3000]]


def test_mark_at_the_edge_of_an_extract_is_whole_or_out():
    text = "x " * 1000
    for first in ((0, 5), (1500, 1505)):
        marks = tuple(sorted((first, (90, 590), (1400, 1450), (1600, 1700))))
        found = snippet(text, marks, 50)
        assert set(marked(found)) <= {text[start:end] for start, end in marks}
        assert max(len(mark) for mark in marked(found)) >= 100


def test_repetition_that_an_extract_begins_in_is_taken_whole():
    long, new = "ab " * 99 + "abc", "zeb"
    text = f"{long}{' x' * 850}{long}{' x' * 50}{new}{' x' * 500}"
    second = text.index(long, 1)
    marks = ((0, 300), (second, second + 300), (text.index(new), text.index(new) + 3))
    assert marked(snippet(text, marks, 1_000)) == [long, long, new]


@st.composite
def marked_texts(draw):
    text = draw(st.text(st.sampled_from("ab c\n’é"), min_size=1, max_size=400))
    ends = sorted(draw(st.sets(st.integers(0, len(text)), max_size=12)))
    return text, tuple(zip(ends[::2], ends[1::2], strict=False))


@given(marked_texts(), st.integers(1, 200))
def test_extracts_are_pieces_of_the_text_in_order_with_real_marks(given_text, limit):
    text, marks = given_text
    found = snippet(text, marks, limit)
    at = 0
    for stretch in found.stretches:
        at = text.index(joined(stretch), at) + len(joined(stretch))
    real = [text[start:end] for start, end in marks]
    remaining = iter(real)
    assert all(any(mark == held for held in remaining) for mark in marked(found))
    assert bool(marked(found)) == bool(marks)
    assert found.is_cut_before or text.startswith(joined(found.stretches[0]))
    assert found.is_cut_after or text.endswith(joined(found.stretches[-1]))


def test_length_stays_near_the_limit():
    text = "needle in hay " * 2000
    marks = tuple((at, at + 6) for at in range(0, len(text) - 14, 14))
    found = snippet(text, marks)
    assert sum(len(joined(stretch)) for stretch in found.stretches) <= WHOLE + 2 * AROUND
