"""A quotation looked for in the documents: word for word, almost so, joined from two, or not there.

It is laid over the passages with its rarest words and with phrases from its beginning and its end,
also over two that follow one another. Nearly the same is what has NEAR of the words in order. Two
pieces that stand word for word in different places make a quotation that is joined.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backstory.engine.matching import Span
from backstory.searcher.draft_check.alignment import (
    Alignment,
    Change,
    Kind,
    Part,
    Step,
    align,
    parts_of,
)
from backstory.searcher.draft_check.documents import Documents, Placed
from backstory.searcher.draft_check.joins import Join, join
from backstory.searcher.draft_check.report import Difference, Outcome, Place
from backstory.searcher.draft_check.words import Word
from backstory.searcher.misreadings import are_alike

NEAR = 0.5  # of the words of a quotation that is almost there: see bench/README.md
MOST_PARTS = 500  # words of a quotation that are compared: aligning takes time for each
CANDIDATES = 20  # passages by rare words
BY_PHRASE = 12  # passages for each phrase
ALIGNED = 6  # candidates over which a quotation is laid
BESIDE = 3  # of them also with the passages before and behind
MOST_PLACES = 3  # that are named for words which stand in several
JOIN_COSTS = 2  # words that may differ before a joined quotation is the better account
EDGE = 4  # words at the beginning and the end that lead to the pieces of a joined quotation


@dataclass(frozen=True, slots=True)
class QuotationMatch:
    """How a quotation stands in the documents, where, and what differs."""

    outcome: Outcome
    places: tuple[Place, ...] = ()
    differences: tuple[Difference, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Stretch:
    """One passage or two in a row, with their words and where the second one's begin."""

    placed: tuple[Placed, ...]
    words: Sequence[Word]
    second: int

    def places(self, covered: Sequence[int]) -> tuple[Place, ...]:
        """Return the passages whose words are covered, each with its mark."""
        lots = [[n for n in covered if n < self.second], [n for n in covered if n >= self.second]]
        return tuple(
            Place(*placed, (self._mark(lot),))
            for placed, lot in zip(self.placed, lots, strict=False)
            if lot
        )

    def _mark(self, lot: Sequence[int]) -> Span:
        return self.words[lot[0]].start, self.words[lot[-1]].end


@dataclass(frozen=True, slots=True)
class _Laid:
    stretch: _Stretch
    alignment: Alignment


def find_quotation(text: str, documents: Documents, language: str) -> QuotationMatch:
    """Look for a quotation of some words in the documents."""
    parts = parts_of(text)[:MOST_PARTS]
    words = [part for part in parts if part.kind is Kind.WORD]
    if not words:
        return QuotationMatch(Outcome.MISSING)
    candidates = _candidates(parts, words, documents, language)
    laid = list(_laid(parts, candidates, documents))
    exact = [each for each in laid if each.alignment.is_exact]
    if exact:
        return _exact(exact, parts)
    best = min(laid, key=lambda each: each.alignment.cost, default=None)
    cost = best.alignment.cost if best else len(words)
    joined = join(words, candidates, documents) if len(words) >= 2 * EDGE - 2 else None
    if joined and joined.cost + JOIN_COSTS <= cost:
        return _joined(joined, words, documents)
    if best and _likeness(best.alignment, words) >= NEAR:
        places = best.stretch.places(best.alignment.words)
        return QuotationMatch(Outcome.ALMOST, places, _differences(best), _notes(best, parts))
    return QuotationMatch(Outcome.MISSING, tuple(Place(*one) for one in candidates[:1]))


def _candidates(
    parts: Sequence[Part], words: Sequence[Part], documents: Documents, language: str
) -> list[Placed]:
    """Return passages that may have the quotation, those with the most of its words first."""
    runs = sorted(_runs(parts), key=len, reverse=True)[:2]
    half = len(words) // 2
    probes = [*runs, words[:EDGE], words[-EDGE:]]
    if half > EDGE:
        probes += [words[:half], words[half:]]
    lots = [documents.by_phrase(probe, language, BY_PHRASE) for probe in probes if len(probe) > 1]
    surfaces = documents.surfaces(" ".join(word.text for word in words), language)
    lots.append(documents.by_words(surfaces, CANDIDATES))
    distinct = {placed[1].address: placed for lot in lots for placed in lot}
    weights = {word.key: documents.weight(word.key) for word in words}

    def share(placed: Placed) -> float:
        keys = {word.key for word in documents.words(placed[1])}
        return sum(weight for key, weight in weights.items() if key in keys)

    return sorted(distinct.values(), key=share, reverse=True)


