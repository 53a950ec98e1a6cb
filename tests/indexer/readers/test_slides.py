"""A slide is a heading over its texts, and its number is their page."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Callable

import pytest
from office import odp
from pptx import Presentation

from backstory.indexer.readers import Reading

ReadBytes = Callable[..., Reading]
WhyNot = Callable[..., str]


def pptx(change: Callable[[zipfile.ZipFile], None] = lambda archive: None) -> bytes:
    deck = Presentation()
    first = deck.slides.add_slide(deck.slide_layouts[1])
    first.shapes.title.text = "The lamp budget"
    body = first.placeholders[1].text_frame
    body.text = "forty lamps"
    body.add_paragraph().text = "a spare lens"
    first.notes_slide.notes_text_frame.text = "Do not say who paid."
    deck.slides.add_slide(deck.slide_layouts[5]).shapes.title.text = "What is still open"
    last = deck.slides.add_slide(deck.slide_layouts[6])
    table = last.shapes.add_table(2, 2, 0, 0, 900, 900).table
    for number, text in enumerate(("Vessel", "Lamps", "Iris", "7")):
        table.cell(number // 2, number % 2).text = text
    group = last.shapes.add_group_shape()
    group.shapes.add_textbox(0, 0, 9, 9).text_frame.text = "In a group"
    last._element.set("show", "0")
    deck.core_properties.author = "Ines Falk"
    deck.core_properties.created = datetime.datetime(2018, 3, 9)
    stream = io.BytesIO()
    deck.save(stream)
    with zipfile.ZipFile(stream, "a") as archive:
        change(archive)
    return stream.getvalue()


def placed(reading: Reading) -> list[tuple[int | None, str, str]]:
    return [(each.page, each.heading, each.text) for each in reading.paragraphs]


def test_a_slide_is_a_heading_over_all_that_is_on_it(read_bytes: ReadBytes) -> None:
    reading = read_bytes("a.pptx", pptx())

    assert placed(reading) == [
        (1, "The lamp budget", "• forty lamps • a spare lens"),
        (1, "The lamp budget", "Notes: Do not say who paid."),
        (2, "", "What is still open"),
        (3, "Slide 3", "• Vessel, Lamps • Iris, 7"),
        (3, "Slide 3", "In a group"),
    ]
    assert (reading.title, reading.author, reading.date, reading.kind) == (
        "The lamp budget",
        "Ines Falk",
        "2018-03-09",
        "slides",
    )
    assert reading.notes[-1].sentence == "hidden slides: 3"


def test_comments_are_read(read_bytes: ReadBytes) -> None:
    def comment(archive: zipfile.ZipFile) -> None:
        relations = "ppt/slides/_rels/slide3.xml.rels"
        known = archive.read(relations).decode()
        added = '<Relationship Id="rId99" Type="x/comments" Target="../comments/c1.xml"/>'
        archive.writestr(relations, known.replace("</Relationships>", f"{added}</Relationships>"))
        archive.writestr("ppt/comments/c1.xml", "<l><cm><text>Who drew this?</text></cm></l>")

    with pytest.warns(UserWarning, match="Duplicate name"):
        data = pptx(comment)
    assert placed(read_bytes("a.pptx", data))[-1] == (3, "Slide 3", "Comment: Who drew this?")


def test_slides_of_impress_are_read(read_bytes: ReadBytes) -> None:
    data = odp([("Lamps", ["forty", "a lens"], "Say nothing."), ("Open", ["who"], "")])

    assert placed(read_bytes("a.odp", data)) == [
        (1, "Lamps …", "• forty … • a lens …"),
        (1, "Lamps …", "Notes: Say nothing. …"),
        (2, "Open …", "who …"),
        (2, "Open …", "Notes: …"),
    ]


def test_a_presentation_is_told_by_its_content(read_bytes: ReadBytes) -> None:
    for name, data in (("a.zip", pptx()), ("a.zip", odp([("Lamps", ["forty"], "x")]))):
        note = read_bytes(name, data).notes[0]
        assert note.sentence == "a presentation, though its name ends in .zip"


def test_a_presentation_without_text_says_so(why_not: WhyNot) -> None:
    stream = io.BytesIO()
    Presentation().save(stream)
    assert why_not("a.pptx", stream.getvalue()) == "a presentation without text"
