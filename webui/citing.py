"""Citations of a passage or document in every export, and whole results as files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from backstory.engine.characters import on_one_line
from backstory.engine.documents import Document, Passage, passage_address
from backstory.engine.errors import BackstoryError, PassageNotFound
from backstory.engine.hits import Hit
from backstory.engine.indexes.contract import Snapshot
from backstory.searcher import Searcher
from backstory.searcher.exports.base import Locate
from backstory.searcher.exports.registry import Quotation, citation_exports, citations
from backstory.searcher.whole import MOST, whole
from backstory.webui.links import archive_url, cite_url, document_url, permalink
from backstory.webui.parameters import SearchParams

MOST_PASSAGES = 50  # that the words of one quotation are taken from


@dataclass(frozen=True, slots=True)
class Form:
    """A quotation in one form, and where to get it as a file."""

    name: str
    label: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Cited:
    """What is to be cited: a passage, or words of it; without a number, the document as a whole.

    The words may go on in the passages after it, up to number `last`.
    """

    document: str
    number: int | None = None
    words: str = ""
    last: int | None = None


class WordsMissing(BackstoryError):
    """The passage does not have the words that are to be quoted from it."""

    code = "not_found"
    http_status = 404

    def __init__(self, cited: Cited) -> None:
        super().__init__(
            f"These words are not in passage {cited.number} of “{cited.document}”.",
            "The document may have been edited. Select them again there:",
        )
        self.url = document_url(cited.document)


@dataclass(frozen=True, slots=True)
class CitePage:
    """A passage, words of it, or a document as a whole, in every form of citation."""

    document: Document
    passage: Passage | None
    words: str
    url: str
    forms: tuple[Form, ...]


def quotation(searcher: Searcher, cited: Cited) -> Quotation:
    """Return what is cited; raises PassageNotFound and WordsMissing."""
    return _quotation(searcher.snapshot(), cited)[2]


def _quotation(snapshot: Snapshot, cited: Cited) -> tuple[Document, Passage | None, Quotation]:
    document = snapshot.document(cited.document)
    passage = snapshot.passage(cited.document, cited.number) if cited.number else None
    if document is None:
        raise PassageNotFound(cited.document)
    if cited.number and passage is None:
        raise PassageNotFound(passage_address(cited.document, cited.number))
    quotation = quoted(document, passage)
    if passage and cited.words:
        _check_words(snapshot, cited, passage)
        quotation = replace(quotation, text=cited.words)
    return document, passage, quotation


def _check_words(snapshot: Snapshot, cited: Cited, first: Passage) -> None:
    """Make sure that the document has the words there; spaces and line breaks do not matter."""
    last = min(cited.last or first.number, first.number + MOST_PASSAGES)
    others = (snapshot.passage(cited.document, n) for n in range(first.number + 1, last + 1))
    text = " ".join([first.text, *(other.text for other in others if other)])
    if on_one_line(cited.words) not in on_one_line(text):
        raise WordsMissing(cited)


def quoted(document: Document, passage: Passage | None) -> Quotation:
    """Quote a passage, or cite a document, with the address where it can be read here."""
    if passage is None:
        url = archive_url()(document.id, None, "")
        return replace(Quotation.of_document(document), archive_url=url)
    url = archive_url()(document.id, passage.number, passage.key)
    return replace(Quotation.of_passage(document, passage), archive_url=url)


def locator() -> Locate:
    """Return what gives the address of a hit, also when the request is over."""
    url = archive_url()
    return lambda hit: url(hit.document, hit.number, hit.key)


def cite_page(searcher: Searcher, cited: Cited) -> CitePage:
    """Work out the page; raises PassageNotFound and WordsMissing."""
    document, passage, quotation = _quotation(searcher.snapshot(), cited)
    texts = citations(quotation)
    where = cited.document, cited.number
    forms = (
        Form(each.name, each.label, text, cite_url(*where, each.name, cited.words, cited.last))
        for each in citation_exports()
        if (text := texts[each.name])
    )
    url = permalink(passage) if passage else document_url(document.id)
    return CitePage(document, passage, cited.words, url, tuple(forms))


def best(searcher: Searcher, params: SearchParams) -> Sequence[Hit]:
    """Return the first MOST passages that a text finds, in the order of its list."""
    return whole(
        searcher, params.text, most=MOST, correct=not params.is_exact, sort=params.sort
    ).hits
