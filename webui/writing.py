"""Who may change what is kept here: files of the corpus, followed questions."""

from __future__ import annotations

from flask import request

from backstory.engine.errors import BackstoryError
from backstory.webui.visitor import Role, visitor


class WritingRefused(BackstoryError):
    """The visitor may read here, and change nothing."""

    code = "forbidden"
    http_status = 403

    def __init__(self) -> None:
        super().__init__(
            "You may read here, and change nothing.", "Ask whoever looks after this server."
        )


def may_write() -> bool:
    """Tell whether the visitor may change what is kept here."""
    return visitor(request.environ).may(Role.WRITE)


def refuse_readers() -> None:
    """Raise WritingRefused for a visitor who may only read."""
    if not may_write():
        raise WritingRefused
