"""Passages in another language than their document are told apart, and nothing else is."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.documents import Passage
from backstory.engine.indexes.contract import Index
from backstory.engine.indexes.embedded import EmbeddedIndex
from backstory.engine.indexes.reference import ReferenceIndex
from backstory.engine.languages import languages
from backstory.indexer.corpus import file_state
from backstory.indexer.foreign import in_own_languages, own_language
from backstory.indexer.language import small_words
from backstory.indexer.loading import Loader, with_facts
from backstory.indexer.plan import FileJob
from backstory.indexer.sync import sync
from backstory.searcher import Searcher
from backstory.settings import Config

ROOT = Path(__file__).resolve().parents[2]
NEWS = ROOT.parent / "shared" / "news" / "news.jsonl.gz"

TEXTS = {
    "en": "The ministry refused to say whether the two men had travelled to the capital. It was "
    "late, and the harbour was asleep.",
    "es": "El ministro se negó a decir si los dos hombres habían viajado a la capital, y el puerto "
    "de la ciudad dormía.",
    "de": "Die Regierung sagte nicht, ob die beiden Männer in die Hauptstadt gereist waren. Es war "
    "spät, und der Hafen schlief.",
    "fr": "Le ministère n'a pas voulu dire si les deux hommes étaient allés à la capitale. Il "
    "était tard et le port dormait dans la nuit.",
    "it": "Il ministero non ha voluto dire se i due uomini erano andati nella capitale. Era tardi, "
    "e il porto della città dormiva.",
    "nl": "Het schip is in de nacht gezien door twee mannen van de haven, of dat was wat zij "
    "zeiden toen het weer dag werd.",
    "pt": "O ministério não quis dizer se os dois homens tinham ido para a capital. Era tarde, e o "
    "porto dormia ao som do mar.",
    "tr": "Bakan, iki adamın başkente gidip gitmediğini söylemek istemedi. Bu çok geç bir saatti "
    "ve liman da deniz gibi karanlık olduğu için bir şey yok dediler.",
    "sv": "Fonden betalade för apparater som ingen hade beställt, och amiralen säger att han inte "
    "visste något om det.",
}
PAIRS = [(home, other) for home in TEXTS for other in TEXTS]


@pytest.mark.parametrize(("home", "other"), PAIRS)
def test_passage_of_another_language_is_told_apart(home: str, other: str) -> None:
    assert own_language(TEXTS[other], home) == ("" if home == other else other)
    assert set(TEXTS) == set(small_words())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1987 - 2,350 / 14%, 1988 - 2,420 / 16%, 1989 - 2,480 / 17%",
        "Asociación de los Amigos del Puerto y de la Ciudad",
        "“No quiso decir nada”, dijo el ministro.",
        "Juan Carlos de la Cruz y Martínez del Río",
        "He wrote “El ministerio no quiso decir si los dos hombres habían viajado” and left it.",
        "The group comprising Societe Nationale du Port, Caisse des Pilotes de la Cote et du "
        "Phare, Societe Mutuelle des Gardiens et de la Lampe, and Banque du Nord et de l'Ouest "
        "said it held shares de la banque.",
        f"{TEXTS['en']} {TEXTS['es']}",
        "Министерство отказалось сказать, ездили ли эти двое в столицу по приказу адмирала.",
    ],
)
def test_what_is_short_or_mixed_or_unknown_stays_with_its_document(text: str) -> None:
    assert own_language(text, "en") == ""


@pytest.mark.parametrize("home", ["", "ca", "und", "xx-YY"])
def test_document_in_a_language_without_a_list_has_no_foreign_passages(home: str) -> None:
    assert own_language(TEXTS["en"], home) == ""


@given(st.text(), st.sampled_from(sorted(TEXTS)))
def test_any_text_is_in_another_language_or_that_of_its_document(text: str, home: str) -> None:
    assert own_language(text, home) in {"", *(each.code for each in languages())} - {home}


def test_passages_are_marked_where_they_differ_and_else_are_the_same() -> None:
    passages = tuple(Passage("a", n, TEXTS[code]) for n, code in enumerate(("en", "es", "en"), 1))
    found = in_own_languages(passages, "en")
    assert [passage.language for passage in found] == ["", "es", ""]
    assert [replace(passage, language="") for passage in found] == list(passages)
    assert in_own_languages(passages[:1], "en") == passages[:1]


def test_names_and_dates_are_read_in_the_language_of_the_passage() -> None:
    held = "Quintero kam am Morgen zum Hafen, und der Kapitän war nicht an Bord."
    passages = (
        Passage("a", 1, "Admiral Otto Quintero signed on 4 May 2018.", language=""),
        Passage("a", 2, "Quintero firmó la carta el 11 de agosto de 2017.", language="es"),
        Passage("a", 3, "On 12 agosto 2017 nothing is said in English."),
        Passage("a", 4, held, language="de"),
        Passage("a", 5, "The Kapitän of the Hafen knew Bord."),
    )
    found = with_facts(passages, "en")
    assert found[0].mentions == ("2018-05-04",)
    assert found[1].mentions == ("2017-08-11",)
    assert found[2].mentions == ("2017",)
    assert [passage.names for passage in found[:2]] == [("Otto Quintero",)] * 2
    assert found[3].names == ("Otto Quintero",), "German writes nouns with capitals"
    assert "Hafen" in found[4].names


REPORT = f"""---
title: A report
---

