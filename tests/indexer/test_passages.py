"""Paragraphs become passages: numbered, plainly spaced, none longer than the limit."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.documents import Passage
from backstory.indexer.passages import passages
from backstory.indexer.readers import Paragraph, Reading
from backstory.indexer.settings import CorpusSettings
from tests.conftest import sentences

SMALL = CorpusSettings(max_passage_chars=200)
SENTENCE = "The boat left at dawn with nobody aboard. "


def passages_of(*texts: str, settings: CorpusSettings = SMALL) -> tuple[Passage, ...]:
    return passages("doc", Reading(tuple(map(Paragraph, texts))), settings)[0]


def test_passages_are_numbered_from_one() -> None:
    assert [p.address for p in passages_of("One.", "Two.")] == ["doc#p1", "doc#p2"]


def test_passage_keeps_heading_page_and_offsets() -> None:
    paragraph = Paragraph("One two.", "A\n heading", 3, 10, 18)
    found, notes = passages("doc", Reading((paragraph,)), SMALL)
    assert found == (Passage("doc", 1, "One two.", "A heading", 3, 10, 18),)
    assert notes == ()


def test_passage_keeps_its_time_in_every_part() -> None:
    reading = Reading((Paragraph(SENTENCE * 9, seconds=(65, 80)),))
    found, _ = passages("talk", reading, SMALL)
    assert len(found) > 1
    assert {passage.time for passage in found} == {"0:01:05"}


def test_document_without_paragraphs_has_no_passages() -> None:
    assert passages("doc", Reading(()), SMALL) == ((), ())


@pytest.mark.parametrize("text", ["", " \n\t", "\u00a0", "* * *", "-----", "___", "\ufffd"])
def test_paragraph_without_a_word_gives_no_passage(text: str) -> None:
    assert [p.text for p in passages_of("One.", text, "Two.")] == ["One.", "Two."]


def test_every_run_of_white_space_becomes_one_space() -> None:
    assert passages_of("  one\n  two\tthree\u00a0\u2028four ")[0].text == "one two three four"


@given(st.text(st.sampled_from("ñ  \t\u00a0\u2028"), max_size=5).map("a{}a".format))
def test_spacing_is_plain_whatever_the_text(text: str) -> None:
    assert [p.text for p in passages_of(text)] == [" ".join(text.split())]


def test_paragraph_at_the_limit_is_left_whole() -> None:
    assert len(passages_of("x" * 200)) == 1
    assert len(passages_of("x" * 201)) == 2


def test_long_paragraph_is_split_at_sentence_ends_and_noted() -> None:
    found, notes = passages("doc", Reading((Paragraph(SENTENCE * 12),)), SMALL)
    assert len(found) == 3
    assert {p.text for p in found} == {(SENTENCE * 4).strip()}
    assert sentences(notes) == (
        "1 paragraph longer than 200 characters split into shorter passages",
    )


def test_split_paragraphs_are_counted_in_one_note() -> None:
    reading = Reading((Paragraph("x" * 1_000), Paragraph("short"), Paragraph("y" * 300)))
    _, notes = passages("doc", reading, SMALL)
    assert sentences(notes) == (
        "2 paragraphs longer than 200 characters split into shorter passages",
    )


def test_long_sentence_is_split_between_words() -> None:
    texts = [p.text for p in passages_of("seven " * 100)]
    assert set(" ".join(texts).split()) == {"seven"}
    assert max(map(len, texts)) <= 200


def test_early_sentence_end_makes_no_tiny_passage() -> None:
    texts = [p.text for p in passages_of("No. " + "seven " * 100)]
    assert min(map(len, texts[:-1])) > 100


def test_part_without_a_word_gives_no_passage() -> None:
    texts = [p.text for p in passages_of("one " + "." * 600 + " two")]
    assert [text for text in texts if not text.strip(". ")] == []


def test_sentence_end_inside_quotes_is_seen() -> None:
    said = "“Nobody came back to the house that night.” "
    assert {p.text[-2:] for p in passages_of(said * 20)} == {".”"}


def test_text_without_spaces_is_split_at_its_full_stops() -> None:
    assert {p.text[-1] for p in passages_of("他们在黎明前离开了那座城市。" * 40)} == {"。"}


def test_part_points_at_its_place_where_the_text_is_verbatim() -> None:
    whole = f"Title\n\n{SENTENCE * 12}"
    paragraph = Paragraph(SENTENCE * 12, start=7, end=len(whole))
    found, _ = passages("doc", Reading((paragraph,)), SMALL)
    assert [whole[p.start : p.end].strip() for p in found] == [p.text for p in found]


def test_part_points_at_the_paragraph_where_markup_was_removed() -> None:
    paragraph = Paragraph(SENTENCE * 12, start=7, end=9_000)
    found, _ = passages("doc", Reading((paragraph,)), SMALL)
    assert {(p.start, p.end) for p in found} == {(7, 9_000)}


@pytest.mark.parametrize(
    "text",
    [
        SENTENCE * 120_000,
        "x" * 5_000_000,
        "x " * 2_500_000,
        "x" + "." * 5_000_000,
        ".\"'" * 999_999,
    ],
    ids=["sentences", "one word", "words", "dots", "quotes"],
)
def test_five_megabytes_in_a_line_take_linear_time(text: str) -> None:
    began = time.perf_counter()
    found = passages_of(text, settings=CorpusSettings())
    assert all(len(p.text) <= 20_000 for p in found)
    assert time.perf_counter() - began < 10


@given(st.lists(st.text() | st.text("ab. \n", min_size=150)))
def test_no_letter_is_lost_and_no_passage_is_too_long(texts: list[str]) -> None:
    found = passages_of(*texts)
    kept = "".join("".join(p.text for p in found).split())
    wanted = "".join("".join(text.split()) for text in texts)
    assert [c for c in kept if c.isalnum()] == [c for c in wanted if c.isalnum()]
    assert all(0 < len(p.text) <= 200 for p in found)
    assert [p.number for p in found] == list(range(1, len(found) + 1))
    assert all(p.text == " ".join(p.text.split()) for p in found)
