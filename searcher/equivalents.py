"""A word in all the ways in which it may be written: *email* and *e-mail*, *Müller* and *Mueller*.

What is written otherwise somewhere in the index is added to the query; where nothing is, and that
is nearly always, a word stays what it was.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise, product

from backstory.engine.cache import Cache
from backstory.engine.indexes.contract import Snapshot
from backstory.engine.query import AnyOf, Exact, Forms, Leaf, Phrase, Query, Spelling, Term, Word
from backstory.engine.tokens import ACRONYMS, CURRENCY, HYPHEN, bare, is_spaceless, signs
from backstory.searcher.vocabulary import BREAK, Vocabulary

# A vowel and an e may stand for an umlaut, but not in *neue*, *Bauer* or *Quelle*.
_SPELT_UMLAUT = re.compile("(?<![aeoq])(?:ae|oe|ue)")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_WHOLE = re.compile(r"\d+|\d{1,3}(?:\.\d{3})+")
_RUNS = re.compile(r"\d+|\D+")
SEPARABLE = "§" + CURRENCY  # signs that may stand apart from their number
LEAF_BYTES = 1_500  # about, of a word with its other spellings
_MOST_PARTS, _MOST_DIGITS, _LONGEST_ACRONYM = 4, 6, 5


class Equivalents:
    """Finds other spellings of words in one commit; shared by threads."""

    def __init__(self, snapshot: Snapshot, vocabulary: Vocabulary) -> None:
        self.snapshot, self.vocabulary = snapshot, vocabulary
        self._known: Cache[Term, Leaf] = snapshot.caches.cache("spellings")

    def of_term(self, term: Term) -> Leaf:
        """Return a word that is searched in any form, with its other spellings."""
        known = self._known.get(term)
        return self._look_up([term])[term] if known is None else known

    def learn(self, terms: Iterable[Term]) -> None:
        """Look up together what `of_term` will be asked of."""
        self._look_up([term for term in dict.fromkeys(terms) if self._known.get(term) is None])

    def _look_up(self, new: Sequence[Term]) -> dict[Term, Leaf]:
        spelt = [(self._with_umlauts(term), tuple(self._phrases(term))) for term in new]
        alone: list[Query] = [plain for plain, _ in spelt]
        self.snapshot.count_ahead(alone + [each for _, others in spelt for each in others])
        leaves: dict[Term, Leaf] = {}
        for term, (plain, others) in zip(new, spelt, strict=True):
            leaves[term] = self._any_of(plain, others)
            self._known.put(term, leaves[term], LEAF_BYTES)
        return leaves

    def with_joined(self, words: Sequence[Query], expanded: Iterable[Query]) -> tuple[Query, ...]:
        """Return expanded words side by side so that COVID19 has both words of *covid 19*."""
        found = list(expanded)
        for i, (first, second) in enumerate(pairwise(words)):
            if isinstance(first, Term) and isinstance(second, Term) and second.surface.isdecimal():
                joined = next(self._joined(Phrase("", (first, second))), None)
                if joined and first.surface.isalpha() and self.snapshot.count(joined):
                    found[i : i + 2] = [_or(found[i], joined), _or(found[i + 1], joined)]
        return tuple(found)

    def of_exact(self, word: Exact) -> Exact | Forms:
        """Return an exact form, with and without traces; one with a sign stays so."""
        surface = word.surface
        if signs(surface):
            traced = self.vocabulary.traced(bare(surface))
            same = [each for each in traced if signs(each) == signs(surface)]
            return _forms(word, [surface, *same])
        return _forms(word, self._traced([surface, *self._other_umlauts(word.text, surface)]))

    def of_quoted(self, word: Exact | Forms) -> Leaf:
        """Return a single exact word, also where it is written as several."""
        plain = self.of_exact(word) if isinstance(word, Exact) else self.of_forms(word)
        return self._any_of(plain, self._parted(word))

    def _parted(self, word: Term | Exact | Forms) -> Iterator[Phrase]:
        """Yield *§ 218* for *§218*, *30 000* for *30000*, *U. S.* for *US*."""
        surface = _surface(word)
        sign, rest = signs(surface), bare(surface)
        if len(sign) == 1 and sign in SEPARABLE:
            yield _exact_phrase(word.text, (sign, rest))
            yield _exact_phrase(word.text, (rest, sign))
        if len(digits := _whole(surface)) > 3:
            yield _exact_phrase(word.text, _groups(digits))
        if letters := _acronym(word.text, surface):
            yield _exact_phrase(word.text, letters)

    def of_forms(self, word: Forms) -> Forms:
        """Return exact forms, with and without traces."""
        return Forms(word.text, tuple(dict.fromkeys(self._traced(word.surfaces))))

    def _traced(self, surfaces: Iterable[str]) -> list[str]:
        """Return surface forms, each followed by itself with its traces."""
        return [form for s in surfaces for form in (s, *self.vocabulary.traced(s))]

    def of_phrase(self, phrase: Phrase) -> Leaf:
        """Return a phrase, whose words are expanded, also with its words joined or spelt out."""
        words = tuple(self._edge(phrase, i) for i in range(len(phrase.words)))
        plain = Phrase(phrase.text, words)
        others = (self._joined(phrase), self._spelt_out(plain), self._with_zeros(phrase))
        return self._any_of(plain, chain.from_iterable(others))

    def _any_of(self, plain: Spelling, others: Iterable[Spelling]) -> AnyOf | Spelling:
        """Return a word with those of its other spellings that stand somewhere."""
        there = [each for each in dict.fromkeys(others) if self.snapshot.count(each)]
        return AnyOf(plain.text, (plain, *there)) if there else plain

    # Umlauts

    def _with_umlauts(self, term: Term) -> Term:
        stems = dict.fromkeys(term.stems)
        stem, languages = self.snapshot.analyzer.stem, self.snapshot.languages
        for other in self._other_umlauts(term.text, term.surface):
            stems |= dict.fromkeys(stem(other, language) for language in languages)
        return Term(term.text, term.surface, tuple(stems)) if len(stems) > len(term.stems) else term

    def _other_umlauts(self, text: str, surface: str) -> Iterator[str]:
        """Yield *mueller* for *Müller*, and *muller* for *Mueller* where *Müller* stands."""
        if not text.isascii() and (spelt := text.translate(_UMLAUTS)) != text:
            yield from self.snapshot.analyzer.surfaces(spelt)[:1]
        places = [match.start() for match in _SPELT_UMLAUT.finditer(surface)]
        for taken in product((False, True), repeat=min(len(places), 3)):
            dropped = {
                place + 1 for place, is_taken in zip(places, taken, strict=False) if is_taken
            }
            other = "".join(c for i, c in enumerate(surface) if i not in dropped)
            if dropped and self._stands_with_umlaut(other):
                yield other

    def _stands_with_umlaut(self, word: str) -> bool:
        words = self.vocabulary.with_umlaut
        place = bisect_left(words, word)
        return place < len(words) and words[place].startswith(word)

    # Joined and parted

    def _phrases(self, term: Term) -> Iterator[Phrase]:
        """Yield the phrases in which a word may be written."""
        surface = term.surface
        yield from self._at_hyphens(term)
        runs = _RUNS.findall(surface) if surface.isalnum() and not surface.isalpha() else []
        if 1 < len(runs) <= _MOST_PARTS:
            yield Phrase(term.text, tuple(self._part(run) for run in runs))
        yield from self._parted(term)

    def _at_hyphens(self, term: Term) -> Iterator[Phrase]:
        surface, hyphenated = term.surface, self.vocabulary.hyphenated
        for i in range(1, len(surface)):
            if surface[:i] in hyphenated:
                rest = surface[i:]
                first = Forms(surface[:i], self._hyphened(surface[:i]))
                stems = [*self._stems(rest), *(_cut(stem, surface[:i]) for stem in term.stems)]
                last = Term(rest, rest, tuple(dict.fromkeys(filter(None, stems))))
                yield Phrase(term.text, (first, last))

    def _hyphened(self, word: str) -> tuple[str, ...]:
        return tuple(form for form in self.vocabulary.traced(word) if HYPHEN in form)

    def _part(self, run: str) -> Word:
        """Return a part of a word of letters and digits, in which zeros may stand before digits."""
        padded = (
            [run.zfill(n) for n in range(len(run) + 1, _MOST_DIGITS)] if run.isdecimal() else []
        )
        forms = [run, run.lstrip("0") or run, *filter(self.snapshot.frequency, padded)]
        return _forms(Exact(run, run), self._traced(forms))

    def _joined(self, phrase: Phrase) -> Iterator[Term]:
        """Yield *cooperation* for *co-operation*: parts of one word, searched in any form."""
        parts = [word for word in phrase.words if isinstance(word, Term)]
        if len(parts) < len(phrase.words) or is_spaceless(phrase.text):
            return
        first = "".join(part.surface for part in parts[:-1])
        last = parts[-1].surface
        if last.isdecimal() and not first[-1:].isdecimal():
            last = last.lstrip("0") or last
            stems = self._stems(first + last)
        else:
            joined = (stem.partition(":") for stem in parts[-1].stems)
            stems = [f"{language}:{first}{stem}" for language, _, stem in joined]
            stems += self._stems(first + last)  # reuse is cut to reus, use stays
        yield Term(phrase.text, first + last, tuple(dict.fromkeys(stems)))

    def _with_zeros(self, phrase: Phrase) -> Iterator[Phrase]:
        """Yield *17-cv-08603* for *17-cv-8603*."""
        parts = [word for word in phrase.words if isinstance(word, Term)]
        surfaces = [part.surface for part in parts]
        if len(parts) == len(phrase.words) and 0 < sum(map(str.isdecimal, surfaces)) < len(parts):
            words = (self._part(p.surface) if p.surface.isdecimal() else p for p in parts)
            yield Phrase(phrase.text, tuple(words))

    def _spelt_out(self, phrase: Phrase) -> Iterator[Phrase]:
        """Yield *U. S. sanctions*, which has four words, for *US sanctions*."""
        letters = [_acronym(word.text, _surface(word)) for word in phrase.words]
        if any(letters):
            words = (
                tuple(Exact(each, each) for each in spelt) if spelt else (word,)
                for spelt, word in zip(letters, phrase.words, strict=True)
            )
            yield Phrase(phrase.text, tuple(each for parts in words for each in parts))

    # Scripts without spaces

    def _edge(self, phrase: Phrase, i: int) -> Word:
        """Return a word of a phrase; a single character at its edge is a part of a pair."""
        word, last = phrase.words[i], len(phrase.words) - 1
        surface = _surface(word)
        if i not in (0, last) or len(surface) != 1 or not is_spaceless(surface):
            return word
        part = surface + (BREAK if i == 0 else "")
        pairs = self.vocabulary.containing(part, 2, 2) if i == 0 else self._pairs(surface)
        return Forms(word.text, (surface, *pairs))

    def _pairs(self, first: str) -> Iterable[str]:
        return [word for word in self.vocabulary.starting(first) if len(word) == 2]

    def _stems(self, surface: str) -> list[str]:
        """Return the stems of a word that stands somewhere, [] for any other."""
        stem, languages = self.snapshot.analyzer.known_stem, self.snapshot.languages
        return [known for language in languages if (known := stem(surface, language))]


def _or(query: Query, spelling: Term) -> Query:
    """Return a word with one more spelling."""
    match query:
        case AnyOf(text, spellings):
            return AnyOf(text, (*spellings, spelling))
        case Term() | Exact() | Forms() | Phrase():
            return AnyOf(query.text, (query, spelling))
        case _:
            return query


def _forms(word: Exact, forms: Sequence[str]) -> Exact | Forms:
    different = tuple(dict.fromkeys(forms))
    return Forms(word.text, different) if len(different) > 1 else word


def _exact_phrase(text: str, words: Iterable[str]) -> Phrase:
    return Phrase(text, tuple(Exact(word, word) for word in words))


def _whole(surface: str) -> str:
    """Return the digits of a number that may be a whole one, "" for anything else."""
    return surface.replace(".", "") if _WHOLE.fullmatch(surface) else ""


def _groups(digits: str) -> list[str]:
    """Return a number in groups of three digits."""
    head = len(digits) % 3 or 3
    return [digits[:head], *(digits[i : i + 3] for i in range(head, len(digits), 3))]


def _surface(word: Word) -> str:
    match word:
        case Term(surface=surface) | Exact(surface=surface):
            return surface
        case Forms(surfaces=(surface, *_)):
            return surface
        case _:
            return ""


def _cut(stem: str, start: str) -> str:
    """Return a stem without the start of its word, "" where it does not start so."""
    language, _, word = stem.partition(":")
    return f"{language}:{word[len(start) :]}" if word.startswith(start) and word != start else ""


def _acronym(text: str, surface: str) -> str:
    """Return the letters of a word that was typed in capitals or with full stops, or ""."""
    typed = text.strip("\"'.,;:?!()").replace(".", "")
    is_short = 1 < len(surface) <= _LONGEST_ACRONYM and surface.isalpha()
    is_capital = typed.isupper() or surface in ACRONYMS
    return surface.lower() if is_short and surface.isascii() and is_capital else ""
