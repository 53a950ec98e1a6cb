"""Related passages and documents, with what they share, and the names in a document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backstory.engine.documents import Document, Passage
from backstory.engine.hits import Related, Shared
from backstory.searcher import Searcher
from backstory.webui.links import document_url, passage_url, query_url
from backstory.webui.refinements import condition_for

RELATED = 4
NEAREST = 5
MOST_NAMES = 24
MAX_COMPARED = 400  # passages: of longer documents the nearest are only looked up on request
SHOWN = 420  # characters of a related passage


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A passage or document that is related, with what both have in common."""

    title: str
    source: str
    date: str
    language: str
    url: str
    shared: tuple[str, ...]
    date_guessed: bool = False
    text: str = ""
    is_copy: bool = False


@dataclass(frozen=True, slots=True)
class Name:
    """A name that was found in a document, how many of its passages have it, and where else."""

    text: str
    count: int
    url: str


def related_passages(searcher: Searcher, passage: Passage) -> tuple[Neighbour, ...]:
    """Return the passages of other documents that are nearest to one."""
    return tuple(map(_neighbour, searcher.related(passage.address, limit=RELATED)))


def _neighbour(related: Related) -> Neighbour:
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
        )
        for other, shared in nearest
    )


def _texts(shared: Sequence[Shared]) -> tuple[str, ...]:
    return tuple(one.text for one in shared)


def names_of(passages: Sequence[Passage]) -> Iterator[Name]:
    """Yield the names in a document, most passages first."""
    counts = Counter(name for passage in passages for name in dict.fromkeys(passage.names))
    for name, count in sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])):
        condition = condition_for("name", name)
        if condition:
            yield Name(name, count, query_url(condition))
