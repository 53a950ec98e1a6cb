"""Which requests are expensive: told from the address alone, before anything is read for them."""

from __future__ import annotations

import re
from urllib.parse import unquote_plus

# Tables and exports read up to thousands of passages, a page of hits ten; documents are compared
# sentence by sentence.
EXPENSIVE_PATHS = frozenset(
    {
        *("/concordance", "/export", "/feed", "/compare", "/draft"),
        *("/api/concordance", "/api/frequencies", "/api/collocates", "/api/export", "/api/draft"),
    }
)
# Files are hashed and unpacked, pages rendered.
EXPENSIVE_FOLDERS = ("/original/", "/page/")
_ARCHIVE = re.compile(r"/a/[^/]+(?=/)")  # in front of the path, of one of several
# `*`, `~`, and a `?` inside a word stand for any number of words.
_WILD = re.compile(r"[*~]|\w\?\w")


def is_expensive(path: str, query: str) -> bool:
    """Tell whether an answer may take seconds; `query` is what follows the question mark."""
    path = _ARCHIVE.sub("", path, count=1) if _ARCHIVE.match(path) else path
    if path in EXPENSIVE_PATHS or path.startswith(EXPENSIVE_FOLDERS):
        return True
    return bool(_WILD.search(unquote_plus(query)))
