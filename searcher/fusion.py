"""Fusion: the passages that a question's words find and those nearest to its meaning, as one list.

The score of a passage is (1 - w) * BM25 + w * full * (cosine - median) / (nearest - median): `full`
is about what a passage with all the words would get, the sum of their IDFs, `median` the cosine of
the question and any passage, `nearest` the highest cosine, and w the share of meaning. Where no
passage has many of the words, their part stays small and meaning decides; where some have all of
them, words do. Passages with all the words stay first, and those far down by words come last, in
the order of words.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace

from backstory.engine.candidates import Candidate, Candidates
from backstory.engine.hits import RetrievedPassage
from backstory.engine.indexes.contract import Nearest, Snapshot
from backstory.engine.query import Query, words_of
from backstory.engine.ranking import BM25, score, total
from backstory.searcher.meaning import Meaning
from backstory.searcher.options import Page

BY_WORDS = 1_000  # passages, or documents of a grouped list, that words bring in
BY_MEANING = 400  # passages that meaning brings in
MOST_ALONE = 50  # of them may have none of the words
AT_ONCE = 100  # passages that are read at once


@dataclass(frozen=True, slots=True)
class Fused:
    """A candidate with the gain by its meaning; `candidate` is None if it has none of the words.

    `likeness` is (cosine - median) / (nearest - median), 0 for a passage without a vector.
    """

    id: Hashable
    candidate: Candidate | None
    share: float
    gain: float
    likeness: float = 0.0

    @property
    def score(self) -> float:
        """The part by words and the part by meaning."""
        return (self.candidate.score * self.share if self.candidate else 0.0) + self.gain

    @property
    def has_all_words(self) -> bool:
        """The candidate has every word of the question."""
        return self.candidate is not None and self.candidate.all_words

    def passage(self, read: RetrievedPassage) -> RetrievedPassage:
        """Return the passage, which has been read, with its score and where it comes from."""
        return replace(
            read,
            score=self.score,
            all_words=self.has_all_words,
            share=self.share,
            gains=(("meaning", self.gain),),
            is_by_meaning=self.candidate is None,
            likeness=self.likeness,
        )


@dataclass(frozen=True, slots=True)
class Fusion:
    """Fuses the answers to one question over one commit."""

    query: Query
    ranking: BM25
    snapshot: Snapshot
    meaning: Meaning

    def page(self, page: Page) -> tuple[tuple[RetrievedPassage, ...], Candidates, int]:
        """Return a page of passages, what words alone find, and how many entries more there are.

        Those are passages without any of the words or, in a grouped list, documents without.
        """
        words = self.snapshot.retrieve(
            self.query, self.ranking, k=BY_WORDS, grouped=page.is_grouped
        )
        if not words.top:
            return (), words, 0
        fused = self.fused(words)
        alone = [one.id for one in fused if one.candidate is None]
        listed = self._listed(fused, words, page)
        return tuple(listed), words, self._count_alone(alone, grouped=page.is_grouped)

    def fused(self, words: Candidates) -> list[Fused]:
        """Return the candidates of words and of meaning, best first."""
        near = self.snapshot.nearest(self.meaning.vector, k=BY_MEANING, within=self.meaning.within)
        candidates: dict[Hashable, Candidate | None] = {one.id: one for one in words.top}
        others = [id_ for id_ in near.ids if id_ not in candidates]
        scored = self.snapshot.score(self.query, self.ranking, others)
        candidates |= {one.id: one for one in scored if one}
        alone = (id_ for id_, one in zip(others, scored, strict=True) if one is None)
        candidates |= dict.fromkeys([id_ for id_, _ in zip(alone, range(MOST_ALONE), strict=False)])
        weight, full = self.meaning.weight, self._full_score()
        fused = [
            Fused(id_, candidates[id_], 1 - weight, weight * full * likeness, likeness)
            for id_, likeness in zip(
                candidates, self._likeness(list(candidates), near), strict=True
            )
        ]
        return sorted(fused, key=lambda one: (not one.has_all_words, -one.score))

    def _full_score(self) -> float:
        """Return the BM25 score of a passage of average length that has every word once."""
        passages, norm = self.snapshot.statistics.passages, self.ranking.norm(1.0, 1.0)
        counts = map(self.snapshot.count, dict.fromkeys(words_of(self.query)))
        return total(score(self.ranking.weight(passages, count), 1.0, norm) for count in counts)

    def _likeness(self, ids: list[Hashable], near: Nearest) -> list[float]:
        """Return the likeness of passages to the meaning, 0 for those without a vector."""
        if not near.cosines:
            return [0.0] * len(ids)
        cosines = self.snapshot.cosines(self.meaning.vector, ids)
        return [0.0 if one is None else _likeness(one, near) for one in cosines]

    def _listed(self, fused: list[Fused], words: Candidates, page: Page) -> list[RetrievedPassage]:
        """Return the entries of a page; of each document only the first if it is grouped."""
        end = page.start + page.size
        if not page.is_grouped and end <= len(fused):
            return list(self._read(fused[page.start : end]))
        entries: dict[Hashable, RetrievedPassage] = {}
        for passage in self._read_on(fused, words, page):
            document, address = passage.document.id, passage.passage.address
            entries.setdefault(document if page.is_grouped else address, passage)
            if len(entries) == end:
                break
        return list(entries.values())[page.start :]

    def _read_on(
        self, fused: list[Fused], words: Candidates, page: Page
    ) -> Iterator[RetrievedPassage]:
        for start in range(0, len(fused), AT_ONCE):
            yield from self._read(fused[start : start + AT_ONCE])
        after = words.after
        while after is not None:
            further = self.snapshot.retrieve(
                self.query, self.ranking, k=BY_WORDS, grouped=page.is_grouped, after=after
            )
            share = 1 - self.meaning.weight
            yield from self._read([Fused(one.id, one, share, 0.0) for one in further.top])
            after = further.after

    def _read(self, fused: list[Fused]) -> Iterator[RetrievedPassage]:
        passages = self.snapshot.read(one.id for one in fused)
        for one, (document, passage) in zip(fused, passages, strict=True):
            yield one.passage(RetrievedPassage(document, passage, 0.0, False))

    def _count_alone(self, alone: list[Hashable], *, grouped: bool) -> int:
        if not grouped:
            return len(alone)
        documents = dict.fromkeys(document.id for document, _ in self.snapshot.read(alone))
        places = self.snapshot.places(self.query, documents)
        return sum(not places[document].numbers for document in documents)


def nearest(meaning: Meaning, snapshot: Snapshot, most: int) -> tuple[RetrievedPassage, ...]:
    """Return the passages nearest to a meaning, for a question whose words find nothing."""
    near = snapshot.nearest(meaning.vector, k=most, within=meaning.within)
    pairs = zip(snapshot.read(near.ids), near.cosines, strict=True)
    return tuple(
        RetrievedPassage(
            document,
            passage,
            cosine,
            False,
            gains=(("meaning", cosine),),
            is_by_meaning=True,
            likeness=_likeness(cosine, near),
        )
        for (document, passage), cosine in pairs
    )


def _likeness(cosine: float, near: Nearest) -> float:
    """Return (cosine - median) / (nearest - median), 0 where nothing is nearer than the median."""
    reach = near.cosines[0] - near.median
    return (cosine - near.median) / reach if reach > 0 else 0.0
