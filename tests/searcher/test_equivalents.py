"""Any word of any text, written in any of its equivalent ways, finds its passage and is marked."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstory.engine.documents import IndexedDocument
from backstory.engine.indexes.contract import Index
from backstory.engine.tokens import ELIDED
from backstory.searcher import Searcher
from backstory.testing import fill_index, make_document

Make = Callable[..., IndexedDocument]
Fill = Callable[..., Any]
Draw = Callable[[st.SearchStrategy[Any]], Any]

AROUND = ["the", "ferry", "of", "a", "mayor", "came", "Harbour", "7", "under", "Lock"]
LATIN = "abcdefghijklmnopqrstuvwxyz"
APOSTROPHES = "'’‘ʼʻʿ′"
UNSEEN = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
DIGITS = ["0123456789", "₀₁₂₃₄₅₆₇₈₉", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९", "０１２３４５６７８９"]


class Way(NamedTuple):
    """How a word is written in a text of a language, how it is asked for, and what is marked."""

    language: str
    written: str
    asked: str
    marked: str


def word(least: int = 3, most: int = 8, letters: str = LATIN) -> st.SearchStrategy[str]:
    """Any word of these letters."""
    return st.text(letters, min_size=least, max_size=most)


def two_of(draw: Draw, ways: list[str]) -> tuple[str, str]:
    """Draw how the word is written and how it is asked for."""
    return draw(st.sampled_from(ways)), draw(st.sampled_from(ways))


def scattered(draw: Draw, text: str, marks: str, before: int = 0) -> str:
    """Put some of the marks behind some of the letters, the last one `before` letters left out."""
    end = len(text) - before
    return "".join(
        c + (draw(st.sampled_from(["", *marks])) if i < end else "") for i, c in enumerate(text)
    )


def elision(draw: Draw) -> Way:
    language = draw(st.sampled_from(["fr", "it"]))
    article = draw(st.sampled_from({"fr": ["l", "d", "qu"], "it": ["dell", "nell", "l"]}[language]))
    noun = draw(st.sampled_from("aeiou")) + draw(word())
    ways = [article + apostrophe + noun for apostrophe in "'’"]
    asked = draw(st.sampled_from([noun, *ways, f'"{noun}"', *(f'"{each}"' for each in ways)]))
    return Way(language, draw(st.sampled_from(ways)), asked, noun)


def turkish(draw: Draw) -> Way:
    name = draw(word(4, letters="abcçdefgğhıijklmnoöprsştuüvyz")).capitalize()
    ways = [name + a + end for a in "'’" for end in ("da", "nin", "dan", "ya", "lılar")]
    written, asked = two_of(draw, [name, *ways])
    return Way("tr", written, asked, written)


def apostrophe(draw: Draw) -> Way:
    start = draw(word(2, 5).filter(lambda each: each not in ELIDED))
    end = draw(st.sampled_from(["i", "in", "ahu", "ol", "ab", "ulu"]))
    if draw(st.booleans()):
        ways = [start + each + end for each in ("", *APOSTROPHES)]
        written, asked = two_of(draw, ways)
        return Way(draw(st.sampled_from(["en", "de", "xx"])), written, asked, written)
    ways = [f"{each}{start}{end}{other}" for each, other in product(("", *"ʻʿʼ‘"), ("", "ʻ", "ʿ"))]
    return Way("en", *two_of(draw, ways), start + end)


def korean(draw: Draw) -> Way:
    noun = draw(word(2, 4, "가나다라마바사아자차카타파하고노도로이는학생시장배"))
    particles = ["", "은", "이", "를", "에서", "에게", "으로", "까지", "에서는", "입니다"]
    written, asked = two_of(draw, [noun + each for each in particles])
    return Way("ko", written, asked, written)


def abbreviation(draw: Draw) -> Way:
    some = st.sampled_from(["US", "UN", "SDNY", "NATO", "WHO"]) | word(2, 5, LATIN.upper())
    letters = draw(some.filter(lambda each: each.lower() not in AROUND))
    stops, gaps = ".".join(letters) + ".", ". ".join(letters) + "."
    written, asked = two_of(draw, [letters, stops, gaps])
    asked = draw(st.sampled_from([asked, f'"{asked}"', f'"{asked} so"']))
    return Way("en", written, asked, written.rstrip("."))


def thousands(draw: Draw) -> Way:
    number = draw(st.integers(1_000, 99_999_999))
    ways = [f"{number:,}".replace(",", gap) for gap in ["", *"'’,. \u00a0\u202f"]]
    written, asked = two_of(draw, ways)
    if draw(st.booleans()):
        asked = f'"{asked}"'
    return Way(draw(st.sampled_from(["en", "de", ""])), written, asked, written)


def amount(draw: Draw) -> Way:
    whole, part = draw(st.integers(0, 99)), draw(st.integers(1, 99))
    unit, sign = draw(st.sampled_from(["", "bn", "m"])), draw(st.sampled_from(["", "$", "€"]))
    plain = f"{whole}.{part}{unit}"
    asked = draw(st.sampled_from([plain, sign + plain, f'"{plain}"']))
    return Way(draw(st.sampled_from(["en", "xx"])), sign + plain, asked, plain)


def dotted(draw: Draw) -> Way:
    parts = draw(st.lists(st.integers(1, 99), min_size=3, max_size=4))
    written = ".".join(map(str, parts))
    asked = draw(st.sampled_from([written, f'"{written}"']))
    return Way(draw(st.sampled_from(["en", "de", ""])), written, asked, written)


def digits(draw: Draw) -> Way:
    number = str(draw(st.integers(1, 999)))
    start = draw(word(1, 4, "bcdfghkmxz").map(str.upper))
    ways = [start + number.translate(str.maketrans(DIGITS[0], each)) for each in DIGITS]
    written, asked = two_of(draw, ways)
    return Way("en", written, asked, written)


def full_width(draw: Draw) -> Way:
    plain = draw(word(3, 8, LATIN + "123"))
    wide = "".join(chr(ord(c) + 0xFEE0) for c in plain)
    written, asked = two_of(draw, [plain, wide])
    return Way("xx", written, asked, written)


def hebrew(draw: Draw) -> Way:
    plain = draw(word(2, 6, "אבגדהוזחטילמנסעפצקרשת"))
    if draw(st.booleans()):
        ways = [plain, *(plain[:-1] + each + plain[-1] for each in ('"', "״"))]
        written, asked = two_of(draw, ways)
        return Way(draw(st.sampled_from(["he", ""])), written, asked, written)
    written, asked = (scattered(draw, plain, "\u05b0\u05b7\u05bc\u05c1") for _ in "wa")
    return Way("he", written, asked, written)


def arabic(draw: Draw) -> Way:
    plain = draw(word(3, 6, "بتجحدرسشطعفقكلمن"))
    written, asked = (scattered(draw, plain, "\u064e\u0651\u0652\u0640", 1) for _ in "wa")
    return Way(draw(st.sampled_from(["ar", ""])), written, asked, written)


def unseen(draw: Draw) -> Way:
    plain = draw(word(3))
    written, asked = (scattered(draw, plain, UNSEEN, 1) for _ in "wa")
    return Way("en", written, asked, written)


def joined(draw: Draw) -> Way:
    first = draw(st.sampled_from(["re", "co", "e", "pre"]) | word(1, 5))
    last = draw(st.sampled_from(["use", "operation", "vote", "cite"]) | word(3, 7))
    written, asked = two_of(draw, [first + last, f"{first}-{last}", f"{first}\u2011{last}"])
    return Way(draw(st.sampled_from(["en", "de", "xx"])), written, asked, written)


def numbered(draw: Draw) -> Way:
    name, number = draw(word(3, 6, "BCDFGHKPVXZ")), draw(st.integers(10, 99))
    written, asked = two_of(draw, [f"{name}-{number}", f"{name}{number}", f"{name} {number}"])
    return Way("en", written, asked, written)


def docket(draw: Draw) -> Way:
    year, number = draw(st.integers(10, 29)), draw(st.integers(1, 9_999))
    kind = draw(st.sampled_from(["cv", "cr", "mc"]))
    ways = [f"{year}-{kind}-{number:05}", f"{year}-{kind}-{number}", f"{year}{kind}{number:05}"]
    written, asked = two_of(draw, [*ways, f"{year}{kind}{number}"])
    return Way("en", written, asked, written)


def umlaut(draw: Draw) -> Way:
    start, end = draw(word(1, 3, "bcdfghklmnrstvw")), draw(word(2, 4, "bdfklmnrst"))
    vowel, spelt = draw(st.sampled_from([("ä", "ae"), ("ö", "oe"), ("ü", "ue")]))
    written, asked = two_of(draw, [start + each + end for each in (vowel, spelt)])
    return Way(draw(st.sampled_from(["de", "en"])), written, asked, written)


def ligature(draw: Draw) -> Way:
    start, end = draw(word(2, 4)), draw(word(2, 4))
    one = draw(st.sampled_from([("œ", "oe"), ("æ", "ae"), ("ß", "ss"), ("ﬁ", "fi")]))
    written, asked = two_of(draw, [start + each + end for each in one])
    return Way(draw(st.sampled_from(["de", "en", "fr"])), written, asked, written)


PLURALS = """child children, crisis crises, analysis analyses, man men, woman women, foot feet,
policeman policemen policemen's policeman's, thesis theses, mouse mice, officer officers officers'
officer's"""


