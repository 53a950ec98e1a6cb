"""Files are given to be kept and never to be run; pages are shown as pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

import backstory
from backstory import Archive
from backstory.webui.app import create_app
from backstory.webui.original_pages import attachment, safe_type
from backstory.webui.security import HEADERS
from tests.originals import HOSTILE, fill, pdf
from tests.webui.conftest import Page

ODD = 'a\r\nSet-Cookie: x=1; "q" %0d%0a ü 文件 \u202etxt.html'
RUN_BY_BROWSERS = ("trap.html", "drawing.svg", "feed.xml", "page.xhtml", "mail.mhtml")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """An archive with one file of each kind, and some that a browser would run."""
    folder = tmp_path_factory.mktemp("originals")
    corpus = folder / "corpus"
    fill(corpus)
    for name in (ODD, *RUN_BY_BROWSERS):
        content = HOSTILE.replace("trap", f"trap {sum(name.encode())}")
        (corpus / name).write_text(content, encoding="utf-8")
    (corpus / "trap.txt").write_text(HOSTILE.replace("trap", "snare"), encoding="utf-8")
    with backstory.open(folder / "index", corpus=corpus) as opened:
        opened.index()
        yield opened


def app_of(archive: Archive) -> Flask:
    return create_app(archive.config, archive.searcher, originals=archive.originals)


@pytest.fixture(scope="module")
def browser(archive: Archive) -> FlaskClient:
    """A browser at it."""
    return app_of(archive).test_client()


def ids(archive: Archive) -> list[str]:
    return [document.id for document, _ in archive.searcher.documents()]


def test_every_document_has_an_original_that_no_browser_runs(
    archive: Archive, browser: FlaskClient
) -> None:
    assert len(ids(archive)) >= 18
    for document_id in ids(archive):
        response = browser.get(f"/original/{quote(document_id)}")
        assert response.status_code == 200, document_id
        assert response.headers["Content-Disposition"].startswith('attachment; filename="')
        assert HEADERS.items() <= dict(response.headers).items()
        kind = response.headers["Content-Type"]
        assert not re.search(r"html|xml|svg|script|rfc822", kind.replace("openxml", "")), kind
        assert "\n" not in response.headers["Content-Disposition"]


@pytest.mark.parametrize("name", [*RUN_BY_BROWSERS, "x", "x.HTM", "x.js", "x.swf", "x.eml", ".svg"])
def test_what_a_browser_could_run_is_only_bytes(name: str) -> None:
    assert safe_type(name) == "application/octet-stream"


def test_a_file_is_answered_whole_and_without_its_name_on_disk(
    archive: Archive, browser: FlaskClient
) -> None:
    response = browser.get("/original/report")
    assert response.data == (archive.config.corpus_path / "report.pdf").read_bytes()
    assert response.headers["Content-Length"] == str(len(response.data))
    assert response.headers["Content-Type"] == "application/pdf"
    assert str(archive.config.corpus_path) not in str(response.headers)


def test_head_and_conditional_requests_are_answered_without_the_file(browser: FlaskClient) -> None:
    first = browser.get("/original/report")
    head = browser.head("/original/report")
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == str(len(first.data))
    again = browser.get("/original/report", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    page = browser.get("/page/report/2.png?q=ledger")
    seen = {"If-None-Match": page.headers["ETag"]}
    assert browser.get("/page/report/2.png?q=ledger", headers=seen).status_code == 304
    assert browser.get("/page/report/2.png?q=walrus", headers=seen).status_code == 200


def test_a_name_that_would_end_a_header_does_not(archive: Archive, browser: FlaskClient) -> None:
    (odd,) = [each for each in ids(archive) if "Cookie" in each]
    response = browser.get(f"/original/{quote(odd)}")
    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers
    said = response.headers["Content-Disposition"]
    assert said.isascii()
    name = unquote(said.partition("filename*=UTF-8''")[2])
    assert name.endswith("txt.html")
    assert {"ü", "文"} < set(name)
    assert not {"\r", "\n", '"', "%", "\u202e"} & set(name)


@given(st.text(max_size=300))
def test_any_name_is_one_header(name: str) -> None:
    said = attachment(name)
    assert re.fullmatch(
        r"attachment; filename=\"[ !#-~]+\"; filename\*=UTF-8''[\w.~%-]+", said, re.ASCII
    )
    assert "/" not in unquote(said.partition("''")[2])


@pytest.mark.parametrize(
    "path",
    [
        "..", "../config.toml", "%2e%2e/%2e%2e/etc/passwd", "..%2f..%2fetc%2fpasswd", "/etc/passwd",
        "report.pdf/../note", "report%00", "box.zip/../../x", "..\\..\\x", "note/", "no%0d%0aX: y",
        "report%23p1", "", "%ff%fe",
    ],
)  # fmt: skip
def test_an_address_is_no_path(browser: FlaskClient, path: str) -> None:
    assert browser.get(f"/original/{path}").status_code == 404
    assert browser.get(f"/page/{path}/1.png").status_code == 404


@pytest.mark.parametrize("page", ["0", "4", "9" * 7, "9" * 5_000, "-1", "x", "1.5", "٣"])
def test_a_page_that_is_not_there_is_404(browser: FlaskClient, page: str) -> None:
    assert browser.get(f"/page/report/{page}.png").status_code == 404
    assert browser.get(f"/page/report/{page}").status_code == 404


def test_a_document_without_pages_has_no_picture(browser: FlaskClient) -> None:
    response = browser.get("/page/note/1.png")
    assert response.status_code == 404
    assert "no pages that can be shown" in response.text


def test_what_has_changed_is_410_and_says_so(tmp_path: Path) -> None:
    fill(tmp_path / "corpus")
    with backstory.open(tmp_path / "index", corpus=tmp_path / "corpus") as archive:
        archive.index()
        client = app_of(archive).test_client()
        assert client.get("/page/report/1.png").status_code == 200
        (tmp_path / "corpus/report.pdf").write_bytes(pdf("Something else."))
        (tmp_path / "corpus/note.txt").unlink()
        for path in ("/original/report", "/page/report/1", "/page/report/1.png"):
            response = client.get(path)
            assert response.status_code == 410
            assert "has changed since it was indexed" in response.text
            assert str(tmp_path) not in response.text
        assert client.get("/original/note").status_code == 410
        assert client.get("/doc/report").status_code == 200


def test_a_picture_stands_beside_its_text(browser: FlaskClient) -> None:
    page = Page(browser.get("/page/report/3?q=lamps").text)
    (image,) = page.all("img")
    assert image["src"] == "/page/report/3.png?q=lamps"
    assert (image["width"], image["alt"][:19]) == ("1000", "Page 3 as a picture")
    assert page.marks == ["lamps"]
    assert {"/page/report/2?q=lamps", "/original/report"} <= set(page.links)
    assert "/page/report/4?q=lamps" not in page.links
    assert browser.get(image["src"]).headers["Content-Type"] == "image/png"


def test_a_passage_that_goes_on_says_where_its_marks_are(browser: FlaskClient) -> None:
    page = Page(browser.get("/page/report/1?q=ledger").text)
    assert "not marked on this page" in page.words
    assert "/page/report/2?q=ledger" in page.links
    assert "not marked" not in Page(browser.get("/page/report/2?q=ledger").text).words


def test_documents_and_hits_link_to_originals_and_pictures(browser: FlaskClient) -> None:
    reader = Page(browser.get("/doc/report?q=lamps").text)
    assert {"/original/report", "/page/report/1?q=lamps", "/page/report/3?q=lamps"} <= {
        *reader.links
    }
    hits = Page(browser.get("/search?q=lamps").text)
    assert "/page/report/3?q=lamps" in hits.links
    text = Page(browser.get("/doc/note").text)
    assert "/original/note" in text.links
    assert not [link for link in text.links if link.startswith("/page/")]


def test_the_api_has_the_links(browser: FlaskClient) -> None:
    found = browser.get("/api/documents/report?q=lamps").json
    assert found is not None
    assert found["document"]["original"] == "/original/report"
    assert [each["picture"] for each in found["passages"]] == [
        "/page/report/1.png?q=lamps",
        "/page/report/3.png?q=lamps",
    ]
    note = browser.get("/api/documents/note").json
    assert note is not None
    assert [each["picture"] for each in note["passages"]] == [""]
    result = browser.get("/api/search?q=lamps").json
    assert result is not None
    assert {hit["document"]: hit["has_picture"] for hit in result["hits"]}["report"] is True


def test_links_quote_what_means_something_in_addresses(browser: FlaskClient) -> None:
    page = Page(browser.get(f"/doc/{quote('letters.mbox/2/invoice.pdf')}?q=%26%23+x").text)
    assert "/page/letters.mbox/2/invoice.pdf/1?q=%26%23+x" in page.links


def test_without_the_setting_there_is_none_of_it(archive: Archive) -> None:
    config = archive.config.override(web__originals=False)
    app = create_app(config, archive.searcher, originals=archive.originals)
    for client in (app.test_client(), create_app(archive.config, archive.searcher).test_client()):
        for path in ("/original/report", "/page/report/1", "/page/report/1.png"):
            assert client.get(path).status_code == 404
        for path in ("/doc/report?q=lamps", "/search?q=lamps"):
            links = Page(client.get(path).text).links
            assert not [each for each in links if each.startswith(("/original", "/page"))]
        found = client.get("/api/documents/report").json
        assert found is not None
        assert found["document"]["original"] == found["passages"][0]["picture"] == ""
