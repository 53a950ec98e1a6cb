"""Words to take along: every form of citation, and whole results as files."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

from backstory.engine.errors import ConfigError
from backstory.searcher.exports import OURS, find
from backstory.searcher.exports.registry import citation_exports
from backstory.settings import Config
from backstory.webui.base_url import checked_base_url

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
        ("/cite/article/bridge?p=99&format=quote", 404),
        ("/cite/article/bridge?p=0", 404),
        ("/cite/article/bridge?p=two", 404),
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


def test_passage_that_is_not_there_is_said_and_the_document_offered(client, page):
    response = client.get("/cite/article/bridge?p=99")
    assert response.status_code == 404
    assert "There is no passage 99 in “article/bridge”." in response.text
    assert "/doc/article/bridge" in page(response.text).links
    assert not page(response.text).all("pre")


def test_words_of_a_passage_are_quoted_alone(visit):
    shown = visit("/cite/article/bridge", p=2, words="a secret contract for the bridge")
    assert "Quote these words" in shown.words
    assert "“a secret contract for the bridge”" in shown.words
    assert "Mayor Otto Brandt" not in shown.words
    files = [held["href"] for held in shown.all("a", download="")]
    assert all("words=a+secret+contract+for+the+bridge" in link for link in files)


def test_words_may_go_on_in_the_passages_that_follow(client):
    words = "in a hotel lobby.\n\n A ferry captain kept"
    asked = {"p": 2, "words": words, "format": "quote"}
    quoted = client.get("/cite/article/bridge", query_string={**asked, "to": 3})
    assert quoted.text.startswith("“in a hotel lobby. A ferry captain kept”\n— ")
    assert client.get("/cite/article/bridge", query_string=asked).status_code == 404


def test_words_that_the_passage_does_not_have_are_no_quotation(client, page):
    response = client.get("/cite/article/bridge?p=2&words=a+secret+tunnel")
    assert response.status_code == 404
    assert "These words are not in passage 2 of “article/bridge”." in response.text
    assert "/doc/article/bridge" in page(response.text).links


@pytest.mark.parametrize("form", ["quote", "markdown", "bibtex", "csl-json"])
def test_quotation_has_a_link_that_opens(client, page, form):
    text = client.get(
        f"/cite/box%207/memo%20%233%20100%25%3F%20café%20%26%20<b>.txt?p=2&format={form}"
    )
    (url,) = set(re.findall(r"http://localhost(/doc/[^\s\"}<>]+)", text.text))
    opened = page(client.get(url).text)
    assert [held["id"] for held in opened.all("div", class_="is-target")] == ["p2"]


def test_address_of_the_archive_is_a_setting(library):
    config = Config().override(web__base_url="https://archive.example/press/")
    client = library.client(config)
    link = "https://archive.example/press/doc/article/bridge?p=2&key="
    assert link in client.get("/cite/article/bridge?p=2&format=quote").text
    assert link in client.get("/export?q=hotel&format=quote").text
    assert link in client.get("/api/export?q=hotel&format=markdown").text
    assert link in client.get("/api/passages/article/bridge%23p2").json["citations"]["quote"]
    behind = client.get(
        "/cite/article/bridge?p=2&format=quote", environ_overrides={"SCRIPT_NAME": "/x"}
    )
    assert link in behind.text, "the prefix of the proxy is not there twice"


def test_without_it_the_address_is_the_one_that_was_asked(client):
    def asked(**environ):
        return client.get("/export?q=hotel&format=quote", environ_overrides=environ).text

    assert "http://localhost:8123/doc/article/bridge?p=2" in asked(HTTP_HOST="localhost:8123")
    assert "http://localhost/x/doc/article/bridge?p=2" in asked(SCRIPT_NAME="/x")


@pytest.mark.parametrize(
    "url",
    [
        *(
            "archive.example",
            "ftp://archive.example",
            "https://",
            "javascript:alert(1)",
            "http://[x",
        ),
        *(
            "https://archive.example/?q=1",
            "https://a.example/#x",
            "https://u@a.example",
            "http://a b",
        ),
        *("https://a.example:99999", "https://a.example/\n", "//a.example", "http://a b"),
    ],
)
def test_what_is_no_address_of_a_site_is_refused(url):
    with pytest.raises(ConfigError, match=r"web\.base_url: .* is no address such as https://"):
        checked_base_url(url)


@pytest.mark.parametrize("url", ["", "http://127.0.0.1:8000", "https://archive.example/press"])
def test_address_of_a_site_is_taken(url):
    assert checked_base_url(url) == checked_base_url(f"{url}/" if url else "") == url
