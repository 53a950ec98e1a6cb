"""Finding passages on the cluster, and their exact scores: what a snapshot asks with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from backstory.engine.analysis import Analyzer
from backstory.engine.cache import Cache, CachePool
from backstory.engine.candidates import Candidate
from backstory.engine.documents import Document, Passage
from backstory.engine.errors import IndexDamaged, QueryRefused
from backstory.engine.indexes.opensearch.bounds import Address, Bounded, in_exact_order
from backstory.engine.indexes.opensearch.entries import (
    StoredDocument,
    address_key,
    document_key,
    passage_of,
)
from backstory.engine.indexes.opensearch.facts import Facts
from backstory.engine.indexes.opensearch.mapping import PASSAGE
from backstory.engine.indexes.opensearch.translation import (
    Body,
    Translator,
    candidates,
    is_tiered,
    leaves,
    none_of,
    places,
    share_of_clauses,
    terms,
)
from backstory.engine.indexes.opensearch.view import BY_ADDRESS, View, first_page
from backstory.engine.matching import Matcher, PassageTerms
from backstory.engine.ordering import ADDED, OLDEST
from backstory.engine.query import Leaf, Near, Phrase, Query
from backstory.engine.ranking import BM25, order, score

DOCUMENT_BYTES, PASSAGE_BYTES = 1_000, 1_000  # about, beside two for each letter
TERM_BYTES = 150  # about, of an address in a list
MOST_ALONE = 800  # words of a phrase that is the only one in its query
MOST_LISTED = 100_000  # passages in a list
MOST_READ = 10_000  # passages whose texts are looked through
FIRST_PAGE = 20  # passages that are read at least; later pages are larger
READ = ("doc", "n", "record")


class Retrieval:
    """Asks one commit; may be shared by threads."""

    def __init__(self, view: View, analyzer: Analyzer, pool: CachePool) -> None:
        self.view, self._analyzer = view, analyzer
        self.facts = Facts(view, analyzer, pool)
        self._listed: Cache[Leaf, Body] = pool.cache("cluster lists")
        # A commit never changes, but the pool serves several.
        self._documents: Cache[tuple[Any, str], StoredDocument] = pool.cache("cluster documents")
        self._passages: Cache[tuple[Any, Address], Passage] = pool.cache("cluster passages")

    @property
    def _average(self) -> float:
        counts = self.view.state.counts
        return counts.words / (counts.passages or 1)

    def _translator(self, query: Query) -> Translator:
        return Translator(self.facts.translate, self.listed, most=share_of_clauses(query))

    def matching(self, query: Query) -> Body:
        """Return what finds the passages that a query matches."""
        return self._translator(query).matching(query)

    def full(self, query: Query) -> Body:
        """Return what finds those with all the words."""
        return self._translator(query).full(query)

    def totals(self, query: Query) -> tuple[int, int]:
        """Return how many passages match, and how many of them with all the words."""
        counts = self.view.counts(self._counted_for(query))
        return counts[0], counts[-1]

    def _counted_for(self, query: Query) -> list[Body]:
        """Return what finds the passages of each total, of one where they are the same."""
        return [self.matching(query), *([self.full(query)] if is_tiered(query) else [])]

    def weights(self, query: Query, ranking: BM25) -> dict[Leaf, float]:
        """Return the weight of each leaf, from the number of passages that it matches."""
        every, passages = leaves(query), self.view.state.counts.passages
        counts = self.view.counts(list(map(self.matching, every)))
        pairs = zip(every, counts, strict=True)
        return {leaf: ranking.weight(passages, count) for leaf, count in pairs}

    def by_relevance(self, query: Query, ranking: BM25, first: int) -> Iterator[Candidate]:
        """Yield all matches, those with all the words first, then by score and address.

        Of the cluster's first answer the caller wants about `first`, and the totals, too.
        """
        weights = self.weights(query, ranking)
        translator = replace(
            self._translator(query),
            weight=weights.__getitem__,
            norm=(ranking.norm(0.0, self._average), ranking.norm(1.0, self._average)),
        )
        scored, scorer = translator.scored(query), self._scorer(query, weights, ranking)
        tiers: list[Body] = [{"bool": {"must": [scored]}}]
        if is_tiered(query):
            full = translator.full(query)
            tiers = [
                {"bool": {"must": [scored], "filter": [full]}},
                {"bool": {"must": [scored], "filter": [none_of(full)]}},
            ]
        searches = [self._by_bound(tier, max(first, FIRST_PAGE)) for tier in tiers]
        self._ask_ahead(query, searches[0])
        for search in searches:
            yield from in_exact_order(self._bounded(search, scorer))

    def _by_bound(self, tier: Body, first: int) -> Body:
        """Return the search for passages by the upper bounds of their scores."""
        body = {"bool": {"must": [tier], "filter": [self.view.living(PASSAGE)]}}
        order_ = [{"_score": "desc"}, *BY_ADDRESS]
        return first_page(body, order_, source=READ, first=first, track_scores=True)

    def _ask_ahead(self, query: Query, search: Body) -> None:
        """Ask for the totals of a query together with its first hits."""
        self.view.ask_ahead([*map(self.view.counting, self._counted_for(query)), search])

    def _bounded(self, search: Body, scorer: Scorer) -> Iterator[list[Bounded]]:
        for hits in self.view.pages(search):
            read = self.read_hits(hits)
            yield [
                Bounded(
                    hit["_score"], (passage.document, passage.number), scorer(document, passage)
                )
                for hit, (document, passage) in zip(hits, read, strict=True)
            ]

    def by_date(self, query: Query, ranking: BM25, sort: str) -> Iterator[Candidate]:
        """Yield all matches by date or arrival of their documents, then by relevance."""
        scorer = self._scorer(query, self.weights(query, ranking), ranking)
        keys: list[dict[str, str]] = [{"undated": "asc"}]
        keys.append({"when": "asc" if sort == OLDEST else "desc"})
        if sort == ADDED:
            keys.insert(0, {"added": "desc"})
        found = self.view.living(PASSAGE, self.matching(query))
        search = first_page(found, [*keys, *BY_ADDRESS], source=READ, first=FIRST_PAGE)
        self._ask_ahead(query, search)
        scored = (
            (passage.document, scorer(document, passage))
            for hits in self.view.pages(search)
            for document, passage in self.read_hits(hits)
        )
        for _, group in groupby(scored, key=lambda pair: pair[0]):
            matched = [candidate for _, candidate in group if candidate is not None]
            yield from sorted(matched, key=_by_relevance)

    def score(self, query: Query, ranking: BM25, ids: Sequence[Address]) -> list[Candidate | None]:
        """Return passages as candidates of a query, None for each that does not match."""
        scorer = self._scorer(query, self.weights(query, ranking), ranking)
        return [scorer(document, passage) for document, passage in self.read(ids)]

    def _scorer(self, query: Query, weights: dict[Leaf, float], ranking: BM25) -> Scorer:
        matcher, average = Matcher(query, self._analyzer), self._average

        def scored(document: Document, passage: Passage) -> Candidate | None:
            words = matcher.terms(document, passage)
            norm = ranking.norm(len(words), average)

            def score_of(leaf: Leaf) -> float | None:
                frequency = words.frequency(leaf)
                return score(weights[leaf], frequency, norm) if frequency else None

            outcome = matcher.outcome(document, passage, score_of)
            if outcome is None:
                return None
            return Candidate((passage.document, passage.number), outcome.score, outcome.all_words)

        return scored

    def listed(self, leaf: Phrase | Near) -> Body:
        """Return the passages that match a leaf too large for its query, as a list of addresses.

        Raises QueryRefused where there are too many.
        """
        known = self._listed.get(leaf)
        if known is None:
            matches = places(leaf, MOST_ALONE)
            addresses = self._by_text(leaf) if matches is None else self._addresses(leaf, matches)
            known = terms("at", addresses)
            self._listed.put(leaf, known, TERM_BYTES * (len(addresses) + 1))
        return known

    def _addresses(self, leaf: Leaf, matches: Body) -> list[str]:
        self._refuse_more_than(MOST_LISTED, leaf, matches)
        search = first_page(self.view.living(PASSAGE, matches), source=("at",))
        return [hit["_source"]["at"] for hits in self.view.pages(search) for hit in hits]

    def _by_text(self, leaf: Phrase | Near) -> list[str]:
        """Return the passages that match a leaf which only their texts can tell."""
        matches = candidates(leaf.words)
        self._refuse_more_than(MOST_READ, leaf, matches)
        return [
            address_key(passage.document, passage.number)
            for hits in self.view.pages(first_page(self.view.living(PASSAGE, matches), source=READ))
            for document, passage in self.read_hits(hits)
            if self._terms(document, passage).frequency(leaf)
        ]

    def _refuse_more_than(self, most: int, leaf: Leaf, matches: Body) -> None:
        (count,) = self.view.counts([matches])
        if count > most:
            text = leaf.text.strip('"')
            raise QueryRefused(
                f"“{text}” is too wide for an index on a cluster: {count:,} passages may have it, "
                f"and at most {most:,} are looked through.",
                "Write words in full rather than with *, and each of them once.",
            )

    def _terms(self, document: Document, passage: Passage) -> PassageTerms:
        return PassageTerms.of(passage.text, passage.language_in(document), self._analyzer)

    def read(self, ids: Iterable[Address]) -> list[tuple[Document, Passage]]:
        """Return passages with their documents; raises KeyError for one that is not there."""
        wanted = list(ids)
        known = {each: self._passages.get(self._key(each)) for each in wanted}
        missing = [address_key(*each) for each, passage in known.items() if passage is None]
        if missing:
            query = self.view.living(PASSAGE, terms("at", missing))
            for entry in self.view.entries(query):
                passage = self._kept(entry)
                known[passage.document, passage.number] = passage
        documents = self.documents(id_ for id_, _ in wanted)
        pairs = ((documents[each[0]].document, known[each]) for each in wanted)
        return [(document, passage) for document, passage in pairs if passage is not None]

    def read_hits(self, hits: Sequence[dict[str, Any]]) -> list[tuple[Document, Passage]]:
        """Return the passages of an answer with their documents."""
        passages = [self._kept(hit["_source"]) for hit in hits]
        documents = self.documents(passage.document for passage in passages)
        try:
            return [(documents[passage.document].document, passage) for passage in passages]
        except KeyError as error:
            said = f"the document {error} of a passage is missing"
            raise IndexDamaged(self.view.cluster.place, said) from error

    def _kept(self, entry: dict[str, Any]) -> Passage:
        passage = passage_of(entry)
        key = self._key((passage.document, passage.number))
        self._passages.put(key, passage, PASSAGE_BYTES + 2 * len(passage.text))
        return passage

    def _key(self, address: Address) -> tuple[Any, Address]:
        return self.view.key, address

    def documents(self, ids: Iterable[str]) -> dict[str, StoredDocument]:
        """Return those of some documents that are there."""
        commit = self.view.key
        known = {id_: self._documents.get((commit, id_)) for id_ in ids}
        missing = [document_key(id_) for id_, stored in known.items() if stored is None]
        for entry in self.view.document_entries(missing).values():
            stored = StoredDocument.of(entry)
            known[stored.document.id] = stored
            self._documents.put((commit, stored.document.id), stored, DOCUMENT_BYTES)
        return {id_: stored for id_, stored in known.items() if stored is not None}


Scorer = Callable[[Document, Passage], Candidate | None]


def _by_relevance(candidate: Candidate) -> tuple[bool, float, str, int]:
    id_: Any = candidate.id
    return order(candidate.all_words, candidate.score, *id_)
