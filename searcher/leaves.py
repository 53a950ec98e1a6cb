"""The leaves of a query tree: what a single word, phrase or field of a query text asks for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

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
    HYPHEN,
    SIGNS,
    UMLAUT,
    bare,
    fold,
    surface_of,
)
from backstory.searcher.dates import is_of_dates, read_range
from backstory.searcher.lexer import Kind, Piece

_FUZZY = re.compile(r"(?P<word>.+?)~(?P<distance>[0-9]*)", re.DOTALL)
_WILD = re.compile(r"([*?])")
_MASKED = re.compile(r"(?<=[^\W_])\*{2,}")  # F***, s**t
_LONGEST_NUMBER = 20  # digits
_INVISIBLE = "\u00ad\u2060"  # what a word may have inside: a soft hyphen, a word joiner


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
        if not raws:
            return None
        if piece.distance >= 0 and len(raws) > 1:
            parts = tuple(self._term(raw, raw) for raw in without_elided(raws))
            return Near(f"{text}~{piece.distance}", parts, piece.distance)
        words = tuple(self._exact(raw, raw) for raw in raws)
        return Phrase(text, words) if len(words) > 1 else self._exact(text, raws[0])

    def _wild_phrase(self, piece: Piece, text: str) -> Query | None:
        """Read a phrase or nearness in which some word may have * and ?."""
        is_near = piece.distance >= 0
        words: list[Word] = []
        for part in piece.text.split():
            wild = self._wild(part) if any(map(str.isalnum, part)) else None
            raws = () if isinstance(wild, Prefix | Wildcard) else self._raws(part)
            words += [wild] if isinstance(wild, Prefix | Wildcard) else []
            words += [self._term(raw, raw) if is_near else self._exact(raw, raw) for raw in raws]
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
        raws = without_elided(self._raws(text))
        if len(raws) > 1:
            return Phrase(text, tuple(self._term(raw, raw) for raw in raws))
        return self._term(text, raws[0]) if raws else None

    def _raws(self, text: str) -> list[str]:
        """Return the words of a text as they stand in it, without what has no letter or digit."""
        return [raw for raw in self.analyzer.words(text) if surface_of(raw)]

    def _classes(self, raw: str) -> tuple[str, ...]:
        """Return *us* or *US* as it is indexed, with *Us*, which may be either; () for others."""
        surface = bare(surface_of(raw))
        if surface.upper() not in ACRONYMS:
            return ()
        small, capital, either = surface.lower(), surface.upper(), surface.capitalize()
        if surface == capital and self.shouts:
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
