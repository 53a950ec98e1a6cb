"""Remarks on files: codes with data, whose sentences are made where they are shown."""

from __future__ import annotations

import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark, unreadable

of = Remark.of
SENTENCES = [
    (
        of(Code.ARRIVALS, folder="var/state", detail="disk full"),
        "not kept in var/state (disk full)",
    ),
    (of(Code.DUPLICATE, of="letters/1"), "same content as letters/1"),
    (of(Code.NO_READER, suffix=".vsdx"), "no reader for .vsdx"),
    (of(Code.NO_READER, suffix=".7Z"), "no reader for .7Z: unpack it and index what is in it"),
    (of(Code.HIDDEN, detail="a hidden sheet"), "a hidden sheet"),
    (of(Code.NO_READER, suffix=""), "no reader for files without a suffix"),
    (
        of(Code.NEEDS_EXTRA, suffix=".pdf", requires="backstory[formats]"),
        "reading .pdf needs the extra `formats`: pip install 'backstory[formats]'",
    ),
    (
        of(Code.NEEDS_EXTRA, suffix=".xls", requires="xlrd>=2"),
        "reading .xls needs xlrd>=2: pip install 'xlrd>=2'",
    ),
    (of(Code.NEEDS_OCR, pages=1), "needs OCR: its 1 page holds no text"),
    (of(Code.NEEDS_OCR, pages=1200), "needs OCR: its 1,200 pages hold no text"),
    (of(Code.OCR_FAILED, why="Tesseract failed on it"), "not read by OCR: Tesseract failed on it"),
    (
        of(Code.PAGES_SCANNED, pages="3", count=1, confidence=91),
        "page 3 read from a scan, with a confidence of 91 in 100",
    ),
    (
        of(Code.PAGES_ILLEGIBLE, pages="3, 4", count=2, why="the page is broken"),
        "pages 3, 4 not read by OCR: the page is broken",
    ),
    (
        of(Code.TOO_MANY, more="more", what="rows", setting="formats.max_members"),
        "more rows than formats.max_members",
    ),
    (of(Code.BINARY, what="NUL bytes"), "binary (holds NUL bytes)"),
    (of(Code.LINK), "a link; links are not followed"),
    (of(Code.UNSAFE_NAME), "its name leads out of the archive"),
    (of(Code.NOT_REGULAR), "not a regular file"),
    (of(Code.NO_PERMISSION), "no permission to read it"),
    (of(Code.VANISHED), "vanished while the corpus was read"),
    (of(Code.CHANGED), "changed while it was read; the next run takes it"),
    (of(Code.TIMED_OUT, seconds=1.5), "not read within 1.5 seconds (formats.seconds)"),
    (
        of(Code.NEEDS_MEMORY, limit=2048),
        "needs more than 2,048 MB of memory (formats.memory_mb)",
    ),
    (
        of(Code.CRASHED, how="SIGKILL", limit=300),
        "its reader crashed (SIGKILL), perhaps for want of 300 MB of memory (formats.memory_mb)",
    ),
    (of(Code.READER_FAILED, error="ValueError: {x}"), "the reader failed (ValueError: {x})"),
    (
        of(Code.DATE_TAKEN, date="2018-03", where="the text"),
        "date 2018-03 taken from the text",
    ),
    (
        of(Code.DATE_GUESSED, date="2018-03", where="the file's metadata"),
        "date 2018-03 guessed from the file's metadata",
    ),
    (
        of(Code.ORPHAN_METADATA, of="a.pdf"),
        "metadata of a.pdf, which is missing: put that beside it, or delete this",
    ),
    (
        of(Code.RETAINED, removed=1_000, documents=2_000),
        "1,000 of 2,000 documents, whose content is no longer in the corpus, stay in the index."
        " Is a disk missing? If they are meant to go: backstory index --allow-removal",
    ),
    (of(Code.CUT, limit=3), "only the first 3 MB were read"),
    (
        of(Code.PAGES_LEFT, read=9, count=10_000),
        "only the first 9 of 10,000 pages were read in time",
    ),
    (of(Code.PAGES_BROKEN, broken=2, count=10), "2 of 10 pages are broken"),
    (
        of(Code.PART_BROKEN, part="word/styles.xml", problem="broken XML"),
        "word/styles.xml left out: broken XML",
    ),
    (
        of(Code.PAGES_WITHOUT_TEXT, pages="3", count=1),
        "page 3 holds no text: blank, or an image that needs OCR",
    ),
    (
        of(Code.PAGES_WITHOUT_TEXT, pages="3, 4", count=2),
        "pages 3, 4 hold no text: blank, or an image that needs OCR",
    ),
    (
        of(Code.PAGES_STAMPED, pages="3", count=1),
        "page 3 is a picture with a line of text on it, and needs OCR",
    ),
    (
        of(Code.PAGES_STAMPED, pages="3, 4", count=2),
        "pages 3, 4 are pictures with a line of text on them, and need OCR",
    ),
    (
        of(Code.PAGES_SCANNED, pages="3", count=1, confidence=0, by="tesseract"),
        "page 3 read from a scan, which has no words",
    ),
    (
        of(Code.OTHER_FORMAT, what="a PDF", suffix=".txt"),
        "a PDF, though its name ends in .txt",
    ),
    (
        of(Code.METADATA_BROKEN, place="a.yaml line 2", what="metadata", problem="not YAML"),
        "a.yaml line 2: metadata not read: not YAML",
    ),
    (
        of(Code.VALUE_LEFT_OUT, place="a.md", field="date", value="'soon'", problem="no date"),
        "a.md: date 'soon' left out: no date",
    ),
    (
        of(Code.READ_AS_PLAIN, limit=2_000_000),
        "longer than 2,000,000 characters: Markdown read as plain text",
    ),
    (
        of(Code.READ_PLAINLY, what="a table", why="nested too deeply"),
        "nested too deeply: a table read as plain text",
    ),
    (
        of(Code.MEMBER_TIMED_OUT, seconds=60.0),
        "took too many of its file’s 60 seconds (formats.seconds)",
    ),
    (
        of(Code.MEMBERS_LEFT, what="messages"),
        "this and all further messages: no time left for the file (formats.seconds)",
    ),
    (
        of(Code.READ_WHOLE, count=80_002),
        "80,002 elements: read whole, with whatever surrounds the text",
    ),
    *(
        (of(code, detail="as it was said"), "as it was said")
        for code in (
            *(Code.TOO_LARGE, Code.TOO_DEEP, Code.ENCRYPTED, Code.EMPTY, Code.BROKEN),
            *(Code.OLD_FORMAT, Code.OUT_OF_MEMORY, Code.UNREADABLE, Code.ENCODING, Code.SPLIT),
            Code.PLUGIN,
        )
    ),
]


