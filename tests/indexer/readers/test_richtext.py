"""RTF: text, and everything that hangs on it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.indexer.readers import Reading
from backstory.indexer.readers.rtf_text import RichText
from backstory.indexer.readers.rtf_tokens import Kind, tokens

Read = Callable[..., Reading]
FONTS = (
    rb"{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset204 B;}{\f2\fcharset128 C;}{\f3\fcharset2 Symbol;}}"
)


def texts(reading: Reading) -> list[str]:
    return [paragraph.text for paragraph in reading.paragraphs]


def rtf(body: bytes) -> bytes:
    return rb"{\rtf1\ansi\deff0 " + body + b"}"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (rb"caf\'e9 \u8220?a\u8221?.\par Two\~three.", ["café “a”.", "Two three."]),
        (rb"One.{\*\generator hidden}\par {\pict 0102ff}Two.", ["One.", "Two."]),
        (rb"Only a line", ["Only a line"]),
        (rb"One.\line Still.\page Two.\sect Three.\column Four.\
Five.", ["One. Still.", "Two.", "Three.", "Four.", "Five."]),
        (rb"{\field{\*\fldinst HYPERLINK x}{\fldrslt The link}} stands.", ["The link stands."]),
        (rb"fuel\-tank, twenty\_one, \{a\} \emdash  b\\c.", ["fueltank, twenty-one, {a} — b\\c."]),
        (rb"{\upr{ansi}{\*\ud{\u945?}}} stands.", ["α stands."]),
        (rb"{\object{\*\objdata 0102}{\result It shows.}}", ["It shows."]),
        ("Ein Café für alle.".encode(), ["Ein Café für alle."]),
        (b"one.}} two. }", ["one. two."]),
    ],
)  # fmt: skip
def test_text_is_read(read_bytes: Read, written: bytes, read: list[str]) -> None:
    assert texts(read_bytes("a.rtf", rtf(written))) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (rb"\u8364?b", "€b"),
        (rb"\u8364\'80c", "€c"),
        (rb"\uc2\u26085\'93\'fad", "日d"),
        (rb"\uc0\u8364b", "€b"),
        (rb"\u-10179?\u-8704?", "😀"),
        (rb"\u-10179?b", "\ufffdb"),
        (rb"\u56832?b", "\ufffdb"),
        (rb"\u b", "b"),
        (rb"\u99999999?b", "\ufffdb"),
        (rb"\u" + b"9" * 5000 + b"?b", "\ufffdb"),
        (rb"\'zz b", "zz b"),
        (rb"\f1\'cf\'f0", "Пр"),
        (rb"\f2\'93\'fa", "日"),
        (rb"\f3\'b7{\f0  b}", "• b"),
        (rb"\mac caf\'8e", "café"),
        (rb"\ansicpg1251\f9\'cf", "П"),
        (rb"\ansicpg77777\f9\'e9", "é"),
    ],
)
def test_characters_are_read_also_where_codes_are_broken(
    read_bytes: Read, written: bytes, read: str
) -> None:
    assert texts(read_bytes("a.rtf", rtf(FONTS + b"say " + written + b" end."))) == [
        f"say {read} end."
    ]


@pytest.mark.parametrize(
    "picture",
    [rb"\bin ffd8", rb"\bin5 ab}cd", rb"\bin-4 00", rb"\bin999999999999 ff", rb"\bin3 ab", b""],
)
def test_binary_data_never_cost_the_text(read_bytes: Read, picture: bytes) -> None:
    data = rtf(rb"A map.\par {\pict\jpegblip " + picture + rb"}\par It is lost.\par")
    assert texts(read_bytes("a.rtf", data)) == ["A map.", "It is lost."]


def test_notes_comments_and_text_boxes_follow_their_paragraph(read_bytes: Read) -> None:
    made = (18 << 11) | (3 << 16) | (118 << 20)
    data = rtf(
        rb"Paid.{\super\chftn}{\footnote\pard\plain{\super\chftn} Says the clerk.\par Twice.}"
        rb"{\*\atnid IF}{\*\atnauthor Ines Falk}\chatn{\*\annotation{\*\atndate "
        + str(made).encode()
        + rb"}Who says so?}{\shp{\*\shpinst{\sp{\sn a}{\sv 7}}{\shptxt In a box.\par}}"
        rb"{\shprslt{\*\do{\dptxbxtext In a box.}}}} In May.\par Next.\par"
    )
    assert texts(read_bytes("a.rtf", data)) == [
        "Paid. In May.",
        "Says the clerk. Twice.",
        "Comment by Ines Falk, 2018-03-18: Who says so?",
        "In a box.",
        "Next.",
    ]


def test_a_comment_may_lack_its_author_and_date(read_bytes: Read) -> None:
    data = rtf(rb"Paid.{\*\annotation{\*\atndate soon}Who says so?}\par Next.")
    assert texts(read_bytes("a.rtf", data)) == ["Paid.", "Comment: Who says so?", "Next."]


def test_what_is_deleted_or_hidden_is_left_out_and_told(read_bytes: Read) -> None:
    data = rtf(
        rb"The fee was {\deleted 900 {\b crowns}{\footnote So it was.}}{\revised 300}.{\v No.}\par "
        rb"{\deleted More.}\v Not this.\v0  This.\par"
    )
    reading = read_bytes("a.rtf", data)
    assert texts(reading) == ["The fee was 300.", "This."]
    assert [(each.kind, each.text) for each in reading.left_out] == [
        ("deleted", "900 crowns"), ("deleted", "So it was."), ("hidden", "No."),
        ("deleted", "More."), ("hidden", "Not this."),
    ]  # fmt: skip


def test_items_have_their_numbers_or_bullets(read_bytes: Read) -> None:
    data = rtf(
        FONTS + rb"{\listtext\f3\'b7\tab}Lamps\par{\listtext\u61623?\tab}Radios\par\pard It says:"
        rb"\par{\listtext\pard 4.1\tab}\ls1 Rent.\par{\pntext 4.2\tab}Repairs.\par\pard End.\par"
    )
    assert texts(read_bytes("a.rtf", data)) == [
        "• Lamps • Radios", "It says: 4.1 Rent. 4.2 Repairs.", "End.",
    ]  # fmt: skip


def test_headings_are_known_by_their_styles(read_bytes: Read) -> None:
    data = rtf(
        rb"{\stylesheet{\s0 Normal;}{\s1\b heading 1;}{\s2\outlinelevel1 Clause;}{\*\cs3 title;}}"
        rb"\pard\s1 Report\par\pard\s0 One.\par\pard\s2{\listtext 2.\tab}Rent\par\pard Two.\par"
        rb"\pard\outlinelevel1 Ends\par\pard\outlinelevel9 Three.\par"
    )
    reading = read_bytes("a.rtf", data)
    assert reading.title == "Report"
    assert [(each.heading, each.text) for each in reading.paragraphs] == [
        ("", "One."), ("2. Rent", "Two."), ("Ends", "Three."),
    ]  # fmt: skip


def test_a_row_is_a_line_with_its_cells(read_bytes: Read) -> None:
    data = rtf(
        rb"\trowd\cellx1\cellx2\pard\intbl Lamps\par and spares\cell{\listtext 1.\tab}40"
        rb"{\footnote Counted.}\cell\row\pard\intbl Radios\cell\cell\row\pard After.\par"
    )
    assert texts(read_bytes("a.rtf", data)) == [
        "Lamps and spares, 1. 40", "Counted.", "Radios", "After.",
    ]  # fmt: skip
    assert texts(read_bytes("a.rtf", rtf(rb"\trowd a\cell b\cell\row\pard One | two."))) == [
        "a, b", "One | two.",
    ]  # fmt: skip


def test_raised_and_lowered_characters_are_parted(read_bytes: Read) -> None:
    data = rtf(rb"84 m{\super 2} in 2019{\up6 3} of CO{\sub 2}\super 4\nosupersub  ends.")
    assert texts(read_bytes("a.rtf", data)) == ["84 m² in 2019 3 of CO₂ 4 ends."]


def test_heads_and_feet_of_pages_are_read_once_and_page_numbers_left_out(read_bytes: Read) -> None:
    number = rb"{\field{\*\fldinst NUMPAGES}{\fldrslt 9}}"
    head = rb"{\headerf\pard Ref. 77/2014\par}{\headerr\pard Ref. 77/2014\par}"
    data = rtf(head + rb"{\footer\pard Page \chpgn  of " + number + rb"\par}\pard Text.\par")
    reading = read_bytes("a.rtf", data)
    assert [(each.heading, each.text) for each in reading.paragraphs] == [
        ("", "Text."), ("Page head", "Ref. 77/2014"),
    ]  # fmt: skip
    assert [(each.kind, each.text) for each in reading.left_out] == [("page number", "Page of")]


def test_a_file_that_ends_early_keeps_what_it_has(read_bytes: Read) -> None:
    data = rb"{\rtf1 One.\par {\b Two{\footnote Three"
    assert texts(read_bytes("a.rtf", data)) == ["One.", "Two", "Three"]


def test_groups_may_be_nested_without_end(read_bytes: Read) -> None:
    data = rtf(b"{" * 100_000 + b"deep" + b"}" * 100_000 + b" and out")
    assert texts(read_bytes("a.rtf", data)) == ["deep and out"]


WORDS = st.sampled_from(
    rb"\par \cell \row \pard \intbl { } \footnote \deleted \v0 \u8364 \uc2 \super \* \header x 7 "
    rb"\'e9 \bin3 \fonttbl \f1 \fcharset128 \stylesheet \s1 \upr \ud \annotation \listtext \shptxt "
    rb"\info \title \creatim \yr2018 \fldinst \fldrslt \u-10179 \sub \trowd \plain".split()
)


@given(st.lists(WORDS))
def test_any_row_of_commands_is_read(words: list[bytes]) -> None:
    text = RichText(rtf(b" ".join(words)))
    assert all(block.text for block in text.blocks())


@given(st.binary())
def test_any_bytes_are_read_and_plain_ones_kept(data: bytes) -> None:
    RichText(data)
    plain = bytes(byte for byte in data if chr(byte).isalnum() and byte < 128)
    assert b"".join(each.data for each in tokens(plain) if each.kind is Kind.TEXT) == plain
