"""The default index: a Whoosh index, embedded in a folder of files, nothing to start.

Whoosh keeps the postings, columns and commits. What it lacks is added here: files are synced and
have checksums, an index that somebody else could have written is refused, scores come from
statistics over all live passages, and one snapshot is shared by all threads.
"""

from backstory.engine.indexes.embedded.index import EmbeddedIndex
from backstory.engine.settings import BaseConfig

__all__ = ["EmbeddedIndex", "open_index"]


def open_index(config: BaseConfig) -> EmbeddedIndex:
    """Return the index in the folder of the settings; it is opened when it is first asked."""
    return EmbeddedIndex(config.index_path, config.index.cache_mb)