def _runs(parts: Sequence[Part]) -> Iterator[list[Part]]:
    """Yield the words between ellipses and brackets."""
    run: list[Part] = []
    for part in parts:
        if part.kind is Kind.WORD:
            run.append(part)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _laid(
    parts: Sequence[Part], candidates: Sequence[Placed], documents: Documents
) -> Iterator[_Laid]:
    """Yield the quotation laid over candidates; over two in a row unless one alone has it all."""
    alone = []
    for placed in candidates[:ALIGNED]:
        words = documents.words(placed[1])
        stretch = _Stretch((placed,), words, len(words))
        alone.append(_lay(parts, stretch))
    yield from alone
    if any(each.alignment.is_exact for each in alone):
        return
    for placed in candidates[:BESIDE]:
        for first, second in (
            (documents.neighbour(placed, -1), placed),
            (placed, documents.neighbour(placed, 1)),
        ):
            if first and second:
                before, after = documents.words(first[1]), documents.words(second[1])
                stretch = _Stretch((first, second), [*before, *after], len(before))
                yield _lay(parts, stretch)


def _lay(parts: Sequence[Part], stretch: _Stretch) -> _Laid:
    is_scanned = any(passage.confidence is not None for _, passage in stretch.placed)
    return _Laid(stretch, align(parts, stretch.words, are_alike if is_scanned else None))


def _likeness(alignment: Alignment, words: Sequence[Part]) -> float:
    """Return the share of words that agree, of the longer of the two sides."""
    dropped = sum(step.change is Change.DROPPED for step in alignment.steps)
    return 1 - alignment.cost / (len(words) + dropped)


def _exact(exact: Sequence[_Laid], parts: Sequence[Part]) -> QuotationMatch:
    places = [each.stretch.places(each.alignment.words) for each in exact]
    first = exact[0]
    distinct: dict[tuple[str, ...], tuple[Place, ...]] = {}
    for lot in places:
        distinct.setdefault(tuple(place.address for place in lot), lot)
    many = tuple(place for lot in [*distinct.values()][:MOST_PLACES] for place in lot)
    is_plain = all(part.kind is Kind.WORD for part in parts)
    shown = () if is_plain else _differences(first)
    return QuotationMatch(Outcome.EXACT, many, shown, _notes(first, parts))


def _notes(laid: _Laid, parts: Sequence[Part]) -> tuple[str, ...]:
    steps = laid.alignment.steps
    notes = []
    if any(part.kind is Kind.ELLIPSIS for part in parts):
        omitted = sum(step.change is Change.OMITTED and step.word is not None for step in steps)
        notes.append(f"an ellipsis leaves out {omitted} {'word' if omitted == 1 else 'words'}")
    if len(parts) == MOST_PARTS:
        notes.append(f"its first {MOST_PARTS} words are compared")
    if any(part.kind is Kind.BRACKETS for part in parts):
        notes.append("what stands in brackets is the editor's")
    passages = laid.stretch.places(laid.alignment.words)
    if len(passages) > 1:
        notes.append("it goes on in the next passage")
    if any(place.passage.confidence is not None for place in passages):
        notes.append("the passage was read from a scan")
    return tuple(notes)


def _differences(laid: _Laid) -> tuple[Difference, ...]:
    """Return the steps as runs of the same kind, in words as they stand."""
    runs: list[tuple[Change, list[Step]]] = []
    for step in laid.alignment.steps:
        if runs and runs[-1][0] is step.change:
            runs[-1][1].append(step)
        else:
            runs.append((step.change, [step]))
    return tuple(
        Difference(
            change.value,
            " ".join(_shown(step.part) for step in steps if step.part),
            " ".join(laid.stretch.words[s.word].text for s in steps if s.word is not None),
        )
        for change, steps in runs
    )


def _shown(part: Part) -> str:
    return f"[{part.text}]" if part.kind is Kind.BRACKETS else part.text


def _joined(joined: Join, words: Sequence[Part], documents: Documents) -> QuotationMatch:
    places = tuple(
        Place(*piece.placed, (piece.span(documents.words(piece.placed[1])),))
        for piece in joined.pieces
    )
    first, last = (" ".join(words[n].text for n in piece.parts) for piece in joined.pieces)
    between = [words[n].text for n in joined.between]
    differences = [Difference(Change.SAME.value, first, first)]
    if between:
        differences.append(Difference(Change.ADDED.value, " ".join(between), ""))
    differences.append(Difference(Change.SAME.value, last, last))
    return QuotationMatch(Outcome.JOINED, places, tuple(differences))
