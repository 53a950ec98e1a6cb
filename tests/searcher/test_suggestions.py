"""Help instead of a dead end: what found nothing, and what would."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backstory.engine.documents import IndexedDocument
from backstory.engine.indexes.contract import Index
from backstory.searcher import Searcher, lexer
from backstory.searcher.suggestions import as_typed


def suggested(searcher: Searcher, text: str) -> list[tuple[str, str, str, int]]:
    """Return what a query's suggestions say."""
    found = searcher.search(text, correct=False).suggestions
    return [(one.text, one.replaces, one.instead, one.total) for one in found]


@pytest.mark.parametrize(
    ("text", "suggestions"),
    [
        ("raido", [("radio", "raido", "radio", 6)]),
        ("Qintero", [("Quintero", "Qintero", "Quintero", 2)]),
        ("QINTERO", [("QUINTERO", "QINTERO", "QUINTERO", 2)]),
        ("=ledgr", [("=ledger", "=ledgr", "ledger", 1)]),
        ('"ledgr"', [('"ledger"', '"ledgr"', "ledger", 1)]),
        ("clerk ledgr", [("clerk ledger", "ledgr", "ledger", 1)]),
        ("radio lighthuose", [("radio lighthouse", "lighthuose", "lighthouse", 7)]),
        ("the raido", [("the radio", "raido", "radio", 6)]),
        ("fnud", [("fund", "fnud", "fund", 2)]),
        ("Peñaa", [("Peña", "Peñaa", "Peña", 2)]),
        ("Ketro clerk", []),
        ("raido ledgr", [("radio ledger", "raido, ledgr", "radio, ledger", 6)]),
        ("Raido raido? ledger", [("Radio radio ledger", "Raido", "Radio", 6)]),
        ("Kintero clerk", [("Quintero clerk", "Kintero", "Quintero", 3)]),
        ('raido AND "ledgr"', [('radio AND "ledger"', 'raido, "ledgr"', "radio, ledger", 1)]),
        ("blockchain", []),
        ("xyz", []),
        ("1751", []),
        ("r4dio", []),
        ("radio", []),
        ("radio zzzz", []),
        ("-raido ledger", []),
        ('"raido shed"', []),
        ("zzzzraido*", []),
        ("", []),
    ],
)
def test_near_spellings_of_missing_words_are_suggested(
    searcher: Searcher, text: str, suggestions: list[tuple[str, str, str, int]]
) -> None:
    assert suggested(searcher, text) == suggestions


def test_nearest_spelling_comes_first_and_then_the_most_frequent(
    index: Index, document: Callable[..., IndexedDocument], fill: Callable[..., Index]
) -> None:
    fill(index, document("a", "warden wardens", "warden", "garden garden garden", "gardener"))

    found = [one for one, _, _, _ in suggested(Searcher(index), "arden")]
    assert found == ["warden", "garden"]
    found = [one for one, _, _, _ in suggested(Searcher(index), "gardenr")]
    assert found == ["gardener", "warden"], "what sounds alike; its other forms are the same word"


def test_other_choices_for_a_word_go_with_the_first_for_the_others(
    index: Index, document: Callable[..., IndexedDocument], fill: Callable[..., Index]
) -> None:
    fill(index, document("a", "warden", "warden", "garden", "ledger", "lodger"))

    found = [one for one, _, _, _ in suggested(Searcher(index), "arden ledgr")]
    assert found == ["warden ledger", "garden ledger", "warden lodger"]


words = st.sampled_from(
    ("radio", "raido", "Qintero", "ledgr", "zzzz", "the", "clerk", "almirante", "radios", "peña")
)
queries = st.one_of(
    st.lists(
        st.one_of(
            words,
            words.map("={}".format),
            words.map("{}~".format),
            st.builds('"{} {}"'.format, words, words),
            st.sampled_from(["AND", "OR", "NOT", "(", ")", "-", "+", '"', "lang:es", "after:2019"]),
        ),
        max_size=7,
    ).map(" ".join),
    st.text(max_size=12),
)


