"""The query tree, which the parser makes and every index evaluates.

Leaves match words of a passage (Term, Exact, Forms, AnyOf, Phrase, Near) or facts about its
document (Field, Range, Undated). Prefix, Wildcard and Fuzzy stand for words of the vocabulary and
are replaced by Forms before an index sees them. BagOfWords is what a plain search is: any of its
words may match, and passages with all of them are ranked first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """A word in any of its forms: `stems` holds one `language:stem` for each language searched."""

    text: str
    surface: str
    stems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exact:
    """A word in exactly this form (lower-cased, without accents)."""

    text: str
    surface: str


@dataclass(frozen=True, slots=True)
class Forms:
    """Any of these surface forms, counted as one word."""

    text: str
    surfaces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prefix:
    """Every word that starts so."""

    text: str
    prefix: str


@dataclass(frozen=True, slots=True)
class Wildcard:
    """Every word that fits a pattern: `*` for any run of letters, `?` for one."""

    text: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """Every word at most `distance` letters away."""

    text: str
    surface: str
    distance: int


Expandable = Prefix | Wildcard | Fuzzy
Word = Term | Exact | Forms | Prefix | Wildcard | Fuzzy


@dataclass(frozen=True, slots=True)
class Phrase:
    """These words, one directly after the other."""

    text: str
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """A word in several spellings, each a word or a phrase, counted as one word."""

    text: str
    spellings: tuple[Spelling, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """These words in any order, with at most `distance` other words between them."""

    text: str
    words: tuple[Word, ...]
    distance: int


@dataclass(frozen=True, slots=True)
class Field:
    """A fact: words of title, source, author, tag, kind or a name; all of lang, doc.

    `also` are whole values that pass besides: the ids of documents whose file is asked for.
    """

    name: str
    text: str
    is_phrase: bool = False
    also: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class InTitle:
    """The first passages under titles and headings that have all of `words` in some form.

    `passages` are their addresses, see `Snapshot.titled`.
    """

    words: tuple[Term, ...]
    passages: frozenset[str]


@dataclass(frozen=True, slots=True)
class Range:
    """A date lies, at least partly, between two ISO dates; either may be open ("").

    It is the document's `date`, or one that the passage `mentions`.
    """

    first: str
    last: str
    of: str = "date"


@dataclass(frozen=True, slots=True)
class Undated:
    """The document has no date in the field `of`, or text that is no date."""

    of: str = "date"


@dataclass(frozen=True, slots=True)
class All:
    """Every passage."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """No passage: what is left of a query without words."""


@dataclass(frozen=True, slots=True)
class Not:
    """Every passage that `child` does not match."""

    child: Query


@dataclass(frozen=True, slots=True)
class And:
    """Every child matches."""

    children: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one child matches; one is as good as all."""

    children: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class BagOfWords:
    """Words side by side: all of `must` match or, where that is empty, any of `words`.

    A passage that matches every one of both is in the first tier.
    """

    words: tuple[Query, ...]
    must: tuple[Query, ...] = ()


@dataclass(frozen=True, slots=True)
class Boost:
    """`child`, its score multiplied: a word that the query repeats counts as often as it stands."""

    child: Query
    factor: float


@dataclass(frozen=True, slots=True)
class Prefer:
    """What `child` matches; where `preferred` matches too, `factor` times its score is added."""

    child: Query
    preferred: Query
    factor: float


Leaf = Term | Exact | Forms | AnyOf | Phrase | Near
Spelling = Term | Exact | Forms | Phrase
Filter = Field | InTitle | Range | Undated | All | Nothing
Query = Leaf | Expandable | Filter | Not | And | Or | BagOfWords | Boost | Prefer


def children(query: Query) -> tuple[Query, ...]:
    """Return the nodes directly under `query`, left to right."""
    match query:
        case And(nodes) | Or(nodes):
            return nodes
        case BagOfWords(words, must):
            return must + words
        case Not(child) | Boost(child, _):
            return (child,)
        case Prefer(child, preferred, _):
            return child, preferred
        case Phrase(words=parts) | Near(words=parts) | AnyOf(spellings=parts):
            return parts
        case _:
            return ()


def walk(query: Query) -> Iterator[Query]:
    """Yield `query` and every node under it, parents first."""
    yield query
    for child in children(query):
        yield from walk(child)


def words_of(query: Query) -> Iterator[Query]:
    """Yield what the query wants to see in the text, phrases whole, nothing from under a Not."""
    if isinstance(query, Not):
        return
    if isinstance(query, Leaf | Expandable):
        yield query
        return
    if isinstance(query, Prefer):
        yield from words_of(query.child)
        return
    for child in children(query):
        yield from words_of(child)
