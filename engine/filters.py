"""Facts about documents and passages: `source:`, `after:`, `name:` and the like, for all indexes.

Words are looked for in a title, source, author or tag as they are in a passage, and in a name in
exactly this form; a language, kind or document id is compared whole.
"""

from __future__ import annotations

from backstory.engine.analysis import Analyzer
from backstory.engine.cache import Cache, CachePool
from backstory.engine.dates import overlaps
from backstory.engine.documents import Document, Passage
from backstory.engine.facets import LANGUAGE
from backstory.engine.fields import FIELDS, Match
from backstory.engine.query import All, Field, Filter, Range
from backstory.engine.tokens import fold_letters

TEXT_BYTES, WORD_BYTES = 300, 120  # about, of a text whose words are kept, and of each of them

Sides = tuple[tuple[str, ...], tuple[str, ...]]
# The surface forms and stems of texts, by text and language: for filters to share.
Words = Cache[tuple[str, str], Sides]


class FactFilter:
    """Evaluates a filter on documents and passages; caches the decision for each value."""

    def __init__(self, query: Filter, analyzer: Analyzer, words: Words | None = None) -> None:
        self._query = query
        self._analyzer = analyzer
        self._words: Words = CachePool().cache("facts") if words is None else words
        self._seen: dict[tuple[str, str], bool] = {}

    @property
    def asks_for(self) -> str:
        """The name of the field that the filter is about.

        For a language it is the passage's own, if it has one.
        """
        match self._query:
            case Field(name=name):
                return FIELDS.filters[name].name
            case Range(of=of):
                return of
            case _:
                return "date"

    @property
    def is_about_passages(self) -> bool:
        """The filter is about passages, not about their documents."""
        return FIELDS[self.asks_for].is_of_passage

    def stems(self, language: str) -> tuple[str, ...]:
        """Return the stems of the words that a Field asks for."""
        query = self._query
        return self._words_of(query.text, language)[1] if isinstance(query, Field) else ()

    def matches(self, document: Document, passage: Passage) -> bool:
        """Tell whether a passage passes."""
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
            case Field() as field:
                return any(self._has(each, field, language) for each in values)
            case _:
                return False

    def _has(self, value: str, field: Field, language: str) -> bool:
        key = (value, language)
        if key not in self._seen:
            is_whole = FIELDS.filters[field.name].match in (Match.WHOLE, Match.PATH)
            self._seen[key] = (
                is_same(value, field) if is_whole else self._contains(value, field, language)
            )
        return self._seen[key]

    def _contains(self, value: str, field: Field, language: str) -> bool:
        is_exact = field.is_phrase or FIELDS.filters[field.name].match is Match.FORMS
        side = 0 if is_exact else 1
        query = self._words_of(field.text, language)[side]
        if not query:
            return False
        # A substring test first: it costs a hundredth of the analysis, and rejects most values.
        if side == 0 and query[0].isalpha() and query[0] not in fold_letters(value):
            return False
        words = self._words_of(value, language)[side]
        if query[0] not in words:
            return False
        starts = range(len(words) - len(query) + 1)
        return any(words[i : i + len(query)] == query for i in starts)

    def _words_of(self, text: str, language: str) -> Sides:
        key = (text, language)
        words = self._words.get(key)
        if words is None:
            pairs = self._analyzer.terms(text, language)
            words = tuple(s for s, _ in pairs), tuple(stem for _, stem in pairs)
            self._words.put(key, words, TEXT_BYTES + WORD_BYTES * len(pairs))
        return words


def is_same(value: str, field: Field) -> bool:
    """Compare whole values; `doc:people/` and `doc:people*` match every id with that prefix."""
    query, words = fold_whole(field.text), fold_whole(value)
    if FIELDS.filters[field.name].match is Match.PATH and query.endswith(("*", "/")):
        return words.startswith(query.rstrip("*"))
    return words == query


def fold_whole(value: str) -> str:
    """Fold a value that is not split into words."""
    return " ".join(map(fold_letters, value.split()))
