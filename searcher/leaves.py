"""The leaves of a query tree: what a single word, phrase or field of a query text asks for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from backstory.engine.analysis import Analyzer
from backstory.engine.facets import LANGUAGE
from backstory.engine.fields import FIELDS, Match
from backstory.engine.languages import codes_by_name
from backstory.engine.patterns import is_wild
from backstory.engine.query import (
    All,
    Exact,
    Field,
    Forms,
    Fuzzy,
    Near,
    Or,
    Phrase,
    Prefix,
    Query,
    Term,
    Wildcard,
    Word,
)
from backstory.engine.tokens import (
    ACRONYMS,
    bare,
    fold,
    is_unseen,
    signs,
    surface_of,
)
from backstory.searcher.dates import is_of_dates, read_range
from backstory.searcher.lexer import Kind, Piece

_FUZZY = re.compile(r"(?P<word>.+?)~(?P<distance>[0-9]*)", re.DOTALL)
_WILD = re.compile(r"([*?])")
_MASKED = re.compile(r"(?<=[^\W_])\*{2,}")  # F***, s**t
_LONGEST_NUMBER = 20  # digits


class _Raw(NamedTuple):
    """A word as it was typed, with its surface form."""

    text: str
    surface: str


@dataclass(frozen=True, slots=True)
class LeafReader:
    """Reads pieces; `languages` are those whose stems an unquoted word is looked up under.

    `notes` collects what is read otherwise than it looks. `shouts` says that the whole query is in
    capitals, which then mean nothing, `is_long` that it is a sentence rather than a few words.
    """

    analyzer: Analyzer
    languages: tuple[str, ...]
    notes: list[str] = field(default_factory=list)
    shouts: bool = False
    is_long: bool = False

    def read(self, piece: Piece) -> Query | None:
        """Return what a piece asks for; None where it has no word."""
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
                self.notes.append(
                    f"“{piece.text[:40]}” is not a date (2018, 2018-03 or 2018-03-01): "
                    f"{piece.name}: was searched as words."
                )
                return self._plain(f"{piece.name} {piece.text}")
            self.notes.extend([dates.note] if dates.note else [])
            return dates.range
        match = FIELDS.filters[piece.name].match
        is_of_words = match in (Match.WORDS, Match.FORMS, Match.LABEL)
        if is_of_words and not is_wild(piece.text) and not self.analyzer.surfaces(piece.text):
            self.notes.append(f"There is no word after {piece.name}: and it was ignored.")
            return None
        text = piece.text
        if FIELDS.filters[piece.name].name == LANGUAGE and len(text) > 2:
            text = codes_by_name().get(text.lower(), text)  # lang:spanish
        return Field(piece.name, text, piece.is_quoted)

    def _phrase(self, piece: Piece) -> Query | None:
        text = f'"{piece.text}"'
        if _WILD.search(piece.text):
            return self._wild_phrase(piece, text)
        raws = self._raws(piece.text)
        if piece.distance >= 0 and len(raws) > 1:
            parts = tuple(map(self._term, _without_elided(raws)))
            return Near(f"{text}~{piece.distance}", parts, piece.distance)
        return self._exactly(text, raws)

    def _exactly(self, text: str, raws: Sequence[_Raw]) -> Query | None:
        """Return words in exactly their forms, one after the other; None for no word."""
        words = tuple(map(self._exact, raws))
        if len(words) > 1:
            return Phrase(text, words)
        return replace(words[0], text=text) if words else None

    def _wild_phrase(self, piece: Piece, text: str) -> Query | None:
        """Read a phrase or nearness in which some word may have * and ?."""
        is_near = piece.distance >= 0
        words: list[Word] = []
        for part in piece.text.split():
            wild = self._wild(part) if any(map(str.isalnum, part)) else None
            raws = () if isinstance(wild, Prefix | Wildcard) else self._raws(part)
            words += [wild] if isinstance(wild, Prefix | Wildcard) else []
            words += map(self._term if is_near else self._exact, raws)
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
        if text.isalnum():
            return self._plain(text)
        if text == "*":
            return All()
        if text.startswith("=") and (raws := self._raws(text[1:])):
            return self._exactly(text, raws)
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
            self.notes.append(f"{text}: at most 2 letters may differ.")
        return Fuzzy(text, surface, min(distance, 2))

    def _wild(self, text: str) -> Query | None:
        stripped = text.strip(".,;:!'’")
        if self.is_long and not re.search(r"[*?]", stripped.strip("?")):
            return None  # a question mark before a word, as in Spanish or badly scanned text
        if not re.search(r"[*]|\?(?=[^\W_])", stripped) or stripped.startswith("**"):
            return None  # ** is how Markdown begins what is bold
        stripped = stripped.rstrip("?")
        if not all(c in "*?" or _is_of_word(c) for c in stripped):
            self.notes.append(f"{text}: * and ? work inside a single word.")
            return None
        masked = _MASKED.sub(lambda stars: "?" * len(stars.group()), stripped)
        pattern = "".join(map(fold, _WILD.split(masked)))
        pattern = re.sub(r"\*+", "*", pattern)
        if masked != stripped:
            self.notes.append(f"{text}: each of several * in a row stands for one letter.")
            return Or(tuple(filter(None, (self._plain(stripped), Wildcard(text, pattern)))))
        if "?" not in pattern and pattern.find("*") == len(pattern) - 1:
            return Prefix(text, pattern[:-1])
        return Wildcard(text, pattern)

    def _plain(self, text: str) -> Query | None:
        terms = tuple(map(self._term, _without_elided(self._raws(text))))
        if len(terms) > 1:
            return Phrase(text, terms)
        return replace(terms[0], text=text) if terms else None

    def _raws(self, text: str) -> list[_Raw]:
        """Return the words of a text, without what has no letter or digit."""
        words = (_Raw(word, surface_of(word)) for word in self.analyzer.words(text))
        return [raw for raw in words if raw.surface]

    def _classes(self, raw: _Raw) -> tuple[str, ...]:
        """Return *us* or *US* as it is indexed, with *Us*, which may be either; () for others."""
        surface = bare(raw.surface)
        if surface.upper() not in ACRONYMS:
            return ()
        small, capital, either = surface.lower(), surface.upper(), surface.capitalize()
        if surface == capital and self.shouts:
            return small, either, capital
        return surface, either

    def _exact(self, raw: _Raw) -> Exact | Forms:
        """Return a word in exactly one form; with a sign, only where it has that sign."""
        if classes := self._classes(raw):
            return Forms(raw.text, classes)
        surface = _signed(raw.surface)
        others = _numbers(raw) if surface[:1].isdecimal() else ()
        forms = tuple(dict.fromkeys((surface, *others)))
        return Exact(raw.text, surface) if len(forms) == 1 else Forms(raw.text, forms)

    def _term(self, raw: _Raw) -> Term | Exact:
        """Return a word in any of its forms; one that was typed with a sign is exact."""
        if classes := self._classes(raw):
            return Term(raw.text, classes[0], self._stems(*classes))
        if signs(raw.surface):
            return Exact(raw.text, _signed(raw.surface))
        word = bare(raw.surface)
        others = _numbers(raw) if word[:1].isdecimal() else ()
        return Term(raw.text, word, self._stems(word, *others))

    def _stems(self, *surfaces: str) -> tuple[str, ...]:
        stem, languages = self.analyzer.stem, self.languages
        return tuple(dict.fromkeys(stem(s, language) for s in surfaces for language in languages))


def _without_elided(raws: Sequence[_Raw]) -> list[_Raw]:
    """Leave out the *l’* of *l’Union*, unless there is nothing else."""
    return [raw for raw in raws if raw.surface[-1] != "'"] or list(raws)


def _signed(surface: str) -> str:
    """Return a surface form with its signs alone: what else it has a trace of is not asked for."""
    return bare(surface) + signs(surface)


def _numbers(raw: _Raw) -> list[str]:
    """Return what else a number may be: 30.000 is thirty thousand here, and thirty there."""
    whole = surface_of(raw.text, has_decimal_comma=True)
    digits = bare(raw.surface)
    if not digits.isdecimal() or not 3 < len(digits) < _LONGEST_NUMBER:
        return [_signed(whole)]
    return [_signed(whole), f"{int(digits):,}".replace(",", ".")]


def _is_of_word(character: str) -> bool:
    """Tell whether it is a letter or digit, an accent of its own, or part of one that is unseen."""
    is_mark = unicodedata.category(character).startswith("M")
    return character.isalnum() or is_mark or is_unseen(character)
