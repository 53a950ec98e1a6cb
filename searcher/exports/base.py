"""What an export is: a name, a media type, and a function that writes text piece by piece.

A `TableExport` writes records, so it also serves the tables of a result and batches of queries; a
`CitationExport` writes quotations, so it also cites a document as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backstory.engine.errors import BackstoryError
from backstory.engine.fields import FIELDS
from backstory.engine.hits import Hit
from backstory.searcher.exports.quotation import Quotation

Record = Mapping[str, Any]
Locate = Callable[[Hit], str]  # gives the address of a hit in an archive on the web
RANKED = ("rank", "score")  # columns that only hits have


class ExportNotFound(BackstoryError):
    """There is no export of this name, or none that fits what is to be written."""

    code = "bad_parameter"
    http_status = 400

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(
            f"format must be one of {', '.join(known)}, not “{name[:40]}”.",
            "Another package may bring more of them.",
        )


class ExportBroken(BackstoryError):
    """The export of an installed package cannot be loaded, or fails while it writes."""

    code = "export_broken"
    http_status = 503

    def __init__(self, name: str, package: str, problem: str) -> None:
        super().__init__(
            f"The format {name} of the package {package} does not work: {problem}.",
            "Update that package, or uninstall it; the other formats go on.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportBase:
    """One way to take hits and passages along.

    `name` is what users ask for (`--format NAME`, `format=NAME`): lower-case letters, digits and
    hyphens. `label` stands on pages, `help` beside the command's option; `suffix` ends the name of
    a file, without a dot.
    """

    name: str
    label: str
    help: str
    media_type: str
    suffix: str

    @property
    def content_type(self) -> str:
        """The media type with the character set; JSON has none, being UTF-8 by definition."""
        is_json = self.media_type.endswith(("json", "jsonl"))
        return self.media_type if is_json else f"{self.media_type}; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableExport(ExportBase):
    """Writes a row for each record, with the given columns where its form has columns."""

    write: Callable[[Iterable[Record], Sequence[str]], Iterator[str]]

    def write_hits(self, hits: Iterable[Hit], locate: Locate | None = None) -> Iterator[str]:
        """Yield the text of hits, a row for each, in their order; it has no column of addresses."""
        return self.write((hit.to_json() for hit in hits), columns(*RANKED))


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationExport(ExportBase):
    """Writes a block, entry or item for each quotation."""

    write: Callable[[Iterable[Quotation]], Iterator[str]]

    def write_hits(self, hits: Iterable[Hit], locate: Locate | None = None) -> Iterator[str]:
        """Yield the text of hits, a block, entry or item for each, in their order."""
        return self.write(Quotation.of(hit, locate(hit) if locate else "") for hit in hits)


Export = TableExport | CitationExport


def columns(*before: str) -> list[str]:
    """Return the columns of a table of passages, after some others."""
    facts = [field.name for field in FIELDS.of_documents if field.is_in_tables]
    of_passages = ["heading", "page", "time", "cells", "confidence", "text"]
    return [*before, "passage", "document", "number", *facts, "date_guessed", *of_passages]
