"""The style of all pages, in one answer: nothing is painted before the last sheet has come."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from flask import Response, request
from flask.typing import ResponseReturnValue

FOLDER = Path(__file__).parent / "static" / "style"
SHEETS = ("base", "results", "reader", "tables", "board", "draft", "followed")


def style() -> ResponseReturnValue:
    """Give the sheets one after the other."""
    response = Response(_joined(), mimetype="text/css")
    response.add_etag()
    return response.make_conditional(request)


@cache
def _joined() -> str:
    return "\n".join((FOLDER / f"{name}.css").read_text(encoding="utf-8") for name in SHEETS)
