"""Passages under titles and headings that have all the words of a query, where no passage has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backstory.engine.analysis import Analyzer
from backstory.engine.documents import Document, passage_address
from backstory.engine.indexes.opensearch.entries import StoredDocument, document_id, document_key
from backstory.engine.indexes.opensearch.mapping import DOCUMENT, PASSAGE
from backstory.engine.indexes.opensearch.retrieval import READ, Retrieval
from backstory.engine.indexes.opensearch.translation import Body, filtered, terms
from backstory.engine.indexes.opensearch.view import first_page
from backstory.engine.matching import PassageTerms
from backstory.engine.query import Leaf, Term

Stretch = tuple[str, int, int]  # a document's id, and the numbers of its first and last passage


def titled(
    retrieval: Retrieval, analyzer: Analyzer, words: Sequence[Term], quoted: Leaf | None
) -> frozenset[str]:
    """Return the addresses that `Snapshot.titled` does."""
    view = retrieval.view
    headed = filtered(*(terms("head", word.stems) for word in words))

    def has_quoted(text: str, document: Document) -> bool:
        if quoted is None:
            return True
        return PassageTerms.of(text, document.language, analyzer).frequency(quoted) > 0

    of_titles = view.living(DOCUMENT, headed)
    of_headings = first_page(view.living(PASSAGE, headed), source=READ)
    view.ask_ahead([first_page(of_titles), of_headings])
    stretches: list[Stretch] = []
    for entry in view.entries(of_titles):
        stored = StoredDocument.of(entry)
        if stored.counts.passages and has_quoted(stored.document.title, stored.document):
            stretches.append((stored.document.id, 1, stored.counts.passages))
    under = [
        (passage.document, passage.number)
        for hits in view.pages(of_headings)
        for document, passage in retrieval.read_hits(hits)
        if passage.heading and has_quoted(passage.heading, document)
    ]
    stretches += _runs(under)
    if not stretches:
        return frozenset()
    leaves = (quoted,) if quoted else words
    matching = filtered(*map(retrieval.matching, leaves))
    texts = _numbers(retrieval, matching, {id_ for id_, _, _ in stretches})
    return frozenset(
        passage_address(id_, first)
        for id_, first, last in stretches
        if not any(first <= number <= last for number in texts.get(id_, ()))
    )


def _runs(places: Sequence[tuple[str, int]]) -> Iterator[Stretch]:
    """Yield the runs of passages that stand one after the other."""
    start = 0
    for end in range(1, len(places) + 1):
        id_, number = places[end - 1]
        if end == len(places) or places[end] != (id_, number + 1):
            yield id_, places[start][1], number
            start = end


def _numbers(retrieval: Retrieval, matching: Body, ids: set[str]) -> dict[str, list[int]]:
    """Return the numbers of the passages of some documents that a query matches."""
    view = retrieval.view
    of_documents = terms("doc", map(document_key, sorted(ids)))
    numbers: dict[str, list[int]] = {}
    found = view.living(PASSAGE, matching, of_documents)
    for hits in view.pages(first_page(found, source=())):
        for key, number in (hit["sort"] for hit in hits):
            numbers.setdefault(document_id(key), []).append(number)
    return numbers
