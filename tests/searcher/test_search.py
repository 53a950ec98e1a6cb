"""From a text to a result, and from an address to an open document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from backstory.engine.documents import Document, IndexedDocument, Passage, SkippedFile
from backstory.engine.errors import PassageNotFound
from backstory.engine.indexes.contract import Index
from backstory.engine.remarks import unreadable
from backstory.searcher import Searcher
from backstory.settings import Config

Make = Callable[..., IndexedDocument]
Fill = Callable[..., Index]


def addresses(searcher: Searcher, text: str, **options: Any) -> list[str]:
    """Return the addresses that a text finds, in order."""
    return [hit.passage for hit in searcher.search(text, **options)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('"the price of a radio"', ["minutes/2017#p3"]),
        ('"price radio"~2', ["minutes/2017#p3", "ledger#p2"]),
        ("consulate", ["ledger#p5"]),
        ("U.S. consulates", ["ledger#p5"]),
        ("u.s", ["ledger#p5"]),
        ("1750", ["ledger#p3"]),
        ('"half finished"', ["ledger#p3"]),
        ("half-finished", ["ledger#p3"]),
        ("brother's", ["ledger#p4"]),
        ("=brother’s", ["ledger#p4"]),
        ("pena", ["carta#p2", "minutes/2017#p3"]),
        ("PEÑA lang:es", ["carta#p2"]),
        ("órdenes lang:es", ["carta#p2"]),
        ("almirante -Quintero", ["carta#p2"]),
        ("radio* AND shed", ["ledger#p4", "ledger#p3"]),
        ("sh?d", ["ledger#p4", "ledger#p3"]),
        ("gazete~ OR consulate", ["ledger#p5"]),
        ("title:minutes water", ["minutes/2017#p2"]),
        ("author:falk clerk", ["ledger#p2"]),
        ("tag:harbour kind:letter firmé", ["carta#p2"]),
        ("before:2018 price", ["minutes/2017#p3"]),
        ("after:2018-04", ["carta#p1", "carta#p2"]),
        ("date:2018-03 clerk OR date:2017 water", ["ledger#p2", "minutes/2017#p2"]),
        ("doc:minutes/ NOT (price OR water)", ["minutes/2017#p1"]),
        ("", []),
        ("—", []),
        ("blockchain", []),
    ],
)
def test_query_finds_these_passages(searcher: Searcher, text: str, found: list[str]) -> None:
    result = searcher.search(text, correct=False, limit=100)

    assert sorted(hit.passage for hit in result) == sorted(found)
    assert result.total == len(found)


def test_quotation_in_a_longer_text_is_a_wish(index: Index, document: Make, fill: Fill) -> None:
    exact = "The admiral said that a secret meeting was held in the shed."
    apart = "The admiral said that the meeting in the shed was secret."
    lacking = "The admiral said nothing of a meeting."
    fill(index, document("apart", apart), document("exact", exact), document("lacking", lacking))
    searcher = Searcher(index)

    wish = searcher.search('who said that the "secret meeting" was in the shed')
    demand = searcher.search('who said that the +"secret meeting" was in the shed')

    assert [(hit.document, hit.all_words) for hit in wish] == [
        ("exact", True),
        ("apart", True),
        ("lacking", False),
    ]
    assert [hit.document for hit in demand] == ["exact"]
    assert exact[slice(*wish.hits[0].marks[1])] == "secret meeting"
    assert '+"secret meeting" demands them' in wish.understanding.notes[0]
    assert demand.understanding.notes == ()


@pytest.mark.parametrize(
    "text",
    [
        "who said – the admiral or the clerk – that the shed was red",
        "Who said (in 2018) that the shed was red?",
        'the "shed" of the "admiral" was red * and the clerk said so',
        "THE CLERK SAID: THE SHED OF THE ADMIRAL WAS RED AND NOT SMALL",
        "the admiral -said the clerk in 2018- had a red shed",
        "What the F*** did the clerk say about the shed",
        '5" and 6" red shed of the admiral, as the clerk said',
    ],
)
def test_pasted_text_finds_the_passage_whatever_signs_it_has(
    index: Index, document: Make, fill: Fill, text: str
) -> None:
    fill(index, document("a", f"{text} Say."), document("b", "Nothing of that."))

    hits = Searcher(index).search(text).hits

    assert [(hit.document, hit.all_words) for hit in hits][:1] == [("a", True)]


def test_excluded_pattern_excludes_every_form(index: Index, document: Make, fill: Fill) -> None:
    words = [f"widget{a}{b}" for a in "abcdefghijklmnopqrst" for b in "abcdefghijklmnopqrst"]
    fill(index, document("a", *(f"river {word}" for word in words), "river bank"))

    result = Searcher(index).search("river -widget*")

    assert [hit.text for hit in result] == ["river bank"]
    assert result.understanding.limits == ()


def test_pattern_in_quotation_marks_is_any_word_that_fits(
    index: Index, document: Make, fill: Fill
) -> None:
    fill(index, document("a", "The military option.", "The military opt out.", "optional military"))

    hits = Searcher(index).search('"military opt*"').hits

    marked = {hit.text[slice(*hit.marks[0])] for hit in hits}
    assert marked == {"military opt", "military option"}


def test_hit_tells_everything_about_its_passage(
    searcher: Searcher, affair: Sequence[IndexedDocument]
) -> None:
    (hit,) = searcher.search('"copied the ledger"')
    document, passage = affair[0].document, affair[0].passages[1]

    assert (hit.rank, hit.passage, hit.document, hit.number) == (1, "ledger#p2", "ledger", 2)
    assert (hit.title, hit.source, hit.author) == (document.title, document.source, document.author)
    assert (hit.date, hit.language) == (document.date, document.language)
    assert (hit.text, hit.heading, hit.page, hit.key) == (passage.text, "", None, passage.key)
    assert [hit.text[start:end] for start, end in hit.marks] == ["copied the ledger"]
    assert hit.all_words
    assert hit.score > 0


# Correction


def test_misspelt_word_that_finds_nothing_is_corrected_and_that_is_said(searcher: Searcher) -> None:
    result = searcher.search("Qintero")

    assert (result.text, result.searched) == ("Qintero", "Quintero")
    assert {hit.passage for hit in result} == {"ledger#p1", "carta#p1"}
    assert result.understanding.missing == ("Qintero",)
    assert result.understanding.notes == (
        "No passage has Qintero: these are the hits for Quintero.",
    )


def test_correction_can_be_forbidden(searcher: Searcher) -> None:
    result = searcher.search("Qintero", correct=False)

    assert (result.searched, result.total, len(result)) == ("Qintero", 0, 0)
    assert [one.text for one in result.suggestions] == ["Quintero"]
    assert result.understanding.notes == ()


@pytest.mark.parametrize("text", ['"Qintero"', "=Qintero", "qinter*", '"Admiral Qintero"'])
def test_word_that_was_meant_as_it_is_gets_no_other_hits(searcher: Searcher, text: str) -> None:
    result = searcher.search(text)

    assert result.searched == text
    assert result.total == 0


def test_misspelt_word_beside_others_is_corrected_too_and_that_is_said(searcher: Searcher) -> None:
    result = searcher.search("Qintero clerk")

    assert (result.text, result.searched) == ("Qintero clerk", "Quintero clerk")
    assert {hit.passage for hit in result} == {"ledger#p1", "ledger#p2", "carta#p1"}
    assert result.understanding.missing == ("Qintero",)
    assert result.understanding.notes == (
        "No passage has Qintero: these are the hits for Quintero clerk.",
    )


def test_misspelt_word_beside_others_stays_where_correction_is_forbidden(
    searcher: Searcher,
) -> None:
    result = searcher.search("Qintero clerk", correct=False)

    assert result.searched == "Qintero clerk"
    assert [hit.passage for hit in result] == ["ledger#p2"]
    assert [one.text for one in result.suggestions] == ["Quintero clerk"]
    assert not any(hit.all_words for hit in result)


# Pages


def test_pages_follow_each_other_to_the_end(searcher: Searcher) -> None:
    whole = addresses(searcher, "the", limit=100)
    paged = [a for at in range(0, 12, 3) for a in addresses(searcher, "the", offset=at, limit=3)]

    assert paged == whole
    ranks = [hit.rank for hit in searcher.search("the", offset=3, limit=3)]
    assert ranks == [4, 5, 6]


@pytest.mark.parametrize(
    ("offset", "limit", "shown", "size"),
    [
        (0, None, (0, 10), 10),
        (-5, 3, (0, 3), 3),
        (0, -3, (0, 0), 0),
        (0, 0, (0, 0), 0),
        (0, 10**6, (0, 100), 10),
        (9, 5, (9, 5), 1),
        (10**9, 5, (10**9, 5), 0),
        (10**30, 100, (10**30, 100), 0),
    ],
)
def test_page_outside_the_answer_is_clamped_and_counts_the_same(
    searcher: Searcher, offset: int, limit: int | None, shown: tuple[int, int], size: int
) -> None:
    result = searcher.search("*", offset=offset, limit=limit)

    assert (result.offset, result.limit) == shown
    assert (len(result), result.total, result.all_words) == (size, 10, 10)


def test_page_size_is_a_setting(kind: str, searcher: Searcher) -> None:
    config = Config().override(search__page_size=2, search__max_page_size=3)
    small = Searcher(searcher._index, config.search, config.ranking)

    assert len(small.search("*")) == 2
    assert len(small.search("*", limit=100)) == 3
    assert small.search("*").total == 10


def test_facets_come_when_asked_for(searcher: Searcher) -> None:
    assert searcher.search("radio").facets == {}
    facets = searcher.search("radio", facets=True, limit=1).facets

    assert facets["source"] == {"Harbour Gazette": 4, "City Archive": 1, "El Faro": 1}
    assert facets["language"] == {"en": 5, "es": 1}
    assert facets["year"] == {"2018": 5, "2017": 1}
    assert searcher.search("", facets=True).facets == {
        "source": {}, "kind": {}, "language": {}, "year": {}, "name": {},
    }  # fmt: skip


def test_empty_text_asks_nothing(searcher: Searcher) -> None:
    for text in ("", " \n"):
        result = searcher.search(text)
        assert (result.total, len(result), result.understanding.notes) == (0, 0, ())


def test_answer_carries_its_generation_and_sees_the_newest_commit(
    index: Index, document: Make, fill: Fill
) -> None:
    searcher = Searcher(index)
    for turn in range(1, 4):
        fill(index, document("a", *["radio"] * turn))
        result = searcher.search("radio")
        assert result.total == turn
        assert result.generation == searcher.open("a").generation
        assert result.generation == searcher.statistics().generation
    assert result.seconds >= 0


def test_same_query_gives_the_same_page_after_a_rebuild(
    index: Index, affair: Sequence[IndexedDocument], fill: Fill
) -> None:
    searcher = Searcher(index)
    fill(index, *affair)
    before = [searcher.search("radio price", offset=at, limit=2).hits for at in (0, 2, 4)]
    assert [searcher.search("radio price", offset=at, limit=2).hits for at in (0, 2, 4)] == before
    fill(index, *reversed(affair))
    writer = index.writer(rebuild=True)
    for one in affair[::-1]:
        writer.add([one])
        writer.commit()
    writer.close()

    assert [searcher.search("radio price", offset=at, limit=2).hits for at in (0, 2, 4)] == before


# Understanding


def test_long_notes_are_shortened_and_many_are_counted(searcher: Searcher) -> None:
    understanding = searcher.search(" ".join(f"f{'x' * n}:a" for n in range(1, 20))).understanding
    assert len(understanding.notes) == 9
    assert understanding.notes[-1] == "… and 11 more."
    long = searcher.search("y" * 500 + ":a " + "z" * 900)

    assert all(len(said) <= 200 for said in long.understanding.notes + long.understanding.missing)
    assert long.understanding.missing[-1].endswith("…")


@pytest.mark.parametrize(
    "text",
    [
        "x" * 1_000_000,
        "word " * 10_000,
        "x" * 50_000,
        "(" * 5_000,
        ")" * 5_000 + "radio",
        "radio " + "(" * 5_000 + "shed" + ")" * 5_000,
        '"' + "radio " * 3_000 + '"',
        " ".join(f"radio{n}~2" for n in range(300)),
        bytes(range(256)).decode("utf-8", "surrogateescape") * 40,
        "\x00radio\x00",
        "\ud83d radio \ude00",
        "NOT OR radio AND",
        'radio "shed',
        "radio) (shed",
        "nofield:radio after:someday radio",
        "the of and",
        "title:\ud800 radio",
        "doc:* NOT doc:*",
    ],
    ids=lambda text: ascii(text[:12]),
)
def test_hostile_query_gets_an_answer_and_what_was_cut_is_said(
    searcher: Searcher, text: str
) -> None:
    result = searcher.search(text, facets=True)

    assert result.total >= len(result)
    assert result.understanding.is_partial == (len(text) > 5_000 or text.count("~") > 64)
    assert all(len(said) <= 200 for said in result.understanding.notes)
    assert len(result.suggestions) <= 24
    if "radio" in text and not result.understanding.is_partial:
        assert result.total > 0
    searcher.open("ledger", text)


# Reading


def test_open_document_has_every_passage_with_its_marks(searcher: Searcher) -> None:
    opened = searcher.open("ledger", "shed")

    assert [read.passage.number for read in opened.passages] == [1, 2, 3, 4, 5]
    assert [read.marks is not None for read in opened.passages] == [False, False, True, True, False]
    assert opened.matches == 2
    assert opened.document.title == "The lighthouse ledger"


def test_document_opened_without_a_query_has_no_marks(searcher: Searcher) -> None:
    for text in ("", " ", "—"):
        opened = searcher.open("ledger", text)
        assert opened.matches == 0
        assert {read.marks for read in opened.passages} == {None}


def test_filter_matches_passages_without_marking_words(searcher: Searcher) -> None:
    opened = searcher.open("carta", "lang:es")

    assert [read.marks for read in opened.passages] == [(), ()]
    assert opened.matches == 2
    assert searcher.open("ledger", "lang:es").matches == 0


@pytest.mark.parametrize(
    ("address", "number"), [("ledger#p3", 3), ("ledger#3", 3), ("ledger", 1), ("ledger#p1", 1)]
)
def test_address_leads_to_its_passage(searcher: Searcher, address: str, number: int) -> None:
    document, passage = searcher.passage(address)

    assert document.id == passage.document == "ledger"
    assert passage.number == number


@pytest.mark.parametrize(
    "address", ["nobody", "ledger#p0", "ledger#p6", "ledger#p-1", "ledger#", "", "#p1"]
)
def test_address_that_leads_nowhere_is_named(searcher: Searcher, address: str) -> None:
    with pytest.raises(PassageNotFound) as refused:
        searcher.passage(address)

    assert refused.value.address == address
    assert refused.value.http_status == 404


def test_unknown_document_cannot_be_opened(searcher: Searcher) -> None:
    with pytest.raises(PassageNotFound, match="nobody"):
        searcher.open("nobody", "radio")


def test_documents_and_skipped_files_are_listed(index: Index, document: Make, fill: Fill) -> None:
    writer = index.writer()
    writer.add([document("b", "x", "y"), document("a", "z")])
    writer.skip([SkippedFile("c.bin", unreadable("binary"))])
    writer.commit()
    writer.close()
    searcher = Searcher(index)

    assert [(one.id, passages) for one, passages in searcher.documents()] == [("a", 1), ("b", 2)]
    assert searcher.skipped() == (SkippedFile("c.bin", unreadable("binary")),)
    assert searcher.statistics().passages == 3


TALK = IndexedDocument(
    Document("talk", "A talk"),
    (
        Passage("talk", 1, "Good evening.", seconds=(4, 10)),
        Passage("talk", 2, "The lamp went out.", seconds=(65, 80)),
        Passage("talk", 3, "Nobody lit it again.", seconds=(80, 95)),
    ),
)


@pytest.mark.parametrize(
    ("time", "number"),
    [
        ("0:00:00", 1), ("0:10", 1), ("0:01:04", 1), ("0:01:05", 2), ("1:19", 2), ("1:20", 3),
        ("0:01:35", 3),
    ],
)  # fmt: skip
def test_a_time_leads_to_the_passage_that_is_spoken_then(
    index: Index, fill: Callable[..., Index], time: str, number: int
) -> None:
    searcher = Searcher(fill(index, TALK))
    assert searcher.passage(f"talk@{time}")[1].number == number
    assert searcher.at_place("talk#p2") is searcher.at_place("nobody@0:05") is None


def test_a_time_that_leads_nowhere_says_why(
    index: Index, fill: Callable[..., Index], document: Callable[..., IndexedDocument]
) -> None:
    others = document("notes", "No talk."), document("a@1:05", "A"), document("a", "A")
    searcher = Searcher(fill(index, TALK, *others))
    with pytest.raises(PassageNotFound, match="talk@0:01:36: the document ends at 0:01:35"):
        searcher.passage("talk@0:01:36")
    with pytest.raises(PassageNotFound, match="notes@0:05: the document has no times"):
        searcher.passage("notes@0:05")
    with pytest.raises(PassageNotFound, match="No document or passage nobody@0:05"):
        searcher.passage("nobody@0:05")
    assert searcher.at_place("a@1:05") is None, "it is the id of a document"


SHEET = IndexedDocument(
    Document("budget.xlsx/Costs", "Budget, Costs"),
    (
        Passage("budget.xlsx/Costs", 1, "Vessel", cells="B2"),
        Passage("budget.xlsx/Costs", 2, "Vessel: Iris", cells="B4:D4"),
    ),
)


def test_a_cell_leads_to_its_row(index: Index, fill: Callable[..., Index]) -> None:
    searcher = Searcher(fill(index, SHEET, TALK))
    for cell, number in (("B2", 1), ("C4", 2), ("A4", 2), ("AB4", 2)):
        assert searcher.passage(f"budget.xlsx/Costs#{cell}")[1].number == number
    assert searcher.at_place("budget.xlsx/Costs#p2") is searcher.at_place("none#B2") is None
    with pytest.raises(PassageNotFound, match="row 3 of the sheet has no text"):
        searcher.passage("budget.xlsx/Costs#B3")
    with pytest.raises(PassageNotFound, match="talk#B3: the document has no cells"):
        searcher.passage("talk#B3")


def test_a_hit_says_in_which_cells_it_stands(index: Index, fill: Callable[..., Index]) -> None:
    (hit,) = Searcher(fill(index, SHEET)).search("iris")
    assert (hit.cells, hit.to_json()["cells"]) == ("B4:D4", "B4:D4")


def test_a_hit_says_when_it_is_spoken(index: Index, fill: Callable[..., Index]) -> None:
    (hit,) = Searcher(fill(index, TALK)).search("lamp")
    assert (hit.time, hit.to_json()["time"], hit.page) == ("0:01:05", "0:01:05", None)
