"""Dates of documents that do not state one."""

from __future__ import annotations

import pytest

from backstory.engine.documents import Document
from backstory.engine.remarks import Code
from backstory.indexer.dating import with_date
from backstory.indexer.readers import Paragraph, Reading
from backstory.indexer.readers.metadata import OF_THE_FILE, date_note
from tests.conftest import sentences


def dated(*texts: str, name: str = "a.txt", date: str = "") -> Reading:
    """Return what a document of these paragraphs becomes."""
    return with_date(Reading(tuple(map(Paragraph, texts)), "A title", date=date), name)


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("Published 9 March 2018 at 10:00 by Ines Falk, Harbour Gazette", "2018-03-09"),
        ("PORT AMARO, March 9, 2018", "2018-03-09"),
        ("2018-03-09", "2018-03-09"),
        ("9 de marzo de 2018", "2018-03-09"),
        ("Publicado el 9 de septiembre del 2018", "2018-09-09"),
        ("Sept. 9th, 2018", "2018-09-09"),
        ("31 February 2018", ""),
        ("March 2018", ""),
        ("On 9 March 2018 the fund paid for radios that nobody had ordered at all.", ""),
        ("From 9 March 2018 to 11 March 2018", ""),
        ("Call 2018-03-0911 or 12018-03-09", ""),
    ],
)
def test_a_line_that_says_when_it_was_written_dates_a_text(line: str, date: str) -> None:
    assert dated("The lighthouse ledger", line, "A clerk copied the ledger.").date == date


def test_two_lines_that_disagree_date_nothing() -> None:
    assert dated("9 March 2018", "11 March 2018").date == ""


def test_two_lines_that_agree_date_a_text() -> None:
    assert dated("Published 9 March 2018", "2018-03-09").date == "2018-03-09"


def test_dates_further_down_are_not_those_of_the_text() -> None:
    assert dated("One.", "Two.", "Three.", "Four.", "9 March 2018").date == ""


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("2018-03-09_ledger.pdf", "2018-03-09"),
        ("folder/ledger 20180309.txt", "2018-03-09"),
        ("2018.03.09.txt", "2018-03-09"),
        ("2018-03.txt", ""),
        ("2018-13-09.txt", ""),
        ("20180309-20180310.txt", ""),
        ("1520180309.txt", ""),
        ("2018-03-09/ledger.txt", ""),
    ],
)
def test_the_name_of_a_file_may_hold_its_date(name: str, date: str) -> None:
    assert dated("A clerk copied it.", name=name).date == date


def test_text_comes_before_the_name_and_metadata_before_both() -> None:
    name = "2017-01-01.txt"
    assert dated("9 March 2018", name=name).date == "2018-03-09"
    assert dated("9 March 2018", name=name, date="2016").date == "2016"


def test_notes_say_where_a_date_was_found() -> None:
    assert sentences(dated("9 March 2018").notes) == ("date 2018-03-09 taken from the text",)
    noted = dated("A line.", name="2018-03-09.txt").notes
    assert sentences(noted) == ("date 2018-03-09 taken from the name of the file",)
    assert dated("9 March 2018", date="2016").notes == ()
    assert dated("A line.").notes == ()


def test_when_a_program_made_the_file_is_a_guess_that_gives_way() -> None:
    guess = date_note("2020-01-01", OF_THE_FILE)

    def guessed(text: str, name: str = "a.pdf") -> Reading:
        reading = Reading((Paragraph(text),), date="2020-01-01", notes=(guess,))
        return with_date(reading, name)

    assert guessed("9 March 2018").date == "2018-03-09"
    assert guessed("A line.", "2018-03-09.pdf").date == "2018-03-09"
    assert [note.code for note in guessed("9 March 2018").notes] == [Code.DATE_TAKEN]
    assert (guessed("A line.").date, guessed("A line.").notes) == ("2020-01-01", (guess,))


def test_a_document_tells_whether_its_date_is_guessed() -> None:
    guess, told = date_note("2020", OF_THE_FILE), date_note("2020", "the text")
    assert Document("a", "A", date="2020", notes=(guess,)).date_guessed
    assert not Document("a", "A", date="2020", notes=(told,)).date_guessed
