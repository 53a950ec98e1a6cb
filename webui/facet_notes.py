"""What the documents of a commit tell of the values of facets: guessed years, kinds of names.

A year is noted where its documents have dates that are only guessed, a name where a document has it
as its title: that document's kind is then said to be the name's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from backstory.engine.dates import year_of
from backstory.engine.documents import Document
from backstory.engine.facets import NAME
from backstory.engine.indexes.contract import Statistics
from backstory.searcher import Searcher

MOST = 5_000  # documents: reading those of a larger archive would keep the first answer waiting
GUESSED, PARTLY_GUESSED = "guessed", "some guessed"

NoteOf = Callable[[str, str], str]  # the note on a value of a facet, "" for none


def no_note(facet: str, value: str) -> str:
    """Note nothing on any value."""
    return ""


def notes_on(documents: Iterable[Document]) -> NoteOf:
    """Return what gives the note on a value of a facet."""
    guesses: dict[str, list[bool]] = defaultdict(list)
    kinds: dict[str, str] = {}
    for document in documents:
        guesses[year_of(document.date)].append(document.date_guessed)
        kinds.setdefault(document.title, document.kind)
    years = {
        year: GUESSED if all(each) else PARTLY_GUESSED
        for year, each in guesses.items()
        if year and any(each)
    }
    known = {"year": years, NAME: kinds}
    return lambda facet, value: known.get(facet, {}).get(value, "")


class FacetNotes:
    """Keeps the notes of the newest commit in memory."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher
        self._newest: tuple[Statistics, NoteOf] | None = None

    def newest(self) -> NoteOf:
        """Return the notes of the commit that a search would see; none for too many documents."""
        statistics = self._searcher.statistics()
        if statistics.documents > MOST:
            return no_note
        if self._newest is None or self._newest[0] != statistics:
            documents = (document for document, _ in self._searcher.documents())
            self._newest = statistics, notes_on(documents)
        return self._newest[1]
