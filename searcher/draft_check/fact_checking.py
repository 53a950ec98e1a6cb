"""The names, numbers and dates of a sentence, looked for in passages with its words.

A fact is found where it stands in a passage that has enough of the sentence's other words; else it
is found differently where another of its kind stands there in its place; else it is not found.
Where both may be, the passage that is nearer to the sentence decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from backstory.engine.matching import Span
from backstory.searcher.draft_check.evidence import Context, Evidence, Named
from backstory.searcher.draft_check.facts import (
    DatedWords,
    dates_in,
    folded,
    is_same_name,
    quantities_in,
)
from backstory.searcher.draft_check.name_places import NamePlace, place_names
from backstory.searcher.draft_check.quantities import ORDINAL, Quantity
from backstory.searcher.draft_check.report import Finding, Place, Status, Subject

# Shares of the weight of a sentence's other words: see bench/README.md for how they were chosen.
TOGETHER = 0.35  # in a passage where a fact counts as found
INSTEAD = 0.45  # in one where another fact stands in its place
FEWEST_SHARED = 3  # words that a passage must have before another fact is told
OF_BEST = 0.6  # of what the best passage has
LEAD = 0.5  # by which another fact must be nearer, where the fact is found as well
SMALL_NUMBER = 20  # up to it a number stands anywhere: it needs a word next to it, too
NEXT_TO = 0.2
TOUCHING, CLOSE = 0.5, 0.1  # how the words beside a number and its size tell which one is meant
ALIKE = 0.75  # of the letters of two names


@dataclass(frozen=True, slots=True)
class _Match:
    """A fact of a passage, how near the passage is to the sentence, and what is there.

    `share` is that of the sentence's other words which the passage has; in `score` there is more.
    """

    share: float
    score: float
    evidence: Evidence
    place: Span
    text: str
    note: str = ""


class FactChecker:
    """Checks the facts of one sentence against the passages that have its words."""

    def __init__(
        self, context: Context, evidence: Sequence[Evidence], quoted_in: Sequence[Evidence]
    ) -> None:
        """Take the passages by words, and those around where its quotations stand."""
        self._context, self._quoted_in = context, quoted_in
        distinct = {each.passage.address: each for each in (*quoted_in, *evidence)}
        self._evidence = tuple(distinct.values())
        self._quoted = {each.passage.address for each in quoted_in}

    def check(
        self, text: str, language: str, named: Sequence[str], said_by: str | None
    ) -> list[Finding]:
        """Return a finding for each fact in the words of a sentence, in their order."""
        dates = dates_in(text, language)
        placed = place_names(text, named, self._called())
        findings = [
            self._speaker(each) if each.full == said_by else self._name(each, placed)
            for each in placed
        ]
        findings += [self._date(each, dates) for each in dates]
        numbers = quantities_in(text, language, dates)
        findings += [self._number(each, numbers) for each in numbers]
        return sorted(findings, key=lambda finding: finding.start)

    def _called(self) -> set[str]:
        """Return the last words of all names in the passages."""
        names = (name.words for each in self._evidence for name in each.names)
        return {words[-1] for words in names if words}

    def _covered(self, fact: Span) -> list[tuple[float, Evidence]]:
        """Return the passages that have enough of the sentence, best first.

        Those around its quotations are always among them.
        """
        rated = [(self._context.coverage(each, fact), each) for each in self._evidence]
        best = max((share for share, _ in rated), default=0.0)
        least = max(TOGETHER, OF_BEST * best)
        enough = [one for one in rated if one[0] >= least or self._is_beside(one[1])]
        return sorted(enough, key=lambda one: -one[0])

    def _number(self, number: Quantity, among: Sequence[Quantity]) -> Finding:
        fact = number.start, number.end
        agreeing: list[_Match] = []
        differing: list[_Match] = []
        for share, evidence in self._covered(fact):
            may_differ = self._is_about_the_same(share, evidence, fact)
            for other in evidence.quantities:
                place = other.start, other.end
                near = self._context.nearness(fact, evidence, place)
                match = _Match(share, share + near, evidence, place, other.text)
                if number.equals(other) or number.is_near(other):
                    if near >= NEXT_TO or not _is_small(number) or self._is_beside(evidence):
                        agreeing.append(match)
                elif may_differ and self._may_differ(number, other, among, near):
                    likely = self._context.touching(fact, evidence, place) * TOUCHING
                    score = match.score + likely + _closeness(number, other) * CLOSE
                    differing.append(replace(match, score=score))
        return self._finding(Subject.NUMBER, number.text, fact, agreeing, differing)

    def _is_about_the_same(self, share: float, evidence: Evidence, fact: Span) -> bool:
        """Tell whether a passage has so much of a sentence that another fact may be meant."""
        return share >= INSTEAD and self._context.shared(evidence, fact) >= FEWEST_SHARED

    def _is_beside(self, evidence: Evidence) -> bool:
        return evidence.passage.address in self._quoted

    @staticmethod
    def _may_differ(
        number: Quantity, other: Quantity, among: Sequence[Quantity], near: float
    ) -> bool:
        """Tell whether another number may stand for this one: of its kind, and no other fact."""
        if not number.is_of_kind(other):
            return False
        is_telling = bool(number.unit) and number.unit == other.unit and number.unit != ORDINAL
        return (near >= NEXT_TO or is_telling) and not any(each.equals(other) for each in among)

    def _date(self, date: DatedWords, among: Sequence[DatedWords]) -> Finding:
        fact = date.start, date.end
        agreeing: list[_Match] = []
        differing: list[_Match] = []
        vaguer: list[_Match] = []  # "April 2018" for "30 April 2018": no other date
        for share, evidence in self._covered(fact):
            may_differ = self._is_about_the_same(share, evidence, fact)
            for other in evidence.dates:
                place = other.start, other.end
                near = self._context.nearness(fact, evidence, place)
                match = _Match(share, share + near, evidence, place, other.text)
                if _agree(date, other):
                    agreeing.append(match)
                elif may_differ and not any(_agree(each, other) for each in among):
                    shared = sum(
                        mine == theirs != 0
                        for mine, theirs in zip(date.parts, other.parts, strict=True)
                    )
                    if near >= NEXT_TO or shared >= 2:
                        score = match.score + shared / 4
                        kind = vaguer if _agree(other, date) else differing
                        kind.append(_Match(share, score, evidence, place, other.text))
            if _is_of_document(date, evidence):
                note = "the date of the document"
                agreeing.append(
                    _Match(share, share, evidence, (0, 0), evidence.document.date, note)
                )
        differing += [] if agreeing else vaguer
        return self._finding(Subject.DATE, date.text, fact, agreeing, differing)

    def _name(self, name: NamePlace, among: Sequence[NamePlace]) -> Finding:
        fact = name.start, name.end
        agreeing: list[_Match] = []
        differing: list[_Match] = []
        words = folded(name.full)
        for share, evidence in self._covered(fact):
            same = next(_same(words, folded(name.text), evidence), None)
            if same is not None:
                near = self._context.nearness(fact, evidence, (same.start, same.end))
                place = same.start, same.end
                agreeing.append(_Match(share, share + near, evidence, place, same.text))
            elif self._is_about_the_same(share, evidence, fact):
                differing += self._other_names(name, among, share, evidence)
        return self._finding(Subject.NAME, name.text, fact, agreeing, differing)

    def _other_names(
        self, name: NamePlace, among: Sequence[NamePlace], share: float, evidence: Evidence
    ) -> Iterator[_Match]:
        for other in evidence.names:
            if any(is_same_name(folded(each.full), other.words) for each in among):
                continue
            place = other.start, other.end
            near = self._context.nearness((name.start, name.end), evidence, place)
            alike = SequenceMatcher(None, folded(name.full), other.words).ratio()
            letters = SequenceMatcher(None, name.full.casefold(), other.text.casefold()).ratio()
            if near >= NEXT_TO or letters >= ALIKE:
                yield _Match(
                    share, share + near + letters / 2 + alike / 4, evidence, place, other.text
                )

    def _speaker(self, name: NamePlace) -> Finding:
        """Look for the speaker of a quotation where it stands, and beside it."""
        words, short = folded(name.full), folded(name.text)
        fact = name.start, name.end
        for evidence in self._quoted_in:
            document = evidence.document
            about = (document.author, document.title, document.source)
            is_of_document = any(is_same_name(words, folded(each)) for each in about if each)
            if is_of_document or next(_same(words, short, evidence), None):
                detail = f"Named with the quotation in {evidence.passage.address}."
                place = Place(*evidence.placed)
                return Finding(
                    Subject.SPEAKER, Status.AGREES, name.text, *fact, detail, "", (place,)
                )
        first = self._quoted_in[0]
        there = ", ".join(dict.fromkeys(n.text for e in self._quoted_in for n in e.names))
        detail = f"Not named in {first.passage.address}, where the quotation stands, or beside it."
        return Finding(
            Subject.SPEAKER,
            Status.DIFFERS,
            name.text,
            *fact,
            detail,
            there,
            (Place(*first.placed),),
        )

    def _finding(
        self,
        subject: Subject,
        text: str,
        fact: Span,
        agreeing: Sequence[_Match],
        differing: Sequence[_Match],
    ) -> Finding:
        """Decide between the best of both."""
        agrees = max(agreeing, key=self._worth, default=None)
        differs = max(differing, key=_score, default=None)
        is_sure = agrees is not None and self._is_beside(agrees.evidence)
        if agrees and (is_sure or not (differs and _is_nearer(differs, agrees))):
            return self._resting_on(subject, Status.AGREES, text, fact, agrees)
        if differs:
            return self._resting_on(subject, Status.DIFFERS, text, fact, differs)
        detail = f"In no passage with the words of the sentence{self._elsewhere(subject, text)}."
        return Finding(subject, Status.MISSING, text, *fact, detail)

    def _worth(self, match: _Match) -> tuple[bool, float]:
        """Return how near a fact is; where the sentence's quotation stands, it is nearest."""
        return self._is_beside(match.evidence), match.score

    def _elsewhere(self, subject: Subject, text: str) -> str:
        """Say where else a name stands, if it does."""
        if subject is not Subject.NAME:
            return ""
        address = self._context.elsewhere(text)
        return f"; elsewhere in {address}" if address else ", nor anywhere else"

    def _resting_on(
        self, subject: Subject, status: Status, text: str, fact: Span, match: _Match
    ) -> Finding:
        passage = match.evidence.passage
        address = passage.address
        marks = (match.place,) if match.place != (0, 0) else ()
        place = Place(*match.evidence.placed, marks)
        is_same = status is Status.AGREES
        where = f"as {match.note} of {address}" if match.note else f"in {address}"
        there, shown = match.text, text
        if subject is Subject.NUMBER:
            there = self._context.counted(passage.text, match.place)
            shown = self._context.counted(self._context.text, fact)
        differing = f"Draft: {shown}; documents: {there}, {address}."
        detail = f"Found {where}." if is_same else differing
        return Finding(subject, status, text, *fact, detail, match.text, (place,))


