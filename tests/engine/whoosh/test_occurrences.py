"""Where words stand and how often, over segments with deletions, of one term or of several."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.backends.whoosh import occurrences
from backstory.engine.backends.whoosh.bitsets import members
from backstory.engine.backends.whoosh.flat.terms import bitmap
from backstory.engine.backends.whoosh.occurrences import OccurrenceSource
from backstory.engine.backends.whoosh.segments import Deletions
from backstory.engine.ranking import score

SIZE = 40
TERMS = ("a", "b", "c")


@dataclass
class Raw:
    """A term's postings as a segment gives them."""

    counts: Mapping[int, int]
    code: str  # of the array of frequencies, "" for a list
    is_dense: bool

    @property
    def ids(self) -> Sequence[int]:
        return sorted(self.counts)

    @property
    def frequencies(self) -> Any:
        held = [self.counts[at] for at in self.ids]
        return memoryview(array(self.code, held)) if self.code else held

    @property
    def bitmap(self) -> bytes | None:
        return bytes(bitmap(self.ids, SIZE)) if self.is_dense else None

    @property
    def peaks(self) -> Sequence[tuple[int, int]]:
        return [(max(self.counts.values()), 1)]


class Segment:
    """A segment of SIZE entries."""

    size = SIZE

    def __init__(self, terms: Mapping[str, Raw], deleted: frozenset[int]) -> None:
        self._terms, self.deletions = terms, Deletions(deleted, SIZE)

    def postings(self, field: str, text: str) -> Raw | None:
        return self._terms.get(text)


frequencies = st.one_of(st.just(1), st.integers(1, 3), st.integers(1, 300))
counts = st.dictionaries(st.integers(0, SIZE - 1), frequencies, min_size=1)


@st.composite
def raws(draw: st.DrawFn) -> Raw:
    held = draw(counts)
    codes = ["", "I", "H", *(["B"] if max(held.values()) < 256 else [])]
    return Raw(held, draw(st.sampled_from(codes)), draw(st.booleans()))


segments = st.builds(
    Segment,
    st.dictionaries(st.sampled_from(TERMS), raws()),
    st.frozensets(st.integers(0, SIZE - 1), max_size=15),
)


def expected(held: Sequence[Segment], terms: Sequence[str]) -> Counter[int]:
    found: Counter[int] = Counter()
    for number, segment in enumerate(held):
        for term in terms:
            raw = segment.postings("stem", term)
            for at, count in raw.counts.items() if raw else ():
                if at not in segment.deletions.entries:
                    found[number * SIZE + at] += count
    return found


@pytest.fixture(
    params=[(0, 0), (10, 0), (1 << 40, 1 << 40), (1 << 40, 0)],
    ids=["all-rare", "some-rare", "dictionaries", "halving"],
)
def ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let words be kept in each of the ways there are."""
    rare, many = request.param
    monkeypatch.setattr(occurrences, "RARE", rare)
    monkeypatch.setattr(occurrences, "MANY", many)


@given(
    st.lists(segments, min_size=1, max_size=3),
    st.lists(st.sampled_from([*TERMS, "absent"]), min_size=1, unique=True),
)
@pytest.mark.usefixtures("ways")
def test_words_stand_where_their_terms_do(held: list[Segment], terms: list[str]) -> None:
    every: Any = held
    bases = [SIZE * number for number in range(len(held))]
    source = OccurrenceSource(every, bases, nullcontext())
    found = source.get([("stem", term) for term in terms])
    counted = expected(held, terms)

    assert len(found) == len(counted)
    assert members(found.bits) == sorted(counted)
    passages = list(range(SIZE * len(held)))
    if counted:
        assert max(counted.values()) <= max(often for often, _ in found.peaks)
    if not found.is_rare:
        held = [(most, at) for most, bits in found.often.items() for at in members(bits)]
        assert sorted(at for _, at in held) == sorted(at for at, n in counted.items() if n > 1)
        assert all(counted[at] <= most for most, at in held)

    norms = [1.0 + at / 7 for at in passages]
    given = found.add([0.5] * len(passages), passages, norms, 3.0, 2.0)
    for at, norm, points in zip(passages, norms, given, strict=True):
        more = score(3.0, counted[at], norm) * 2.0 if counted[at] else 0.0
        assert points == 0.5 + more
    assert source.get([("stem", term) for term in terms]) is found
