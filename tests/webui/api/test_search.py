"""The JSON twin of the result page."""

from __future__ import annotations

import pytest

from backstory.searcher import Searcher
from backstory.settings import Config


def api(client, **parameters):
    return client.get("/api/search", query_string=parameters)


def error(response):
    assert response.content_type == "application/problem+json"
    problem = response.json
    assert list(problem) == ["type", "title", "status", "detail", "hint", "code"]
    assert problem["status"] == response.status_code
    assert problem["type"] == f"/api/openapi.json#/x-problems/{problem['code']}"
    return response.status_code, problem["code"]


def test_answer_is_the_search_result(client, library):
    answer = api(client, q="secret bridge").json
    result = Searcher(library.index).search("secret bridge", facets=True).to_json()
    paging = {"page": 1, "pages": 1, "previous": None, "next": None}
    assert answer | {"seconds": 0} == result | paging | {"seconds": 0}


def test_marks_are_offsets_into_the_text(client):
    for hit in api(client, q="bridge").json["hits"]:
        marked = [hit["text"][start:end].lower() for start, end in hit["marks"]]
        assert marked
        assert set(marked) == {"bridge"}


def test_page_and_api_show_the_same_hits(client, visit):
    words = visit("/search", q="ferry mayor", n=2, page=2, by="passage").words
    hits = api(client, q="ferry mayor", n=2, page=2).json["hits"]
    assert hits
    assert all(f"{hit['passage']}\n" in words or hit["passage"] in words for hit in hits)


def test_next_leads_through_every_hit_and_previous_back(client):
    seen, url, before = [], "/api/search?q=council&n=7&exact=1", None
    while url:
        answer = client.get(url).json
        assert (answer["total"], answer["pages"]) == (30, 5)
        assert answer["previous"] == before
        seen += [hit["passage"] for hit in answer["hits"]]
        before, url = url, answer["next"]
        before = before.replace("exact=1&", "") if "page=" not in before else before
        before = canonical(before)
    assert len(seen) == len(set(seen)) == 30


def canonical(url):
    """Return an address with its parameters in the order in which the API gives them."""
    path, _, rest = url.partition("?")
    held = dict(part.split("=") for part in rest.split("&"))
    return f"{path}?" + "&".join(f"{k}={held[k]}" for k in ("q", "page", "n", "exact") if k in held)


@pytest.mark.parametrize("page", ["6", "1000000000", "9" * 4000])
def test_page_past_the_end_has_no_hits_and_the_same_totals(client, page):
    answer = api(client, q="council", n=7, page=page).json
    assert answer["hits"] == []
    assert answer["total"] == 30
    assert answer["next"] is None
    assert "page=5" in answer["previous"]


def test_size_above_the_limit_is_cut_to_it(library):
    client = library.client(Config().override(search__max_page_size=4))
    answer = api(client, q="council", n=1_000_000).json
    assert (answer["limit"], len(answer["hits"]), answer["total"]) == (4, 4, 30)


@pytest.mark.parametrize("name", ["page", "n"])
@pytest.mark.parametrize("value", ["0", "-5", "abc", "", "1.5", "٣x", "1e3", "<b>"])
def test_number_that_is_none_is_refused(client, name, value):
    response = api(client, q="bridge", **{name: value})
    assert error(response) == (400, "bad_parameter")
    assert name in response.json["detail"]


@pytest.mark.parametrize("parameters", [{}, {"q": ""}, {"q": " \t "}])
def test_missing_query_is_refused(client, parameters):
    assert error(api(client, **parameters)) == (400, "query_missing")


def test_query_up_to_the_limit_is_answered_and_a_longer_one_refused(library):
    client = library.client(Config().override(search__max_query_chars=20))
    assert api(client, q="b" * 20).status_code == 200
    response = api(client, q="b" * 21)
    assert error(response) == (400, "query_too_long")
    assert "20" in response.json["detail"]


@pytest.mark.parametrize(
    "text", ["w " * 500_000, "x" * 50_000, "(" * 5_001, "word " * 10_000, "\0" * 5_001]
)
@pytest.mark.parametrize("path", ["/api/search", "/search", "/doc/article/bridge"])
def test_huge_queries_are_refused_before_they_are_read(client, path, text):
    response = client.get(path, query_string={"q": text})
    assert response.status_code == 400
    assert len(response.data) < 20_000


@pytest.mark.parametrize("exact", ["1", "true"])
def test_exact_forbids_correction(client, exact):
    corrected, kept = api(client, q="lobbey").json, api(client, q="lobbey", exact=exact).json
    assert (corrected["total"], corrected["searched"]) == (1, "lobby")
    assert (kept["total"], kept["searched"]) == (0, "lobbey")
    assert kept["suggestions"][0]["text"] == "lobby"


def complete(client, **parameters):
    """Ask the API how a text may go on."""
    return client.get("/api/complete", query_string=parameters)


def test_text_that_is_typed_is_completed(client):
    answer = complete(client, q="the br").json
    assert list(answer) == ["text", "completions"]
    assert answer["text"] == "the br"
    assert answer["completions"] == [
        {"text": 'title:"The bridge nobody paid for"', "shown": "The bridge nobody paid for",
         "kind": "title", "count": 5},
        {"text": "the bridge", "shown": "bridge", "kind": "word", "count": 4},
        {"text": "the brandt", "shown": "brandt", "kind": "word", "count": 2},
    ]  # fmt: skip


@pytest.mark.parametrize("parameters", [{}, {"q": ""}, {"q": "bridge "}, {"q": "(((-"}])
def test_nothing_is_completed_where_no_word_is_being_typed(client, parameters):
    response = complete(client, **parameters)
    assert (response.status_code, response.json["completions"]) == (200, [])


def test_completion_of_a_text_that_is_too_long_is_refused(client):
    assert error(complete(client, q="b" * 5_001)) == (400, "query_too_long")


def test_completion_is_json_whatever_is_typed(client):
    response = client.get("/api/complete?q=%00<b>%FF%E2%80%AE b")
    assert response.is_json
    assert response.json["completions"][0]["text"].endswith(" bridge")


def test_answer_carries_the_generation(shelf):
    client = shelf.client()
    shelf.put("a", "A gull.")
    first = api(client, q="gull").json["generation"]
    shelf.put("b", "A gull.")
    second = api(client, q="gull").json
    assert second["generation"] > first
    assert second["total"] == 2


@pytest.mark.parametrize("path", ["/api/", "/api/nothing", "/api/search/", "/api//search"])
def test_unknown_paths_answer_in_json(client, path):
    assert error(client.get(path)) == (404, "not_found")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW"])
def test_other_methods_answer_in_json(client, method):
    response = client.open("/api/search?q=bridge", method=method)
    assert error(response) == (405, "method_not_allowed")
    assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_large_bodies_are_refused(client, method):
    response = client.open("/api/search?q=x", method=method, data=b"[" * (64 * 1024 + 1))
    assert error(response) == (413, "body_too_large")


def test_body_of_a_get_is_not_read(client):
    response = client.get("/api/search?q=lobby", data=b"[" * 60_000)
    assert response.json["total"] == 1
