"""Another language is one module, and everything that reads texts or questions knows it then."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from backstory.engine.languages import Language, is_stopword, language, languages

# A language that nobody speaks, with all that can be known about one.
MARINE = """
from backstory.engine.languages import Language, words

_SMALL = words("u li vao ta eno mi sa po")
LANGUAGE = Language(
    "qaa",
    "Marine",
    other_names=("marinu",),
    stemmer=lambda word: word.removesuffix("oni"),
    stop_words=_SMALL,
    question_words=words("kuo"),
    asking_verbs=words("nomi"),
    sounds=(("gu", "b"),),
    function_words=_SMALL,
    usual_words=(" li ", " eno "),
    months=tuple("zano febo maro apro meio juno julo ago sebo obo nobo debo".split()),
    short_months=("", "fb", *[""] * 10),
    date_of=("vao",),
    date_and=("eno",),
    is_day_first=True,
    name_words={"role": "kapitu"},
)
"""
SCRIPT = """
import sys
from backstory.engine import languages
languages.__path__.append(sys.argv.pop(1))
"""
ASKING = """
from backstory.indexer.dating import with_date
from backstory.engine.mentions import mentions
from backstory.engine.names import names
from backstory.indexer.readers import Paragraph, Reading
from backstory.indexer.readers.metadata import clean
from backstory.searcher.spelling import alike
print(mentions("li 3 vao maro eno 4 fb vao 2019", "qaa"), mentions("u 11/08/2017", "qaa"))
print(with_date(Reading((Paragraph("7 Sebo 2018"),)), "a.txt").date)
print(names(["Mi pota kapitu Zeko Tiru, po Kapitu Zeko Tiru."], "qaa"))
print(clean({"language": "Marinu"}, "a")[0], clean({"language": "marine"}, "a")[0])
print(alike("gualor", "valor"), alike("gualor", "falor"))
"""
TEXT = (
    "Li bretoni vao u portu eno ta lamu sa zimu po u mare. Mi kapitu eno li pota vao ta "
    "vela sa u nokte eno po li doma.\n"
)


@pytest.fixture
def run(tmp_path: Path) -> object:
    """Run Python, or the command, with the language added."""
    (tmp_path / "more").mkdir()
    (tmp_path / "more/qaa.py").write_text(MARINE)

    def run_script(script: str, *arguments: str) -> tuple[str, str]:
        command = [sys.executable, "-c", SCRIPT + script, str(tmp_path / "more"), *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout, done.stderr

    return run_script


def test_a_new_language_is_guessed_stemmed_and_its_small_words_left_out(
    run: object, tmp_path: Path
) -> None:
    assert callable(run)
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus/port.txt").write_text(TEXT)
    (tmp_path / "corpus/plain.txt").write_text("The bretoni of the harbour was told to leave.\n")
    command = "from backstory.cli import main; main()"
    assert "2 documents" in run(command, "index", "--jobs", "1")[0]

    found = run(command, "query", "lang:qaa bret")[0]
    assert "port#p1" in found
    assert "plain" not in found
    asked = run(command, "query", "kuo nomi li bretoni vao portu")[1]
    assert "Left out, as too common: li, vao." in asked


def test_a_new_language_has_its_dates_names_and_sounds(run: object) -> None:
    assert callable(run)
    assert run(ASKING)[0].splitlines() == [
        "('2019-02-04', '2019-03-03') ('2017-08-11',)",
        "2018-09-07",
        "[('Zeko Tiru',)]",
        "{'language': 'qaa'} {'language': 'qaa'}",
        "True False",
    ]


def test_a_language_that_nothing_is_known_about_does_nothing() -> None:
    bare = Language("qab", "Bare")
    assert bare.month_numbers() == {}
    assert language("qab") is None
    assert language("../en") is None
    assert not is_stopword("the", ["qab"])


@pytest.mark.parametrize("known", languages(), ids=lambda known: known.code)
def test_a_language_is_in_a_module_of_its_code_and_its_tables_are_whole(known: Language) -> None:
    assert importlib.import_module(f"backstory.engine.languages.{known.code}").LANGUAGE is known
    assert len(known.months) in (0, 12)
    assert len(known.short_months) in (0, 12)
    assert set(known.month_numbers().values()) in (set(), set(range(1, 13)))
    assert not known.sounds or not set("dmnrtw") & set("".join(new for _, new in known.sounds))
    assert known.function_words or not known.usual_words


def test_only_the_languages_that_are_asked_for_are_imported() -> None:
    asked = (
        "import sys\nfrom backstory.engine.languages import is_stopword, is_question_word\n"
        "is_stopword('el', ['es']), is_question_word('who', ['es'])\n"
        "print(sorted(n[-2:] for n in sys.modules if n.startswith('backstory.engine.languages.')))"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['en', 'es']"
