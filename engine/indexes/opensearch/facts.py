"""Filters as queries of the cluster: decided value by value, by the filter that everything uses.

The distinct values of a field are fetched, each is decided here, and the cluster is asked for those
that pass. Of titles, which are as many as documents, only those are fetched that have the words.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from backstory.engine.analysis import Analyzer
from backstory.engine.cache import Cache, CachePool
from backstory.engine.documents import split_address
from backstory.engine.fields import FIELDS, Match
from backstory.engine.filters import FactFilter, fold_whole
from backstory.engine.indexes.opensearch.cluster import encoded
from backstory.engine.indexes.opensearch.entries import (
    StoredDocument,
    address_key,
    document_id,
    document_key,
    is_hashed,
    keys_of,
    passage_of,
    value_of,
)
from backstory.engine.indexes.opensearch.mapping import DOCUMENT, PASSAGE, is_id
from backstory.engine.indexes.opensearch.translation import (
    NOTHING,
    Body,
    any_of,
    filtered,
    none_of,
    terms,
)
from backstory.engine.indexes.opensearch.view import View
from backstory.engine.patterns import is_wild
from backstory.engine.query import All, Field, Filter, InTitle, Nothing, Undated

VALUE_BYTES = 300  # about, of a value with its key
Values = dict[str, tuple[str, str]]  # values with their languages, by key


class Facts:
    """Translates filters for one commit, and keeps what it has fetched for them."""

    def __init__(self, view: View, analyzer: Analyzer, pool: CachePool) -> None:
        self._view, self._analyzer = view, analyzer
        self._translated: Cache[Filter, Body] = pool.cache("cluster filters")
        self._fetched: Cache[str, Values] = pool.cache("cluster values")

    def translate(self, query: Filter) -> Body:
        """Return what matches the passages that pass a filter."""
        known = self._translated.get(query)
        if known is None:
            known = self._translate(query)
            self._translated.put(query, known, len(encoded(known)))
        return known

    def _translate(self, query: Filter) -> Body:
        match query:
            case All():
                return {"match_all": {}}
            case Nothing():
                return NOTHING
            case InTitle(passages=passages):
                pairs = map(split_address, passages)
                return terms("at", [address_key(id_, number) for id_, number in pairs if number])
            case _:
                pass
        condition = FactFilter(query, self._analyzer)
        if isinstance(query, Field) and is_id(FIELDS.filters[query.name]):
            if not is_wild(fold_whole(query.text)):
                return _of_ids(query)
            return terms(
                "doc", [key for key, (id_, _) in self._ids.items() if condition.takes(id_, "")]
            )
        name = condition.asks_for
        if isinstance(query, Undated):
            dated = [k for k, (v, _) in self._values(name).items() if not condition.takes(v, "")]
            return filtered(none_of(terms(f"facts.{name}", dated))) if dated else {"match_all": {}}
        values = self._sought(condition) if name == "title" else self._values(name)
        passing = [key for key, pair in values.items() if condition.takes(*pair)]
        return terms(f"facts.{name}", passing)

    def named(self, name: str, keys: Iterable[str]) -> Values:
        """Return the values of some keys of a field; long ones are looked up."""
        listed = list(keys)
        values = {key: value_of(key) for key in listed if not is_hashed(key)}
        for key in listed:
            if is_hashed(key):
                values[key] = self._looked_up(name, key)
        return values

    def _looked_up(self, name: str, key: str) -> tuple[str, str]:
        """Return the value of a hashed key, from any entry that has it."""
        field = FIELDS[name]
        query = self._view.living((DOCUMENT, PASSAGE), {"term": {f"facts.{name}": key}})
        entry = next(self._view.entries(query))
        of_document = self._view.document_entries([entry["doc"]])[entry["doc"]]
        document = StoredDocument.of(of_document).document
        value = getattr(passage_of(entry), name) if field.is_of_passage else document.value(name)
        values = value if isinstance(value, tuple) else (value,)
        found = next(v for v in values if v and keys_of(field, document, v) == [key])
        return found, document.language

    def _values(self, name: str) -> Values:
        """Return all values of a field of this commit."""
        known = self._fetched.get(name)
        if known is None:
            of_passages = FIELDS[name].is_of_passage or name == "language"
            query = self._view.living(PASSAGE if of_passages else DOCUMENT)
            known = self._fetch(name, query)
            self._fetched.put(name, known, VALUE_BYTES * (len(known) + 1))
        return known

    def _fetch(self, name: str, query: Body) -> Values:
        return self.named(name, self._view.values(query, [f"facts.{name}"])[f"facts.{name}"])

    def _sought(self, condition: FactFilter) -> Values:
        """Return the titles that may pass: those that have the stems of all words asked for."""
        clauses = []
        for language in self.document_languages:
            stems = condition.stems(language)
            if not stems:
                return self._values("title")
            clauses.append(filtered(*({"term": {"head": stem}} for stem in dict.fromkeys(stems))))
        query = self._view.living(DOCUMENT, any_of(clauses))
        return self._fetch("title", query)

    @cached_property
    def document_languages(self) -> tuple[str, ...]:
        """The languages of documents, with "" if some have none."""
        query = self._view.living(DOCUMENT)
        counted = self._view.values(query, ["facts.language"])["facts.language"]
        languages = [value for value, _ in self.named("language", counted).values()]
        has_others = sum(counted.values()) < self._view.state.counts.documents
        return (*languages, "") if has_others else tuple(languages)

    @cached_property
    def _ids(self) -> Values:
        keys = self._view.values(self._view.living(DOCUMENT), ["doc"])["doc"]
        return {key: (document_id(key), "") for key in keys}


def _of_ids(query: Field) -> Body:
    """Return what matches a document's id as a whole, or how it starts."""
    asked = fold_whole(query.text)
    clauses: list[Body] = [{"term": {"folded": asked}}]
    if FIELDS.filters[query.name].match is Match.PATH and asked.endswith("/"):
        clauses.append({"prefix": {"folded": asked}})
    if query.also:
        clauses.append(terms("doc", map(document_key, sorted(query.also))))
    return any_of(clauses)
