"""Messages beside the hits: how the query was interpreted, which words matched nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from backstory.engine.hits import Part, Suggestion, Understanding
from backstory.engine.indexes.contract import Snapshot
from backstory.engine.query import Query
from backstory.searcher.explain import words_read
from backstory.searcher.questions import Question
from backstory.searcher.titles import notes_on

LONGEST_SHOWN = 200
MOST_SHOWN = 8


def understood(
    original: Question,
    shown: Question,
    absent: Sequence[Query],
    alone: tuple[Part, ...],
    facts: Sequence[str] = (),
) -> Understanding:
    """Return how a query was interpreted.

    `shown` is the question whose hits are shown: another than `original` after a correction.
    `absent` are the words that no passage has, `alone` what each of their parts finds by itself;
    `facts` are sentences on values of fields that nothing has.
    """
    names = tuple(shortened(getattr(leaf, "text", "")) for leaf in absent)
    notes = [*original.parsed.notes, *facts, *notes_on(shown.query)]
    if shown is not original:
        notes.append(f"No passage has {', '.join(names)}: these are the hits for {shown.text}.")
    return Understanding(
        notes=fewer(notes, "."),
        ignored=fewer(original.parsed.ignored),
        missing=names,
        limits=shown.limits,
        parts=alone,
    )


def with_words(understanding: Understanding, query: Query, snapshot: Snapshot) -> Understanding:
    """Add what each word was expanded to, and the languages whose stems are looked up."""
    return replace(understanding, words=words_read(query, snapshot), languages=snapshot.languages)


def once(suggestions: Iterable[Suggestion]) -> tuple[Suggestion, ...]:
    """Drop suggestions with the same text: a spelling may also be a form in another language."""
    return tuple({suggestion.text: suggestion for suggestion in suggestions}.values())


def shortened(text: str) -> str:
    """Return a text for use in a message, at most LONGEST_SHOWN characters long."""
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"


def fewer(texts: Sequence[str], stop: str = "") -> tuple[str, ...]:
    """Return the first MOST_SHOWN words or sentences, and how many more there are.

    `stop` ends that as it ends the others.
    """
    shown = [shortened(text) for text in texts[:MOST_SHOWN]]
    more = len(texts) - len(shown)
    return (*shown, f"… and {more:,} more{stop}") if more else tuple(shown)
