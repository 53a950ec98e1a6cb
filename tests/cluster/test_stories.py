"""An index on a cluster as it is used: by the command, the page and the API, as on one machine."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from encoders import Thesaurus, embed_all
from flask.testing import FlaskClient

import backstory
from backstory.api import Archive
from backstory.cli import main
from backstory.engine.indexes.contract import Index, Snapshot
from backstory.engine.indexes.embedded import EmbeddedIndex
from backstory.engine.indexes.opensearch import OpenSearchIndex
from backstory.engine.indexes.opensearch.mapping import entries_body
from backstory.engine.settings import OpenSearchSettings
from backstory.searcher import Searcher
from backstory.settings import Config
from backstory.testing import AFFAIR, fill_index
from backstory.webui.app import create_app
from tests.backstory.conftest import Outcome
from tests.cluster.commits import new_index
from tests.engine.test_agreement import contents
from tests.webui.conftest import BRIDGE, LONG, MEMO, NOTA, Page

CORPUS = {
    "harbour.md": (
        "---\ntitle: The harbour\nsource: Gazette\ndate: 2018-02-01\nlanguage: en\n---\n\n"
        "The harbour was closed at dawn.\n\nNine ships waited outside the harbour wall.\n"
    ),
    "people/keeper.txt": "The keeper\n\nThe keeper lit the lamp of the harbour at dusk.\n",
    "storm.txt": "A storm came up at noon. Nobody was hurt.\n\nThe ships ran for the open sea.\n",
}
Run = Callable[..., Outcome]


@pytest.fixture
def dossier(
    settings: OpenSearchSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A folder with a corpus, and settings that keep its index on the cluster."""
    for name, text in CORPUS.items():
        write(tmp_path, name, text)
    hosts = json.dumps(settings.hosts)
    (tmp_path / "config.toml").write_text(
        '[corpus]\npath = "corpus"\n[index]\nkind = "opensearch"\npath = "var/index"\n'
        f'[opensearch]\nhosts = {hosts}\nindex = "{settings.index}"\nshards = 2\nreplicas = 0\n'
    )
    monkeypatch.setenv("XDG_CACHE_HOME", os.devnull)
    with new_index(settings):
        yield tmp_path


