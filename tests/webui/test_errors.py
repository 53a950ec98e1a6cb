"""Faults of the index, answered as pages and as JSON."""

from __future__ import annotations

from pathlib import Path

import pytest

from backstory.engine.errors import (
    IndexBusy,
    IndexDamaged,
    IndexNotFound,
    IndexOutdated,
    IndexUnavailable,
    IndexUntrusted,
)
from backstory.engine.indexes.reference import ReferenceIndex
from backstory.searcher import Searcher
from backstory.settings import Config
from backstory.webui.app import create_app
from backstory.webui.errors import HTTP, PUBLIC, TITLES

INDEX = Path("var/index")
PATHS = ["/", "/search?q=bridge", "/doc/article/bridge", "/api/search?q=bridge", "/healthz"]
FAULTS = [
    (IndexNotFound(INDEX), "index_not_found"),
    (IndexOutdated(INDEX, "schema 1", "schema 2"), "index_outdated"),
    (IndexDamaged(INDEX, "is cut short"), "index_damaged"),
    (IndexUnavailable(INDEX, "no such folder"), "index_unavailable"),
    (IndexBusy(INDEX, "pid 7"), "index_busy"),
    (IndexUntrusted(INDEX, "is writable by others"), "index_untrusted"),
    (FileNotFoundError(2, "No such file or directory"), "index_unavailable"),
    (PermissionError(13, "Permission denied"), "index_unavailable"),
    (OSError(24, "Too many open files"), "index_unavailable"),
]


class FaultyIndex(ReferenceIndex):
    """A memory index whose readers fail as long as `fault` is set."""

    fault: Exception | None = None

    def open(self):
        if self.fault:
            raise self.fault
        return super().open()


@pytest.fixture
def index(library):
    faulty = FaultyIndex()
    faulty.commit(library.index.state)
    return faulty


@pytest.fixture
def broken(index):
    return create_app(Config(), Searcher(index)).test_client()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("fault", "code"), FAULTS)
def test_index_fault_is_503_and_passes_by_itself(index, broken, page, path, fault, code):
    index.fault = fault
    response = broken.get(path)
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    if path.startswith(("/api/", "/healthz")):
        assert response.json["code"] == code
    else:
        assert page(response.text).all("input", name="q")
    index.fault = None
    assert broken.get(path).status_code == 200


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("fault", [ZeroDivisionError("secret"), MemoryError(), KeyError("secret")])
def test_unforeseen_error_is_500_without_its_inside(index, broken, caplog, path, fault):
    index.fault = fault
    response = broken.get(path)
    assert response.status_code == 500
    assert "secret" not in response.text
    assert "Traceback" not in response.text
    assert type(fault).__name__ in caplog.text
    assert response.headers["Content-Security-Policy"]


def test_help_and_files_need_no_index(index, broken):
    index.fault = IndexNotFound(INDEX)
    assert broken.get("/help").status_code == 200
    with broken.get("/static/style/base.css") as response:
        assert response.status_code == 200


def test_damage_found_in_the_background_stops_the_answers(library, page):
    found: list[str] = []
    client = library.client(health=lambda: found[0] if found else None)
    assert client.get("/search?q=bridge").status_code == 200
    found.append("has a file with the wrong checksum")
    for path in PATHS:
        response = client.get(path)
        assert response.status_code == 503
        assert "The index is damaged." in response.text
    assert client.get("/api/search?q=bridge").json["code"] == "index_damaged"
    assert client.get("/help").status_code == 200
    assert client.get("/nowhere").status_code == 404


def test_error_page_keeps_the_query(client, page):
    response = client.get("/doc/nowhere?q=ferry+bridge")
    assert page(response.text).all("input", name="q")[0]["value"] == "ferry bridge"


def test_missing_page_says_so(client, page):
    response = client.get("/nowhere")
    assert response.status_code == 404
    assert "There is no such page." in page(response.text).words


def test_health_is_well_and_then_is_not(library):
    found: list[str] = []
    client = library.client(health=lambda: found[0] if found else None)
    assert client.get("/healthz").json == {"status": "ok", "notices": []}
    found.append("/secret/place has a file with the wrong checksum")
    response = client.get("/healthz")
    assert (response.status_code, response.json["code"]) == (503, "index_damaged")
    assert "/secret" not in response.text


def test_every_code_has_a_title_of_its_own():
    codes = {code for code, _, _ in HTTP.values()} | PUBLIC.keys() | {c for _, c in FAULTS}
    assert codes <= TITLES.keys()
    assert len(set(TITLES.values())) == len(TITLES)


def test_description_needs_no_index(index, broken):
    index.fault = IndexNotFound(INDEX)
    assert broken.get("/api/openapi.json").status_code == 200
    assert broken.get("/opensearch.xml").status_code == 200