@given(queries, st.booleans())
@example("raido ledgr", True)
@example("Qintero AND fund", False)
@example("+zzzz -(lang:es OR radio) AND clerk", True)
def test_whatever_is_suggested_finds_as_many_as_it_says(
    searcher: Searcher, text: str, correct: bool
) -> None:
    result = searcher.search(text, correct=correct)

    for suggestion in result.suggestions:
        assert searcher.search(suggestion.text, correct=False).total == suggestion.total > 0
        assert suggestion.text != text
    if result.searched != text:
        assert correct
        assert result.total > 0


# Correction


@pytest.mark.parametrize(
    ("text", "searched"),
    [
        ("clerk ledgr", "clerk ledger"),
        ("ledgr clerk raido", "ledger clerk radio"),
        ("clerk ledgr ledgr", "clerk ledger ledger"),
        ("clerk lighthuose", "clerk lighthouse"),
        ("clerk Kintero", "clerk Quintero"),
        ("clerk edger", "clerk edger"),
        ("clerk lghthos", "clerk lghthos"),
        ("clerk fnd", "clerk fnd"),
        ("clerk zzzz ledgr", "clerk zzzz ledger"),
        ("clerk =ledgr", "clerk =ledgr"),
        ('clerk "ledgr"', 'clerk "ledgr"'),
        ("clerk ledgr~", "clerk ledgr~"),
        ("clerk -raido", "clerk -raido"),
        ("=ledgr raido", "=ledgr radio"),
        ("zzzz raido", "zzzz radio"),
        ("edger", "edger"),
        ("zzzz AND raido", "zzzz AND raido"),
        ("clerk title:ledgr", "clerk title:ledgr"),
    ],
)
def test_loose_words_are_corrected_at_once_where_it_is_clear_what_was_meant(
    searcher: Searcher, text: str, searched: str
) -> None:
    assert searcher.search(text).searched == searched
    assert searcher.search(text, correct=False).searched == text


def test_word_that_stands_somewhere_is_never_corrected_but_a_far_more_usual_one_is_offered(
    index: Index, document: Callable[..., IndexedDocument], fill: Callable[..., Index]
) -> None:
    fill(index, document("a", "a sched", *["a shed"] * 40, "a ledger"))
    result = Searcher(index).search("sched")

    assert (result.searched, result.total, result.understanding.missing) == ("sched", 1, ())
    assert [(one.text, one.kind) for one in result.suggestions] == [("shed", "spelling")]
    assert Searcher(index).search("sched OR shed").suggestions == ()
    assert [one.text for one in Searcher(index).search("ledger AND sched").suggestions] == [
        "sched",
        "ledger",
    ]


def test_word_that_sounds_right_stands_against_a_nearer_one_that_does_not(
    index: Index, document: Callable[..., IndexedDocument], fill: Callable[..., Index]
) -> None:
    fill(index, document("a", "crude", "crude", "cruz", "oil"))
    result = Searcher(index).search("oil cruse")

    assert result.searched == "oil cruse"
    assert [one.instead for one in result.suggestions] == ["crude", "cruz"]


@pytest.mark.parametrize(
    ("typed", "searched"),
    [
        ("many", "many"),  # not may
        ("nobody", "nobody"),  # not body
        ("Amount", "Amount"),  # not account
        ("house", "house"),  # not horse
        ("many clerks", "many clerks"),
        ("nadie", "nadie"),  # not nadir
        ("horsse", "horse"),
        ("hrose", "horse"),
        ("acocunt", "account"),
        ("acuont", "acuont"),  # two letters in a word of six
        ("oddy", "oddy"),  # another first letter, another sound
        ("acount", "account"),
        ("kount", "count"),  # another first letter, the same sound
    ],
)
def test_no_word_of_the_language_is_corrected_nor_one_that_differs_much(
    index: Index,
    document: Callable[..., IndexedDocument],
    fill: Callable[..., Index],
    typed: str,
    searched: str,
) -> None:
    fill(index, document("a", "You may account for the body of a horse.", "nadir, count", "clerk"))

    assert Searcher(index).search(typed).searched == searched


