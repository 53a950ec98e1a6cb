"""Word files, OpenDocument texts and RTF."""

from __future__ import annotations

import io
from collections.abc import Callable

import docx
import dossier
import pytest

from backstory.indexer.readers import Reading
from tests.conftest import sentences

Read = Callable[..., Reading]
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
FORMATS = {"a.docx": dossier.word, "a.odt": dossier.opendocument, "a.rtf": dossier.rich_text}


def texts(reading: Reading) -> list[str]:
    return [paragraph.text for paragraph in reading.paragraphs]


def word(*body: str, **parts: str) -> bytes:
    """Write a Word file of these XML paragraphs; `parts` are other files of the folder word/."""
    document = f"<w:document {W}><w:body>{''.join(body)}</w:body></w:document>"
    others = {f"word/{name}.xml": text.encode() for name, text in parts.items()}
    return dossier.archive({"word/document.xml": document.encode(), **others})


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


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


def test_lists_and_tables_of_a_word_file(read_bytes: Read) -> None:
    document = docx.Document()
    document.add_paragraph("It lists:")
    for item in ("lamps", "radios"):
        document.add_paragraph(item, style="List Bullet")
    table = document.add_table(2, 2)
    for at, text in enumerate(("Year", "Radios", "2017", "1,750")):
        table.cell(at // 2, at % 2).text = text
    stream = io.BytesIO()
    document.save(stream)
    found = texts(read_bytes("a.docx", stream.getvalue()))
    assert found == ["It lists: • lamps • radios", "• Year, Radios • 2017, 1,750"]


def test_changes_of_a_word_file_are_read_as_accepted(read_bytes: Read) -> None:
    changed = f"<w:p>{run('Paid ')}<w:ins>{run('twice ')}</w:ins><w:del><w:r><w:delText>once"
    changed += f"</w:delText></w:r></w:del><w:moveFrom>{run('elsewhere ')}</w:moveFrom>"
    changed += f"{run('for radios.')}</w:p>"
    assert texts(read_bytes("a.docx", word(changed))) == ["Paid twice for radios."]


def test_footnotes_follow_their_paragraph(read_bytes: Read) -> None:
    notes = f'<w:footnotes {W}><w:footnote w:id="2"><w:p>{run("Says the clerk.")}</w:p>'
    notes += "</w:footnote></w:footnotes>"
    said = f'<w:p>{run("It was paid.")}<w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    data = word(said, f"<w:p>{run('Twice.')}</w:p>", footnotes=notes)
    assert texts(read_bytes("a.docx", data)) == ["It was paid.", "Says the clerk.", "Twice."]


def test_a_text_box_is_read_once(read_bytes: Read) -> None:
    box = f"<w:txbxContent><w:p>{run('In a box.')}</w:p></w:txbxContent>"
    both = f"<w:AlternateContent><w:Choice>{box}</w:Choice><w:Fallback>{box}</w:Fallback>"
    data = word(f"<w:p>{run('Outside.')}<w:r>{both}</w:AlternateContent></w:r></w:p>")
    assert texts(read_bytes("a.docx", data)) == ["Outside.", "In a box."]


def test_styles_that_are_based_on_each_other_in_a_ring_do_not_hang(read_bytes: Read) -> None:
    ring = "".join(
        f'<w:style w:styleId="{a}"><w:name w:val="{a}"/><w:basedOn w:val="{b}"/></w:style>'
        for a, b in ("AB", "BA")
    )
    said = f'<w:p><w:pPr><w:pStyle w:val="A"/></w:pPr>{run("A line.")}</w:p>'
    data = word(said, styles=f"<w:styles {W}>{ring}</w:styles>")
    assert texts(read_bytes("a.docx", data)) == ["A line."]


def test_an_encrypted_opendocument_says_so(why_not: Callable[..., str]) -> None:
    manifest = b"<manifest><encryption-data/></manifest>"
    kind = b"application/vnd.oasis.opendocument.text"
    data = dossier.archive(
        {"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": b"?"}
    )
    assert "password" in why_not("a.odt", data)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"{\rtf1\ansi caf\'e9 \u8220?a\u8221?.\par Two\~three.}", ["café “a”.", "Two three."]),
        (r"{\rtf1 One.{\*\generator hidden}\par {\pict 0102ff}Two.}", ["One.", "Two."]),
        (r"{\rtf1 \trowd a\cell b\cell\row\pard One | two.}", ["a, b", "One | two."]),
        (r"{\rtf1 Only a line}", ["Only a line"]),
    ],
)
def test_rtf_is_read(read_bytes: Read, written: str, read: list[str]) -> None:
    assert texts(read_bytes("a.rtf", written.encode())) == read


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.docx", b"PK\x03\x04 and then noise", "broken archive"),
        ("a.docx", dossier.archive({"other.xml": b"<x/>"}), "nothing"),
        ("a.docx", word("<w:p>"), "broken XML"),
        ("a.odt", b"", "broken archive"),
        ("a.rtf", b"no RTF", "not an RTF text"),
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
