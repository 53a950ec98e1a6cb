"""Plain text gives its paragraphs, whatever its layout."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.errors import UnreadableDocument
from backstory.indexer.readers import Reading, Source
from backstory.indexer.readers.encoding import decode
from backstory.indexer.readers.text import read
from backstory.indexer.settings import CorpusSettings
from tests.conftest import sentences

ARTICLE = Path(__file__).parents[3] / "../shared/article/article.txt"

HEADLINE = "Harbor master denies meeting smugglers"
# Each is longer than a line, as the paragraphs of an article are.
STORY = (
    "The harbor master said on Friday that he had never met the three men who were seen boarding "
    "a grey cutter in the early hours of the morning, and that the log would show it.",
    "The log shows nothing of the kind. Four pages are missing, and the ink of the fifth is fresh.",
    "“Somebody wanted those pages very badly,” said a clerk who has kept the books for thirty "
    "years and asked not to be named. “I would like to know what he paid for them.”",
    "On the night in question the moon was new, the tide was high and the lamps along the pier "
    "had been put out at ten, which the rules of the port forbid.",
    "A spokesman for the ministry declined to comment.",
    "Two of the men have since left the country, according to friends of their families, and the "
    "third has not been seen by anyone who would admit to it since the end of the summer.",
    "It was the second time in a year that a cutter had left without a name on its bow.",
)
NOTES = (
    "call with M, three o'clock",
    "says meeting happened in June",
    "will send photos of the boat",
    "ask about the flight to the coast",
)
POEM = ("grey boat on the water", "no lamp on the pier", "the clerk counts his pages", "one by one")


def read_text(text: str | bytes, name: str = "notes/my_file.txt") -> Reading:
    data = text.encode() if isinstance(text, str) else text
    return read(Source(Path(name), name, data, False, CorpusSettings()))


def texts(reading: Reading) -> list[str]:
    return [" ".join(paragraph.text.split()) for paragraph in reading.paragraphs]


def wrapped(width: int, indent: str = "", prefix: str = "", between: str = "\n") -> str:
    fill = textwrap.TextWrapper(
        width, initial_indent=prefix + indent, subsequent_indent=prefix, break_on_hyphens=False
    ).fill
    return between.join(map(fill, STORY))


LAYOUTS = {
    "one a line": "\n".join(STORY),
    "one a line, blank at the end": "\n".join(STORY) + "\n\n\n",
    "one a line, indented": "\n".join("\t" + text for text in STORY),
    "one a line, trailing blanks": "  \n".join(STORY) + " \t\n",
    "one a line in sections": "\n".join(STORY[:3]) + "\n\n" + "\n".join(STORY[3:]),
    "one a line, borders": "\n".join(STORY[:3]) + "\n* * *\n" + "\n".join(STORY[3:]),
    "blank lines": "\n\n".join(STORY),
    "several blank lines": "\n \n\t\n\n".join(STORY),
    "windows line ends": "\r\n\r\n".join(STORY),
    "mended line ends": "\r\r\n".join(STORY),
    "wrapped at 60": wrapped(60, between="\n\n"),
    "wrapped at 72": wrapped(72, between="\n\n"),
    "wrapped at 80": wrapped(80, between="\n\n"),
    "wrapped at 100": wrapped(100, between="\n\n"),
    "wrapped and indented": wrapped(72, indent="    "),
    "wrapped and indented with tabs": wrapped(72, indent="\t"),
    "wrapped, nothing between": wrapped(72),
    "wrapped in a mail that quotes": wrapped(72, prefix="> ", between="\n>\n"),
    "wrapped in a quoted quotation": wrapped(72, prefix=">> ", between="\n>>\n"),
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_layout_is_recognised(layout: str) -> None:
    assert texts(read_text(layout)) == list(STORY)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_headline_over_a_blank_line_is_the_title_in_any_layout(layout: str) -> None:
    reading = read_text(f"{HEADLINE}\n\n{layout}")
    assert reading.title == HEADLINE
    assert texts(reading) == list(STORY)


@pytest.mark.parametrize("layout", ["one a line", "wrapped and indented", "wrapped at 80"])
def test_headline_straight_over_a_longer_line_is_the_title(layout: str) -> None:
    reading = read_text(f"{HEADLINE}\n{LAYOUTS[layout]}")
    assert reading.title == HEADLINE
    assert texts(reading) == list(STORY)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_text_without_a_headline_is_named_after_its_file(layout: str) -> None:
    assert read_text(layout, "notes/secret_talks.txt").title == "Secret talks"


@pytest.mark.parametrize(
    "first",
    [
        "WHO OPENED THE SAFE?",
        "Harbor master buys Acme Inc.",
        "Talks end in the U.S.",
        "A   wide    headline",
        "Underlined\n==========",
        "Talks!",
    ],
)
def test_headline_may_look_like_this(first: str) -> None:
    reading = read_text(f"{first}\n\n" + "\n".join(STORY))
    assert reading.title == " ".join(first.splitlines()[0].split())
    assert texts(reading) == list(STORY)


@pytest.mark.parametrize(
    "first",
    [
        "A short sentence.",
        "Dear Ana,",
        "He said this:",
        "“It was nothing.”",
        "and so on…",
        "- an item",
        "1. an item",
        " ".join(["A line that is much too long to be a headline"] * 4),
        "The three men in the cutter were seen that night at the gates of Acme Inc.",
    ],
)
def test_first_line_that_is_no_headline_is_a_paragraph(first: str) -> None:
    reading = read_text(f"{first}\n\n" + "\n".join(STORY))
    assert reading.title == "My file"
    assert texts(reading) == [" ".join(first.split()), *STORY]


def test_single_line_is_a_paragraph_and_no_title() -> None:
    reading = read_text("Only one line\n")
    assert (reading.title, texts(reading)) == ("My file", ["Only one line"])


@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_first_of_many_lines_like_it_is_no_headline(between: str) -> None:
    reading = read_text(between.join(NOTES))
    assert (reading.title, texts(reading)) == ("My file", list(NOTES))


def test_heading_in_capitals_over_short_notes_is_the_title() -> None:
    reading = read_text("\n\n".join(["FRIDAY IN THE HARBOR", *NOTES]))
    assert (reading.title, texts(reading)) == ("FRIDAY IN THE HARBOR", list(NOTES))


def test_heading_over_one_block_of_lines_is_the_title() -> None:
    reading = read_text("Friday\n\n" + "\n".join(NOTES))
    assert (reading.title, texts(reading)) == ("Friday", list(NOTES))


def test_stanza_is_one_paragraph() -> None:
    reading = read_text("\n".join(POEM) + "\n\n" + "\n".join(reversed(POEM)))
    assert texts(reading) == [" ".join(POEM), " ".join(reversed(POEM))]


def test_long_run_of_short_lines_is_one_paragraph_each() -> None:
    names = [f"Witness number {number}" for number in range(20)]
    reading = read_text("\n".join(POEM) + "\n\n" + "\n".join(names))
    assert texts(reading) == [" ".join(POEM), *names]


def test_short_list_stays_with_the_line_before_it() -> None:
    block = "They took with them:\n- a lamp\n- two maps\n- the ship's log"
    reading = read_text(LAYOUTS["wrapped at 72"] + "\n\n" + block)
    assert texts(reading) == [*STORY, " ".join(block.split())]


def test_wrapped_items_are_paragraphs_of_their_own() -> None:
    items = [f"{number}. {text}" for number, text in enumerate(STORY, start=1)]
    fill = textwrap.TextWrapper(72, subsequent_indent="   ").fill
    assert texts(read_text("\n".join(map(fill, items)))) == items


def test_number_at_the_start_of_a_wrapped_line_is_no_item() -> None:
    text = (
        "The cutter was last seen off the northern cape on the night of August\n"
        "28. The coast guard had been told to let it pass, and it did so without\n"
        "a word to anybody on the shore."
    )
    assert texts(read_text(text)) == [" ".join(text.split())]


def test_wrapped_items_need_no_full_stop() -> None:
    items = [f"- {text.rstrip('.”')}" for text in STORY]
    fill = textwrap.TextWrapper(72, subsequent_indent="  ").fill
    assert texts(read_text("\n".join(map(fill, items)))) == items


def test_text_in_capitals_is_unwrapped_too() -> None:
    assert texts(read_text(wrapped(68).upper())) == [text.upper() for text in STORY]


def test_indented_line_begins_a_paragraph_after_a_full_one() -> None:
    first = (
        "The cutter came back on the fourth day, and nobody on the pier could\n"
        "say where it had been or why its captain had not slept for so long."
    )
    for indent in ("  ", "\t"):
        block = f"{first}\n{indent}{textwrap.fill(STORY[0], 66)}"
        assert texts(read_text(f"{block}\n{indent}{first}")) == [
            " ".join(first.split()),
            STORY[0],
            " ".join(first.split()),
        ]


def test_line_that_is_longer_than_the_others_does_not_hide_that_they_are_wrapped() -> None:
    lines = textwrap.wrap(" ".join(STORY * 2), 72)
    lines[5] += " (as was said before)"
    assert texts(read_text("\n".join(lines))) == [" ".join(lines)]


def test_wrapped_text_may_hold_an_address_that_could_not_be_cut() -> None:
    address = "https://example.org/" + "a" * 120
    block = f"The log of the harbor is kept by the port authority and is at\n{address}\nfor all."
    reading = read_text(f"{wrapped(72, between=chr(10) * 2)}\n\n{block}")
    assert texts(reading) == [*STORY, " ".join(block.split())]


def test_pasted_mail_between_notes_is_unwrapped_by_itself() -> None:
    mail = textwrap.fill(" ".join(STORY[:4]), 72)
    sentences = [f"{note}." for note in NOTES]
    notes = "\n".join(sentences * 3)
    reading = read_text(f"{notes}\n\n{mail}\n\n{notes}")
    assert texts(reading) == [*sentences * 3, " ".join(STORY[:4]), *sentences * 3]


def test_lines_of_one_length_that_begin_with_capitals_are_not_wrapped() -> None:
    lines = [
        f"Harbor clerk number {n} declines to say who paid for his boat" for n in range(10, 30)
    ]
    assert texts(read_text("\n".join([*lines, "The end."]))) == [*lines, "The end."]


def test_two_lines_that_happen_to_begin_with_names_are_still_wrapped() -> None:
    block = (
        "The harbor master said on Friday that he had never met the man, and\nMaria believed him."
    )
    assert texts(read_text(block)) == [" ".join(block.split())]


def test_ragged_margin_does_not_end_a_paragraph() -> None:
    lines = (
        "The cutter came back on the fourth day with its sails torn, and",
        "nobody on the pier would say where it had been, or why.",
        "Its captain, a quiet man from the islands, had not slept,",
        "and the two sailors with him had been paid to forget",
        "what they had seen there, and whom. So they forgot it,",
        "and went away to drink what they had been given for it.",
        "The clerk alone remembered.",
    )
    assert texts(read_text("\n".join(lines))) == [" ".join(lines)]


def test_abbreviation_before_a_small_letter_does_not_end_a_paragraph() -> None:
    block = (
        "The clerk had kept the books of the harbor for all those years and had\n"
        "forgotten nothing that was ever written in them by anybody, esp.\n"
        "names of boats and what they were said to carry when they came in late\n"
        "at night with nobody there to see it."
    )
    assert texts(read_text(block)) == [" ".join(block.split())]


def test_short_first_line_of_a_stanza_is_no_headline() -> None:
    reading = read_text("rain\n" + "\n".join(POEM) + "\n\n" + "\n".join(POEM))
    assert texts(reading) == [f"rain {' '.join(POEM)}", " ".join(POEM)]


def test_answer_to_a_quotation_is_another_paragraph() -> None:
    question = f"Did you know that {STORY[0].rstrip('.')}"
    asked, answered = textwrap.wrap(question, 72), textwrap.wrap(STORY[3], 72)
    reading = read_text("\n".join([f"> {line}" for line in asked] + answered))
    assert texts(reading) == [question, STORY[3]]


def test_quoted_first_line_is_no_headline() -> None:
    assert texts(read_text(f"> Did you go\n\n{STORY[0]}")) == ["Did you go", STORY[0]]


def test_form_feed_begins_a_page_and_a_paragraph() -> None:
    reading = read_text(f"{STORY[0]}\n\f{STORY[1]}\n\n{STORY[2]}\f\f{STORY[3]}")
    assert texts(reading) == list(STORY[:4])
    assert [paragraph.page for paragraph in reading.paragraphs] == [1, 2, 2, 4]


def test_file_without_form_feeds_has_no_pages() -> None:
    assert {p.page for p in read_text("\n\n".join(STORY) + "\f\n").paragraphs} == {None}


@pytest.mark.parametrize(
    ("left", "right", "joined"),
    [
        ("the talks were nego-", "tiated in secret", "negotiated"),
        ("the talks were nego\u00ad", "tiated in secret", "negotiated"),
        ("the talks were nego‐", "tiated in secret", "negotiated"),
        ("it was a well-", "known secret", "well-known"),
        ("the state-of-the-", "art boat", "state-of-the-art"),
        ("a two-", "for-one offer", "two-for-one"),
        ("the Anglo-", "Saxon clerk", "Anglo-Saxon"),
        ("in the years 2010-", "2015 they met", "2010-2015"),
        ("short-", "and long-term plans", "short- and"),
        ("he came -", "and went", "came - and"),
        ("a pro-government paper, and a pro-", "government radio", "a pro-government radio"),
        ("the owner paid, the sea-", "port did not; by sea to port", "sea-port"),
    ],
)
def test_hyphen_at_the_end_of_a_line_is_undone_or_kept(left: str, right: str, joined: str) -> None:
    before = "the harbor master and his clerk went down to the old pier and there"
    reading = read_text(
        f"{before}\nthey waited for the boat from the islands until {left}\n{right}."
    )
    assert joined in texts(reading)[0]
    assert len(reading.paragraphs) == 1


def test_offsets_point_at_the_paragraph_in_the_decoded_text() -> None:
    data = f"\ufeff{HEADLINE}\r\n\r\n  {STORY[0]}  \r\n\r\n{STORY[1]}".encode()
    text, _ = decode(data, "a.txt")
    reading = read_text(data)
    assert [text[p.start : p.end] for p in reading.paragraphs] == list(STORY[:2])


def test_notes_on_the_encoding_are_passed_on() -> None:
    reading = read_text("Él llegó.".encode("cp1252"))
    assert sentences(reading.notes) == ("read as Windows-1252",)


def test_empty_file_is_refused() -> None:
    with pytest.raises(UnreadableDocument, match="empty"):
        read_text(" \n")


def test_file_without_a_word_has_no_paragraphs() -> None:
    assert read_text("* * *\n---\n").paragraphs == ()


@pytest.mark.skipif(not ARTICLE.is_file(), reason="the article is not beside the repository")
def test_the_article_gives_one_passage_a_line() -> None:
    lines = ARTICLE.read_text(encoding="utf-8").splitlines()
    reading = read_text(ARTICLE.read_bytes(), "article.txt")
    assert reading.title == "Article"
    assert [p.text for p in reading.paragraphs] == lines
    assert len(lines) == 51


def letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


PIECES = st.sampled_from(["\n", "\n\n", " ", "-\n", "> ", "\f", "\t", "- ", ". ", "\r\n", "—", "*"])
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
LAYOUT_LIKE = st.lists(PIECES | WORDS | st.sampled_from(STORY), max_size=40).map("".join)


@given(LAYOUT_LIKE | st.text())
def test_any_text_keeps_its_letters_and_their_places(text: str) -> None:
    try:
        decoded, _ = decode(text.encode("utf-8", "surrogatepass"), "a.txt")
        reading = read_text(text.encode("utf-8", "surrogatepass"))
    except UnreadableDocument:
        return
    for paragraph in reading.paragraphs:
        assert letters(decoded[paragraph.start : paragraph.end]) == letters(paragraph.text)
    kept = letters("".join(paragraph.text for paragraph in reading.paragraphs))
    assert letters(decoded) in (kept, letters(reading.title) + kept)


@given(st.binary())
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        reading = read_text(data)
    except UnreadableDocument:
        return
    assert reading.title
    assert all(letters(paragraph.text) for paragraph in reading.paragraphs)
