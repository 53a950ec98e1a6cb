"""Suggestions for queries that find little: what to search for instead.

These are near spellings, cognates in another language, and the query without one of its conditions.
Every suggested text has been counted and finds something.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby, islice

from backstory.engine.hits import Part, Suggestion
from backstory.engine.indexes.contract import Snapshot
from backstory.engine.query import (
    Expandable,
    Field,
    Leaf,
    Near,
    Not,
    Phrase,
    Query,
    Range,
    Term,
    Undated,
    children,
    words_of,
)
from backstory.searcher.alternatives import MOST, Alternatives, Word
from backstory.searcher.equivalents import Equivalents
from backstory.searcher.expansion import Expander
from backstory.searcher.lexer import Kind, Piece
from backstory.searcher.parser import Parsed, Parser
from backstory.searcher.prefix_index import PrefixIndex
from backstory.searcher.rendering import remainders, render, respelt
from backstory.searcher.settings import SearchSettings
from backstory.searcher.spelling import Spelling
from backstory.searcher.usual_words import is_small, is_usual

Offer = tuple[Suggestion, tuple[Piece, ...]]  # what is offered, and its pieces

SPELLING, WITHOUT, LANGUAGE, TITLE = "spelling", "without", "language", "title"
FEW = 3  # a query that finds fewer passages gets suggestions
MOST_OFFERED = 8  # of a kind
MOST_TRIED = 8  # words or parts of a query


def missing(query: Query, snapshot: Snapshot) -> list[Query]:
    """Return the words and phrases of a query that no passage has."""
    leaves = dict.fromkeys(words_of(query))
    return [leaf for leaf in leaves if not snapshot.count(leaf)]


def parts(absent: list[Query], snapshot: Snapshot) -> tuple[Part, ...]:
    """Return the words of phrases that found nothing, with what each finds on its own."""
    words = dict.fromkeys(
        word for leaf in absent if isinstance(leaf, Phrase | Near) for word in leaf.words
    )
    return tuple(Part(getattr(word, "text", ""), snapshot.count(word)) for word in words)


@dataclass(frozen=True, slots=True)
class Respelt:
    """Respelt texts; `corrected` is the one to search at once, as pieces, () for none."""

    corrected: tuple[Piece, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()


@dataclass(frozen=True, slots=True)
class _Typed:
    """The pieces of a query, and by position those that are single words."""

    pieces: Sequence[Piece]
    words: dict[int, Word]

    def places(self, word: Word) -> list[int]:
        """Return where a word stands."""
        return [position for position, other in self.words.items() if _key(other) == _key(word)]

    def runs(self) -> Iterator[list[int]]:
        """Yield the places of loose words that stand side by side."""
        loose = [position for position, word in self.words.items() if isinstance(word, Term)]
        for _, run in groupby(enumerate(loose), lambda entry: entry[1] - entry[0]):
            yield [position for _, position in run]

    def respelt(self, instead: Mapping[Word, str]) -> list[Piece]:
        """Return the pieces with other words, written as the words that they replace."""
        changes = {
            position: as_typed(self.pieces[position].text, written)
            for word, written in instead.items()
            for position in self.places(word)
        }
        return respelt(self.pieces, changes)


class SuggestionBuilder:
    """Makes suggestions over one commit; `names` returns the index of the names in its passages.

    A suggestion is made of the query's pieces: their tree is counted, and only the text shown is
    rendered.
    """

    def __init__(
        self,
        equivalents: Equivalents,
        settings: SearchSettings,
        names: Callable[[], PrefixIndex],
    ) -> None:
        self._snapshot, self._settings = equivalents.snapshot, settings
        self._alternatives = Alternatives(equivalents.snapshot, equivalents.vocabulary, names)
        self._expander = Expander(equivalents, settings)
        self._totals: dict[tuple[Piece, ...], int] = {}

    def respelt(self, pieces: Sequence[Piece], absent: Sequence[Query], total: int) -> Respelt:
        """Respell the words of a query that no passage has in its text, all at once.

        Only unquoted words that are in no title either are corrected without asking, and only where
        the correction is clear. A usual word of the language is no slip: it is corrected only where
        its neighbours make a name with it, and a small word not at all.
        """
        languages = self._snapshot.languages
        words = [leaf for leaf in absent if isinstance(leaf, Word)]
        words = [word for word in words if not is_small(word.surface, languages)]
        if not words:
            return Respelt()
        typed = self._typed(pieces)
        named = self._named(typed, words)
        choices: dict[Word, list[Spelling]] = {}
        for word in words:
            spelt = self._alternatives.spelt(word, everywhere=total < FEW)
            first = [named[word]] if word in named else []
            choices[word] = first + [one for one in spelt if one not in first]
        titled = self._titled(words)
        loose: dict[Word, list[Spelling]] = {
            word: _clear(word, spellings, word in named)
            for word, spellings in choices.items()
            if isinstance(word, Term) and word not in titled
            if word in named or not is_usual(word.surface, languages)
        }
        corrected = next(self._variants(typed, loose), None)
        offers = islice(self._variants(typed, choices), MOST_OFFERED)
        offered = [suggestion for suggestion, _ in offers]
        in_titles = self._in_titles(typed, titled)
        return Respelt(corrected[1] if corrected else (), (*in_titles, *offered))

    def _titled(self, words: Sequence[Word]) -> list[Word]:
        """Return the loose words that stand in the titles of documents."""
        loose = [word for word in words if isinstance(word, Term)]
        return [word for word in loose if self._snapshot.count(Field("title", word.surface))]

    def _in_titles(self, typed: _Typed, words: Sequence[Word]) -> Iterator[Suggestion]:
        """Yield the text with some words searched in titles, if it finds anything."""
        pieces = list(typed.pieces)
        for position in chain.from_iterable(map(typed.places, words)):
            pieces[position] = replace(pieces[position], kind=Kind.FIELD, name="title")
        text = render(pieces)
        if words and (total := self._total(pieces)):
            instead = ", ".join(f"title:{word.text}" for word in words)
            yield Suggestion(text, ", ".join(word.text for word in words), instead, total, TITLE)

    def _typed(self, pieces: Sequence[Piece]) -> _Typed:
        leaves = {
            position: self._parser().leaf(piece)
            for position, piece in enumerate(pieces)
            if piece.kind in (Kind.WORD, Kind.PHRASE)
        }
        return _Typed(
            pieces, {position: leaf for position, leaf in leaves.items() if isinstance(leaf, Word)}
        )

    def _named(self, typed: _Typed, absent: Sequence[Word]) -> dict[Word, Spelling]:
        """Return the words that names have in the place of absent ones."""
        keys = {_key(word): word for word in absent}
        replacements: dict[Word, Spelling] = {}
        for run in typed.runs():
            words = [typed.words[position] for position in run]
            gone = {position for position, word in enumerate(words) if _key(word) in keys}
            if gone:
                named = self._alternatives.named([word.surface for word in words], gone)
                replacements |= {
                    keys[_key(words[position])]: one for position, one in named.items()
                }
        return replacements

    def _variants(
        self, typed: _Typed, choices: Mapping[Word, Sequence[Spelling]]
    ) -> Iterator[Offer]:
        """Yield the text with the first choice for every word, then with one other choice each."""
        first = {word: options[0].word for word, options in choices.items() if options}
        if not first:
            return
        others = ({**first, word: one.word} for word in first for one in choices[word][1:MOST])
        for instead in chain([first], others):
            yield from self._offer(typed, instead, SPELLING)

    def _offer(
        self, typed: _Typed, instead: Mapping[Word, str], kind: str, more_than: int = 0
    ) -> Iterator[Offer]:
        """Yield the text with other words, if it finds more passages than so many."""
        written = {word: self._alternatives.written(other) for word, other in instead.items()}
        pieces = typed.respelt(written)
        text, total = render(pieces), self._total(pieces)
        if total > more_than and text != render(typed.pieces):
            shown = [as_typed(word.text, other) for word, other in written.items()]
            replaces = ", ".join(word.text for word in instead)
            yield Suggestion(text, replaces, ", ".join(shown), total, kind), tuple(pieces)

    def further(self, pieces: Sequence[Piece], query: Query, total: int) -> Iterator[Suggestion]:
        """Yield suggestions that find more than a query does, if it finds fewer than FEW."""
        if total >= FEW:
            return
        typed, alternatives = self._typed(pieces), self._alternatives
        words = dict.fromkeys(word for word in words_of(query) if isinstance(word, Term))
        for find, kind in ((alternatives.more_usual, SPELLING), (alternatives.abroad, LANGUAGE)):
            pairs = ((word, other) for word in islice(words, MOST_TRIED) for other in find(word))
            offers = (self._offer(typed, {word: other}, kind, total) for word, other in pairs)
            offered = islice(chain.from_iterable(offers), MOST_OFFERED)
            yield from (suggestion for suggestion, _ in offered)
        yield from self._misread(typed, words)
        yield from self._without(typed.pieces, total)

    def _misread(self, typed: _Typed, words: Iterable[Term]) -> Iterator[Suggestion]:
        """Yield the text with what OCR has made of one of its words."""
        pairs = (
            (w, other) for w in islice(words, MOST_TRIED) for other in self._alternatives.misread(w)
        )
        offers = (self._offer(typed, {word: other}, SPELLING) for word, other in pairs)
        for suggestion, _ in islice(chain.from_iterable(offers), MOST_OFFERED):
            yield suggestion

    def _without(self, pieces: Sequence[Piece], total: int) -> Iterator[Suggestion]:
        ignored = set(self._parse(pieces).ignored)
        for part in islice(remainders(pieces), MOST_TRIED):
            left = self._parse(part.left)
            # Words that were left out as too common are no subject when they are all there is.
            is_query = _asks(left.query) and ignored.issubset(left.ignored)
            if is_query and (more := self._total(part.left)) > total:
                yield Suggestion(render(part.left), render(part.without), "", more, WITHOUT)

    def _parser(self) -> Parser:
        snapshot = self._snapshot
        return Parser(snapshot.analyzer, snapshot.languages, self._settings, snapshot.count)

    def _parse(self, pieces: Sequence[Piece]) -> Parsed:
        return self._parser().parse_pieces(pieces)

    def _total(self, pieces: Sequence[Piece]) -> int:
        key = tuple(pieces)
        if key not in self._totals:
            query = self._expander.expand(self._parse(key).query)
            self._totals[key] = self._snapshot.count(query)
        return self._totals[key]


def _key(word: Word) -> tuple[type, str]:
    return type(word), word.surface


def _clear(word: Word, choices: Sequence[Spelling], is_named: bool) -> list[Spelling]:
    """Return the one clear correction in a list, or [].

    A word from a name beats all others; a word that sounds alike beats nearer ones that do not.
    """
    considered = choices[:1] if is_named else [one for one in choices if not one.differs] or choices
    return [one for one in considered if one.is_clear(word.surface)][:1]


def _asks(query: Query) -> bool:
    """Tell whether a query asks for something, and does not only exclude."""
    if isinstance(query, Not):
        return False
    asks = isinstance(query, Leaf | Expandable | Field | Range | Undated)
    return asks or any(map(_asks, children(query)))


def as_typed(typed: str, spelling: str) -> str:
    """Give a spelling the capitals of the word that it replaces."""
    letters = typed.strip('"=')
    if letters.isupper():
        return spelling.upper()
    return spelling.capitalize() if letters[:1].isupper() else spelling
