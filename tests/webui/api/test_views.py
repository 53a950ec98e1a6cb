"""The JSON twins: what each of them answers, and that it is what the Searcher says."""

from __future__ import annotations

import csv
import io
import json
from urllib.parse import quote

import pytest

from backstory.engine.documents import Document, IndexedDocument, Passage, SkippedFile
from backstory.engine.remarks import Code, Remark, unreadable
from backstory.searcher import Searcher
from backstory.searcher.exports import OURS, find
from backstory.settings import Config
from backstory.webui.api.views import file_name
from backstory.webui.citing import locator

ODD = "box 7/memo #3 100%? café & <b>.txt"


@pytest.fixture
def ask(client):
    """Ask for what must be there."""

    def asked(path, **parameters):
        response = client.get(f"/api/{path}", query_string=parameters)
        assert response.status_code == 200, response.text
        return response.json

    return asked


def refused(client, path, **parameters):
    response = client.get(f"/api/{path}", query_string=parameters or None)
    assert response.content_type == "application/problem+json"
    return response.status_code, response.json["code"]


def test_explain_says_what_words_stand_for_and_why(ask):
    plain = ask("search", q="bridge ferry")
    explained = ask("search", q="bridge ferry", explain=1)
    assert plain["words"] == []
    assert [word["text"] for word in explained["words"]] == ["bridge", "ferry"]
    assert all(hit["why"] for hit in explained["hits"])
    assert [hit["passage"] for hit in plain["hits"]] == [h["passage"] for h in explained["hits"]]


def test_next_keeps_every_parameter_and_takes_none_for_its_own(client):
    url = "/api/search?n=1&q=bridge+%26+b%C3%BCro&explain=1&_external=1&_scheme=evil&_anchor=x"
    following = client.get(url).json["next"]
    assert following.startswith("/api/search?q=bridge+%26+b%C3%BCro&page=2&")
    answer = client.get(following).json
    assert (answer["page"], answer["text"]) == (2, "bridge & büro")
    assert answer["hits"][0]["why"]


def test_documents_are_listed_once_each(ask):
    first = ask("documents", n=3)
    second = ask("documents", n=3, page=2)
    ids = [held["id"] for answer in (first, second) for held in answer["documents"]]
    assert ids == sorted(ids) == ["article/bridge", ODD, "es/nota", "long/minutes"]
    assert (first["total"], first["pages"], second["next"]) == (4, 2, None)
    assert first["documents"][0]["passages"] == 5


@pytest.mark.parametrize(
    ("sort", "dates"),
    [
        ("newest", ["2018-11", "2018-03-09", "2017", "2016-05-01"]),
        ("oldest", ["2016-05-01", "2017", "2018-03-09", "2018-11"]),
    ],
)
def test_documents_are_sorted_by_date(ask, sort, dates):
    assert [held["date"] for held in ask("documents", sort=sort)["documents"]] == dates


def test_documents_without_a_date_come_last(shelf):
    shelf.put("a", "One.")
    shelf.put("b", "Two.", date="2018")
    client = shelf.client()
    for sort in ("newest", "oldest"):
        listed = client.get(f"/api/documents?sort={sort}").json["documents"]
        assert [held["id"] for held in listed] == ["b", "a"]


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        ({"source": "City Archive"}, [ODD, "long/minutes"]),
        ({"source": "City Archive", "year": "2016"}, ["long/minutes"]),
        ({"kind": "article"}, ["article/bridge"]),
        ({"language": "es"}, ["es/nota"]),
        ({"source": "Nobody"}, []),
    ],
)
def test_documents_are_narrowed_by_facts(ask, wanted, ids):
    assert [held["id"] for held in ask("documents", **wanted)["documents"]] == ids


def test_documents_are_those_of_the_newest_commit(shelf):
    shelf.put("a", "One.")
    client = shelf.client()
    assert client.get("/api/documents").json["total"] == 1
    shelf.put("b", "Two.")
    assert client.get("/api/documents").json["total"] == 2


def test_document_has_its_passages_with_marks(ask, library):
    answer = ask("documents/article/bridge", q="contract")
    opened = Searcher(library.index).open("article/bridge", "contract")
    assert answer["matches"] == opened.matches == 2
    for told, read in zip(answer["passages"], opened.passages, strict=True):
        assert told["text"] == read.passage.text
        assert told["marks"] == (read.marks and [list(mark) for mark in read.marks])
    assert answer["document"]["url"] == "https://www.courier.example/bridge"


