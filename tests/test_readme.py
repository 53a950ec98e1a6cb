"""The README's own promises: what it shows is what happens, and what it lists is what there is."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from backstory.cli import VERBS
from backstory.engine.fields import FIELDS
from backstory.searcher.dates import SIDES
from backstory.searcher.exports import OURS

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("readme") / "index"
    done = backstory("--index", str(folder), "index")
    assert done.returncode == 0
    shown = re.search(r"\$ make serve\n(.*) in [\d.]+ s\.\n", README)
    assert shown
    assert done.stdout.startswith(shown[1])
    return folder


def backstory(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "backstory", "--corpus", str(ROOT / "corpus"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def shown_queries() -> list[tuple[str, str]]:
    found = re.findall(r'\$ make query Q="([^"]*)"\n(.*?)(?=\n\$ |```)', README, re.DOTALL)
    return [(text, shown.strip()) for text, shown in found]


def test_the_readme_shows_a_query() -> None:
    assert shown_queries()


@pytest.mark.parametrize(("text", "shown"), shown_queries())
def test_a_query_that_is_shown_gives_what_is_shown(index: Path, text: str, shown: str) -> None:
    done = backstory("--index", str(index), "query", "--", text)
    assert done.stdout.strip() == shown


def shown_commands() -> list[tuple[str, str]]:
    found = re.findall(r"\$ backstory (query [^\n]*)\n(.*?)(?=\n\$ |\n```)", README, re.DOTALL)
    assert found
    return found


@pytest.mark.parametrize(("command", "shown"), shown_commands())
def test_a_command_that_is_shown_gives_what_is_shown(index: Path, command: str, shown: str) -> None:
    done = backstory("--index", str(index), *shlex.split(command))
    assert done.stdout.rstrip() == shown


def queries_of_the_table() -> list[str]:
    table = README.split("## Asking")[1].split("## Settings")[0]
    cells = re.findall(r"^\| (.*?) \| ", table, re.M)
    return [text for cell in cells for text in re.findall(r"`([^`]+)`", cell) if text[-1] != ":"]


@pytest.mark.parametrize("text", [t for t in queries_of_the_table() if t != "NOT"])
def test_every_kind_of_query_is_understood(index: Path, text: str) -> None:
    done = backstory("--index", str(index), "query", "--exact", "--", text)
    assert done.returncode in (0, 1)
    assert "was searched as" not in done.stderr
    assert "ignored" not in done.stderr


def test_every_field_verb_export_and_status_is_documented() -> None:
    assert all(f"`{name}:" in README for name in (*FIELDS.filters, *SIDES))
    assert all(f"| `backstory {verb}" in README for verb in VERBS)
    table = README.split("| `--format`, `format=` |")[1].split("\n\n")[0]
    assert all(f"`{name}`" in table for name in OURS)
    assert all(re.search(rf"\b{status} ", README) for status in (0, 1, 2, 3, 4, 5, 130))
