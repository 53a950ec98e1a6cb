"""The marks of an open document as phrases to look for on the picture of a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backstory.engine.originals import Phrase, Share
from backstory.searcher.search import ReadPassage

_MAY_GO_ON = 3  # passages: notes and page heads come after the one that they interrupt
AROUND = 120  # characters on either side, enough for forty letters


def phrases_on(passages: Sequence[ReadPassage], page: int) -> tuple[Phrase, ...]:
    """Return the marks of a page's passages, and of those before them that may go on there."""
    own = [read for read in passages if read.passage.page == page]
    first = passages.index(own[0]) if own else len(passages)
    earlier = [read for read in passages[:first] if (read.passage.page or page) < page]
    return (
        *(phrase for read in earlier[-_MAY_GO_ON:] for phrase in _phrases(read, Share.REST)),
        *(phrase for read in own[:-1] for phrase in _phrases(read, Share.WHOLE)),
        *(phrase for read in own[-1:] for phrase in _phrases(read, Share.BEGINNING)),
    )


def _phrases(read: ReadPassage, share: Share) -> Iterator[Phrase]:
    text = read.passage.text
    for start, end in read.marks or ():
        before, after = text[max(start - AROUND, 0) : start], text[end : end + AROUND]
        yield Phrase(text[start:end], before, after, share)
