"""A file of its own is indexed before its copies in archives, whose addresses lead to it."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import dossier
import pytest

import backstory
from backstory.api import Archive
from backstory.engine.errors import PassageNotFound

MEMO = b"The memo\n\nThe lamp was lit at dusk.\n"
PACKED = dossier.archive({"a/memo.txt": MEMO, "other.txt": b"Another text of the archive.\n"})
COPY = "packed.zip/a/memo.txt"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    (tmp_path / "corpus").mkdir()
    return backstory.open(tmp_path / "index", corpus=tmp_path / "corpus")


def put(archive: Archive, *names: str) -> None:
    for name in names:
        path = archive.config.corpus_path / name
        path.write_bytes(PACKED if name.endswith(".zip") else MEMO)


def documents(archive: Archive) -> list[str]:
    return [document.id for document, _ in archive.searcher.documents()]


@pytest.mark.parametrize("order", [*permutations(["packed.zip", "zmemo.txt"])])
@pytest.mark.parametrize("at_once", [True, False])
def test_a_plain_file_wins_whichever_came_first(
    archive: Archive, order: tuple[str, ...], at_once: bool
) -> None:
    for names in [order] if at_once else [(name,) for name in order]:
        put(archive, *names)
        archive.index()
    assert documents(archive) == ["packed.zip/other.txt", "zmemo"]
    assert [s.reason for s in archive.searcher.skipped()] == ["same content as zmemo"]
    assert not archive.index().has_changes
    assert archive.statistics.documents == 2


def test_the_address_of_a_copy_leads_to_the_document(archive: Archive) -> None:
    put(archive, "packed.zip")
    archive.index()
    before = archive.open(COPY).passages
    put(archive, "memo.txt")
    archive.index()
    assert archive.open(COPY).document.id == "memo"
    assert [each.passage.text for each in archive.open(COPY).passages] == [
        each.passage.text for each in before
    ]
    assert archive.passage(f"{COPY}#p1")[1].address == "memo#p1"
    with pytest.raises(PassageNotFound):
        archive.open("packed.zip/a")


def test_copies_of_a_copy_lead_to_the_plain_file_too(archive: Archive) -> None:
    put(archive, "packed.zip")
    (archive.config.corpus_path / "again.zip").write_bytes(dossier.archive({"b.txt": MEMO}))
    archive.index()
    assert "again.zip/b.txt" in documents(archive)
    put(archive, "memo.txt")
    archive.index()
    assert {s.path: s.reason for s in archive.searcher.skipped()} == {
        COPY: "same content as memo",
        "again.zip/b.txt": "same content as memo",
    }
    assert archive.index().unchanged == 2


def test_a_copy_takes_the_place_of_a_plain_file_that_is_gone(archive: Archive) -> None:
    put(archive, "packed.zip", "memo.txt")
    archive.index()
    (archive.config.corpus_path / "memo.txt").unlink()
    archive.index()
    assert documents(archive) == [COPY, "packed.zip/other.txt"]