def test_usual_word_is_offered_another_spelling_and_a_small_one_is_not(
    index: Index, document: Callable[..., IndexedDocument], fill: Callable[..., Index]
) -> None:
    fill(index, document("a", "You may see a horse."))

    assert suggested(Searcher(index), "house") == [("horse", "house", "horse", 1)]
    assert suggested(Searcher(index), "many") == []


def test_name_that_the_words_nearly_make_comes_first(
    index: Index, document: Callable[..., IndexedDocument], fill: Callable[..., Index]
) -> None:
    crude = document("a", *["crude dies"] * 9, "cruce", "Juan wrote")
    cruz = document("b", "Juan Cruz met Padrino", "Luisa Diaz")
    names = ("Juan Cruz",), ("Luisa Díaz",)
    held = [replace(p, names=n) for p, n in zip(cruz.passages, names, strict=True)]
    fill(index, crude, replace(cruz, passages=tuple(held)))
    searcher = Searcher(index)

    assert searcher.search("juan cruse").suggestions[0].instead == "cruz"
    assert searcher.search("juan cruse").searched == "juan cruse", "nor to cruce"
    assert searcher.search("luisa dias").searched == "luisa diaz"
    assert searcher.search("padrino dias").searched == "padrino dies"


# Few hits


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("+zzzz clerk", [("clerk", "+zzzz", 1)]),
        ("clerk AND zzzz", [("clerk", "zzzz", 1)]),
        ("radio AND (zzzz OR yyyy)", [("radio", "(zzzz OR yyyy)", 6)]),
        ('+"nobody had" +clerk', [("+clerk", '+"nobody had"', 1), ('+"nobody had"', "+clerk", 1)]),
        ("radio after:2019", [("radio", "after:2019", 6)]),
        ("clerk radio lang:es", [("clerk radio", "lang:es", 6), ("clerk lang:es", "radio", 0)][:1]),
        ("orden -almirante -lang:es", []),
        ("order -signed", [("order", "-signed", 3)]),
        ("the +zzzz", []),
        ("zzzz -radio", []),
        ("clerk", []),
        ("zzzz yyyy", []),
        ("radio -shed", []),
    ],
)
def test_what_is_found_without_a_part_is_offered_where_little_is_found(
    searcher: Searcher, text: str, offered: list[tuple[str, str, int]]
) -> None:
    found = searcher.search(text).suggestions

    assert [(s.text, s.replaces, s.total) for s in found if s.kind == "without"] == offered


def test_three_passages_are_not_few(
    index: Index, document: Callable[..., IndexedDocument], fill: Callable[..., Index]
) -> None:
    fill(index, document("en", "radio", "radio", "a shed"), document("es", "radio", language="es"))
    two = Searcher(index).search("radio lang:en")
    fill(index, document("more", "radio"))
    three = Searcher(index).search("radio lang:en")

    assert [one.text for one in two.suggestions] == ["lang:en", "radio"]
    assert (three.total, three.suggestions) == (3, ())


def test_form_of_the_word_in_another_language_is_offered_where_little_is_found(
    index: Index, document: Callable[..., IndexedDocument], fill: Callable[..., Index]
) -> None:
    fill(
        index,
        document("en", "Hyperinflation rose.", "Prices rose."),
        document("es", "La hiperinflación subió.", "Y la hiperinflación…", language="es"),
    )
    searcher = Searcher(index)
    (offered,) = searcher.search("Hyperinflation").suggestions
    found = searcher.search("hyperinflation lang:es").suggestions

    assert (offered.kind, offered.total) == ("language", 2)
    assert (offered.text, offered.instead) == ("Hiperinflación", "Hiperinflación")
    assert [(one.kind, one.text) for one in found] == [
        ("language", "hiperinflación lang:es"),
        ("without", "lang:es"),
        ("without", "hyperinflation"),
    ]


