"""Words that lead on: what is listed, completed and offered, and errors that say what to do now."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from backstory.cli import VERBS, cli
from backstory.commands.index import WatchTeller
from backstory.engine.documents import SkippedFile
from backstory.engine.errors import NOT_WRITABLE, StorageFull
from backstory.engine.remarks import Code, Remark
from backstory.indexer.report import SyncReport
from tests.backstory.conftest import Run

ROOT = Path(__file__).resolve().parents[2]


# Documents and their addresses


def test_list_prints_every_document_with_its_address(indexed: Path, run: Run) -> None:
    done = run("list")
    assert done.status == 0
    assert done.out.splitlines() == [
        "harbour  The harbour · Gazette · 2018-02-01 · 2 passages",
        "people/keeper  The keeper · 1 passage",
        "storm  Storm · 2 passages",
    ]
    assert done.err == "3 documents\n"


def test_list_is_narrowed_down_and_sorted(indexed: Path, run: Run) -> None:
    done = run("list", "--source", "Gazette", "--year", "2018")
    assert done.out.startswith("harbour  ")
    assert done.err == "1 of 3 documents\n"
    assert run("list", "--kind", "letter").status == 1
    assert run("list", "--sort", "newest").out.startswith("harbour  ")


def test_list_gives_one_object_a_document_to_programs(indexed: Path, run: Run) -> None:
    rows = list(map(json.loads, run("list", "--json").out.splitlines()))
    assert [(row["document"], row["passages"]) for row in rows] == [
        ("harbour", 2), ("people/keeper", 1), ("storm", 2),
    ]  # fmt: skip
    assert rows[0]["author"] == "Ann Field"


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("harbour.md", "harbour#p1"),
        ("people/keeper.txt", "people/keeper#p1"),
        ("keeper.txt", "people/keeper#p1"),
        ("storm.txt#p2", "storm#p2"),
    ],
)
def test_show_finds_a_document_by_its_file(
    indexed: Path, run: Run, name: str, address: str
) -> None:
    done = run("show", name)
    assert done.status == 0
    assert f" {address}\n" in done.out


def test_a_file_name_that_two_documents_have_opens_neither(dossier: Path, run: Run) -> None:
    (dossier / "corpus/keeper.txt").write_text("Another keeper.\n", encoding="utf-8")
    (dossier / "corpus/deep").mkdir()
    (dossier / "corpus/deep/storm.txt").write_text("Another storm.\n", encoding="utf-8")
    assert run("index").status == 0
    done = run("show", "storm.txt")
    assert done.status == 1
    assert "No document or passage storm.txt. Did you mean" in done.err


def test_an_address_that_leads_nowhere_leads_to_the_list(indexed: Path, run: Run) -> None:
    done = run("--index", "var/index", "show", "qqqq")
    assert done.status == 1
    assert done.err.endswith("See them all: backstory --index var/index list\n")
    assert run("--index", "var/index", "list").status == 0


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("backstory show ", ["harbour", "people/keeper", "storm"]),
        ("backstory show pe", ["people/keeper"]),
        ("backstory remove st", ["storm"]),
        ("backstory --index var/index show st", ["storm"]),
        ("backstory --index gone show st", []),
    ],
)
def test_addresses_complete_in_shells(indexed: Path, typed: str, completed: list[str]) -> None:
    words = shlex.split(typed) + ([""] if typed.endswith(" ") else [])
    environ = {
        **os.environ,
        "_BACKSTORY_COMPLETE": "bash_complete",
        "COMP_WORDS": typed,
        "COMP_CWORD": str(len(words) - 1),
    }
    command = [sys.executable, "-c", "from backstory.cli import main; main()"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert [line.partition(",")[2] for line in done.stdout.split()] == completed
    assert done.stderr == ""


# Examples and pipes


def examples() -> list[str]:
    context = cli.make_context("backstory", ["status"], resilient_parsing=True)
    helps = [cli.get_command(context, verb).help or "" for verb in ("", *VERBS) if verb]
    shown = re.findall(r"Example: backstory (.*)", "\n".join([cli.help or "", *helps]))
    asking = [each for each in shown if each.split()[0] in ("query", "show", "list", "status")]
    assert len(asking) >= 5
    return asking


def test_each_example_of_help_is_a_line_of_its_own() -> None:
    for verb in VERBS:
        context = cli.make_context("backstory", ["status"], resilient_parsing=True)
        command = cli.get_command(context, verb)
        assert command is not None
        lines = command.get_help(context).splitlines()
        assert any(line.startswith("  Example: backstory") for line in lines), verb
        assert [line for line in lines if line.count("backstory ") > 1 and "Example" in line] == []


@pytest.fixture(scope="module")
def sample_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the sample dossier."""
    index = tmp_path_factory.mktemp("sample") / "index"
    command = [sys.executable, "-m", "backstory", "--corpus", str(ROOT / "corpus")]
    subprocess.run([*command, "--index", str(index), "index"], check=True, capture_output=True)
    return index


