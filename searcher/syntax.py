"""What a query can say, in one table: the help page and `backstory query --syntax` show it.

A test reads every example with the parser, so that what is promised here is understood.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Operator:
    """A way to ask: examples to type, and the passages that they find."""

    examples: tuple[str, ...]
    finds: str


OPERATORS = (
    Operator(("secret meeting",), "both words in any of their forms, then those with one of them"),
    Operator(('"secret meeting"',), "exactly these words, in this order"),
    Operator(("=meetings",), "exactly this form of the word"),
    Operator(("+secret meeting",), "secret; those with meeting too come first"),
    Operator(("meeting -secret",), "meeting, but not secret"),
    Operator(
        ("meeting AND (Paris OR Rome)", "meeting NOT Rome"),
        "both sides, either side, not what follows; in capitals",
    ),
    Operator(('"secret meeting"~5',), "these words, any form and order, at most 5 others between"),
    Operator(("sanction*", "organi?ation"), "any word that fits: * for any letters, ? for one"),
    Operator(("meating~",), "words that are spelled nearly so"),
    Operator(
        ("title:budget", 'source:"Evening Post"', "author:Falk", "tag:harbour"),
        "these words in the document’s title, source, author or tags",
    ),
    Operator(
        ("lang:es", "kind:article", "doc:people/"),
        "passages in this language, documents of this kind, in this folder",
    ),
    Operator(
        ("date:2018-09", "date:2017..2018-06", "after:2017", "before:2019-03-01"),
        "documents of this time; after includes its date, before does not",
    ),
    Operator(
        ('name:"Otto Brandt"', "mentions:2002", "mentions:2018-01..2018-03"),
        "this name or date in the passage itself, as they were found automatically",
    ),
    Operator(("*",), "anything: every passage"),
)