def irregular(draw: Draw) -> Way:
    written, asked = two_of(draw, draw(st.sampled_from(PLURALS.split(","))).split())
    return Way("en", written, asked, written.rstrip("'"))


def german(draw: Draw) -> Way:
    nouns = ["System Systeme Systemen Systems", "Problem Probleme Problemen Problems"]
    written, asked = two_of(draw, draw(st.sampled_from(nouns)).split())
    return Way("de", written, asked, written)


WAYS = [
    elision, turkish, apostrophe, korean, abbreviation, thousands, amount, dotted, digits,
    full_width, hebrew, arabic, unseen, joined, numbered, docket, umlaut, ligature, irregular,
    german,
]  # fmt: skip


def marked_in(index: Index, query: str) -> dict[str, list[tuple[int, int]]]:
    """Return the marks of each passage that has all the words."""
    result = Searcher(index).search(query, correct=False, limit=100)
    return {hit.passage: list(hit.marks) for hit in result if hit.all_words}


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@settings(max_examples=30)
@given(data=st.data())
def test_word_is_found_and_marked_in_each_of_its_ways(
    kind: str, new_index: Callable[[str], Index], way: Callable[[Draw], Way], data: st.DataObject
) -> None:
    language, written, asked, marked = way(data.draw)
    before, after = (data.draw(st.lists(st.sampled_from(AROUND), max_size=3)) for _ in "ba")
    text = " ".join([*before, "so", written, "so", *after])
    others = [make_document("b", "Nothing of it.", language="en")]
    index = fill_index(new_index(kind), make_document("a", text, language=language), *others)
    found = marked_in(index, asked)

    assert list(found) == ["a#p1"], (text, asked)
    start = text.index(marked, text.index(f"so {written} so") + 3)
    covered = {place for mark in found["a#p1"] for place in range(*mark)}
    letters = {start + i for i, c in enumerate(marked) if c.isalnum()}
    assert letters <= covered, (text, asked, found)


