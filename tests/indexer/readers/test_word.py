"""Word files: text, and everything that hangs on it."""

from __future__ import annotations

import io
from collections.abc import Callable

import docx
import dossier
import pytest

from backstory.indexer.readers import Budget, Reading
from tests.conftest import sentences

Read = Callable[..., Reading]
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def texts(reading: Reading) -> list[str]:
    return [paragraph.text for paragraph in reading.paragraphs]


def left_out(reading: Reading) -> list[tuple[str, str]]:
    return [(each.kind, each.text) for each in reading.left_out]


def word(*body: str, **parts: str) -> bytes:
    """Write a Word file of these XML paragraphs; `parts` are other files of the folder word/."""
    document = f"<w:document {W} {R}><w:body>{''.join(body)}</w:body></w:document>"
    others = {f"word/{name}.xml": text.encode() for name, text in parts.items()}
    return dossier.archive({"word/document.xml": document.encode(), **others})


def package(main: str, body: str, relations: dict[str, tuple[str, str]], **parts: bytes) -> bytes:
    """Write a Word file whose main part is called `main`; `relations` are (kind, target) by id."""

    def related(each: dict[str, tuple[str, str]]) -> bytes:
        told = "".join(
            f'<Relationship Id="{key}" Type="{TYPES}/{kind}" Target="{target}"/>'
            for key, (kind, target) in each.items()
        )
        return f"<Relationships>{told}</Relationships>".encode()

    folder, _, name = main.rpartition("/")
    return dossier.archive(
        {
            "[Content_Types].xml": f'<T><O PartName="/{main}" ContentType="{MAIN}"/></T>'.encode(),
            "_rels/.rels": related({"r1": ("officeDocument", f"/{main}")}),
            main: f"<w:document {W} {R}><w:body>{body}</w:body></w:document>".encode(),
            f"{folder}/_rels/{name}.rels": related(relations),
            **{f"{folder}/{key}": data for key, data in parts.items()},
        }
    )


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def said(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{run(text)}</w:p>"


def item(text: str, number: int = 1, level: int = 0) -> str:
    return said(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def numbering(*levels: tuple[str, str], **more: str) -> str:
    """Write a list of (format, text) a level, used as number 1; `more` are other lists."""
    written = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{style}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for at, (style, text) in enumerate(levels)
    )
    lists = f'<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>{"".join(more.values())}'
    return (
        f'<w:numbering {W}><w:abstractNum w:abstractNumId="7">{written}</w:abstractNum>'
        f"{lists}</w:numbering>"
    )


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


def test_the_main_part_is_found_by_relation(read_bytes: Read) -> None:
    notes = f'<w:footnotes {W}><w:footnote w:id="2">{said("Says the clerk.")}</w:footnote>'
    body = f'<w:p>{run("It was paid.")}<w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    data = package(
        "odd/Main2.xml",
        body,
        {"r7": ("footnotes", "../odd/below.xml")},
        **{"below.xml": f"{notes}</w:footnotes>".encode()},
    )
    reading = read_bytes("a.docx", data)
    assert texts(reading) == ["It was paid.", "Says the clerk."]
    assert reading.notes == ()
    assert "a Word file" in sentences(read_bytes("a.zip", data).notes)[0]


@pytest.mark.parametrize(
    ("levels", "items", "found"),
    [
        ([("decimal", "§ %1.")], [0, 0], ["§ 1. a", "§ 2. b"]),
        ([("decimal", "%1."), ("decimal", "%1.%2")], [0, 1, 1, 0, 1],
         ["1. a", "1.1 b", "1.2 c", "2. d", "2.1 e"]),
        ([("upperRoman", "%1."), ("lowerLetter", "%2)")], [0, 1, 1], ["I. a", "a) b", "b) c"]),
        ([("decimalZero", "Art. %1")], [0], ["Art. 01 a"]),
        ([("bullet", "\uf0b7")], [0, 0], ["• a", "• b"]),
        ([("decimal", "%1."), ("bullet", "-")], [0, 1, 0], ["1. a", "• b", "2. c"]),
        ([("none", "Whereas")], [0], ["Whereas a"]),
    ],
)  # fmt: skip
def test_automatic_numbers_are_kept(
    read_bytes: Read, levels: list[tuple[str, str]], items: list[int], found: list[str]
) -> None:
    body = [item(text, level=level) for text, level in zip("abcde", items, strict=False)]
    reading = read_bytes("a.docx", word(*body, numbering=numbering(*levels)))
    assert " ".join(texts(reading)) == " ".join(found).removeprefix("• " if len(found) == 1 else "")


