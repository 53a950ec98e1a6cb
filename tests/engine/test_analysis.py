"""The analyzer: which terms a text gives, and where in the text they stand."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from nltk.stem.snowball import SnowballStemmer
from nltk.tokenize import RegexpTokenizer

from backstory.engine.analysis import Analyzer, stem
from backstory.engine.indexes.embedded import EmbeddedIndex
from backstory.engine.languages import Language, languages
from backstory.engine.tokens import MAX_TERM, SHORT_CUT, TOKEN_PATTERN, bare, fold, is_spaceless

ANALYZER = Analyzer()


class Seen:
    """A lexicon that knows one word, and knows it wrong."""

    def stem(self, surface: str, language: str) -> str | None:
        """Return a stem that no stemmer gives."""
        return "en:from-the-lexicon" if (surface, language) == ("radios", "en") else None


READER = Analyzer(Seen())

any_text = st.one_of(
    st.text(),
    st.text(alphabet="aB9é ñÑß’'ʼ.,-_\u00ad\u0301\u2060\u200d\n\0\ufdfaﬁİſ\udce9"),
    st.lists(
        st.sampled_from(["U.S.", "1,750", "don’t", "x", " ", ".", "Chávez", "नमस्ते", "例え"])
    ).map("".join),
)


@pytest.mark.parametrize(
    ("text", "surfaces"),
    [
        ("Chávez CHAVEZ cha\u0301vez", ["chavez"] * 3),
        ("Maduro's Maduro’s Maduroʼs Maduro＇s", ["maduro's"] * 4),
        ("don't dON’T", ["don't"] * 2),
        ("the U.S. and the U.S", ["the", "US", "and", "the", "US"]),
        ("e.g. this", ["eg", "this"]),
        ("1,750 and 1750, or 1,750.25", ["1750", "and", "1750", "or", "1750.25"]),
        ("1,75 and 3.14", ["1.75", "and", "3.14"]),
        ("follow-through", ["follow-", "through"]),
        ("“quoted” «words» ‘here’", ["quoted", "words", "here"]),
        ("re\u00adpub\u00adlic", ["republic"]),
        ("Straße STRASSE", ["strasse"] * 2),
        ("Ñandú ñandu\u0301 NANDU", ["nandu"] * 3),
        ("Øre Łódź đak", ["ore", "lodz", "dak"]),
        ("ﬁne oﬃce", ["fine", "office"]),
        ("İstanbul ısı", ["istanbul", "isi"]),
        ("snake_case a_b", ["snake", "case", "a", "b"]),
        ("rock 'n' roll", ["rock", "n", "roll"]),
        ("COVID19 4x4 2nd", ["covid19", "4x4", "2nd"]),
        ("¿Qué? ¡Sí!", ["que", "si"]),
        ("", []),
        ("— … !? * ’ \u00ad", []),
        ("end. Next", ["end", "next"]),
        ("a.b.c.d", ["abcd"]),
        ("O’Neill's", ["o'neill's"]),
    ],
)
def test_text_gives_these_surface_forms(text: str, surfaces: list[str]) -> None:
    assert ANALYZER.surfaces(text) == [bare(surface).lower() for surface in surfaces]
    assert [token.surface for token in ANALYZER.tokens(text, "en")] == surfaces


@pytest.mark.parametrize(
    ("surface", "language", "stemmed"),
    [
        ("radios", "en", "en:radio"),
        ("ordered", "en", "en:order"),
        ("orders", "en", "en:order"),
        ("maduro's", "en", "en:maduro"),
        ("niños", "es", "es:niñ"),
        ("ordenes", "es", "es:orden"),
        ("radios", "xx", "und:radios"),
        ("radios", "", "und:radios"),
        ("maduro's", "xx", "und:maduro"),
    ],
)
def test_stem_is_that_of_the_language(surface: str, language: str, stemmed: str) -> None:
    assert stem(surface, language) == ANALYZER.stem(surface, language) == stemmed


def test_forms_of_a_word_share_a_stem_across_spellings() -> None:
    text = "Chávez’s CHAVEZ Chávez cha\u0301vez's"

    assert {stemmed for _, stemmed in ANALYZER.terms(text, "en")} == {"en:chavez"}


@pytest.mark.parametrize(
    ("text", "words"),
    [("नमस्ते दुनिया", 2), ("مرحبا بالعالم", 2), ("中文文本 測試", 4), ("Привет мир", 2), ("שלום", 1)],
)
@pytest.mark.parametrize("language", ["en", "ar", "ru", "hi"])
def test_scripts_of_the_world_are_words(text: str, words: int, language: str) -> None:
    assert len(ANALYZER.terms(text, language)) == words


def test_composed_and_decomposed_text_give_the_same_terms() -> None:
    text = "Ángel Peña firmó; el niño oyó — naïve café, Ňěmec, Việt Nam"
    one, other = (
        ANALYZER.terms(unicodedata.normalize(form, text), "es") for form in ("NFC", "NFD")
    )

    assert one == other


def test_word_of_a_megabyte_is_cut() -> None:
    ((surface, stemmed),) = ANALYZER.terms("x" * 1_000_000, "en")
    (token,) = ANALYZER.tokens("x" * 1_000_000, "en")

    assert surface == "x" * MAX_TERM
    assert len(stemmed) <= MAX_TERM + 3
    assert (token.start, token.end) == (0, 1_000_000)


def test_spans_fall_on_the_words_as_they_are_written() -> None:
    text = "“Chávez’s U.S. re\u00adpublic,” cost 1,750."
    cut = [text[token.start : token.end] for token in ANALYZER.tokens(text, "en")]

    assert cut == ["Chávez’s", "U.S.", "re\u00adpublic", "cost", "1,750"]


@given(any_text, st.sampled_from(["en", "es", "ar", "de", "xx"]))
@example("ﷺ İ ſ U.S.'s", "en")
def test_terms_and_tokens_agree(text: str, language: str) -> None:
    tokens = list(ANALYZER.tokens(text, language))

    assert ANALYZER.terms(text, language) == [(token.surface, token.stem) for token in tokens]
    if language in ("es", "de"):  # where a full stop may part thousands
        return
    plain = [bare(token.surface).lower() for token in tokens]
    assert ANALYZER.surfaces(text) == [surface for surface in plain if surface]


@given(any_text)
def test_every_span_folds_to_its_surface(text: str) -> None:
    start = -1
    for token in ANALYZER.tokens(text, "en"):
        assert start < token.start < token.end  # those of spaceless scripts overlap
        start = token.start
        assert token.surface
        assert fold(text[token.start : token.end]) == bare(token.surface).lower()
        assert len(bare(token.surface)) <= MAX_TERM


@given(any_text)
def test_reading_side_finds_the_spans_that_nltk_finds(text: str) -> None:
    assume(not is_spaceless(text))
    spans = list(RegexpTokenizer(TOKEN_PATTERN).span_tokenize(text))
    reading = [
        (token.start, token.end) for token in READER.tokens(text, "xx") if token.end > token.start
    ]

    assert [span for span in spans if fold(text[slice(*span)])] == reading
    assert READER.terms(text, "xx") == ANALYZER.terms(text, "xx")


@given(any_text | st.text("aZé9.,' _\n-:’") | st.text("aZ09.,' _\n-:&\t\0\x1f\x7f"))
def test_short_cuts_find_the_words_that_nltk_finds_without_them(text: str) -> None:
    assume(not is_spaceless(text))
    assert TOKEN_PATTERN.startswith(f"{SHORT_CUT}|")
    without = RegexpTokenizer(TOKEN_PATTERN.removeprefix(f"{SHORT_CUT}|"))
    assert ANALYZER.words(text) == READER.words(text) == without.tokenize(text)


@given(st.text(min_size=1))
def test_folding_is_the_same_for_capitals_and_composition(word: str) -> None:
    assert fold(unicodedata.normalize("NFD", word)) == fold(unicodedata.normalize("NFC", word))


@pytest.mark.parametrize("digit", ["٣", "३", "３", "\U0001e4f3", "\U00010d43", "\U0001ccf3"])
def test_digit_of_any_script_is_one_even_of_a_newer_unicode(digit: str) -> None:
    surface = ANALYZER.terms(f"x{digit}", "en")[0][0]

    assert surface in ("x3", f"x{digit}")


def test_lexicon_is_asked_before_the_stemmer() -> None:
    assert READER.stem("radios", "en") == "en:from-the-lexicon"
    assert READER.stem("radios", "es") == stem("radios", "es")
    assert READER.stem("orders", "en") == "en:order"


def test_table_of_words_is_bounded() -> None:
    small = Analyzer(table_limit=2)
    text = "one two three four five one two"

    assert small.terms(text, "en") + small.terms(text, "en") == ANALYZER.terms(text, "en") * 2
    small.terms("six", "en")
    assert len(small._tables["en", False]) <= 6


PROGRAM = """
import sys
from pathlib import Path
from backstory import engine, searcher
from backstory.engine.indexes.embedded import EmbeddedIndex
from backstory.engine.languages import Language, languages
from backstory.engine.nltk_parts import part
ask = searcher.Searcher(EmbeddedIndex(Path(sys.argv[1])))
for text in sys.argv[2:]:
    assert ask.search(text, correct=False).total or text == "unheard-of", text
