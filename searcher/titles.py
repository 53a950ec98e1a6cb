"""What has the words of a question in a title or heading alone.

The name of a report, of a row or of a mail often stands in its title and in none of its passages.
Such a document is found by its first passage, and so is a chapter; it is no better than any passage
with all the words: it has no score.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from backstory.engine.documents import Passage
from backstory.engine.indexes.contract import Snapshot
from backstory.engine.query import (
    And,
    AnyOf,
    BagOfWords,
    Boost,
    Exact,
    Forms,
    InTitle,
    Or,
    Phrase,
    Prefer,
    Query,
    Term,
    walk,
)

PATTERN = re.compile(r"[*?~]")  # those words are words of texts


def with_titles(query: Query, snapshot: Snapshot) -> Query:
    """Return an expanded query so that it also finds what has all its words above it alone."""
    if isinstance(query, And):
        return And(tuple(with_titles(node, snapshot) for node in query.children))
    if isinstance(query, Phrase | Exact | Forms | AnyOf):
        quoted = _quoted_words(query, snapshot)
        passages = snapshot.titled(quoted, query) if quoted else frozenset()
        if passages:
            return Or((query, InTitle(quoted, passages)))
    parts = query.words if isinstance(query, BagOfWords) else (query,)
    if all(isinstance(part, InTitle) for part in parts):
        return query  # each word is looked up in titles by itself
    words = _loose_words(query)
    passages = snapshot.titled(words) if words else frozenset()
    return Or((query, InTitle(words, passages))) if passages else query


def _loose_words(query: Query) -> tuple[Term, ...]:
    """Return the words of a plain query, () of any other."""
    match query:
        case Term():
            return (query,)
        case Boost(child) | Prefer(child) | AnyOf(spellings=(child, *_)):
            return _loose_words(child)
        case Phrase(words=parts) | BagOfWords(parts, ()):
            each = [_loose_words(part) for part in parts]
            return tuple(word for words in each for word in words) if all(each) else ()
        case InTitle(words):
            return words
        case _:
            return ()


def _quoted_words(query: Query, snapshot: Snapshot) -> tuple[Term, ...]:
    """Return the words of what is quoted, each in any form, () of any other query."""
    match query:
        case AnyOf(spellings=(child, *_)):
            return _quoted_words(child, snapshot)
        case Phrase(words=parts):
            each = [_quoted_words(part, snapshot) for part in parts]
            return tuple(word for words in each for word in words) if all(each) else ()
        case Exact(text, surface):
            return (_in_any_form(text, (surface,), snapshot),)
        case Forms(text, surfaces) if not PATTERN.search(text):
            return (_in_any_form(text, surfaces, snapshot),)
        case _:
            return ()


def _in_any_form(text: str, surfaces: Iterable[str], snapshot: Snapshot) -> Term:
    stem, languages = snapshot.analyzer.stem, snapshot.languages
    stems = dict.fromkeys(stem(each, language) for each in surfaces for language in languages)
    return Term(text.strip('"'), text, tuple(stems))


def notes_on(query: Query) -> Iterator[str]:
    """Yield what is to be said of the words of an expanded query that were found in titles."""
    together: dict[frozenset[str], dict[str, None]] = {}
    for node in _nodes(query):
        together.setdefault(node.passages, {}).update((word.text, None) for word in node.words)
    for passages, words in together.items():
        count, text = len(passages), " ".join(words)
        titles = f"{count:,} titles or headings" if count > 1 else "one title or heading"
        first = "the first passage of each" if count > 1 else "the first passage"
        yield f"“{text}” stands in {titles} and not in the text below: {first} is shown."


def in_titles_alone(query: Query, snapshot: Snapshot) -> Iterator[Term]:
    """Yield the words of an expanded query that titles have and no passage of the index."""
    for node in _nodes(query):
        yield from (word for word in node.words if not snapshot.count(word))


def is_in_title(query: Query, passage: Passage) -> bool:
    """Tell whether a passage may be there for a title or heading."""
    return any(passage.address in node.passages for node in _nodes(query))


def _nodes(query: Query) -> Iterator[InTitle]:
    return (node for node in walk(query) if isinstance(node, InTitle))
