"""Markdown gives its text without its marks, and its metadata."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.errors import UnreadableDocument
from backstory.indexer.readers import LeftOut, Reading, Source
from backstory.indexer.readers.encoding import decode
from backstory.indexer.readers.markdown import read
from backstory.indexer.settings import CorpusSettings
from tests.conftest import sentences

LONG = "The clerk had kept the books of the harbor for thirty years and forgot nothing. " * 5


def read_markdown(text: str | bytes, name: str = "notes.md") -> Reading:
    data = text.encode() if isinstance(text, str) else text
    return read(Source(Path(name), name, data, False, CorpusSettings()))


def texts(reading: Reading) -> list[str]:
    return [paragraph.text for paragraph in reading.paragraphs]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("two\nlines", "two lines"),
        ("hard  \nbreak\\\nagain", "hard break again"),
        ("*em* _em_ **strong** ***both*** ~~gone~~", "em em strong both gone"),
        ("half*way*house", "halfwayhouse"),
        ("a [link text](https://example.org/a 'title') here", "a link text here"),
        ("a [link][1] here\n\n[1]: https://example.org", "a link here"),
        ("<https://example.org>", "https://example.org"),
        ("![a *map*](map.png) of the port", "a map of the port"),
        ("run `ls -l` now", "run ls -l now"),
        ("said so[^1] twice[^long-note].", "said so twice."),
        ("a [[Ana Reyes|Ana]] and [[Luis]] ![[map.png]]", "a Ana and Luis map.png"),
        ("`[^a-z]` and `[[x]]`", "[^a-z] and [[x]]"),
        ("five <b>bold</b> words<br>and<!-- no --> more", "five bold words and more"),
        ("2 < 3 & 4 > 1, caf&eacute; &amp; bar", "2 < 3 & 4 > 1, café & bar"),
        (r"not \*em\* \[x\]", "not *em* [x]"),
        ("> a quoted\n> line", "a quoted line"),
        ("```python\nprint('hello')\n```", "print('hello')"),
        ("    indented code", "indented code"),
        ("<div class='x'>\nsome <i>words</i> &amp; more\n</div>", "some words & more"),
        ("- a single item", "a single item"),
        ("[x] plain", "[x] plain"),
    ],
)
def test_marks_do_not_show(markup: str, text: str) -> None:
    assert texts(read_markdown(markup)) == [text]


@pytest.mark.parametrize(
    "markup",
    [
        "<!-- a comment\n\nof two paragraphs -->",
        "<script>\nalert('x')\n</script>",
        "<style>\n.a { color: red }\n</style>",
        "***",
        "[1]: https://example.org",
        "![](map.png)",
    ],
)
def test_what_a_reader_never_sees_is_no_paragraph(markup: str) -> None:
    assert texts(read_markdown(f"before\n\n{markup}\n\nafter")) == ["before", "after"]


def test_paragraphs_of_a_quotation_are_paragraphs() -> None:
    assert texts(read_markdown("> one\n>\n> two\n\nthree")) == ["one", "two", "three"]


def test_headings_go_with_the_paragraphs_under_them() -> None:
    reading = read_markdown(
        "first\n\n## The *pier* {#pier}\n\none\n\ntwo\n\nThe boat\n---\n\nthree"
    )
    assert [(p.heading, p.text) for p in reading.paragraphs] == [
        ("", "first"),
        ("The pier", "one"),
        ("The pier", "two"),
        ("The boat", "three"),
    ]


def test_first_level_one_heading_is_the_title_and_no_passage() -> None:
    reading = read_markdown("## Before\n\none\n\n# The `title`\n\ntwo\n\n# Another\n\nthree")
    assert reading.title == "The title"
    assert [(p.heading, p.text) for p in reading.paragraphs] == [
        ("Before", "one"),
        ("", "two"),
        ("Another", "three"),
    ]


def test_title_of_the_front_matter_wins_over_the_heading() -> None:
    reading = read_markdown("---\ntitle: Written\n---\n# Heading\n\none")
    assert (reading.title, reading.paragraphs[0].heading) == ("Written", "Heading")


def test_heading_that_repeats_the_title_is_no_heading() -> None:
    reading = read_markdown("---\ntitle: Same\n---\n# Same\n\none")
    assert (reading.title, reading.paragraphs[0].heading) == ("Same", "")


def test_page_without_any_title_is_named_after_its_file() -> None:
    assert read_markdown("one", "a/secret_talks.markdown").title == "Secret talks"


def test_long_paragraph_over_a_border_is_no_heading() -> None:
    assert texts(read_markdown(f"{LONG}\n---\n\nafter")) == [LONG.strip(), "after"]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("- one\n- two", ["• one • two"]),
        ("2) one\n3) two", ["2) one 3) two"]),
        ("- [ ] one\n- [x] two", ["• one • two"]),
        ("- one\n  - two\n\n    more\n- three", ["• one • two more • three"]),
        (
            "They took:\n\n- a lamp\n- a map\n\nand left",
            ["They took: • a lamp • a map", "and left"],
        ),
        ("They left.\n\n- a lamp\n- a map", ["They left.", "• a lamp • a map"]),
        ("## They took:\n\n- a lamp\n- a map", ["• a lamp • a map"]),
        ("| a | b |\n|---|---|\n| *c* | d |\n| | e |", ["• a, b • c, d • e"]),
        ("-\n- one\n- two", ["• one • two"]),
    ],
)
def test_short_list_or_table_is_one_passage(markup: str, expected: list[str]) -> None:
    assert texts(read_markdown(markup)) == expected


def test_items_of_a_long_list_are_passages() -> None:
    reading = read_markdown(f"They said:\n\n- {LONG}\n\n  and more\n- {LONG}")
    assert texts(reading) == ["They said:", f"{LONG}and more", LONG.strip()]


def test_rows_of_a_long_table_are_passages() -> None:
    reading = read_markdown(f"| who | what |\n|---|---|\n| Ana | {LONG} |\n| Luis | {LONG} |")
    assert texts(reading) == ["who, what", f"Ana, {LONG.strip()}", f"Luis, {LONG.strip()}"]


def test_footnotes_are_kept_without_their_marks() -> None:
    reading = read_markdown(f"so[^1] it is[^2]\n\n[^1]: Word\n[^2]: {LONG}\n    {LONG}")
    assert texts(reading) == ["so it is", "Word", f"{LONG}{LONG.strip()}"]


def test_deep_nesting_loses_no_word() -> None:
    assert texts(read_markdown("> " * 50 + "deep")) == ["deep"]


def test_offsets_point_at_the_lines_of_the_paragraph() -> None:
    text = "---\ntitle: T\n---\n\n# H\n\none *two*\nthree\n\n- four\n- five\n\nlast"
    reading = read_markdown(text)
    places = [text[p.start : p.end].strip() for p in reading.paragraphs]
    assert places == ["one *two*\nthree", "- four\n- five", "last"]


def test_offsets_count_other_line_separators_as_letters() -> None:
    text = "one\x0b\x1c\u2028two\n\nthree"
    assert [text[p.start : p.end] for p in read_markdown(text).paragraphs][1:] == ["three"]


FRONT_MATTER = """---
title: "Talks: a story"
date: 2018-09-08
source: The Harbor Times
author: [Ana Reyes, Luis Paz]
language: en-US
kind: article
url: https://example.org/talks
tags: [harbor, talks]
layout: post
---

