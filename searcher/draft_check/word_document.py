"""A checked draft as a Word document (Office Open XML) with real footnotes.

The parts are written by hand: a document, its styles, its footnotes and what leads from one to the
other. It has the paragraphs of the draft in plain text; its own formatting is not taken over.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

from backstory.engine.characters import visible
from backstory.searcher.draft_check.blocks import Block, BlockKind, read_draft
from backstory.searcher.draft_check.footnotes import LISTED, footnote
from backstory.searcher.draft_check.notes import LABELS, note, summary
from backstory.searcher.draft_check.report import CheckedSentence, DraftCheck

_MADE = (1980, 1, 1, 0, 0, 0)  # the time of every part, so that the same draft is the same file
_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PARTS = ("styles", "footnotes", "settings")
_SEPARATORS = (("separator", -1), ("continuationSeparator", 0))
_STYLES = {
    "Normal": ("Normal", "paragraph", '<w:pPr><w:spacing w:after="160"/></w:pPr>'),
    "Heading1": ("heading 1", "paragraph", '<w:rPr><w:b/><w:sz w:val="30"/></w:rPr>'),
    "Quote": ("Quote", "paragraph", '<w:pPr><w:ind w:left="567" w:right="567"/></w:pPr>'),
    "FootnoteText": ("footnote text", "paragraph", '<w:rPr><w:sz w:val="18"/></w:rPr>'),
    "FootnoteReference": (
        "footnote reference",
        "character",
        '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>',
    ),
}
_OF_BLOCKS = {
    BlockKind.PARAGRAPH: "Normal",
    BlockKind.HEADING: "Heading1",
    BlockKind.QUOTATION: "Quote",
}


def word_document(check: DraftCheck) -> bytes:
    """Return the bytes of a .docx file with the list of what was not found, then the draft."""
    noted = [sentence for sentence in check if sentence.findings]
    parts = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations({"officeDocument": "word/document.xml"}),
        "word/document.xml": _document(check, noted),
        "word/footnotes.xml": _footnotes(noted),
        "word/styles.xml": _styles(),
        "word/settings.xml": _settings(),
        "word/_rels/document.xml.rels": _relations({part: f"{part}.xml" for part in _PARTS}),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, xml in parts.items():
            entry = zipfile.ZipInfo(name, _MADE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, _HEAD + xml)
    return file.getvalue()


def _document(check: DraftCheck, noted: Iterable[CheckedSentence]) -> str:
    body = [_paragraph([_run(summary(check))])]
    for status in LISTED:
        notes = [note(finding) for _, finding in check.with_status(status)]
        if notes:
            body.append(_paragraph([_run(LABELS[status].capitalize())], "Heading1"))
            body += [_paragraph([_run(f"• {each}")]) for each in notes]
    draft = read_draft(check.text)
    ends = {sentence.end: sentence.number for sentence in noted}
    for block in draft.blocks:
        runs = list(_runs(draft.plain, block, ends))
        body.append(_paragraph(runs, _OF_BLOCKS[block.kind]))
    return _root("document", f"<w:body>{''.join(body)}<w:sectPr/></w:body>")


def _runs(plain: str, block: Block, ends: dict[int, int]) -> Iterator[str]:
    """Yield the text of a block, with the mark of a footnote where a sentence ends."""
    position = block.start
    for end in sorted(ends):
        if block.start < end <= block.end:
            yield _run(" ".join(plain[position:end].split()), leads=position > block.start)
            yield (
                '<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr>'
                f'<w:footnoteReference w:id="{ends[end]}"/></w:r>'
            )
            position = end
    rest = " ".join(plain[position : block.end].split())
    if rest:
        yield _run(rest, leads=position > block.start)


def _run(text: str, *, leads: bool = False) -> str:
    """Return a run of text; one that `leads` on from another begins with a blank."""
    shown = escape(visible(f" {text}" if leads else text))
    return f'<w:r><w:t xml:space="preserve">{shown}</w:t></w:r>'


def _paragraph(runs: Iterable[str], style: str = "Normal") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{"".join(runs)}</w:p>'


def _footnotes(noted: Iterable[CheckedSentence]) -> str:
    """Return the footnotes, after the two lines that part them from the text."""
    notes = [
        f'<w:footnote w:type="{kind}" w:id="{number}">'
        f"<w:p><w:r><w:{kind}/></w:r></w:p></w:footnote>"
        for kind, number in _SEPARATORS
    ]
    for sentence in noted:
        mark = '<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:footnoteRef/></w:r>'
        runs = [mark, *(_run(part, leads=True) for part in footnote(sentence))]
        paragraph = _paragraph(runs, "FootnoteText")
        notes.append(f'<w:footnote w:id="{sentence.number}">{paragraph}</w:footnote>')
    return _root("footnotes", "".join(notes))


def _styles() -> str:
    styles = (
        f'<w:style w:type="{kind}" w:styleId="{key}"{default}>'
        f'<w:name w:val="{name}"/>{rules}</w:style>'
        for key, (name, kind, rules) in _STYLES.items()
        for default in (' w:default="1"' if key == "Normal" else "",)
    )
    return _root("styles", "".join(styles))


def _settings() -> str:
    parted = "".join(f'<w:footnote w:id="{number}"/>' for _, number in _SEPARATORS)
    return _root("settings", f"<w:footnotePr>{parted}</w:footnotePr>")


def _root(name: str, inside: str) -> str:
    return f'<w:{name} xmlns:w="{_MAIN}" xmlns:r="{_OFFICE}">{inside}</w:{name}>'


def _relations(parts: dict[str, str]) -> str:
    lines = (
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(parts.items(), 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(lines)}</Relationships>'


def _content_types() -> str:
    parts = {"/word/document.xml": f"{_WORD}.document.main+xml"}
    parts |= {f"/word/{part}.xml": f"{_WORD}.{part}+xml" for part in _PARTS}
    overrides = (f'<Override PartName="{p}" ContentType="{t}"/>' for p, t in parts.items())
    xml, relations = "application/xml", "application/vnd.openxmlformats-package.relationships+xml"
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="{relations}"/>'
        f'<Default Extension="xml" ContentType="{xml}"/>{"".join(overrides)}</Types>'
    )
