"""The Whoosh side of the format: its fields, its codec, and the right package to read them.

A document is a header entry followed by one entry for each passage, in order, so that the number
of a passage is its distance from its header. Only classes of Whoosh itself stand in the schema,
because Whoosh pickles it.
"""

from __future__ import annotations

import whoosh
from whoosh.analysis.tokenizers import IDTokenizer
from whoosh.codec.whoosh3 import W3Codec
from whoosh.columns import NumericColumn, VarBytesColumn
from whoosh.fields import COLUMN, ID, TEXT, Schema

from engine.errors import BackstoryError

INDEX_NAME = "MAIN"
WHOOSH_VERSION = (3, 54, 0)
# Raised whenever an index written before would be misread.
FORMAT = 1

DOCUMENT = "doc"  # indexed: the document's id, on its header
STEM = "stem"  # indexed: language:stem, with positions
SURFACE = "surface"  # indexed: surface forms, with positions
RECORD = "record"  # column: JSON of the document or passage
LENGTH = "length"  # column: words in the passage; HEADER on headers
HEADER = 2**32 - 1

RECORD_COLUMN = VarBytesColumn()
LENGTH_COLUMN = NumericColumn("I")


def schema() -> Schema:
    """Return the schema of every index of this format."""
    return Schema(
        doc=ID(),
        stem=TEXT(analyzer=IDTokenizer(), phrase=True),
        surface=TEXT(analyzer=IDTokenizer(), phrase=True),
        record=COLUMN(RECORD_COLUMN),
        length=COLUMN(LENGTH_COLUMN),
    )


def codec() -> W3Codec:
    """Return the codec that segments are written with."""
    return W3Codec()


def check_whoosh() -> None:
    """Raise where another distribution has put its own `whoosh` over the one that was pinned."""
    if whoosh.__version__[:3] == WHOOSH_VERSION:
        return
    from importlib.metadata import packages_distributions

    found = ".".join(map(str, whoosh.__version__[:3]))
    owners = sorted(set(packages_distributions().get("whoosh", [])) - {"whoosh3"})
    wanted = ".".join(map(str, WHOOSH_VERSION))
    raise BackstoryError(
        f"The package whoosh that is installed is {found} of {', '.join(owners) or 'whoosh3'}, "
        f"not whoosh3 {wanted}.",
        f"Run: pip uninstall -y {' '.join(owners)} whoosh3; pip install whoosh3=={wanted}",
    )
