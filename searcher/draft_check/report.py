"""What a check tells: findings for each sentence of a draft, with the passages they rest on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from backstory.engine.documents import Document, Passage
from backstory.engine.matching import Span
from backstory.searcher.exports.quotation import Quotation
from backstory.searcher.exports.quote import attribution


class Status(StrEnum):
    """Whether something of a draft stands in the documents; never whether it is true."""

    AGREES = "found"
    DIFFERS = "different"
    MISSING = "missing"


class Subject(StrEnum):
    """What a finding is about."""

    QUOTATION = "quotation"
    SPEAKER = "speaker"
    NAME = "name"
    NUMBER = "number"
    DATE = "date"


class Outcome(StrEnum):
    """How a quotation stands in the documents; "" for what is no quotation."""

    NONE = ""
    EXACT = "exact"
    ALMOST = "almost"
    JOINED = "joined"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Place:
    """A passage that a finding rests on; `marks` are [start, end) offsets into its text."""

    document: Document
    passage: Passage
    marks: tuple[Span, ...] = ()

    @property
    def address(self) -> str:
        """The address of the passage."""
        return self.passage.address

    @property
    def quotation(self) -> Quotation:
        """The passage with all that a citation says of it."""
        return Quotation.of_passage(self.document, self.passage)

    def to_json(self) -> dict[str, Any]:
        """Return the stable field names."""
        return {
            "passage": self.address,
            "document": self.document.id,
            "number": self.passage.number,
            "title": self.document.title,
            "source": self.document.source,
            "date": self.document.date,
            "language": self.passage.language_in(self.document),
            "heading": self.passage.heading,
            "text": self.passage.text,
            "marks": [list(mark) for mark in self.marks],
            "citation": attribution(self.quotation),
        }


@dataclass(frozen=True, slots=True)
class Difference:
    """Words of a quotation beside those of the documents, either of which may be "".

    `change` is "same", "changed", "added" (by the draft), "dropped" (by it), "omitted" (for an
    ellipsis) or "brackets" (an editor's).
    """

    change: str
    draft: str
    documents: str

    def to_json(self) -> dict[str, str]:
        """Return the stable field names."""
        return {"change": self.change, "draft": self.draft, "documents": self.documents}


@dataclass(frozen=True, slots=True)
class Finding:
    """What the documents have for a quotation, name, number or date of a sentence.

    `start` and `end` are offsets into the draft, `documents` is what stands there instead, "" where
    nothing does, and `detail` a sentence that says why.
    """

    subject: Subject
    status: Status
    text: str
    start: int
    end: int
    detail: str
    documents: str = ""
    places: tuple[Place, ...] = ()
    outcome: Outcome = Outcome.NONE
    differences: tuple[Difference, ...] = ()

    @property
    def address(self) -> str:
        """The address of the first passage that it rests on, "" without one."""
        return self.places[0].address if self.places else ""

    def moved(self, offset: int) -> Finding:
        """Return the finding with `offset` added to where it stands."""
        return replace(self, start=self.start + offset, end=self.end + offset)

    def to_json(self) -> dict[str, Any]:
        """Return the stable field names."""
        return {
            "subject": str(self.subject),
            "status": str(self.status),
            "outcome": str(self.outcome),
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "documents": self.documents,
            "detail": self.detail,
            "differences": [each.to_json() for each in self.differences],
            "places": [each.to_json() for each in self.places],
        }


_ORDER = (Status.MISSING, Status.DIFFERS, Status.AGREES)


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """A sentence as [start, end) offsets into the draft, with what was found for it.

    `support` are the passages nearest to it by words and meaning, best first.
    """

    number: int
    text: str
    start: int
    end: int
    findings: tuple[Finding, ...] = ()
    support: tuple[Place, ...] = ()

    @property
    def status(self) -> Status | None:
        """The worst status of its findings, None where it has nothing to look for."""
        known = {finding.status for finding in self.findings}
        return next((status for status in _ORDER if status in known), None)

    def to_json(self) -> dict[str, Any]:
        """Return the stable field names."""
        return {
            "number": self.number,
            "status": str(self.status or "nothing to check"),
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "findings": [each.to_json() for each in self.findings],
            "support": [each.to_json() for each in self.support],
        }


@dataclass(frozen=True, slots=True)
class DraftCheck:
    """A draft with its sentences, checked against one commit; `language` is a guess."""

    text: str
    sentences: tuple[CheckedSentence, ...]
    generation: int
    language: str

    def __iter__(self) -> Iterator[CheckedSentence]:
        return iter(self.sentences)

    def __len__(self) -> int:
        return len(self.sentences)

    def with_status(self, status: Status) -> tuple[tuple[CheckedSentence, Finding], ...]:
        """Return the findings with a status, each with its sentence, in the order of the draft."""
        return tuple(
            (s, each) for s in self.sentences for each in s.findings if each.status is status
        )

    @property
    def is_all_there(self) -> bool:
        """Whether nothing was missing or different."""
        return all(s.status in (None, Status.AGREES) for s in self.sentences)

    def counts(self) -> dict[str, int]:
        """Return how many findings have each status."""
        return {str(status): len(self.with_status(status)) for status in _ORDER}

    def to_json(self) -> dict[str, Any]:
        """Return the stable field names of `draft --format json` and the API."""
        return {
            "generation": self.generation,
            "language": self.language,
            "counts": self.counts(),
            "sentences": [each.to_json() for each in self.sentences],
        }