one
"""


def test_front_matter_becomes_metadata() -> None:
    reading = read_markdown(FRONT_MATTER)
    place = FRONT_MATTER.index("one")
    assert texts(reading) == ["one"]
    assert (reading.paragraphs[0].start, reading.paragraphs[0].end) == (place, place + 3)
    assert reading == Reading(
        reading.paragraphs,
        title="Talks: a story",
        date="2018-09-08",
        source="The Harbor Times",
        author="Ana Reyes, Luis Paz",
        language="en",
        kind="article",
        url="https://example.org/talks",
        tags=("harbor", "talks"),
        left_out=(LeftOut("front matter", "layout: post"),),
    )


def test_front_matter_of_a_windows_file_is_read() -> None:
    reading = read_markdown("\ufeff" + FRONT_MATTER.replace("\n", "\r\n"))
    assert (reading.title, texts(reading)) == ("Talks: a story", ["one"])


@pytest.mark.parametrize(
    ("block", "note"),
    [
        ("title: T\nauthor: [a\nb", "notes.md line 5: front matter not read: "),
        ("title: 'a\n", "notes.md line 4: front matter not read: "),
        ("a: &x 1\nb: *x", "notes.md line 3: front matter not read: aliases are not allowed"),
        (f"a: {'[' * 99}", "notes.md line 2: front matter not read: nested too deeply"),
        ("date: 2018-45-01", "notes.md: date '2018-45-01' left out: there is no such day"),
    ],
)
def test_bad_front_matter_is_noted_and_the_page_still_read(block: str, note: str) -> None:
    reading = read_markdown(f"---\n{block}\n---\n# Title\n\none")
    assert len(reading.notes) == 1
    assert sentences(reading.notes)[0].startswith(note)
    title = "T" if block.startswith("title: T") else "Title"
    assert (reading.title, texts(reading)) == (title, ["one"])


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("title: Talks: the secret ones", {"title": "Talks: the secret ones"}),
        ('title: "Talks" on the border', {"title": '"Talks" on the border'}),
        ("title: [Draft] The talks", {"title": "[Draft] The talks"}),
        ("title: *Talks* of the night", {"title": "*Talks* of the night"}),
        ("author: @reyes", {"author": "@reyes"}),
        ("title: Talks: long\n  ones", {"title": "Talks: long ones"}),
        ("tags:\n- one: two: three\n- four", {"tags": ("one: two: three", "four")}),
    ],
)
def test_a_value_that_is_no_yaml_is_the_text_and_costs_no_other(
    line: str, fields: dict[str, object]
) -> None:
    reading = read_markdown(f"---\nkind: memo\n{line}\ndate: 9. März 2018\n---\n# One\n\ntwo")
    assert (reading.kind, reading.date) == ("memo", "2018-03-09")
    assert {name: getattr(reading, name) for name in fields} == fields
    assert texts(reading) == ["two"]


def test_what_is_in_no_field_is_left_out_and_listed() -> None:
    reading = read_markdown("---\ntitle: T\nsummary: Of 1974.\nauthor: [a\n---\nA <!-- b --> c.\n")
    assert [(each.kind, each.text) for each in reading.left_out] == [
        ("front matter", "summary: Of 1974."),
        ("front matter", "author: [a"),
        ("comment", "b"),
    ]


def test_oversized_front_matter_is_noted_and_read_as_text() -> None:
    reading = read_markdown(f"---\ntitle: {'word ' * 20_000}\n\n---\none")
    note = "notes.md line 1: front matter not read: longer than 64 KB"
    assert sentences(reading.notes) == (note,)
    assert texts(reading)[-1] == "one"
    assert len(reading.paragraphs) == 2


@pytest.mark.parametrize(
    "text",
    ["---\n\nbetween borders\n\n---\n\nafter", "---\n\nbetween borders\n\nafter"],
)
def test_borders_around_text_are_no_front_matter(text: str) -> None:
    reading = read_markdown(text)
    assert (texts(reading)[0], texts(reading)[-1], reading.notes) == (
        "between borders",
        "after",
        (),
    )


def test_empty_front_matter_is_nothing() -> None:
    reading = read_markdown("---\n---\n\none")
    assert (reading.title, texts(reading), reading.notes) == ("Notes", ["one"], ())


def test_huge_page_is_read_as_plain_text_with_a_note() -> None:
    reading = read_markdown("one *two*\n\n" + "word " * 400_001)
    assert sentences(reading.notes) == (
        "longer than 2,000,000 characters: Markdown read as plain text",
    )
    assert len(reading.paragraphs) == 1


@pytest.mark.parametrize(
    "piece", ["[", "![a", "*a **b ", "`a ``b ", "<a ", "> ", "- a\n", "|a", "[^1]: ", "<!-- ", "&#"]
)
def test_hostile_markup_takes_linear_time(piece: str) -> None:
    began = time.perf_counter()
    read_markdown("word " + piece * (20_000 // len(piece)))
    assert time.perf_counter() - began < 20


def is_within(letters: str, text: str) -> bool:
    remaining = iter(text)
    return all(letter in remaining for letter in letters)


MARKUP = st.text("ab \n*_`~[]()!|#>-+1.:^\\\t=", max_size=80)
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="&<\0"), max_size=40)


@given(st.lists(MARKUP | TEXT | st.just("\n\n")).map("".join))
def test_any_page_shows_only_letters_that_stand_at_that_place(page: str) -> None:
    try:
        whole, _ = decode(page.encode(), "notes.md")
        reading = read_markdown(page)
    except UnreadableDocument:
        return
    for paragraph in reading.paragraphs:
        place = whole[paragraph.start : paragraph.end]
        assert is_within("".join(filter(str.isalnum, paragraph.text)), place)


@given(st.binary() | st.text().map(lambda text: f"---\n{text}\n---\n{text}".encode()))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        reading = read_markdown(data)
    except UnreadableDocument:
        return
    assert reading.title


@pytest.mark.parametrize(
    "pattern",
    [
        "[",
        "![[a",
        "*a **b ",
        "a*",
        "_a ",
        "[a](<b",
        "[[a|",
        "[^a]",
        "a* *b",
        "~~a ",
        "`a ",
    ],
)
def test_no_pattern_costs_the_square_of_its_length(pattern: str) -> None:
    # Marks are paired up to a number: what is behind it is read, and the marks stay in the text.
    reading = read_markdown("Before.\n\n" + pattern * (300_000 // len(pattern)) + "\n\nBehind.")
    texts = [paragraph.text for paragraph in reading.paragraphs]
    assert texts[0] == "Before."
    assert texts[-1] == "Behind."


def test_a_paragraph_of_too_many_marks_keeps_them_with_a_note() -> None:
    reading = read_markdown("One *two*.\n\n" + "*a* " * 2_000 + "\n\nThree *four*.")
    assert [each.text for each in reading.paragraphs][::2] == ["One two.", "Three four."]
    assert reading.paragraphs[1].text.startswith("*a* *a*")
    assert sentences(reading.notes) == (
        "too many marks or nested too deeply: 1 paragraph read as plain text",
    )


def test_images_in_images_without_end_are_read_as_they_stand() -> None:
    reading = read_markdown("![" * 900 + "deep" + "](b)" * 900)
    assert "deep" in reading.paragraphs[0].text


@pytest.mark.parametrize("nested", ["> " * 3_000, "".join(f"{'  ' * n}- a\n" for n in range(150))])
def test_a_page_that_is_nested_too_deeply_is_read_as_plain_text(nested: str) -> None:
    reading = read_markdown(f"The beginning.\n\n{nested} deep down")
    assert "deep down" in reading.paragraphs[-1].text
    assert sentences(reading.notes) == ("nested too deeply: Markdown read as plain text",)