def test_a_list_may_begin_anew_or_go_on(read_bytes: Read) -> None:
    anew = (
        '<w:num w:numId="2"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0">'
        '<w:startOverride w:val="5"/></w:lvlOverride></w:num>'
    )
    on = '<w:num w:numId="3"><w:abstractNumId w:val="7"/></w:num>'
    data = word(
        item("a"), said("Text."), item("b", 3), said("Text."), item("c", 2), said("Text."),
        item("d", 0), item("e", 99),
        numbering=numbering(("decimal", "%1."), anew=anew, on=on),
    )  # fmt: skip
    assert [t for t in texts(read_bytes("a.docx", data)) if t != "Text."] == [
        "1. a", "2. b", "5. c", "d", "e",
    ]  # fmt: skip


def test_headings_have_the_numbers_of_their_style(read_bytes: Read) -> None:
    style = (
        '<w:style w:styleId="H"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/>'
        '</w:numPr></w:pPr></w:style><w:style w:styleId="S"><w:basedOn w:val="H"/></w:style>'
    )
    data = word(
        said("Rent", '<w:pStyle w:val="H"/>'), said("It is due."),
        said("Repairs", '<w:pStyle w:val="S"/>'), said("They are not."),
        styles=f"<w:styles {W}>{style}</w:styles>",
        numbering=numbering(("decimal", "%1.")),
    )  # fmt: skip
    reading = read_bytes("a.docx", data)
    assert reading.title == "1. Rent"
    assert [(p.heading, p.text) for p in reading.paragraphs] == [
        ("", "It is due."), ("2. Repairs", "They are not."),
    ]  # fmt: skip


def test_raised_and_lowered_runs_are_parted(read_bytes: Read) -> None:
    up, down = '<w:vertAlign w:val="superscript"/>', '<w:vertAlign w:val="subscript"/>'
    style = f'<w:style w:styleId="Mark"><w:rPr>{up}</w:rPr></w:style>'
    line = run("Of 84 m") + run("2", up) + run(" the mark") + run("12", '<w:rStyle w:val="Mark"/>')
    line += run(" in 2019") + run("3", up) + run(" names CO") + run("2", down) + run(".")
    reading = read_bytes("a.docx", word(f"<w:p>{line}</w:p>", styles=f"<s {W}>{style}</s>"))
    assert texts(reading) == ["Of 84 m² the mark 12 in 2019 3 names CO₂."]


def test_what_is_deleted_or_hidden_is_left_out_and_told(read_bytes: Read) -> None:
    gone = "<w:del><w:r><w:delText>900</w:delText></w:r><w:r><w:delText> crowns</w:delText></w:r>"
    moved = f"<w:moveFrom>{run(' at night')}</w:moveFrom>"
    again = f"<w:del>{run('x').replace('w:t>', 'w:delText>')}</w:del>"
    hidden = run("Do not print.", "<w:vanish/>") + run(" Shown.", '<w:vanish w:val="0"/>')
    reading = read_bytes(
        "a.docx", word(f"<w:p>{run('Paid ')}{gone}</w:del>{moved}{hidden}{again}</w:p>")
    )
    assert texts(reading) == ["Paid Shown."]
    assert left_out(reading) == [
        ("deleted", "900 crowns at night"),
        ("hidden", "Do not print."),
        ("deleted", "x"),
    ]


def test_paragraphs_whose_border_is_deleted_are_one(read_bytes: Read) -> None:
    joined = "<w:rPr><w:del/></w:rPr>"
    assert texts(read_bytes("a.docx", word(said("One ", joined), said("line.")))) == ["One line."]


def test_comments_are_text_that_says_who_made_them(read_bytes: Read) -> None:
    comments = (
        f'<w:comments {W}><w:comment w:id="0" w:author="Ines Falk" w:date="2018-03-09T10:00:00Z">'
        f'{said("Who says so?")}</w:comment><w:comment w:id="1">{said("Lost.")}</w:comment>'
        "</w:comments>"
    )
    body = f'<w:p>{run("It was paid.")}<w:r><w:commentReference w:id="0"/></w:r></w:p>'
    data = word(body, said("Twice."), comments=comments)
    assert texts(read_bytes("a.docx", data)) == [
        "It was paid.",
        "Comment by Ines Falk, 2018-03-09: Who says so?",
        "Twice.",
        "Comment: Lost.",
    ]


