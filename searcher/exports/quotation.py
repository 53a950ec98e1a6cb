"""What is quoted, and all that says where it stands: what every citation is made of."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import quote

from backstory.engine.characters import on_one_line
from backstory.engine.dates import PartialDate
from backstory.engine.documents import Document, Passage
from backstory.engine.hits import Hit

_WEB_ADDRESS = re.compile(r"https?://[^\s/]", re.IGNORECASE)
# What RFC 3986 allows in an address, and letters of all scripts; "%" stands for what is quoted.
_UNSAFE = re.compile(r"[^\w!#$%&'()*+,\-./:;=?@\[\]~]|[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Quotation:
    """A passage with the facts of its document; without a number, a document as a whole.

    `archive_url` is where it can be read in an archive on the web, "" where none is served.
    """

    document: str
    title: str
    source: str = ""
    author: str = ""
    date: str = ""
    language: str = ""
    kind: str = ""
    url: str = ""
    number: int | None = None
    page: int | None = None
    time: str = ""
    cells: str = ""
    confidence: int | None = None
    text: str = ""
    date_guessed: bool = False
    archive_url: str = ""

    @classmethod
    def of(cls, hit: Hit, archive_url: str = "") -> Quotation:
        """Quote a hit."""
        names = (name for name in cls.__slots__ if name != "archive_url")
        return cls(**{name: getattr(hit, name) for name in names}, archive_url=archive_url)

    @classmethod
    def of_document(cls, document: Document) -> Quotation:
        """Cite a document as a whole."""
        names = ("title", "source", "author", "date", "date_guessed", "language", "kind", "url")
        return cls(document.id, **{name: getattr(document, name) for name in names})

    @classmethod
    def of_passage(cls, document: Document, passage: Passage) -> Quotation:
        """Quote a passage."""
        return replace(
            cls.of_document(document),
            language=passage.language_in(document),
            number=passage.number,
            page=passage.page,
            time=passage.time,
            cells=passage.cells,
            confidence=passage.confidence,
            text=passage.text,
        )

    @property
    def address(self) -> str:
        """The address of the passage, or the id of the document."""
        return self.document if self.number is None else f"{self.document}#p{self.number}"

    @property
    def place(self) -> str:
        """Where the words stand: `passage talks#p3, page 4`, `…, at 0:01:05`, `…, cells A2:C2`.

        What was read from a scan says so.
        """
        page = "" if self.page is None else f", page {self.page}"
        time = f", at {self.time}" if self.time else ""
        cells = f", cells {self.cells}" if self.cells else ""
        scan = "" if self.confidence is None else ", read from a scan"
        kind = "document" if self.number is None else "passage"
        return f"{kind} {self.address}{page}{time}{cells}{scan}"

    @property
    def note(self) -> str:
        """The place as a sentence, `Passage talks#p3, page 4`; it says that a date is guessed."""
        guessed = "; the date is guessed" if self.date_guessed else ""
        return f"{self.place[0].upper()}{self.place[1:]}{guessed}"

    @property
    def dated(self) -> str:
        """The date as it is shown: a guessed one says so."""
        return f"{self.date} (guessed)" if self.date and self.date_guessed else self.date

    @property
    def link(self) -> str:
        """The document's web address, safe to stand anywhere; "" for any other kind of address."""
        url = on_one_line(self.url)
        return _UNSAFE.sub(_percent, url) if _WEB_ADDRESS.match(url) else ""

    @property
    def links(self) -> tuple[str, ...]:
        """Where it can be read on the web: at its source, and in the archive."""
        return tuple(filter(None, (self.link, self.archive_url)))

    @property
    def date_parts(self) -> tuple[int, ...]:
        """Year, month and day, as far as they are known; empty for what is no date."""
        parsed = PartialDate.of(self.date)
        return parsed.parts if parsed else ()


def _percent(matched: re.Match[str]) -> str:
    return quote(matched[0], safe="", errors="replace")
