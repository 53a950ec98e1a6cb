"""The parser of the query language. It never fails: any string is a query.

Adjacent words are a bag of words: any of them may match, and passages with all of them rank first.
`AND` and `OR` join such groups, and brackets make groups. In running text a quotation is a wish:
its words are searched like the others, and where they stand exactly so they count more. Notes say
what is not read as it looks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from backstory.engine.analysis import Analyzer, fold
from backstory.engine.fields import FIELDS, Match
from backstory.engine.languages import is_stopword
from backstory.engine.query import (
    All,
    And,
    Exact,
    Field,
    Filter,
    Fuzzy,
    Near,
    Nothing,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    Term,
    Wildcard,
    Word,
    children,
)
from backstory.searcher.dates import read_range
from backstory.searcher.groups import Item, assemble, is_question, sense, weighted
from backstory.searcher.lexer import (
    OPERAND,
    OPERATORS,
    SIDES,
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

_FUZZY = re.compile(r"(?P<word>.+?)~(?P<distance>[0-9]*)", re.DOTALL)
_WILD = re.compile(r"([*?])")
_MASKED = re.compile(r"(?<=[^\W_])\*{2,}")  # F***, s**t
_INVISIBLE = "\u00ad\u2060"  # what a word may have inside: a soft hyphen, a word joiner


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
    _pieces: list[Piece] = field(default_factory=list)
    _position: int = 0
    _notes: list[str] = field(default_factory=list)
    _ignored: list[str] = field(default_factory=list)
    _limits: list[str] = field(default_factory=list)
    _clauses: int = 0
    _is_chosen: bool = False
    _shouts: bool = False

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
        self._shouts = is_in_capitals(pieces)
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
        return self._read(piece)

    def _wishes(self) -> list[Query]:
        """Take the quotations out of running text: leave their words, and return the phrases."""
        quoted = quotations(self._pieces, self.languages)
        most = self.settings.max_clauses
        phrases = [self._phrase(self._pieces[place]) for place in quoted[:most]]
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
            query = self._read(piece) if piece.kind in OPERAND else None
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
                items.append(item)
        items = self._without_stars(items)
        is_asked = is_question(items, self.languages)
        kept = self._without_stopwords(items)
        return assemble(weighted(kept, self.languages) if is_asked else kept)

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
        query = self._read(piece)
        if query is None:
            return None
        if self._clauses >= self.settings.max_clauses and not self._is_chosen:
            most = self.settings.max_clauses
            self._limits.append(f"Only the first {most} words and phrases were searched.")
            return None
        self._clauses += 1
        is_plain = sign is None and isinstance(query, Term)
        stopped = is_plain and isinstance(query, Term) and self._is_stopword(query, piece)
        return Item(query, sign, piece.text if stopped else "")

    def _is_stopword(self, query: Term, piece: Piece) -> bool:
        # "US" and "IT" in capitals are names, not pronouns, unless the whole query shouts.
        if piece.text in OPERATORS:
            return True
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

    def _read(self, piece: Piece) -> Query | None:
        match piece.kind:
            case Kind.FIELD:
                return self._field(piece)
            case Kind.PHRASE:
                return self._phrase(piece)
            case _:
                return self._word(piece.text)

    def _field(self, piece: Piece) -> Query | None:
        match = Match.RANGE if piece.name in SIDES else FIELDS.filters[piece.name].match
        if match is Match.RANGE:
            dates = read_range(piece.name, piece.text)
            if dates is None:
                self._notes.append(
                    f"“{piece.text[:40]}” is not a date (2018, 2018-03 or 2018-03-01): "
                    f"{piece.name}: was searched as words."
                )
                return self._plain(f"{piece.name} {piece.text}")
            return dates
        if match in (Match.WORDS, Match.FORMS) and not self.analyzer.surfaces(piece.text):
            self._notes.append(f"There is no word after {piece.name}: and it was ignored.")
            return None
        return Field(piece.name, piece.text, piece.is_quoted)

    def _phrase(self, piece: Piece) -> Query | None:
        text = f'"{piece.text}"'
        if _WILD.search(piece.text):
            return self._wild_phrase(piece, text)
        surfaces = self.analyzer.surfaces(piece.text)
        if not surfaces:
            return None
        if piece.distance >= 0 and len(surfaces) > 1:
            parts = tuple(self._term(surface, surface) for surface in surfaces)
            return Near(f"{text}~{piece.distance}", parts, piece.distance)
        words = tuple(Exact(surface, surface) for surface in surfaces)
        return Phrase(text, words) if len(words) > 1 else Exact(text, surfaces[0])

    def _wild_phrase(self, piece: Piece, text: str) -> Query | None:
        """Read a phrase or nearness in which some word may have * and ?."""
        is_near = piece.distance >= 0
        words: list[Word] = []
        for part in piece.text.split():
            wild = self._wild(part) if any(map(str.isalnum, part)) else None
            surfaces = () if isinstance(wild, Prefix | Wildcard) else self.analyzer.surfaces(part)
            words += [wild] if isinstance(wild, Prefix | Wildcard) else []
            words += [self._term(s, s) if is_near else Exact(s, s) for s in surfaces]
        if len(words) > 1:
            parts = tuple(words)
            return (
                Near(f"{text}~{piece.distance}", parts, piece.distance)
                if is_near
                else Phrase(text, parts)
            )
        if words and isinstance(words[0], Term):
            return Exact(text, words[0].surface)
        return replace(words[0], text=text) if words else None

    def _word(self, text: str) -> Query | None:
        if text == "*":
            return All()
        if text.startswith("=") and (surfaces := self.analyzer.surfaces(text)):
            exact = tuple(Exact(surface, surface) for surface in surfaces)
            return Exact(text, surfaces[0]) if len(exact) == 1 else Phrase(text, exact)
        return self._fuzzy(text) or self._wild(text) or self._plain(text)

    def _fuzzy(self, text: str) -> Query | None:
        matched = _FUZZY.fullmatch(text)
        if not matched or not _is_of_word(matched["word"][-1]):
            return None
        surfaces = self.analyzer.surfaces(matched["word"])
        if len(surfaces) != 1:
            return None
        surface = surfaces[0]
        most = 2 if len(surface) > 5 else 1
        distance = int(matched["distance"][:3]) if matched["distance"] else most
        if distance > 2:
            self._notes.append(f"{text}: at most 2 letters may differ.")
        return Fuzzy(text, surface, min(distance, 2))

    def _wild(self, text: str) -> Query | None:
        stripped = text.strip(".,;:!'’")
        if not re.search(r"[*]|\?(?=[^\W_])", stripped) or stripped.startswith("**"):
            return None  # ** is how Markdown begins what is bold
        stripped = stripped.rstrip("?")
        if not all(c in "*?" or _is_of_word(c) for c in stripped):
            self._notes.append(f"{text}: * and ? work inside a single word.")
            return None
        masked = _MASKED.sub(lambda stars: "?" * len(stars.group()), stripped)
        pattern = "".join(map(fold, _WILD.split(masked)))
        pattern = re.sub(r"\*+", "*", pattern)
        if masked != stripped:
            self._notes.append(f"{text}: each of several * in a row stands for one letter.")
            return Or(tuple(filter(None, (self._plain(stripped), Wildcard(text, pattern)))))
        if "?" not in pattern and pattern.find("*") == len(pattern) - 1:
            return Prefix(text, pattern[:-1])
        return Wildcard(text, pattern)

    def _plain(self, text: str) -> Query | None:
        surfaces = self.analyzer.surfaces(text)
        terms: tuple[Word, ...] = tuple(self._term(surface, surface) for surface in surfaces)
        if len(terms) > 1:
            return Phrase(text, terms)
        return self._term(text, surfaces[0]) if surfaces else None

    def _term(self, text: str, surface: str) -> Term:
        stems = (self.analyzer.stem(surface, language) for language in self.languages)
        return Term(text, surface, tuple(dict.fromkeys(stems)))


def _is_of_word(character: str) -> bool:
    """Tell whether it is a letter or digit, an accent of its own, or part of one that is unseen."""
    is_mark = unicodedata.category(character).startswith("M")
    return character.isalnum() or is_mark or character in _INVISIBLE


def _only(queries: Sequence[Query]) -> Query | None:
    return queries[0] if queries else None


__all__ = ["Parsed", "Parser", "Range"]
