"""An invented dossier in every format that can be read, written by the libraries that write it.

The affair is that of the other tests: a lighthouse fund, an admiral, and radios that nobody
ordered. A story knows its paragraphs, so that a test can compare what a reader makes of its file.
"""

from __future__ import annotations

import io
import json
import mailbox
import random
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from html import escape
from pathlib import Path

WHO = (
    "The lighthouse fund;Admiral Quintero;A clerk of the harbour office;The council of Port Amaro;"
    "The admiral’s brother;Inspector Águeda Peña;The keeper of the northern light;"
    "A dealer in marine radios;The consulate;Ines Falk, a reporter,"
).split(";")
DID = (
    "paid for;never ordered;kept a copy of;asked twice about;denied any knowledge of;sold;"
    "wrote a long letter about;could not find;counted, in a single night,;signed the papers for"
).split(";")
WHAT = (
    "1,750 half-finished radios;a shed behind the customs house;the ledger of the fund;"
    "forty lamps and a spare lens;the order from the ministry;a crate without an address;"
    "three well-kept account books;the minutes of the spring meeting;the ship’s manifest"
).split(";")
WHEN = (
    "in the spring;before the storm;on the day of the regatta;after the audit;late that night;"
    "while the harbour was closed;as two witnesses recall;according to the ledger"
).split(";")
TOPICS = (
    "The lighthouse ledger;Radios in the shed;What the clerk copied;An order without a name;"
    "The keeper’s account;Crates for the consulate;The regatta audit;A brother’s business;"
    "Lamps that never burned;The letter from Port Amaro"
).split(";")
SECTIONS = "How it began;What the papers say;The answer of the fund;What is still open".split(";")


@dataclass(frozen=True)
class Story:
    """A document as its author meant it: sections of a heading and paragraphs."""

    title: str
    author: str
    date: str
    sections: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def paragraphs(self) -> list[str]:
        """The paragraphs in order."""
        return [text for _, texts in self.sections for text in texts]

    @property
    def placed(self) -> list[tuple[str, str]]:
        """The paragraphs, each with the heading that it stands under."""
        return [(heading, text) for heading, texts in self.sections for text in texts]


def _code(number: int) -> str:
    return "".join("kbdfghjlmn"[int(digit)] for digit in str(number))


def story(number: int, sections: int = 3) -> Story:
    """Make a story; the same number gives the same words."""
    chance = random.Random(number)

    def sentence() -> str:
        return " ".join(map(chance.choice, (WHO, DID, WHAT, WHEN))) + "."

    def paragraph(at: int) -> str:
        count = chance.randint(2, 4)
        return " ".join(
            [*(sentence() for _ in range(count)), f"See entry {_code(number)}/{_code(at)}."]
        )

    made = []
    for section in range(sections):
        texts = tuple(paragraph(section * 10 + at) for at in range(chance.randint(2, 4)))
        made.append(("" if section == 0 else SECTIONS[section % len(SECTIONS)], texts))
    date = f"2018-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    return Story(f"{TOPICS[number % len(TOPICS)]} {number}", "Ines Falk", date, tuple(made))


# --- Text


def text(made: Story) -> bytes:
    """Write plain text, blank lines between paragraphs, with the title over it."""
    return "\n\n".join([made.title, *made.paragraphs]).encode()


def markdown(made: Story) -> bytes:
    """Write Markdown with front matter."""
    front = f"---\ntitle: {made.title}\nauthor: {made.author}\ndate: {made.date}\n---\n"
    body = "".join(
        (f"\n## {heading}\n" if heading else "") + "".join(f"\n{each}\n" for each in texts)
        for heading, texts in made.sections
    )
    return (front + body).encode()


