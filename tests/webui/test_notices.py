"""What is said on every page while searching works and something else does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from backstory.engine.documents import SkippedFile
from backstory.engine.remarks import Code, Remark
from backstory.settings import Config
from tests.webui.conftest import BRIDGE, Shelf

PATHS = ["/", "/search?q=bridge", "/doc/article/bridge", "/documents", "/help"]
RETAINED = SkippedFile("", Remark.of(Code.RETAINED, removed=40, documents=80))


def retaining(shelf: Shelf) -> Shelf:
    writer = shelf.index.writer()
    writer.skip([RETAINED, SkippedFile("article/bridge.md", Remark.of(Code.NO_PERMISSION))])
    writer.commit()
    writer.close()
    return shelf


@pytest.mark.parametrize("path", PATHS)
def test_documents_that_are_retained_are_said_on_every_page(path: str) -> None:
    client = retaining(Shelf(BRIDGE)).app().test_client()
    page = client.get(path).get_data(as_text=True)
    assert '<p class="notice" role="status">40 of 80 documents' in page
    assert "backstory index --allow-removal" in page


def test_the_home_page_does_not_count_them_among_files_that_cannot_be_read() -> None:
    page = retaining(Shelf(BRIDGE)).app().test_client().get("/").get_data(as_text=True)
    assert "1 file of the corpus could not be read" in page


@pytest.mark.parametrize("path", PATHS)
def test_trouble_with_watching_is_said_without_places_of_the_server(
    path: str, tmp_path: Path
) -> None:
    config = Config(root=tmp_path)
    trouble: list[str | None] = [f"The corpus {tmp_path / 'corpus'} does not exist."]
    client = Shelf(BRIDGE).app(config, watching=lambda: trouble[0]).test_client()
    page = client.get(path).get_data(as_text=True)
    assert "The index does not follow the corpus. The corpus (corpus) does not exist." in page
    assert str(tmp_path) not in page
    trouble[0] = None
    assert 'class="notice"' not in client.get(path).get_data(as_text=True)


def test_health_is_degraded_and_searching_goes_on() -> None:
    client = retaining(Shelf(BRIDGE)).app(watching=lambda: "It fails.").test_client()
    response = client.get("/healthz")
    assert (response.status_code, response.json["status"]) == (200, "degraded")
    assert len(response.json["notices"]) == 2
    assert client.get("/api/search?q=bridge").json["total"] > 0


def test_status_says_which_documents_are_stale() -> None:
    skipped = retaining(Shelf(BRIDGE)).app().test_client().get("/api/status").json["skipped"]
    assert [each["is_stale"] for each in skipped] == [False, False]
    shelf = Shelf(BRIDGE)
    writer = shelf.index.writer()
    writer.skip([SkippedFile("article/bridge", Remark.of(Code.NO_PERMISSION))])
    writer.commit()
    writer.close()
    (stale,) = shelf.app().test_client().get("/api/status").json["skipped"]
    assert stale["is_stale"]


def test_a_missing_index_is_said_by_the_page_alone(shelf: Shelf, tmp_path: Path) -> None:
    from backstory.engine.indexes.embedded import EmbeddedIndex
    from backstory.searcher import Searcher
    from backstory.webui.app import create_app

    client = create_app(Config(), Searcher(EmbeddedIndex(tmp_path / "none"))).test_client()
    response = client.get("/")
    assert response.status_code == 503
    assert 'class="notice"' not in response.get_data(as_text=True)
