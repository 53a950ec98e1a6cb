"""The parser of the query language. It never fails: any string is a query.

Adjacent words are a bag of words: any of them may match, and passages with all of them rank first.
`AND` and `OR` join such groups, and brackets make groups. Notes say what is not read as it looks.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from backstory.engine.analysis import Analyzer
from backstory.engine.facets import LANGUAGE
from backstory.engine.fields import FIELDS, Match
from backstory.engine.languages import (
    codes_by_name,
    is_asking_verb,
    is_question_word,
    is_stopword,
)
from backstory.engine.patterns import is_wild
from backstory.engine.query import (
    All,
    And,
    BagOfWords,
    Boost,
    Exact,
    Field,
    Filter,
    Forms,
    Fuzzy,
    Near,
    Not,
    Nothing,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    Term,
    Wildcard,
    Word,
)
from backstory.engine.tokens import (
    ACRONYMS,
    HYPHEN,
    SIGNS,
    UMLAUT,
    bare,
    fold,
    surface_of,
)
from backstory.searcher.dates import is_of_dates, read_range
from backstory.searcher.lexer import OPERATORS, Kind, Piece, lex
from backstory.searcher.settings import SearchSettings

_FUZZY = re.compile(r"(?P<word>.+?)~(?P<distance>[0-9]*)", re.DOTALL)
_WILD = re.compile(r"([*?])")
FEW_WORDS = 3  # up to so many, a word with a hyphen is searched as a phrase
_LONGEST_NUMBER = 20  # digits
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
class _Item:
    query: Query
    sign: Kind | None = None
    stopword: str = ""
    is_compound: bool = False


@dataclass(slots=True)
class Parser:
    """Parses one text; `languages` are those whose stems an unquoted word is looked up under."""

    analyzer: Analyzer
    languages: tuple[str, ...]
    settings: SearchSettings = field(default_factory=SearchSettings)
    _pieces: list[Piece] = field(default_factory=list)
    _position: int = 0
    _notes: list[str] = field(default_factory=list)
    _ignored: list[str] = field(default_factory=list)
    _limits: list[str] = field(default_factory=list)
    _clauses: int = 0

    def parse(self, text: str) -> Parsed:
        """Parse a text into a query tree."""
        most = self.settings.max_query_chars
        if len(text) > most:
            self._limits.append(f"The query was cut after {most:,} characters.")
        pieces, self._notes = lex(text[:most])
        parsed = self.parse_pieces(pieces)
        if isinstance(parsed.query, Nothing) and text.strip():
            return replace(parsed, notes=(*parsed.notes, "There is no word in this query."))
        return parsed

    def parse_pieces(self, pieces: Sequence[Piece]) -> Parsed:
        """Parse a text that is lexed already."""
        self._pieces = list(pieces)
        query = self._alternatives() or Nothing()
        notes, ignored, limits = (
            tuple(dict.fromkeys(sentences))
            for sentences in (self._notes, self._ignored, self._limits)
        )
        return Parsed(query, tuple(pieces), notes, ignored, limits)

    def leaf(self, piece: Piece) -> Query | None:
        """Return the query of a single word, phrase or field; None where it has no word."""
        return self._read(piece)

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
        query = self._read(piece)
        if query is None:
            return None
        if self._clauses >= self.settings.max_clauses:
            most = self.settings.max_clauses
            self._limits.append(f"Only the first {most} words and phrases were searched.")
            return None
        self._clauses += 1
        is_plain = sign is None and isinstance(query, Term)
        stopped = is_plain and isinstance(query, Term) and self._is_stopword(query, piece)
        is_compound = sign is None and piece.kind is Kind.WORD and piece.text[0] != "="
        return _Item(query, sign, piece.text if stopped else "", is_compound)

    def _is_stopword(self, query: Term, piece: Piece) -> bool:
        # A word in capitals is a name, not a pronoun, unless the whole query shouts.
        is_name = piece.text.isupper() and len(piece.text) > 1 and piece.text not in OPERATORS
        if is_name and not self._shouts:
            return False
        return is_stopword(query.surface, self.languages or ("en",))

    def _without_stopwords(self, items: Sequence[_Item]) -> list[_Item]:
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
        if is_of_dates(piece.name):
            dates = read_range(piece.name, piece.text)
            if dates is None:
                self._notes.append(
                    f"“{piece.text[:40]}” is not a date (2018, 2018-03 or 2018-03-01): "
                    f"{piece.name}: was searched as words."
                )
                return self._plain(f"{piece.name} {piece.text}")
            self._notes += [dates.note] if dates.note else []
            return dates.range
        match = FIELDS.filters[piece.name].match
        is_of_words = match in (Match.WORDS, Match.FORMS, Match.LABEL)
        if is_of_words and not is_wild(piece.text) and not self.analyzer.surfaces(piece.text):
            self._notes.append(f"There is no word after {piece.name}: and it was ignored.")
            return None
        text = piece.text
        if FIELDS.filters[piece.name].name == LANGUAGE and len(text) > 2:
            text = codes_by_name().get(text.lower(), text)  # lang:spanish
        return Field(piece.name, text, piece.is_quoted)

    def _phrase(self, piece: Piece) -> Query | None:
        raws = self._raws(piece.text)
        if not raws:
            return None
        text = f'"{piece.text}"'
        if piece.distance >= 0 and len(raws) > 1:
            parts = tuple(self._term(raw, raw) for raw in without_elided(raws))
            return Near(f"{text}~{piece.distance}", parts, piece.distance)
        words = tuple(self._exact(raw, raw) for raw in raws)
        return Phrase(text, words) if len(words) > 1 else self._exact(text, raws[0])

    def _word(self, text: str) -> Query | None:
        if text.strip("*") == "" and "*" in text:
            return All()
        if text.startswith("=") and (raws := self._raws(text[1:])):
            exact = tuple(self._exact(raw, raw) for raw in raws)
            return self._exact(text, raws[0]) if len(exact) == 1 else Phrase(text, exact)
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
        if not re.search(r"[*]|\?(?=[^\W_])", stripped):
            return None
        if self._is_long and not re.search(r"[*?]", stripped.strip("?")):
            return None  # a question mark before a word, as in Spanish or badly scanned text
        stripped = stripped.rstrip("?")
        if not all(c in "*?" or _is_of_word(c) for c in stripped):
            self._notes.append(f"{text}: * and ? work inside a single word.")
            return None
        pattern = "".join(map(fold, _WILD.split(stripped)))
        pattern = re.sub(r"\*+", "*", pattern)
        if "?" not in pattern and pattern.find("*") == len(pattern) - 1:
            return Prefix(text, pattern[:-1])
        return Wildcard(text, pattern)

    def _plain(self, text: str) -> Query | None:
        raws = without_elided(self._raws(text))
        terms: tuple[Word, ...] = tuple(self._term(raw, raw) for raw in raws)
        if len(terms) > 1:
            return Phrase(text, terms)
        return self._term(text, raws[0]) if raws else None

    def _raws(self, text: str) -> list[str]:
        """Return the words of a text as they stand in it, without what has no letter or digit."""
        return [raw for raw in self.analyzer.words(text) if surface_of(raw)]

    @property
    def _is_long(self) -> bool:
        """Whether the query is a sentence rather than a few words."""
        return sum(piece.kind in (Kind.WORD, Kind.PHRASE) for piece in self._pieces) > FEW_WORDS

    @property
    def _shouts(self) -> bool:
        """Whether the query has several words and all are in capitals, which then mean nothing."""
        words = [p.text for p in self._pieces if p.kind is Kind.WORD and p.text not in OPERATORS]
        return len(words) > 1 and all(word.upper() == word for word in words)

    def _classes(self, raw: str) -> tuple[str, ...]:
        """Return *us* or *US* as it is indexed, with *Us*, which may be either; () for others."""
        surface = bare(surface_of(raw))
        if surface.upper() not in ACRONYMS:
            return ()
        small, capital, either = surface.lower(), surface.upper(), surface.capitalize()
        if surface == capital and self._shouts:
            return small, either, capital
        return surface, either

    def _exact(self, text: str, raw: str) -> Exact | Forms:
        """Return a word in exactly one form; with a sign, only where it has that sign."""
        if classes := self._classes(raw):
            return Forms(text, classes)
        surface = surface_of(raw)
        for mark in (HYPHEN, UMLAUT):
            surface = surface.replace(mark, "")
        others = [surface_of(raw, has_decimal_comma=True), *_grouped(surface)]
        forms = tuple(dict.fromkeys((surface, *others))) if surface[:1].isdecimal() else (surface,)
        return Exact(text, surface) if len(forms) == 1 else Forms(text, forms)

    def _term(self, text: str, raw: str) -> Term | Exact:
        """Return a word in any of its forms; one that was typed with a sign is exact."""
        if classes := self._classes(raw):
            return Term(text, classes[0], self._stems(*classes))
        surface = surface_of(raw)
        plain = bare(surface)
        if any(sign in surface[len(plain) :] for sign in SIGNS):
            return Exact(text, surface.replace(HYPHEN, "").replace(UMLAUT, ""))
        if not plain[:1].isdecimal():
            return Term(text, plain, self._stems(plain))
        other = surface_of(raw, has_decimal_comma=True)
        return Term(text, plain, self._stems(plain, bare(other), *_grouped(plain)))

    def _stems(self, *surfaces: str) -> tuple[str, ...]:
        stem, languages = self.analyzer.stem, self.languages
        return tuple(dict.fromkeys(stem(s, language) for s in surfaces for language in languages))


def without_elided(raws: Sequence[str]) -> list[str]:
    """Leave out the *l’* of *l’Union*, unless there is nothing else."""
    return [raw for raw in raws if surface_of(raw)[-1] != "'"] or list(raws)


def _grouped(surface: str) -> list[str]:
    """Return 30.000 for 30000: some languages write it so, and others mean thirty."""
    return (
        [f"{int(surface):,}".replace(",", ".")] if surface.isdecimal() and len(surface) > 3 else []
    )


def _is_of_word(character: str) -> bool:
    """Tell whether it is a letter or digit, an accent of its own, or part of one that is unseen."""
    is_mark = unicodedata.category(character).startswith("M")
    return character.isalnum() or is_mark or character in _INVISIBLE


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
