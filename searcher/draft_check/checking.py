"""The check itself: from a draft to findings, sentence by sentence, over one commit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from backstory.engine.errors import DraftTooLong
from backstory.engine.indexes.contract import Snapshot
from backstory.engine.names import names
from backstory.engine.ranking import BM25
from backstory.searcher.draft_check.blocks import read_draft
from backstory.searcher.draft_check.documents import Documents, Placed
from backstory.searcher.draft_check.evidence import Context, Evidence
from backstory.searcher.draft_check.fact_checking import FactChecker
from backstory.searcher.draft_check.quotation_marks import Quoted
from backstory.searcher.draft_check.quotations import QuotationMatch, find_quotation
from backstory.searcher.draft_check.report import (
    CheckedSentence,
    DraftCheck,
    Finding,
    Outcome,
    Place,
    Status,
    Subject,
)
from backstory.searcher.draft_check.sentences import DraftSentence, sentences_in
from backstory.searcher.draft_check.speakers import speaker

MOST_CHARACTERS = 200_000  # some 30,000 words: longer than any article
MOST_SENTENCES, MOST_QUOTATIONS = 5_000, 1_000  # each takes some hundredths of a second
CANDIDATES = 12  # passages by the words of a sentence
SUPPORT = 3  # passages that are shown for a sentence
SUPPORTING = 0.3  # of the weight of a sentence's words, in a passage that is shown for it

Nearest = Callable[[str], Sequence[Place]]

_OUTCOMES = {
    Outcome.EXACT: (Status.AGREES, "Word for word in {places}"),
    Outcome.ALMOST: (Status.DIFFERS, "Almost so in {places}"),
    Outcome.JOINED: (Status.DIFFERS, "Joined from words that stand apart, in {places}"),
    Outcome.MISSING: (Status.MISSING, "In no passage"),
}


def check_draft(
    text: str, snapshot: Snapshot, ranking: BM25, by_meaning: Nearest | None = None
) -> DraftCheck:
    """Check a draft, plain text or Markdown, against one commit.

    `by_meaning` returns the passages nearest to a sentence where a model is installed. Raises
    DraftTooLong.
    """
    if len(text) > MOST_CHARACTERS:
        raise DraftTooLong(len(text), MOST_CHARACTERS)
    draft = read_draft(text)
    sentences = sentences_in(draft)
    if len(sentences) > MOST_SENTENCES:
        raise DraftTooLong(len(sentences), MOST_SENTENCES, "sentences")
    quoted = sum(len(sentence.quoted) for sentence in sentences)
    if quoted > MOST_QUOTATIONS:
        raise DraftTooLong(quoted, MOST_QUOTATIONS, "quotations")
    documents = Documents(snapshot, ranking)
    language = documents.language_of(draft.plain)
    outside = [sentence.outside(draft.plain) for sentence in sentences]
    named = names([each.strip() or "." for each in outside], language)
    checker = _Checker(documents, by_meaning)
    checked = [
        checker.check(n, sentence, draft.plain, words, called)
        for n, (sentence, words, called) in enumerate(
            zip(sentences, outside, named, strict=True), 1
        )
    ]
    shown = tuple(replace(each, text=text[each.start : each.end]) for each in checked)
    return DraftCheck(text, shown, snapshot.statistics.generation, language)


class _Checker:
    """Checks the sentences of one draft; keeps what it has read of the documents."""

    def __init__(self, documents: Documents, by_meaning: Nearest | None) -> None:
        self._documents, self._by_meaning = documents, by_meaning
        self._evidence: dict[str, Evidence] = {}

    def check(
        self, number: int, sentence: DraftSentence, plain: str, outside: str, named: Sequence[str]
    ) -> CheckedSentence:
        """Check a sentence; `outside` is what it says in words of its own, `named` its names."""
        whole = plain[sentence.start : sentence.end]
        language = self._documents.language_of(whole)
        quotations = [self._quotation(each, plain, language) for each in sentence.quoted]
        agreeing = [each for each in quotations if each.status is not Status.MISSING]
        quoted = [place for each in agreeing for place in each.places]
        context = Context(outside, language, self._documents)
        evidence = self._for(outside, language)
        quoted_in = [self._known(each) for place in quoted for each in self._around(place)]
        said_by = speaker(outside, named) if quoted else None
        facts = FactChecker(context, evidence, quoted_in).check(outside, language, named, said_by)
        findings = [*quotations, *(fact.moved(sentence.start) for fact in facts)]
        findings.sort(key=lambda finding: finding.start)
        support = self._support(whole, context, evidence, quoted)
        return CheckedSentence(
            number, whole, sentence.start, sentence.end, tuple(findings), support
        )

    def _quotation(self, quoted: Quoted, plain: str, language: str) -> Finding:
        match = find_quotation(plain[quoted.start : quoted.end], self._documents, language)
        return _of_quotation(match, plain, quoted.start, quoted.end)

    def _for(self, outside: str, language: str) -> list[Evidence]:
        surfaces = self._documents.surfaces(outside, language)
        return [self._known(one) for one in self._documents.by_words(surfaces, CANDIDATES)]

    def _known(self, placed: Placed) -> Evidence:
        address = placed[1].address
        if address not in self._evidence:
            self._evidence[address] = Evidence(placed, self._documents)
        return self._evidence[address]

    def _around(self, place: Place) -> list[Placed]:
        placed = place.document, place.passage
        beside = (self._documents.neighbour(placed, step) for step in (-1, 1))
        return [placed, *filter(None, beside)]

    def _support(
        self,
        whole: str,
        context: Context,
        evidence: Sequence[Evidence],
        quoted: Sequence[Place],
    ) -> tuple[Place, ...]:
        """Return where its quotations stand, then the passages nearest to a sentence."""
        if self._by_meaning is not None:
            near = list(self._by_meaning(whole))
        else:
            rated = sorted(
                ((context.coverage(e), -n) for n, e in enumerate(evidence)), reverse=True
            )
            best = (evidence[-n] for share, n in rated if share >= SUPPORTING)
            near = [Place(*each.placed) for each in best]
        distinct: dict[str, Place] = {}
        for place in (*quoted, *near):
            distinct.setdefault(place.address, place)
        return tuple(distinct.values())[:SUPPORT]


def _of_quotation(match: QuotationMatch, plain: str, start: int, end: int) -> Finding:
    status, sentence = _OUTCOMES[match.outcome]
    detail = sentence.format(places=" and ".join(place.address for place in match.places[:2]))
    if match.outcome is Outcome.MISSING and match.places:
        detail += f"; the nearest is {match.places[0].address}"
    notes = "".join(f"; {note}" for note in match.notes)
    return Finding(
        Subject.QUOTATION,
        status,
        " ".join(plain[start:end].split()),
        start,
        end,
        f"{detail}{notes}.",
        " ".join(each.documents for each in match.differences if each.documents),
        match.places,
        match.outcome,
        match.differences,
    )
