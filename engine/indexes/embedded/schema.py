"""The Whoosh side of the format: its fields, its codec, and the right package to read them.

A document is an entry of its own, followed by one entry for each passage in order, so that the
number of a passage is its distance from the document entry. The schema contains only classes of
Whoosh itself, because Whoosh pickles it.
"""

from __future__ import annotations

from typing import Any

import whoosh

from backstory.engine.errors import BackstoryError

INDEX_NAME = "MAIN"
# What the codec is made of has been the same since this version of whoosh3 (`whoosh.codec.base`,
# `TOC`, `FileStorage`, `ListMatcher`); before it, Whoosh's own span queries fail on an empty list.
OLDEST_WHOOSH, NEXT_WHOOSH = (3, 48, 1), (4,)
# Raised whenever an index written before would be misread.
FORMAT = 6

DOCUMENT = "doc"  # indexed: the document's id, on its own entry
HEAD = "head"  # indexed: language:stem of titles (document entries), headings (passages)
STEM = "stem"  # indexed: language:stem, with positions
SURFACE = "surface"  # indexed: surface forms, with positions
RECORD = "record"  # column: JSON of the document or passage
LENGTH = "length"  # column: words in the passage; DOCUMENT_ENTRY on document entries
DOCUMENT_ENTRY = 2**32 - 1

FIELDS = (DOCUMENT, HEAD, STEM, SURFACE)  # in the order in which they are written
POSITIONED = (STEM, SURFACE)


def schema() -> Any:
    """Return the schema of every index of this format."""
    from whoosh import columns, fields  # searching our own segments does without
    from whoosh.analysis.tokenizers import IDTokenizer

    return fields.Schema(
        doc=fields.ID(),
        head=fields.ID(),
        stem=fields.TEXT(analyzer=IDTokenizer(), phrase=True),
        surface=fields.TEXT(analyzer=IDTokenizer(), phrase=True),
        record=fields.COLUMN(columns.VarBytesColumn()),
        length=fields.COLUMN(columns.NumericColumn("I")),
    )


def check_whoosh() -> None:
    """Raise BackstoryError where `whoosh` is too old, too new, or of another distribution.

    Several distributions install a package of that name, one over the other; the others stopped at
    versions before OLDEST_WHOOSH.
    """
    if OLDEST_WHOOSH <= whoosh.__version__[:3] < NEXT_WHOOSH:
        return
    from importlib.metadata import packages_distributions

    installed = ".".join(map(str, whoosh.__version__[:3]))
    owners = sorted(set(packages_distributions().get("whoosh", [])) - {"whoosh3"})
    oldest, after = (".".join(map(str, each)) for each in (OLDEST_WHOOSH, NEXT_WHOOSH))
    raise BackstoryError(
        f"The package whoosh that is installed is {installed} of {', '.join(owners) or 'whoosh3'}, "
        f"not whoosh3 from {oldest} on and before {after}.",
        f"Run: pip uninstall -y {' '.join((*owners, 'whoosh3'))}; "
        f"pip install 'whoosh3>={oldest},<{after}'",
    )