{TEXTS["en"]}

{TEXTS["es"]}

{TEXTS["en"]}
"""


Reading = Callable[..., Searcher]


@pytest.fixture(params=["reference", "embedded"])
def indexed(request: pytest.FixtureRequest, tmp_path: Path) -> Reading:
    """Index one file: `indexed("a.txt", text, corpus__language="en")`."""
    memory = request.param == "reference"
    index: Index = ReferenceIndex() if memory else EmbeddedIndex(tmp_path / "index")

    def index_one(name: str, text: str, **settings: str) -> Searcher:
        (tmp_path / "corpus").mkdir(exist_ok=True)
        (tmp_path / "corpus" / name).write_text(text)
        config = Config(root=tmp_path).override(index__jobs=1, **settings)
        sync(index, config)
        return Searcher(index, config.search, config.ranking)

    return index_one


def test_passage_is_found_by_forms_of_its_own_language_and_marked(indexed: Reading) -> None:
    searcher = indexed("report.md", REPORT)
    (hit,) = searcher.search("viajar")
    assert (hit.passage, hit.language) == ("report#p2", "es")
    assert [text for text, is_marked in hit.parts if is_marked] == ["viajado"]
    opened = searcher.open("report", "viajar")
    assert [read.marks for read in opened.passages] == [None, hit.marks, None]
    assert opened.document.language == "en"


def test_filter_and_facet_count_the_passage_as_its_own_language(indexed: Reading) -> None:
    searcher = indexed("report.md", REPORT)
    assert [hit.passage for hit in searcher.search("lang:es")] == ["report#p2"]
    assert searcher.search("lang:en").total == searcher.search("NOT lang:es").total == 2
    assert searcher.search("*", facets=True).facets["language"] == {"en": 2, "es": 1}
    assert searcher.statistics().languages == {"en": 2, "es": 1}


def test_document_that_says_its_language_may_still_quote_another(indexed: Reading) -> None:
    searcher = indexed("report.md", REPORT.replace("title:", "language: es\ntitle:"))
    assert searcher.open("report").document.language == "es"
    assert [hit.passage for hit in searcher.search("lang:en")] == ["report#p1", "report#p3"]


def test_language_of_the_settings_is_that_of_every_passage(indexed: Reading) -> None:
    searcher = indexed("report.md", REPORT, corpus__language="en")
    assert searcher.statistics().languages == {"en": 3}


def test_english_news_stay_english() -> None:
    if not NEWS.exists():
        pytest.skip("the news collection is not here")
    with gzip.open(NEWS, "rt", encoding="utf-8") as lines:
        found = [
            text
            for line in islice(lines, 0, None, 4)
            for text in json.loads(line)["paragraphs"]
            if own_language(text, "en")
        ]
    assert found == []


def test_corpus_holds_no_passage_in_another_language_than_its_document() -> None:
    config = Config(root=ROOT)
    loader = Loader(config)
    for path in sorted((ROOT / "corpus" / "es").glob("*.md")):
        name = path.relative_to(ROOT / "corpus").as_posix()
        loaded = loader.load(FileJob(name, name, file_state(name, path.stat(), None)))
        (found,) = loaded.documents
        assert found.document.language == "es"
        assert {passage.language for passage in found.passages} == {""}