# --- Web pages

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title} | Harbour Gazette</title>
<meta property="og:site_name" content="Harbour Gazette">
<meta property="og:title" content="{title}">
<meta name="author" content="{author}">
<meta property="article:published_time" content="{date}T08:00:00Z">
<link rel="canonical" href="https://gazette.example/{slug}">
<script>document.title = "changed by a script"; fetch("https://spy.example/");</script>
<style>body {{ background: url(https://spy.example/pixel.png) }}</style></head>
<body>
<div id="cookie-banner" class="cookie-consent"><p>We value your privacy: accept all cookies, or
manage your choices and our 214 partners.</p><button>Accept all</button></div>
<header><nav><ul><li><a href="/">Home</a></li><li><a href="/harbour">Harbour</a></li>
<li><a href="/sport">Sport and regatta</a></li><li><a href="/login">Log in</a></li></ul></nav>
</header>
<main><article><h1>{title}</h1>{body}</article>
<aside><h3>Most read this week</h3><ul><li><a href="/1">Ten walks along the coast</a></li>
<li><a href="/2">The best soups of the season</a></li></ul></aside></main>
<footer><p>© Harbour Gazette. All rights reserved. <a href="/privacy">Privacy policy</a></p>
</footer>
<img src="https://spy.example/track.gif" onerror="alert(1)"></body></html>
"""
AROUND_THE_PAGE = ("cookie", "partners", "Log in", "Most read", "soups", "Privacy", "spy", "script")


def body_of(made: Story) -> str:
    """Return the story as the inside of a page."""
    return "".join(
        (f"<h2>{escape(heading)}</h2>\n" if heading else "")
        + "".join(f"<p>{escape(each)}</p>\n" for each in texts)
        for heading, texts in made.sections
    )


def page(made: Story) -> bytes:
    """Write a web page with everything that surrounds a text."""
    slug = "-".join(made.title.lower().split())
    filled = PAGE.format(
        title=escape(made.title), author=made.author, date=made.date, slug=slug, body=body_of(made)
    )
    return filled.encode()


def web_archive(made: Story) -> bytes:
    """Write a page as a browser saves it in one file."""
    message = EmailMessage()
    message["From"] = "<Saved by Blink>"
    message["Snapshot-Content-Location"] = "https://gazette.example/saved"
    message["Subject"] = made.title
    message.set_content(page(made).decode(), subtype="html", cte="quoted-printable")
    message.make_related()
    message.add_related(b"\x89PNG....", maintype="image", subtype="png", cid="<pixel>")
    return message.as_bytes()


# --- Office files and books


def pdf(made: Story, *, running_head: str = "Harbour Gazette", columns: int = 1) -> bytes:
    """Write a PDF with running heads and numbered pages."""
    from fpdf import FPDF

    class Paper(FPDF):
        def header(self) -> None:
            self.set_font("Times", "I", 9)
            self.cell(0, 8, running_head, align="C")
            self.ln(12)

        def footer(self) -> None:
            self.set_y(-15)
            self.set_font("Times", "", 9)
            self.cell(0, 10, f"Page {self.page_no()} of {{nb}}", align="C")

    paper = Paper(format=(120, 150))
    paper.set_title(made.title)
    paper.set_author(made.author)
    paper.set_creation_date(datetime.fromisoformat(made.date).replace(tzinfo=UTC))
    paper.add_page()
    paper.set_font("Times", "B", 18)
    paper.multi_cell(0, 9, plain_letters(made.title), align="L", new_x="LMARGIN", new_y="NEXT")
    paper.ln(4)
    with paper.text_columns(ncols=columns, gutter=8, text_align="J") as flow:
        for heading, texts in made.sections:
            if heading:
                paper.set_font("Times", "B", 13)
                with flow.paragraph(bottom_margin=2, text_align="L") as part:
                    part.write(heading)
            paper.set_font("Times", "", 11)
            for each in texts:
                with flow.paragraph(bottom_margin=3, line_height=1.2) as part:
                    part.write(plain_letters(each))
    return bytes(paper.output())


def plain_letters(written: str) -> str:
    """Return a text in the letters that every PDF's own fonts have."""
    return written.replace("’", "'")


def word(made: Story) -> bytes:
    """Write a Word file."""
    import docx

    document = docx.Document()
    document.core_properties.title = made.title
    document.core_properties.author = made.author
    document.core_properties.created = datetime.fromisoformat(made.date)
    document.add_heading(made.title, 0)
    for heading, texts in made.sections:
        if heading:
            document.add_heading(heading, 1)
        for each in texts:
            paragraph = document.add_paragraph()
            half = len(each) // 2
            paragraph.add_run(each[:half]).bold = True
            paragraph.add_run(each[half:])
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


ODT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text>
<text:tracked-changes><text:p>struck out</text:p></text:tracked-changes>
<text:p text:style-name="Title">{title}</text:p>{body}</office:text></office:body>
</office:document-content>"""
META = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta><dc:title>{title}</dc:title>
<meta:initial-creator>{author}</meta:initial-creator>
<meta:creation-date>{date}T10:00:00</meta:creation-date></office:meta></office:document-meta>"""


def opendocument(made: Story) -> bytes:
    """Write an OpenDocument text."""
    body = "".join(
        (f'<text:h text:outline-level="2">{escape(heading)}</text:h>' if heading else "")
        + "".join(f"<text:p>{escape(each).replace(' ', '<text:s/>', 1)}</text:p>" for each in texts)
        for heading, texts in made.sections
    )
    return archive(
        {
            "mimetype": b"application/vnd.oasis.opendocument.text",
            "content.xml": ODT.format(title=escape(made.title), body=body).encode(),
            "meta.xml": META.format(
                title=escape(made.title), author=made.author, date=made.date
            ).encode(),
        }
    )


def rich_text(made: Story) -> bytes:
    """Write RTF."""

    def coded(written: str) -> str:
        return "".join(c if ord(c) < 128 else f"\\u{ord(c)}?" for c in written)

    year, month, day = made.date.split("-")
    info = f"{{\\info{{\\title {coded(made.title)}}}{{\\author {made.author}}}"
    info += f"{{\\creatim\\yr{year}\\mo{int(month)}\\dy{int(day)}}}}}"
    body = "".join(f"{coded(each)}\\par\n" for each in made.paragraphs)
    return f"{{\\rtf1\\ansi\\deff0{{\\fonttbl{{\\f0 Times;}}}}{info}\\f0 {body}}}".encode("ascii")


CONTAINER = """<?xml version="1.0"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>"""
PACKAGE = """<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title>
<dc:creator>{author}</dc:creator><dc:date>{date}</dc:date><dc:language>en</dc:language></metadata>
<manifest><item id="nav" href="nav.xhtml" properties="nav"/>{items}</manifest>
<spine><itemref idref="nav"/>{spine}</spine></package>"""
CHAPTER = """<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body>{body}</body></html>"""


def book(made: Story) -> bytes:
    """Write an EPUB book, a chapter for each section."""
    parts = {
        f"chapter {number}.xhtml": CHAPTER.format(
            body=body_of(Story(made.title, made.author, made.date, (section,)))
        ).encode()
        for number, section in enumerate(made.sections)
    }
    items = "".join(
        f'<item id="c{at}" href="{name.replace(" ", "%20")}"/>' for at, name in enumerate(parts)
    )
    spine = "".join(f'<itemref idref="c{at}"/>' for at in range(len(parts)))
    package = PACKAGE.format(
        title=escape(made.title), author=made.author, date=made.date, items=items, spine=spine
    )
    return archive(
        {
            "mimetype": b"application/epub+zip",
            "META-INF/container.xml": CONTAINER.encode(),
            "OEBPS/book.opf": package.encode(),
            "OEBPS/nav.xhtml": CHAPTER.format(body="<ol><li>Contents</li></ol>").encode(),
            **{f"OEBPS/{name}": data for name, data in parts.items()},
        }
    )


# --- Mail


def message(made: Story, attached: Mapping[str, bytes] | None = None) -> EmailMessage:
    """Write a mail with a text of wrapped lines, its like in HTML, and attachments."""
    import textwrap

    mail = EmailMessage()
    mail["From"] = f"{made.author} <ines@gazette.example>"
    mail["To"] = "City Desk <desk@gazette.example>"
    mail["Subject"] = made.title
    year, month, day = map(int, made.date.split("-"))
    mail["Date"] = datetime(year, month, day, 9, 30, tzinfo=UTC)
    mail.set_content("\n\n".join(textwrap.fill(each, 72) for each in made.paragraphs) + "\n")
    mail.add_alternative(f"<html><body>{body_of(made)}</body></html>", subtype="html")
    for name, data in (attached or {}).items():
        mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return mail


def mail(made: Story, attached: Mapping[str, bytes] | None = None) -> bytes:
    """Write a mail as a file."""
    return message(made, attached).as_bytes()


def letters(stories: Iterable[Story]) -> bytes:
    """Write a mailbox."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "letters.mbox"
        box = mailbox.mbox(path)
        for made in stories:
            box.add(message(made))
        box.close()
        return path.read_bytes()


# --- Tables and transcripts


def table(stories: Iterable[Story]) -> bytes:
    """Write CSV, a story a row."""
    import csv

    stream = io.StringIO(newline="")
    rows = csv.writer(stream)
    rows.writerow(["id", "headline", "byline", "published", "body"])
    for number, made in enumerate(stories, 1):
        body = "\n\n".join(made.paragraphs)
        rows.writerow([f"s{number}", made.title, made.author, made.date, body])
    return stream.getvalue().encode()


def json_lines(stories: Iterable[Story]) -> bytes:
    """Write JSON lines, a story a line, the text a list of paragraphs."""
    return b"".join(
        json.dumps(
            {"title": s.title, "author": s.author, "date": s.date, "paragraphs": s.paragraphs}
        ).encode()
        + b"\n"
        for s in stories
    )


def _cues(made: Story) -> Iterator[tuple[float, float, str]]:
    clock = 0.0
    for paragraph in made.paragraphs:
        words = paragraph.split()
        for at in range(0, len(words), 7):
            yield clock, clock + 2, " ".join(words[at : at + 7])
            clock += 2
        clock += 10  # nobody speaks between paragraphs


def _time(seconds: float, comma: str) -> str:
    whole = int(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{comma}000"


def subtitles(made: Story) -> bytes:
    """Write `.srt`."""
    return "".join(
        f"{number}\r\n{_time(a, ',')} --> {_time(b, ',')}\r\n<i>{words}</i>\r\n\r\n"
        for number, (a, b, words) in enumerate(_cues(made), 1)
    ).encode()


def captions(made: Story) -> bytes:
    """Write `.vtt`."""
    cues = "".join(
        f"{_time(a, '.')} --> {_time(b, '.')} align:start\n{words}\n\n"
        for a, b, words in _cues(made)
    )
    return f"WEBVTT\ntitle: {made.title}\n\nNOTE made by hand\n\n{cues}".encode()


def archive(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Write a zip archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return stream.getvalue()


# --- What somebody made to do harm, or what went wrong on its way


def zip_bomb(megabytes: int = 2_000) -> bytes:
    """Write an archive of a few KB for each of the megabytes that it unfolds to."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for number in range(10):
            with packed.open(f"{number}.txt", "w") as member:
                for _ in range(megabytes // 10):
                    member.write(b"0 " * 524_288)
    return stream.getvalue()


def matryoshka(depth: int = 60) -> bytes:
    """Write an archive in an archive in an archive …"""
    data = archive({"heart.txt": b"The heart of it."})
    for _ in range(depth):
        data = archive({"inner.zip": data}, zipfile.ZIP_STORED)
    return data


def entity_bomb() -> bytes:
    """Write a Word file whose XML unfolds to gigabytes: a billion laughs."""
    laughs = (f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    entities = '<!ENTITY l0 "ha">' + "".join(laughs)
    xml = f'<?xml version="1.0"?><!DOCTYPE x [{entities}]><w:document xmlns:w="w"><w:body><w:p>'
    xml += "<w:r><w:t>&l11;</w:t></w:r></w:p></w:body></w:document>"
    return archive({"word/document.xml": xml.encode()})


def outside_entity() -> bytes:
    """Write a Word file that asks for a file of the machine it is read on."""
    xml = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    xml += '<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>&e;</w:t></w:r></w:p></w:body>'
    return archive({"word/document.xml": (xml + "</w:document>").encode()})


def traversal() -> bytes:
    """Write an archive whose members want to lie elsewhere."""
    names = ("../../evil.txt", "/etc/evil.txt", "C:\\evil.txt", "a/../../evil.txt", "good.txt")
    return archive(dict.fromkeys(names, b"A line of text."))


def million_tags(tags: int = 1_000_000) -> bytes:
    """Write a page of very many elements."""
    return b"<html><body>" + b"<p>word <b>x</b></p>" * (tags // 2) + b"</body></html>"


def locked_pdf() -> bytes:
    """Write a PDF that needs a password."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(story(1)))))
    writer.encrypt("secret", algorithm="RC4-128")
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def raw_pdf(pages: int = 1, content: bytes = b"", *, times: int = 1, loop: bool = False) -> bytes:
    """Write a PDF by hand: every page shows the same content, so many times.

    With `loop`, the tree of pages is a ring.
    """
    import zlib

    packer = zlib.compressobj(9)
    stream = b"".join(packer.compress(content) for _ in range(times)) + packer.flush()
    return _pages_of([stream], [0] * pages, loop=loop)


def raw_pages(contents: Sequence[bytes]) -> bytes:
    """Write a PDF by hand, with the content of each of its pages."""
    import zlib

    return _pages_of([zlib.compress(each) for each in contents], range(len(contents)))


def _pages_of(streams: Sequence[bytes], shown: Sequence[int], *, loop: bool = False) -> bytes:
    """Write a PDF of packed contents; `shown` has the number of its content for each page."""
    first = 4 + len(streams)
    kids = "2 0 R" if loop else " ".join(f"{first + at} 0 R" for at in range(len(shown)))
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(shown)}/Kids[{kids}]>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    bodies += [
        b"<</Filter/FlateDecode/Length %d>>stream\n" % len(each) + each + b"\nendstream"
        for each in streams
    ]
    bodies += [
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents %d 0 R" % (4 + number)
        + b"/Resources<</Font<</F1 3 0 R>>>>>>"
        for number in shown
    ]
    made, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(bodies, 1):
        places.append(len(made))
        made += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    made += b"".join(b"%010d 00000 n \n" % place for place in places)
    made += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(bodies) + 1, start)
    return bytes(made)


def filled_pdf(attached: bytes = b"The ledger of the fund.", name: str = "ledger.txt") -> bytes:
    """Write a PDF with a filled field, a comment and an attached file."""
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import (
        ArrayObject,
        DictionaryObject,
        FloatObject,
        NameObject,
        TextStringObject,
    )

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(raw_pdf(1, line_of_text("A request.")))))

    def annotation(kind: str, **entries: object) -> DictionaryObject:
        place = ArrayObject(map(FloatObject, (72, 500, 300, 520)))
        made = {"Type": NameObject("/Annot"), "Subtype": NameObject(kind), "Rect": place, **entries}
        return DictionaryObject({NameObject(f"/{key}"): value for key, value in made.items()})

    field = writer._add_object(
        annotation(
            "/Widget",
            FT=NameObject("/Tx"),
            T=TextStringObject("reason"),
            V=TextStringObject("The lamps that nobody ordered"),
        )
    )
    note = writer._add_object(
        annotation("/Text", Contents=TextStringObject("Ask her who signed it."))
    )
    writer.pages[0][NameObject("/Annots")] = ArrayObject([field, note])
    form = DictionaryObject({NameObject("/Fields"): ArrayObject([field])})
    writer._root_object[NameObject("/AcroForm")] = form
    writer.add_attachment(name, attached)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def line_of_text(words: str, at: int = 700) -> bytes:
    """Return the content of a PDF's page: a line of Helvetica."""
    return f"BT /F1 11 Tf 72 {at} Td ({words}) Tj ET\n".encode()


def long_pdf(pages: int = 10_000) -> bytes:
    """Write a PDF of very many pages."""
    lines = (
        line_of_text(f"Line {at} of a page that says little.", 700 - 14 * at) for at in range(30)
    )
    return raw_pdf(pages, b"".join(lines))


def pdf_bomb(megabytes: int = 1_500) -> bytes:
    """Write a PDF whose one page unfolds to gigabytes of instructions."""
    block = line_of_text("x") * 40_000
    return raw_pdf(1, block, times=megabytes * 1024 * 1024 // len(block))


def nested_mail(depth: int = 3_000) -> bytes:
    """Write a mail with parts in parts in parts."""
    head = b"From: a@b.example\nSubject: deep\nMIME-Version: 1.0\n"
    opening = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(depth)
    )
    return head + opening + b"Content-Type: text/plain\n\nHello.\n"


# --- The dossier

ONE_STORY: Mapping[str, Callable[[Story], bytes]] = {
    ".txt": text,
    ".md": markdown,
    ".html": page,
    ".mhtml": web_archive,
    ".pdf": pdf,
    ".docx": word,
    ".odt": opendocument,
    ".rtf": rich_text,
    ".epub": book,
    ".eml": mail,
    ".srt": subtitles,
    ".vtt": captions,
}
MANY_STORIES: Mapping[str, Callable[[Sequence[Story]], bytes]] = {
    ".mbox": letters,
    ".csv": table,
    ".jsonl": json_lines,
}


def files(each: int = 5) -> dict[str, tuple[bytes, dict[str, Story]]]:
    """Return files by name, each with its bytes and the stories that it holds, by document id."""
    made: dict[str, tuple[bytes, dict[str, Story]]] = {}
    number = 0
    for suffix, write in ONE_STORY.items():
        for _ in range(each):
            number += 1
            one = story(number)
            made[f"{suffix[1:]}/story-{number}{suffix}"] = (
                write(one),
                {f"{suffix[1:]}/story-{number}": one},
            )
    for suffix, gather in MANY_STORIES.items():
        stories = [story(number + at) for at in range(1, 4)]
        number += 3
        name = f"several{suffix}"
        ids = [f"s{at}" if suffix == ".csv" else str(at) for at in range(1, 4)]
        made[name] = (
            gather(stories),
            {f"{name}/{i}": s for i, s in zip(ids, stories, strict=True)},
        )
    packed = {f"reports/{number + at}.pdf": story(number + at) for at in range(1, 3)}
    made["packed.zip"] = (
        archive({name: pdf(one) for name, one in packed.items()}),
        {f"packed.zip/{name}": one for name, one in packed.items()},
    )
    covering, attached = story(number + 3), story(number + 4)
    made["with-attachment.eml"] = (
        mail(covering, {"report.docx": word(attached)}),
        {"with-attachment": covering, "with-attachment.eml/report.docx": attached},
    )
    return made


def write_files(folder: Path, each: int = 5) -> dict[str, Story]:
    """Write the dossier into a folder and return its stories by document id."""
    stories: dict[str, Story] = {}
    for name, (data, held) in files(each).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        stories |= held
    return stories
