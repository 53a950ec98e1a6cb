"""`state check` tells what is beside the index; corpus and state are all that a move needs."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

import backstory
from backstory.engine.uploads import UploadedFile
from backstory.indexer.ocr.cache import FILE, OcrCache
from backstory.indexer.ocr.pages import OcrPage
from backstory.uploading import ArchiveUploads
from backstory.webui.settings import UploadSettings
from tests.backstory.conftest import Run


@pytest.fixture
def state(indexed: Path) -> Path:
    """The state of the dossier, with a page read by OCR, a file that was sent, and one not ours."""
    state = indexed / "var/index-state"
    OcrCache(state).put("0" * 64, 1, OcrPage((), "", "a program"))
    with backstory.open(indexed / "var/index", corpus=indexed / "corpus") as archive:
        uploads = ArchiveUploads(archive, UploadSettings())
        folder = uploads.folder / "one"
        folder.mkdir()
        (folder / "0").write_bytes(b"A note that was sent.")
        uploads.take([UploadedFile("note.txt", folder / "0", 21)], "ana")
        shutil.rmtree(folder)
    (state / "shopping.txt").write_text("milk")
    return state


def parts(run: Run) -> tuple[int, dict[str, dict[str, str]]]:
    outcome = run("state", "check", "--json")
    lines = [json.loads(line) for line in outcome.out.splitlines()]
    return outcome.status, {each["name"]: each for each in lines}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_every_part_is_named_with_its_size(state: Path, run: Run) -> None:
    before = contents(state)
    status, every = parts(run)
    assert status == 0
    assert every.keys() == {
        *("arrivals.sqlite3", "ocr.sqlite3", "uploads.jsonl", "uploading", "shopping.txt"),
    }
    assert every["arrivals.sqlite3"]["what"] == "when documents arrived: 4"
    assert every["ocr.sqlite3"]["what"] == "pages that OCR has read: 1"
    assert "not of ours" in every["shopping.txt"]["what"]
    assert every["shopping.txt"]["bytes"] == 4
    shown = run("state", "check")
    assert f"The state is in {Path('var/index-state')}" in shown.out
    assert contents(state) == before


@pytest.mark.parametrize(
    ("name", "advice"),
    [("arrivals.sqlite3", "put a copy of it back"), ("ocr.sqlite3", "read again")],
)
@pytest.mark.parametrize("damage", ["cut", "zeros", "text"])
def test_damage_is_told_with_what_to_do(
    state: Path, run: Run, name: str, advice: str, damage: str
) -> None:
    path = state / name
    data = path.read_bytes()
    broken = {
        "cut": data[:5000],
        "zeros": data[:4096] + bytes(len(data) - 4096),
        "text": b"no" * 99,
    }
    path.write_bytes(broken[damage])
    before = contents(state)
    status, every = parts(run)
    assert status == 4
    assert every[name]["problem"]
    assert advice in every[name]["advice"]
    assert [each for each in every.values() if each["problem"]] == [every[name]]
    shown = run("state", "check")
    assert shown.status == 4
    assert "damaged: " in shown.out
    assert contents(state) == before


def test_a_time_that_was_altered_is_damage(state: Path, run: Run) -> None:
    with sqlite3.connect(state / "arrivals.sqlite3") as connection:
        connection.execute("UPDATE arrivals SET arrived = '1999-01-01' WHERE document = 'storm'")
    connection.close()
    status, every = parts(run)
    assert (status, "checksum" in every["arrivals.sqlite3"]["problem"]) == (4, True)


def test_pages_vectors_and_lines_that_are_spoilt_are_counted(state: Path, run: Run) -> None:
    with sqlite3.connect(state / FILE) as connection:
        connection.execute("UPDATE pages SET words = x'00'")
    connection.close()
    (state / "vectors-0123456789abcdef.bin").write_bytes(
        b"backstory-vectors-1\n" + bytes(44) + b"x"
    )
    (state / "vectors-1123456789abcdef.bin").write_bytes(b"nothing")
    with (state / "uploads.jsonl").open("a") as file:
        file.write("{half\n")
    status, every = parts(run)
    assert status == 4
    assert every["ocr.sqlite3"]["problem"] == "1 are damaged"
    assert every["vectors-0123456789abcdef.bin"]["problem"] == "1 are damaged"
    assert every["vectors-1123456789abcdef.bin"]["problem"] == "its head is damaged"
    assert every["uploads.jsonl"]["problem"] == "1 lines cannot be read"


def test_what_was_put_aside_is_no_damage(state: Path, run: Run) -> None:
    (state / "ocr.damaged").write_bytes(b"old")
    (state / "arrivals.tmp").write_bytes(b"half")
    assert parts(run)[0] == 0


def test_without_a_state_there_is_nothing_to_check(dossier: Path, run: Run) -> None:
    outcome = run("state", "check")
    assert (outcome.status, "nothing in it yet" in outcome.out) == (0, True)


def test_an_archive_moves_with_its_corpus_and_its_state(
    state: Path, indexed: Path, tmp_path_factory: pytest.TempPathFactory, run: Run
) -> None:
    """The steps of the page “Back up and move”: copy the two, check, rebuild."""
    with backstory.open(indexed / "var/index", corpus=indexed / "corpus") as archive:
        arrived = {each: archive.arrived(each) for each in ("harbour", "storm", "note")}
    new = tmp_path_factory.mktemp("machine")
    shutil.copytree(indexed / "corpus", new / "corpus")
    shutil.copytree(state, new / "kept")
    settings = new / "backstory.toml"
    settings.write_text('[state]\npath = "kept"\n[index]\npath = "ix"\n', encoding="utf-8")
    assert run("--config", settings, "state", "check").status == 0
    assert run("--config", settings, "index", "--rebuild").status == 0
    with backstory.open(config=settings) as archive:
        assert {each: archive.arrived(each) for each in arrived} == arrived
        assert None not in arrived.values()
        assert archive.search("harbour").total == 3
    assert OcrCache(new / "kept").page("0" * 64, 1) == OcrPage((), "", "a program")
