"""Modules of NLTK by themselves: the same as NLTK's, and nothing of them is left behind."""

from __future__ import annotations

import subprocess
import sys

APART = """
import sys
from backstory.engine.nltk_parts import part
snowball, regexp = part("nltk.stem.snowball"), part("nltk.tokenize.regexp")
assert not [name for name in sys.modules if name.partition(".")[0] in ("nltk", "scipy")]

from nltk.stem.snowball import SnowballStemmer
from nltk.tokenize import RegexpTokenizer
assert SnowballStemmer is not snowball.SnowballStemmer
words = sys.stdin.read().split()
for language in SnowballStemmer.languages:
    ours, theirs = snowball.SnowballStemmer(language), SnowballStemmer(language)
    assert [*map(ours.stem, words)] == [*map(theirs.stem, words)], language
text = " ".join(words)
assert regexp.RegexpTokenizer("[a-z]+").tokenize(text) == RegexpTokenizer("[a-z]+").tokenize(text)
"""
LOADED = """
import nltk.stem.snowball
from backstory.engine.nltk_parts import part
assert part("nltk.stem.snowball") is nltk.stem.snowball
"""
OTHERWISE = """
from backstory.engine import nltk_parts
nltk_parts._PACKAGES = ("nltk",)  # so that its stemmers ask for what is not there
assert nltk_parts.part("nltk.stem.snowball").SnowballStemmer("english").stem("radios") == "radio"
try:
    nltk_parts.part("nltk.nothing")
except ModuleNotFoundError:
    pass
else:
    raise AssertionError
"""
WORDS = (
    "running generously dying radios ships’ l'union congresses houses corriendo naciones habían"
    " Häuser größten fliegen événements chevaux generazioni ações läpi kirjoittaa бежали домами"
)


def run(code: str) -> None:
    """Run a program in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", code], input=WORDS, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_parts_do_what_those_of_the_whole_do_and_leave_nothing_behind() -> None:
    run(APART)


def test_what_is_loaded_already_is_taken() -> None:
    run(LOADED)


def test_whole_is_loaded_where_it_cannot_be_taken_apart() -> None:
    run(OTHERWISE)
