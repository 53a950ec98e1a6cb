"""Bytes become text, or a reason why they do not."""

from __future__ import annotations

import codecs
import contextlib
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.errors import UnreadableDocument
from backstory.indexer.readers import Source, encoding
from backstory.indexer.readers.encoding import encoding_of, read_text
from backstory.indexer.settings import CorpusSettings
from tests.conftest import sentences

SPANISH = "El capitán Núñez cruzó el río.\nNadie lo vio.\n"
UTF16_NOTE = "some characters are not valid UTF-16"


def decode(data: bytes, name: str, *, is_cut: bool = False, charset: str = "") -> tuple[str, Any]:
    """Return the text, and the notes as they are shown."""
    text, notes = encoding.decode(data, name, is_cut=is_cut, charset=charset)
    return text, sentences(notes)


@pytest.mark.parametrize(
    "data",
    [
        SPANISH.encode(),
        codecs.BOM_UTF8 + SPANISH.encode(),
        codecs.BOM_UTF16_LE + SPANISH.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + SPANISH.encode("utf-16-be"),
        codecs.BOM_UTF32_LE + SPANISH.encode("utf-32-le"),
        codecs.BOM_UTF32_BE + SPANISH.encode("utf-32-be"),
    ],
    ids=["utf-8", "utf-8-bom", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"],
)
def test_unicode_is_read_without_a_note(data: bytes) -> None:
    assert decode(data, "a.txt") == (SPANISH, ())


def test_windows_1252_is_the_last_resort_and_noted() -> None:
    assert decode(SPANISH.encode("cp1252"), "a.txt") == (SPANISH, ("read as Windows-1252",))


@pytest.mark.parametrize("charset", ["windows-1252", "ISO-8859-1", "latin1", "us-ascii"])
def test_what_the_server_says_is_no_guess_and_not_noted(charset: str) -> None:
    assert decode(SPANISH.encode("cp1252"), "a.txt", charset=charset) == (SPANISH, ())


@pytest.mark.parametrize("charset", ["macintosh", "cp850", "utf-16be", "UTF-16"])
def test_what_the_server_says_decides_where_there_is_no_mark(charset: str) -> None:
    written = "utf-16-le" if charset == "UTF-16" else charset
    assert decode(SPANISH.encode(written), "a.txt", charset=charset) == (SPANISH, ())
    marked = codecs.BOM_UTF8 + SPANISH.encode()
    assert decode(marked, "a.txt", charset=charset) == (SPANISH, ())


def test_what_the_server_says_in_vain_is_noted_or_passed_over() -> None:
    data = SPANISH.encode("cp1252")
    assert decode(data, "a.txt", charset="utf-8") == (SPANISH, ("read as Windows-1252",))
    assert decode(data, "a.txt", charset="no-such-code")[0] == SPANISH
    text, notes = decode(b"one \x81 two", "a.txt", charset="windows-1252")
    assert (text, notes) == ("one \ufffd two", ("some characters are not valid CP1252",))
    with pytest.raises(UnreadableDocument, match="control characters"):
        decode(bytes(range(1, 256)) * 4, "a.txt", charset="windows-1252")


@pytest.mark.parametrize(
    "label", ["", "punycode", "idna", "unicode_escape", "rot13", "base64", "undefined", "é", "\0"]
)
def test_only_encodings_of_pages_are_known(label: str) -> None:
    assert encoding_of(label) == ""


@given(st.text())
def test_any_label_is_an_encoding_or_none(label: str) -> None:
    assert "".join(("a", "b")).encode(encoding_of(label) or "utf-8")


def test_typographic_quotes_of_windows_1252_are_kept() -> None:
    assert decode(b"\x93Go,\x94 she said \x96 and left", "a.txt")[0] == "“Go,” she said – and left"


@pytest.mark.parametrize("byte", [0x81, 0x8D, 0x8F, 0x90, 0x9D])
def test_byte_without_meaning_in_windows_1252_becomes_the_replacement_character(byte: int) -> None:
    assert decode(b"one " + bytes([byte]) + b" two", "a.txt")[0] == "one \ufffd two"


def test_one_stray_line_does_not_spoil_the_accents_of_the_others() -> None:
    data = "cruzó\n".encode() + "Núñez\n".encode("cp1252") + "río\n".encode()
    assert decode(data, "a.txt") == ("cruzó\nNúñez\nrío\n", ("1 of 3 lines read as Windows-1252",))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \t\r\n \x0c \n", "empty"),
        (codecs.BOM_UTF8, "empty"),
        (codecs.BOM_UTF16_LE, "empty"),
        (b"PK\x03\x04\x00\x00 text", "binary (holds NUL bytes)"),
        ("text".encode("utf-16-le"), "binary (holds NUL bytes)"),
        (codecs.BOM_UTF16_LE + "a\0b".encode("utf-16-le"), "binary (holds NUL bytes)"),
        (b"\xff\xd8" + bytes(range(1, 32)) * 3, "binary (holds control characters)"),
    ],
)
def test_what_holds_no_text_is_refused_with_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableDocument) as caught:
        decode(data, "folder/a.txt")
    assert (caught.value.path, caught.value.reason) == ("folder/a.txt", reason)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("one\r\ntwo\r\n", "one\ntwo\n"),
        ("one\rtwo\r", "one\ntwo\n"),
        ("one\r\r\ntwo\r\r\n", "one\ntwo\n"),
        ("one\n\ntwo", "one\n\ntwo"),
        ("one\r\n\r\ntwo", "one\n\ntwo"),
    ],
)
def test_line_ends_become_newlines(raw: str, text: str) -> None:
    assert decode(raw.encode(), "a.txt")[0] == text


