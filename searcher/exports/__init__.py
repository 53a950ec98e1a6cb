"""Hits and passages to take along: tables, quotations, and entries for a list of references."""

from backstory.searcher.exports.forms import CITATIONS, EXPORTS, RANKED, columns, export
from backstory.searcher.exports.quotation import Quotation
from backstory.searcher.exports.tables import csv_table, json_lines

__all__ = [
    "CITATIONS",
    "EXPORTS",
    "RANKED",
    "Quotation",
    "columns",
    "csv_table",
    "export",
    "json_lines",
]
