"""Documents to fill an index with: a small affair in our own words, and any that Hypothesis makes.

The affair is invented: a lighthouse fund, an admiral, and radios that nobody ordered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from hypothesis import strategies as st

from backstory.engine.documents import Document, FileState, IndexedDocument, Passage
from backstory.engine.indexes.contract import Index, Snapshot


def make_document(document_id: str, *texts: str, **facts: Any) -> IndexedDocument:
    """Make a document of these paragraphs; `facts` are its other fields.

    Every word with a capital is a name, every number of four digits a year. `spoken` has the
    languages of the paragraphs that are in another than the document, by number, and `headings`
    what they stand under, from the first on.
    """
    spoken, headings = facts.pop("spoken", {}), facts.pop("headings", ())
    document = Document(document_id, facts.pop("title", f"About {document_id}"), **facts)
    starts = [sum(len(text) + 2 for text in texts[:n]) for n in range(len(texts))]
    passages = tuple(
        Passage(
            document_id,
            number,
            text,
            heading=heading,
            start=start,
            end=start + len(text),
            names=_all_of(r"\b[A-Z]\w+", text),
            mentions=_all_of(r"\b[12]\d{3}\b", text),
            language=spoken.get(number, ""),
        )
        for number, (text, start, heading) in enumerate(
            zip(texts, starts, (*headings, *[""] * len(texts)), strict=False), 1
        )
    )
    return IndexedDocument(document, passages, FileState(f"{document_id}.txt", 1, 2, 3))


def _all_of(pattern: str, text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(re.findall(pattern, text)))


def fill_index(index: Index, *documents: IndexedDocument, delete: Iterable[str] = ()) -> Index:
    """Add and delete documents in one commit."""
    writer = index.writer()
    try:
        writer.add(documents)
        for document_id in delete:
            writer.delete(document_id)
        writer.commit()
    finally:
        writer.close()
    return index


AFFAIR: Sequence[IndexedDocument] = (
    make_document(
        "ledger",
        "The lighthouse fund paid Admiral Quintero for radios that nobody had ordered.",
        "A clerk copied the ledger at night; her copy lists every radio and its price.",
        "Radios, radios and more radios: 1,750 of them stood half-finished in a shed.",
        "The admiral’s brother owned the shed. The brother’s wife owned the radio factory.",
        "Nobody at the U.S. consulate would say who had signed the order for the fund.",
        title="The lighthouse ledger",
        source="Harbour Gazette",
        author="Ines Falk",
        date="2018-03-09",
        kind="article",
        tags=("radio affair", "harbour"),
    ),
    make_document(
        "carta",
        "El almirante Quintero negó haber pedido los radios del faro.",
        "“No firmé ninguna orden”, dijo el almirante; Águeda Peña guarda la carta.",
        title="La carta del almirante",
        source="El Faro",
        date="2018-04",
        language="es",
        kind="letter",
        tags=("harbour",),
    ),
    make_document(
        "minutes/2017",
        "The council heard of the lighthouse and put off the lighthouse until spring.",
        "Water was discussed at length, and no order was signed.",
        "Peña asked for the price of a radio. The price of a radio was not known.",
        title="Minutes of the council",
        source="City Archive",
        date="2017",
        kind="minutes",
    ),
)


# From a word that stands everywhere to one that stands almost nowhere.
WORDS = ("the", "of", "sea", "ship", "lamp", "quokka")
_OFTEN = [word for n, word in enumerate(WORDS) for _ in range(3 ** (len(WORDS) - n - 1) // 3 + 1)]
_TITLES = ("The ship", "Sea and lamp", "Ship, sea, lamp", "")
_ADDED = ("2019-05-01T09:00:00+00:00", "2019-05-01T21:00:00+00:00", "")
_DATES = ("2018-03-09", "2018-03", "2018", "2017-12-31", "")

texts = st.lists(st.sampled_from(_OFTEN), max_size=14).map(" ".join)
# Commits of documents of paragraphs; each commit may become a segment of its own.
corpora = st.lists(
    st.lists(st.lists(texts, min_size=1, max_size=12), min_size=1, max_size=4),
    min_size=1,
    max_size=4,
)
# Numbers of documents that are deleted again, see `filled`.
deletions = st.lists(st.integers(0, 15), max_size=5)


def filled(
    index: Index, corpus: Sequence[Sequence[Sequence[str]]], gone: Iterable[int]
) -> Snapshot:
    """Commit each part of a corpus, then delete documents by number; return the last commit."""
    for part, documents in enumerate(corpus):
        made = (
            make_document(
                f"d{part}-{n}",
                *paragraphs,
                title=_TITLES[(part + n) % 4],
                headings=[_TITLES[(part + n + i // 2) % 4] for i in range(len(paragraphs))],
                source=f"S{n % 3}",
                date=_DATES[n % 5],
                added=_ADDED[(part + n) % 3],
            )
            for n, paragraphs in enumerate(documents)
        )
        fill_index(index, *made)
    fill_index(index, delete=[f"d{n % len(corpus)}-{n // len(corpus)}" for n in gone])
    return index.open()
