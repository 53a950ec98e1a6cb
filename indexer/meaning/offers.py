"""The files that a folder, an archive or a single file offers, of which a model may be made.

They are looked at by their bytes: names in an archive are never used as paths, and no more is read
of anything than a model may have.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from backstory.engine.errors import BackstoryError
from backstory.indexer.meaning.description import FILE, LARGEST, LARGEST_DESCRIPTION
from backstory.indexer.meaning.folder import open_file

_SUFFIXES = (".onnx", ".json", ".npz", ".model")
_MOST_MEMBERS = 20_000
_MOST_OFFERS = 50
_PIECE = 1024 * 1024  # bytes
_ENCRYPTED = 1


@dataclass(frozen=True, slots=True)
class Offer:
    """A file that may belong to a model; `folder` and `name` say where it was found."""

    folder: str
    name: str
    open: Callable[[], IO[bytes]]

    @property
    def where(self) -> str:
        """Its place, for people."""
        return f"{self.folder}/{self.name}" if self.folder else self.name

    def pieces(self) -> Iterator[bytes]:
        """Yield its bytes; raises BackstoryError where it is too large or cannot be read."""
        size = 0
        try:
            with self.open() as stream:
                while piece := stream.read(_PIECE):
                    size += len(piece)
                    if size > LARGEST:
                        raise unusable(self.where, f"it has more than {LARGEST // _PIECE:,} MB")
                    yield piece
        except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
            raise unusable(self.where, f"it cannot be read ({error})") from error

    def text(self) -> str:
        """Return it as a text; raises BackstoryError for what is long or none."""
        data = b""
        for piece in self.pieces():
            data += piece
            if len(data) > LARGEST_DESCRIPTION:
                raise unusable(self.where, f"it has more than {LARGEST_DESCRIPTION:,} bytes")
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise unusable(self.where, "it is no text in UTF-8") from error

    def sha256(self) -> str:
        """Return the hash of its bytes."""
        digest = hashlib.sha256()
        for piece in self.pieces():
            digest.update(piece)
        return digest.hexdigest()


def unusable(what: str | Path, problem: str) -> BackstoryError:
    """Return an error on what was given to install."""
    return BackstoryError(
        f"No model can be installed from {what}: {problem}.",
        "See what can: backstory meaning install --help",
    )


@contextlib.contextmanager
def offers(path: Path) -> Iterator[list[Offer]]:
    """Open a folder, an archive or a file; give what it offers. Raises BackstoryError."""
    if path.is_dir():
        yield _few(path, [_of_file(each) for each in sorted(path.iterdir()) if _may_be(each.name)])
    elif not path.is_file():
        raise unusable(path, "there is no such file or folder")
    elif zipfile.is_zipfile(path):
        with _opened(path) as archive:
            yield _few(path, list(_members(path, archive)))
    else:
        yield [_of_file(path)]


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise unusable(path, f"it cannot be read ({error})") from error


def _of_file(path: Path) -> Offer:
    return Offer("", path.name, lambda: os.fdopen(open_file(path), "rb"))


def _members(path: Path, archive: zipfile.ZipFile) -> Iterator[Offer]:
    members = archive.infolist()
    if len(members) > _MOST_MEMBERS:
        raise unusable(path, f"it has more than {_MOST_MEMBERS:,} members")
    for member in members:
        place = PurePosixPath(member.filename)
        if member.is_dir() or not _may_be(place.name):
            continue
        if member.flag_bits & _ENCRYPTED:
            raise unusable(path, f"{member.filename} is encrypted")
        if member.file_size > LARGEST:
            raise unusable(path, f"{member.filename} has more than {LARGEST // _PIECE:,} MB")
        yield Offer(str(place.parent), place.name, lambda member=member: archive.open(member))  # type: ignore[misc]  # bound now


def _may_be(name: str) -> bool:
    return name == FILE or name.endswith(_SUFFIXES)


def _few(path: Path, listed: list[Offer]) -> list[Offer]:
    if not listed:
        raise unusable(path, "it has no file of a model (.onnx, .npz)")
    if len(listed) > _MOST_OFFERS:
        raise unusable(path, f"it has more than {_MOST_OFFERS} files that could be of a model")
    return listed