def test_passage_has_the_language_that_it_is_in(shelf):
    passages = (Passage("a", 1, "A harbour."), Passage("a", 2, "Un puerto.", language="es"))
    shelf.commit(add=[IndexedDocument(Document("a", "A title", language="en"), passages)])
    answer = shelf.client().get("/api/documents/a").json
    assert [held["language"] for held in answer["passages"]] == ["en", "es"]
    assert [hit["language"] for hit in shelf.client().get("/api/search?q=puerto").json["hits"]] == [
        "es"
    ]


def test_links_of_documents_and_passages_lead_to_their_pages(client):
    answer = client.get(f"/api/documents/{quote(ODD)}?q=ferry").json
    for link in (answer["document"]["link"], answer["passages"][0]["link"]):
        assert "Memo on the ferry" in client.get(link).text


def test_passage_has_its_neighbours(ask):
    answer = ask("passages/" + quote("article/bridge#p3"), q="mayor")
    assert answer["passage"]["text"].startswith("A ferry captain")
    assert answer["passage"]["marks"]
    assert [held["number"] for held in answer["before"]] == [2]
    assert [held["number"] for held in answer["after"]] == [4]


@pytest.mark.parametrize(
    ("number", "around", "before", "after"),
    [(1, 1, [], [2]), (5, 2, [3, 4], []), (3, 0, [], []), (3, 10**9, [1, 2], [4, 5])],
)
def test_neighbours_end_where_the_document_ends(ask, number, around, before, after):
    answer = ask("passages/" + quote(f"article/bridge#p{number}"), around=around)
    assert [held["number"] for held in answer["before"]] == before
    assert [held["number"] for held in answer["after"]] == after


def test_passage_can_be_cited_in_every_form(ask):
    cited = ask("passages/" + quote(f"{ODD}#p1"))["citations"]
    assert cited["quote"].startswith("“The ferry must run")
    assert cited["markdown"].startswith("> The ferry must run")
    assert cited["bibtex"].startswith("@misc{")
    assert json.loads(cited["csl-json"])[0]["title"] == "Memo on the ferry"


@pytest.mark.parametrize(
    "path",
    [
        *("documents/nowhere", "documents/article/bridge/", "passages/nowhere%23p1"),
        *("passages/article/bridge", "passages/article/bridge%23p6"),
        *("passages/article/bridge%23p0", "related?passage=nowhere%23p1"),
        "related?document=nowhere",
    ],
)
def test_what_is_not_there_is_404(client, path):
    assert refused(client, path) == (404, "not_found")


def test_related_passages_are_in_other_documents_and_share_something(ask, library):
    answer = ask("related", passage="article/bridge#p3", n=2)
    found = Searcher(library.index).related("article/bridge#p3", limit=2)
    assert found
    assert answer["related"] == json.loads(json.dumps([one.to_json() for one in found]))


def test_related_documents_say_what_they_share(ask, library):
    answer = ask("related", document="article/bridge")
    found = Searcher(library.index).related_documents("article/bridge")
    assert found
    assert [one["document"]["id"] for one in answer["related"]] == [d.id for d, _ in found]
    assert [one["text"] for one in answer["related"][0]["shared"]] == [s.text for s in found[0][1]]
    assert answer["related"][0]["document"]["passages"] > 0


@pytest.mark.parametrize(
    "asked", [{}, {"passage": "a#p1", "document": "a"}, {"passage": " "}, {"document": ""}]
)
def test_related_wants_a_passage_or_a_document(client, asked):
    assert refused(client, "related", **asked) == (400, "bad_parameter")


def test_concordance_is_paged_in_its_order(ask):
    every = ask("concordance", q="bridge", sort="left")
    lines = [
        line
        for page in range(1, every["pages"] + 4)
        for line in ask("concordance", q="bridge", sort="left", n=1, page=page)["lines"]
    ]
    assert lines == every["lines"]
    assert every["marks"] == len(lines) == 4


def test_concordance_lines_have_the_width(ask):
    for line in ask("concordance", q="council", width=12)["lines"]:
        assert len(line["left"]) <= 12 >= len(line["right"])


def test_frequencies_count_documents_and_years(ask):
    answer = ask("frequencies", q="contract bridge")
    assert answer["read"] == answer["total"]
    assert sum(each["passages"] for each in answer["documents"]) == answer["total"]
    assert [each["value"] for each in answer["years"]] == ["2017", "2018"]


def test_collocates_stand_near(ask):
    answer = ask("collocates", q="council", n=1)
    assert (len(answer["collocates"]), answer["found"] >= 1) == (1, True)
    assert answer["collocates"][0]["near"] <= answer["collocates"][0]["passages"]


