"""A process that adds may be killed anywhere: the file has its metadata, or there is neither."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from backstory.engine.indexes.reference import ReferenceIndex
from backstory.engine.remarks import Code
from backstory.indexer import drafts
from backstory.indexer.corpus import scan
from backstory.indexer.drafts import Content, locked, put, sweep
from backstory.indexer.placing import Shelf
from backstory.indexer.sync import dry_run, sync
from backstory.settings import Config

KILLED = """
import os, signal, sys
from pathlib import Path
from backstory.indexer.drafts import Content
from backstory.indexer.placing import Shelf
left = int(sys.argv[2])
def at_event(event, arguments):
    global left
    if event in ("open", "os.link", "os.rename", "os.remove", "os.mkdir", "os.utime"):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
shelf = Shelf(Path(sys.argv[1]), Path(sys.argv[1], "index"))
sys.addaudithook(at_event)
name, is_there = sys.argv[3], len(sys.argv) > 5
beside = sys.argv[4].encode() or None
with shelf.locked():
    shelf.put(name, Content(b"new " * 25_000, beside), replace=is_there)
"""
OLD, NEW = b"The old memo.", b"new " * 25_000
OLD_FACTS, NEW_FACTS = b"title: Old\n", b"title: New\n"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    (folder / "letters").mkdir(parents=True)
    (folder / "other.txt").write_text("Something else.", encoding="utf-8")
    return folder


def pair(path: Path) -> tuple[bytes | None, bytes | None]:
    """Return a file's bytes and those of its metadata, None for what is not there."""
    beside = path.with_name(path.name + ".yaml")
    return tuple(each.read_bytes() if each.exists() else None for each in (path, beside))  # type: ignore[return-value]


def set_pair(path: Path, data: bytes | None, beside: bytes | None) -> None:
    for each, content in ((path, data), (path.with_name(path.name + ".yaml"), beside)):
        if content is None:
            each.unlink(missing_ok=True)
        else:
            each.write_bytes(content)


