"""OpenDocument texts: text, and everything that hangs on it."""

from __future__ import annotations

from collections.abc import Callable

import dossier
import pytest

from backstory.indexer.readers import Reading
from tests.conftest import sentences

Read = Callable[..., Reading]
KIND = b"application/vnd.oasis.opendocument.text"
NAMES = " ".join(
    f'xmlns:{each}="urn:oasis:names:tc:opendocument:xmlns:{each}:1.0"'
    for each in ("office", "text", "style", "draw", "table", "dc")
)


def texts(reading: Reading) -> list[str]:
    return [paragraph.text for paragraph in reading.paragraphs]


def left_out(reading: Reading) -> list[tuple[str, str]]:
    return [(each.kind, each.text) for each in reading.left_out]


def document(body: str, automatic: str = "", **parts: bytes) -> bytes:
    """Write a text of this XML; `automatic` are its own styles, `parts` its other files."""
    content = (
        f"<office:document-content {NAMES}><office:automatic-styles>{automatic}"
        f"</office:automatic-styles><office:body><office:text>{body}</office:text></office:body>"
        "</office:document-content>"
    )
    others = {f"{name}.xml": data for name, data in parts.items()}
    return dossier.archive({"mimetype": KIND, "content.xml": content.encode(), **others})


def styles(inside: str) -> bytes:
    return f"<office:document-styles {NAMES}>{inside}</office:document-styles>".encode()


def said(text: str) -> str:
    return f"<text:p>{text}</text:p>"


def items(*inside: str, style: str = "L", **attributes: str) -> str:
    """Write a list of these items; `attributes` are those of the list."""
    more = "".join(f' text:{name.replace("_", "-")}="{to}"' for name, to in attributes.items())
    written = "".join(f"<text:list-item>{each}</text:list-item>" for each in inside)
    return f'<text:list text:style-name="{style}"{more}>{written}</text:list>'


def characters(name: str, properties: str) -> str:
    return f'<style:style style:name="{name}"><style:text-properties {properties}/></style:style>'


CLAUSES = (
    '<text:list-style style:name="L"><text:list-level-style-number text:level="1" '
    'style:num-prefix="§ " style:num-format="1" style:num-suffix="."/>'
    '<text:list-level-style-number text:level="2" style:num-format="a" style:num-suffix=")"/>'
    '<text:list-level-style-number text:level="3" style:num-format="1" text:display-levels="2"/>'
    '</text:list-style><text:list-style style:name="B"><text:list-level-style-bullet '
    'text:level="1" text:bullet-char="-"/></text:list-style>'
)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (items(said("a"), said("b")), ["§ 1. a § 2. b"]),
        (items(said("a") + said("more") + items(said("b"), items(said("c")))),
         ["§ 1. a • more a) b a.1 c"]),
        (items(said("a"), style="B") + items(said("b"), style="B"), ["a", "b"]),
        (items(said("a"), said("b"), style="B"), ["• a • b"]),
        (items(said("a")) + said("x") + items(said("b")), ["§ 1. a", "x", "§ 1. b"]),
        (items(said("a")) + said("x") + items(said("b"), continue_numbering="true"),
         ["§ 1. a", "x", "§ 2. b"]),
        (items(said("a"), id="l1") + said("x") + items(said("b"), continue_list="l1"),
         ["§ 1. a", "x", "§ 2. b"]),
        ('<text:list text:style-name="L"><text:list-header><text:p>a</text:p></text:list-header>'
         '<text:list-item text:start-value="7"><text:p>b</text:p></text:list-item></text:list>',
         ["• a § 7. b"]),
        (items(said("a"), style="unknown"), ["a"]),
    ],
)  # fmt: skip
def test_items_have_the_numbers_of_their_list(
    read_bytes: Read, body: str, found: list[str]
) -> None:
    assert texts(read_bytes("a.odt", document(body, CLAUSES))) == found


def test_headings_have_the_numbers_of_the_outline(read_bytes: Read) -> None:
    outline = "".join(
        f'<text:outline-level-style text:level="{level}" style:num-format="1" '
        f'text:display-levels="{level}"/>'
        for level in (1, 2)
    )
    body = "".join(
        f'<text:h text:outline-level="{level}">{text}</text:h>{said(text.lower())}'
        for level, text in ((1, "Rent"), (2, "Due"), (1, "Repairs"), (2, "Roof"))
    )
    data = document(body, styles=styles(f"<text:outline-style>{outline}</text:outline-style>"))
    reading = read_bytes("a.odt", data)
    assert reading.title == "1 Rent"
    headings = [each.heading.rpartition(" > ")[2] for each in reading.paragraphs]
    assert headings == ["", "1.1 Due", "2 Repairs", "2.1 Roof"]