assert not {"nltk", "flask", "click"} & set(sys.modules)
print(part.cache_info().currsize)
"""


@pytest.mark.parametrize(
    ("asked", "parts"),
    [
        (["radio", '"the radio"', "radios orders", "orders*", "rad?o", "lang:es", "órdenes"], "0"),
        (["unheard-of"], "1"),
    ],
)
def test_reading_side_imports_a_stemmer_only_for_unseen_words(
    tmp_path: Path,
    document: Callable[..., object],
    fill: Callable[..., object],
    asked: list[str],
    parts: str,
) -> None:
    folder = tmp_path / "index"
    fill(
        EmbeddedIndex(folder),
        document("a", "The radios were ordered; the radio orders."),
        document("b", "Las órdenes del rey", language="es"),
    )
    command = [sys.executable, "-c", PROGRAM, str(folder), *asked]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip() == parts


@given(st.text(), st.text())
def test_no_word_goes_across_a_blank(left: str, right: str) -> None:
    assert ANALYZER.words(f"{left} {right}") == ANALYZER.words(left) + ANALYZER.words(right)


@given(st.text(st.characters(categories=["L"]), min_size=1), st.text(",;:?!()\"'"))
def test_letters_alone_are_a_word_whatever_stands_around_them(word: str, sign: str) -> None:
    assume(not is_spaceless(word))
    assert ANALYZER.words(word) == [word]
    assert ANALYZER.terms(sign + word + sign, "en") == ANALYZER.terms(word, "en")


@given(
    st.sampled_from([each for each in languages() if isinstance(each.stemmer, str)]),
    st.from_regex(r"[0-9]+(\.[0-9]+)*", fullmatch=True),
)
def test_number_is_its_own_stem_as_nltk_says(language: Language, number: str) -> None:
    assert stem(number, language.code) == f"{language.code}:{number}"
    assert SnowballStemmer(language.stemmer).stem(number) == number
