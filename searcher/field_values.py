"""Values of fields, compared with what the index has: files by their names, and what nothing has.

`doc:notes/a.md` asks for the documents of a file, whose ids are made of its path; a value that fits
nothing is told, with those that there are or that are spelled nearly so.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from backstory.engine.fields import FIELDS, DocumentField, Match
from backstory.engine.filters import comparison, fold_whole
from backstory.engine.indexes.contract import Snapshot
from backstory.engine.query import All, Field, Query, walk

MOST_LISTED = 8  # values: where there are more, only near ones are offered
MOST_NEAR = 3
MOST_COMPARED = 2_000
START = 3  # letters that a value must have in common with the text to be compared


def with_files(field: Field, snapshot: Snapshot) -> Field:
    """Return a `doc:` that finds the documents of the files it names too."""
    if FIELDS.filters[field.name].match is not Match.PATH or field.text.endswith("/"):
        return field
    if "." not in field.text or snapshot.document(field.text):
        return field
    fits = comparison(field)
    ids = (document_id for file, document_id, _ in snapshot.files() if fits(file.path))
    return replace(field, also=frozenset(ids))


def unmatched(query: Query, snapshot: Snapshot) -> Iterator[str]:
    """Yield a sentence for every value of a field that nothing in the index has."""
    if not snapshot.statistics.passages:
        return
    for field in dict.fromkeys(node for node in walk(query) if isinstance(node, Field)):
        if not snapshot.count(field):
            yield _sentence(field, snapshot)


def _sentence(asked: Field, snapshot: Snapshot) -> str:
    field = FIELDS.filters[asked.name]
    kind = "document" if field.match is Match.PATH else field.name.removesuffix("s")
    sentence = f"There is no {kind} “{asked.text[:40]}” in this index"
    known = _known(field, snapshot)
    if 0 < len(known) <= MOST_LISTED:
        return f"{sentence}; there are: {', '.join(known)}."
    near = _near(asked.text, known)
    return f"{sentence}; near it: {', '.join(near)}." if near else f"{sentence}."


def _known(field: DocumentField, snapshot: Snapshot) -> Sequence[str]:
    """Return the values of a facet, or the ids of all documents."""
    if field.match is Match.PATH:
        return sorted(document_id for _, document_id, _ in snapshot.files())
    if field.facet and not field.is_of_passage:
        return list(snapshot.facets(All(), [field.facet]).facets[field.facet])
    return ()


def _near(text: str, known: Sequence[str]) -> list[str]:
    """Return the values that go on as the text does, or are spelled nearly so.

    Of a document the last part of its id counts, without a suffix: `a.md` is near `notes/a`.
    """
    wanted = fold_whole(text).rstrip("/*?")
    last = wanted.rpartition("/")[2].partition(".")[0]
    folded = {fold_whole(value): value for value in known}
    longer = (each for each in folded if last and each.rpartition("/")[2].startswith(last))
    if near := sorted(islice(longer, MOST_COMPARED), key=len)[:MOST_NEAR]:
        return [folded[each] for each in near]
    alike = islice((each for each in folded if last[:START] in each), MOST_COMPARED)
    return [folded[each] for each in difflib.get_close_matches(wanted, list(alike), MOST_NEAR)]
