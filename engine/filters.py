"""Facts about documents and passages: `source:`, `after:`, `name:` and the like, for all indexes.

Words are looked for in a title, source, author or tag as they are in a passage, and in a name or
kind in exactly this form; a language, a quoted kind or a document id is compared whole. All of them
take wildcards. A quoted name is also that of the person with a middle name or without
(`engine.persons`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from backstory.engine.analysis import Analyzer
from backstory.engine.cache import Cache, CachePool
from backstory.engine.dates import overlaps, year_of
from backstory.engine.documents import Document, Passage
from backstory.engine.facets import LANGUAGE
from backstory.engine.fields import FIELDS, Match
from backstory.engine.patterns import Pattern, is_wild, pattern_of, words_and_patterns
from backstory.engine.persons import is_person
from backstory.engine.query import All, Field, Filter, InTitle, Range, Undated
from backstory.engine.tokens import fold_letters

TEXT_BYTES, WORD_BYTES = 300, 120  # about, of a text whose words are kept, and of each of them

Sides = tuple[tuple[str, ...], tuple[str, ...]]
# What a filter asks for, in order: words, by surface form and stem, and patterns of surface forms.
Sought = tuple[tuple[str, str] | Pattern, ...]
# The surface forms and stems of texts, by text and language: for filters to share.
Words = Cache[tuple[str, str], Sides]


class FactFilter:
    """Evaluates a filter on documents and passages; caches the decision for each value."""

    def __init__(self, query: Filter, analyzer: Analyzer, words: Words | None = None) -> None:
        self._query = query
        self._analyzer = analyzer
        self._words: Words = CachePool().cache("facts") if words is None else words
        self._seen: dict[tuple[str, str], bool] = {}
        self._sought: dict[str, Sought] = {}

    @property
    def asks_for(self) -> str:
        """The name of the field that the filter is about.

        For a language it is the passage's own, if it has one.
        """
        match self._query:
            case Field(name=name):
                return FIELDS.filters[name].name
            case Range(of=of) | Undated(of=of):
                return of
            case _:
                return "date"

    @property
    def is_about_passages(self) -> bool:
        """The filter is about passages, not about their documents."""
        return FIELDS[self.asks_for].is_of_passage

    def stems(self, language: str) -> tuple[str, ...]:
        """Return the stems of the words that a Field asks for, without patterns."""
        query = self._query
        asked = self._sought_in(language) if isinstance(query, Field) else ()
        return tuple(each[1] for each in asked if not isinstance(each, Pattern))

    def matches(self, document: Document, passage: Passage) -> bool:
        """Tell whether a passage passes."""
        if isinstance(self._query, InTitle):
            return passage.address in self._query.passages
        if self.asks_for == LANGUAGE:
            return self.takes(passage.language_in(document), "")
        if self.is_about_passages:
            return self.takes(getattr(passage, self.asks_for), document.language)
        return self.takes(document.value(self.asks_for), document.language)

    def takes(self, value: str | tuple[str, ...], language: str) -> bool:
        """Tell whether a value of the field passes the filter."""
        values = value if isinstance(value, tuple) else (value,)
        match self._query:
            case All():
                return True
            case Range(first, last):
                return any(overlaps(each, first, last) for each in values)
            case Undated():
                return not any(map(year_of, values))
            case Field() as field:
                return any(self._has(each, field, language) for each in values)
            case _:
                return False

    def _has(self, value: str, field: Field, language: str) -> bool:
        key = (value, language)
        if key not in self._seen:
            self._seen[key] = (
                self._compare(value)
                if is_of_wholes(field)
                else self._contains(value, field, language)
            )
        return self._seen[key]

    def _contains(self, value: str, field: Field, language: str) -> bool:
        is_exact = field.is_phrase or FIELDS.filters[field.name].match is not Match.WORDS
        asked = self._sought_in(language)
        if not asked or not _may_have(value, asked[0], is_exact):
            return False
        surfaces, stems = self._words_of(value, language)

        def fits(each: tuple[str, str] | Pattern, place: int) -> bool:
            if isinstance(each, Pattern):
                return each.fits(surfaces[place])
            return each[0] == surfaces[place] if is_exact else each[1] == stems[place]

        starts = range(len(surfaces) - len(asked) + 1)
        if any(all(fits(each, i + n) for n, each in enumerate(asked)) for i in starts):
            return True
        if not field.is_phrase or FIELDS.filters[field.name].name != "names":
            return False
        words = [each[0] for each in asked if not isinstance(each, Pattern)]
        return len(words) == len(asked) and is_person(words, surfaces)

    @cached_property
    def _compare(self) -> Callable[[str], bool]:
        return comparison(self._query) if isinstance(self._query, Field) else bool

    def _sought_in(self, language: str) -> Sought:
        if language not in self._sought and isinstance(self._query, Field):
            terms = words_and_patterns(
                self._query.text, lambda text: self._analyzer.plain_terms(text, language)
            )
            self._sought[language] = tuple(terms)
        return self._sought.get(language, ())

    def _words_of(self, text: str, language: str) -> Sides:
        key = (text, language)
        words = self._words.get(key)
        if words is None:
            pairs = self._analyzer.plain_terms(text, language)
            words = tuple(s for s, _ in pairs), tuple(stem for _, stem in pairs)
            self._words.put(key, words, TEXT_BYTES + WORD_BYTES * len(pairs))
        return words


def is_of_wholes(field: Field) -> bool:
    """Tell whether a filter compares whole values, and no words of them."""
    match = FIELDS.filters[field.name].match
    return match in (Match.WHOLE, Match.PATH) or (match is Match.LABEL and field.is_phrase)


def comparison(field: Field) -> Callable[[str], bool]:
    """Return what tells whether a whole value fits; `doc:people/` fits every id that starts so."""
    query = fold_whole(field.text)
    is_start = FIELDS.filters[field.name].match is Match.PATH and query.endswith("/")
    pattern = pattern_of(query) if is_wild(query) else None

    def fits(value: str) -> bool:
        words = fold_whole(value)
        if words == query or value in field.also:
            return True
        if pattern:
            return bool(words) and pattern.fits(words)
        return is_start and words.startswith(query)

    return fits


def _may_have(value: str, first: tuple[str, str] | Pattern, is_exact: bool) -> bool:
    """Tell at a hundredth of the cost of an analysis that a value does not have a word."""
    if isinstance(first, Pattern):
        return _has_letters(value, first.run)
    return not is_exact or _has_letters(value, first[0])


def _has_letters(value: str, wanted: str) -> bool:
    return not wanted.isalpha() or wanted in fold_letters(value)


def fold_whole(value: str) -> str:
    """Fold a value that is not split into words."""
    return " ".join(map(fold_letters, value.split()))