Pair = tuple[bytes | None, bytes | None]
WAYS: dict[str, tuple[Pair, Pair]] = {
    "a new file": ((None, None), (NEW, None)),
    "a new file with metadata": ((None, None), (NEW, NEW_FACTS)),
    "a file whose metadata waited for it": ((None, OLD_FACTS), (NEW, NEW_FACTS)),
    "another file": ((OLD, None), (NEW, None)),
    "another file with metadata": ((OLD, OLD_FACTS), (NEW, NEW_FACTS)),
    "another file without metadata": ((OLD, OLD_FACTS), (NEW, None)),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_process_killed_at_any_event_leaves_both_or_neither(corpus: Path, way: str) -> None:
    before, after = WAYS[way]
    path, config = corpus / "letters/memo.txt", Config(root=corpus.parent)
    outcomes = set()
    for event in range(1, 60):
        set_pair(path, *before)
        command = [sys.executable, "-c", KILLED, str(corpus), str(event), "letters/memo.txt"]
        command += [(after[1] or b"").decode(), *(["replace"] if before[0] else [])]
        done = subprocess.run(command, capture_output=True, timeout=60, check=False)
        index = ReferenceIndex()
        sync(index, config)
        assert pair(path) in (before, after), event
        assert not list(corpus.rglob(".backstory-*"))
        document = index.open().document("letters/memo")
        assert (document is not None) == (pair(path)[0] is not None)
        outcomes.add(pair(path))
        if done.returncode == 0:
            break
        assert done.returncode == -9, done.stderr
    assert event > 5
    assert outcomes == {before, after}


def killed(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Leave what a process leaves that was killed between the two names."""
    path = corpus / "letters/memo.txt"

    class Killed(BaseException):
        pass

    def die(draft: Path, path: Path) -> None:
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(drafts, "_rename_to_free", die)
        dying.setattr(drafts, "_take_back", lambda journal: None)
        dying.setattr(Path, "unlink", lambda self, missing_ok=False: None)
        with pytest.raises(Killed):
            put(path, Content(NEW, NEW_FACTS), replace=False)
    assert pair(path) == (None, NEW_FACTS)
    assert len(list((corpus / "letters").glob(".backstory-*"))) >= 2
    return path


def test_the_next_of_anything_that_adds_cleans_up(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = killed(corpus, monkeypatch)
    shelf = Shelf(corpus, corpus / "index")
    with shelf.locked():
        shelf.put("elsewhere.txt", Content(b"Another."))
    assert pair(path) == (None, None)
    assert not list(corpus.rglob(".backstory-*"))


def test_nothing_is_cleaned_up_while_somebody_adds(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = killed(corpus, monkeypatch)
    folder = os.open(corpus, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    try:
        assert not sweep(corpus, scan(corpus).drafts)
        sync(ReferenceIndex(), Config(root=corpus.parent))
        assert pair(path) == (None, NEW_FACTS)
    finally:
        os.close(folder)
    assert sweep(corpus, scan(corpus).drafts)
    assert pair(path) == (None, None)


def test_a_dry_run_cleans_nothing_up(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = killed(corpus, monkeypatch)
    before = sorted(corpus.rglob("*"))
    forecast = dry_run(ReferenceIndex(), Config(root=corpus.parent))
    assert sorted(corpus.rglob("*")) == before
    assert [change.path for change in forecast.changes] == ["other.txt"]
    assert pair(path) == (None, NEW_FACTS)


def test_a_name_that_is_taken_meanwhile_keeps_its_own_metadata(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, link = corpus / "letters/memo.txt", os.link

    def late(draft: Path, place: Path, **options: bool) -> None:
        place.write_bytes(OLD)
        link(draft, place, **options)

    monkeypatch.setattr(os, "link", late)
    with pytest.raises(FileExistsError):
        put(path, Content(NEW, NEW_FACTS), replace=False)
    assert pair(path) == (OLD, None)
    assert not list(corpus.rglob(".backstory-*"))


@pytest.mark.parametrize(
    "journal",
    [
        b"",
        b"{",
        b"[]",
        b'"a"',
        b"null",
        b"\xff\xfe",
        json.dumps({"name": "../other.txt", "draft": ".backstory-x.tmp", "beside": None}).encode(),
        json.dumps({"name": "..", "draft": ".backstory-x.tmp", "beside": None}).encode(),
        json.dumps({"name": "memo.txt", "draft": "../other.txt", "beside": None}).encode(),
        json.dumps({"name": "memo.txt", "draft": ".backstory-x.tmp", "beside": "?"}).encode(),
        json.dumps({"name": 1, "draft": 2, "beside": 3}).encode(),
        json.dumps({"name": "memo.txt"}).encode(),
    ],
)
def test_a_journal_that_makes_no_sense_changes_nothing(corpus: Path, journal: bytes) -> None:
    set_pair(corpus / "letters/memo.txt", OLD, OLD_FACTS)
    (corpus / "other.txt.yaml").write_bytes(OLD_FACTS)
    (corpus / "letters/.backstory-x.journal").write_bytes(journal)
    (corpus / "letters/.backstory-x.tmp").write_bytes(b"half")
    assert sweep(corpus, scan(corpus).drafts)
    assert pair(corpus / "letters/memo.txt") == (OLD, OLD_FACTS)
    assert pair(corpus / "other.txt") == (b"Something else.", OLD_FACTS)
    assert not list(corpus.rglob(".backstory-*"))


def test_a_corpus_that_cannot_be_written_is_indexed_all_the_same(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(self: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied")

    (corpus / ".backstory-x.tmp").write_bytes(b"half")
    monkeypatch.setattr(Path, "unlink", refused)
    assert sync(ReferenceIndex(), Config(root=corpus.parent)).added == 1


def test_one_at_a_time_is_let_in(corpus: Path) -> None:
    with locked(corpus) as is_alone, locked(corpus, wait=False) as is_alone_too:
        assert (is_alone, is_alone_too) == (True, False)


def test_metadata_without_its_document_is_reported_once_with_what_to_do(corpus: Path) -> None:
    (corpus / "memo.pdf.yaml").write_bytes(OLD_FACTS)
    (corpus / "settings.yaml").write_bytes(b"a: b\n")
    index, config = ReferenceIndex(), Config(root=corpus.parent)
    for _ in range(2):
        report = sync(index, config)
        said = {each.path: each.remark.code for each in report.skipped}
        assert said == {"memo.pdf.yaml": Code.ORPHAN_METADATA, "settings.yaml": Code.NO_READER}
        assert "metadata of memo.pdf, which is missing" in report.skipped[0].reason
    (corpus / "memo.pdf").write_bytes(b"")
    assert "memo.pdf.yaml" not in {each.path for each in sync(index, config).skipped}
