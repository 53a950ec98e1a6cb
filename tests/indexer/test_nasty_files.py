"""Files made to do harm, or spoilt on their way: each ends in a reason, within its limits."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import dossier
import pytest

from backstory.engine.indexes.reference import ReferenceIndex
from backstory.indexer.sync import SyncReport, sync
from backstory.settings import Config
from tests.conftest import sentences

# Not those of config.toml, so that the tests are short.
LIMITS = {
    "formats__seconds": 20.0,
    "formats__memory_mb": 400,
    "formats__max_unpacked_mb": 48,
    "corpus__max_file_mb": 32,
    "index__jobs": 1,
}
NASTY: dict[str, tuple[Callable[[], bytes], str]] = {
    "bomb.zip": (lambda: dossier.zip_bomb(400), "nothing in it could be read"),
    "matryoshka.zip": (dossier.matryoshka, "nothing in it could be read"),
    "laughs.docx": (dossier.entity_bomb, "declares XML entities"),
    "asks.docx": (dossier.outside_entity, "declares XML entities"),
    "locked.pdf": (dossier.locked_pdf, "encrypted"),
    "cut.pdf": (lambda: dossier.pdf(dossier.story(1))[:1500], "broken"),
    "noise.pdf": (lambda: b"%PDF-1.7\n" + bytes(range(256)) * 200, "broken"),
    "ring.pdf": (lambda: dossier.raw_pdf(1, loop=True), "needs OCR"),
    "scan.pdf": (lambda: dossier.raw_pdf(3, b"0 0 m 100 100 l S"), "needs OCR: its 3 pages"),
    "bomb.pdf": (lambda: dossier.pdf_bomb(800), "memory"),
    "deep.eml": (dossier.nested_mail, "nested too deeply"),
    "noise.docx": (lambda: b"PK\x03\x04" + bytes(range(256)) * 99, "broken archive"),
    "tags.html": (lambda: dossier.million_tags(2_000_000), "memory"),
    "empty.html": (lambda: b"<html><body><script>go()</script></body></html>", "without text"),
    "old.docx": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "an old Office file"),
    "word.pdf": (lambda: b"%PDF-1.4 and only a line of text.", "broken"),
}


def index_folder(root: Path, **limits: object) -> tuple[SyncReport, ReferenceIndex]:
    index = ReferenceIndex()
    return sync(index, Config(root=root).override(**{**LIMITS, **limits})), index


def write(root: Path, name: str, data: bytes) -> None:
    path = root / "corpus" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> tuple[SyncReport, float]:
    root = tmp_path_factory.mktemp("nasty")
    for name, (make, _) in NASTY.items():
        write(root, name, make())
    write(root, "zzz.html", dossier.page(dossier.story(1)))
    began = time.monotonic()
    report, index = index_folder(root)
    assert index.open().document("zzz") is not None, "the run goes on to its end"
    return report, time.monotonic() - began


@pytest.mark.parametrize("name", NASTY)
def test_a_nasty_file_is_reported_with_its_reason(
    outcome: tuple[SyncReport, float], name: str
) -> None:
    reasons = {skipped.path: skipped.reason for skipped in outcome[0].skipped}
    assert NASTY[name][1] in reasons[name]
    assert "Traceback" not in reasons[name]


def test_nasty_files_take_no_longer_than_their_limit(outcome: tuple[SyncReport, float]) -> None:
    assert outcome[1] < LIMITS["formats__seconds"] * 3


def test_names_that_lead_out_of_an_archive_are_refused_and_the_rest_is_read(tmp_path: Path) -> None:
    write(tmp_path, "packed.zip", dossier.traversal())
    report, index = index_folder(tmp_path)
    assert [document.id for document, _, _ in index.open().documents()] == ["packed.zip/good.txt"]
    assert len(report.skipped) == 4
    assert {skipped.reason for skipped in report.skipped} == {"its name leads out of the archive"}
    assert sorted(os.listdir(tmp_path)) == ["corpus", "var"]  # where arrival times are


def test_ten_thousand_pages_are_read_or_cut_with_a_note(tmp_path: Path) -> None:
    write(tmp_path, "long.pdf", dossier.long_pdf())
    report, index = index_folder(tmp_path, formats__seconds=4.0)
    if report.skipped:  # on a slow machine: killed at its limit
        assert "seconds" in report.skipped[0].reason
    else:
        document = index.open().document("long")
        assert document is not None
        assert any(
            "of 10,000 pages were read in time" in note for note in sentences(document.notes)
        )


def test_a_web_page_saved_as_text_is_read_as_what_it_is(tmp_path: Path) -> None:
    story = dossier.story(3)
    write(tmp_path, "page.txt", dossier.page(story))
    write(tmp_path, "report.html", dossier.pdf(story))
    _, index = index_folder(tmp_path)
    for name, note in (("page", "a web page, though"), ("report", "a PDF, though")):
        document = index.open().document(name)
        assert document is not None
        assert note in sentences(document.notes)[0]
        assert len(index.open().passages(name)) == len(story.paragraphs)


def test_a_text_that_takes_its_reader_too_long_is_read_as_plain_text(tmp_path: Path) -> None:
    write(tmp_path, "slow.md", b"[a]: b\n" * 250_000 + b"\nThe end of it.\n")
    report, index = index_folder(tmp_path, formats__seconds=0.5)
    assert not report.skipped
    document = index.open().document("slow")
    assert document is not None
    assert "not read within 0.5 seconds (formats.seconds): a Markdown text read as plain text" in (
        sentences(document.notes)
    )
    assert index.open().passages("slow")[-1].text == "The end of it."