def test_escapes_and_other_controls_are_left_for_the_screen_to_show() -> None:
    assert decode("a\x1b[31mb\x07c é".encode(), "a.txt")[0] == "a\x1b[31mb\x07c é"


@pytest.mark.parametrize("missing", [1, 2, 3])
def test_character_cut_at_the_end_of_a_cut_file_is_dropped(missing: int) -> None:
    data = "cruzó el río 🌊".encode()[:-missing]
    assert decode(data, "a.txt", is_cut=True) == ("cruzó el río ", ())


def test_character_cut_in_a_whole_file_is_not_overlooked() -> None:
    assert decode("cruzó el río 🌊".encode()[:-1], "a.txt")[1] == (
        "some characters are not valid UTF-8",
    )


def test_utf_16_with_half_a_character_is_read_as_far_as_it_goes() -> None:
    data = codecs.BOM_UTF16_LE + "one two".encode("utf-16-le") + b"a"
    assert decode(data, "a.txt") == ("one two\ufffd", (UTF16_NOTE,))
    assert decode(data, "a.txt", is_cut=True) == ("one two", ())


def test_cut_file_says_how_much_of_it_was_read() -> None:
    source = Source(Path("a.txt"), "a.txt", b"one two", True, CorpusSettings(max_file_mb=3))
    text, notes = read_text(source)
    assert (text, sentences(notes)) == ("one two", ("only the first 3 MB were read",))


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), min_size=1))
def test_any_text_in_utf_8_comes_back_as_it_was(text: str) -> None:
    if text.isspace() or text.startswith("\ufeff"):
        return
    assert decode(text.encode(), "a.txt") == (text, ())


@given(st.binary(), st.booleans())
def test_any_bytes_give_text_or_are_refused(data: bytes, is_cut: bool) -> None:
    try:
        text, _ = decode(data, "a.txt", is_cut=is_cut)
    except UnreadableDocument:
        return
    assert text.strip()
    assert "\r" not in text
    assert "\0" not in text


# --- What does not say in which encoding it is

RUSSIAN = "Комитет порта собрался во вторник. Письма страховщика исчезли."
POLISH = "Komisja portowa zebrała się we wtorek. Listy ubezpieczyciela zaginęły."
CHINESE = "港务委员会星期二举行会议。工程师认为码头很危险。"
JAPANESE = "港湾委員会は火曜日に開かれた。技師は桟橋を危険だと考えている。"


@pytest.mark.parametrize(
    ("text", "encodings"),
    [
        (RUSSIAN, ("cp1251", "koi8-r", "cp866", "iso8859-5", "mac-cyrillic")),
        (POLISH, ("cp1250", "iso8859-2", "cp852")),
        (CHINESE, ("gb18030",)),
        ("港務委員會星期二舉行會議。工程師認為碼頭很危險。", ("big5",)),
        (JAPANESE, ("cp932", "euc_jp", "iso2022_jp")),
        ("항만 위원회는 화요일에 열렸다. 편지는 사라졌다.", ("cp949",)),
        ("Der Hafenausschuß hörte den Ingenieur. Er hält es für Zufall.", ("cp1252", "mac-roman")),
        ("Le comité du port a siégé mardi, après la tempête.", ("cp1252", "mac-roman", "cp850")),
        ("Η επιτροπή του λιμανιού συνεδρίασε την Τρίτη.", ("cp1253", "iso8859-7")),
        ("Liman kurulu salı günü toplandı; mühendis güvenli değil dedi.", ("cp1254",)),
        ("The committee met on Tuesday.\nNobody came.\n", ("utf-16-le", "utf-16-be", "utf-32-le")),
        (f"{RUSSIAN}\n{RUSSIAN}\n", ("utf-16-le", "utf-16-be")),
    ],
)
def test_the_encoding_is_told_by_the_text(text: str, encodings: tuple[str, ...]) -> None:
    for name in encodings:
        found, notes = decode(text.encode(name), "a.txt")
        assert (name, found) == (name, text)
        assert name.startswith(("utf", "iso2022")) or notes[0].startswith("read as ")


@pytest.mark.parametrize("text", ["café", "Müller", "it’s", "100 €", "Ann – Tom", "§ 5", "Señor"])
def test_a_few_letters_are_windows_1252(text: str) -> None:
    assert decode(text.encode("cp1252"), "a.txt") == (text, ("read as Windows-1252",))


@pytest.mark.parametrize("charset", ["windows-1252", "iso-8859-1", "koi8-r", "gb2312", "us-ascii"])
def test_what_is_declared_gives_way_to_utf_8_that_fits(charset: str) -> None:
    data = f"{SPANISH} — {RUSSIAN}"
    notes = (f"read as UTF-8, not {charset}",)
    assert decode(data.encode(), "a.txt", charset=charset) == (data, notes)


def test_lines_in_two_encodings_are_each_read_in_theirs() -> None:
    data = f"{RUSSIAN}\n".encode() + f"{RUSSIAN}\n".encode("cp1251") + b"plain\n"
    text, notes = decode(data, "a.txt")
    assert text == f"{RUSSIAN}\n{RUSSIAN}\nplain\n"
    assert notes == ("1 of 3 lines read as Windows-1251",)


def test_bytes_that_nothing_fits_are_binary_or_read_somehow() -> None:
    for seed in range(40):
        data = random.Random(seed).randbytes(300)
        with contextlib.suppress(UnreadableDocument):
            decode(data, "a.txt")