def test_help_stays_short_whatever_is_asked(searcher: Searcher) -> None:
    text = " ".join(f"+ra{a}do{b}" for a in "aiou" for b in "abcdefgh") + " lang:es" * 20

    assert len(searcher.search(text).suggestions) <= 3 * 8


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("radio blockchain", ("blockchain",)),
        ("radio ledger", ()),
        ('"radio clerk" radio', ('"radio clerk"',)),
        ("blockchain -zzzz", ("blockchain",)),
        ("zz* radio", ("zz*",)),
        ("zzzz yyyy", ("zzzz", "yyyy")),
        ("radio AND zzzz", ("zzzz",)),
        ("zzzz zzzz", ("zzzz",)),
        ("source:zzzz", ()),
        ("radio OR zzzz", ()),
    ],
)
def test_words_that_no_passage_has_are_named(
    searcher: Searcher, text: str, missing: tuple[str, ...]
) -> None:
    assert searcher.search(text).understanding.missing == missing


def test_words_of_a_phrase_that_found_nothing_are_counted_alone(searcher: Searcher) -> None:
    parts = searcher.search('"clerk radio zzzz"').understanding.parts
    near = searcher.search('"clerk radio zzzz"~1').understanding.parts

    assert [(part.text, part.total) for part in parts] == [("clerk", 1), ("radio", 3), ("zzzz", 0)]
    assert [(part.text, part.total) for part in near] == [("clerk", 1), ("radio", 6), ("zzzz", 0)]
    assert searcher.search('"clerk copied"').understanding.parts == ()


def test_many_missing_words_are_shown_in_part(searcher: Searcher) -> None:
    missing = searcher.search(" ".join(f"zz{n}" for n in range(30))).understanding.missing

    assert missing == tuple(f"zz{n}" for n in range(8))


@pytest.mark.parametrize(
    ("typed", "spelling", "shown"),
    [
        ("tilerson", "tillerson", "tillerson"),
        ("Tilerson", "tillerson", "Tillerson"),
        ("TILERSON", "tillerson", "TILLERSON"),
        ('"Tilerson"', "tillerson", "Tillerson"),
        ("=Tilerson", "tillerson", "Tillerson"),
    ],
)
def test_correction_is_written_as_the_word_was(typed: str, spelling: str, shown: str) -> None:
    assert as_typed(typed, spelling) == shown


def test_counts_alone_come_without_help(searcher: Searcher) -> None:
    for text in ("raido", "clerk ledgr", '"ledgr"'):
        helped = searcher.search(text, correct=False)
        counted = searcher.search(text, correct=False, limit=0)
        assert (counted.total, counted.all_words) == (helped.total, helped.all_words)
        assert helped.suggestions
        assert not counted.suggestions


def test_word_that_stands_in_titles_alone_is_offered_there_and_never_corrected(
    index: Index, document: Callable[..., IndexedDocument], fill: Callable[..., Index]
) -> None:
    titled = document("list", "The clerk wrote it down.", "It was lost.")
    titled = replace(titled, document=replace(titled.document, title="The Quintero ledger"))
    fill(index, titled, document("other", "Mrs Quintera met the clerk in the shed."))
    searcher = Searcher(index)

    for text, offered, total in (
        ("Quintero", "title:Quintero", 2),
        ("ledgers Quintero?", "title:ledgers title:Quintero?", 2),
        ("clerk ledger -shed", "clerk title:ledger -shed", 1),
    ):
        result = searcher.search(text)
        (first, *_) = result.suggestions
        assert result.searched == text
        assert (first.kind, first.text, first.total) == ("title", offered, total)
        assert searcher.search(offered).total == total
    for text in ("+shed ledger", '"ledger"'):  # no passage has both; quoted, it was wanted there
        assert "title" not in {one.kind for one in searcher.search(text).suggestions}


def test_a_text_is_cut_once_however_much_is_offered(
    searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut: list[str] = []

    def spy(text: str) -> object:
        cut.append(text)
        return lexer.lex(text)

    monkeypatch.setattr("backstory.searcher.parser.lex", spy)
    result = searcher.search("admirall quinterro -shed ledgre")

    assert result.searched != result.text
    assert result.suggestions
    assert cut == ["admirall quinterro -shed ledgre"]
