"""A checked draft as Markdown and as a Word document: footnotes that say where it stands."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

from backstory.indexer.outside_files import text_of
from backstory.searcher.draft_check import DraftCheck
from backstory.searcher.draft_check.footnotes import markdown
from backstory.searcher.draft_check.word_document import word_document
from backstory.settings import Config

Check = Callable[[str], DraftCheck]
DRAFT = """# The lamps

Brandt paid $5.3m for the *lamps* of the lighthouse. “told to weld and not to ask”, it says.

> In Ljubljana the bees <b>sang</b> all day & night.

Nobody came.
"""
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def test_markdown_keeps_the_draft_and_has_a_note_for_each_checked_sentence(check: Check) -> None:
    written = "".join(markdown(check(DRAFT)))
    before, _, rest = written.partition("---\n\n")
    assert "## Not found\n\n- Quotation “In Ljubljana" in before
    assert before.index("## Not found") < before.index("## Found differently")
    draft = re.sub(r"\[\^check-\d\]", "", rest.partition("\n[^check-1]:")[0])
    assert draft.strip() == DRAFT.strip()
    marks, notes = (
        re.findall(r"(\[\^check-\d\])(?!:)", rest),
        re.findall(r"^(\[.*?\]):", rest, re.M),
    )
    assert marks == notes == ["[^check-1]", "[^check-2]", "[^check-3]"]


def test_a_footnote_cites_the_passage(check: Check) -> None:
    written = "".join(markdown(check(DRAFT)))
    note = next(line for line in written.split("\n") if line.startswith("[^check-2]:"))
    assert "Word for word in report#p2" in note
    assert "The lamps, Harbour Courier, 2018-04, passage report#p2" in note


def opened(check: DraftCheck) -> dict[str, ElementTree.Element]:
    """Return the parts of a Word document, each parsed."""
    with zipfile.ZipFile(io.BytesIO(word_document(check))) as package:
        assert package.testzip() is None
        return {name: ElementTree.fromstring(package.read(name)) for name in package.namelist()}


def test_every_footnote_is_referred_to_and_every_reference_has_one(check: Check) -> None:
    parts = opened(check(DRAFT))
    references = [
        e.get(f"{WORD}id") for e in parts["word/document.xml"].iter(f"{WORD}footnoteReference")
    ]
    notes = {e.get(f"{WORD}id"): e for e in parts["word/footnotes.xml"].iter(f"{WORD}footnote")}
    assert references == ["1", "2", "3"]
    assert list(notes) == ["-1", "0", *references]
    said = "".join(notes["2"].itertext())
    assert "Word for word in report#p2" in said


def test_every_part_is_declared_and_every_style_is_there(check: Check) -> None:
    parts = opened(check(DRAFT))
    declared = {e.get("PartName") for e in parts["[Content_Types].xml"] if e.get("PartName")}
    assert declared == {
        f"/{name}" for name in parts if name.startswith("word/") and "_rels" not in name
    }
    targets = {f"word/{e.get('Target')}" for e in parts["word/_rels/document.xml.rels"]}
    assert targets == {name for name in parts if name.startswith("word/")} - {
        "word/document.xml",
        "word/_rels/document.xml.rels",
    }
    styles = {e.get(f"{WORD}styleId") for e in parts["word/styles.xml"].iter(f"{WORD}style")}
    for name in ("word/document.xml", "word/footnotes.xml"):
        used = {
            e.get(f"{WORD}val")
            for tag in ("pStyle", "rStyle")
            for e in parts[name].iter(f"{WORD}{tag}")
        }
        assert used <= styles


def test_our_own_reader_opens_it(check: Check, tmp_path: Path) -> None:
    file = tmp_path / "checked.docx"
    file.write_bytes(word_document(check(DRAFT)))
    text = text_of(file, Config(root=tmp_path))
    assert "Brandt paid $5.3m for the lamps of the lighthouse." in text
    assert "Ljubljana" in text
    assert "Word for word in report#p2" in text  # of a footnote


def test_the_same_draft_is_the_same_file(check: Check) -> None:
    assert word_document(check(DRAFT)) == word_document(check(DRAFT))


def test_characters_that_xml_has_not_are_shown(check: Check) -> None:
    parts = opened(
        check("Brandt paid\x00 for \x1b[31m lamps \ud800 of “told to weld and not to ask”.")
    )
    assert "␀" in "".join(parts["word/document.xml"].itertext())
