"""`backstory index --dry-run`, and `status` on what was skipped."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.backstory.conftest import Run


def test_a_dry_run_tells_what_would_be_done_and_writes_nothing(dossier: Path, run: Run) -> None:
    done = run("index", "--dry-run")
    assert done.status == 0
    assert done.out == (
        "add     harbour.md\nadd     people/keeper.txt\nadd     storm.txt\n"
        "A run would add 3. Nothing was written.\n"
    )
    assert not (dossier / "var").exists()
    run("index")
    assert run("index", "--dry-run").out == "A run would do nothing.\n"


def test_a_dry_run_names_what_would_change_move_go_and_be_skipped(indexed: Path, run: Run) -> None:
    corpus = indexed / "corpus"
    (corpus / "storm.txt").rename(corpus / "people/storm.txt")
    (corpus / "harbour.md").write_text("The harbour was opened.\n", encoding="utf-8")
    (corpus / "people/keeper.txt").unlink()
    (corpus / "\x1b[2J.mp3").write_bytes(b"\xff\xd8")
    done = run("index", "--dry-run")
    assert done.status == 1
    assert done.out.splitlines() == [
        "change  harbour.md",
        "remove  people/keeper.txt",
        "move    storm.txt -> people/storm.txt",
        "skip    \\x1b[2J.mp3: no reader for .mp3: add a transcript (.srt, .vtt)",
        "A run would change 1, remove 1, move 1, skip 1. Nothing was written.",
    ]
    assert "(1 changed, 1 moved, 1 removed, 1 skipped)" in run("index").out


def test_changed_settings_have_what_they_touch_read_again(indexed: Path, run: Run) -> None:
    (indexed / "config.toml").write_text('[corpus]\nlanguage = "es"\n', encoding="utf-8")
    said = (
        "Settings that decide what is indexed have changed (corpus.language): "
        "reading 3 documents again.\n"
    )
    assert "3 files to read" in run("status").out
    done = run("index", "--dry-run")
    assert (done.out, done.err) == ("A run would read again 3. Nothing was written.\n", said)
    done = run("index")
    assert "(3 read again)" in done.out
    assert done.err == said
    done = run("index")
    assert (done.out[:13], done.err) == ("Nothing to do", "")


def test_a_dry_run_takes_paths_but_does_not_watch(indexed: Path, run: Run) -> None:
    (indexed / "corpus/new.txt").write_text("New.", encoding="utf-8")
    assert run("index", "--dry-run", "corpus/people").out == "A run would do nothing.\n"
    assert run("index", "--dry-run", "corpus/new.txt").out.startswith("add     new.txt\n")
    assert run("index", "--dry-run", "--watch").status == 2
    assert run("index", "--dry-run", "--rebuild").out.count("add ") == 5


def test_a_rebuild_of_a_part_is_refused_before_the_rest_is_forgotten(
    indexed: Path, run: Run
) -> None:
    before = run("status").out
    refused = run("index", "--rebuild", "corpus/people")
    assert (refused.status, refused.out) == (2, "")
    assert "--verify" in refused.err
    assert run("status").out == before
    assert run("index", "--verify", "corpus/people").status == 0


@pytest.mark.parametrize("count", [30, 1_500])
def test_status_lists_every_skipped_file_with_its_reason(
    dossier: Path, run: Run, count: int
) -> None:
    for number in range(count):
        (dossier / f"corpus/{number:04}.mp3").write_bytes(b"\xff\xd8")
    told = run("index").err
    assert told.count("Skipped: ") == 20
    assert f"… and {count - 20:,} more: backstory status" in told
    lines = run("status").out.splitlines()
    listed = [line for line in lines if line.startswith("skipped")]
    assert listed == [
        f"skipped    {number:04}.mp3: no reader for .mp3: add a transcript (.srt, .vtt)"
        for number in range(count)
    ]
    skipped = json.loads(run("status", "--json").out)["skipped"]
    assert skipped == {
        f"{number:04}.mp3": "no reader for .mp3: add a transcript (.srt, .vtt)"
        for number in range(count)
    }


@pytest.mark.parametrize("has_work", [False, True])
def test_a_run_tells_that_the_index_is_damaged_and_how_to_mend_it(
    indexed: Path, run: Run, has_work: bool
) -> None:
    (path,) = (indexed / "var/index").glob("*.terms")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    if has_work:
        (indexed / "corpus/late.txt").write_text("It came late.", encoding="utf-8")
    done = run("index")
    assert done.status == 4
    assert f"{path.name} does not match its checksum (damaged within" in done.err
    assert "backstory index --rebuild" in done.err
    assert done.out.startswith("" if has_work else "Nothing to do")

    assert run("index", "--rebuild").status == 0
    assert run("index").status == 0
    assert run("check").status == 0