def _is_nearer(differs: _Match, agrees: _Match) -> bool:
    """Tell whether another fact is so much nearer that the one which agrees is there by chance."""
    has_more = differs.share > agrees.share
    return has_more and differs.score > agrees.score + LEAD


def _score(match: _Match) -> float:
    return match.score


def _closeness(one: Quantity, other: Quantity) -> float:
    """Return how near the values of two numbers are, 1 for the same and 0 for a zero."""
    mine, theirs = abs(one.values[0]), abs(other.values[0])
    return min(mine, theirs) / max(mine, theirs, 1e-9)


def _is_small(number: Quantity) -> bool:
    return not number.unit and max(number.values) <= SMALL_NUMBER


def _agree(date: DatedWords, other: DatedWords) -> bool:
    """Tell whether what the documents say lies within what the draft says; a year may be unsaid."""
    if date.year and other.year:
        return date.contains(other)
    return bool(date.day) and (date.month, date.day) == (other.month, other.day)


def _is_of_document(date: DatedWords, evidence: Evidence) -> bool:
    known = dates_in(evidence.document.date, "en")
    return bool(date.day and known and date.contains(known[0]))


def _same(words: Sequence[str], short: Sequence[str], evidence: Evidence) -> Iterator[Named]:
    """Yield the name in a passage that is this one, in full or as the sentence has it."""
    for other in evidence.names:
        if is_same_name(words, other.words):
            yield other
    for form in (words, short):
        place = evidence.place_of(form) if form else None
        if place:
            yield Named(evidence.passage.text[slice(*place)], tuple(form), *place)
