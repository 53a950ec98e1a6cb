"""Files that readers send: what the web page hands on, and what comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from backstory.engine.errors import BackstoryError


class UploadFate(StrEnum):
    """What became of a file."""

    ADDED = "added"
    KNOWN = "already there"
    REFUSED = "not added"


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file as it was sent: the name that it was given, and where it lies until it is taken.

    `refusal` says why it is not to be taken; then the file may be cut short.
    """

    name: str
    path: Path
    size: int
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class UploadedDocument:
    """A document that was made of a file: its id, its title, and its number of passages."""

    id: str
    title: str
    passages: int


@dataclass(frozen=True, slots=True)
class UploadResult:
    """What became of one file: its name in the corpus, with its documents, or why it has none.

    `reason` may also say why a file that was added has no documents yet.
    """

    name: str
    fate: UploadFate
    file: str = ""
    reason: str = ""
    documents: tuple[UploadedDocument, ...] = ()


class Uploads(Protocol):
    """Takes files into the corpus, one batch at a time."""

    @property
    def folder(self) -> Path:
        """Where files lie until they are taken: on the disk that has the state."""

    def take(self, files: Sequence[UploadedFile], who: str) -> list[UploadResult]:
        """Put files into the corpus, index them, and tell what became of each.

        Raises UploadLimit, UploadsBusy, UploadConflict and StorageFull; nothing is added then.
        """


class UploadLimit(BackstoryError):
    """More was sent than may be: in one request, or by somebody on one day."""

    code = "upload_limit"
    http_status = 429


class UploadsBusy(BackstoryError):
    """Other uploads are being taken, and too many wait."""

    code = "uploads_busy"
    http_status = 503

    def __init__(self) -> None:
        super().__init__("Other uploads are being taken just now.", "Send it again in a minute.")


class UploadConflict(BackstoryError):
    """Another run has the index, for longer than an upload can wait."""

    code = "upload_conflict"
    http_status = 409

    def __init__(self) -> None:
        super().__init__(
            "The archive is being indexed just now; nothing was added.",
            "Send it again when that is done.",
        )
