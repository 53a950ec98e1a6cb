"""A checked draft for the terminal: what is not found first, then every sentence with its notes."""

from __future__ import annotations

from collections.abc import Iterator

from backstory.searcher.draft_check.footnotes import LISTED
from backstory.searcher.draft_check.notes import LABELS, note, summary
from backstory.searcher.draft_check.report import CheckedSentence, DraftCheck, Status
from backstory.terminal import heading, visible, wrapped

# Stand in the margin, beside the words that say the same.
SIGNS = {Status.AGREES: "=", Status.DIFFERS: "~", Status.MISSING: "?", None: " "}


def draft_lines(check: DraftCheck) -> Iterator[str]:
    """Yield the lines of a checked draft, with an empty one between its parts."""
    yield heading(summary(check))
    yield ""
    for status in LISTED:
        listed = check.with_status(status)
        if listed:
            yield heading(LABELS[status].capitalize())
            for sentence, finding in listed:
                yield wrapped(f"{sentence.number}. {note(finding)}")
            yield ""
    yield heading("Sentence by sentence")
    for sentence in check:
        yield ""
        yield from _sentence(sentence)


def _sentence(sentence: CheckedSentence) -> Iterator[str]:
    text = " ".join(sentence.text.split())
    lines = wrapped(f"{sentence.number}. {text}").split("\n")
    sign = SIGNS[sentence.status]
    yield from (f"{sign} {line.strip()}" if n == 0 else line for n, line in enumerate(lines))
    for finding in sentence.findings:
        yield wrapped(note(finding), indent="    ")
    if sentence.support:
        near = ", ".join(visible(place.address) for place in sentence.support)
        yield wrapped(f"Nearest passages: {near}", indent="    ")