@pytest.mark.parametrize("example", examples())
def test_an_example_of_help_answers_from_the_sample_dossier(
    sample_index: Path, run: Run, example: str
) -> None:
    done = run("--corpus", ROOT / "corpus", "--index", sample_index, *shlex.split(example))
    assert done.status == 0
    assert done.out
    if " --query " in example:
        assert "**" in done.out


@pytest.mark.parametrize("verb", ["query the --all -n 100", "list --json"])
def test_a_pipe_that_is_closed_is_no_error(sample_index: Path, verb: str) -> None:
    command = [sys.executable, "-m", "backstory", "--index", str(sample_index), *verb.split()]
    piped = f"set -o pipefail; {shlex.join(command)} 2>/dev/null | head -n 1"
    done = subprocess.run(["bash", "-c", piped], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stdout.count("\n") == 1


# What was typed


def test_a_text_may_begin_with_a_dash(indexed: Path, run: Run) -> None:
    done = run("query", "--", "-harbour", "ships")
    assert done.status == 0
    assert "storm#p2" in done.out
    assert "harbour#p2" not in done.out


@pytest.mark.parametrize("pair", [("--csv", "--json"), ("--bibtex", "--format", "csv")])
@pytest.mark.parametrize("verb", [("query", "harbour"), ("show", "storm")])
def test_two_forms_are_refused(
    indexed: Path, run: Run, verb: tuple[str, ...], pair: tuple[str, ...]
) -> None:
    done = run(*verb, *pair)
    assert (done.status, done.out) == (2, "")
    assert f"{pair[0]} and {pair[1]} do not go together: give one." in done.err
    assert run(*verb, "--json", "--format", "jsonl").status == 0


def test_a_page_past_the_end_says_which_is_the_last(indexed: Path, run: Run) -> None:
    done = run("query", "harbour", "-n", "2", "--page", "7")
    assert done.status == 0
    assert "Page 7 is past the end; the last is --page 2.\n" in done.err
    assert "past the end" not in run("query", "harbour", "-n", "2", "--page", "2").err


@pytest.mark.parametrize("text", ["", "   "])
def test_an_empty_text_says_what_to_type(indexed: Path, run: Run, text: str) -> None:
    done = run("query", text)
    assert done.status == 2
    assert "The text is empty. Type words, as in: backstory query" in done.err
    assert "harbour#p1" in run("query", text, "--source", "Gazette").out


# Folders


def test_an_index_is_not_begun_among_the_documents(dossier: Path, run: Run) -> None:
    for inside in ("corpus", "corpus/.index"):
        done = run("--index", inside, "index")
        assert (done.status, done.out) == (2, "")
        assert "is inside the corpus corpus. Name a folder beside it." in done.err
    assert not (dossier / "corpus/.index").exists()


def test_a_folder_without_the_right_to_write_is_not_said_to_be_full() -> None:
    denied = str(StorageFull(Path("x"), NOT_WRITABLE, "nothing was written"))
    assert denied.endswith("Give yourself the right to, or name another folder.")
    assert str(StorageFull(Path("x"), "disk full", "kept")).endswith("Make room and run it again.")


# Watching


def test_who_watches_is_told_of_a_skipped_file_once(capsys: pytest.CaptureFixture[str]) -> None:
    gone = SkippedFile("gone.pdf", Remark.of(Code.BROKEN, detail="broken (PDF)"))
    new = SkippedFile("new.mp3", Remark.of(Code.BROKEN, detail="broken (MP3)"))
    tell = WatchTeller(reads_scans=False, before=SyncReport(skipped=(gone,)))
    said = []
    for skipped in ((gone,), (gone, new), (gone, new), (new,), (gone, new)):
        tell(SyncReport(added=1, skipped=skipped))
        told = capsys.readouterr()
        assert f"{len(skipped)} skipped" in told.out
        said.append(re.findall(r"Skipped: ([\w.]+)", told.err))
    assert said == [[], ["new.mp3"], [], [], ["gone.pdf"]]


# make


def test_make_query_without_hits_is_no_error_of_make(tmp_path: Path) -> None:
    recipe = re.search(r"^query: .*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.M)
    assert recipe
    (tmp_path / "Makefile").write_text(f"BIN := .\nquery:\n{recipe[1]}")
    script = tmp_path / "backstory"
    script.write_text('#!/bin/sh\n[ "$1" = index ] && exit 0\nexit "$STATUS"\n')
    script.chmod(0o700)
    for status, ended in (("1", 0), ("4", 2)):
        done = subprocess.run(
            ["make", "query", "Q=zzz"],
            cwd=tmp_path,
            env={**os.environ, "STATUS": status},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == ended, done.stderr
        assert ("Error" in done.stderr) is bool(ended)