def test_notes_and_text_boxes_of_a_table_follow_it(read_bytes: Read) -> None:
    notes = f'<w:endnotes {W}><w:endnote w:id="1">{said("A note.")}</w:endnote></w:endnotes>'
    box = f"<w:pict><w:txbxContent>{said('In a box.')}</w:txbxContent></w:pict>"
    cell = f'<w:p>{run("Lamps")}<w:r><w:endnoteReference w:id="1"/></w:r><w:r>{box}</w:r></w:p>'
    table = f"<w:tbl><w:tr><w:tc>{cell}</w:tc><w:tc>{said('40')}</w:tc></w:tr></w:tbl>"
    assert texts(read_bytes("a.docx", word(table, endnotes=notes))) == [
        "Lamps, 40", "In a box.", "A note.",
    ]  # fmt: skip


def test_heads_and_feet_of_pages_are_read_once_and_page_numbers_are_left_out(
    read_bytes: Read,
) -> None:
    page = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> PAGE </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        f'{run("4")}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    total = f'<w:fldSimple w:instr="NUMPAGES">{run("9")}</w:fldSimple>'
    head = f'<w:hdr {W}>{said("Ref. 77/2014")}<w:p><w:textpath string="DRAFT"/></w:p></w:hdr>'
    foot = f"<w:ftr {W}><w:p>{run('Page ')}{page}{run(' of ')}{total}</w:p></w:ftr>"
    data = package(
        "word/document.xml",
        said("The text."),
        {"a": ("header", "h.xml"), "b": ("header", "h.xml"), "c": ("footer", "f.xml")},
        **{"h.xml": head.encode(), "f.xml": foot.encode()},
    )
    reading = read_bytes("a.docx", data)
    assert [(p.heading, p.text) for p in reading.paragraphs] == [
        ("", "The text."), ("Page head", "Ref. 77/2014"), ("Page head", "DRAFT"),
    ]  # fmt: skip
    assert left_out(reading) == [("page number", "Page of 49")]


def test_a_document_within_the_document_is_read_in_its_place(read_bytes: Read) -> None:
    data = package(
        "word/document.xml",
        said("Before.") + '<w:altChunk r:id="c1"/>' + said("After."),
        {"c1": ("aFChunk", "part.html")},
        **{"part.html": b"<html><body><p>One chunk.</p><p>Two.</p></body></html>"},
    )
    assert texts(read_bytes("a.docx", data)) == ["Before.", "One chunk.", "Two.", "After."]


def test_a_document_within_the_document_that_is_lost_is_reported(read_bytes: Read) -> None:
    body = said("Before.") + '<w:altChunk r:id="c1"/><w:altChunk r:id="c2"/>'
    data = package(
        "word/document.xml", body, {"c1": ("aFChunk", "part.exe")}, **{"part.exe": b"MZ"}
    )
    reading = read_bytes("a.docx", data)
    assert texts(reading) == ["Before."]
    assert sentences(reading.notes) == (
        "word/part.exe left out: no reader for .exe",
        "c2 left out: the file lacks this document within the document",
    )


def test_documents_within_documents_come_to_an_end(read_bytes: Read) -> None:
    data = word(said("Innermost."))
    for _ in range(6):
        body = said("Around.") + '<w:altChunk r:id="c"/>'
        parts = {"c": ("aFChunk", "part.docx")}
        data = package("word/document.xml", body, parts, **{"part.docx": data})
    reading = read_bytes("a.docx", data, budget=Budget(depth=3))
    assert texts(reading) == ["Around."] * 4
    assert "nested too deeply" in sentences(reading.notes)[-1]


def test_the_words_of_a_diagram_and_of_a_chart_are_read(read_bytes: Read) -> None:
    body = f'<w:p>{run("See:")}<w:r><w:relIds r:dm="d"/><w:chart r:id="c"/></w:r></w:p>'
    data = package(
        "word/document.xml",
        body,
        {"d": ("diagramData", "d.xml"), "c": ("chart", "c.xml")},
        **{
            "d.xml": b"<d><p><r><t>Harbour </t></r><r><t>master</t></r></p></d>",
            "c.xml": b"<c><strCache><pt><v>Lamps</v></pt><pt><v>Radios</v></pt></strCache></c>",
        },
    )
    assert texts(read_bytes("a.docx", data)) == ["See:", "Harbour master", "Lamps, Radios"]


def test_a_broken_part_costs_only_itself(read_bytes: Read) -> None:
    reading = read_bytes("a.docx", word(said("A line."), styles="<w:st", comments="<"))
    assert texts(reading) == ["A line."]
    assert [note.split(":")[0] for note in sentences(reading.notes)] == [
        "word/comments.xml left out",
        "word/styles.xml left out",
    ]
