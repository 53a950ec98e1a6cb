"""A field that one line adds is searched, counted, shown and exported like those of the product."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

import backstory
from backstory.api import Archive
from backstory.engine.documents import Document, Passage
from backstory.engine.fields import CORE, FIELDS, DocumentField, Match
from backstory.engine.indexes.embedded import EmbeddedIndex
from backstory.searcher import Searcher
from backstory.searcher.exports import export
from backstory.searcher.syntax import operators
from backstory.testing import fill_index, make_document
from backstory.webui.app import create_app
from tests.backstory.conftest import Outcome
from tests.backstory.conftest import run as run
from tests.conftest import COUNTRY

pytestmark = pytest.mark.usefixtures("country")

TABLE = """id,nation,text
mine,Chile,The mine was shut.
port,Peru,The port was shut.
pass,,The pass was shut.
"""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, country: DocumentField) -> Archive:
    """A corpus that names countries in columns, in front of a page and beside a file."""
    corpus = tmp_path_factory.mktemp("countries") / "corpus"
    corpus.mkdir()
    (corpus / "rows.csv").write_text(TABLE, encoding="utf-8")
    (corpus / "page.md").write_text(
        "---\ncountry: Chile\n---\n\n# The strike\n\nThe shut mine struck.\n", encoding="utf-8"
    )
    (corpus / "note.txt").write_text("Nobody knew why it was shut.\n", encoding="utf-8")
    (corpus / "note.txt.yaml").write_text("country: Côte d’Ivoire\n", encoding="utf-8")
    (corpus / "rows.csv.yaml").write_text("country: Bolivia\n", encoding="utf-8")
    (corpus / "bare.txt").write_text("It was shut.\n", encoding="utf-8")
    opened = backstory.open(corpus.parent / "index", corpus=corpus)
    opened.index()
    return opened


@pytest.fixture(scope="module")
def client(archive: Archive) -> FlaskClient:
    return create_app(archive.config, archive.searcher).test_client()


def json_of(client: FlaskClient, url: str, **parameters: str) -> Any:
    answer = client.get(url, query_string=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json


@pytest.mark.parametrize(
    ("text", "documents"),
    [
        ("country:chile", {"page", "rows.csv/mine"}),
        ("shut -country:chile", {"rows.csv/port", "rows.csv/pass", "note", "bare"}),
        ('country:"cote d’ivoire"', {"note"}),
        ("country:bolivia", {"rows.csv/pass"}),
        ("country:chi", set()),
    ],
)
def test_it_filters(archive: Archive, text: str, documents: set[str]) -> None:
    assert {hit.document for hit in archive.search(text, limit=9)} == documents


def test_it_is_a_facet(archive: Archive) -> None:
    facets = archive.search("shut", facets=True).facets

    assert facets["country"] == {"Chile": 2, "Bolivia": 1, "Côte d’Ivoire": 1, "Peru": 1}
    assert list(facets) == ["source", "kind", "language", "country", "year", "name"]


def test_it_is_a_column_of_the_table_of_hits(archive: Archive) -> None:
    table = "".join(export(archive.search("country:chile", limit=9), "csv"))
    rows = list(csv.DictReader(io.StringIO(table)))

    # The page, the text of the row, and the row's other columns.
    assert [row["country"] for row in rows] == ["Chile", "Chile", "Chile"]


def test_the_command_shows_it(archive: Archive, run: Any) -> None:
    place = ("--index", archive.config.index_path)
    shown: Outcome = run(*place, "show", "note", "--json")
    assert json.loads(shown.out)["country"] == "Côte d’Ivoire"
    shown = run(*place, "show", "bare", "--csv")
    assert next(csv.DictReader(io.StringIO(shown.out)))["country"] == ""
    assert COUNTRY.example in run("query", "--syntax").out


def test_the_api_tells_it_and_describes_it(client: FlaskClient) -> None:
    found = json_of(client, "/api/search", q="shut", n="9")
    listed = json_of(client, "/api/documents", country="Chile")
    described = json_of(client, "/api/openapi.json")

    assert {h["document"]: h["country"] for h in found["hits"]}["rows.csv/port"] == "Peru"
    assert {h["country"] for h in found["hits"]} == {
        "Chile",
        "Peru",
        "Bolivia",
        "Côte d’Ivoire",
        "",
    }
    assert {d["id"]: d["country"] for d in listed["documents"]} == {
        "page": "Chile",
        "rows.csv/mine": "Chile",
    }
    for name in ("Hit", "Document"):
        schema = described["components"]["schemas"][name]
        assert schema["properties"]["country"]["type"] == "string"
        assert "country" in schema["required"]
    asked = described["paths"]["/api/documents"]["get"]["parameters"]
    assert "country" in [one["name"] for one in asked]


def links(client: FlaskClient, url: str) -> Iterator[dict[str, list[str]]]:
    page = client.get(url)
    assert page.status_code == 200
    for part in page.text.split('href="')[1:]:
        yield parse_qs(urlsplit(part.partition('"')[0].replace("&amp;", "&")).query)


def test_pages_narrow_down_by_it_and_show_it(client: FlaskClient) -> None:
    offered = [asked["q"][0] for asked in links(client, "/search?q=shut") if "q" in asked]
    assert "country:Chile shut" in offered
    assert 'country:"Côte d’Ivoire" shut' in offered
    assert {"country": ["Peru"]} in list(links(client, "/documents"))
    assert "Country: Peru" in client.get("/documents?country=Peru").text
    assert "<dt>Country</dt><dd><bdi>Peru</bdi></dd>" in client.get("/doc/rows.csv/port").text


def test_the_help_explains_it(client: FlaskClient) -> None:
    assert any(COUNTRY.example in each.examples for each in operators())
    page = client.get("/help").text
    assert COUNTRY.example in page
    assert COUNTRY.finds in page


def test_a_corpus_is_read_again_with_a_new_field(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.md").write_text("---\nregion: North\n---\n\nA mine.\n", encoding="utf-8")
    archive = backstory.open(tmp_path / "index", corpus=corpus, index__jobs=1)
    archive.index()
    with FIELDS.extended(DocumentField("region", "Region", filter="region", facet="region")):
        assert archive.search("mine", facets=True).facets["region"] == {}
        archive.index()
        again = archive.index()

        assert again.unchanged == 1
        assert archive.search("mine", facets=True).facets["region"] == {"North": 1}


def test_documents_indexed_before_there_was_the_field_are_without_it(tmp_path: Path) -> None:
    received = DocumentField(
        "received", "Received", filter="received", match=Match.RANGE, facet="arrival"
    )
    index = EmbeddedIndex(tmp_path / "index")
    fill_index(index, make_document("old", "a radio"), make_document("gone", "a radio"))
    with FIELDS.extended(received):
        new = make_document("new", "a radio", facts={"received": "2018-03"})
        searcher = Searcher(fill_index(index, new, delete=["gone"]))
        result = searcher.search("*", facets=True)

        assert [hit.to_json()["received"] for hit in result] == ["2018-03", ""]
        assert result.facets["arrival"] == {"2018": 1, "none": 1}
        assert [hit.document for hit in searcher.search("received:2017..2018")] == ["new"]
        assert list(index.check(deep=True)) == []
    assert [d.id for d, _, _ in index.open().documents()] == ["new", "old"]
    assert list(index.check(deep=True)) == []


def test_the_fields_of_the_product_are_the_attributes_of_documents_and_passages() -> None:
    files = {"path", "sha256", "facts"}
    of_documents = {field.name for field in CORE if not field.is_of_passage}
    of_passages = {field.name for field in CORE if field.is_of_passage}

    assert of_documents == {field.name for field in fields(Document)} - files
    assert of_passages <= {field.name for field in fields(Passage)}


@pytest.mark.parametrize(
    "field",
    [
        DocumentField("kind"),
        DocumentField("sort", filter="kind"),
        DocumentField("places", is_list=True, facet="place"),
    ],
)
def test_a_field_that_cannot_be_is_refused(field: DocumentField) -> None:
    before = FIELDS.all
    with pytest.raises(ValueError, match=field.name), FIELDS.extended(field):
        pass
    assert FIELDS.all == before
