"""Spoilt files: whatever becomes of one, no run ends, no reader fails, and no neighbour is lost."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import random
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import dossier
import pytest
from containers import container
from office import BODY, SUBJECT, message, odp, ods, pptx, word, xls, xlsb, xlsx

from backstory.engine.remarks import Code
from backstory.indexer.sync import SyncReport, sync
from backstory.settings import Config
from backstory.testing import ReferenceIndex

MUTATIONS = 200
NEIGHBOUR = b"The neighbour\n\nThe lamp of the neighbour was lit at dusk.\n"
CHAT = "12/03/2019, 21:05 - Ann: Did you?\n12/03/2019, 21:06 - Tom: Yes.\nTwice.\n"
PAGE = (
    "---\ntitle: A memo\ndate: 2018-03-09\n---\n# A memo\n\n## One\n\nThe *lamp* [was](b.md).\n\n"
    "- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<!-- no -->\n"
)
TABLE = 'Register\n\nid,holder,sum\n1,"Field, Ann",3\n2,Reed,4\n3,Lund,5\n'
ROWS = '{"id": "a", "text": "The lamp."}\n{"id": "b", "tags": ["x"], "text": "Lit."}\n'
CUES = "1\n00:00:01,000 --> 00:00:02,000\nThe lamp\n\n2\n00:00:03,000 --> 00:00:04,000\nwas lit.\n"
WEB_PAGE = (
    "<html><head><title>A memo</title></head><body><nav><a href='/'>Home</a></nav><article>"
    "<h1>A memo</h1><p>The <b>lamp</b> was lit.<br><br>Twice.</p><ul><li>one</li></ul>"
    "<table><tr><td>1</td><td>2</td></tr></table><p hidden>no</p></article></body></html>"
)
RICH_TEXT = rb"""{\rtf1\ansi\deff0{\fonttbl{\f0\fcharset128 A;}}{\stylesheet{\s1 heading 1;}}
{\info{\title A memo}}\pard\s1 One\par
\pard{\listtext 1.\tab}The \'82\'a0 {\b lamp}{\footnote Note.}\par
\trowd\intbl a\cell b\cell\row\pard {\deleted no}{\pict\bin3 }}}\u8364?{\header Head\par}}"""
STORY = dossier.story(17, 1)
CELLS = [["Vessel", "Lamps"], ["Iris", 7.0]]


def tar() -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        info = tarfile.TarInfo("lamp.txt")
        info.size = len(b"A lamp.")
        archive.addfile(info, io.BytesIO(b"A lamp."))
    return stream.getvalue()


def word_file() -> bytes:
    """Write a Word file whose parts are not compressed, so that a change can reach them."""
    names = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    numbered = '<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>'
    text = (
        f"<w:p>{numbered}<w:r><w:t>The lamp</w:t></w:r><w:r><w:footnoteReference w:id='2'/></w:r>"
        "<w:del><w:r><w:delText>no</w:delText></w:r></w:del></w:p><w:tbl><w:tr><w:tc><w:p><w:r>"
        "<w:t>1</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )
    parts = {
        "word/document.xml": f"<w:document {names}><w:body>{text}</w:body></w:document>",
        "word/footnotes.xml": f"<w:footnotes {names}><w:footnote w:id='2'><w:p><w:r><w:t>A note."
        "</w:t></w:r></w:p></w:footnote></w:footnotes>",
        "word/numbering.xml": f"<w:numbering {names}><w:abstractNum w:abstractNumId='7'><w:lvl "
        "w:ilvl='0'><w:numFmt w:val='upperRoman'/><w:lvlText w:val='%1.'/></w:lvl></w:abstractNum>"
        "<w:num w:numId='1'><w:abstractNumId w:val='7'/></w:num></w:numbering>",
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return stream.getvalue()


# A small file of each format.
SMALLEST: dict[str, Callable[[], bytes]] = {
    ".txt": lambda: CHAT.encode(),
    ".md": lambda: PAGE.encode(),
    ".csv": lambda: TABLE.encode("cp1252"),
    ".tsv": lambda: TABLE.replace(",", "\t").encode("utf-16"),
    ".jsonl": lambda: ROWS.encode(),
    ".srt": lambda: CUES.encode(),
    ".vtt": lambda: b"WEBVTT\ntitle: T\n\nNOTE no\n\n" + CUES.replace(",", ".").encode(),
    ".zip": lambda: dossier.archive({"a/b.txt": CHAT.encode(), "c.csv": TABLE.encode()}),
    ".pdf": dossier.filled_pdf,
    ".epub": lambda: dossier.book(dossier.story(1, sections=1)),
    ".html": WEB_PAGE.encode,
    ".mhtml": lambda: dossier.web_archive(dossier.story(1, sections=1)),
    ".docx": word_file,
    ".odt": lambda: dossier.opendocument(dossier.story(1, sections=1)),
    ".rtf": lambda: RICH_TEXT,
    ".xlsx": lambda: xlsx({"Fleet": CELLS}),
    ".xlsb": lambda: xlsb(CELLS),
    ".xls": lambda: xls(CELLS),
    ".ods": lambda: ods(CELLS),
    ".pptx": lambda: pptx([("Lamps", ["forty"])]),
    ".odp": lambda: odp([("Lamps", ["forty"], "Say nothing.")]),
    ".msg": lambda: container(message({SUBJECT: "The lens", BODY: "Who paid?"})),
    ".doc": lambda: word([("The lamp.\rThe lens.\r", b"")]),
    ".eml": lambda: dossier.mail(STORY, {"a.txt": b"A lamp."}),
    ".mbox": lambda: dossier.letters([STORY, dossier.story(18, 1)]),
    ".tar": tar,
    ".tar.gz": lambda: gzip.compress(tar()),
    ".txt.bz2": lambda: bz2.compress(b"A lamp."),
    ".txt.xz": lambda: lzma.compress(b"A lamp."),
    ".json": lambda: json.dumps([{"from": "Ines", "text": "Who paid?"}]).encode(),
    ".xml": lambda: b"<?xml version='1.0'?><a><p>The <b>lamp</b>.</p><c d='e'/></a>",
    ".log": lambda: b"2018-03-09 10:00:01 INFO lamp on\n2018-03-09 10:01:00 lamp off\n",
    ".tex": lambda: rb"\section{Lamps} \emph{Forty}\footnote{or so} in $x$ \'e. % counted",
}
FAULTS = frozenset({Code.READER_FAILED, Code.CRASHED, Code.OUT_OF_MEMORY})
# Their library aborts its process where a broken size asks for more memory than there is.
MAY_CRASH = frozenset({".xls", ".xlsb", ".xlsx", ".ods"})


def mutated(data: bytes, number: int) -> bytes:
    """Return data with a few changes, the same ones for the same number."""
    chance = random.Random(number)
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(changed) or 1)
        span = chance.randint(1, 12)
        match chance.randrange(5):
            case 0:
                changed[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del changed[at : at + span]
            case 2:
                changed[at:at] = chance.randbytes(span)
            case 3:
                changed[at:at] = changed[at : at + span] * chance.randint(1, 20)
            case 4 if chance.random() < 0.3:
                del changed[at:]
            case _:
                changed[at : at + span] = changed[at : at + span][::-1]
    return bytes(changed)


def indexed(root: Path, files: dict[str, bytes]) -> tuple[SyncReport, set[str]]:
    """Index files; return the report, and the paths of the documents."""
    for name, data in files.items():
        path = root / "corpus" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    index = ReferenceIndex()
    report = sync(index, Config(root=root).override(index__jobs=1))
    return report, {document.path for document, _, _ in index.open().documents()}


@pytest.mark.parametrize("suffix", SMALLEST)
def test_no_spoilt_file_fails_its_reader_or_costs_a_neighbour(suffix: str, tmp_path: Path) -> None:
    seed = zlib.crc32(suffix.encode())
    data = SMALLEST[suffix]()
    names = [f"{number:03}{suffix}" for number in range(MUTATIONS)]
    files = {name: mutated(data, seed + number) for number, name in enumerate(names)}
    report, documents = indexed(tmp_path, {**files, "neighbour.txt": NEIGHBOUR})

    assert "neighbour.txt" in documents
    told = {each.path.partition("/")[0] for each in report.skipped}
    read = {path.partition("/")[0] for path in documents}
    assert told | read == {*names, "neighbour.txt"}
    faults = [each for each in report.skipped if each.remark.code in FAULTS]
    if suffix in MAY_CRASH:
        faults = [each for each in faults if each.remark.code is not Code.CRASHED]
    faults += [note for _, note in report.notes if "the reader failed" in note.sentence]
    assert faults == []


def test_no_spoilt_member_costs_another(tmp_path: Path) -> None:
    members = {
        f"{number}{suffix}": mutated(make(), number)
        for suffix, make in SMALLEST.items()
        for number in range(10)
    }
    packed = dossier.archive({**members, "neighbour.txt": NEIGHBOUR})
    _, documents = indexed(tmp_path, {"packed.zip": packed})
    assert "packed.zip/neighbour.txt" in documents