@pytest.fixture
def run(dossier: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `backstory` with the settings of the dossier."""

    def run_command(*arguments: str) -> Outcome:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main(["--config", str(dossier / "config.toml"), *arguments])
        return Outcome(int(left.value.code or 0), *capsys.readouterr())

    return run_command


def write(dossier: Path, name: str, text: str) -> None:
    """Put a document into the corpus."""
    path = dossier / "corpus" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def opened(dossier: Path, kind: str) -> Archive:
    """Open the dossier with an index of some kind, as a new process does."""
    return backstory.open(config=dossier / "config.toml", index__kind=kind)


def everything(snapshot: Snapshot) -> dict[str, Any]:
    """Return all that an index holds."""
    ids = [document.id for document, _, _ in snapshot.documents()]
    passages = [snapshot.passages(document_id) for document_id in ids]
    addresses = [(passage.document, passage.number) for each in passages for passage in each]
    rows = [snapshot.vector(*address) for address in addresses]
    return {
        **contents(snapshot),
        "passages": passages,
        "embedding": snapshot.embedding,
        "vectors": [None if row is None else row.tolist() for row in rows],
        "skipped": snapshot.skipped(),
        "settings": snapshot.settings,
    }


def test_command_on_a_cluster(run: Run, dossier: Path) -> None:
    missing = run("status")
    assert missing.status == 4
    assert "Build it with: backstory" in missing.err

    assert run("index").status == 0
    assert "Nine **ships** waited outside the harbour wall." in run("query", "ships").out
    assert "Nine ships waited outside the harbour wall." in run("show", "harbour#p2").out
    status = run("status").out
    assert "3 documents, 5 passages" in status
    assert re.search(r"cluster {4}(green|yellow): 1 machine, 2 parts, 1 copy of each\n", status)
    assert "freshness  up to date with the corpus" in status
    assert json.loads(run("status", "--json").out)["health"]["missing"] == 0

    write(dossier, "pilot.txt", "The pilot\n\nThe pilot counted ten lanterns.\n")
    assert "freshness  1 file to read" in run("status").out
    assert run("index").status == 0
    assert "counted ten **lanterns**" in run("query", "lanterns").out
    checked = run("check")
    assert (checked.status, checked.out.split(",")[0]) == (0, "The index is sound: 4 documents")


def test_index_is_copied_to_one_machine_and_back(run: Run, dossier: Path) -> None:
    run("index")
    with opened(dossier, "opensearch") as archive:
        embed_all(archive.passage_index, Thesaurus())
        there = everything(archive.passage_index.open())
    assert there["embedding"].passages == 5
    copied = run("copy", "--from", "opensearch", "--to", "embedded")
    assert (copied.status, "Copied 3 documents, 5 passages" in copied.out) == (0, True)
    with opened(dossier, "embedded") as archive:
        assert everything(archive.passage_index.open()) == there
    back = "copy", "--from", "embedded", "--to", "opensearch"
    refused = run(*back)
    assert (refused.status, "add --replace" in refused.err) == (2, True)
    assert run(*back, "--replace").status == 0
    with opened(dossier, "opensearch") as archive:
        assert everything(archive.passage_index.open()) == there
    assert run("check").status == 0


def test_question_is_followed_on_a_cluster(run: Run, dossier: Path) -> None:
    run("index")
    assert run("follow", "ships", "--name", "fleet").status == 0
    assert run("news").out == ""
    write(dossier, "note.txt", "More ships came.")
    indexed = run("index")
    assert "News: 1 for fleet." in indexed.err
    assert "More **ships** came." in run("news").out


def test_status_says_red_where_parts_are_missing(
    run: Run, dossier: Path, settings: OpenSearchSettings
) -> None:
    run("index")
    index = OpenSearchIndex(settings)
    put_nowhere(index)
    index.close()
    with (dossier / "config.toml").open("a") as config:
        config.write("timeout = 1.0\n")
    status = run("status")
    assert status.status == 5
    assert "cluster    red: 1 machine, 2 parts, 1 copy of each, 2 missing" in status.out
    assert "documents" not in status.out
    assert "cannot be read" in status.err
    said = json.loads(run("status", "--json").out)
    assert (said["health"]["status"], "documents" in said) == ("red", False)


def put_nowhere(index: OpenSearchIndex) -> None:
    """Take an index's parts from all machines."""
    cluster, _ = index._connect()
    name = index.open()._view.index
    cluster.delete(name)
    body = entries_body(index._settings)
    body["settings"]["index"]["routing.allocation.require._name"] = "nowhere"
    cluster.request("PUT", f"/{name}", body, {"wait_for_active_shards": 0})


def comparable(said: dict[str, Any]) -> dict[str, Any]:
    """Return an answer without what is another one each time."""
    return {name: value for name, value in said.items() if name not in ("seconds", "generation")}


@pytest.fixture
def clients(
    settings: OpenSearchSettings, tmp_path: Path
) -> Iterator[tuple[FlaskClient, FlaskClient]]:
    """Browsers at two applications with the same documents, on the cluster and on this machine."""
    with new_index(settings) as there:
        indexes: tuple[Index, Index] = (there, EmbeddedIndex(tmp_path / "index"))
        yield tuple(map(browser_at, indexes))  # type: ignore[misc]  # two


def browser_at(index: Index) -> FlaskClient:
    """Fill an index and open an application over it, which also finds by meaning."""
    fill_index(index, BRIDGE, MEMO, NOTA, LONG, *AFFAIR)
    encoder = Thesaurus()
    embed_all(index, encoder)
    return create_app(Config(), Searcher(index, encoder=encoder)).test_client()


def words_of(page: str) -> str:
    """Return what a page says, without how long it took."""
    return re.sub(r"\d+ ms", "", Page(page).words)


DRAFT = "“Mayor Otto Brandt signed a secret treaty.”\n\n“The ferry must run”, it says.\n"
SEARCHES = (
    "q=bridge+contract",
    "q=secret+receipts&sort=newest",
    'q="harbour+bridge"&n=1',
    "q=council+-drains",
    "q=talkies",
    "q=who+asked+for+talkies",
    "q=brigde",
    "q=contract&source=City+Archive",
    "q=name:brandt",
    "q=council&page=2&n=10",
)


def test_page_and_api_answer_as_on_one_machine(clients: tuple[FlaskClient, FlaskClient]) -> None:
    for asked in SEARCHES:
        pages = [client.get(f"/search?{asked}") for client in clients]
        assert [page.status_code for page in pages] == [200, 200], asked
        assert words_of(pages[0].text) == words_of(pages[1].text), asked
        there, here = (comparable(client.get(f"/api/search?{asked}").json) for client in clients)
        assert there == here, asked


def test_draft_is_checked_as_on_one_machine(clients: tuple[FlaskClient, FlaskClient]) -> None:
    pages = []
    for client in clients:
        (token,) = Page(client.get("/draft").text).all("input", name="csrf_token")
        data = {"text": DRAFT, "csrf_token": token["value"]}
        pages.append(words_of(client.post("/draft", data=data).text))
    assert pages[0] == pages[1]
    assert "2 checked" in pages[0]
    there, here = (client.post("/api/draft", json={"text": DRAFT}).json for client in clients)
    assert there == here