SPACELESS = {
    "zh": "渡轮市长港口卖旧船河水书记北京了",
    "ja": "フェリー市長は港をまち売ったのです",
    "th": "กขคงจชดตทนบปผฝพมยรลวสหอะาำิีเแโ่้",
    "lo": "ກຂຄງຈຊຍດຕຖທນບປຜຝພມຢຣລວສຫອະາເແໂ",
    "km": "កខគឃងចឆជញដណតថទធនបផពភមយរលវសហអាិ្",
    "my": "ကခဂငစဆဇညတထဒနပဖဗမယရလဝသဟအာိုေ့း",
}


@pytest.mark.parametrize("language", SPACELESS)
@settings(max_examples=30)
@given(data=st.data())
def test_any_part_of_a_spaceless_text_is_found_and_exactly_that_is_marked(
    kind: str, new_index: Callable[[str], Index], language: str, data: st.DataObject
) -> None:
    text = data.draw(word(2, 14, SPACELESS[language]))
    start = data.draw(st.integers(0, len(text) - 2))
    part = text[start : data.draw(st.integers(start + 2, len(text)))]
    written_in = data.draw(st.sampled_from([language, "en", ""]))
    index = fill_index(new_index(kind), make_document("a", f"{text}。", language=written_in))
    places = re.finditer(f"(?={part})", text)
    wanted = {place for each in places for place in range(each.start(), each.start() + len(part))}

    for query in (part, f'"{part}"'):
        found = marked_in(index, query)
        assert list(found) == ["a#p1"], (text, query)
        assert {place for mark in found["a#p1"] for place in range(*mark)} == wanted, (text, query)


