"""Several archives in one site: each is whole under its path, one question asks them all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from werkzeug.test import Client

from backstory.settings import Config
from backstory.webui.mounting import MountedArchive, MountedArchives
from backstory.webui.site import create_site
from backstory.webui.visitor import KEY, Role, Visitor
from tests.webui.conftest import BRIDGE, MEMO, NOTA, Page, Shelf

# A page for each endpoint of the site around the archives.
PATHS = {
    "home": "/",
    "search": "/search?q=bridge",
    "help": "/help",
    "style": "/style.css",
    "health": "/healthz",
    "api_archives": "/api/archives",
    "api_search": "/api/search?q=bridge",
    "api_description": "/api/openapi.json",
}
# What may stand where the name of an archive does.
NO_NAMES = [
    *("none", "harbour2", "Harbour", "HARBOUR", "harbou", ".", "..", "...", "", "%2e%2e", "*"),
    *("harbour%00", "%2fharbour", "harbour;x", "harbour%20"),
    *("..%2fa%2fharbour", "a%5charbour", "harbour%0d%0aX:1", "härbour", "%ff", "x" * 5000),
]


class Site:
    """Archives under names, and a browser at the site that serves them."""

    def __init__(self, config: Config | None = None, **readers: Iterable[str]) -> None:
        self.made: list[str] = []
        shelves = {
            "harbour": ("The harbour", Shelf(BRIDGE, MEMO)),
            "faro": ("El <faro>", Shelf(NOTA)),
            "closed": ("Closed", Shelf(BRIDGE)),
        }
        mounted = MountedArchives(
            MountedArchive(
                name, title, self._make(name, title, shelf), frozenset(readers.get(name, ()))
            )
            for name, (title, shelf) in shelves.items()
        )
        self.troubles: dict[str, str] = {}
        self.app = create_site(config or Config(), mounted)
        self.served = mounted.mounted(self.app)
        self.client = Client(self.served)

    def _make(self, name: str, title: str, shelf: Shelf) -> Callable[[], Any]:
        def make() -> Any:
            self.made.append(name)
            return shelf.app(title=title, archive=name, health=lambda: self.troubles.get(name))

        return make

    def get(self, path: str, who: Visitor | None = None, **environ: Any) -> Any:
        if who:
            environ[KEY] = who
        return self.client.get(path, environ_overrides={"HTTP_HOST": "localhost", **environ})

    def page(self, path: str, who: Visitor | None = None) -> Page:
        response = self.get(path, who)
        assert response.status_code == 200, response.text
        return Page(response.text)


@pytest.fixture
def site() -> Site:
    return Site()


def reader(*archives: str) -> Visitor:
    """A reader of some archives."""
    return Visitor("ana", Role.READ, frozenset(archives))


def test_every_endpoint_of_the_site_is_tried(site: Site) -> None:
    assert {rule.endpoint for rule in site.app.url_map.iter_rules()} - {"static"} == PATHS.keys()
    for path in PATHS.values():
        assert site.get(path).status_code == 200, path


def test_the_first_page_lists_archives_with_their_counts_and_newest(site: Site) -> None:
    page = site.page("/")
    assert [link for link in page.links if link.endswith("/")][:3] == [
        *("/a/harbour/", "/a/faro/", "/a/closed/")
    ]
    assert "El <faro>" in page.words
    assert "2 documents" in page.words
    assert "/a/harbour/doc/article/bridge" in page.links


def test_applications_are_made_when_they_are_asked(site: Site) -> None:
    assert site.made == []
    site.get("/a/faro/")
    site.get("/a/faro/search?q=puente")
    assert site.made == ["faro"]


def test_one_question_asks_all_and_leads_into_each(site: Site) -> None:
    page = site.page("/search?q=bridge+contract")
    assert "The harbour" in page.words
    assert set(page.marks) >= {"bridge", "contract"}
    assert "/a/harbour/search?q=bridge+contract" in page.links
    within = next(link for link in page.links if link.startswith("/a/harbour/doc/article/bridge"))
    assert site.page(within).marks


def test_archives_that_find_nothing_are_named_in_a_line(site: Site) -> None:
    page = site.page("/search?q=alcalde")
    assert "1 passage in 1 archive" in " ".join(page.words.split())
    assert "Nothing in The harbour, Closed." in " ".join(page.words.split())


def test_archives_with_all_the_words_come_first(site: Site) -> None:
    page = site.page("/search?q=puente+contratos+bridge")
    headings = [link for link in page.links if "/search?q=" in link]
    assert headings[0].startswith("/a/")
    more = site.page("/search?q=alcalde+bridge")
    assert more.words.index("The harbour") < more.words.index("El <faro>")
    first = site.page("/search?q=Brandt+puente")
    assert first.words.index("El <faro>") < first.words.index("The harbour")


def test_question_that_is_empty_leads_home_and_one_that_is_too_long_is_refused(site: Site) -> None:
    assert site.get("/search?q=+").location == "/"
    assert site.get("/search?q=" + "x" * 6000).status_code == 400
    assert site.get("/api/search").json["code"] == "query_missing"
    assert site.get("/api/search?q=x&n=no").json["code"] == "bad_parameter"


def test_a_broken_archive_says_so_and_the_others_answer(site: Site) -> None:
    site.troubles["closed"] = "a-secret-file.terms has the wrong checksum"
    page = site.page("/search?q=bridge")
    assert "Closed: The index is damaged." in page.words
    assert "a-secret" not in page.text
    assert "/a/harbour/search?q=bridge" in page.links
    assert "The index is damaged." in site.page("/").words
    found = site.get("/api/search?q=bridge").json
    broken = next(each for each in found["archives"] if each["name"] == "closed")
    assert (broken["result"], broken["problem"]["code"]) == (None, "index_damaged")
    health = site.get("/healthz")
    assert (health.status_code, health.json["status"]) == (200, "degraded")
    assert health.json["archives"] == {"harbour": "ok", "faro": "ok", "closed": "index_damaged"}
    site.troubles |= dict.fromkeys(("harbour", "faro"), "is broken")
    assert site.get("/healthz").status_code == 503
    assert site.get("/").status_code == 200


def test_an_archive_is_whole_under_its_path(site: Site) -> None:
    page = site.page("/a/harbour/search?q=bridge")
    assert "/search?q=bridge" in page.links  # to ask all
    ours = [link for link in page.links if not link.startswith(("#", "/search?", "http"))]
    assert ours
    assert {link.split("/")[1:3] == ["a", "harbour"] for link in ours} == {True}
    for path in ("style.css", "static/script/main.js", "api/status", "feed?q=bridge", "board"):
        with site.get(f"/a/harbour/{path}") as response:
            assert response.status_code == 200, path


def test_every_page_of_an_archive_says_its_title_and_leads_back(site: Site) -> None:
    for path in (
        "",
        "documents",
        "doc/article/bridge",
        "help",
        "board",
        "unread",
        "concordance?q=a",
    ):
        page = site.page(f"/a/harbour/{path}")
        assert "The harbour" in page.words, path
        assert {"/", "/search?q=a"} & set(page.links), path
    assert "The harbour" in site.get("/a/harbour/doc/none").text


def test_what_leaves_an_archive_has_its_address(site: Site) -> None:
    feed = site.get("/a/harbour/feed?q=bridge").text
    assert "http://localhost/a/harbour/doc/article/bridge" in feed
    assert "urn:backstory:harbour:query:bridge" in feed
    assert "urn:backstory:harbour:passage:" in feed
    search = site.get("/a/harbour/opensearch.xml").text
    assert "<ShortName>The harbour</ShortName>" in search
    assert "http://localhost/a/harbour/search?q=" in search
    quoted = site.get("/a/harbour/cite/article/bridge?p=1").text
    assert "http://localhost/a/harbour/doc/article/bridge" in quoted
    found = site.get("/a/harbour/api/search?q=bridge&n=1").json
    assert found["next"].startswith("/a/harbour/api/search?q=bridge")


def test_the_site_may_itself_be_under_a_path() -> None:
    site = Site(Config().override(web__base_url="https://news.example/backstory"))
    page = Page(site.get("/", SCRIPT_NAME="/backstory").text)
    assert "/backstory/a/harbour/" in page.links
    assert "/backstory/a/harbour/doc/article/bridge" in page.links
    redirect = site.get("/a/harbour", SCRIPT_NAME="/backstory")
    assert (redirect.status_code, redirect.location) == (308, "/backstory/a/harbour/")
    inside = Page(site.get("/a/harbour/", SCRIPT_NAME="/backstory").text)
    assert "/backstory/" in inside.links
    quoted = site.get("/a/harbour/feed?q=bridge", SCRIPT_NAME="/backstory").text
    assert "/backstory/a/harbour/doc/article/bridge" in quoted


@pytest.mark.parametrize("name", NO_NAMES)
def test_what_is_no_name_of_an_archive_is_not_there(site: Site, name: str) -> None:
    for rest in ("", "/", "/search?q=bridge", "/api/status", "/../harbour/"):
        response = site.get(f"/a/{name}{rest}")
        assert response.status_code in (400, 404), (name, rest)
        assert "receipt" not in response.text
    assert site.made == []


@pytest.mark.parametrize("way", ["../faro/", "%2e%2e/faro/", "..%2ffaro/", "a/faro/", "/a/faro/"])
def test_no_path_leads_from_one_archive_into_another(site: Site, way: str) -> None:
    for path in (f"/a/harbour/{way}", f"/a/harbour%2f{way}"):
        response = site.get(path)
        assert (response.status_code, "The harbour" in response.text) == (404, True)
    assert site.made == ["harbour"]


def test_who_may_not_read_an_archive_gets_what_there_is_for_one_that_is_not_there() -> None:
    site = Site()
    who = reader("faro")
    for rest in ("", "/", "/search?q=bridge", "/doc/article/bridge", "/api/status", "/style.css"):
        refused, none = site.get(f"/a/harbour{rest}", who), site.get(f"/a/xarbour{rest}", who)
        assert refused.status_code == none.status_code == 404
        assert refused.text.replace("harbour", "") == none.text.replace("xarbour", "")
        headers = ("Content-Length", "Date")
        assert [h for h in refused.headers if h[0] not in headers] == [
            h for h in none.headers if h[0] not in headers
        ]
    assert site.made == []


def test_only_what_may_be_read_is_listed_and_asked() -> None:
    site = Site()
    who = reader("faro")
    for path in ("/", "/search?q=bridge", "/api/archives", "/api/search?q=bridge", "/healthz"):
        text = site.get(path, who).text
        assert "arbour" not in text, path
        assert "losed" not in text, path
    assert set(site.made) <= {"faro"}
    assert "No archive to read" in site.page("/", reader()).words


def test_readers_of_the_settings_are_users_and_administrators() -> None:
    site = Site(closed=["bo"])

    def sees(who: Visitor) -> bool:
        return site.get("/a/closed/", who).status_code == 200

    assert not sees(Visitor("ana", Role.WRITE))
    assert not sees(Visitor("", Role.READ))
    assert sees(Visitor("bo", Role.READ))
    assert not sees(Visitor("bo", Role.READ, frozenset({"faro"})))
    assert sees(Visitor("root", Role.ADMIN))


def test_other_hosts_and_methods_are_refused_by_the_site_too(site: Site) -> None:
    assert site.get("/", HTTP_HOST="evil.example").status_code == 400
    assert site.get("/a/harbour/", HTTP_HOST="evil.example").status_code == 400
    assert site.client.post("/search", headers={"Host": "localhost"}).status_code == 405
