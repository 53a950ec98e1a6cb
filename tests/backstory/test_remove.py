"""`backstory remove`: it asks, deletes what was named and nothing else, and says so."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import dossier
import pytest

from tests.backstory.conftest import Run
from tests.backstory.test_progress import read_until


def files(place: Path) -> list[str]:
    corpus = place / "corpus"
    return sorted(path.relative_to(corpus).as_posix() for path in corpus.rglob("*.*"))


def test_a_document_goes_with_its_metadata_and_is_no_longer_found(indexed: Path, run: Run) -> None:
    run("add", "corpus/storm.txt", "--title", "The storm")
    done = run("remove", "storm", "--yes")
    assert done.status == 0
    assert done.out.startswith(
        "Removed storm (corpus/storm.txt and corpus/storm.txt.yaml)\n"
        "2 documents, 3 passages (1 removed) in "
    )
    assert files(indexed) == ["harbour.md", "people/keeper.txt"]
    assert run("query", "--exact", "noon").status == 1
    assert run("check").status == 0


def test_several_go_by_id_or_by_path_and_each_once(indexed: Path, run: Run) -> None:
    done = run("remove", "storm", "corpus/storm.txt", "people/keeper.txt", "--yes")
    assert done.out.count("Removed") == 2
    assert files(indexed) == ["harbour.md"]


def test_the_last_document_may_go_too(indexed: Path, run: Run) -> None:
    done = run("remove", "storm", "harbour", "people/keeper", "--yes")
    assert done.status == 0
    assert "0 documents, 0 passages (3 removed)" in done.out
    assert (indexed / "corpus/people").is_dir()


def test_one_that_is_not_found_keeps_all_the_others(indexed: Path, run: Run) -> None:
    done = run("remove", "storm", "harbuor", "--yes")
    assert done.status == 1
    assert "No document or passage harbuor. Did you mean harbour?" in done.err
    assert len(files(indexed)) == 3


@pytest.mark.parametrize("asked", ["../memo.txt", "memo.txt", "/etc/passwd", "people", "."])
def test_nothing_outside_the_corpus_and_no_folder_is_removed(
    indexed: Path, run: Run, asked: str
) -> None:
    (indexed / "memo.txt").write_text("The memo.", encoding="utf-8")
    assert run("remove", asked, "--yes").status in (1, 2)
    assert (indexed / "memo.txt").exists()
    assert len(files(indexed)) == 3


def test_without_a_terminal_it_has_to_be_said_twice(indexed: Path, run: Run) -> None:
    done = run("remove", "storm")
    assert done.status == 2
    assert "there is no terminal to ask on. Give --yes." in done.err
    assert len(files(indexed)) == 3


@pytest.mark.parametrize(("answer", "status", "left"), [(b"y\n", 0, 2), (b"n\n", 1, 3)])
def test_on_a_terminal_it_asks(indexed: Path, answer: bytes, status: int, left: int) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "backstory", "remove", "storm"]
    # The command is run from the repository, and looks for nothing in this folder but the corpus.
    place = ["--corpus", str(indexed / "corpus"), "--index", str(indexed / "var/index")]
    with subprocess.Popen(
        [*command, *place],
        stdin=theirs,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        cwd=Path(__file__).parents[2],
    ) as running:
        os.close(theirs)
        shown = read_until(ours, b"[y/N]")
        assert b"storm.txt)" in shown
        assert b"Delete 1 file for good?" in shown
        os.write(ours, answer)
        assert running.wait(60) == status
    os.close(ours)
    assert len(files(indexed)) == left


def test_a_document_whose_file_is_gone_leaves_the_index(indexed: Path, run: Run) -> None:
    (indexed / "corpus/storm.txt").unlink()
    done = run("remove", "storm", "--yes")
    assert "Removed storm (its file is gone already)" in done.out
    assert "2 documents" in done.out


def test_a_file_goes_before_there_is_an_index(dossier: Path, run: Run) -> None:
    assert run("remove", "corpus/storm.txt", "--yes").status == 0
    assert len(files(dossier)) == 2
    assert not (dossier / "var").exists()


def test_a_copy_takes_the_place_of_what_was_removed_and_is_named(indexed: Path, run: Run) -> None:
    for name in ("twin.txt", "zwin.txt"):
        (indexed / "corpus" / name).write_bytes((indexed / "corpus/storm.txt").read_bytes())
    assert "twin.txt: same content as storm" in run("index").err
    done = run("remove", "storm", "--yes")
    assert (done.status, done.err) == (
        0,
        "Indexed now: twin, until now left out as a copy of storm\n"
        "Still in the corpus: zwin.txt: same content as twin\n",
    )
    assert "3 documents, 5 passages (1 moved, 1 skipped)" in done.out
    assert run("show", "twin").status == 0
    status = run("status").out
    assert "up to date with the corpus" in status
    assert "zwin.txt: same content as twin" in status
    assert run("remove", "twin", "zwin.txt", "--yes").err == ""
    assert run("query", "--exact", "noon").status == 1
    assert "up to date with the corpus" in run("status").out


def test_a_file_of_several_documents_goes_with_all_of_them(indexed: Path, run: Run) -> None:
    (indexed / "corpus/rows.csv").write_text("title,text\nOne,First lamp.\nTwo,Second lamp.\n")
    run("index")
    one = run("remove", "rows.csv/2", "--yes")
    assert (one.status, "is one of 2 documents in rows.csv" in one.err) == (2, True)
    done = run("remove", "rows.csv", "--yes")
    assert done.out.startswith("Removed rows.csv/1, rows.csv/2 (corpus/rows.csv)\n")
    assert "(2 removed)" in done.out


def test_a_folder_that_became_a_link_is_not_followed(indexed: Path, run: Run) -> None:
    (indexed / "corpus/people").rename(indexed / "moved")
    (indexed / "corpus/people").symlink_to(indexed / "moved")
    done = run("remove", "people/keeper", "--yes")
    assert done.out.startswith("Removed people/keeper (its file is gone already)\n2 documents")
    assert (indexed / "moved/keeper.txt").exists()


def test_removing_a_copy_says_before_and_after_what_stays(indexed: Path, run: Run) -> None:
    storm = indexed / "corpus/storm.txt"
    (indexed / "corpus/twin.txt").write_bytes(storm.read_bytes())
    run("index")
    done = run("remove", "corpus/twin.txt", "--yes")
    assert done.out.startswith("Removed a copy (corpus/twin.txt); storm stays\nNothing to do: 3")
    assert "twin.txt" not in files(indexed)
    assert run("query", "storm").status == 0


def test_removing_an_original_says_which_copy_takes_its_place(indexed: Path, run: Run) -> None:
    storm = indexed / "corpus/storm.txt"
    (indexed / "corpus/twin.txt").write_bytes(storm.read_bytes())
    run("index")
    done = run("remove", "storm", "--yes")
    assert done.out.startswith(
        "Removed storm (corpus/storm.txt); a copy takes its place: twin.txt\n"
    )


def test_a_copy_within_an_archive_is_not_removed_alone(indexed: Path, run: Run) -> None:
    memo = (indexed / "corpus/storm.txt").read_bytes()
    (indexed / "corpus/packed.zip").write_bytes(dossier.archive({"s.txt": memo, "t.txt": b"Tea."}))
    run("index")
    done = run("remove", "packed.zip/s.txt", "--yes")
    assert (done.status, done.out) == (2, "")
    assert "is a copy of storm within packed.zip; only whole files can be removed" in done.err
    removed = run("remove", "corpus/packed.zip", "--yes")
    assert removed.out.startswith("Removed packed.zip/t.txt (corpus/packed.zip); storm stays\n")
