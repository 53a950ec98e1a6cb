"""A dossier on a lighthouse in our own words, and what a check says of a draft about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from backstory.engine.documents import Document, IndexedDocument, Passage
from backstory.engine.indexes.reference import ReferenceIndex
from backstory.indexer.loading import with_facts
from backstory.searcher import Searcher
from backstory.searcher.draft_check import DraftCheck
from backstory.testing import fill_index

REPORT = (
    "Mayor Otto Brandt paid $3.5 million for the lamps of the lighthouse on 12 March 2018.",
    "The welders were told to weld and not to ask, said Ines Falk, who kept every receipt.",
    "Her receipts name eleven current and former officials of the harbour board.",
    "The harbour board met on 4 May 2017 in a hotel lobby and signed nothing at all.",
    "Some 30,000 people came to the pier when the lighthouse was opened by Admiral Quintero.",
    "Half of the lamps, Inspector Ruben Salas wrote, were never delivered to the island.",
)
CARTA = (
    "El alcalde Brandt pagó las lámparas del faro con dinero del puerto, según Águeda Peña.",
    "«No firmé ninguna orden para el faro», dijo Álvaro Chávez, que entonces dirigía el puerto.",
)
SCANNED = ("The lanterns were counted at night and the 1edger was dosed at dawn by the clerk.",)


def document(
    id: str, texts: tuple[str, ...], language: str = "en", **facts: str
) -> IndexedDocument:
    """Make a document with the names and dates of its passages, as indexing does."""
    passages = tuple(Passage(id, number, text) for number, text in enumerate(texts, 1))
    read = Document(id, facts.pop("title", id), language=language, **facts)  # type: ignore[arg-type]  # only texts
    return IndexedDocument(read, with_facts(passages, language))


def documents() -> tuple[IndexedDocument, ...]:
    """Return the documents of the dossier."""
    scan = document("scan", SCANNED)
    passages = tuple(replace(each, confidence=71) for each in scan.passages)
    return (
        document("report", REPORT, title="The lamps", source="Harbour Courier", date="2018-04"),
        document("carta", CARTA, "es", title="La carta"),
        IndexedDocument(scan.document, passages),
    )


@pytest.fixture(scope="session")
def dossier() -> Searcher:
    """A searcher over the dossier."""
    return Searcher(fill_index(ReferenceIndex(), *documents()))


@pytest.fixture
def check(dossier: Searcher) -> Callable[[str], DraftCheck]:
    """Check a draft against the dossier."""
    return dossier.check_draft
