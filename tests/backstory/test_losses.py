"""The command when documents would be lost: what it says, and what it exits with."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from backstory.commands.serve import WatchState
from backstory.engine.errors import CorpusMissing
from backstory.indexer.report import SyncReport
from tests.backstory.conftest import Run


@pytest.fixture
def many(indexed: Path, run: Run) -> Path:
    for number in range(10):
        path = indexed / f"corpus/disk/{number}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"Number {number} of the letters.", encoding="utf-8")
    run("index")
    return indexed


@pytest.mark.parametrize("how", [[], ["--rebuild"], ["corpus/disk"], ["--dry-run"]])
def test_a_run_that_would_remove_too_much_stops_with_the_numbers(
    many: Path, run: Run, how: list[str]
) -> None:
    shutil.rmtree(many / "corpus/disk")
    arguments = [str(many / each) if each.startswith("corpus") else each for each in how]
    done = run("index", *arguments)
    assert done.status == 2
    assert "would remove 10 of 13 documents" in done.err
    assert "Nothing was changed" in done.err
    assert "--allow-removal" in done.err
    assert "13 documents" in run("status").out
    done = run("index", "--allow-removal")
    assert (done.status, "10 removed" in done.out) == (0, True)


def test_removing_by_name_is_never_refused(many: Path, run: Run) -> None:
    done = run("remove", "--yes", *(f"disk/{number}" for number in range(10)))
    assert (done.status, done.err) == (0, "")
    assert "3 documents" in run("status").out


def test_replacing_a_table_by_a_shorter_one_is_never_refused(many: Path, run: Run) -> None:
    table, rows = many / "table.csv", [f"r{number},Row number {number}.\n" for number in range(20)]
    table.write_text("id,text\n" + "".join(rows), encoding="utf-8")
    run("add", str(table))
    table.write_text("id,text\n" + "".join(rows[:2]), encoding="utf-8")
    assert run("add", "--replace", str(table)).status == 0
    assert "15 documents" in run("status").out


def test_status_and_dry_run_name_what_is_stale(
    many: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from backstory.indexer.loading import Loader

    def fail(self: Loader, job: object, loaded: object) -> None:
        raise OSError(5, "Input/output error")

    (many / "corpus/storm.txt").write_text("Another storm.", encoding="utf-8")
    with monkeypatch.context() as broken:
        broken.setattr(Loader, "_load", fail)
        forecast = run("index", "--dry-run")
        assert forecast.out.splitlines() == [
            "stale   storm.txt: Input/output error",
            "A run would leave stale 1. Nothing was written.",
        ]
        done = run("index")
    assert done.status == 1
    assert "Stale: storm.txt: Input/output error" in done.err
    assert "1 stale" in done.out
    assert "stale      storm.txt: Input/output error" in run("status").out
    assert json.loads(run("status", "--json").out)["stale"] == {"storm.txt": "Input/output error"}
    assert run("index").status == 0
    assert json.loads(run("status", "--json").out)["stale"] == {}


def test_the_state_of_the_watching_is_that_of_its_last_run(
    capsys: pytest.CaptureFixture[str],
) -> None:
    state = WatchState()
    assert state.trouble() is None
    state.tell(CorpusMissing(Path("corpus"), "does not exist"))
    assert state.trouble() == "The corpus corpus does not exist; nothing was changed."
    state.tell(SyncReport())
    assert state.trouble() is None
    assert capsys.readouterr().err.count("\n") == 1
