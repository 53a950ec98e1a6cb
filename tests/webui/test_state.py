"""How hits are listed survives every link, and every address begins where the site does."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from backstory.engine.documents import Document, IndexedDocument, Passage
from backstory.engine.remarks import Code, Remark
from backstory.settings import Config
from tests.webui.conftest import Page, Shelf, indexed

STATE = {"sort": "oldest", "by": "passage", "words_only": "1", "exact": "1", "n": "2"}
ASKING = ("/search", "/concordance", "/export", "/within", "/doc")
# What a link changes on purpose.
CHANGES = {"sort", "by", "words_only", "exact"}


def parts(url: str) -> dict[str, str]:
    """Return the parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def asking(page: Page) -> list[str]:
    """Return the links of a page that ask something."""
    main = page.text[page.text.index("<main") :]
    return [url for url in Page(main).links if url.startswith(ASKING) and "q" in parts(url)]


@pytest.mark.parametrize(
    "path",
    [
        "/search?q=bridge",
        "/search?q=bridge&page=2",
        "/search?q=source%3A%22City+Archive%22+-date%3A2017+council",
        "/search?q=brigde+council",
        "/search?q=zeppelin+%2Bferry+%2Bdrains",
        "/search?q=the+councils",
        "/concordance?q=bridge",
        "/concordance?q=brigde",
        "/concordance?q=bridge&table=collocates",
        "/concordance?q=bridge&table=counts",
        "/within/article/bridge?q=bridge",
    ],
)
def test_every_link_lists_as_before_but_for_one_choice(visit: Callable[..., Page], path: str):
    given = "&".join(f"{name}={value}" for name, value in STATE.items())
    links = asking(visit(f"{path}&{given}"))
    assert len(links) > 2
    for url in links:
        lost = {name for name, value in STATE.items() if parts(url).get(name) != value}
        assert lost <= CHANGES, url
        assert len(lost) <= 1, url


def test_a_link_that_loses_the_order_would_be_noticed(visit: Callable[..., Page]) -> None:
    assert any("sort" not in parts(url) for url in asking(visit("/search?q=bridge&by=passage")))


def test_document_leads_back_to_the_page_that_it_was_opened_from(visit: Callable[..., Page]):
    here = "/search?q=the+council&page=2&n=3&sort=newest&by=passage"
    opened = next(url for url in visit(here).links if url.startswith("/doc/"))
    back = next(url for url in visit(opened).links if url.startswith("/search"))
    assert parts(back) == parts(here)


def test_box_asks_the_next_question_in_the_same_way(visit: Callable[..., Page]) -> None:
    page = visit("/search", q="bridge", sort="newest", by="passage", exact=1)
    box = Page(page.text[page.text.index("<search>") : page.text.index("</search>")])
    hidden = {held["name"]: held["value"] for held in box.all("input", type="hidden")}
    assert hidden == {"sort": "newest", "by": "passage"}, "what is typed next may be corrected"


@pytest.mark.parametrize("path", ["/export", "/api/export"])
@pytest.mark.parametrize("sort", ["newest", "oldest"])
def test_export_has_the_order_of_the_list(client, visit, path: str, sort: str) -> None:
    listed = visit("/search", q="bridge contract puente", by="passage", sort=sort)
    shown = [held["data-passage"] for held in listed.all("li", class_="hit")]
    answer = client.get(f"{path}?q=bridge+contract+puente&format=csv&sort={sort}")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row["passage"] for row in rows] == shown
    assert len(shown) > 4


def test_earlier_addresses_of_lines_keep_their_order(visit: Callable[..., Page]) -> None:
    earlier = visit("/concordance", q="bridge", sort="left")
    now = visit("/concordance", q="bridge", lines="left", sort="newest")
    assert earlier.all("td", class_="left")
    assert earlier.text.count("<tr") == now.text.count("<tr")
    for page in (earlier, now):
        assert 'aria-current="true">left' in page.text


@pytest.fixture
def dated() -> Shelf:
    """Documents with a date, with one that is only guessed, and with none."""
    guess = Remark.of(Code.DATE_GUESSED, date="2019-02-03", where="the file's metadata")
    return Shelf(
        indexed(Document("told", "Told", date="2018-01-02"), ["Gulls over the pier."]),
        indexed(Document("scan", "Scan", date="2019-02-03", notes=(guess,)), ["Gulls and nets."]),
        indexed(Document("memo", "Memo"), ["Gulls again.", "And more gulls."]),
    )


