"""The sentences of a draft; a quotation of several sentences is part of the one it begins in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backstory.searcher.draft_check.blocks import Block, BlockKind, DraftText
from backstory.searcher.draft_check.quotation_marks import Quoted, quotations_in

LONGEST = 2_000  # characters of a sentence; what goes on is no sentence
_END = re.compile(
    r"[.!?…]{1,9}[\"'”’»“)\]]{0,5}(?P<gap>\s+)(?=[\"“„«‘「]|['»(\[¿¡\-–—]*[^\W_a-z])"
    r"|[。！？]{1,9}[」』”）]{0,5}"  # noqa: RUF001
)
_ABBREVIATED = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Gen|Col|Lt|Sgt|Capt|Sen|Rep|Gov|Rev|Hon|Jr|Sr|Sra|Srta|Dra|Gral"
    r"|No|Nos|Nr|Vol|pp?|vs|cf|e\.g|i\.e|etc|approx|Inc|Ltd|Co|Corp|Jan|Feb|Mar|Apr|Jun|Jul|Aug"
    r"|Sept?|Oct|Nov|Dec)|\b[^\W\d_]|\b[A-Z]{2}(?=\.))\.$"
)
_SMALL_END = re.compile(r"\b(?:etc|Inc|Ltd|Co|Corp|Jr|Sr)\.$")


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """A sentence as [start, end) offsets into the draft, with its quotations."""

    start: int
    end: int
    quoted: tuple[Quoted, ...] = ()

    def outside(self, plain: str) -> str:
        """Return its words with blanks for what is quoted, as long as the sentence is."""
        text = plain[self.start : self.end]
        for quoted in self.quoted:
            first, last = (place - self.start for place in quoted.outer)
            text = text[: max(first, 0)] + " " * (last - max(first, 0)) + text[last:]
        return text


def sentences_in(draft: DraftText) -> tuple[DraftSentence, ...]:
    """Return the sentences of a draft in order; a heading has none, a block quote is one."""
    quoted = quotations_in(draft)
    return tuple(_sentences(draft.plain, draft.blocks, quoted))


def _sentences(
    plain: str, blocks: Sequence[Block], quoted: Sequence[Quoted]
) -> Iterator[DraftSentence]:
    done = 0
    for block in blocks:
        start = max(block.start, done)
        if block.kind is BlockKind.HEADING or start >= block.end:
            continue
        if block.kind is BlockKind.QUOTATION:
            inside = [each for each in quoted if block.start <= each.start < block.end]
            yield DraftSentence(block.start, block.end, tuple(inside))
            continue
        for first, last in _parts(plain, start, block.end, quoted):
            inside = [each for each in quoted if first <= each.start < last]
            end = max((each.outer[1] for each in inside), default=last)
            done = max(last, end)
            yield DraftSentence(first, done, tuple(inside))


def _parts(plain: str, start: int, end: int, quoted: Sequence[Quoted]) -> Iterator[tuple[int, int]]:
    """Yield where sentences begin and end, never within a quotation."""
    first = start
    for match in _END.finditer(plain, start, end):
        gap = match.start("gap") if match["gap"] else match.end()
        is_inside = any(each.outer[0] < gap < each.outer[1] for each in quoted)
        if is_inside or _is_abbreviated(plain, first, match):
            continue
        yield from _pieces(plain, first, gap)
        first = match.end()
    yield from _pieces(plain, first, end)


def _pieces(plain: str, first: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield a sentence, one that is no sentence for its length in pieces, one of blanks not."""
    while end - first > LONGEST:
        cut = plain.rfind(" ", first, first + LONGEST) + 1
        cut = cut if cut > first else first + LONGEST
        yield first, cut
        first = cut
    if plain[first:end].strip():
        yield first, end


def _is_abbreviated(plain: str, first: int, match: re.Match[str]) -> bool:
    """Tell whether the full stop belongs to an abbreviation or an initial."""
    stop = match.start() + 1
    if plain[match.start()] != "." or plain[stop : stop + 1] not in ("", " ", "\n"):
        return False
    before = plain[max(first, stop - 12) : stop]
    return bool(_ABBREVIATED.search(before)) and not _SMALL_END.search(before)
