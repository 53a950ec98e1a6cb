"""More like this: related passages in other documents, and what they have in common.

The query is made of the passage's own words with the highest tf-idf, stemmed in every language of
the index, so that names, numbers and cognates lead from one language to another. The best passage
of each document is shown, without near-duplicates, with the names, dates, numbers and words that
both have. Where passages have vectors, those that are near in meaning are looked at as well.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from itertools import chain

from backstory.engine.documents import Document, Passage
from backstory.engine.embeddings import Rows, mean_of
from backstory.engine.hits import Hit, Related, RetrievedPassage, Shared
from backstory.engine.indexes.contract import Snapshot
from backstory.engine.languages import stop_words
from backstory.engine.query import BagOfWords, Boost, Query, Term
from backstory.engine.ranking import BM25
from backstory.searcher.duplicates import ALIKE, Shingles, likeness, shingles
from backstory.searcher.fusion import Fusion, nearest
from backstory.searcher.meaning import Meaning
from backstory.searcher.options import Page
from backstory.searcher.retrieval import read_passages

QUERY_TERMS = 16
MIN_TERMS = 6  # that are used however frequent they are
MAX_POSTINGS = 5_000  # of all terms together
PER_RESULT = 12  # candidates for each passage that is shown
MOST_SHARED = 6
NAME_BOOST = 1.5
CLOSE = 0.4  # likeness by meaning, where 0 is that of any two passages and 1 that of the same text
_NUMBER = re.compile(r"(?<![\w.,])\d[\d.,]*\d(?![\w])")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")


@dataclass(frozen=True, slots=True)
class _Analyzed:
    """A passage with its content words: each surface form with its stem.

    `words` are all its words in order, `named` those that belong to names.
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
    source = _analyze(document, passage, snapshot)
    query = question([source], snapshot, ranking)
    vector = snapshot.vector(document.id, passage.number)
    candidates = _candidates(query, vector, snapshot, ranking, limit * PER_RESULT)
    shown: list[Related] = []
    shown_shingles: list[Shingles] = []
    for one in candidates:
        taken = {other.hit.document for other in shown}
        if one.document.id == document.id or one.document.id in taken:
            continue
        other = _analyze(one.document, one.passage, snapshot)
        if any(likeness(other.shingles, earlier) >= ALIKE for earlier in shown_shingles):
            continue
        shared = (*_shared(source, other, snapshot, ranking), *_closeness(one))
        if shared:
            is_copy = likeness(source.shingles, other.shingles) >= ALIKE
            shown.append(Related(Hit.of(one, len(shown) + 1, ()), shared, is_copy))
            shown_shingles.append(other.shingles)
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
    sources = [_analyze(document, passage, snapshot) for passage in passages]
    query = question(sources, snapshot, ranking, most=2 * QUERY_TERMS)
    vectors = [snapshot.vector(document.id, passage.number) for passage in passages]
    known = [vector for vector in vectors if vector is not None]
    whole = mean_of(known) if known else None
    candidates = _candidates(query, whole, snapshot, ranking, limit * PER_RESULT // 2)
    scores: dict[str, float] = {}
    seen: Counter[str] = Counter()
    first: dict[str, RetrievedPassage] = {}
    for one in candidates:
        # The three best passages of a document speak for it.
        if one.document.id != document.id and seen[one.document.id] < 3:
            seen[one.document.id] += 1
            scores[one.document.id] = scores.get(one.document.id, 0.0) + one.score
            first.setdefault(one.document.id, one)
    joined = _joined(sources)
    best = [first[name] for name in sorted(scores, key=lambda name: -scores[name])]
    listed = []
    for one in best:
        other = _analyze(one.document, one.passage, snapshot)
        shared = (*_shared(joined, other, snapshot, ranking), *_closeness(one))
        if shared:
            listed.append((one.document, shared))
    return tuple(listed[:limit])


def _candidates(
    query: Query, vector: Rows | None, snapshot: Snapshot, ranking: BM25, most: int
) -> tuple[RetrievedPassage, ...]:
    """Return the passages nearest to a query and, if there is one, to a vector; best first."""
    embedding = snapshot.embedding
    if vector is None or embedding is None:
        return read_passages(snapshot.retrieve(query, ranking, k=most).top, snapshot)
    meaning = Meaning(vector, embedding.model.weight, None, is_fused=True)
    found = Fusion(query, ranking, snapshot, meaning).page(Page(0, most))[0]
    return found or nearest(meaning, snapshot, most)


def _closeness(one: RetrievedPassage) -> tuple[Shared, ...]:
    return (Shared("meaning", ""),) if one.likeness >= CLOSE else ()


def question(
    passages: Sequence[_Analyzed],
    snapshot: Snapshot,
    ranking: BM25,
    *,
    most: int = QUERY_TERMS,
) -> Query:
    """Return the query of the most characteristic terms of some passages.

    Terms that no other passage has are left out, and those of names are boosted. In a large index
    frequent terms are left out as well, beyond the first MIN_TERMS: they say little and cost most.
    """
    counts = Counter(surface for source in passages for surface in source.words)
    named = set().union(*(source.named for source in passages))
    stems = {surface: stem for source in passages for surface, stem in source.surfaces.items()}
    weighed: dict[str, tuple[float, Query, int]] = {}
    for surface, stem in stems.items():
        term = Term(surface, surface, _stems(surface, stem, snapshot))
        holders = snapshot.count(term)
        if holders < 2 or stem in weighed:
            continue
        factor = NAME_BOOST if surface in named else 1.0
        weight = ranking.weight(snapshot.statistics.passages, holders)
        worth = factor * weight * counts[surface] / (counts[surface] + 1)
        weighed[stem] = worth, term if factor == 1.0 else Boost(term, factor), holders
    terms: list[Query] = []
    room = MAX_POSTINGS
    for _, (_, query, holders) in sorted(weighed.items(), key=lambda it: (-it[1][0], it[0])):
        if len(terms) < MIN_TERMS or (len(terms) < most and holders <= room):
            terms.append(query)
            room -= holders
    return BagOfWords(tuple(terms))


def _stems(surface: str, stem: str, snapshot: Snapshot) -> tuple[str, ...]:
    others = (snapshot.analyzer.stem(surface, language) for language in snapshot.languages)
    return tuple(dict.fromkeys((stem, *others)))


def _analyze(document: Document, passage: Passage, snapshot: Snapshot) -> _Analyzed:
    language = passage.language_in(document)
    pairs = snapshot.analyzer.plain_terms(passage.text, language)
    small = stop_words(language)
    surfaces = {
        surface: stem
        for surface, stem in dict(pairs).items()
        if surface not in small and (len(surface) > 2 or surface.isupper())
    }
    named = frozenset(chain.from_iterable(map(snapshot.analyzer.surfaces, passage.names)))
    words = tuple(surface for surface, _ in pairs)
    return _Analyzed(document, passage, surfaces, words, named, _numbers(passage.text))


def _joined(passages: Sequence[_Analyzed]) -> _Analyzed:
    names = tuple(dict.fromkeys(name for source in passages for name in source.passage.names))
    dates = tuple(dict.fromkeys(date for source in passages for date in source.passage.mentions))
    text = " ".join(source.passage.text for source in passages)
    first = passages[0]
    passage = Passage(first.document.id, 1, text, names=names, mentions=dates)
    surfaces = {surface: stem for source in passages for surface, stem in source.surfaces.items()}
    named = frozenset().union(*(source.named for source in passages))
    return _Analyzed(first.document, passage, surfaces, tuple(surfaces), named, _numbers(text))


def _shared(
    one: _Analyzed, other: _Analyzed, snapshot: Snapshot, ranking: BM25
) -> tuple[Shared, ...]:
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
    one: _Analyzed,
    other: _Analyzed,
    known: Set[str],
    snapshot: Snapshot,
    ranking: BM25,
) -> list[str]:
    stems = set(other.surfaces.values())
    passages = snapshot.statistics.passages
    weighed: dict[str, tuple[float, str]] = {}
    for surface, stem in one.surfaces.items():
        if surface in known or surface[0].isdigit():
            continue
        if stem in stems or surface in other.surfaces:
            weight = ranking.weight(passages, max(snapshot.count(Term("", "", (stem,))), 1))
            weighed.setdefault(stem, (-weight, surface))
    return [surface for _, surface in sorted(weighed.values())]


def _common(one: Iterable[str], other: Iterable[str]) -> list[str]:
    both = set(one).intersection(other)
    return [value for value in dict.fromkeys(one) if value in both]


def _numbers(text: str) -> tuple[str, ...]:
    return tuple(_NUMBER.findall(text))
