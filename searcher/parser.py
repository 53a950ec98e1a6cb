"""The parser of the query language. It never fails: any string is a query.

Adjacent words are a bag of words: any of them may match, and passages with all of them rank first.
`AND` and `OR` join such groups, and brackets make groups. In running text a quotation is a wish:
its words are searched like the others, and where they stand exactly so they count more. Notes say
what is not read as it looks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from backstory.engine.analysis import Analyzer
from backstory.engine.languages import is_asking_verb, is_question_word, is_stopword
from backstory.engine.query import (
    All,
    And,
    BagOfWords,
    Boost,
    Filter,
    Not,
    Nothing,
    Or,
    Phrase,
    Query,
    Range,
    Term,
    children,
)
from backstory.searcher.leaves import LeafReader
from backstory.searcher.lexer import (
    OPERAND,
    OPERATORS,
    Kind,
    Piece,
    is_in_capitals,
    is_loud,
    is_running_text,
    lex,
)
from backstory.searcher.settings import SearchSettings
from backstory.searcher.telling import most_telling

FEW_WORDS = 3  # up to so many, a word with a hyphen is searched as a phrase
MOST_SHOWN = 60  # letters of a quotation


@dataclass(frozen=True, slots=True)
class Parsed:
    """A query tree and its pieces, with messages: notes, ignored words, limits that applied."""

    query: Query
    pieces: tuple[Piece, ...] = ()
    notes: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()


@dataclass(slots=True)
class _Item:
    query: Query
    sign: Kind | None = None
    stopword: str = ""
    is_compound: bool = False


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
        pieces, self._notes = lex(_cut(text, most))
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
        self._pieces = _without_idle_brackets(pieces)
        wishes = self._wishes()
        self._choose()
        query = _wishing(self._alternatives() or Nothing(), wishes)
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
        pieces = self._pieces
        quoted = [
            at
            for at, piece in enumerate(pieces)
            if piece.kind is Kind.PHRASE and piece.distance < 0 and not _is_signed(pieces, at)
        ]
        is_text = _is_plain(pieces) and not any(map(_has_operator, pieces))
        if not quoted or not is_text or not is_running_text(pieces, self.languages):
            return []
        most = self.settings.max_clauses
        phrases = [self._leaves.read(pieces[at]) for at in quoted[:most]]
        wishes = [phrase for phrase in phrases if phrase and len(children(phrase)) <= most]
        for at in reversed(quoted):
            pieces[at : at + 1] = [Piece(Kind.WORD, word) for word in pieces[at].text.split()]
        if wishes:
            first = getattr(wishes[0], "text", "")
            shown = first if len(first) <= MOST_SHOWN else f'{first[: MOST_SHOWN - 1]}…"'
            self._notes.append(
                f"In a longer text quoted words count more where they stand exactly so, but need "
                f"not: +{shown} demands them."
            )
        return list(dict.fromkeys(wishes))

    def _choose(self) -> None:
        """Leave the most telling words of a plain text, as many as may be searched."""
        most = self.settings.max_clauses
        self._is_chosen = _is_plain(self._pieces) and len(self._pieces) > most
        if not self._is_chosen:
            return
        places: dict[Query, list[int]] = {}
        for at, piece in enumerate(self._pieces):
            query = self._leaves.read(piece) if piece.kind in OPERAND else None
            is_small = isinstance(query, Term) and self._is_stopword(query, piece)
            if query and (not is_small or _is_signed(self._pieces, at)):
                places.setdefault(_sense(query), []).append(at)
        if len(places) <= most:
            return
        fixed = [query for query, found in places.items() if self._is_fixed(query, found)]
        loose = [query for query in places if query not in set(fixed)]
        kept = {*fixed[:most], *most_telling(loose, most - len(fixed[:most]), self.count)}
        gone = {at for query, found in places.items() if query not in kept for at in found}
        self._pieces = [piece for at, piece in enumerate(self._pieces) if at not in gone]
        which = "the rarest in this index" if self.count else "the first"
        self._limits.append(
            f"Only {most:,} of {len(places):,} different words and phrases were searched: {which}."
        )

    def _is_fixed(self, query: Query, places: Sequence[int]) -> bool:
        """Tell whether it is more than a word: a field, a phrase, or something with a sign."""
        pieces = self._pieces
        return not isinstance(query, Term | Phrase) or any(
            pieces[at].kind is not Kind.WORD or _is_signed(pieces, at) for at in places
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
        is_question = _is_question(items, self.languages)
        kept = self._without_stopwords(items)
        return _assemble(_weighted(kept, self.languages) if is_question else kept)

    def _parts(self, item: _Item) -> list[_Item]:
        """Return the words of *non-users* by themselves where many others stand beside them."""
        if not (self._is_long and item.is_compound and isinstance(item.query, Phrase)):
            return [item]
        terms = [word for word in item.query.words if isinstance(word, Term)]
        codes = self.languages or ("en",)
        return [_Item(t, None, t.text if is_stopword(t.surface, codes) else "") for t in terms]

    def _item(self) -> _Item | None:
        sign: Kind | None = None
        while self._peek() in (Kind.NOT, Kind.MUST):
            sign = self._next().kind
        if self._peek() is Kind.OPEN:
            query = self._bracket()
        elif self._peek() in (None, Kind.AND, Kind.OR, Kind.CLOSE):
            return None
        else:
            return self._leaf(self._next(), sign)
        return _Item(query, sign) if query else None

    def _bracket(self) -> Query | None:
        self._next()
        query = self._alternatives()
        while self._peek() not in (None, Kind.CLOSE):  # an operator that lost its operand
            self._next()
        if self._peek() is Kind.CLOSE:
            self._next()
        return query

    def _leaf(self, piece: Piece, sign: Kind | None) -> _Item | None:
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
        return _Item(query, sign, piece.text if stopped else "", is_compound)

    def _is_stopword(self, query: Term, piece: Piece) -> bool:
        if piece.text in OPERATORS:
            return True
        # A word in capitals is a name, not a pronoun, unless the whole query shouts.
        is_name = piece.text.isupper() and len(piece.text) > 1
        if is_name and not self._shouts:
            return False
        return is_stopword(query.surface, self.languages or ("en",))

    def _without_stars(self, items: Sequence[_Item]) -> list[_Item]:
        """Leave out a lone * beside words, to which it adds nothing, and one that is excluded."""
        stars = [item for item in items if isinstance(item.query, All)]
        others = [item for item in items if item not in stars]
        excluded = [item for item in stars if item.sign is Kind.NOT]
        if excluded or (stars and not all(isinstance(o.query, Filter) for o in others)):
            self._notes.append("A lone * stands for every passage: beside words it was left out.")
        return others or [item for item in stars if item not in excluded]

    def _without_stopwords(self, items: Sequence[_Item]) -> list[_Item]:
        """Leave common words out, unless there is nothing else to look for."""
        has_subject = any(not i.stopword and i.sign is not Kind.NOT for i in items)
        if not has_subject:
            return list(items)
        self._ignored += [item.stopword for item in items if item.stopword]
        return [item for item in items if not item.stopword]


def _cut(text: str, most: int) -> str:
    """Return the first characters of a text, without the word that the cut goes through."""
    start = text[:most]
    is_inside = len(text) > most and not any(map(str.isspace, text[most - 1 : most + 1]))
    return start.rsplit(maxsplit=1)[0] if is_inside and len(start.split()) > 1 else start


def _is_plain(pieces: Sequence[Piece]) -> bool:
    """Tell whether there are no operators and brackets but signs."""
    return not any(
        piece.kind in (Kind.AND, Kind.OR, Kind.OPEN) or is_loud(piece) for piece in pieces
    )


def _has_operator(piece: Piece) -> bool:
    """Tell whether it is =exact, near~ or "a b"~2, which nobody writes in a text."""
    return piece.distance >= 0 or (
        piece.kind is Kind.WORD and (piece.text.startswith("=") or "~" in piece.text)
    )


def _is_signed(pieces: Sequence[Piece], at: int) -> bool:
    return at > 0 and pieces[at - 1].kind in (Kind.MUST, Kind.NOT)


def _without_idle_brackets(pieces: Sequence[Piece]) -> list[Piece]:
    """Drop the brackets around mere words, which make no group that matters."""
    opened: list[int] = []
    idle: set[int] = set()
    for at, piece in enumerate(pieces):
        if piece.kind is Kind.OPEN:
            opened.append(at)
        elif piece.kind is Kind.CLOSE and opened:
            start = opened.pop()
            inside = {
                each.kind
                for n, each in enumerate(pieces[start + 1 : at], start + 1)
                if n not in idle
            }
            if not _is_signed(pieces, start) and inside <= {Kind.WORD, Kind.PHRASE}:
                idle |= {start, at}
    return [piece for at, piece in enumerate(pieces) if at not in idle]


def _wishing(query: Query, wishes: Sequence[Query]) -> Query:
    """Let passages that have any of the wishes score more, and match and rank with all others."""
    if not wishes:
        return query
    parts = query.children if isinstance(query, And) else (query,)
    return And((*parts, Or((*wishes, All()))))


def _is_question(items: Sequence[_Item], languages: Sequence[str]) -> bool:
    first = items[0].query if items else None
    return isinstance(first, Term) and is_question_word(first.surface, languages)


def _weighted(items: Sequence[_Item], languages: Sequence[str]) -> list[_Item]:
    """Let verbs of asking in a question count half: *called* in "who called …" is no subject."""
    return [
        _Item(Boost(item.query, 0.5), item.sign)
        if isinstance(item.query, Term) and is_asking_verb(item.query.surface, languages)
        else item
        for item in items
    ]


def _only(queries: Sequence[Query]) -> Query | None:
    return queries[0] if queries else None


def _assemble(items: Sequence[_Item]) -> Query | None:
    """Make one query of the words of a group: filters and exclusions around a bag of words."""
    included = [item for item in items if item.sign is not Kind.NOT]
    filters = [item.query for item in included if isinstance(item.query, Filter)]
    texts = [item for item in included if not isinstance(item.query, Filter)]
    must = _counted([item.query for item in texts if item.sign is Kind.MUST])
    words = _counted([item.query for item in texts if item.sign is None])
    parts: list[Query] = list(filters)
    if len(must) + len(words) == 1:
        parts += must + words
    elif must or words:
        parts.append(BagOfWords(tuple(words), tuple(must)))
    excluded: list[Query] = [Not(item.query) for item in items if item.sign is Kind.NOT]
    if excluded and not parts:
        parts.append(All())
    parts += excluded
    return And(tuple(parts)) if len(parts) > 1 else _only(parts)


def _counted(queries: Sequence[Query]) -> list[Query]:
    """Replace repetitions by one Boost, so that a word counts as often as it was typed."""
    counts = Counter(map(_sense, queries))
    first = {_sense(query): query for query in reversed(queries)}
    return [
        first[sense] if count == 1 else Boost(first[sense], count)
        for sense, count in counts.items()
    ]


def _sense(query: Query) -> Query:
    """Return the query without the way in which it was typed."""
    return Term("", query.surface, query.stems) if isinstance(query, Term) else query


__all__ = ["Parsed", "Parser", "Range"]
