"""A sentence of each kind, what finds it, and what does not; any text is in test_equivalents.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstory.engine.documents import IndexedDocument
from backstory.engine.indexes.contract import Index
from backstory.engine.indexes.reference import ReferenceIndex
from backstory.engine.tokens import find_all, surface_of
from backstory.searcher import Searcher
from backstory.testing import fill_index, make_document

Make = Callable[..., IndexedDocument]
Fill = Callable[..., Any]

# Kind, language, text, and the queries that find it and that do not, between strokes.
CASES = [
    (
        "elision",
        "fr",
        "Le maire de l’Union parle d'accord.",
        'union | "l\'Union" | l’union',
        "nion",
    ),
    (
        "elision",
        "it",
        "Il costo dell'acqua e nell’isola.",
        'acqua | isola | "nell\'isola"',
        "lacqua",
    ),
    ("turkish", "tr", "Ankara'da ve İzmir’in limanında.", "Ankara | izmir | Ankara'nın", "kara"),
    (
        "apostrophe",
        "en",
        "ʿUmar went to Oʻahu by Qur‘an road.",
        "Umar | O'ahu | oahu | Quran",
        "ahu",
    ),
    ("korean", "ko", "시장이 항구에서 배를 팔았다", "시장 | 항구 | 항구는 | 배를", "장이"),
    ("chinese", "zh", "市长在港口出售了渡轮。", '港口 | 出售了 | "在港口" | 渡轮', "港渡"),
    ("japanese", "ja", "市長はフェリーを売った。", 'フェリー | リーを | "市長は"', "フェを"),
    ("thai", "th", "นายกเทศมนตรีขายเรือข้ามฟาก", 'เรือ | ขายเรือ | "ข้ามฟาก"', "ฟากเรือ"),
    ("lao", "lo", "ເຈົ້າເມືອງຂາຍເຮືອ", "ເມືອງ | ຂາຍເຮືອ", "ເຮືອຂາຍ"),
    ("khmer", "km", "អភិបាលបានលក់កាណូត", "លក់ | កាណូត", "កាណូតលក់"),
    ("burmese", "my", "မြို့ဝန်က လှေကိုရောင်းသည်", "လှေကို | ရောင်းသည်", "ကိုလှေ"),
    (
        "abbreviation",
        "en",
        "The N.A.T.O. ship and the U.S. port.",
        'NATO | US port | "US port" | U. S.',
        "us | nat",
    ),
    ("abbreviation", "en", "A clerk of the S. D. N. Y. wrote.", "SDNY | S.D.N.Y.", "sdn"),
    (
        "abbreviation",
        "en",
        "They asked us, and it was he who paid.",
        '"asked us" | =who',
        "US | IT | WHO",
    ),
    (
        "abbreviation",
        "en",
        "The WHO paid for IT in the US.",
        "WHO paid | IT | US",
        '=it | =who | "us"',
    ),
    (
        "abbreviation",
        "en",
        "THE CLERK TOLD US AND THE WHO.",
        '"told us" | the US clerk | =who',
        "=o",
    ),
    (
        "number",
        "en",
        "It cost $3.5bn, then 1.2m and $30,000.",
        "3.5 | $3.5bn | 30000 | 30 000 | 1.2m",
        "$5bn | 5bn | 2m | 000",
    ),
    (
        "number",
        "de",
        "Es kamen 30.000 Leute am 12.04.2018.",
        "30000 | 30.000 | 30 000 | 12.04.2018",
        "30 | 04.2018 | 2018",
    ),
    ("number", "fr", "Il y avait 30 000 ou 40'000 personnes.", "30000 | 40000 | 40 000", "3000"),
    ("number", "en", "The host 192.168.10.5 answered.", "192.168.10.5", "10.5 | 168.10 | 192"),
    (
        "digits",
        "en",
        "CO₂ rose over 12 km² at x１２ and ٣٤.",
        "CO2 | CO₂ | km2 | km² | 34 | x12",
        "CO | CO3",
    ),
    (
        "sign",
        "en",
        "He writes C++ and #ferry to @mayor on .NET.",
        "C++ | C | #ferry | ferry | @mayor | mayor | .NET | net",
        "C# | @ferry | #mayor",
    ),
    (
        "sign",
        "de",
        "Nach § 218 und §5 zahlt er €7m.",
        "§218 | § 5 | 218 | €7m | 7m",
        "€5 | $7m | §7",
    ),
    ("hebrew", "", 'שָׁלוֹם לכל חברי צה"ל היום', 'שלום | צה״ל | צה"ל | צהל', "שלו"),
    ("arabic", "", "ذهب مُحَمَّد إلى الميـــناء", "محمد | مُحَمَّد | الميناء", "حمد"),
    (
        "unseen",
        "en",
        "A har\u200bbour and a fer\u00adry and a sh\u200eed.",
        "harbour | ferry | shed",
        "bour",
    ),
    (
        "joined",
        "en",
        "The e-mail on pre-war co-operation and COVID-19.",
        "email | emails | prewar | cooperation | COVID19 | e-mail",
        "gmail | covid18",
    ),
    (
        "joined",
        "en",
        "An email on prewar cooperation and COVID19.",
        "e-mail | pre-war | co-operation | COVID-19",
        "mail | war",
    ),
    (
        "joined",
        "en",
        "See 17-cv-08603 and 18cv00042.",
        "17cv8603 | 17-cv-8603 | 17cv08603 | 18-cv-42 | 18-cv-00042",
        "17cv860 | cv8",
    ),
    (
        "umlaut",
        "de",
        "Herr Müller ging in die Straße, Œuvre inklusive.",
        "Mueller | Müller | muller | Strasse | oeuvre",
        "Muellner",
    ),
    ("umlaut", "en", "Mr Mueller met Caesar.", "Müller | Mueller | Cæsar", "Muller | Mull"),
    (
        "irregular",
        "en",
        "The children and policemen saw two crises; their analyses and feet.",
        "child | policeman | crisis | analysis | foot",
        "chilly | police",
    ),
    (
        "german",
        "de",
        "Die Systeme und Probleme der Stadt waren nicht neu.",
        "System | Problem | Systemen",
        "Systematik",
    ),
]


def hits(index: Index, text: str) -> list[tuple[str, str]]:
    """Return the passages with all the words, each with its marked words joined."""
    result = Searcher(index).search(text, correct=False, limit=100)
    return [
        (hit.passage, "".join(part for part, is_marked in hit.parts if is_marked))
        for hit in result
        if hit.all_words
    ]


@pytest.mark.parametrize(("kind_", "language", "text", "finds", "misses"), CASES)
def test_word_is_found_as_it_may_be_written_and_in_no_other_word(
    index: Index, fill: Fill, document: Make,
    kind_: str, language: str, text: str, finds: str, misses: str,
) -> None:  # fmt: skip
    fill(index, document("a", text, language=language), document("b", "Nothing.", language="en"))
    for query in finds.split(" | "):
        found = hits(index, query)
        assert [passage for passage, _ in found] == ["a#p1"], query
        assert found[0][1], query
    for query in misses.split(" | "):
        assert hits(index, query) == [], query


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("市长在港口出售了渡轮。", "港口出售", "港口出售"),
        ("The e-mail came.", "email", "e-mail"),
        ("In 17-cv-08603 he said.", "17cv8603", "17-cv-08603"),
        ("Ein Müller kam.", "Mueller", "Müller"),
        ("It cost 30 000 dollars.", "30000", "30 000"),
        ("The U. S. port.", "US", "U. S"),
        ("Oil of l’Union.", "union", "Union"),
    ],
)
def test_exactly_what_matched_is_marked(
    index: Index, fill: Fill, document: Make, text: str, query: str, marked: str
) -> None:
    fill(index, document("a", text))
    (hit,) = Searcher(index).search(query, correct=False).hits

    assert hit.text[hit.marks[0][0] : hit.marks[-1][1]] == marked


texts = st.lists(
    st.text(st.characters(categories=["L", "N", "M"]), min_size=1, max_size=8)
    | st.sampled_from(
        ["e-mail", "C++", "l’Union", "30,000", "U.S.", "Müller", "#tag", "§5", "北京市"]
    ),
    min_size=1,
    max_size=8,
).map(" ".join)


@given(texts, st.sampled_from(["en", "de", "fr", "tr", ""]))
@settings(max_examples=80)
def test_any_word_of_any_text_finds_its_passage(text: str, language: str) -> None:
    index = fill_index(ReferenceIndex(), make_document("a", text, language=language))
    words = [raw for raw in find_all(text) if len(raw) > 1 and surface_of(raw)[-1:].isalnum()]
    for raw in words:
        quoted = '"{}"'.format(raw.strip("-"))
        assert Searcher(index).search(quoted, correct=False).total == 1, raw