def test_documents_without_a_date_are_a_year_of_their_own(dated: Shelf) -> None:
    client = dated.client()
    page = Page(client.get("/search?q=gulls&by=passage").text)
    assert "without a date" in page.words
    narrowed = next(url for url in page.links if "date:none" in url)
    found = Page(client.get(narrowed).text)
    hits = [held["data-passage"] for held in found.all("li", class_="hit")]
    assert hits == ["memo#p1", "memo#p2"]
    counts = client.get("/api/search?q=gulls").json["facets"]["year"]
    assert counts == {"none": 2, "2018": 1, "2019": 1}
    assert client.get("/api/search?q=date:none+gulls").json["total"] == 2
    assert client.get("/api/search?q=-date:none+gulls").json["total"] == 2
    listed = client.get("/api/documents?year=none").json["documents"]
    assert [document["id"] for document in listed] == ["memo"]
    assert "without a date" in Page(client.get("/documents").text).words


def test_years_say_that_their_dates_are_guessed(dated: Shelf) -> None:
    dated.put("fair", "More gulls and nets.", date="2019-05-05")
    client = dated.client()
    for path in ("/search?q=gulls", "/concordance?q=gulls", "/documents"):
        words = " ".join(Page(client.get(path).text).words.split())
        assert re.search(r"2019( only)? \(some guessed\)", words), path
        assert not re.search(r"2018( only)? \(", words), path
    dated.commit(delete=["fair"])
    words = " ".join(Page(client.get("/search?q=gulls").text).words.split())
    assert "2019 only (guessed)" in words


def test_names_have_the_kind_of_the_document_that_is_about_them(shelf: Shelf) -> None:
    shelf.commit(
        add=[
            IndexedDocument(
                Document("news", "News"),
                (Passage("news", 1, "Otto Brandt met Ines.", names=("Otto Brandt", "Ines")),),
            )
        ]
    )
    shelf.put("brandt", "He is the mayor.", title="Otto Brandt", kind="person")
    words = " ".join(Page(shelf.client().get("/search?q=met").text).words.split())
    assert "Otto Brandt only (person)" in words
    assert "Ines only 1" in words


PAGES = [
    *("/", "/search?q=bridge&page=2&n=1", "/search?q=zeppelin", "/documents", "/help", "/board"),
    *("/concordance?q=bridge", "/within/article/bridge?q=bridge", "/doc/article/bridge?q=bridge"),
    *("/cite/article/bridge?p=1", "/unread", "/doc/nowhere"),
]


@pytest.mark.parametrize("path", PAGES)
def test_every_address_begins_with_the_path_of_the_site(library: Shelf, path: str) -> None:
    app = library.app()
    page = Page(app.test_client().get(path, environ_overrides={"SCRIPT_NAME": "/dossier"}).text)
    names = ("href", "src", "action", "data-complete")
    urls = [held[name] for _, held in page.tags for name in names if name in held]
    inside = [url for url in urls if url.startswith("/")]
    assert len(inside) > 5
    assert [url for url in inside if not url.startswith("/dossier/")] == []
    assert [url for url in inside if url.count("/dossier/") > 1] == []


def test_programs_get_addresses_that_begin_so_too(library: Shelf) -> None:
    client = library.app().test_client()
    under = {"environ_overrides": {"SCRIPT_NAME": "/dossier"}}
    answer = client.get("/api/search?q=the&n=1&page=2", **under).json
    assert answer["next"].startswith("/dossier/api/search?q=the&page=3")
    assert answer["previous"].startswith("/dossier/api/search?q=the")
    feed = client.get("/feed?q=bridge", **under).text
    assert 'href="http://localhost/dossier/doc/' in feed
    assert "/dossier/dossier" not in feed
    moved = client.get(f"/doc/article/bridge?p=2&key={'0' * 8}", **under)
    assert moved.status_code == 200
    assert client.get(f"/search?q={quote(' ')}", **under).location == "/dossier/"


def test_archives_have_names_of_their_own_that_tell_no_path(library: Shelf, tmp_path) -> None:
    def name(corpus: str) -> str:
        config = Config().override(corpus__path=str(tmp_path / corpus))
        page = Page(library.client(config).get("/search?q=bridge").text)
        (root,) = page.all("html")
        return root["data-archive"]

    assert name("one") == name("one") != name("other")
    assert len(name("one")) == 16
