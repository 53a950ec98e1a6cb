"""The page on which a draft is pasted and checked: the text with notes in its margin.

What a reader sends is answered and forgotten: it is in no file, no log and no cache.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backstory.engine.matching import Span
from backstory.searcher.draft_check.blocks import BlockKind, read_draft
from backstory.searcher.draft_check.notes import LABELS, shortened, summary
from backstory.searcher.draft_check.report import (
    CheckedSentence,
    Difference,
    DraftCheck,
    Finding,
    Outcome,
    Place,
    Status,
    Subject,
)
from backstory.webui.links import passage_url
from backstory.webui.snippets import Snippet, snippet

MOST_TYPED = 60_000  # characters in the box; the limit on bodies is one of bytes
SHOWN = 280  # characters of a passage beside a sentence
CLASSES = {Status.AGREES: "agrees", Status.DIFFERS: "differs", Status.MISSING: "lacking"}


@dataclass(frozen=True, slots=True)
class PlaceLink:
    """A passage as a note names it, with its text around the marks."""

    address: str
    title: str
    source: str
    date: str
    url: str
    language: str
    snippet: Snippet

    @classmethod
    def of(cls, place: Place) -> PlaceLink:
        """Make the link to a passage."""
        document, passage = place.document, place.passage
        return cls(
            place.address,
            document.title,
            document.source,
            document.date,
            passage_url(document.id, passage.number, passage.key),
            passage.language_in(document),
            snippet(passage.text, place.marks, SHOWN),
        )


@dataclass(frozen=True, slots=True)
class Note:
    """A finding as the margin has it; `kind` is its class, `label` its status in words.

    One that `is_brief` needs no more than its address.
    """

    number: int
    kind: str
    label: str
    subject: str
    text: str
    detail: str
    is_quotation: bool
    is_brief: bool
    differences: tuple[Difference, ...]
    places: tuple[PlaceLink, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a sentence; `kind` is "" where it is no finding."""

    text: str
    kind: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class SentenceRow:
    """A sentence with its notes; it `begins` a paragraph, or is a block quote."""

    number: int
    runs: tuple[Run, ...]
    notes: tuple[Note, ...]
    support: tuple[PlaceLink, ...]
    kind: str
    heading: str = ""
    begins: bool = False
    is_quote: bool = False


@dataclass(frozen=True, slots=True)
class DraftPage:
    """What the page shows: `rows` are empty before a draft is sent."""

    text: str = ""
    language: str = ""
    summary: str = ""
    lacking: tuple[Note, ...] = ()
    differing: tuple[Note, ...] = ()
    rows: tuple[SentenceRow, ...] = ()
    most: int = MOST_TYPED


def draft_page(check: DraftCheck) -> DraftPage:
    """Work out the page of a checked draft."""
    return DraftPage(
        text=check.text,
        language=check.language,
        summary=summary(check),
        lacking=tuple(_notes(check.with_status(Status.MISSING))),
        differing=tuple(_notes(check.with_status(Status.DIFFERS))),
        rows=tuple(_rows(check)),
    )


def _notes(findings: Sequence[tuple[CheckedSentence, Finding]]) -> Iterator[Note]:
    return (_note(sentence.number, finding) for sentence, finding in findings)


def _note(number: int, finding: Finding) -> Note:
    is_joined = finding.outcome is Outcome.JOINED
    is_shown = is_joined or any(each.change != "same" for each in finding.differences)
    return Note(
        number,
        CLASSES[finding.status],
        LABELS[finding.status].capitalize(),
        str(finding.subject).capitalize(),
        shortened(finding.text),
        finding.detail,
        finding.subject is Subject.QUOTATION,
        finding.status is Status.AGREES and finding.subject is not Subject.QUOTATION,
        finding.differences if is_shown else (),
        tuple(map(PlaceLink.of, finding.places)),
    )


def _rows(check: DraftCheck) -> Iterator[SentenceRow]:
    """Yield the sentences, each with the heading above it and where paragraphs begin."""
    draft = read_draft(check.text)
    blocks = iter(draft.blocks)
    block = next(blocks, None)
    headings: list[str] = []
    begins = True
    for sentence in check:
        while block and block.end <= sentence.start:
            if block.kind is BlockKind.HEADING:
                headings.append(" ".join(draft.plain[block.start : block.end].split()))
            block, begins = next(blocks, None), True
        status = sentence.status
        yield SentenceRow(
            sentence.number,
            tuple(_runs(draft.plain, sentence)),
            tuple(_note(sentence.number, each) for each in sentence.findings),
            tuple(map(PlaceLink.of, sentence.support)),
            CLASSES[status] if status else "",
            " · ".join(headings),
            begins,
            block is not None and block.kind is BlockKind.QUOTATION,
        )
        headings, begins = [], False


def _runs(plain: str, sentence: CheckedSentence) -> Iterator[Run]:
    """Cut a sentence at its findings; where two overlap, the first is shown."""
    position = sentence.start
    for finding in sorted(sentence.findings, key=lambda each: each.start):
        first, last = _clipped((finding.start, finding.end), position, sentence.end)
        if first >= last:
            continue
        yield Run(plain[position:first])
        yield Run(plain[first:last], CLASSES[finding.status], LABELS[finding.status])
        position = last
    yield Run(plain[position : sentence.end])


def _clipped(span: Span, first: int, last: int) -> Span:
    return max(span[0], first), min(span[1], last)
