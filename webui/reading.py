"""How a query was interpreted, with a link that overrides each interpretation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backstory.engine.hits import SearchResult, WordRead
from backstory.searcher.lexer import Kind, Piece, pieces_of
from backstory.webui.links import UrlOf
from backstory.webui.refinements import edited

MOST_FORMS = 6
MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Word:
    """A word with the forms that it stands for; `url` asks for this form only, "" if it cannot."""

    text: str
    kind: str
    forms: tuple[str, ...]
    more: int
    total: int
    url: str

    @property
    def more_forms(self) -> bool:
        """It stands for more than was typed, a possessive aside."""
        bare = {form.removesuffix("'s") for form in self.forms}
        return len(bare) > 1 or self.kind == "pattern"


@dataclass(frozen=True, slots=True)
class Small:
    """A word that was left out, and the address of the query that keeps it."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What was made of the words of a query."""

    words: tuple[Word, ...]
    ignored: tuple[Small, ...]
    languages: tuple[str, ...]


def reading(result: SearchResult, url_of: UrlOf) -> Reading:
    """Return how the query that was searched was understood; `url_of` makes the links."""
    understood = result.understanding
    return Reading(
        words=tuple(_words(result, url_of)),
        ignored=tuple(_ignored(result, url_of)),
        languages=understood.languages,
    )


def _words(result: SearchResult, url_of: UrlOf) -> Iterator[Word]:
    for read in result.understanding.words[:MOST_WORDS]:
        forms = tuple(form for form, _ in read.forms)
        yield Word(
            text=read.text,
            kind=read.kind,
            forms=forms[:MOST_FORMS],
            more=len(forms[MOST_FORMS:]),
            total=read.total,
            url=_exact(result.searched, read, url_of),
        )


def _exact(text: str, read: WordRead, url_of: UrlOf) -> str:
    """Return the address of the query with a word in exactly this form."""
    is_guess = read.kind == "forms" and len(read.forms) > 1
    changed = with_word(text, read.text, f"={read.text}") if is_guess else ""
    return url_of(changed) if changed else ""


def _ignored(result: SearchResult, url_of: UrlOf) -> Iterator[Small]:
    for word in result.understanding.ignored:
        changed = with_word(result.searched, word, f'"{word}"')
        yield Small(word, url_of(changed) if changed else "")


def with_word(text: str, word: str, instead: str) -> str:
    """Return the text with the first whole `word` replaced; "" where more would change than that.

    It is cut into pieces to see: those before and after the word must be the same as before.
    """
    pieces = pieces_of(text)
    index = next((n for n, p in enumerate(pieces) if p == Piece(Kind.WORD, word)), None)
    replacement = pieces_of(instead)
    if index is None or len(replacement) != 1:
        return ""
    expected = (*pieces[:index], replacement[0], *pieces[index + 1 :])
    return edited(text, word, instead, expected) or ""
