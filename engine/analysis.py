"""From text to terms: the one analyzer that passages and queries go through.

NLTK's RegexpTokenizer gives spans into the original text, so that marks fall on real characters;
words are then lower-cased and stripped of accents, and stemmed by NLTK's Snowball stemmer of the
passage's language. Importing NLTK takes longer than answering a query, so the reading side works
without it: it runs the tokenizer's pattern itself (`engine/tokens.py`) and takes stems from the
index's lexicon. NLTK is then wanted only for words that the index never saw.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Container, Iterator, Sequence
from functools import cached_property, lru_cache
from operator import sub
from typing import Any, NamedTuple, Protocol

from backstory.engine import languages
from backstory.engine.cache import Cache, CachePool
from backstory.engine.nltk_parts import part
from backstory.engine.tokens import (
    MAX_TERM,
    TOKEN_PATTERN,
    bare,
    find_all,
    find_spans,
    fold,
    is_spaceless,
    plain,
    surface_of,
    without_particle,
)

_OF_NUMBERS = "0123456789.,"
_CONTRACTED = frozenset("d ll m re s t ve".split())

SIGNATURE_BITS = 512
# Estimated bytes of an analysed text: for itself, and for each of its words.
READ_BYTES, READ_WORD_BYTES = 400, 24
PAIR_BYTES = 200  # about, of a word with its surface form and its stem
NO_WORD = ("", "")
UNKNOWN_LANGUAGE = "und"
# Raised whenever the same text would give other terms, so that an old index is not misread.
ANALYZER_VERSION = 2


class Lexicon(Protocol):
    """What an index knows about words: the stems that it has already worked out."""

    def stem(self, surface: str, language: str) -> str | None:
        """Return the stem of a surface form, or None where it was never indexed."""


class VocabularyLexicon:
    """The lexicon of an index that keeps its words alone; `words` are its surface forms."""

    def __init__(self, words: Callable[[], Container[str]]) -> None:
        self._words = words

    def stem(self, surface: str, language: str) -> str | None:
        """Return the stem of a surface form, or None where it was never indexed."""
        if surface not in self._words():
            return None
        known = stem(surface, language)
        return known if known.startswith(f"{language}:") else None


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


@lru_cache(maxsize=1)
def _nltk_tokenizer() -> Callable[[str], list[str]]:
    regexp: Any = part("nltk.tokenize.regexp")

    class Tokenizer(regexp.RegexpTokenizer):  # type: ignore[misc]  # NLTK has no types
        """NLTK's tokenizer without its clock, which takes more time than the matching.

        The clock is there for patterns that strangers give; this one is linear.
        """

        def tokenize(self, text: str) -> list[str]:
            return find_all(text)

    tokenize: Callable[[str], list[str]] = Tokenizer(TOKEN_PATTERN).tokenize
    return tokenize


@lru_cache(maxsize=16)
def _stemmer(language: str) -> Callable[[str], str] | None:
    known = languages.language(language)
    if known is None or not known.stemmer:
        return None
    if callable(known.stemmer):
        return known.stemmer
    snowball = part("nltk.stem.snowball")
    stem: Callable[[str], str] = snowball.SnowballStemmer(known.stemmer).stem
    return stem


def stem(surface: str, language: str) -> str:
    """Return `language:stem`; a language without a stemmer keeps the surface form."""
    known = languages.language(language)
    has_stemmer = known is not None and bool(known.stemmer)
    base, name = bare(surface) or surface, language if has_stemmer else UNKNOWN_LANGUAGE
    if surface[:1].isupper():  # an abbreviation, see `tokens.ACRONYMS`
        return f"{name}:{base}"
    if not base.strip(_OF_NUMBERS):
        return f"{name}:{base}"  # so says NLTK, too; a quarter of the words of business news
    if base.endswith("'s"):
        base = base[:-2]
    if "'" in base and not base.endswith("'"):
        cuts = known is not None and known.has_suffixes_after_apostrophe
        base = base.partition("'")[0] if cuts else base.replace("'", "") if _is_name(base) else base
    if not base.isascii():
        base = without_particle(base)
    if known is not None:
        base = known.irregular.get(base, base)
    stemmer = _stemmer(language)
    return f"{name}:{stemmer(base) or base}" if stemmer else f"{name}:{base}"


def _is_name(word: str) -> bool:
    """Tell *o'brien* and *hawai'i* from contractions, whose stemmers know the apostrophe."""
    return word.rpartition("'")[2] not in _CONTRACTED


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
        self._tables: dict[tuple[str, bool], _Table] = {}
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
        return find_all if self._lexicon is not None else _nltk_tokenizer()

    def words(self, text: str) -> list[str]:
        """Return the words of a text as they stand in it."""
        return self._tokenize(text)

    def pair(self, raw: str, language: str, *, shouts: bool = False) -> tuple[str, str]:
        """Return the surface form and stem of a word as it stands; "" where nothing is left.

        `shouts` says that the text around it is in capitals.
        """
        return self._table(language, shouts)[raw]

    def terms(
        self, text: str, language: str, *, shouts: bool | None = None
    ) -> Sequence[tuple[str, str]]:
        """Return the (surface, stem) of every word in order.

        `shouts` says that the text is in capitals; None: see for yourself.
        """
        if self._lexicon is not None and shouts is None:
            return self.read(text, language).pairs
        return self._read(text, language, text.isupper() if shouts is None else shouts)[1]

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
        if is_spaceless(text):
            return self._overlapping(text, language)
        words, pairs = self._read(text, language, text.isupper())
        end, find = 0, text.find
        # Between two words there is nothing that a word could start with: the next occurrence of
        # the next word is the word.
        ends = array("I", [end := find(word, end) + len(word) for word in words])
        return AnalyzedText(pairs, array("I", map(sub, ends, map(len, words))), ends)

    def _overlapping(self, text: str, language: str) -> AnalyzedText:
        """Read a text whose words may overlap."""
        table = self._table(language, text.isupper())
        spans = [(start, end, table[text[start:end]]) for start, end in find_spans(text)]
        kept = [span for span in spans if span[2] != NO_WORD]
        starts = array("I", [start for start, _, _ in kept])
        ends = array("I", [end for _, end, _ in kept])
        return AnalyzedText([pair for _, _, pair in kept], starts, ends)

    def _read(
        self, text: str, language: str, shouts: bool
    ) -> tuple[Sequence[str], Sequence[tuple[str, str]]]:
        words = self.words(text)
        pairs = list(map(self._table(language, shouts).__getitem__, words))
        if NO_WORD in pairs:
            kept = [i for i, pair in enumerate(pairs) if pair != NO_WORD]
            return [words[i] for i in kept], [pairs[i] for i in kept]
        return words, pairs

    def tokens(self, text: str, language: str) -> Iterator[Token]:
        """Yield every word with its span; positions are those of `terms`."""
        read = self.read(text, language)
        for start, end, pair in zip(read.starts, read.ends, read.pairs, strict=True):
            yield Token(start, end, *pair)

    def plain_terms(self, text: str, language: str) -> list[tuple[str, str]]:
        """Return the (word, stem) of every word in order, the words without traces."""
        return [(plain(surface), stem) for surface, stem in self.terms(text, language)]

    def surfaces(self, text: str) -> list[str]:
        """Return the surface forms alone, without traces, which needs no language."""
        return [surface for surface in map(fold, find_all(text)) if surface]

    def stem(self, surface: str, language: str) -> str:
        """Return the `language:stem` of a surface form."""
        if self._lexicon is not None:
            known = self._lexicon.stem(surface, language)
            if known is not None:
                return known
        return stem(surface, language)

    def known_stem(self, surface: str, language: str) -> str | None:
        """Return the stem of a surface form that the index has, None for any other.

        No stemmer is asked for it, which would have to be imported first.
        """
        lexicon = self._lexicon
        return stem(surface, language) if lexicon is None else lexicon.stem(surface, language)

    def _table(self, language: str, shouts: bool) -> _Table:
        table = self._tables.get((language, shouts))
        if table is None:
            table = self._tables[language, shouts] = _Table(self, language, shouts)
        elif len(table) > self._table_limit:
            table.clear()
        return table


class _Table(dict[str, tuple[str, str]]):
    """From a word as it stands to its surface form and stem, worked out when first met."""

    def __init__(self, analyzer: Analyzer, language: str, shouts: bool) -> None:
        self._analyzer, self._language, self._shouts = analyzer, language, shouts
        known = languages.language(language)
        self._has_decimal_comma = known is not None and known.has_decimal_comma

    def __missing__(self, raw: str) -> tuple[str, str]:
        surface = surface_of(raw, has_decimal_comma=self._has_decimal_comma, shouts=self._shouts)
        pair = (surface, self._analyzer.stem(surface, self._language)) if surface else NO_WORD
        if len(raw) <= MAX_TERM:
            self[raw] = pair
        return pair
