"""Words to take along: every form of citation, and whole results as files."""

from __future__ import annotations

import csv
import io
import json

import pytest

from backstory.searcher.exports import OURS, find
from backstory.searcher.exports.registry import citation_exports

CITATIONS = [each.name for each in citation_exports()]


def test_passage_is_quoted_in_every_form(visit):
    page = visit("/cite/article/bridge", p=2)
    assert len(page.all("pre")) == len(CITATIONS)
    assert (
        "“Mayor Otto Brandt signed a secret contract for the bridge in a hotel lobby.”"
        in page.words
    )
    assert "@article{article-bridge-p2," in page.words


@pytest.mark.parametrize("form", CITATIONS)
def test_each_form_is_a_file_that_says_the_same(client, visit, form):
    response = client.get(f"/cite/article/bridge?p=2&format={form}")
    assert response.status_code == 200
    assert response.content_type == find(form).content_type
    name = f'attachment; filename="citation.{find(form).suffix}"'
    assert response.headers["Content-Disposition"] == name
    assert response.text.strip() in visit("/cite/article/bridge", p=2).words


def test_document_is_cited_as_a_whole(visit):
    page = visit("/cite/article/bridge")
    assert "Ines Falk, The bridge nobody paid for, Harbour Courier, 2018-03-09" in page.words


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("/cite/none?p=1", 404),
        ("/cite/article/bridge?p=99", 404),
        ("/cite/none?p=1&format=quote", 404),
        ("/cite/article/bridge?p=1&format=<b>", 400),
        ("/cite/article/bridge?p=1&format=csv", 400),
        ("/export?q=bridge&format=pdf", 400),
        ("/export?q=bridge", 400),
        ("/export?q=bridge&form=json", 200),  # a link of earlier versions
    ],
)
def test_what_there_is_not_is_said(client, url, status):
    assert client.get(url).status_code == status


@pytest.mark.parametrize("form", OURS)
def test_whole_result_is_a_file(client, form):
    response = client.get("/export", query_string={"q": "council", "format": form})
    assert response.status_code == 200
    name = f'attachment; filename="passages.{find(form).suffix}"'
    assert response.headers["Content-Disposition"] == name
    assert "Item 30" in response.text
    assert response.text.count("drains") >= 30


def test_table_has_a_row_for_each_hit_and_json_a_line(client):
    table = client.get("/export?q=council&format=csv").text
    assert len(list(csv.DictReader(io.StringIO(table)))) == 30
    lines = client.get("/export?q=council&format=json").text.splitlines()
    assert [json.loads(line)["rank"] for line in lines] == list(range(1, 31))


def test_no_more_than_the_best_are_written(client, monkeypatch):
    monkeypatch.setattr("backstory.webui.citing.MOST", 5)
    assert len(client.get("/export?q=council&format=json").text.splitlines()) == 5


def test_exact_result_stays_exact(client):
    assert client.get("/export?q=lobbey&format=json").text
    assert client.get("/export?q=lobbey&format=json&exact=1").text == ""


def test_results_offer_every_export(visit):
    links = visit("/search", q="bridge").links
    assert all(any(f"format={form}" in link for link in links) for form in OURS)