@pytest.mark.parametrize(("remark", "sentence"), SENTENCES)
def test_a_remark_has_the_sentence_of_its_code(remark: Remark, sentence: str) -> None:
    assert remark.sentence == sentence


def test_every_code_has_a_sentence_here() -> None:
    assert {remark.code for remark, _ in SENTENCES} == set(Code)


@pytest.mark.parametrize("remark", [remark for remark, _ in SENTENCES])
def test_a_remark_comes_back_from_json_and_from_another_process(remark: Remark) -> None:
    assert Remark.from_json(json.loads(json.dumps(remark.to_json()))) == remark
    assert pickle.loads(pickle.dumps(remark)) == remark


@given(st.text(st.characters(codec=None)))
def test_whatever_a_detail_is_it_is_shown_as_it_is(detail: str) -> None:
    assert unreadable(detail).sentence == detail
    assert of(Code.READER_FAILED, error=detail).sentence == f"the reader failed ({detail})"


def test_a_code_that_is_none_is_no_remark() -> None:
    with pytest.raises(ValueError, match="of_tomorrow"):
        Remark.from_json(["of_tomorrow", {}])


def test_an_error_keeps_the_remark_between_processes() -> None:
    error = UnreadableDocument("a.pdf", "it needs a password", Code.ENCRYPTED)
    back = pickle.loads(pickle.dumps(error))
    assert (str(back), back.remark) == ("a.pdf: it needs a password", error.remark)
