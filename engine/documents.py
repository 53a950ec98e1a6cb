"""What is stored: a document, and its passages, one paragraph each.

A passage's address is `document-id#p12`. It stays the same when other documents change; the
passage's key, made from its words, finds the paragraph again after its own document was edited.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from backstory.engine.fields import FIELDS
from backstory.engine.remarks import Code, Remark
from backstory.engine.times import Seconds, clock

Facts = Mapping[str, str | tuple[str, ...]]

_ADDRESS = re.compile(r"(?P<document>.+?)(?:#p?(?P<number>[0-9]{1,9}))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Document:
    """One file of the corpus; dates are ISO 8601, cut where nothing more is known (`2018-09`).

    `added` is the time at which it was first indexed, in UTC, "" where that is not known. `facts`
    are the values of fields that it has no attribute for, by name (see `engine.fields`).
    """

    id: str
    title: str
    source: str = ""
    author: str = ""
    date: str = ""
    language: str = "en"
    kind: str = ""
    tags: tuple[str, ...] = ()
    url: str = ""
    path: str = ""
    sha256: str = ""
    notes: tuple[Remark, ...] = ()
    added: str = ""
    facts: Facts = field(default_factory=dict, hash=False)

    @property
    def date_guessed(self) -> bool:
        """Whether the date is only that of the file, and not one that the document states."""
        return any(note.code is Code.DATE_GUESSED for note in self.notes)

    def value(self, name: str) -> Any:
        """Return the value of a field, "" or () where the document does not have it."""
        if name in _NAMES:
            return getattr(self, name)
        return self.facts.get(name, FIELDS[name].default)

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values, facts among them; `from_json` takes them back."""
        fields = {name: getattr(self, name) for name in _ATTRIBUTES}
        return {**fields, "notes": [note.to_json() for note in self.notes], **self.facts}

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Document:
        """Make the document that `to_json` described."""
        values: dict[str, Any] = {
            n: tuple(v) if isinstance(v, list) else v for n, v in record.items()
        }
        facts = {name: values.pop(name) for name in record if name not in _NAMES}
        notes = tuple(map(Remark.from_json, record.get("notes", ())))
        return cls(**{**values, "notes": notes}, facts=facts)


_ATTRIBUTES = tuple(name for name in Document.__slots__ if name != "facts")
_NAMES = frozenset(_ATTRIBUTES)


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph; `number` counts from 1, `start` and `end` are offsets into its file's text.

    `names` and `mentions` are the names and the ISO dates that were found in the text. `language`
    is "" where it is that of the document. `seconds` say from when to when it is spoken, `cells`
    in which cells of a sheet it stands, `A12:F12`. `confidence` is that of OCR in the words, from
    0 to 100, None for what was not read from a scan.
    """

    document: str
    number: int
    text: str
    heading: str = ""
    page: int | None = None
    start: int = 0
    end: int = 0
    names: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    language: str = ""
    seconds: Seconds | None = None
    cells: str = ""
    confidence: int | None = None

    @property
    def time(self) -> str:
        """When it begins to be spoken, `1:02:05`; "" for what is not spoken."""
        return clock(self.seconds[0]) if self.seconds else ""

    def language_in(self, document: Document) -> str:
        """Return the language that the passage is in: its own, or else that of its document."""
        return self.language or document.language

    @property
    def address(self) -> str:
        """The passage's address, `document-id#p12`."""
        return passage_address(self.document, self.number)

    @property
    def key(self) -> str:
        """The key of the passage's text."""
        return text_key(self.text)


class FileState(NamedTuple):
    """A file as it was when it was read: what tells a changed file from an unchanged one."""

    path: str
    size: int
    mtime_ns: int
    inode: int
    sidecar: tuple[int, int] | None = None

    def to_json(self) -> list[Any]:
        """Return the state as a JSON list; `from_json` takes it back."""
        return [self.path, self.size, self.mtime_ns, self.inode, self.sidecar]

    @classmethod
    def from_json(cls, record: list[Any]) -> FileState:
        """Make the state that `to_json` described."""
        path, size, mtime_ns, inode, sidecar = record
        return cls(path, size, mtime_ns, inode, tuple(sidecar) if sidecar else None)


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file that is not in the index, and why."""

    path: str
    remark: Remark
    state: FileState | None = None

    @property
    def reason(self) -> str:
        """Why it is not in the index, as a sentence."""
        return self.remark.sentence

    def to_json(self) -> list[Any]:
        """Return the file as a JSON list; `from_json` takes it back."""
        return [self.path, self.remark.to_json(), self.state.to_json() if self.state else None]

    @classmethod
    def from_json(cls, record: list[Any]) -> SkippedFile:
        """Make the skipped file that `to_json` described."""
        path, remark, state = record
        return cls(path, Remark.from_json(remark), FileState.from_json(state) if state else None)


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """A document with its passages and the file it was read from: the unit of writing."""

    document: Document
    passages: tuple[Passage, ...]
    file: FileState = field(default_factory=lambda: FileState("", 0, 0, 0))


def text_key(text: str) -> str:
    """Return twelve hexadecimal digits made from the words alone: spacing does not matter."""
    words = " ".join(re.findall(r"\w+", text.casefold()))
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def passage_address(document_id: str, number: int) -> str:
    """Return the address of a passage, `document-id#p12`."""
    return f"{document_id}#p{number}"


def split_address(address: str) -> tuple[str, int | None]:
    """Split `document-id#p12` into id and number; the number is None where there is none."""
    matched = _ADDRESS.fullmatch(address)
    if not matched:
        return address, None
    number = matched["number"]
    return matched["document"], int(number) if number else None
