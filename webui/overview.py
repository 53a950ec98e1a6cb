"""The corpus at a glance, for the home page: computed once for each commit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backstory.engine.dates import first_and_last
from backstory.engine.documents import Document
from backstory.engine.indexes.contract import Statistics
from backstory.engine.ordering import NEWEST, date_places
from backstory.searcher import Searcher
from backstory.webui.links import document_url, documents_url, query_url
from backstory.webui.unread import is_copy, is_unread

SHOWN = 8
SOURCES = 12
EXAMPLES = 5
READ = 200
COMMON = 15  # a name in more than one of so many passages tells nothing
# Two or three capitalised words inside a sentence are mostly a name.
_NAME = re.compile(r"(?<=[a-z,;] )[A-ZÀ-Þ][\w-]+(?: [A-ZÀ-Þ][\w-]+){1,2}")


@dataclass(frozen=True, slots=True)
class Link:
    """Something to follow, with the passages or documents that are there."""

    label: str
    url: str
    count: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The corpus at a glance; the span of dates is "" where no document has a date."""

    statistics: Statistics
    newest: tuple[tuple[Document, str, int], ...]
    sources: tuple[Link, ...]
    more_sources: int
    first: str
    last: str
    languages: tuple[str, ...]
    unread: int
    copies: int
    examples: tuple[Link, ...]


class OverviewCache:
    """Keeps the overview of the newest commit in memory."""

    def __init__(self, searcher: Searcher, questions: Sequence[str]) -> None:
        """Take the questions that may be offered, those of `web.examples`."""
        self._searcher, self._questions = searcher, questions
        self._newest: Overview | None = None

    def newest(self) -> Overview:
        """Return the overview of the commit that a search would see."""
        statistics = self._searcher.statistics()
        overview = self._newest
        if overview is None or overview.statistics != statistics:
            self._newest = overview = _build_overview(self._searcher, statistics, self._questions)
        return overview


def _build_overview(
    searcher: Searcher, statistics: Statistics, questions: Sequence[str]
) -> Overview:
    documents = searcher.documents()
    first, last = first_and_last(document.date for document, _ in documents)
    sources = Counter(document.source for document, _ in documents if document.source)
    places = date_places((document.date for document, _ in documents), NEWEST)
    newest = sorted(documents, key=lambda entry: places[entry[0].date])[:SHOWN]
    return Overview(
        statistics=statistics,
        newest=tuple((document, document_url(document.id), n) for document, n in newest),
        sources=tuple(_source(*entry) for entry in sources.most_common(SOURCES)),
        more_sources=max(len(sources) - SOURCES, 0),
        first=first,
        last=last,
        languages=tuple(statistics.languages or ()),
        unread=sum(map(is_unread, searcher.skipped())),
        copies=sum(map(is_copy, searcher.skipped())),
        examples=tuple(_examples(searcher, [document for document, _ in newest], questions)),
    )


def _source(name: str, count: int) -> Link:
    return Link(name, documents_url({"source": name}), count)


def _examples(
    searcher: Searcher, documents: Sequence[Document], questions: Sequence[str]
) -> Iterator[Link]:
    """Yield example queries that find something: those of the settings, or else names.

    The names are distinctive ones from the newest documents, each with its number of passages.
    """
    answered = list(_answered(searcher, questions))
    if answered:
        yield from answered
        return
    opened = (searcher.open(document.id) for document in documents)
    passages = [read.passage for each in opened for read in each.passages[:READ]]
    names = Counter(name for passage in passages for name in set(_NAME.findall(passage.text)))
    most = max(len(passages) // COMMON, 2)
    telling = [name for name, count in names.most_common() if count <= most]
    for name in telling[:EXAMPLES]:
        text = f'"{name}"'
        if total := searcher.search(text, limit=0, correct=False).total:
            yield Link(name, query_url(text), total)


def _answered(searcher: Searcher, questions: Sequence[str]) -> Iterator[Link]:
    """Yield the questions of the settings that some passage has every word of."""
    for text in questions:
        if total := searcher.search(text, limit=0, correct=False).all_words:
            yield Link(text, query_url(text), total)
