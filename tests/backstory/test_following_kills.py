"""A run that is killed anywhere around its commit: its news are found, and found once."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from tests.backstory.conftest import Run

# Kills itself at so many events of the file system or of SQLite.
KILLED = """
import os, signal, sys
from backstory.cli import main
left = int(sys.argv.pop(1))
EVENTS = {"os.rename", "os.remove", "sqlite3.connect", "sqlite3.connect/handle"}

def hook(event, arguments):
    global left
    if event in EVENTS:
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(hook)
main()
"""


def test_news_are_found_once_whenever_a_run_is_killed(indexed: Path, run: Run) -> None:
    run("follow", "ships")
    (indexed / "corpus/note.txt").write_text("More ships came.\n\nShips at sea.\n")
    (indexed / "corpus/storm.txt").write_text(
        "The ships sank.\n\nThe ships ran for the open sea.\n"
    )
    template = indexed / "template"
    shutil.copytree(indexed / "var", template)
    for event in range(1, 200):
        shutil.rmtree(indexed / "var")
        shutil.copytree(template, indexed / "var")
        done = subprocess.run(
            [sys.executable, "-c", KILLED, str(event), "index", "--jobs", "1", "--no-ocr"],
            capture_output=True,
            check=False,
        )
        run("index")
        found = [json.loads(line)["passage"] for line in run("news", "--json").out.splitlines()]
        assert sorted(found) == ["note#p1", "note#p2", "storm#p1"], event
        if done.returncode == 0:
            break
    assert done.returncode == 0
    assert event > 5
