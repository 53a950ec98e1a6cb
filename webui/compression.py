"""gzip compression of pages; a page of hits shrinks to a fifth of its size."""

from __future__ import annotations

import gzip

from flask import Response, request

LEVEL = 5  # 0.6 ms for 35 kB; level 9 takes twice as long for 2 % less
SMALLEST = 1_000
KINDS = ("text/html", "text/css", "text/javascript", "image/svg+xml")


def compress(response: Response) -> Response:
    """Compress a page or a static file for a client that accepts gzip."""
    if not (response.content_type or "").startswith(KINDS):
        return response
    response.headers.add("Vary", "Accept-Encoding")
    if response.status_code != 200 or not request.accept_encodings["gzip"]:
        return response
    if "Content-Encoding" in response.headers or request.method != "GET":
        return response
    response.direct_passthrough = False
    body = response.get_data()
    if len(body) >= SMALLEST:
        response.set_data(gzip.compress(body, LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
