"""From a question to hits."""

from searcher.completion import Completion
from searcher.search import OpenDocument, ReadPassage, Searcher

__all__ = ["Completion", "OpenDocument", "ReadPassage", "Searcher"]
