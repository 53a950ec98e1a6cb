"""A copy of an index holds what its source does, and is seen whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from backstory.engine.documents import SkippedFile
from backstory.engine.embeddings import EmbeddingModel
from backstory.engine.errors import BackstoryError
from backstory.engine.indexes import copying
from backstory.engine.indexes.contract import DocumentVectors, Index
from backstory.engine.indexes.copying import copy_index
from backstory.engine.indexes.embedded import EmbeddedIndex
from backstory.engine.indexes.reference import ReferenceWriter
from backstory.engine.query import Exact
from backstory.engine.remarks import unreadable
from backstory.testing import AFFAIR, ReferenceIndex, ask, fill_index, make_document
from backstory.testing.embedding import ANY, embed, vector_of

SKIPPED = (SkippedFile("x.bin", unreadable("binary")),)


@pytest.fixture
def source() -> Index:
    """A reference index with everything that an index can hold."""
    index = fill_index(ReferenceIndex(), *AFFAIR, make_document("empty"))
    embed(index, ANY, every=2)
    writer = index.writer()
    writer.skip(SKIPPED)
    writer.remember({"rows.title": ["a"]})
    writer.commit()
    writer.close()
    return index


def test_copy_answers_as_its_source_does(source: Index, tmp_path: Path) -> None:
    before = source.open()
    copied: list[tuple[int, int]] = []
    target = EmbeddedIndex(tmp_path / "index")
    statistics = copy_index(before, target, tell=lambda *numbers: copied.append(numbers))
    after = target.open()

    assert list(after.documents()) == list(before.documents())
    assert statistics.passages == before.statistics.passages
    assert (after.skipped(), after.settings) == (before.skipped(), before.settings)
    assert after.embedding == before.embedding
    question = vector_of("radio", 72)
    assert after.nearest(question, k=3).cosines == before.nearest(question, k=3).cosines
    radio = Exact("radio", "radio")
    assert ask(after, radio).top == ask(before, radio).top
    assert tuple(map(sum, zip(*copied, strict=True))) == (4, statistics.passages)


def test_copy_takes_the_place_of_what_was_there(source: Index, tmp_path: Path) -> None:
    target = fill_index(EmbeddedIndex(tmp_path / "index"), make_document("old", "radio"))
    reader = target.open()
    copy_index(source.open(), target)

    assert reader.document("old") is not None
    assert target.open().document("old") is None


def test_many_documents_are_copied_some_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "DOCUMENTS", 2)
    source = fill_index(ReferenceIndex(), *(make_document(f"d{n}", "radio") for n in range(5)))
    assert copy_index(source.open(), EmbeddedIndex(tmp_path / "index")).documents == 5


def test_vectors_of_a_document_are_copied_at_once(
    source: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    embed_, given = ReferenceWriter.embed, list[DocumentVectors]()

    def noted(
        self: ReferenceWriter, model: EmbeddingModel, some: Iterable[DocumentVectors]
    ) -> None:
        vectors = list(some)
        given.extend(vectors)
        embed_(self, model, vectors)

    before, target = embed(source, ANY), ReferenceIndex()
    monkeypatch.setattr(ReferenceWriter, "embed", noted)
    copy_index(before, target)
    ids = [one.document_id for one in given]
    assert len(ids) == len(set(ids))
    assert max(len(one.numbers) for one in given) > 1
    assert target.open().embedding == before.embedding


def test_copy_that_lacks_something_is_an_error(
    source: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = source.open()
    one_more = replace(before.statistics, passages=before.statistics.passages + 1)
    monkeypatch.setitem(before.__dict__, "statistics", one_more)
    with pytest.raises(BackstoryError, match="other passages than its source"):
        copy_index(before, EmbeddedIndex(tmp_path / "index"))


def test_copy_that_fails_leaves_what_was_there(
    source: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = fill_index(EmbeddedIndex(tmp_path / "index"), make_document("old", "radio"))
    before = source.open()

    def broken(document_id: str) -> None:
        raise RuntimeError("the disk of the source broke")

    monkeypatch.setattr(before, "passages", broken)
    with pytest.raises(RuntimeError, match="broke"):
        copy_index(before, target)
    assert target.open().document("old") is not None
    target.writer().close()
