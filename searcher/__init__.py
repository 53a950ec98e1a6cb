"""From a question to hits."""

from backstory.searcher.completion import Completion
from backstory.searcher.search import OpenDocument, ReadPassage, Searcher

__all__ = ["Completion", "OpenDocument", "ReadPassage", "Searcher"]
