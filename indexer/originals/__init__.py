"""Originals: the file that a document was read from, and its pages as pictures."""

from backstory.indexer.originals.corpus_originals import CorpusOriginals

__all__ = ["CorpusOriginals"]
