"""Hits and passages to take along: tables, quotations, and entries for a list of references.

Names are resolved when they are first used, because a query that exports nothing loads nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from backstory.searcher.exports.base import COLUMNS, CitationExport, Export, TableExport
    from backstory.searcher.exports.quotation import Quotation
    from backstory.searcher.exports.registry import citations, export, exports, find

__all__ = [
    "COLUMNS",
    "CitationExport",
    "Export",
    "Quotation",
    "TableExport",
    "citations",
    "export",
    "exports",
    "find",
]

# The module of each of our own; this is the order in which they are offered.
OURS = {
    "jsonl": "json_lines",
    "csv": "csv_table",
    "quote": "quote",
    "markdown": "markdown",
    "bibtex": "bibtex",
    "csl-json": "csl_json",
}
SYNONYMS = {"json": "jsonl"}  # what the command's option has always been called


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module("backstory.searcher.exports.registry"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
