"""What a finding says to a reader, in one sentence and in plain text, and what differs in it."""

from __future__ import annotations

from collections.abc import Iterator

from backstory.engine.characters import on_one_line
from backstory.searcher.draft_check.report import DraftCheck, Finding, Outcome, Status, Subject
from backstory.searcher.exports.quote import attribution

LABELS = {
    Status.AGREES: "found",
    Status.DIFFERS: "found differently",
    Status.MISSING: "not found",
}
MOST_SHOWN = 80  # letters of a quotation in a list


def note(finding: Finding) -> str:
    """Return a finding as a sentence: what it is about, its status, and why."""
    said = [f"{_named(finding)}: {LABELS[finding.status]}. {on_one_line(finding.detail)}"]
    said += differences(finding)
    return " ".join(said)


def differences(finding: Finding) -> list[str]:
    """Return what differs in a quotation, a sentence for each place; [] where nothing does."""
    if finding.outcome is Outcome.JOINED:
        return [f"The pieces: {' … '.join(_pieces(finding))}."]
    return [
        said
        for each in finding.differences
        if (said := _difference(each.change, on_one_line(each.draft), on_one_line(each.documents)))
    ]


def _difference(change: str, draft: str, documents: str) -> str:
    match change:
        case "changed":
            return f"Draft: “{draft}”; documents: “{documents}”."
        case "added":
            return f"Only in the draft: “{draft}”."
        case "dropped":
            return f"Only in the documents: “{documents}”."
        case "brackets" if documents:
            return f"“{draft}” stands for “{documents}”." if draft else ""
        case _:
            return ""


def _pieces(finding: Finding) -> Iterator[str]:
    pieces = (each.draft for each in finding.differences if each.change == "same")
    for piece, place in zip(pieces, finding.places, strict=False):
        yield f"“{on_one_line(piece)}” ({place.address})"


def citations(finding: Finding) -> list[str]:
    """Return where the passages of a finding stand, each with all that a citation says."""
    if finding.status is Status.MISSING:
        return []
    return [attribution(place.quotation) for place in finding.places]


def summary(check: DraftCheck) -> str:
    """Return in a sentence how much was found, found differently and not found."""
    counts = check.counts()
    total = sum(counts.values())
    if not total:
        return "Nothing to check: no quotation, name, number or date."
    parts = (f"{counts[str(status)]} {LABELS[status]}" for status in reversed(LABELS))
    return f"{total} checked: {', '.join(parts)}."


def shortened(text: str) -> str:
    """Return a text on one line, cut after MOST_SHOWN letters."""
    line = on_one_line(text)
    return line if len(line) <= MOST_SHOWN else f"{line[: MOST_SHOWN - 1].rstrip()}…"


def _named(finding: Finding) -> str:
    is_quoted = finding.subject is Subject.QUOTATION
    text = shortened(finding.text)
    return f"{str(finding.subject).capitalize()} {f'“{text}”' if is_quoted else text}"
