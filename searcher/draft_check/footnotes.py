"""A checked draft with a footnote for each sentence: as Markdown, and as text for other writers.

What was not found stands first in a list, then what was found differently. A sentence without a
finding has no footnote.
"""

from __future__ import annotations

from collections.abc import Iterator

from backstory.searcher.draft_check.notes import LABELS, citations, note, summary
from backstory.searcher.draft_check.report import CheckedSentence, DraftCheck, Status
from backstory.searcher.exports.markdown import escape

LISTED = (Status.MISSING, Status.DIFFERS)


def markdown(check: DraftCheck) -> Iterator[str]:
    """Yield the draft as it is, with marks of footnotes behind its sentences and a list before."""
    yield f"{escape(summary(check))}\n\n"
    for status in LISTED:
        lines = [f"- {escape(note(finding))}\n" for _, finding in check.with_status(status)]
        if lines:
            yield f"## {LABELS[status].capitalize()}\n\n{''.join(lines)}\n"
    yield "---\n\n"
    position = 0
    for sentence in check:
        if sentence.findings:
            yield f"{check.text[position : sentence.end]}[^{_mark(sentence)}]"
            position = sentence.end
    yield f"{check.text[position:].rstrip()}\n"
    for sentence in check:
        if sentence.findings:
            parts = (escape(part) for part in footnote(sentence))
            yield f"\n[^{_mark(sentence)}]: {' '.join(parts)}\n"


def footnote(sentence: CheckedSentence) -> list[str]:
    """Return what the footnote of a sentence says: a note for each finding, and where it stands."""
    said = []
    for finding in sentence.findings:
        sources = "; ".join(citations(finding))
        said.append(note(finding) + (f" {sources}." if sources else ""))
    return said


def _mark(sentence: CheckedSentence) -> str:
    """Return a mark that no footnote of the draft itself has."""
    return f"check-{sentence.number}"
