"""From the bytes of a file to its paragraphs: one module for each format, found by its suffix.

A new format is one new file in this folder. It names its `SUFFIXES` and has a function
`read(source: Source) -> Reading`; nothing else has to be changed. A library that it needs is
imported inside `read`, so that a corpus without such files never pays for it. A format whose
reader could hang, swell or crash says `IS_RISKY = True` and is read in a process of its own; one
that finds several documents in a file says `HOLDS_MEMBERS = True`.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PurePosixPath

from backstory.engine.documents import Facts
from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark
from backstory.engine.times import Seconds
from backstory.indexer.settings import CorpusSettings, FormatSettings, RowSettings


@dataclass(slots=True)
class Budget:
    """What may still come out of one file: members, bytes, and archives within archives."""

    members: int = FormatSettings().max_members
    size: int = FormatSettings().max_unpacked_mb * 1024 * 1024
    depth: int = 3


@dataclass(frozen=True, slots=True)
class Source:
    """A file to be read: `name` is its printable path, `data` its bytes, `is_cut` when not all.

    `charset` is what the server that it came from called its encoding, empty where none did.
    """

    path: Path
    name: str
    data: bytes
    is_cut: bool
    settings: CorpusSettings
    formats: FormatSettings = field(default_factory=FormatSettings)
    rows: RowSettings = field(default_factory=RowSettings)
    budget: Budget = field(default_factory=Budget)
    charset: str = ""

    @property
    def whole(self) -> bytes:
        """The bytes of a format that is nothing without its end; raises UnreadableDocument."""
        if self.is_cut:
            detail = f"larger than {self.settings.max_file_mb} MB (corpus.max_file_mb)"
            raise UnreadableDocument(self.name, detail, Code.TOO_LARGE)
        return self.data


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph as the file has it; `start` and `end` are offsets into the decoded text.

    `page` counts from 1, and is None in a file that has no pages; `seconds` say from when to when
    it is spoken, in sound and film.
    """

    text: str
    heading: str = ""
    page: int | None = None
    start: int = 0
    end: int = 0
    seconds: Seconds | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader found in a file: its paragraphs, and what it says about itself.

    `facts` are the values of the fields that it has no attribute for, as those of a Document.
    """

    paragraphs: tuple[Paragraph, ...]
    title: str = ""
    source: str = ""
    author: str = ""
    date: str = ""
    language: str = ""
    kind: str = ""
    url: str = ""
    tags: tuple[str, ...] = ()
    notes: tuple[Remark, ...] = ()
    members: tuple[Member, ...] = ()
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Member:
    """A document within a file (a mail, an attachment, a row), or the remark on why it is none.

    Its name is a path without `..`, so that `file/name` tells where it is; `sha256` is that of
    its own content, and empty for one that is never compared with others.
    """

    name: str
    sha256: str = ""
    reading: Reading | None = None
    remark: Remark | None = None

    @property
    def reason(self) -> str:
        """The remark as a sentence; "" for a document."""
        return self.remark.sentence if self.remark else ""


Reader = Callable[[Source], Reading]


def too_many(what: str, more: str = "more") -> Remark:
    """Return the remark on the first member that is past the limit of a file."""
    return Remark.of(Code.TOO_MANY, more=more, what=what, setting="formats.max_members")


def suffix_of(name: str) -> str:
    """Return the suffix of a name as `pathlib` tells it, in a tenth of the time."""
    last = name.rpartition("/")[2]
    if last in ("", "."):
        return PurePosixPath(name).suffix
    stem, _, suffix = last.rpartition(".")
    return f".{suffix}" if stem and suffix else ""


def reader_for(suffix: str) -> Reader | None:
    """Return the reader of files that end in `suffix` (`.txt`, in any case), or None."""
    return _readers().get(suffix.lower())


def is_risky(suffix: str) -> bool:
    """Tell whether files that end in `suffix` are read in a process of their own."""
    return _says(suffix, "IS_RISKY")


def holds_members(suffix: str) -> bool:
    """Tell whether files that end in `suffix` may hold several documents, or tables of them."""
    return _says(suffix, "HOLDS_MEMBERS")


def _says(suffix: str, claim: str) -> bool:
    reader = reader_for(suffix)
    module = importlib.import_module(reader.__module__) if reader else None
    return bool(getattr(module, claim, False))


def suffixes() -> tuple[str, ...]:
    """Return every suffix that can be read, in alphabetical order."""
    return tuple(sorted(_readers()))


def title_from_name(name: str) -> str:
    """Make a file name readable: `2018-09-08_secret-talks.txt` gives `2018-09-08 Secret talks`."""
    stem = PurePosixPath(name).stem
    # A hyphen between digits is a date or a range, and stays.
    spaced = re.sub(r"_|(?<!\d)-|-(?!\d)", " ", stem)
    words = spaced.split()
    for position, word in enumerate(words):
        if word[0].isalpha():
            words[position] = word.capitalize() if word.islower() else word
            break
    return " ".join(words) or name


@cache
def _readers() -> dict[str, Reader]:
    found: dict[str, Reader] = {}
    for entry in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{entry.name}")
        for suffix in getattr(module, "SUFFIXES", ()):
            found[suffix] = module.read
    return found
