"""From text to terms: the one analyzer that passages and queries go through.

NLTK's RegexpTokenizer gives spans into the original text, so that marks fall on real characters;
words are then lower-cased and stripped of accents, and stemmed by NLTK's Snowball stemmer of the
passage's language. Importing NLTK takes longer than answering a query, so the reading side works
without it: it runs the tokenizer's pattern on `regex`, the engine that NLTK itself runs it on, and
takes stems from the index's lexicon. NLTK is then wanted only for words that the index never saw.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, lru_cache
from operator import sub
from typing import NamedTuple, Protocol

import regex

from backstory.engine import languages
from backstory.engine.cache import Cache, CachePool

_APOSTROPHES = "'’ʼ＇"
_LETTERS = r"[^\W_]+(?:[\u00ad\u2060]+[^\W_]+)*"
# Most words by far: plain letters up to a blank or a stop. They would come out the same without it.
SHORT_CUT = r"[a-zA-Z]{2,}+(?![^ ,;:)\n.]|\.[^\W_])|"
TOKEN_PATTERN = (
    SHORT_CUT + r"[^\W\d_](?:\.[^\W\d_])+\b\.?(?![^\W_])"  # U.S., e.g.
    r"|\d+(?:[.,]\d+)+(?![^\W_])"  # 1,750.25
    rf"|{_LETTERS}(?:[{_APOSTROPHES}]{_LETTERS})*"  # Maduro's, don't, Chávez
)
_TOKEN = regex.compile(TOKEN_PATTERN, regex.UNICODE | regex.MULTILINE | regex.DOTALL)
# In plain text it finds the same, in two thirds of the time.
_PLAIN_TOKEN = re.compile(TOKEN_PATTERN, re.ASCII | re.MULTILINE | re.DOTALL)
_THOUSANDS = regex.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DIACRITICS = regex.compile(r"[\u0300-\u036f\p{Cf}]+")
_PLAIN = str.maketrans(dict.fromkeys(_APOSTROPHES, "'") | {"ø": "o", "ł": "l", "đ": "d", "ı": "i"})

_OF_NUMBERS = "0123456789.,"

MAX_TERM = 64
SIGNATURE_BITS = 512
# Estimated bytes of an analysed text: for itself, and for each of its words.
READ_BYTES, READ_WORD_BYTES = 400, 24
PAIR_BYTES = 200  # about, of a word with its surface form and its stem
NO_WORD = ("", "")
UNKNOWN_LANGUAGE = "und"
# Raised whenever the same text would give other terms, so that an old index is not misread.
ANALYZER_VERSION = 1


class Lexicon(Protocol):
    """What an index knows about words: the stems that it has already worked out."""

    def stem(self, surface: str, language: str) -> str | None:
        """Return the stem of a surface form, or None where it was never indexed."""


class Token(NamedTuple):
    """An occurrence of a word: its span in the text, its surface form and its `language:stem`."""

    start: int
    end: int
    surface: str
    stem: str


class AnalyzedText:
    """An analysed text: the (surface, stem) of each word, and its start and end in the text."""

    __slots__ = ("_signature", "ends", "pairs", "starts")

    def __init__(
        self, pairs: Sequence[tuple[str, str]], starts: Sequence[int], ends: Sequence[int]
    ) -> None:
        self.pairs, self.starts, self.ends = pairs, starts, ends
        self._signature = 0

    def __len__(self) -> int:
        return len(self.pairs)

    @property
    def signature(self) -> int:
        """A bit set of hashed surface forms, computed once.

        The number of bits that another text lacks is a lower bound of the distinct words it lacks.
        """
        if not self._signature:
            signature = 0
            for surface in {surface for surface, _ in self.pairs}:
                signature |= 1 << hash(surface) % SIGNATURE_BITS
            self._signature = signature  # at once: other threads read the same text
        return self._signature


def fold(raw: str) -> str:
    """Return the surface form of a word: lower case, no accents, straight apostrophes."""
    folded = fold_letters(raw)
    if not folded[:1].isalpha() and _THOUSANDS.fullmatch(folded):
        folded = folded.replace(",", "")
    return folded.rstrip(".")[:MAX_TERM]


def fold_letters(raw: str) -> str:
    """Fold every letter and cut nothing off."""
    return raw.lower() if raw.isascii() else _fold_unicode(raw)


def _fold_unicode(raw: str) -> str:
    bare = _DIACRITICS.sub("", unicodedata.normalize("NFKD", raw))
    return unicodedata.normalize("NFKC", bare).casefold().translate(_PLAIN)


def _find_all(text: str) -> list[str]:
    if text.isascii():
        return _PLAIN_TOKEN.findall(text)
    words: list[str] = _TOKEN.findall(text, concurrent=False)
    return words


@lru_cache(maxsize=1)
def _nltk_tokenizer() -> Callable[[str], list[str]]:
    from nltk.tokenize import RegexpTokenizer

    class Tokenizer(RegexpTokenizer):  # type: ignore[misc]  # NLTK has no types
        """NLTK's tokenizer without its clock, which takes more time than the matching.

        The clock is there for patterns that strangers give; this one is linear.
        """

        def tokenize(self, text: str) -> list[str]:
            return _find_all(text)

    tokenize: Callable[[str], list[str]] = Tokenizer(TOKEN_PATTERN).tokenize
    return tokenize


@lru_cache(maxsize=16)
def _stemmer(language: str) -> Callable[[str], str] | None:
    known = languages.language(language)
    if known is None or not known.stemmer:
        return None
    if callable(known.stemmer):
        return known.stemmer
    from nltk.stem.snowball import SnowballStemmer  # 0.2 s: only when a new word must be stemmed

    stem: Callable[[str], str] = SnowballStemmer(known.stemmer).stem
    return stem


def stem(surface: str, language: str) -> str:
    """Return `language:stem`; a language without a stemmer keeps the surface form."""
    stemmer = _stemmer(language)
    if stemmer is None:
        return f"{UNKNOWN_LANGUAGE}:{surface}"
    if not surface.strip(_OF_NUMBERS):
        return f"{language}:{surface}"  # so says NLTK, too; a quarter of the words of business news
    base = surface[:-2] if surface.endswith("'s") else surface
    return f"{language}:{stemmer(base) or base}"


class Analyzer:
    """Turns text into tokens; caches words, so that each is stemmed once.

    Give it the index's lexicon on the reading side: NLTK is then imported only for words that
    the index has never seen.
    """

    def __init__(
        self,
        lexicon: Lexicon | None = None,
        *,
        table_limit: int = 400_000,
        pool: CachePool | None = None,
    ) -> None:
        self._lexicon = lexicon
        self._tables: dict[str, _Table] = {}
        self._table_limit = table_limit
        pool = pool or CachePool()
        # One search reads the same passages to mark them and to tell copies, and the next one, by
        # whoever refines a question, mostly the same again.
        self._recent: Cache[tuple[str, str], AnalyzedText] = pool.cache("texts")
        pool.table("words", lambda: sum(map(len, self._tables.values())), PAIR_BYTES)

    def clear(self) -> None:
        """Clear the cache of analysed texts."""
        self._recent.clear()

    @property
    def signature(self) -> str:
        """Name what decides which terms a text gives; an index with another one is outdated."""
        return f"regexp+snowball/{ANALYZER_VERSION}"

    @cached_property
    def _tokenize(self) -> Callable[[str], list[str]]:
        return _find_all if self._lexicon is not None else _nltk_tokenizer()

    def words(self, text: str) -> list[str]:
        """Return the words of a text as they stand in it."""
        return self._tokenize(text)

    def pair(self, raw: str, language: str) -> tuple[str, str]:
        """Return the surface form and stem of a word as it stands; "" where nothing is left."""
        return self._table(language)[raw]

    def terms(self, text: str, language: str) -> Sequence[tuple[str, str]]:
        """Return the (surface, stem) of every word in order."""
        if self._lexicon is not None:
            return self.read(text, language).pairs
        return self._read(text, language)[1]

    def read(self, text: str, language: str) -> AnalyzedText:
        """Return the words of a text with their places; the reading side keeps the last texts."""
        if self._lexicon is None:
            return self._placed(text, language)
        read = self._recent.get((text, language))
        if read is None:
            read = self._placed(text, language)
            self._recent.put((text, language), read, READ_BYTES + READ_WORD_BYTES * len(read))
        return read

    def _placed(self, text: str, language: str) -> AnalyzedText:
        words, pairs = self._read(text, language)
        position, find = 0, text.find
        # Between two words there is nothing that a word could start with: the next occurrence of
        # the next word is the word.
        ends = array("I", [position := find(word, position) + len(word) for word in words])
        return AnalyzedText(pairs, array("I", map(sub, ends, map(len, words))), ends)

    def _read(self, text: str, language: str) -> tuple[Sequence[str], Sequence[tuple[str, str]]]:
        words = self.words(text)
        pairs = list(map(self._table(language).__getitem__, words))
        if NO_WORD in pairs:
            kept = [i for i, pair in enumerate(pairs) if pair != NO_WORD]
            return [words[i] for i in kept], [pairs[i] for i in kept]
        return words, pairs

    def tokens(self, text: str, language: str) -> Iterator[Token]:
        """Yield every word with its span; positions are those of `terms`."""
        table = self._table(language)
        for match in _TOKEN.finditer(text):
            raw = match.group()
            surface, stemmed = table[raw]
            if surface:
                yield Token(match.start(), match.end(), surface, stemmed)

    def surfaces(self, text: str) -> list[str]:
        """Return the surface forms alone, which needs no language."""
        return [surface for surface in map(fold, _find_all(text)) if surface]

    def stem(self, surface: str, language: str) -> str:
        """Return the `language:stem` of a surface form."""
        if self._lexicon is not None:
            known = self._lexicon.stem(surface, language)
            if known is not None:
                return known
        return stem(surface, language)

    def _table(self, language: str) -> _Table:
        table = self._tables.get(language)
        if table is None:
            table = self._tables[language] = _Table(self, language)
        elif len(table) > self._table_limit:
            table.clear()
        return table


class _Table(dict[str, tuple[str, str]]):
    """From a word as it stands to its surface form and stem, worked out when first met."""

    def __init__(self, analyzer: Analyzer, language: str) -> None:
        self._analyzer, self._language = analyzer, language

    def __missing__(self, raw: str) -> tuple[str, str]:
        surface = fold(raw)
        pair = (surface, self._analyzer.stem(surface, self._language)) if surface else NO_WORD
        if len(raw) <= MAX_TERM:
            self[raw] = pair
        return pair
