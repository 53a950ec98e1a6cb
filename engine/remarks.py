"""What is remarked on a file: why it is not in the index, or what was noted while it was read.

A remark is a code with data. Programs decide by these; the sentence is made where it is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Value = str | int | float


class Code(StrEnum):
    """What is the matter; the names stay the same from release to release."""

    # Why a file is not in the index
    DUPLICATE = "duplicate"
    NO_READER = "no_reader"
    NEEDS_EXTRA = "needs_extra"
    NEEDS_OCR = "needs_ocr"
    OCR_FAILED = "ocr_failed"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    TOO_DEEP = "too_deep"
    ENCRYPTED = "encrypted"
    EMPTY = "empty"
    BINARY = "binary"
    BROKEN = "broken"
    OLD_FORMAT = "old_format"
    LINK = "link"
    UNSAFE_NAME = "unsafe_name"
    NOT_REGULAR = "not_regular"
    NO_PERMISSION = "no_permission"
    VANISHED = "vanished"
    CHANGED = "changed"
    TIMED_OUT = "timed_out"
    MEMBER_TIMED_OUT = "member_timed_out"
    MEMBERS_LEFT = "members_left"
    OUT_OF_MEMORY = "out_of_memory"
    NEEDS_MEMORY = "needs_memory"
    CRASHED = "crashed"
    READER_FAILED = "reader_failed"
    UNREADABLE = "unreadable"
    ORPHAN_METADATA = "orphan_metadata"
    # What was noted while a document was read
    DATE_TAKEN = "date_taken"
    DATE_GUESSED = "date_guessed"
    ENCODING = "encoding"
    CUT = "cut"
    PAGES_LEFT = "pages_left"
    PAGES_BROKEN = "pages_broken"
    PART_BROKEN = "part_broken"
    PAGES_WITHOUT_TEXT = "pages_without_text"
    PAGES_STAMPED = "pages_stamped"
    PAGES_SCANNED = "pages_scanned"
    PAGES_ILLEGIBLE = "pages_illegible"
    OTHER_FORMAT = "other_format"
    METADATA_BROKEN = "metadata_broken"
    VALUE_LEFT_OUT = "value_left_out"
    READ_AS_PLAIN = "read_as_plain"
    READ_PLAINLY = "read_plainly"
    READ_WHOLE = "read_whole"
    SPLIT = "split"
    HIDDEN = "hidden"
    # What was noted of the readers that packages bring
    PLUGIN = "plugin"
    # What was noted of a run
    ARRIVALS = "arrivals"
    RETAINED = "retained"


@dataclass(frozen=True, slots=True)
class Remark:
    """A code with the data that its sentence is made of, as pairs of name and value."""

    code: Code
    data: tuple[tuple[str, Value], ...] = ()

    @classmethod
    def of(cls, code: Code, **data: Value) -> Remark:
        """Make a remark; the data are what the code's sentence names."""
        return cls(code, tuple(data.items()))

    def __getitem__(self, name: str) -> Value:
        """Return one of the data; raises KeyError."""
        return dict(self.data)[name]

    @property
    def sentence(self) -> str:
        """The remark for people, without a full stop."""
        said = _SENTENCES.get(self.code, "{detail}")
        data = dict(self.data)
        return said(data) if callable(said) else said.format(**data)

    def to_json(self) -> list[Any]:
        """Return the remark as a JSON list; `from_json` takes it back."""
        return [self.code.value, dict(self.data)]

    @classmethod
    def from_json(cls, record: list[Any]) -> Remark:
        """Make the remark that `to_json` described; raises ValueError for an unknown code."""
        code, data = record
        return cls(Code(code), tuple(data.items()))


def unreadable(detail: str) -> Remark:
    """Make the remark on a file that cannot be read for a reason without a code of its own."""
    return Remark.of(Code.UNREADABLE, detail=detail)


# What to do with files of formats that nothing here reads.
_INSTEAD = {
    ".7z .rar .zst .lz .lz4 .cab .iso .dmg": "unpack it and index what is in it",
    ".ps .eps .xps .djvu .pages .vsd .pub .wpd": "save it as PDF",
    ".ppt .pps": "save it as .pptx or PDF",
    ".key": "save it as .pptx or PDF",
    ".numbers": "save it as .xlsx or PDF",
    ".mdb .accdb .dbf .sqlite .db": "save its tables as .csv",
    ".pst .ost": "save its mails as .eml, .msg or .mbox",
    ".heic .heif .avif .jp2 .raw": "save it as .jpg or .png",
    ".mp3 .m4a .wav .ogg .flac .mp4 .mov .avi .mkv .webm": "add a transcript (.srt, .vtt)",
    ".mobi .azw .azw3": "save it as .epub",
    ".p7m .pgp .gpg .asc": "decrypt it first",
}
_INSTEAD_OF = {suffix: what for suffixes, what in _INSTEAD.items() for suffix in suffixes.split()}


