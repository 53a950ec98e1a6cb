"""The parser of the query language. It never fails: any string is a query.

Adjacent words are a bag of words: any of them may match, and passages with all of them rank first.
`AND` and `OR` join such groups, and brackets make groups. In running text a quotation is a wish:
its words are searched like the others, and where they stand exactly so they count more. Notes say
what is not read as it looks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from backstory.engine.analysis import Analyzer
from backstory.engine.languages import is_stopword
from backstory.engine.query import (
    All,
    And,
    Filter,
    Nothing,
    Or,
    Phrase,
    Query,
    Term,
    children,
)
from backstory.searcher.groups import Item, assemble, is_question, sense, weighted
from backstory.searcher.leaves import LeafReader
from backstory.searcher.lexer import (
    OPERAND,
    OPERATORS,
    Kind,
    Piece,
    is_in_capitals,
    lex,
)
from backstory.searcher.plain_text import (
    cut,
    is_plain,
    is_signed,
    quotations,
    wish_note,
    wishing,
    without_idle_brackets,
    words_of_quotation,
)
from backstory.searcher.settings import SearchSettings
from backstory.searcher.telling import most_telling

FEW_WORDS = 3  # up to so many, a word with a hyphen is searched as a phrase


@dataclass(frozen=True, slots=True)
class Parsed:
    """A query tree and its pieces, with messages: notes, ignored words, limits that applied."""

    query: Query
    pieces: tuple[Piece, ...] = ()
    notes: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()


@dataclass(slots=True)
class Parser:
    """Parses one text; `languages` are those whose stems an unquoted word is looked up under.

    `count` tells how many passages a word has, so that of a long text the rarest are searched;
    without it the first ones are.
    """

    analyzer: Analyzer
    languages: tuple[str, ...]
    settings: SearchSettings = field(default_factory=SearchSettings)
    count: Callable[[Query], int] | None = None
    _leaves: LeafReader = field(init=False)
    _pieces: list[Piece] = field(default_factory=list)
    _position: int = 0
    _notes: list[str] = field(default_factory=list)
    _ignored: list[str] = field(default_factory=list)
    _limits: list[str] = field(default_factory=list)
    _clauses: int = 0
    _shouts: bool = False
    _is_long: bool = False
    _is_chosen: bool = False

    def parse(self, text: str) -> Parsed:
        """Parse a text into a query tree."""
        most = self.settings.max_query_chars
        if len(text) > most:
            self._limits.append(f"The query was cut after {most:,} characters.")
        pieces, self._notes = lex(cut(text, most))
        parsed = self.parse_pieces(pieces)
        if isinstance(parsed.query, Nothing) and text.strip():
            return replace(parsed, notes=(*parsed.notes, "There is no word in this query."))
        return parsed

    def parse_pieces(self, pieces: Sequence[Piece]) -> Parsed:
        """Parse a text that is lexed already."""
        words = [piece for piece in pieces if piece.kind in (Kind.WORD, Kind.PHRASE)]
        self._shouts = is_in_capitals(pieces) and len(words) > 1
        self._is_long = len(words) > FEW_WORDS
        self._leaves = LeafReader(
            self.analyzer, self.languages, self._notes, self._shouts, self._is_long
        )
        self._pieces = without_idle_brackets(pieces)
        wishes = self._wishes()
        self._choose()
        query = wishing(self._alternatives() or Nothing(), wishes)
        notes, ignored, limits = (
            tuple(dict.fromkeys(sentences))
            for sentences in (self._notes, self._ignored, self._limits)
        )
        return Parsed(query, tuple(pieces), notes, ignored, limits)

    def leaf(self, piece: Piece) -> Query | None:
        """Return the query of a single word, phrase or field; None where it has no word."""
        return LeafReader(self.analyzer, self.languages).read(piece)

    def _wishes(self) -> list[Query]:
        """Take the quotations out of running text: leave their words, and return the phrases."""
        quoted = quotations(self._pieces, self.languages)
        most = self.settings.max_clauses
        phrases = [self._leaves.read(self._pieces[place]) for place in quoted[:most]]
        wishes = [phrase for phrase in phrases if phrase and len(children(phrase)) <= most]
        for place in reversed(quoted):
            self._pieces[place : place + 1] = words_of_quotation(self._pieces[place])
        if wishes:
            self._notes.append(wish_note(getattr(wishes[0], "text", "")))
        return list(dict.fromkeys(wishes))

    def _choose(self) -> None:
        """Leave the most telling words of a plain text, as many as may be searched."""
        most = self.settings.max_clauses
        self._is_chosen = is_plain(self._pieces) and len(self._pieces) > most
        if not self._is_chosen:
            return
        places: dict[Query, list[int]] = {}
        for place, piece in enumerate(self._pieces):
            query = self._leaves.read(piece) if piece.kind in OPERAND else None
            is_small = isinstance(query, Term) and self._is_stopword(query, piece)
            if query and (not is_small or is_signed(self._pieces, place)):
                places.setdefault(sense(query), []).append(place)
        if len(places) <= most:
            return
        kept = most_telling(places, self._pieces, most, self.count)
        gone = {place for query, found in places.items() if query not in kept for place in found}
        self._pieces = [piece for place, piece in enumerate(self._pieces) if place not in gone]
        which = "the rarest in this index" if self.count else "the first"
        self._limits.append(
            f"Only {most:,} of {len(places):,} different words and phrases were searched: {which}."
        )

    def _peek(self) -> Kind | None:
        return self._pieces[self._position].kind if self._position < len(self._pieces) else None

    def _next(self) -> Piece:
        self._position += 1
        return self._pieces[self._position - 1]

    def _alternatives(self) -> Query | None:
        operands = [self._conjunction()]
        while self._peek() is Kind.OR:
            self._next()
            operands.append(self._conjunction())
        kept = tuple(query for query in operands if query)
        return Or(kept) if len(kept) > 1 else _only(kept)

    def _conjunction(self) -> Query | None:
        operands = [self._group()]
        while self._peek() is Kind.AND:
            self._next()
            operands.append(self._group())
        kept = tuple(query for query in operands if query)
        return And(kept) if len(kept) > 1 else _only(kept)

    def _group(self) -> Query | None:
        """Read words side by side, up to AND, OR or a closing bracket."""
        items = []
        while self._peek() not in (None, Kind.AND, Kind.OR, Kind.CLOSE):
            item = self._item()
            if item:
                items += self._parts(item)
        items = self._without_stars(items)
        is_asked = is_question(items, self.languages)
        kept = self._without_stopwords(items)
        return assemble(weighted(kept, self.languages) if is_asked else kept)

    def _parts(self, item: Item) -> list[Item]:
        """Return the words of *non-users* by themselves where many others stand beside them."""
        if not (self._is_long and item.is_compound and isinstance(item.query, Phrase)):
            return [item]
        terms = [word for word in item.query.words if isinstance(word, Term)]
        codes = self.languages or ("en",)
        return [Item(t, None, t.text if is_stopword(t.surface, codes) else "") for t in terms]

    def _item(self) -> Item | None:
        sign: Kind | None = None
        while self._peek() in (Kind.NOT, Kind.MUST):
            sign = self._next().kind
        if self._peek() is Kind.OPEN:
            query = self._bracket()
        elif self._peek() in (None, Kind.AND, Kind.OR, Kind.CLOSE):
            return None
        else:
            return self._leaf(self._next(), sign)
        return Item(query, sign) if query else None

    def _bracket(self) -> Query | None:
        self._next()
        query = self._alternatives()
        while self._peek() not in (None, Kind.CLOSE):  # an operator that lost its operand
            self._next()
        if self._peek() is Kind.CLOSE:
            self._next()
        return query

    def _leaf(self, piece: Piece, sign: Kind | None) -> Item | None:
        query = self._leaves.read(piece)
        if query is None:
            return None
        if self._clauses >= self.settings.max_clauses and not self._is_chosen:
            most = self.settings.max_clauses
            self._limits.append(f"Only the first {most} words and phrases were searched.")
            return None
        self._clauses += 1
        is_plain = sign is None and isinstance(query, Term)
        stopped = is_plain and isinstance(query, Term) and self._is_stopword(query, piece)
        is_compound = sign is None and piece.kind is Kind.WORD and piece.text[0] != "="
        return Item(query, sign, piece.text if stopped else "", is_compound)

    def _is_stopword(self, query: Term, piece: Piece) -> bool:
        if piece.text in OPERATORS:
            return True
        # A word in capitals is a name, not a pronoun, unless the whole query shouts.
        is_name = piece.text.isupper() and len(piece.text) > 1
        if is_name and not self._shouts:
            return False
        return is_stopword(query.surface, self.languages or ("en",))

    def _without_stars(self, items: Sequence[Item]) -> list[Item]:
        """Leave out a lone * beside words, to which it adds nothing, and one that is excluded."""
        stars = [item for item in items if isinstance(item.query, All)]
        others = [item for item in items if item not in stars]
        excluded = [item for item in stars if item.sign is Kind.NOT]
        if excluded or (stars and not all(isinstance(o.query, Filter) for o in others)):
            self._notes.append("A lone * stands for every passage: beside words it was left out.")
        return others or [item for item in stars if item not in excluded]

    def _without_stopwords(self, items: Sequence[Item]) -> list[Item]:
        """Leave common words out, unless there is nothing else to look for."""
        has_subject = any(not i.stopword and i.sign is not Kind.NOT for i in items)
        if not has_subject:
            return list(items)
        self._ignored += [item.stopword for item in items if item.stopword]
        return [item for item in items if not item.stopword]


def _only(queries: Sequence[Query]) -> Query | None:
    return queries[0] if queries else None


__all__ = ["Parsed", "Parser"]
