"""What a query can say, in one table: the help page and `backstory query --syntax` show it.

A test reads every example with the parser, so that what is promised here is understood.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backstory.engine.fields import FIELDS, DocumentField, Match


@dataclass(frozen=True, slots=True)
class Operator:
    """A way to ask: examples to type, and the passages that they find."""

    examples: tuple[str, ...]
    finds: str


_BEFORE_FIELDS = (
    Operator(("secret meeting",), "both words in any of their forms, then those with one of them"),
    Operator(
        ('"secret meeting"', '"secret meet*"'),
        "exactly these words, in this order; in a longer text a wish, which + demands",
    ),
    Operator(("=meetings",), "exactly this form of the word"),
    Operator(("+secret meeting",), "secret; those with meeting too come first"),
    Operator(("meeting -secret",), "meeting, but not secret"),
    Operator(
        ("meeting AND (Paris OR Rome)", "meeting NOT Rome"),
        "both sides, either side, not what follows; in capitals, the rest not",
    ),
    Operator(('"secret meeting"~5',), "these words, any form and order, at most 5 others between"),
    Operator(("sanction*", "organi?ation"), "any word that fits: * for any letters, ? for one"),
    Operator(("meating~",), "words that are spelled nearly so"),
)
_PATTERNS_OF_FIELDS = (
    Operator(
        ("title:budg*", "author:Fal?", "doc:people/*.txt", 'kind:"press release"'),
        "* and ? in the values of fields; a document by its file; the whole kind, in quotes",
    ),
)
_AFTER_FIELDS = (
    Operator(
        ("date:2018-09", "date:2017..2018-06", "after:2017", "before:2019-03-01", "date:none"),
        "documents of this time, or without a date; after includes its date, before does not",
    ),
    Operator(
        ("date:March 2018", 'date:"12 March 2018"', "date:marzo de 2018..2019"),
        "dates in words; also counted from today: after:yesterday, date:last month, hace 3 días",
    ),
    Operator(
        ('name:"Otto Brandt"', "mentions:2002", "mentions:2018-01..2018-03"),
        "this name or date in the passage itself, as they were found automatically",
    ),
    Operator(("*",), "anything: every passage"),
)


def operators() -> tuple[Operator, ...]:
    """Return every way to ask, those that the table of fields gives among them."""
    shown = [field for field in FIELDS.filters.values() if field.example]
    words = [field for field in shown if field.match is Match.WORDS]
    whole = [field for field in shown if field not in words]
    *first, last = (field.finds for field in words)
    return (
        *_BEFORE_FIELDS,
        Operator(_examples(words), f"these words in the document’s {', '.join(first)} or {last}"),
        Operator(_examples(whole), ", ".join(field.finds for field in whole)),
        *_PATTERNS_OF_FIELDS,
        *_AFTER_FIELDS,
    )


def _examples(fields: Sequence[DocumentField]) -> tuple[str, ...]:
    return tuple(field.example for field in fields)
