"""Two documents side by side: what both say, and the text of each with links between the two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backstory.engine.documents import Document, Passage
from backstory.searcher import OpenDocument
from backstory.searcher.comparison import (
    MOST_PASSAGES,
    Comparison,
    Pair,
    Sentence,
    compare,
    differences,
)
from backstory.webui.links import compare_url, document_url, permalink, query_url
from backstory.webui.refinements import condition_for

MOST_PAIRS = 300
MOST_NAMES = 40


@dataclass(frozen=True, slots=True)
class Side:
    """A sentence as one document has it; `parts` tell what the other document lacks."""

    parts: list[tuple[str, bool]]
    number: int
    language: str
    url: str
    anchor: str


@dataclass(frozen=True, slots=True)
class SharedSentence:
    """A sentence that both documents have."""

    sides: tuple[Side, Side]
    is_same: bool


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a passage: a sentence with its anchor and its counterpart's, or neither."""

    text: str
    anchor: str = ""
    counterpart: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One of the two documents: its passages as runs, with the number and address of each."""

    document: Document
    passages: tuple[tuple[Passage, str, tuple[Run, ...]], ...]
    total: int
    url: str

    @property
    def is_cut(self) -> bool:
        """Whether the document is longer than what is compared."""
        return self.total > len(self.passages)


@dataclass(frozen=True, slots=True)
class ComparePage:
    """What the page shows; `turned` is its address with the two sides exchanged."""

    columns: tuple[Column, Column]
    shared: tuple[SharedSentence, ...]
    same: int
    near: int
    names: tuple[tuple[str, str], ...]
    dates: tuple[str, ...]
    turned: str


def compare_page(one: OpenDocument, other: OpenDocument) -> ComparePage:
    """Work out the page for two open documents."""
    sides = [[read.passage for read in opened.passages] for opened in (one, other)]
    comparison = compare(sides[0], sides[1])
    same = sum(pair.is_same for pair in comparison.pairs)
    documents = one.document, other.document
    return ComparePage(
        columns=(
            _column(one.document, sides[0], comparison, 0),
            _column(other.document, sides[1], comparison, 1),
        ),
        shared=tuple(_shared(pair, documents) for pair in comparison.pairs[:MOST_PAIRS]),
        same=same,
        near=len(comparison.pairs) - same,
        names=tuple(_names(comparison.names[:MOST_NAMES])),
        dates=comparison.dates[:MOST_NAMES],
        turned=compare_url(other.document.id, one.document.id),
    )


def _names(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        condition = condition_for("name", name)
        if condition:
            yield name, query_url(condition)


def _shared(pair: Pair, documents: tuple[Document, Document]) -> SharedSentence:
    parts = differences(pair.one.text, pair.other.text)
    if pair.is_same:  # capitals and full stops are no difference
        parts = [(pair.one.text, False)], [(pair.other.text, False)]
    sides = (
        _side(sentence, listed, document, n)
        for n, (sentence, listed, document) in enumerate(
            zip((pair.one, pair.other), parts, documents, strict=True)
        )
    )
    first, second = sides
    return SharedSentence((first, second), pair.is_same)


def _side(
    sentence: Sentence, parts: list[tuple[str, bool]], document: Document, column: int
) -> Side:
    passage = sentence.passage
    return Side(
        parts=parts,
        number=passage.number,
        language=passage.language_in(document),
        url=permalink(passage),
        anchor=_anchor(sentence, column),
    )


def _anchor(sentence: Sentence, column: int) -> str:
    return f"{'ab'[column]}{sentence.passage.number}-{sentence.span[0]}"


def _column(
    document: Document, passages: Sequence[Passage], comparison: Comparison, column: int
) -> Column:
    links: dict[int, dict[Sentence, Sentence]] = {}
    for pair in comparison.pairs:
        own, counterpart = (pair.one, pair.other) if column == 0 else (pair.other, pair.one)
        links.setdefault(own.passage.number, {})[own] = counterpart
    shown = (
        (passage, permalink(passage), tuple(_runs(passage, links.get(passage.number, {}), column)))
        for passage in passages[:MOST_PASSAGES]
    )
    return Column(document, tuple(shown), len(passages), document_url(document.id))


def _runs(passage: Passage, links: dict[Sentence, Sentence], column: int) -> Iterator[Run]:
    """Yield the text of a passage in order, cut where a sentence has a counterpart."""
    after = 0
    for own in sorted(links, key=lambda sentence: sentence.span):
        start, end = own.span
        if start > after:
            yield Run(passage.text[after:start])
        yield Run(passage.text[start:end], _anchor(own, column), _anchor(links[own], 1 - column))
        after = end
    if after < len(passage.text):
        yield Run(passage.text[after:])
