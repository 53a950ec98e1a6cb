"""What is known about each language: one module and one `Language` value a language.

A module is imported when its language is first asked for, so that a query pays only for the
languages of its index. Another language is another module here, named by its ISO 639 code; what a
`Language` does not say is not known, and nothing is done for it.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache

# The languages that a question may be in, whatever the corpus is in.
_OF_QUESTIONS = ("en", "es")
_CODE = re.compile("[a-z]{2,3}")
_NO_WORDS: frozenset[str] = frozenset()


def words(text: str) -> frozenset[str]:
    """Return the words of a list that is written as text, with blanks between them."""
    return frozenset(text.split())


@dataclass(frozen=True, slots=True)
class Language:
    """A language by its ISO 639 code, and what Backstory knows about it.

    Words are written as the analyzer folds them, in small letters without accents, where nothing
    else is said.
    """

    code: str
    name: str
    """In English, with a capital."""
    other_names: tuple[str, ...] = ()
    """What metadata call it besides, in small letters: *castellano*, *spa*."""

    # Asking
    stemmer: str | Callable[[str], str] = ""
    """The name of NLTK's Snowball stemmer, or a function from a folded word to its stem."""
    stop_words: frozenset[str] = _NO_WORDS
    """Words that carry no subject: left out of a plain search, never out of a phrase."""
    question_words: frozenset[str] = _NO_WORDS
    """Words that a question starts with."""
    asking_verbs: frozenset[str] = _NO_WORDS
    """Verbs that ask, in a question, for what was said or done, and rarely stand in the answer."""
    sounds: tuple[tuple[str, str], ...] = ()
    """Patterns and replacements that make of a word how it sounds, between the common rules of
    `searcher/spelling.py`; none may take away or bring in d, m, n, r, t or w."""

    irregular: Mapping[str, str] = field(default_factory=dict)
    """Forms that no rule leads to the same stem, each with its base form: *children*, *child*."""
    has_decimal_comma: bool = False
    """Whether 30.000 is thirty thousand and 3,5 a fraction."""
    has_suffixes_after_apostrophe: bool = False
    """Whether what follows an apostrophe is an ending of the name before it: *Ankara'da*."""

    # Telling which language a text is in
    function_words: frozenset[str] = _NO_WORDS
    """The commonest small words; without them a text is never told to be in this language."""
    usual_words: tuple[str, ...] = ()
    """The commonest of them that cousins do not share, as they stand in a sentence: " el "."""
    least_share: float = 0.25
    """The least share of function words in a text."""
    sure_share: float | None = None
    """With so many function words no cousin comes into question; None: all are compared."""
    foreign_letters: str = ""
    """Letters with accents that it does not write, but its cousins do."""

    # Dates and names
    months: tuple[str, ...] = ()
    """Twelve months in small letters, with accents; each may have several names, with blanks
    between them: "september sept"."""
    short_months: tuple[str, ...] = ()
    """Twelve abbreviations, which count in running text only."""
    months_have_capitals: bool = False
    date_of: tuple[str, ...] = ()
    """What stands between day, month and year: *of*."""
    date_and: tuple[str, ...] = ()
    """What stands between two dates: *and*, *until*."""
    is_day_first: bool = False
    """Whether 11/08/2017 is always the eleventh of August."""
    nouns_have_capitals: bool = False
    """Whether a capital says nothing about a single word."""
    name_words: Mapping[str, str] = field(default_factory=dict)
    """What capitalised words may be besides names, in texts of any language, by kind (small, month,
    day, role, office, demonym, body; see `engine/name_words.py`): {"role": "ministro senhora"}."""

    def month_numbers(self, *, with_short: bool = True) -> dict[str, int]:
        """Return the number of each month, 1 to 12, by each of its names."""
        lists = (self.months, self.short_months) if with_short else (self.months,)
        return {
            name: number
            for names in lists
            for number, month in enumerate(names, 1)
            for name in month.split()
        }


@lru_cache(maxsize=1_000)
def language(code: str) -> Language | None:
    """Return what is known about a language, or None."""
    if not _CODE.fullmatch(code):
        return None
    module = f"{__name__}.{code}"
    try:
        module_language: Language = importlib.import_module(module).LANGUAGE
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        return None
    return module_language


@cache
def languages() -> tuple[Language, ...]:
    """Return all languages that something is known about, in the order of their codes."""
    import pkgutil  # a query asks for single languages

    codes = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(known for code in codes if (known := language(code)))


@cache
def codes_by_name() -> dict[str, str]:
    """Return the code of every language by its names, in small letters."""
    return {
        name: each.code for each in languages() for name in (each.name.lower(), *each.other_names)
    }


def stop_words(code: str) -> frozenset[str]:
    """Return the words of a language that carry no subject, none where they are not known."""
    known = language(code)
    return known.stop_words if known else _NO_WORDS


def is_stopword(surface: str, codes: Iterable[str]) -> bool:
    """Tell whether the word carries no subject in any of these languages."""
    return any(surface in stop_words(code) for code in codes)


def is_question_word(surface: str, codes: Iterable[str]) -> bool:
    """Tell whether a question may start with the word, in a corpus in these languages."""
    return any(surface in known.question_words for known in _asked_in(codes))


def is_asking_verb(surface: str, codes: Iterable[str]) -> bool:
    """Tell whether the word only asks, in a question to a corpus in these languages."""
    return any(surface in known.asking_verbs for known in _asked_in(codes))


def _asked_in(codes: Iterable[str]) -> Iterable[Language]:
    return (known for code in {*_OF_QUESTIONS, *codes} if (known := language(code)))
