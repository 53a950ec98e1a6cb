"""Saved web pages: the text and nothing around it."""

from __future__ import annotations

import json
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


# What the text of a page is

SAID = [
    f"{who} told the council {what}, and nobody in the room had an answer to that before the night."
    for who, what in (
        ("The keeper", "that the lamps of the northern light had never been ordered"),
        ("A clerk", "how the ledger of the fund had been copied by hand in spring"),
        ("The admiral", "that half of the radios were still lying in the shed"),
        ("A dealer", "for how much the crates had been sold to the consulate"),
        ("The inspector", "which papers had been burnt after the audit of the fund"),
        ("Ines Falk", "what the minutes of the spring meeting say about the brother"),
    )
]


def page_of(body: str, head: str = "") -> bytes:
    return f"<html><head><title>A day</title>{head}</head><body>{body}</body></html>".encode()


def paragraphs_of(said: list[str]) -> str:
    return "".join(f"<p>{each}</p>" for each in said)


@pytest.mark.parametrize(
    "body",
    [
        f"<article><h1>A day</h1><div class='article__body x'>{paragraphs_of(SAID[:3])}</div>"
        f"<div class='ad'>Buy</div><div class='article__body x'>{paragraphs_of(SAID[3:])}</div>"
        "</article>",
        f"<table><tr><td><a href='/'>Home</a></td></tr><tr><td><b>A day</b><br><br>"
        f"{'<br><br>'.join(SAID)}</td></tr></table>",
        "<nav><a href='/'>Home</a></nav><h1>A day</h1><div id='content'>"
        + "".join(f"<p><a href='/{at}'>{each}</a></p>" for at, each in enumerate(SAID))
        + "</div>",
        "<main><h1>A day</h1>" + "".join(f"<div>{each}</div>" for each in SAID) + "</main>",
    ],
    ids=["several blocks", "line breaks in a table", "linked paragraphs", "bare divisions"],
)
def test_every_paragraph_of_an_article_is_a_passage(read_bytes: Read, body: str) -> None:
    found = texts(read_bytes("page.html", page_of(body)))
    assert [each for each in found if each != "A day"] == SAID


def test_paragraphs_of_an_item_do_not_grow_together(read_bytes: Read) -> None:
    nested = f"<ol><li><p>{SAID[1]}</p><p>{SAID[2]}</p></li><li>{SAID[3]}<ul><li>One lamp.</li>"
    body = (
        f"<article><p>{SAID[0]}</p>{nested}<li>Two.</li></ul></li></ol><p>{SAID[4]}</p></article>"
    )
    found = texts(read_bytes("page.html", page_of(body)))
    joined = f"• {SAID[1]} {SAID[2]} • {SAID[3]} • One lamp. • Two."
    assert found == [SAID[0], joined, SAID[4]]


def test_captions_and_who_wrote_an_embedded_post_are_text(read_bytes: Read) -> None:
    figure = "<figure><img src='a.jpg'><figcaption>The shed in March.</figcaption></figure>"
    post = (
        "<blockquote class='post'><p>It was paid twice.</p>&mdash; Ines Falk (@falk)</blockquote>"
    )
    body = f"<article>{paragraphs_of(SAID[:2])}{figure}{paragraphs_of(SAID[2:4])}{post}"
    found = texts(read_bytes("page.html", page_of(body + paragraphs_of(SAID[4:]) + "</article>")))
    assert found == [
        *SAID[:2], "The shed in March.", *SAID[2:4], "It was paid twice.", "— Ines Falk (@falk)",
        *SAID[4:],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "hidden",
    [
        "<p hidden>{}</p>",
        "<p style='color: red; display: none'>{}</p>",
        "<div style='visibility:hidden'><p>{}</p></div>",
        "<div aria-hidden='true'><p>{}</p></div>",
        "<template><p>{}</p></template>",
        "<p>Seen <span class='tooltip-text'>{}</span> here.</p>",
        "<p>Seen <span class='sr-only'>{}</span> here.</p>",
        "<p>Seen <span role='tooltip'>{}</span> here.</p>",
    ],
)
def test_what_is_hidden_is_left_out_and_told(read_bytes: Read, hidden: str) -> None:
    unseen = "This is on the page, but nobody who looks at it sees a word of this sentence."
    body = f"<article>{paragraphs_of(SAID[:3])}{hidden.format(unseen)}{paragraphs_of(SAID[3:])}"
    reading = read_bytes("page.html", page_of(f"{body}</article>"))
    assert unseen not in " ".join(texts(reading))
    assert [each for each in texts(reading) if each in SAID] == SAID
    assert ("hidden", unseen) in [(each.kind, each.text) for each in reading.left_out]


def test_a_page_that_was_saved_under_a_dialog_keeps_its_text(read_bytes: Read) -> None:
    body = (
        f"<div aria-hidden='true'><article>{paragraphs_of(SAID)}</article></div><div>Log in</div>"
    )
    assert texts(read_bytes("page.html", page_of(body)))[: len(SAID)] == SAID