def signed(draw: Draw) -> tuple[str, str]:
    noun = draw(word(3, 8).filter(lambda each: each not in ("nothing", "the")))
    number = str(draw(st.integers(2, 999)))
    pairs = [
        ("C++", "C"), ("C#", "C"), ("g++", "g"), (".NET", "NET"), (f"@{noun}", noun),
        (f"#{noun}", noun), (f"§{number}", number), (f"€{number}m", f"{number}m"),
        (f"${number}", number),
    ]  # fmt: skip
    with_sign, without = draw(st.sampled_from(pairs))
    return with_sign, without


@settings(max_examples=30)
@given(data=st.data())
def test_word_with_a_sign_finds_that_only_and_without_it_both(
    kind: str, new_index: Callable[[str], Index], data: st.DataObject
) -> None:
    with_sign, without = signed(data.draw)
    index = fill_index(
        new_index(kind),
        make_document("a", f"They saw {with_sign} there.", language="en"),
        make_document("b", f"They saw {without} there.", language="en"),
    )
    end = 9 + len(with_sign)

    for query in (with_sign, f'"{with_sign}"', f'"saw {with_sign}"'):
        found = marked_in(index, query)
        assert list(found) == ["a#p1"], query
        assert found["a#p1"][-1][1] == end
    for query in (without, f'"{without}"', f'"saw {without}"'):
        assert set(marked_in(index, query)) == {"a#p1", "b#p1"}, query


SMALL = "us US, it IT, who WHO"


@pytest.mark.parametrize("pair", [each.split() for each in SMALL.split(", ")])
@pytest.mark.parametrize("kept", [0, 1])
def test_pronoun_and_abbreviation_are_kept_apart(
    index: Index, fill: Fill, document: Make, pair: list[str], kept: int
) -> None:
    fill(
        index,
        document("a", f"The mayor saw {pair[kept]} on the quay."),
        document("b", f"The mayor saw {pair[1 - kept]} on the quay."),
        document("c", f"THE MAYOR SAW {pair[1]} ON THE QUAY."),
    )
    asked = pair[kept]

    for query in (f"={asked}", f'"{asked}"', f'"saw {asked}"', f"={asked} quay"):
        found = set(marked_in(index, query))
        assert "a#p1" in found, query
        assert "b#p1" not in found, query
    assert "c#p1" in marked_in(index, f'"saw {asked}"')