@pytest.mark.parametrize("path", ["search", "concordance", "frequencies", "collocates", "export"])
def test_what_needs_a_query_says_so(client, path):
    assert refused(client, path) == (400, "query_missing")
    assert refused(client, path, q="x" * 5_001) == (400, "query_too_long")
    assert refused(client, path, q="x", exact="perhaps") == (400, "bad_parameter")


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        *(("documents", "sort", "size"), ("concordance", "sort", ""), ("export", "format", "pdf")),
        *(
            ("search", "explain", "yes"),
            ("concordance", "width", "-1"),
            ("collocates", "window", "0"),
        ),
        *(("documents", "page", "0"), ("related", "n", "x"), ("export", "n", "1e3")),
    ],
)
def test_wrong_parameter_is_named(client, path, name, value):
    given = {"q": "bridge", "passage": "article/bridge#p1", name: value}
    response = client.get(f"/api/{path}", query_string=given)
    assert (response.status_code, response.json["code"]) == (400, "bad_parameter")
    assert response.json["detail"].startswith(f"{name} must be ")


@pytest.mark.parametrize("form", OURS)
def test_export_is_that_of_the_searcher(client, library, form):
    response = client.get("/api/export", query_string={"q": "ferry mayor", "format": form})
    hits = Searcher(library.index).search("ferry mayor", limit=100)
    with library.app().test_request_context():
        assert response.text == "".join(find(form).write_hits(hits, locator()))
    assert response.content_type == find(form).content_type
    disposition = response.headers["Content-Disposition"]
    assert disposition == f'attachment; filename="backstory-ferry-mayor.{find(form).suffix}"'
    assert response.headers["Backstory-Total"] == str(hits.total)


def test_export_has_every_hit_or_as_many_as_are_wanted(client):
    rows = list(csv.DictReader(io.StringIO(client.get("/api/export?q=council").text)))
    assert len({row["passage"] for row in rows}) == len(rows) == 30
    limited = client.get("/api/export?q=council&n=9")
    assert len(list(csv.DictReader(io.StringIO(limited.text)))) == 9
    assert limited.headers["Backstory-Total"] == "30"


def test_export_is_sent_piece_by_piece(client):
    with client.get("/api/export?q=council") as response:
        assert response.is_streamed
        assert "Content-Length" not in response.headers


def test_export_without_hits_is_empty_in_its_form(client):
    assert client.get("/api/export?q=zeppelin&format=csl-json&exact=1").text == "[]\n"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("secret talks", "backstory-secret-talks"),
        ('"\r\nX: y', "backstory-x-y"),
        ("../../etc", "backstory-etc"),
        ("…", "backstory"),
        ("x" * 500, "backstory-" + "x" * 50),
    ],
)
def test_file_of_an_export_has_a_harmless_name(text, name):
    assert file_name(text) == name


def test_status_tells_what_the_index_holds(ask, library):
    answer = ask("status")
    held = library.index.open().statistics
    assert (answer["documents"], answer["passages"]) == (held.documents, held.passages)
    assert answer["sources"] == {"City Archive": 2, "Harbour Courier": 1, "El Faro": 1}
    assert (answer["first_date"], answer["last_date"]) == ("2016-05-01", "2018-11")
    assert answer["age_seconds"] >= 0


def test_status_names_skipped_files_but_no_place_on_the_server(shelf, tmp_path):
    config = Config().override(corpus__path=str(tmp_path / "corpus"), index__path=str(tmp_path))
    writer = shelf.index.writer()
    broken = f"the reader failed (ValueError: {tmp_path}/corpus/a.pdf in {tmp_path}/x)"
    writer.skip(
        [
            SkippedFile("box/a.pdf", unreadable(broken)),
            SkippedFile("\x1b[31m", Remark.of(Code.NOT_REGULAR)),
        ]
    )
    writer.commit()
    writer.close()
    response = shelf.client(config).get("/api/status")
    first, second = response.json["skipped"]
    assert (first["path"], first["code"]) == ("box/a.pdf", "unreadable")
    assert second == {
        "path": "␛[31m",
        "code": "not_regular",
        "reason": "not a regular file",
        "is_stale": False,
    }
    assert str(tmp_path) not in response.text
    assert "ValueError" in response.text


def test_status_of_nothing(shelf):
    answer = shelf.client().get("/api/status").json
    assert (answer["documents"], answer["sources"], answer["first_date"]) == (0, {}, None)
