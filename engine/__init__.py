"""The search engine itself: what is stored, what can be asked, what comes back."""

from engine.analysis import Analyzer
from engine.documents import Document, IndexedDocument, Passage
from engine.errors import BackstoryError
from engine.hits import Hit, SearchResult
from engine.query import Query
from engine.settings import Config

__all__ = [
    "Analyzer",
    "BackstoryError",
    "Config",
    "Document",
    "Hit",
    "IndexedDocument",
    "Passage",
    "Query",
    "SearchResult",
]
