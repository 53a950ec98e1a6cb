"""Whoever watches a corpus reads its scans, while nothing else is to be done."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from scans import needs_tesseract, pdf_of, scan

from backstory.engine.errors import BackstoryError
from backstory.engine.indexes.reference import ReferenceIndex
from backstory.indexer.sync import SyncReport
from backstory.indexer.watching import watch
from backstory.settings import Config

LAMP = "The keeper of the northern light wrote a long letter about forty lamps."
PATIENCE = 120.0  # seconds, so that nothing hangs for ever


def test_scans_are_read_while_the_corpus_is_watched(tmp_path: Path) -> None:
    needs_tesseract("eng")
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus/scan.pdf").write_bytes(pdf_of([scan(LAMP)]))
    (tmp_path / "corpus/memo.txt").write_text("A memo.")
    index, told, over = ReferenceIndex(), list[object](), threading.Event()

    def tell(outcome: SyncReport | BackstoryError) -> None:
        told.append(outcome)
        if isinstance(outcome, BackstoryError) or outcome.passages == 2:
            over.set()

    config = Config(root=tmp_path).override(index__jobs=1, ocr__dpi=150)
    timer = threading.Timer(PATIENCE, over.set)
    timer.start()
    watch(index, config, tell, is_over=over.is_set)
    timer.cancel()
    assert [each.text for each in index.open().passages("scan")] == [LAMP], told


def test_a_corpus_without_scans_costs_a_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from backstory.indexer.ocr import stage
    from backstory.indexer.sync import sync

    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus/memo.txt").write_text("A memo.")
    index, config = ReferenceIndex(), Config(root=tmp_path)
    sync(index, config)
    assert stage.recognize(index, config) == stage.OcrReport()
    monkeypatch.setattr(stage, "scans_to_read", lambda *_: pytest.fail("looked again"))
    assert stage.recognize(index, config) == stage.OcrReport()
