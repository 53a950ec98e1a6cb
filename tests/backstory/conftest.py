"""A command that can be run in this process, and a small dossier to run it on."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from backstory.cli import main


class Outcome(NamedTuple):
    """What a command did."""

    status: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture(autouse=True)
def no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep indexes of named folders out of the user's cache; a test may name a folder for them."""
    monkeypatch.setenv("XDG_CACHE_HOME", os.devnull)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run `backstory` with arguments; no error may reach the user as a traceback."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    before = signal.getsignal(signal.SIGTERM)

    def run_command(*arguments: str | Path) -> Outcome:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        shown = capsys.readouterr()
        assert "Traceback" not in shown.out + shown.err
        return Outcome(int(left.value.code or 0), shown.out, shown.err)

    yield run_command
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def dossier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a corpus of three documents; the working folder of the test."""
    corpus = tmp_path / "corpus"
    (corpus / "people").mkdir(parents=True)
    (corpus / "harbour.md").write_text(
        "---\ntitle: The harbour\nsource: Gazette\nauthor: Ann Field\ndate: 2018-02-01\n"
        "kind: report\ntags: [sea]\n---\n\n## Morning\n\nThe harbour was closed at dawn.\n\n"
        "Nine ships waited outside the harbour wall.\n",
        encoding="utf-8",
    )
    (corpus / "people/keeper.txt").write_text(
        "The keeper\n\nThe keeper lit the lamp of the harbour at dusk.\n", encoding="utf-8"
    )
    (corpus / "storm.txt").write_text(
        "A storm came up at noon. Nobody was hurt.\n\nThe ships ran for the open sea.\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def indexed(dossier: Path, run: Run) -> Path:
    """The dossier, indexed."""
    assert run("index").status == 0
    return dossier
