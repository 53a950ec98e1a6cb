"""From the bytes of a file to its paragraphs: one module for each format.

A new format is one new module: here, or in an installed package that names it in the entry point
group `backstory.readers`. It declares a `FORMAT` and has a function `read(source: Source) ->
Reading`, which raises UnreadableDocument with the reason where a file cannot be read. A library
that it needs is imported inside `read`, so that a corpus without such files never pays for it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from backstory.engine.documents import Facts
from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark
from backstory.engine.times import Seconds
from backstory.indexer.ocr.pages import OcrPage
from backstory.indexer.readers.guard import Guard
from backstory.indexer.settings import CorpusSettings, FormatSettings, RowSettings


@dataclass(slots=True)
class Budget:
    """What may still come out of one file: members, bytes, and archives within archives.

    `guard` is for those who read members. `enter` is asked before a member is read, with its name,
    bytes and SHA-256: where it returns False the member is passed over.
    """

    members: int = FormatSettings().max_members
    size: int = FormatSettings().max_unpacked_mb * 1024 * 1024
    depth: int = 3
    guard: Guard = field(default_factory=Guard)
    enter: Callable[[str, bytes, str], bool] | None = None

    def refusal(self, what: str, more: str = "more") -> Remark | None:
        """Count one more member; return the remark on it where none may be read any more."""
        if self.members <= 0:
            limit = "formats.max_members"
            return Remark.of(Code.TOO_MANY, more=more, what=what, setting=limit)
        if self.guard.left <= 0:
            return Remark.of(Code.MEMBERS_LEFT, what=what)
        self.members -= 1
        return None


@dataclass(frozen=True, slots=True)
class Source:
    """A file to be read: `name` is its printable path, `data` its bytes, `is_cut` when not all.

    `charset` is what the server that it came from called its encoding, empty where none did.
    `recognised` are the pages that OCR has read, by their number from 1; `recognised_members` are
    those of the members of the file, by the SHA-256 of each.
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
    recognised: Mapping[int, OcrPage] = field(default_factory=dict)
    recognised_members: Mapping[str, Mapping[int, OcrPage]] = field(default_factory=dict)

    @contextmanager
    def deeper(self, what: str) -> Iterator[None]:
        """Read documents within this file; raise UnreadableDocument where that is too deep.

        `what` names them in the reason, as "archives" does.
        """
        if self.budget.depth <= 0:
            raise UnreadableDocument(self.name, f"{what} nested too deeply", Code.TOO_DEEP)
        self.budget.depth -= 1
        try:
            yield
        finally:
            self.budget.depth += 1

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

    `page` counts pages or slides from 1, and is None in a file that has none; `seconds` say from
    when to when it is spoken, in sound and film, `cells` where it stands in a sheet, `A12:F12`.
    `confidence` is that of OCR, 0 to 100, None for what was not read from a scan.
    """

    text: str
    heading: str = ""
    page: int | None = None
    start: int = 0
    end: int = 0
    seconds: Seconds | None = None
    cells: str = ""
    confidence: int | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A piece of text that a reader found and left out of the paragraphs.

    `kind` says why: "running head", "page number", "hidden", "deleted", "comment", "menu" …;
    `page` counts from 1, None where there are no pages.
    """

    kind: str
    text: str
    page: int | None = None


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
    left_out: tuple[LeftOut, ...] = ()


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

ANY_SIZE = sys.maxsize
_FEWEST_BYTES = 4  # of a signature: shorter ones start many a text


@dataclass(frozen=True, slots=True)
class Format:
    """What a reader declares about the files that it reads; raises ValueError where that is wrong.

    `label` completes "this file is …". `magic` are bytes that only files of this format start
    with, `pattern` matches their first bytes after byte order mark and blanks. `zip_names` are
    members that, all together, only its zip files have (`xl/workbook.*` is any of that name), and
    `mimetypes` what the member called `mimetype`, or the list of the parts of an Office file, says
    in them. `streams` are names of which one stands at the top of its files where these are
    containers of the old Office. `may_begin_as` are suffixes of other formats whose signature a
    file may have all the same; `text_suffix` is that of the format of a file that is called so and
    is text. `media_types` say what servers call it, with the suffix for each.

    Files are read in a process of their own, within limits. Those of `trusted_bytes` or fewer are
    not: a reader that trusts itself says beside the number why such a file can neither crash it
    nor take it long. One that finds several documents, or tables of them, `holds_members`.
    Pages of files that `may_be_scanned` are read by OCR where they hold no text.
    `packages` are imported only when a file is read, and `requires` is what pip installs to have
    them.
    """

    label: str
    suffixes: tuple[str, ...]
    magic: tuple[bytes, ...] = ()
    pattern: re.Pattern[bytes] | None = None
    zip_names: tuple[str, ...] = ()
    mimetypes: tuple[str, ...] = ()
    streams: tuple[str, ...] = ()
    may_begin_as: tuple[str, ...] = ()
    text_suffix: str = ".txt"
    media_types: Mapping[str, str] = field(default_factory=dict)
    is_plain_text: bool = False
    trusted_bytes: int = 0
    holds_members: bool = False
    may_be_scanned: bool = False
    packages: tuple[str, ...] = ()
    requires: str = "backstory[formats]"

    def __post_init__(self) -> None:
        if not self.suffixes:
            raise ValueError("a format needs a suffix")
        for suffix in (*self.suffixes, *self.media_types.values()):
            if suffix_of(f"a{suffix}") != suffix or suffix != suffix.lower():
                raise ValueError(f"{suffix!r} is no suffix in small letters, such as '.txt'")
        if any(len(magic) < _FEWEST_BYTES for magic in self.magic):
            raise ValueError(f"a signature needs {_FEWEST_BYTES} bytes or more")

    @property
    def is_zipped(self) -> bool:
        """Whether its files are zip archives."""
        return bool(self.zip_names or self.mimetypes)


def suffix_of(name: str) -> str:
    """Return the suffix of a name as `pathlib` tells it, in a tenth of the time."""
    last = name.rpartition("/")[2]
    if last in ("", "."):
        return PurePosixPath(name).suffix
    stem, _, suffix = last.rpartition(".")
    return f".{suffix}" if stem and suffix else ""


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
