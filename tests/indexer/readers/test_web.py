"""Saved web pages: the text and nothing around it."""

from __future__ import annotations

from collections.abc import Callable

import dossier
import pytest

from backstory.indexer.readers import Reading
from tests.conftest import sentences

Read = Callable[..., Reading]


def texts(reading: Reading) -> list[str]:
    return [paragraph.text for paragraph in reading.paragraphs]


@pytest.mark.parametrize("number", range(4))
def test_the_text_of_a_page_is_read_with_its_headings(read_bytes: Read, number: int) -> None:
    story = dossier.story(number)
    reading = read_bytes("page.html", dossier.page(story))
    assert [(each.heading, each.text) for each in reading.paragraphs] == story.placed


def test_nothing_that_surrounds_the_text_is_read(read_bytes: Read) -> None:
    shown = " ".join(texts(read_bytes("page.html", dossier.page(dossier.story(1)))))
    assert [word for word in dossier.AROUND_THE_PAGE if word in shown] == []


def test_a_page_tells_about_itself(read_bytes: Read) -> None:
    story = dossier.story(2)
    reading = read_bytes("page.html", dossier.page(story))
    assert (reading.title, reading.author, reading.date) == (story.title, "Ines Falk", story.date)
    assert (reading.source, reading.language) == ("Harbour Gazette", "en")
    assert sentences(reading.notes) == (f"date {story.date} taken from the page",)
    assert reading.url.startswith("https://gazette.example/")


def test_a_web_archive_is_read_like_the_page_in_it(read_bytes: Read) -> None:
    story = dossier.story(2)
    reading = read_bytes("page.mhtml", dossier.web_archive(story))
    assert texts(reading) == story.paragraphs
    assert reading.title == story.title


def test_the_address_that_a_browser_notes_is_kept(read_bytes: Read) -> None:
    page = (
        b"<!-- saved from url=(0032)https://gazette.example/saved/1 --><html><body><p>One line.</p>"
    )
    assert read_bytes("page.html", page).url == "https://gazette.example/saved/1"


def test_an_address_that_runs_code_is_none(read_bytes: Read) -> None:
    page = (
        b'<html><head><link rel="canonical" href="javascript:alert(1)"></head><body><p>A line.</p>'
    )
    assert read_bytes("page.html", page).url == ""


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ('<meta charset="utf-8">', "utf-8"),
        ('<meta charset="iso-8859-1">', "cp1252"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">', "cp1251"),
        ("", "utf-8"),
        ("", "utf-16"),
        ('<meta charset="no-such-code">', "utf-8"),
    ],
)
def test_a_page_is_read_in_the_encoding_that_it_names(
    read_bytes: Read, head: str, encoding: str
) -> None:
    said = "Адмирал" if encoding == "cp1251" else "The fund’s café"
    page = f"<html><head>{head}</head><body><p>{said} was paid.</p></body></html>"
    assert texts(read_bytes("page.html", page.encode(encoding))) == [f"{said} was paid."]


def test_a_short_page_is_read_whole_but_for_its_menu(read_bytes: Read) -> None:
    page = b"<html><body><nav><a>Home</a></nav><p>The lamp was lit.</p><p>Twice.</p></body></html>"
    assert texts(read_bytes("page.html", page)) == ["The lamp was lit.", "Twice."]


def test_two_line_breaks_part_paragraphs_and_comments_are_left_out(read_bytes: Read) -> None:
    words = "has no paragraph of its own, but it is long enough to be told from menus and links."
    said = [f"Text {at} {words}" for at in "abcd"]
    page = f"""<html><body><div class="header"><a href="/">Home</a> <a href="/a">About</a></div>
    <div class="post"><h1>A day</h1><div class="entry">{"<br><br>".join(said)}</div></div>
    <div class="sidebar"><ul><li><a href="/1">One link</a></li></ul></div>
    <div id="comments"><p>Nice post!</p></div></body></html>"""
    reading = read_bytes("page.html", page.encode())
    assert (reading.title, texts(reading)) == ("A day", said)


def test_what_its_class_calls_a_sidebar_is_left_out_of_a_short_page(read_bytes: Read) -> None:
    page = b"<div id='comments'>Nice!</div><div class='wide sidebar'>No</div><p class='lead'>One."
    assert texts(read_bytes("page.html", page)) == ["One."]


def test_a_page_without_text_is_reported(why_not: Callable[..., str]) -> None:
    assert why_not("page.html", b"<html><body><script>x</script></body></html>").startswith("a web")


def test_a_page_of_too_many_elements_is_read_whole_and_said_so(read_bytes: Read) -> None:
    reading = read_bytes("page.html", dossier.million_tags(80_000))
    assert len(reading.paragraphs) == 40_000
    assert "80,002 elements" in sentences(reading.notes)[0]


def test_scripts_and_pictures_are_neither_run_nor_fetched(
    read_bytes: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("socket.getaddrinfo", refuse)
    for write in (dossier.page, dossier.web_archive):
        assert read_bytes(
            "page.mhtml" if write is dossier.web_archive else "page.html", write(dossier.story(1))
        ).paragraphs


@pytest.mark.parametrize("tag", ["div", "b", "table"])
def test_a_page_that_is_nested_without_end_is_read_to_its_end(read_bytes: Read, tag: str) -> None:
    nested = f"<p>Before.<script>no</script></p>{f'<{tag}>' * 3_000}deep{f'</{tag}>' * 3_000}"
    reading = read_bytes("a.html", f"{nested}<p>Behind.</p>".encode())
    assert " ".join(texts(reading)).split() == ["Before.", "deep", "Behind."]
    assert [note.sentence for note in reading.notes] == [
        "nested too deeply: a web page read as plain text"
    ]