# Language, text, and the queries that must not find it, between strokes.
NEVER = [
    ("fr", "l'union", "lunion"), ("fr", "l’union", "\"d'union\""), ("it", "dell'isola", "sola"),
    ("it", "nell’isola", "\"dell isola\""), ("tr", "Bursa'da", "Burs | da"),
    ("tr", "Bursa’da", "\"Bursa’dan\""), ("en", "Oʻahu", "ahu | O"), ("en", "ʿAmr", "mr"),
    ("zh", "北京市长", "京长 | \"长北\""), ("ja", "港の市長", "港市"), ("th", "ขายเรือ", "เรือขาย"),
    ("lo", "ຂາຍເຮືອ", "ເຮືອຂາຍ"), ("km", "លក់កាណូត", "ណូតលក់"), ("my", "လှေကို", "ကိုလှေ"),
    ("ko", "항구에서", "구에 | 항"), ("ko", "시장은", "시계는"), ("en", "U.S.", "S"),
    ("en", "S.D.N.Y.", "SDN"), ("en", "NATO", "NAT"), ("en", "U.N.", "US"),
    ("en", "$3.5bn", "$5bn | 5bn"), ("en", "1.2m", "\"2m\" | 1"),
    ("de", "12.04.2018", "04.2018 | 12"), ("", "192.168.10.5", "168.10.5 | 192.168"),
    ("en", "30,000", "30 | 000"), ("de", "30.000", "30 | 3000"), ("", "30'000", "000"),
    ("en", "130,000", "30,000"), ("en", "CO₂", "CO | CO3"), ("en", "x１２", "x1"),
    ("ar", "٣٤", "3"), ("en", "C++", "C#"), ("en", ".NET", "@net"), ("en", "#ferry", "@ferry"),
    ("en", "§5", "§55"), ("en", "€5m", "$5m"), ("he", "צה\"ל", "צה"), ("he", "צה״ל", "ל"),
    ("he", "שָׁלוֹם", "לום"), ("ar", "مُحَمَّد", "حمد"), ("ar", "شـــركة", "ركة"),
    ("en", "har\u200bbour", "bour"), ("en", "fer\u00adry", "fer"),
    ("en", "\u200eshed\u200f", "she"), ("en", "email", "mail"),
    ("en", "cooperation", "operation"), ("en", "co-operation", "corporation"),
    ("en", "COVID-19", "COVID-1"), ("en", "COVID19", "COVID"), ("en", "17-cv-8603", "17cv860"),
    ("en", "17cv08603", "17-cv-86030"), ("en", "Mueller", "Muller"), ("de", "Müller", "Muellner"),
    ("de", "neue", "nü"), ("fr", "cœur", "cour"), ("de", "Straße", "Strase"),
    ("en", "children", "chill"), ("en", "crises", "cry"), ("en", "women", "man"),
    ("en", "policemen", "police"), ("de", "Systeme", "Systematik"),
    ("de", "Probleme", "Problematik"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "written", "asked"), NEVER)
def test_nothing_else_is_found(
    index: Index, fill: Fill, document: Make, language: str, written: str, asked: str
) -> None:
    fill(index, document("a", f"so {written} so", language=language), document("b", "Nothing."))

    for query in asked.split(" | "):
        assert marked_in(index, query) == {}, query
    assert set(marked_in(index, f"so {written}")) == {"a#p1"}


@pytest.mark.parametrize(
    ("typed", "other"),
    [("university", "universe"), ("universe", "university"), ("organs", "organization")],
)
def test_typed_form_comes_first(
    index: Index, fill: Fill, document: Make, typed: str, other: str
) -> None:
    texts = [f"The {other} is {other}.", f"One {typed} of some other town.", f"{other} {other}"]
    fill(index, *(document(f"d{i}", text) for i, text in enumerate(texts)))

    assert Searcher(index).search(typed).hits[0].passage == "d1#p1"


def test_long_question_is_left_alone(index: Index, fill: Fill, document: Make) -> None:
    texts = [f"The {each} ferries to the old harbour lock." for each in ("universe", "university")]
    fill(index, *(document(f"d{i}", text) for i, text in enumerate(texts)))
    one, many = (
        {hit.passage: hit.score for hit in Searcher(index).search(query, correct=False)}
        for query in ("university", "which university ferries to the old harbour lock")
    )

    assert one["d1#p1"] > one["d0#p1"]
    assert many["d1#p1"] == many["d0#p1"]
