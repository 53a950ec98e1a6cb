"""The fields of a document: one table, from which everything that lists fields follows.

What is a column on disk, a filter, a facet, a column of tables, a key of front matter, part of the
records of the API, a line of the help and a list on the pages is said here, once a field. A field
that `Document` has no attribute for is kept in its `facts`; nothing else differs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any


class Match(Enum):
    """How a filter compares the value of a field with what is asked for.

    `*` and `?` stand for any letters and for one, in words and in whole values.
    """

    WORDS = auto()  # these words in any form, side by side
    FORMS = auto()  # these words in exactly these forms, side by side
    LABEL = auto()  # these words in exactly these forms, side by side; in quotes the whole value
    WHOLE = auto()  # the whole value, whatever its capitals and accents
    PATH = auto()  # the whole value, or how it starts: `people/`
    RANGE = auto()  # a date that lies, at least partly, in a range


@dataclass(frozen=True, slots=True)
class DocumentField:
    """A field: its name in records, tables and front matter, and what is made of it.

    `filter` is its name in queries, "" where nothing is filtered by it; `finds` says what such a
    filter finds, and `example` is one. `facet` is the name that its values are counted under, ""
    where they are not; `label` stands over them, and before the value on a document's page.
    """

    name: str
    label: str = ""
    filter: str = ""
    match: Match = Match.WORDS
    aliases: tuple[str, ...] = ()  # other names in queries
    example: str = ""
    finds: str = ""
    facet: str = ""
    columns: tuple[str, ...] = ()  # of a table that is read: the first that is there counts
    is_list: bool = False
    is_of_passage: bool = False
    is_column: bool = True  # on disk, where filters and facets find it
    is_in_hits: bool = True  # of the records of hits, not of documents alone
    is_in_tables: bool = True  # a column of the tables that hits and passages are exported to

    @property
    def default(self) -> str | tuple[str, ...]:
        """The value of a document that does not have the field."""
        return () if self.is_list else ""


# Those that a Document or Passage has an attribute for.
CORE = (
    DocumentField(
        "id",
        filter="doc",
        match=Match.PATH,
        aliases=("document",),
        example="doc:people/",
        finds="documents in this folder",
        is_in_hits=False,
        is_in_tables=False,
    ),
    DocumentField(
        "title",
        filter="title",
        example="title:budget",
        finds="title",
        columns=("title", "headline", "name", "subject"),
    ),
    DocumentField(
        "source",
        "Source",
        filter="source",
        example='source:"Evening Post"',
        finds="source",
        facet="source",
        columns=("source", "publisher", "publication", "outlet", "site"),
    ),
    DocumentField(
        "author",
        "Author",
        filter="author",
        example="author:Falk",
        finds="author",
        columns=("author", "authors", "byline", "from", "speaker"),
    ),
    DocumentField(
        "date",
        "Year",
        filter="date",
        match=Match.RANGE,
        facet="year",
        columns=("date", "published", "created", "created_at", "timestamp"),
    ),
    DocumentField(
        "kind",
        "Kind",
        filter="kind",
        match=Match.LABEL,
        example="kind:article",
        finds="documents of this kind",
        facet="kind",
        columns=("kind", "type", "category", "section"),
        is_in_tables=False,
    ),
    DocumentField(
        "language",
        "Language",
        filter="lang",
        match=Match.WHOLE,
        aliases=("language",),
        example="lang:es",
        finds="passages in this language",
        facet="language",
        columns=("language", "lang"),
    ),
    DocumentField(
        "tags",
        "Tags",
        filter="tag",
        aliases=("tags",),
        example="tag:harbour",
        finds="tags",
        columns=("tags", "keywords"),
        is_list=True,
        is_in_hits=False,
        is_in_tables=False,
    ),
    DocumentField("url", columns=("url", "link", "web_url"), is_column=False, is_in_tables=False),
    DocumentField("notes", is_list=True, is_column=False, is_in_hits=False, is_in_tables=False),
    DocumentField(
        "added",
        filter="added",
        match=Match.RANGE,
        example="added:2026-11",
        finds="documents that came into the corpus then",
        is_in_tables=False,
    ),
    DocumentField(
        "names",
        "Names, found automatically",
        filter="name",
        match=Match.FORMS,
        aliases=("names",),
        facet="name",
        is_list=True,
        is_of_passage=True,
    ),
    DocumentField(
        "mentions",
        filter="mentions",
        match=Match.RANGE,
        aliases=("mention",),
        is_list=True,
        is_of_passage=True,
    ),
)

# Those that are kept in the facts of a Document: a new field is a line here.
FURTHER: tuple[DocumentField, ...] = ()


class FieldTable:
    """All fields, and what is asked of them most: shared by the whole process."""

    def __init__(self, fields: tuple[DocumentField, ...]) -> None:
        self._use(fields)

    def _use(self, fields: tuple[DocumentField, ...]) -> None:
        """Work out what follows from the fields.

        `of_documents` are the fields of documents; `further` those of them that are in `facts`.
        `filters` are the fields by their names in queries and `facets` by those of their facets,
        dates last and without the names in passages; `columns` are the names of those on disk.
        """
        self.all = fields
        self._by_name = {field.name: field for field in fields}
        self.of_documents = tuple(field for field in fields if not field.is_of_passage)
        self.further = tuple(field for field in self.of_documents if field not in CORE)
        self.filters = {field.filter: field for field in fields if field.filter}
        self.aliases = {alias: field.filter for field in fields for alias in field.aliases}
        counted = [field for field in self.of_documents if field.facet]
        counted.sort(key=lambda field: field.match is Match.RANGE)
        self.facets = {field.facet: field for field in counted}
        self.columns = tuple(field.name for field in self.of_documents if field.is_column)

    def __getitem__(self, name: str) -> DocumentField:
        return self._by_name[name]

    def facet(self, name: str) -> DocumentField:
        """Return the field that a facet counts, of documents or passages.

        For a name that is no facet's it is a field that nothing is filtered by.
        """
        unknown = DocumentField(name, name.title())
        return next((field for field in self.all if field.facet == name), unknown)

    def further_of(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values of the further fields for a record: every field, lists as lists."""
        values = {field.name: facts.get(field.name, field.default) for field in self.further}
        return {name: list(v) if isinstance(v, tuple) else v for name, v in values.items()}

    @contextmanager
    def extended(self, *fields: DocumentField) -> Iterator[None]:
        """Have fields of one's own in the table, for a while.

        It is entered before an index is opened. Raises ValueError for a list that would be a
        facet, and for a name that is taken.
        """
        before = self.all
        for field in fields:
            if field.is_list and field.facet:
                raise ValueError(f"{field.name} is a list, and lists are no facets")
            if field.name in (each.name for each in before) or field.filter in self.filters:
                raise ValueError(f"there is a field {field.name} or a filter {field.filter}")
        self._use((*before, *fields))
        try:
            yield
        finally:
            self._use(before)


FIELDS = FieldTable((*CORE, *FURTHER))
