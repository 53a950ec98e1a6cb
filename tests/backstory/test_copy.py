"""`copy` moves an index to another kind; `status` tells of the machines that keep one."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import partial
from pathlib import Path

import pytest

from backstory.archives import settings_of
from backstory.commands.status import lines
from backstory.engine.errors import (
    BackstoryError,
    IndexDamaged,
    IndexOutdated,
    IndexUnavailable,
)
from backstory.engine.indexes import reference
from backstory.engine.indexes.contract import Health, Machine
from backstory.engine.indexes.reference import ReferenceSnapshot
from backstory.settings import Config, load
from backstory.testing import ReferenceIndex, fill_index, make_document
from tests.backstory.conftest import Run

NOWHERE = "http://127.0.0.1:9"  # nothing answers there


@pytest.fixture
def cluster_that_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKSTORY_OPENSEARCH_HOSTS", f'["{NOWHERE}"]')
    monkeypatch.setenv("BACKSTORY_OPENSEARCH_TIMEOUT", "1")


@pytest.mark.usefixtures("indexed", "cluster_that_is_gone")
@pytest.mark.parametrize("verb", [("copy", "--from", "embedded", "--to", "opensearch")])
def test_cluster_that_is_gone_is_an_error_that_names_it(run: Run, verb: tuple[str, ...]) -> None:
    outcome = run(*verb)
    assert outcome.status == 5
    assert f"1 of 1 machines do not answer ({NOWHERE})" in outcome.err
    assert "Traceback" not in outcome.err


@pytest.mark.usefixtures("indexed", "cluster_that_is_gone")
@pytest.mark.parametrize("verb", [("query", "radio"), ("status",), ("check",), ("index",)])
def test_every_verb_says_so(
    run: Run, verb: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKSTORY_INDEX_KIND", "opensearch")
    outcome = run(*verb)
    assert outcome.status == 5
    assert "machines do not answer" in outcome.err
    assert "Traceback" not in outcome.err


@pytest.mark.usefixtures("indexed")
def test_copy_names_two_kinds(run: Run) -> None:
    assert "the same kind" in run("copy", "--from", "embedded", "--to", "embedded").err
    assert "no kind of index 'solr'" in run("copy", "--from", "embedded", "--to", "solr").err


@pytest.mark.usefixtures("indexed")
def test_copy_says_what_it_holds_and_how_to_use_it(run: Run) -> None:
    outcome = run("copy", "--from", "embedded", "--to", "reference")
    assert "Copied 3 documents" in outcome.out
    assert 'set index.kind = "reference"' in outcome.out


@pytest.mark.usefixtures("indexed")
def test_copy_over_an_index_has_to_be_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    there = fill_index(ReferenceIndex(), make_document("a", "radio"))
    monkeypatch.setattr(reference, "open_index", lambda config: there)
    words = "copy", "--from", "embedded", "--to", "reference"
    refused = run(*words)
    assert (refused.status, there.open().statistics.documents) == (2, 1)
    assert "There is an index already: memory. To write over it, add --replace." in refused.err
    assert run(*words, "--replace").status == 0
    assert there.open().statistics.documents == 3


@pytest.mark.usefixtures("indexed")
@pytest.mark.parametrize("error", [IndexOutdated("memory", "3", "4"), IndexDamaged("memory", "x")])
def test_copy_over_an_index_that_cannot_be_read_has_to_be_said(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: BackstoryError
) -> None:
    there = ReferenceIndex()
    monkeypatch.setattr(reference, "open_index", lambda config: there)
    with monkeypatch.context() as before:
        before.setattr(there, "open", partial(fail, error))
        refused = run("copy", "--from", "embedded", "--to", "reference")
    assert refused.status == error.exit_code
    assert refused.err.endswith(f"{error.message} To write over it, add --replace.\n")
    assert run("copy", "--from", "embedded", "--to", "reference", "--replace").status == 0


def fail(error: BackstoryError) -> None:
    raise error


def test_archives_have_names_of_their_own_on_a_cluster(tmp_path: Path) -> None:
    text = '[archives.harbour]\ncorpus = "a"\nindex = "b"\n[opensearch]\nindex = "dossiers"\n'
    (tmp_path / "config.toml").write_text(text)
    config: Config = load(tmp_path / "config.toml")
    assert settings_of(config, "harbour").opensearch.index == "dossiers-harbour"


def test_status_tells_of_machines_and_missing_copies() -> None:
    machines = (
        Machine("search1", "10.8.0.1", True, "12.5gb"),
        Machine("search2", "10.8.0.2", False, ""),
    )
    health = Health("yellow", machines, 3, 2, 1)
    facts = {**EMPTY, "health": asdict(health)}
    shown = "\n".join(lines(facts))
    assert "cluster    yellow: 2 machines, 3 parts, 2 copies of each, 1 missing" in shown
    assert "search1 at 10.8.0.1, 12.5gb free, manages the cluster" in shown
    assert "search2 at 10.8.0.2\n" in shown
    assert "cluster" not in "\n".join(lines({**EMPTY, "health": None}))


class RedIndex(ReferenceIndex):
    """An index that lacks a part."""

    def open(self) -> ReferenceSnapshot:
        raise IndexUnavailable(self.place, "1 of 3 parts of the index do not answer")

    def health(self) -> Health:  # type: ignore[override]  # the index in memory has none
        return Health("red", (Machine("search1", "10.8.0.1", True, ""),), 3, 1, 1)


def test_status_of_an_index_that_cannot_be_read_tells_of_its_machines(
    run: Run, dossier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reference, "open_index", lambda config: RedIndex())
    monkeypatch.setenv("BACKSTORY_INDEX_KIND", "reference")
    status = run("status")
    assert status.status == 5
    assert status.out.splitlines() == [
        "index      memory",
        "cluster    red: 1 machine, 3 parts, 1 copy of each, 1 missing",
        "           search1 at 10.8.0.1, manages the cluster",
    ]
    assert "1 of 3 parts of the index do not answer" in status.err
    said = json.loads(run("status", "--json").out)
    assert (said["index"], said["health"]["status"]) == ("memory", "red")


EMPTY = {
    "documents": 0,
    "passages": 0,
    "words": 0,
    "corpus": "corpus",
    "index": "archive on http://search1:9200",
    "generation": 1,
    "committed": "",
    "languages": {},
    "sources": {},
    "waiting": {"to read": 0, "to drop": 0},
    "caches": {"budget_mb": 1, "used": []},
    "fences": {},
    "ocr": {"enabled": True, "program": None, "languages": "eng", "waiting": {}, "failed": {}},
    "meaning": {"enabled": False},
    "retained": None,
    "stale": {},
    "skipped": {},
    "notes": {},
}
