"""Every route by role: who may open what, and that nothing was forgotten."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backstory import Archive
from backstory.webui.roles import ROLES, role_of
from backstory.webui.visitor import Role
from tests.newsroom import USERS, Newsroom, harbour

# One address of each endpoint.
PATHS = {
    "login": "/login",
    "style": "/style.css",
    "static": "/static/icon.svg",
    "health": "/healthz",
    "opensearch": "/opensearch.xml",
    "home": "/",
    "search": "/search?q=bridge",
    "document": "/doc/article",
    "within": "/within/article?q=bridge",
    "related": "/related/article?p=1",
    "cite": "/cite/article?p=1",
    "compare": "/compare?a=article&b=report",
    "documents": "/documents",
    "unread": "/unread",
    "draft": "/draft",
    "concordance": "/concordance?q=bridge",
    "export": "/export?q=bridge&format=csv",
    "pinboard": "/board",
    "history": "/history",
    "help": "/help",
    "original": "/original/report",
    "leaf": "/page/report/1",
    "picture": "/page/report/1.png",
    "feed": "/feed?q=bridge",
    "api_search": "/api/search?q=bridge",
    "api_complete": "/api/complete?q=br",
    "api_documents": "/api/documents",
    "api_document": "/api/documents/article",
    "api_passage": "/api/passages/article%23p1",
    "api_related": "/api/related?document=article",
    "api_concordance": "/api/concordance?q=bridge",
    "api_frequencies": "/api/frequencies?q=bridge",
    "api_collocates": "/api/collocates?q=bridge",
    "api_export": "/api/export?q=bridge&format=json",
    "api_description": "/api/openapi.json",
    "api_status": "/api/status",
    "upload": "/upload",
    "followed": "/followed",
    "news": "/followed/bridge",
    "news_feed": "/followed/bridge/feed",
    "api_follow": "/api/follow",
    "api_news": "/api/news?name=bridge",
}
# What is only posted to; test_login.py, test_uploads.py and api/test_draft.py have it.
WRITES = {
    "logout": "/logout",
    "api_upload": "/api/documents",
    "api_draft": "/api/draft",
    "follow": "/follow",
    "unfollow": "/unfollow",
    "api_follow_add": "/api/follow",
    "api_follow_remove": "/api/follow/bridge",
}
# Of a site around several archives.
SITE_PATHS = {
    "login": "/login",
    "style": "/style.css",
    "health": "/healthz",
    "home": "/",
    "search": "/search?q=bridge",
    "help": "/help",
    "api_archives": "/api/archives",
    "api_search": "/api/search?q=bridge",
    "api_description": "/api/openapi.json",
}
SECRETS = ("paid", "Brandt", "ferry", "leaking", "2 documents")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with harbour(tmp_path_factory.mktemp("roles")) as opened:
        yield opened


@pytest.fixture(scope="module")
def newsroom(archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> Newsroom:
    return Newsroom(tmp_path_factory.mktemp("users"), archive)


@pytest.fixture(scope="module")
def without_originals(archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> Newsroom:
    return Newsroom(tmp_path_factory.mktemp("users"), archive, web__originals=False)


def test_every_route_says_what_it_takes(newsroom: Newsroom) -> None:
    apps = newsroom.app, newsroom.site
    own, around = ({rule.endpoint for rule in app.url_map.iter_rules()} for app in apps)
    assert own | around == ROLES.keys()
    assert own == PATHS.keys() | WRITES.keys()
    assert around == SITE_PATHS.keys() | {"static", "logout"}


@pytest.mark.parametrize("name", ["", *USERS])
@pytest.mark.parametrize("endpoint", SITE_PATHS)
def test_around_archives_everybody_who_is_known_sees_their_own(newsroom, endpoint, name) -> None:
    client = newsroom.browser(name, newsroom.site)
    answer = client.get(SITE_PATHS[endpoint], buffered=True)
    if not name and ROLES[endpoint]:
        assert answer.status_code == (401 if SITE_PATHS[endpoint].startswith("/api/") else 303)
        return
    assert answer.status_code == (303 if endpoint == "login" and name else 200)
    is_shown = "/a/harbour/" in answer.text or '"harbour":' in answer.text
    is_about_archives = endpoint in ("health", "home", "search", "api_archives", "api_search")
    assert is_shown == (is_about_archives and name not in ("", "stranger"))


@pytest.mark.parametrize("path", ["/a/harbour/", "/a/harbour/doc/article", "/a/none/"])
def test_an_archive_of_others_is_as_good_as_none(newsroom, path) -> None:
    answers = {name: newsroom.browser(name, newsroom.site).get(path) for name in ("", *USERS)}
    assert answers[""].status_code == 303
    assert answers["stranger"].status_code == 404
    assert answers["reader"].status_code == (404 if "none" in path else 200)


@pytest.mark.parametrize("name", ["", *USERS])
def test_who_may_write_is_asked_before_anything_is_taken(newsroom, name) -> None:
    sent = {"data": b"A memo.", "content_type": "text/plain"}
    headers = newsroom.program(name) if name else {}
    client = newsroom.browser()
    answer = client.post("/api/documents?name=memo.txt", headers=headers, **sent)
    is_allowed = name in ("writer", "admin")
    assert answer.status_code == (200 if is_allowed else 403 if name else 401)


def test_a_route_that_was_forgotten_is_for_administrators() -> None:
    assert role_of("brand_new") is Role.ADMIN
    assert role_of(None) is Role.READ


def may(name: str, endpoint: str) -> bool:
    """Tell what the table promises to a user, to nobody where the name is ""."""
    takes = ROLES[endpoint]
    if takes is None:
        return True
    return name not in ("", "stranger") and USERS[name][0] >= takes


@pytest.mark.parametrize("how", ["browser", "program"])
@pytest.mark.parametrize("name", ["", *USERS])
@pytest.mark.parametrize("endpoint", PATHS)
def test_every_route_is_open_to_those_alone_who_may(newsroom, endpoint, name, how) -> None:
    headers = newsroom.program(name) if how == "program" and name else {}
    client = newsroom.browser(name if how == "browser" else "")
    answer = client.get(PATHS[endpoint], headers=headers, buffered=True)
    if may(name, endpoint):
        assert answer.status_code == (303 if endpoint == "login" and name else 200)
        return
    is_machine = PATHS[endpoint].startswith(("/api/", "/feed"))
    if name:
        assert answer.status_code == 403
    elif is_machine:
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Backstory"'
        assert answer.json["code"] == "login_needed"
    else:
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/login?next=/")
        return
    assert not [word for word in SECRETS if word in answer.text]


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
@pytest.mark.parametrize("endpoint", [each for each, takes in ROLES.items() if takes])
def test_other_methods_are_no_way_round(newsroom, endpoint, method) -> None:
    path = {**SITE_PATHS, **PATHS, **WRITES}[endpoint]
    answer = newsroom.browser().open(path, method=method)
    assert answer.status_code in (303, 401)


@pytest.mark.parametrize("endpoint", ["original", "leaf", "picture"])
def test_without_originals_there_is_nothing_for_anybody(without_originals, endpoint) -> None:
    assert without_originals.browser().get(PATHS[endpoint]).status_code == 303
    assert without_originals.browser("reader").get(PATHS[endpoint]).status_code == 404
    assert without_originals.browser("stranger").get(PATHS[endpoint]).status_code == 403


@pytest.mark.parametrize(
    "path", ["/nowhere", "/doc/none", "/original/none", "/api/none", "/static/none", "/doc/../x"]
)
def test_nobody_learns_what_is_there_and_what_is_not(newsroom, path) -> None:
    answer = newsroom.browser().get(path)
    assert answer.status_code == {"/api/none": 401, "/static/none": 404}.get(path, 303)


def test_scripts_of_a_page_are_told_and_not_led_away(newsroom) -> None:
    headers = {"Sec-Fetch-Mode": "cors"}
    assert newsroom.browser().get("/search?q=bridge", headers=headers).status_code == 401


@pytest.mark.parametrize("endpoint", PATHS)
def test_no_cache_gives_one_users_answer_to_another(newsroom, endpoint) -> None:
    for client in (newsroom.browser("admin"), newsroom.browser()):
        headers = client.get(PATHS[endpoint], buffered=True).headers
        if ROLES[endpoint]:
            assert headers["Cache-Control"] == "no-cache, private"
            assert {"Cookie", "Authorization"} <= {*headers["Vary"].split(", ")}


def test_health_has_details_for_readers_alone(archive, tmp_path) -> None:
    newsroom = Newsroom(tmp_path, archive, watching=lambda: "The disk is not there.")
    assert newsroom.browser().get("/healthz").json == {"status": "degraded", "notices": []}
    told = newsroom.browser("reader").get("/healthz").json
    assert (told["status"], len(told["notices"])) == ("degraded", 1)
