"""From a question to hits."""

from searcher.search import OpenDocument, ReadPassage, Searcher

__all__ = ["OpenDocument", "ReadPassage", "Searcher"]
