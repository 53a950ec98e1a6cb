"""What is said beside the hits: how a text was read, what found nothing, what else to ask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from backstory.engine.hits import Part, Suggestion, Understanding
from backstory.engine.indexes.contract import Snapshot
from backstory.engine.query import Query
from backstory.searcher.explain import words_read
from backstory.searcher.questions import Question

LONGEST_SHOWN = 200
MOST_SHOWN = 8


def understood(
    original: Question, shown: Question, absent: Sequence[Query], alone: tuple[Part, ...]
) -> Understanding:
    """Say how a text was read; `shown` is the question whose hits are shown instead, if another."""
    names = tuple(shortened(getattr(leaf, "text", "")) for leaf in absent)
    notes = list(original.parsed.notes)
    if shown is not original:
        notes.append(f"No passage has {', '.join(names)}: these are the hits for {shown.text}.")
    return Understanding(
        notes=fewer(notes),
        ignored=fewer(original.parsed.ignored),
        missing=names,
        limits=shown.limits,
        parts=alone,
    )


def with_words(understanding: Understanding, query: Query, snapshot: Snapshot) -> Understanding:
    """Add what each word stands for, and the languages in which words are looked up."""
    return replace(understanding, words=words_read(query, snapshot), languages=snapshot.languages)


def once(suggestions: Iterable[Suggestion]) -> tuple[Suggestion, ...]:
    """Leave out what is offered twice: a near spelling may be the form of another language."""
    return tuple({suggestion.text: suggestion for suggestion in suggestions}.values())


def shortened(text: str) -> str:
    """Return a word or phrase as it is shown in a sentence, cut where it is very long."""
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"


def fewer(sentences: Sequence[str]) -> tuple[str, ...]:
    """Return the first sentences, and how many more there are."""
    shown = [shortened(sentence) for sentence in sentences[:MOST_SHOWN]]
    more = len(sentences) - len(shown)
    return (*shown, f"… and {more:,} more.") if more else tuple(shown)
