"""The home page and the pages of hits."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from backstory.engine.indexes.reference import ReferenceIndex
from backstory.searcher import Searcher
from backstory.settings import Config
from backstory.webui.app import create_app


def query(url):
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def config(**settings):
    return Config().override(**settings)


def shown_hits(page):
    return page.all("li", class_="hit")


def opening(page):
    """Return the links that open a hit in its document."""
    return [link for link in page.links if link.startswith("/doc/") and "key=" in link]


def test_home_says_what_the_corpus_holds(visit):
    home = visit("/")
    assert home.all("input", name="q")[0].keys() >= {"autofocus"}
    for fact in ("4", "38", "1 May 2016", "November 2018", "English, Spanish", "Harbour Courier"):
        assert fact in home.words


def test_home_lists_the_newest_documents_first(visit):
    home = visit("/")
    assert home.words.index("Nota del puerto") < home.words.index("The bridge nobody paid for")
    assert "/doc/es/nota" in home.links


def test_every_example_and_source_on_the_home_page_has_hits(visit):
    home = visit("/")
    links = [link for link in home.links if link.startswith("/search")]
    assert links
    assert not [link for link in links if "No passage found" in visit(link).words]


def test_home_of_an_empty_index_says_how_to_fill_it(shelf):
    response = shelf.client().get("/")
    assert response.status_code == 200
    assert "backstory index" in response.text


@pytest.mark.parametrize("url", ["/search", "/search?q=", "/search?q=%20%20"])
def test_search_without_a_query_is_the_home_page(client, url):
    response = client.get(url)
    assert response.status_code == 302
    assert response.location == "/"


def test_results_keep_the_query_in_the_box(visit):
    assert visit("/search", q='bridge "x').all("input", name="q")[0]["value"] == 'bridge "x'


def test_result_shows_where_a_passage_stands(visit):
    result = visit("/search", q="lobby")
    for fact in ("The bridge nobody paid for", "Harbour Courier", "9 March 2018", "How it began"):
        assert fact in result.words
    assert "article/bridge#p2" in result.words
    assert result.marks == ["lobby"]


def test_result_counts_passages_and_those_with_all_the_words(visit):
    result = visit("/search", q="secret bridge")
    assert "4 passages, 1 with all the words" in result.words


def test_border_stands_between_all_the_words_and_some(visit):
    words = visit("/search", q="secret bridge", by="passage").words
    every, some = "Passages with all the words", "Passages with some of the words"
    assert words.index(every) < words.index("bridge#p2") < words.index(some)
    assert words.index(some) < words.index("bridge#p1")


def test_border_is_not_drawn_where_every_passage_has_all_the_words(visit):
    assert not visit("/search", q="bridge").all("h2", class_="border")


def test_pages_after_the_border_say_on_which_side_they_are(visit):
    last = visit("/search", q="secret bridge", n=1, page=3, by="passage")
    assert "Passages with some of the words" in last.words
    assert "Passages with all the words" not in last.words


def test_hit_opens_its_passage_with_query_and_key(visit):
    link = opening(visit("/search", q="lobby"))[0]
    assert urlsplit(link).fragment == "p2"
    assert query(link).keys() == {"q", "p", "key"}
    assert visit(link).marks == ["lobby"]


def test_number_of_hits_is_the_number_of_marked_passages_in_the_documents(visit):
    found = visit("/search", q="bridge ferry", n=100, by="passage")
    links = set(opening(found))
    assert len(shown_hits(found)) == len(links) == 5
    documents = {urlsplit(link).path for link in links}
    opened = [visit(path, q="bridge ferry") for path in documents]
    assert sum(len(page.all("div", class_="is-match")) for page in opened) == 5


def test_paging_reaches_every_hit_once_with_the_same_count(visit):
    seen, url = [], "/search?q=council&n=7&by=passage"
    while url:
        page = visit(url)
        assert "30 passages" in page.words
        seen += opening(page)[::2]
        url = next((held["href"] for held in page.all("a", rel="next")), "")
    assert len(seen) == len(set(seen)) == 30


@pytest.mark.parametrize(
    ("asked", "current"),
    [
        *(("0", "1"), ("-5", "1"), ("abc", "1"), ("", "1"), ("1.5", "1")),
        *(("3", "3"), ("4", "3"), ("1000000000", "3"), ("9" * 5000, "3")),
    ],
)
def test_page_out_of_range_becomes_the_nearest(visit, asked, current):
    page = visit("/search", q="council", page=asked, by="passage")
    assert "30 passages" in page.words
    assert f'aria-current="page">{current}<' in page.text


@pytest.mark.parametrize(
    ("asked", "size"),
    [("0", 1), ("-5", 1), ("abc", 10), ("", 10), ("7", 7), ("1000000", 20), ("9" * 5000, 20)],
)
def test_size_out_of_range_becomes_the_nearest(library, page, asked, size):
    client = library.client(config(search__max_page_size=20))
    response = client.get("/search", query_string={"q": "council", "n": asked, "by": "passage"})
    assert len(shown_hits(page(response.text))) == size


def test_near_spelling_is_searched_and_can_be_undone(visit):
    page = visit("/search", q="lobbey")
    assert "No passage has lobbey" in page.words
    assert page.marks == ["lobby"]
    undo = next(link for link in page.links if "exact=1" in link)
    assert "No passage found" in visit(undo).words


def test_suggestion_is_a_link_with_what_it_finds(visit):
    page = visit("/search", q="brigde", exact=1)
    offered = next(link for link in page.links if query(link).get("q") == "bridge")
    assert "Did you mean bridge (4 passages)?" in page.words
    assert "4 passages" in visit(offered).words


def test_what_is_found_without_a_part_is_a_link_with_what_it_finds(visit):
    page = visit("/search", q='+zeppelin bridge -"ferry <b>"')
    left = 'bridge -"ferry <b>"'
    assert "without +zeppelin (4 passages)" in page.words
    assert "Did you mean" not in page.words
    offered = next(link for link in page.links if query(link).get("q") == left)
    assert "4 passages" in visit(offered).words


def test_part_that_is_left_out_is_shown_literally(visit):
    page = visit("/search", q='bridge after:2030 +"<script>alert(1)</script>"')
    assert 'without +"<script>alert(1)</script>"' not in page.words, "still nothing is found"
    page = visit("/search", q='bridge +"<script>alert(1)</script>"')
    assert 'without +"<script>alert(1)</script>" (4 passages)' in page.words
    assert "<script>alert" not in page.text


def test_form_in_another_language_is_a_link_with_what_it_finds(shelf, page):
    shelf.put("en", "A nation of sailors.", "The harbour.")
    shelf.put("es", "Una nación de marinos.", "La nación.", language="es")
    client = shelf.client()
    shown = page(client.get("/search?q=nation").text)
    assert "In another language: nación (2 passages)" in shown.words
    offered = next(link for link in shown.links if query(link).get("q") == "nación")
    assert set(page(client.get(offered).text).marks) == {"nación"}


def test_word_that_stands_in_titles_alone_is_a_link_with_what_it_finds(shelf, page):
    shelf.put("list", "The clerk wrote it down.", "It was lost.", title="The Quintero ledger")
    client = shelf.client()
    shown = page(client.get("/search?q=Quintero").text)
    assert "In titles: title:Quintero (2 passages)" in shown.words
    offered = next(link for link in shown.links if query(link).get("q") == "title:Quintero")
    assert "2 passages" in page(client.get(offered).text).words


def test_zero_hits_name_the_words_and_what_to_try(visit):
    page = visit("/search", q="zeppelin quagga")
    assert "No passage has zeppelin or quagga." in page.words
    assert "What to try" in page.words


def test_words_of_a_phrase_that_is_nowhere_are_offered_alone(visit):
    page = visit("/search", q='"secret ferry zebra"')
    assert 'No passage has "secret ferry zebra".' in page.words
    assert "secret (1 passage), ferry (2 passages), zebra (none)" in page.words
    assert "2 passages" in visit("/search", q='"ferry"').words
    assert '"ferry"' in [query(link).get("q") for link in page.links]


def test_ignored_words_and_notes_are_said(visit):
    words = visit("/search", q="who signed the contract (").words
    assert "Left out, being small words: who, the" in words
    assert "Brackets without a partner" in words


def test_limits_are_said(library):
    client = library.client(config(search__max_clauses=2))
    assert "Only 2 of 3 different words" in client.get("/search?q=bridge+ferry+mayor").text


def test_a_commit_is_seen_by_the_next_request(shelf):
    shelf.put("one", "A lighthouse keeper wrote every night.")
    client = shelf.client()
    assert "No passage found" in client.get("/search?q=telegram").text
    assert "1</dd>" in client.get("/").text
    shelf.put("two", "The telegram never came.")
    assert "<mark>telegram</mark>" in client.get("/search?q=telegram").text
    assert "2</dd>" in client.get("/").text


def test_long_passages_are_cut_around_the_marks(shelf, page):
    shelf.put("long", "filler " * 400 + "the needle is here " + "filler " * 400)
    shown = page(shelf.client().get("/search?q=needle").text)
    assert shown.marks == ["needle", "needle"], "in the extract, and in the longer one"
    short, longer = shown.text.split("<blockquote")[1:3]
    assert [text.partition("</blockquote>")[0].count("…") for text in (short, longer)] == [2, 2]
    assert len(short.partition("</blockquote>")[0]) < len(longer.partition("</blockquote>")[0])
    assert len(shown.words) < 3_000


def test_help_states_the_limits_of_this_server(library):
    text = library.client(config(search__max_page_size=37)).get("/help").text
    assert "at most 37" in text


@pytest.mark.parametrize(
    "url",
    [
        *(
            "/",
            "/search?q=bridge",
            "/search?q=zzz",
            "/help",
            "/nowhere",
            "/documents",
            "/board",
            "/history",
        ),
        *("/concordance?q=bridge", "/cite/article/bridge?p=1", "/within/article/bridge?q=bridge"),
    ],
)
def test_every_page_has_landmarks_labels_and_a_skip_link(client, page, url):
    shown = page(client.get(url).text)
    assert shown.all("html", lang="en")
    assert len(shown.all("main", id="content")) == 1
    assert len(shown.all("h1")) == 1
    (skip,) = shown.all("a", class_="skip")
    assert skip["href"] == ("#hits" if url.startswith("/search") else "#content")
    assert f'id="{skip["href"][1:]}" tabindex="-1"' in shown.text
    labelled = {held["for"] for held in shown.all("label")}
    fields = [held for held in shown.all("input") if held.get("type") != "hidden"]
    assert {held["id"] for held in fields} <= labelled


def test_home_offers_the_questions_of_the_settings_that_are_answered(fill, document):
    asked = config(web__examples=["who ordered radios", "nowhere radios", "( )"])
    index = fill(ReferenceIndex(), document("a", "Nobody ordered the radios."))
    page = create_app(asked, Searcher(index)).test_client().get("/").text

    assert "who ordered radios" in page
    assert "nowhere radios" not in page
    assert "( )" not in page