def test_menus_and_what_surrounds_the_text_are_told_as_left_out(read_bytes: Read) -> None:
    reading = read_bytes("page.html", dossier.page(dossier.story(1)))
    kinds = {
        kind: [e.text for e in reading.left_out if e.kind == kind]
        for kind in ("menu", "boilerplate")
    }
    assert "Home" in kinds["menu"]
    assert any("privacy" in text for text in kinds["boilerplate"])
    shown = " ".join((*texts(reading), *(each.text for each in reading.left_out)))
    assert "spy" not in shown
    assert "background" not in shown


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("<p>One <a>link</a><a>Other</a></p>", "One link Other"),
        ("<p>Said<span>November 20</span></p>", "Said November 20"),
        ("<p><span>It is.</span><span>So it was.</span></p>", "It is. So it was."),
        ("<p><b>B</b>old and <span>T</span>all, i<em>Phone</em></p>", "Bold and Tall, iPhone"),
        ("<p>84 m<sup>2</sup> in 2019<sup>3</sup>, CO<sub>2</sub></p>", "84 m² in 2019 3, CO₂"),
    ],
)
def test_words_are_parted_where_a_page_parts_them(read_bytes: Read, body: str, found: str) -> None:
    assert texts(read_bytes("page.html", page_of(body))) == [found]


# What a page says of itself


def article_data(**told: object) -> str:
    data = json.dumps({"@type": "NewsArticle", **told})
    return f'<script type="application/ld+json">{data}</script>'


SITE = "<h1>Hello, I am Nora.</h1>"
NAMED = '<meta property="og:site_name" content="{}">'
PERSON = {"@type": "Person", "name": "Ines Falk"}
HOUSE = {"@type": "Organization", "name": "Harbour Press Ltd"}


@pytest.mark.parametrize(
    ("head", "body", "author"),
    [
        ('<meta name="author" content="Harbour Press Ltd">' + article_data(author=[PERSON]), "",
         "Ines Falk"),
        (article_data(author=[HOUSE, PERSON, {"@type": "Person", "name": "Águeda Peña"}]), "",
         "Ines Falk, Águeda Peña"),
        (article_data(author=HOUSE, publisher={"name": "Nora"}), "", "Harbour Press Ltd"),
        (article_data(author="By INES FALK, Harbour Press"), "", "Ines Falk"),
        ('<meta name="author" content="Ines Falk, staff writer">', "", "Ines Falk"),
        ('<meta name="author" content="https://social.example/falk">', "", ""),
        ("", '<ul class="byline"><li><a>Ines Falk</a></li><li><a>Águeda Peña</a></li></ul>',
         "Ines Falk, Águeda Peña"),
        ('<script type="application/ld+json">{"author": [broken</script>', "", ""),
        ('<script type="application/ld+json">' + "[" * 5000 + "</script>", "", ""),
    ],
)  # fmt: skip
def test_persons_are_authors_before_organisations(
    read_bytes: Read, head: str, body: str, author: str
) -> None:
    text = f"<article><h1>A day</h1>{body}{paragraphs_of(SAID)}</article>"
    assert read_bytes("page.html", page_of(text, head)).author == author


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>The ledger | Nora</title>", f"<header>{SITE}</header><h2>The ledger</h2>",
         "The ledger"),
        ("<title>Nora</title><meta property='og:title' content='The ledger'>", SITE, "The ledger"),
        ("<title>Nora</title>", "<h1>The ledger</h1>", "The ledger"),
        ("<title>The ledger - Harbour Gazette</title>", "<h1>The ledger</h1>", "The ledger"),
        ("<title>The ledger | Harbour Gazette</title>", "", "The ledger"),
        ("<meta property='og:site_name' content='Nora'><title>The ledger – Part 2 | Nora</title>",
         "", "The ledger – Part 2"),
    ],
)  # fmt: skip
def test_the_title_is_that_of_the_text_and_not_of_the_site(
    read_bytes: Read, head: str, body: str, title: str
) -> None:
    page = f"<html><head>{head}</head><body>{body}<article>{paragraphs_of(SAID)}</article></body>"
    assert read_bytes("page.html", page.encode()).title == title


@pytest.mark.parametrize(
    ("head", "source"),
    [
        (NAMED.format("Harbour Gazette") + article_data(publisher=HOUSE), "Harbour Gazette"),
        (article_data(author=PERSON, publisher=HOUSE), "Harbour Press Ltd"),
        (NAMED.format("https://gazette.example") + article_data(publisher=HOUSE),
         "Harbour Press Ltd"),
    ],
)  # fmt: skip
def test_who_published_a_page_is_its_source(read_bytes: Read, head: str, source: str) -> None:
    text = f"<article><h1>A day</h1>{paragraphs_of(SAID)}</article>"
    assert read_bytes("page.html", page_of(text, head)).source == source
