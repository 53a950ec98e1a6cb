"""Whoever watches a corpus embeds its passages, while nothing else is to be done."""

from __future__ import annotations

import threading
from pathlib import Path

from models import needs_libraries, put_model

from backstory.engine.errors import BackstoryError
from backstory.engine.indexes.reference import ReferenceIndex
from backstory.indexer.sync import SyncReport
from backstory.indexer.watching import watch
from backstory.settings import Config

PATIENCE = 120.0  # seconds, so that nothing hangs for ever
TEXTS = ("The admiral kept the ledger.", "The keeper wrote a letter about forty lamps.")


def test_passages_are_embedded_while_the_corpus_is_watched(tmp_path: Path) -> None:
    needs_libraries()
    put_model(tmp_path / "models")
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus/one.txt").write_text(TEXTS[0])
    index, errors, over = ReferenceIndex(), list[object](), threading.Event()
    config = Config(root=tmp_path).override(
        index__jobs=1, meaning__models="models", corpus__language="en"
    )

    def ready() -> int:
        embedding = index.open().embedding
        return embedding.passages if embedding else 0

    def is_over() -> bool:
        if ready() == 1 and not (tmp_path / "corpus/two.txt").exists():
            (tmp_path / "corpus/two.txt").write_text(TEXTS[1])
        return over.is_set() or ready() == 2

    def tell(outcome: SyncReport | BackstoryError) -> None:
        if isinstance(outcome, BackstoryError):
            errors.append(outcome)
            over.set()

    timer = threading.Timer(PATIENCE, over.set)
    timer.start()
    watch(index, config, tell, is_over=is_over)
    timer.cancel()
    assert not errors
    assert ready() == 2
