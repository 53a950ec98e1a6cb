"""The search engine itself: what is stored, what can be asked, what comes back."""

from backstory.engine.analysis import Analyzer
from backstory.engine.documents import Document, IndexedDocument, Passage
from backstory.engine.errors import BackstoryError
from backstory.engine.hits import Hit, SearchResult
from backstory.engine.query import Query

__all__ = [
    "Analyzer",
    "BackstoryError",
    "Document",
    "Hit",
    "IndexedDocument",
    "Passage",
    "Query",
    "SearchResult",
]
