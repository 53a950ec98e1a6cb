"""Streamed file downloads, with the media type and suffix of their export."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from flask import Response

from backstory.searcher.exports import Export


def download(pieces: Iterator[str], export: Export, name: str) -> Response:
    """Answer with a file called `name`, which needs no escaping, and the suffix of the export.

    The first piece is made at once, so that a broken index or export is an answer of its own.
    """
    encoded = (piece.encode("utf-8", "replace") for piece in pieces)
    first = next(encoded, b"")
    response = Response(chain([first], encoded), content_type=export.content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{export.suffix}"'
    return response
