"""Passages in other documents that are about the same, and why they are.

A passage is asked for by its own words: those that say most about it, in every language of the
index, so that names, numbers and cognates lead from one language to another. Of what comes back
the best of each document is shown, no text twice, with the names, dates, numbers and words that
both passages have.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from itertools import chain

from backstory.engine.documents import Document, Passage
from backstory.engine.hits import Hit, Related, RetrievedPassage, Shared
from backstory.engine.indexes.contract import Snapshot
from backstory.engine.languages import stop_words
from backstory.engine.query import BagOfWords, Boost, Query, Term
from backstory.engine.ranking import BM25
from backstory.searcher.duplicates import ALIKE, Shingles, likeness, shingles
from backstory.searcher.retrieval import read_passages

ASKED = 16  # words of the passage that are asked for
FEWEST = 6  # of those are asked for however frequent they are
POSTINGS = 5_000  # in the lists of all
LOOKED_AT = 12  # passages that are looked at for each that is shown
MOST_SHARED = 6
NAMED = 1.5
_NUMBER = re.compile(r"(?<![\w.,])\d[\d.,]*\d(?![\w])")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")


@dataclass(frozen=True, slots=True)
class _Read:
    """A passage with its words: each surface form that says something, with its stem.

    `words` are all in order, `named` those of its names.
    """

    document: Document
    passage: Passage
    surfaces: dict[str, str]
    words: tuple[str, ...]
    named: frozenset[str]
    numbers: tuple[str, ...]

    @property
    def shingles(self) -> Shingles:
        return shingles(self.words)


def related(
    snapshot: Snapshot, document: Document, passage: Passage, ranking: BM25, *, limit: int
) -> tuple[Related, ...]:
    """Return the best passage of each of the `limit` documents nearest to a passage."""
    read = _read(document, passage, snapshot)
    query = question([read], snapshot, ranking)
    found = read_passages(snapshot.retrieve(query, ranking, k=limit * LOOKED_AT).top, snapshot)
    shown: list[Related] = []
    held: list[Shingles] = []
    for one in found:
        taken = {other.hit.document for other in shown}
        if one.document.id == document.id or one.document.id in taken:
            continue
        other = _read(one.document, one.passage, snapshot)
        if any(likeness(other.shingles, earlier) >= ALIKE for earlier in held):
            continue
        shared = _shared(read, other, snapshot, ranking)
        if shared:
            is_copy = likeness(read.shingles, other.shingles) >= ALIKE
            shown.append(Related(Hit.of(one, len(shown) + 1, ()), shared, is_copy))
            held.append(other.shingles)
        if len(shown) == limit:
            break
    return tuple(shown)


def related_documents(
    snapshot: Snapshot,
    document: Document,
    passages: Sequence[Passage],
    ranking: BM25,
    *,
    limit: int,
) -> tuple[tuple[Document, tuple[Shared, ...]], ...]:
    """Return the documents nearest to a whole document, with what they share."""
    reads = [_read(document, passage, snapshot) for passage in passages]
    query = question(reads, snapshot, ranking, most=2 * ASKED)
    found = read_passages(snapshot.retrieve(query, ranking, k=limit * LOOKED_AT // 2).top, snapshot)
    points: dict[str, float] = {}
    seen: Counter[str] = Counter()
    first: dict[str, RetrievedPassage] = {}
    for one in found:
        # The three best passages of a document speak for it.
        if one.document.id != document.id and seen[one.document.id] < 3:
            seen[one.document.id] += 1
            points[one.document.id] = points.get(one.document.id, 0.0) + one.score
            first.setdefault(one.document.id, one)
    whole = _joined(reads)
    return tuple(
        (
            one.document,
            _shared(whole, _read(one.document, one.passage, snapshot), snapshot, ranking),
        )
        for one in (first[name] for name in sorted(points, key=lambda name: -points[name])[:limit])
    )


def question(
    reads: Sequence[_Read], snapshot: Snapshot, ranking: BM25, *, most: int = ASKED
) -> Query:
    """Return the query that asks for what the passages are about.

    Words that stand nowhere else are left out, and a word of a name counts more than another.
    In a large index frequent words are left out, too, once there are a few: they say little and
    cost most.
    """
    counts = Counter(surface for read in reads for surface in read.words)
    named = set().union(*(read.named for read in reads))
    stems = {surface: stem for read in reads for surface, stem in read.surfaces.items()}
    weighed: dict[str, tuple[float, Query, int]] = {}
    for surface, stem in stems.items():
        term = Term(surface, surface, _stems(surface, stem, snapshot))
        holders = snapshot.count(term)
        if holders < 2 or stem in weighed:
            continue
        factor = NAMED if surface in named else 1.0
        weight = ranking.weight(snapshot.statistics.passages, holders)
        worth = factor * weight * counts[surface] / (counts[surface] + 1)
        weighed[stem] = worth, term if factor == 1.0 else Boost(term, factor), holders
    chosen: list[Query] = []
    room = POSTINGS
    for _, (_, query, holders) in sorted(weighed.items(), key=lambda it: (-it[1][0], it[0])):
        if len(chosen) < FEWEST or (len(chosen) < most and holders <= room):
            chosen.append(query)
            room -= holders
    return BagOfWords(tuple(chosen))


def _stems(surface: str, stem: str, snapshot: Snapshot) -> tuple[str, ...]:
    others = (snapshot.analyzer.stem(surface, language) for language in snapshot.languages)
    return tuple(dict.fromkeys((stem, *others)))


def _read(document: Document, passage: Passage, snapshot: Snapshot) -> _Read:
    language = passage.language_in(document)
    pairs = snapshot.analyzer.terms(passage.text, language)
    small = stop_words(language)
    surfaces = {
        surface: stem
        for surface, stem in dict(pairs).items()
        if surface not in small and (len(surface) > 2 or surface.isupper())
    }
    named = frozenset(chain.from_iterable(map(snapshot.analyzer.surfaces, passage.names)))
    words = tuple(surface for surface, _ in pairs)
    return _Read(document, passage, surfaces, words, named, _numbers(passage.text))


def _joined(reads: Sequence[_Read]) -> _Read:
    names = tuple(dict.fromkeys(name for read in reads for name in read.passage.names))
    dates = tuple(dict.fromkeys(date for read in reads for date in read.passage.mentions))
    text = " ".join(read.passage.text for read in reads)
    first = reads[0]
    passage = Passage(first.document.id, 1, text, names=names, mentions=dates)
    surfaces = {surface: stem for read in reads for surface, stem in read.surfaces.items()}
    named = frozenset().union(*(read.named for read in reads))
    return _Read(first.document, passage, surfaces, tuple(surfaces), named, _numbers(text))


def _shared(one: _Read, other: _Read, snapshot: Snapshot, ranking: BM25) -> tuple[Shared, ...]:
    """Return what two passages have in common, what says most first."""
    names = _common(one.passage.names, other.passage.names)
    dates = _common(one.passage.mentions, other.passage.mentions)
    numbers = [n for n in _common(one.numbers, other.numbers) if not _YEAR.fullmatch(n)]
    words = _words(one, other, one.named & other.named, snapshot, ranking)
    shared = [
        *(Shared("name", name) for name in names[:3]),
        *(Shared("date", date) for date in dates[:2]),
        *(Shared("number", number) for number in numbers[:2]),
    ]
    room = max(MOST_SHARED - len(shared), 2)
    return (*shared, *(Shared("word", word) for word in words[:room]))


def _words(
    one: _Read, other: _Read, known: Set[str], snapshot: Snapshot, ranking: BM25
) -> list[str]:
    stems = set(other.surfaces.values())
    passages = snapshot.statistics.passages
    found: dict[str, tuple[float, str]] = {}
    for surface, stem in one.surfaces.items():
        if surface in known or surface[0].isdigit():
            continue
        if stem in stems or surface in other.surfaces:
            weight = ranking.weight(passages, max(snapshot.count(Term("", "", (stem,))), 1))
            found.setdefault(stem, (-weight, surface))
    return [surface for _, surface in sorted(found.values())]


def _common(one: Iterable[str], other: Iterable[str]) -> list[str]:
    held = set(other)
    return [value for value in dict.fromkeys(one) if value in held]


def _numbers(text: str) -> tuple[str, ...]:
    return tuple(_NUMBER.findall(text))