def test_raised_and_lowered_characters_are_parted(read_bytes: Read) -> None:
    own = characters("U", 'style:text-position="super 58%"')
    own += characters("D", 'style:text-position="-33% 58%"')
    up, down = (f'<text:span text:style-name="{each}">' for each in "UD")
    body = said(f"84 m{up}2</text:span> in 2019{up}3</text:span>, CO{down}2</text:span>")
    assert texts(read_bytes("a.odt", document(body, own))) == ["84 m² in 2019 3, CO₂"]


def test_what_is_deleted_or_hidden_is_left_out_and_told(read_bytes: Read) -> None:
    changes = (
        "<text:tracked-changes><text:changed-region><text:deletion><office:change-info>"
        f"<dc:creator>x</dc:creator></office:change-info>{said('900')}{said('crowns')}"
        "</text:deletion></text:changed-region></text:tracked-changes>"
    )
    body = (
        changes + said('Paid 300.<text:span text:style-name="H"> Not this.</text:span>')
        + '<text:p>A line.<text:hidden-text text:string-value="Nor this."/></text:p>'
        + f'<text:section text:display="none">{said("Nor that.")}</text:section>'
    )  # fmt: skip
    reading = read_bytes("a.odt", document(body, characters("H", 'text:display="none"')))
    assert texts(reading) == ["Paid 300.", "A line."]
    assert left_out(reading) == [
        ("deleted", "900 crowns"), ("hidden", "Not this."), ("hidden", "Nor this."),
        ("hidden", "Nor that."),
    ]  # fmt: skip


def test_notes_comments_and_boxes_follow_their_paragraph(read_bytes: Read) -> None:
    note = (
        "<text:note><text:note-citation>1</text:note-citation><text:note-body>"
        f"{said('Says the clerk.')}</text:note-body></text:note>"
    )
    comment = (
        "<office:annotation><dc:creator>Ines Falk</dc:creator><dc:date>2018-03-09T10:00</dc:date>"
        f"{said('Who says so?')}</office:annotation>"
    )
    box = f"<draw:frame><draw:text-box>{said('In a box.')}</draw:text-box></draw:frame>"
    shape = f"<draw:custom-shape>{said('In a shape.')}</draw:custom-shape>"
    body = said(f"Paid{note}{comment}{box}{shape} twice.") + said("Next.")
    assert texts(read_bytes("a.odt", document(body))) == [
        "Paid twice.",
        "Says the clerk.",
        "Comment by Ines Falk, 2018-03-09: Who says so?",
        "In a box.",
        "In a shape.",
        "Next.",
    ]


def test_notes_of_a_table_follow_it(read_bytes: Read) -> None:
    note = f"<text:note><text:note-body>{said('Counted.')}</text:note-body></text:note>"
    cells = "".join(
        f"<table:table-cell>{said(each)}</table:table-cell>" for each in ("Lamps", f"40{note}")
    )
    body = f"<table:table><table:table-row>{cells}</table:table-row></table:table>"
    assert texts(read_bytes("a.odt", document(body))) == ["Lamps, 40", "Counted."]


def test_heads_and_feet_of_pages_are_read_once_and_page_numbers_left_out(read_bytes: Read) -> None:
    number = "<text:page-number>4</text:page-number>"
    master = (
        f"<style:master-page><style:header>{said('Ref. 77/2014')}</style:header>"
        f"<style:header-first>{said('Ref. 77/2014')}</style:header-first>"
        f"<style:footer>{said(f'Page {number}')}</style:footer></style:master-page>"
    )
    reading = read_bytes("a.odt", document(said("The text."), styles=styles(master)))
    assert [(each.heading, each.text) for each in reading.paragraphs] == [
        ("", "The text."), ("Page head", "Ref. 77/2014"),
    ]  # fmt: skip
    assert left_out(reading) == [("page number", "Page")]


@pytest.mark.parametrize("part", ["styles", "meta"])
def test_a_broken_part_costs_only_itself(read_bytes: Read, part: str) -> None:
    reading = read_bytes("a.odt", document(said("A line."), **{part: b"<broken"}))
    assert texts(reading) == ["A line."]
    assert sentences(reading.notes)[0].startswith(f"{part}.xml left out: broken XML")


def test_styles_that_are_based_on_each_other_in_a_ring_do_not_hang(read_bytes: Read) -> None:
    ring = "".join(
        f'<style:style style:name="{a}" style:parent-style-name="{b}"/>' for a, b in ("AB", "BA")
    )
    body = '<text:p text:style-name="A">A line.</text:p>'
    assert texts(read_bytes("a.odt", document(body, ring))) == ["A line."]
