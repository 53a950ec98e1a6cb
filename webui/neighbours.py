"""Related passages and documents, with what they share, and the names in a document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backstory.engine.documents import Document, Passage, passage_address
from backstory.engine.errors import PassageNotFound
from backstory.engine.hits import Related, Shared
from backstory.searcher import Searcher
from backstory.searcher.addresses import document_at
from backstory.webui.links import (
    cite_url,
    compare_url,
    document_url,
    passage_url,
    permalink,
    query_url,
)
from backstory.webui.refinements import condition_for

RELATED = 4
NEAREST = 5
MOST_NAMES = 24
SHOWN = 420  # characters of a related passage


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A passage or document that is related, with what both have in common.

    `compare` is the address where its document stands beside the other one.
    """

    title: str
    source: str
    date: str
    language: str
    url: str
    shared: tuple[str, ...]
    date_guessed: bool = False
    text: str = ""
    is_copy: bool = False
    is_close: bool = False
    compare: str = ""
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Name:
    """A name that was found in a document, how many of its passages have it, and where else."""

    text: str
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class RelatedPage:
    """A passage with the names in it and what is related to it in other documents."""

    document: Document
    passage: Passage
    names: tuple[Name, ...]
    neighbours: tuple[Neighbour, ...]
    url: str
    cite: str


def related_page(searcher: Searcher, document_id: str, number: int, text: str) -> RelatedPage:
    """Work out the page of a passage; raises PassageNotFound."""
    snapshot = searcher.snapshot()
    document = document_at(snapshot, document_id)
    if document is None:
        raise PassageNotFound(document_id)
    passage = snapshot.passage(document.id, number)
    if passage is None:
        raise PassageNotFound(passage_address(document.id, number))
    return RelatedPage(
        document=document,
        passage=passage,
        names=tuple(names_of([passage])),
        neighbours=related_passages(searcher, passage),
        url=permalink(passage, text),
        cite=cite_url(document.id, number),
    )


def related_passages(searcher: Searcher, passage: Passage) -> tuple[Neighbour, ...]:
    """Return the passages of other documents that are nearest to one."""
    related = searcher.related(passage.address, limit=RELATED)
    return tuple(_neighbour(each, passage.document) for each in related)


def _neighbour(related: Related, document_id: str) -> Neighbour:
    hit = related.hit
    return Neighbour(
        title=hit.title,
        source=hit.source,
        date=hit.date,
        date_guessed=hit.date_guessed,
        language=hit.language,
        url=passage_url(hit.document, hit.number, hit.key),
        shared=_texts(related.shared),
        text=_beginning(hit.text),
        is_copy=related.is_copy,
        is_close=_is_close(related.shared),
        compare=compare_url(document_id, hit.document),
        number=hit.number,
    )


def _beginning(text: str) -> str:
    if len(text) <= SHOWN:
        return text
    return f"{text[:SHOWN].rpartition(' ')[0] or text[:SHOWN]} …"


def nearest_documents(searcher: Searcher, document: Document) -> tuple[Neighbour, ...]:
    """Return the documents that are nearest to one."""
    nearest = searcher.related_documents(document.id, limit=NEAREST)
    return tuple(
        Neighbour(
            title=other.title,
            source=other.source,
            date=other.date,
            date_guessed=other.date_guessed,
            language=other.language,
            url=document_url(other.id),
            shared=_texts(shared),
            is_close=_is_close(shared),
            compare=compare_url(document.id, other.id),
        )
        for other, shared in nearest
    )


def _texts(shared: Sequence[Shared]) -> tuple[str, ...]:
    return tuple(one.text for one in shared if one.text)


def _is_close(shared: Sequence[Shared]) -> bool:
    return any(one.kind == "meaning" for one in shared)


def names_of(passages: Sequence[Passage]) -> Iterator[Name]:
    """Yield the names in a document, most passages first."""
    counts = Counter(name for passage in passages for name in dict.fromkeys(passage.names))
    for name, count in sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])):
        condition = condition_for("name", name)
        if condition:
            yield Name(name, count, query_url(condition))
