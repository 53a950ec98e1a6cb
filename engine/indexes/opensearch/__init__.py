"""An index on a cluster of OpenSearch: it finds candidates and keeps them, Python has the truth.

The cluster is asked for passages in the order of an upper bound of their scores; what it returns is
scored and marked here, by the same functions as everywhere. A commit is one entry that is changed
by compare-and-set, and everything else says from which commit to which it lives.
"""

from backstory.engine.indexes.opensearch.index import OpenSearchIndex, open_index

__all__ = ["OpenSearchIndex", "open_index"]
