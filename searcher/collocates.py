"""Collocates: the words that occur near a query's words more often than by chance.

A word counts once for each passage in which it occurs near a mark, because the index has document
frequencies and not occurrences. If words were spread at random, the windows around the marks would
have the same share of a word's passages as they have of all the words in the index. The deviation
from that is scored by the log-likelihood ratio (T. Dunning, 1993), as NLTK computes it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from backstory.engine.analysis import Analyzer, Token
from backstory.engine.hits import Hit, SearchResult
from backstory.engine.indexes.contract import Snapshot
from backstory.engine.languages import is_stopword
from backstory.engine.matching import Span
from backstory.engine.query import Forms
from backstory.engine.tokens import plain, unsigned
from backstory.searcher.whole import left_out

WINDOW = 5
SHOWN = 20
FEWEST = 2
LEAST = 3.84  # what chance exceeds once in twenty times: chi-square, one degree of freedom


@dataclass(frozen=True, slots=True)
class Collocate:
    """A word in its most frequent spelling; it is near a mark in `near` of its `passages`."""

    word: str
    near: int
    passages: int
    score: float

    def to_json(self) -> dict[str, Any]:
        """Return the stable field names of `query --collocates --json`."""
        record = {name: getattr(self, name) for name in self.__slots__}
        return {**record, "score": round(self.score, 3)}


@dataclass(frozen=True, slots=True)
class Collocates:
    """The collocates of a result, highest score first; `total` includes those left out."""

    result: SearchResult
    words: tuple[Collocate, ...]
    total: int

    def __iter__(self) -> Iterator[Collocate]:
        return iter(self.words)

    def __len__(self) -> int:
        return len(self.words)

    @property
    def limits(self) -> tuple[str, ...]:
        """Sentences that say what was not counted."""
        said = left_out(self.result)
        if len(self) < self.total:
            said += (f"Only the first {len(self):,} of {self.total:,} collocates.",)
        return said


def collocates(
    result: SearchResult, snapshot: Snapshot, *, window: int = WINDOW, most: int = SHOWN
) -> Collocates:
    """Find the words at most `window` words away from the marks of a result.

    `snapshot` is the commit that the result comes from. The query's own words, stop words, words
    that stand near in a single passage and those that chance explains are no collocates.
    """
    near = _Near()
    for hit in result:
        near.add(hit, snapshot.analyzer, window)
    rows = list(_scored(near, snapshot))
    rows.sort(key=lambda each: (-each.score, -each.near, each.word))
    return Collocates(result, tuple(rows[: max(most, 0)]), len(rows))


@dataclass(slots=True)
class _Near:
    """What the windows contain: how many words, the passages, surface forms and spellings of each.

    Words are without traces: *half-finished* has the word *half*.
    """

    words: int = 0
    passages: Counter[str] = field(default_factory=Counter)
    forms: dict[str, set[str]] = field(default_factory=dict)
    spellings: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, hit: Hit, analyzer: Analyzer, window: int) -> None:
        tokens = list(analyzer.tokens(hit.text, hit.language))
        nearby = _nearby(tokens, hit.marks, window)
        self.words += len(nearby)
        content = [t for t in (tokens[position] for position in nearby) if not _is_stopword(t, hit)]
        self.passages.update({plain(token.surface) for token in content})
        for token in content:
            word, spelling = plain(token.surface), hit.text[token.start : token.end]
            self.forms.setdefault(word, set()).add(token.surface)
            self.spellings.setdefault(word, Counter())[unsigned(spelling)] += 1

    def spelling(self, word: str) -> str:
        return min(self.spellings[word].items(), key=lambda entry: (-entry[1], entry[0]))[0]


def _nearby(tokens: Sequence[Token], marks: Sequence[Span], window: int) -> list[int]:
    """Return the positions of the words near marks, those in marks left out."""
    marked = _marked(tokens, marks)
    reached = {
        position
        for mark in marked
        for position in range(max(mark - window, 0), min(mark + window + 1, len(tokens)))
    }
    return sorted(reached - marked)


def _marked(tokens: Sequence[Token], marks: Sequence[Span]) -> set[int]:
    positions, i = set(), 0
    for start, end in marks:
        while i < len(tokens) and tokens[i].end <= start:
            i += 1
        while i < len(tokens) and tokens[i].start < end:
            positions.add(i)
            i += 1
    return positions


def _is_stopword(token: Token, hit: Hit) -> bool:
    return is_stopword(token.surface, (hit.language,))


def _scored(near: _Near, snapshot: Snapshot) -> Iterator[Collocate]:
    from nltk.metrics.association import BigramAssocMeasures  # 0.2 s: only for collocates

    words = snapshot.statistics.words
    for word, count in near.passages.items():
        forms = Forms(word, tuple(sorted(near.forms[word])))
        passages = snapshot.count(forms) if count >= FEWEST else 0
        if passages and count * words > near.words * passages:
            score = BigramAssocMeasures.likelihood_ratio(count, (near.words, passages), words)
            if score >= LEAST:
                yield Collocate(near.spelling(word), count, passages, score)