def _no_reader(data: Mapping[str, Value]) -> str:
    suffix = str(data["suffix"])
    instead = _INSTEAD_OF.get(suffix.lower(), "")
    said = f"no reader for {suffix or 'files without a suffix'}"
    return f"{said}: {instead}" if instead else said


def _needs_extra(data: Mapping[str, Value]) -> str:
    requires = str(data["requires"])
    extra = requires.partition("[")[2].partition("]")[0]
    lacking = f"the extra `{extra}`" if extra else requires
    return f"reading {data['suffix']} needs {lacking}: pip install '{requires}'"


def _needs_ocr(data: Mapping[str, Value]) -> str:
    pages = data["pages"]
    return f"needs OCR: its {'1 page holds' if pages == 1 else f'{pages:,} pages hold'} no text"


def _without_text(data: Mapping[str, Value]) -> str:
    which = "page {} holds" if data["count"] == 1 else "pages {} hold"
    return f"{which.format(data['pages'])} no text: blank, or an image that needs OCR"


def _stamped(data: Mapping[str, Value]) -> str:
    if data["count"] == 1:
        return f"page {data['pages']} is a picture with a line of text on it, and needs OCR"
    return f"pages {data['pages']} are pictures with a line of text on them, and need OCR"


def _pages(data: Mapping[str, Value]) -> str:
    return f"page{'' if data['count'] == 1 else 's'} {data['pages']}"


def _scanned(data: Mapping[str, Value]) -> str:
    if not data["confidence"]:
        return f"{_pages(data)} read from a scan, which has no words"
    return f"{_pages(data)} read from a scan, with a confidence of {data['confidence']} in 100"


def _illegible(data: Mapping[str, Value]) -> str:
    return f"{_pages(data)} not read by OCR: {data['why']}"


def _other_format(data: Mapping[str, Value]) -> str:
    suffix = data["suffix"]
    return f"{data['what']}, though its name {f'ends in {suffix}' if suffix else 'has no suffix'}"


_MEMORY = "{limit:,} MB of memory (formats.memory_mb)"
# A code that is not here has its sentence as `detail`.
_SENTENCES: Mapping[Code, str | Callable[[Mapping[str, Value]], str]] = {
    Code.DUPLICATE: "same content as {of}",
    Code.NO_READER: _no_reader,
    Code.NEEDS_EXTRA: _needs_extra,
    Code.NEEDS_OCR: _needs_ocr,
    Code.OCR_FAILED: "not read by OCR: {why}",
    Code.TOO_MANY: "{more} {what} than {setting}",
    Code.BINARY: "binary (holds {what})",
    Code.LINK: "a link; links are not followed",
    Code.UNSAFE_NAME: "its name leads out of the archive",
    Code.NOT_REGULAR: "not a regular file",
    Code.NO_PERMISSION: "no permission to read it",
    Code.VANISHED: "vanished while the corpus was read",
    Code.CHANGED: "changed while it was read; the next run takes it",
    Code.TIMED_OUT: "not read within {seconds:g} seconds (formats.seconds)",
    Code.MEMBER_TIMED_OUT: "took too many of its file’s {seconds:g} seconds (formats.seconds)",
    Code.MEMBERS_LEFT: "this and all further {what}: no time left for the file (formats.seconds)",
    Code.NEEDS_MEMORY: f"needs more than {_MEMORY}",
    Code.CRASHED: f"its reader crashed ({{how}}), perhaps for want of {_MEMORY}",
    Code.READER_FAILED: "the reader failed ({error})",
    Code.ORPHAN_METADATA: "metadata of {of}, which is missing: put that beside it, or delete this",
    Code.DATE_TAKEN: "date {date} taken from {where}",
    Code.DATE_GUESSED: "date {date} guessed from {where}",
    Code.CUT: "only the first {limit} MB were read",
    Code.PAGES_LEFT: "only the first {read:,} of {count:,} pages were read in time",
    Code.PAGES_BROKEN: "{broken:,} of {count:,} pages are broken",
    Code.PART_BROKEN: "{part} left out: {problem}",
    Code.PAGES_WITHOUT_TEXT: _without_text,
    Code.PAGES_STAMPED: _stamped,
    Code.PAGES_SCANNED: _scanned,
    Code.PAGES_ILLEGIBLE: _illegible,
    Code.OTHER_FORMAT: _other_format,
    Code.METADATA_BROKEN: "{place}: {what} not read: {problem}",
    Code.VALUE_LEFT_OUT: "{place}: {field} {value} left out: {problem}",
    Code.READ_AS_PLAIN: "longer than {limit:,} characters: Markdown read as plain text",
    Code.READ_PLAINLY: "{why}: {what} read as plain text",
    Code.ARRIVALS: "not kept in {folder} ({detail})",
    Code.RETAINED: (
        "{removed:,} of {documents:,} documents, whose content is no longer in the corpus, stay in"
        " the index. Is a disk missing? If they are meant to go: backstory index --allow-removal"
    ),
    Code.READ_WHOLE: "{count:,} elements: read whole, with whatever surrounds the text",
}
