"""Word files, OpenDocument texts and RTF."""

from __future__ import annotations

from collections.abc import Callable

import dossier
import pytest

from backstory.indexer.readers import Reading
from tests.conftest import sentences

Read = Callable[..., Reading]
FORMATS = {"a.docx": dossier.word, "a.odt": dossier.opendocument, "a.rtf": dossier.rich_text}


def texts(reading: Reading) -> list[str]:
    return [paragraph.text for paragraph in reading.paragraphs]


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("number", range(3))
def test_a_story_is_read_as_it_was_written(read_bytes: Read, name: str, number: int) -> None:
    story = dossier.story(number)
    reading = read_bytes(name, FORMATS[name](story))
    assert texts(reading) == story.paragraphs
    assert (reading.title, reading.author, reading.date) == (story.title, "Ines Falk", story.date)
    if name != "a.rtf":
        assert [each.heading for each in reading.paragraphs] == [place for place, _ in story.placed]


@pytest.mark.parametrize("name", FORMATS)
def test_the_date_of_a_file_is_said_to_come_from_its_metadata(read_bytes: Read, name: str) -> None:
    story = dossier.story(1)
    notes = read_bytes(name, FORMATS[name](story)).notes
    assert f"date {story.date} guessed from the file's metadata" in sentences(notes)


def test_an_encrypted_opendocument_says_so(why_not: Callable[..., str]) -> None:
    manifest = b"<manifest><encryption-data/></manifest>"
    kind = b"application/vnd.oasis.opendocument.text"
    data = dossier.archive(
        {"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": b"?"}
    )
    assert "password" in why_not("a.odt", data)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.docx", b"PK\x03\x04 and then noise", "broken archive"),
        ("a.docx", dossier.archive({"other.xml": b"<x/>"}), "nothing"),
        ("a.docx", dossier.archive({"word/document.xml": b"<w:p>"}), "broken XML"),
        ("a.odt", b"", "broken archive"),
        ("a.rtf", b"no\0RTF", "not an RTF text"),
        ("a.rtf", rb"{\rtf1 }", "empty"),
    ],
)
def test_a_broken_file_is_reported(
    why_not: Callable[..., str], read_bytes: Read, name: str, data: bytes, reason: str
) -> None:
    if reason == "nothing":  # an archive after all, of what no reader takes
        assert [each.reason for each in read_bytes(name, data).members] == ["XML without text"]
    else:
        assert reason in why_not(name, data)
