"""A second look at the best passages: what stands over them, and what the first of them share.

The best by BM25 are put in order once more (Rocchio, "Relevance Feedback in Information
Retrieval", 1971, without asking anybody: the first few are taken to be relevant). A passage gains
where a word of the query stands in its document's title or its heading, and where it has words
that several of the first have and few others do. Nothing comes in that has not matched, passages
with all the words stay first, and what follows the window keeps its place. bench/RANKING.md has
what else was tried.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Protocol

from backstory.engine.query import And, Bag, Boost, Or, Query, Term
from backstory.engine.ranking import order, total
from backstory.engine.stopwords import BY_LANGUAGE


@dataclass(frozen=True, slots=True)
class Feedback:
    """How it is done.

    `window` passages are put in order anew, more where the query has many words: `per_word` for
    each, up to `most`. `terms` words are learnt of the first `passages`, and
    give together at most `weight` of what the query's words can give; a word of the query in a
    title or heading gives `heading` of what it can give in the text.
    """

    weight: float = 0.6
    heading: float = 0.07
    window: int = 50
    per_word: int = 20
    most: int = 200
    passages: int = 5
    terms: int = 10

    def window_for(self, query: Query) -> int:
        """Return how many passages are looked at again."""
        words = sum(1 for _ in loose_words(query))
        return max(self.window, min(self.per_word * words, self.most))


@dataclass(slots=True)
class Candidate:
    """A passage in the window: where it is, its points, and what it has gained.

    `place` gives the document's id and the passage's number for `at`, where they are wanted.
    """

    at: int
    points: float
    is_full: bool
    place: Callable[[int], tuple[str, int]]
    heading: float = 0.0
    related: float = 0.0
    score: float = field(init=False)
    _address: tuple[str, int] | None = None

    def __post_init__(self) -> None:
        self.score = self.points

    def add_up(self) -> None:
        """Let the score be all of its points."""
        self.score = self.points + self.heading + self.related

    @property
    def address(self) -> tuple[str, int]:
        """The id of its document, and its number there."""
        if self._address is None:
            self._address = self.place(self.at)
        return self._address

    @property
    def document(self) -> str:
        """The id of its document."""
        return self.address[0]

    @property
    def key(self) -> tuple[bool, float, str, int]:
        """Its place in the order of hits."""
        return order(self.is_full, self.score, *self.address)


def ordered(
    candidates: Iterable[Candidate], first: int = 0, last: int | None = None
) -> list[Candidate]:
    """Return candidates in the order of hits.

    Those that tie are told apart by their addresses, which takes longer than all else: where not
    all places are wanted, only those that reach into the places from `first` to before `last`.
    """
    full: list[Candidate] = []
    rest: list[Candidate] = []
    for candidate in candidates:
        (full if candidate.is_full else rest).append(candidate)
    end = len(full) + len(rest) if last is None else last
    return _by_score(full, first, end) + _by_score(rest, first - len(full), end - len(full))


def _by_score(tier: list[Candidate], first: int, last: int) -> list[Candidate]:
    tier.sort(key=attrgetter("score"), reverse=True)
    scores = [candidate.score for candidate in tier]
    if len(set(scores)) == len(scores):
        return tier
    at = 0
    while at < min(last, len(tier)):
        end = at + 1
        while end < len(tier) and scores[end] == scores[at]:
            end += 1
        if end > max(at + 1, first):
            tier[at:end] = sorted(tier[at:end], key=attrgetter("address"))
        at = end
    return tier


class Window(Protocol):
    """What a backend tells of the passages in the window; stems are `language:stem`."""

    def stems(self, at: int) -> Collection[str]:
        """Return the stems of a passage, without those of words that carry no subject."""

    def headed(self, stem: str) -> Collection[int]:
        """Return the passages of the window that have a stem in their title or heading."""

    def weight(self, stem: str) -> float:
        """Return what BM25 gives at most for a stem; 0 where no passage has it."""

    def points(self, stem: str) -> Mapping[int, float]:
        """Return what BM25 gives each passage of the window that has a stem."""


@dataclass(frozen=True, slots=True)
class Reranked:
    """The window in its new order, and the words that were learnt with their weights."""

    candidates: list[Candidate]
    learnt: dict[str, float] = field(default_factory=dict)


def rerank(
    query: Query, candidates: Sequence[Candidate], window: Window, feedback: Feedback
) -> Reranked:
    """Put the candidates, the best first, in order anew."""
    words = list(loose_words(query))
    by_place = {candidate.at: candidate for candidate in candidates}
    _add_headings(words, by_place, window, feedback.heading)
    if len(words) < 2 or not feedback.weight:
        return Reranked(ordered(candidates))
    first = ordered(candidates, last=feedback.passages)
    learnt = _learnt(first[: feedback.passages], window, feedback.terms)
    share = feedback.weight * total(factor for _, factor in words) / (total(learnt.values()) or 1.0)
    for stem, value in learnt.items():
        for at, points in window.points(stem).items():
            by_place[at].related += share * value * points
    for candidate in first:
        candidate.add_up()
    return Reranked(ordered(first), learnt)


def loose_words(query: Query, factor: float = 1.0) -> Iterator[tuple[Term, float]]:
    """Yield the words that may stand in any form, with how much each counts."""
    match query:
        case Term():
            yield query, factor
        case Boost(child, more):
            yield from loose_words(child, factor * more)
        case And(nodes) | Or(nodes):
            for node in nodes:
                yield from loose_words(node, factor)
        case Bag(some, must):
            for node in (*must, *some):
                yield from loose_words(node, factor)


def _add_headings(
    words: Sequence[tuple[Term, float]],
    candidates: Mapping[int, Candidate],
    window: Window,
    share: float,
) -> None:
    for word, factor in words:
        weights = [weight for stem in word.stems if (weight := window.weight(stem))]
        points = share * factor * min(weights, default=0.0)
        for at in set().union(*map(window.headed, word.stems)):
            candidates[at].heading += points
    for candidate in candidates.values():
        candidate.add_up()


def _learnt(first: Sequence[Candidate], window: Window, most: int) -> dict[str, float]:
    """Return the stems that the first passages share most, rare ones before common ones."""
    best = first[0].score if first else 0.0
    found: dict[str, list[float]] = {}
    for candidate in first:
        for stem in window.stems(candidate.at):
            found.setdefault(stem, []).append(candidate.score / (best or 1.0))
    shared = {stem: total(held) for stem, held in found.items() if len(held) > 1}
    worth = {stem: value * window.weight(stem) for stem, value in shared.items()}
    return dict(sorted(worth.items(), key=lambda entry: (-entry[1], entry[0]))[:most])


def subjects(pairs: Iterable[tuple[str, str]], language: str) -> set[str]:
    """Return the stems of (surface, stem)s without those of words that carry no subject."""
    common = BY_LANGUAGE.get(language, frozenset())
    return {stem for surface, stem in pairs if surface not in common}
