"""Sentences of a draft that rules make from a corpus, with what is right to say of each.

Each kind is drawn with a fixed seed. A quotation is a run of words of one passage, in another kind
of marks each time; in those that are changed one word of substance is another, joined ones have
halves from two documents, and invented ones have words of many. A sentence with a number, name or
date is one of the corpus of which some other words are left out; half of them keep the fact, so
that a false alarm shows.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from zlib import crc32

from backstory.engine.dates import MONTHS
from backstory.engine.documents import Passage
from backstory.engine.languages import stop_words
from backstory.searcher import Searcher

DOCUMENTS = 3_000  # of a large corpus, from which sentences are drawn
MARKS = ("“”", '""', "«»", "»«", "„“", "‘’", "''", "「」")
FRAMES = ("{} is what the record says.", "The paper has it so: {}.", "It goes on, {}, at length.")
SHORTEST, LONGEST = 6, 20  # words of a quotation
BESIDE = 2  # words on either side of a fact that stay, such as its unit
LEFT_OUT, MUCH_LEFT_OUT = 0.15, 0.5  # of the other words of a sentence with a fact
CHANGES, MANY_CHANGES = 1, 4  # words of substance that are replaced in a quotation
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÁÉÍÓÚÑ¿¡])")
_AFTER_MONTH = "".join(rf"(?<!{month} )(?<!{month[:3]} )(?<!{month[:3]}. )" for month in MONTHS)
_NUMBER = re.compile(
    rf"(?<![\w.,:/#$-]){_AFTER_MONTH}(?!(?:1[5-9]|20)\d\d\b)"
    rf"[1-9]\d{{1,2}}(?:,\d{{3}})*(?![\w:/-]|[.,]\d)(?! (?:de |{'|'.join(MONTHS)}))"
)
_DATE = re.compile(rf"\b([12]\d|[1-9]) ({'|'.join(MONTHS)}) ((?:19|20)\d\d)\b")


@dataclass(frozen=True, slots=True)
class Sample:
    """A sentence with what is right to say of it.

    `wrong` is the fact or quotation that a check should raise, "" where there is none; `there` is
    what stands in its place, `fact` how the draft has it.
    """

    kind: str
    text: str
    expected: str
    fact: str = ""
    there: str = ""


class Corpus:
    """Passages of a corpus to draw from."""

    def __init__(
        self, searcher: Searcher, half: str, rng: random.Random, *, is_hard: bool = False
    ) -> None:
        self.left_out = MUCH_LEFT_OUT if is_hard else LEFT_OUT
        self.changes = MANY_CHANGES if is_hard else CHANGES
        snapshot = searcher.snapshot()
        ids = [document.id for document, _, _ in snapshot.documents()]
        if half:
            ids = [each for each in ids if crc32(each.encode()) % 2 == "ab".index(half)]
        picked = rng.sample(ids, min(DOCUMENTS, len(ids)))
        lots = (snapshot.passages(each) for each in sorted(picked))
        self.passages = [each for lot in lots for each in lot if len(each.text) > 80]
        self.rng = rng
        self.small = stop_words("en") | stop_words("es")
        self.words = [
            word
            for passage in rng.sample(self.passages, min(2_000, len(self.passages)))
            for word in _WORD.findall(passage.text)
            if word.islower() and word not in self.small and len(word) > 3
        ]
        self.names = sorted({n for passage in self.passages for n in passage.names if " " in n})

    def passage(self) -> Passage:
        """Return a passage at random."""
        return self.rng.choice(self.passages)

    def run(self, least: int = SHORTEST, most: int = LONGEST) -> tuple[Passage, str] | None:
        """Return a run of words of a passage without quotation marks and dots inside."""
        passage = self.passage()
        words = passage.text.split()
        size = self.rng.randint(least, most)
        if len(words) < size:
            return None
        start = self.rng.randint(0, len(words) - size)
        text = " ".join(words[start : start + size]).strip(".,;:—–- ")
        is_plain = not re.search(r"[\"'“”‘’«»„「」\[\]]|\.\.|…|[.!?] ", text)
        return (passage, text) if is_plain and len(_WORD.findall(text)) >= least - 1 else None


def exact(corpus: Corpus) -> Sample | None:
    """Quote a run of words as it stands."""
    run = corpus.run()
    return run and Sample("exact", framed(corpus, run[1]), "exact")


def changed(corpus: Corpus) -> Sample | None:
    """Quote a run of words with one word of substance replaced, or as many as there are to be."""
    run = corpus.run()
    if run is None:
        return None
    places = [
        m
        for m in _WORD.finditer(run[1])
        if m[0].islower() and m[0] not in corpus.small and len(m[0]) > 3
    ]
    if len(places) < corpus.changes:
        return None
    text = run[1]
    for place in sorted(corpus.rng.sample(places, corpus.changes), key=lambda m: -m.start()):
        word = corpus.rng.choice(corpus.words)
        if word == place[0]:
            return None
        text = f"{text[: place.start()]}{word}{text[place.end() :]}"
    return Sample("changed", framed(corpus, text), "almost")


def joined(corpus: Corpus) -> Sample | None:
    """Quote runs of words of two documents as one."""
    one, other = corpus.run(5, 10), corpus.run(5, 10)
    if one is None or other is None or one[0].document == other[0].document:
        return None
    joint = corpus.rng.choice((" and ", ", ", ", but "))
    return Sample("joined", framed(corpus, f"{one[1]}{joint}{other[1]}"), "joined")


def invented(corpus: Corpus) -> Sample | None:
    """Quote words that stand together nowhere."""
    size = corpus.rng.randint(SHORTEST, LONGEST)
    small = sorted(corpus.small)
    words = [corpus.rng.choice(small if n % 3 == 2 else corpus.words) for n in range(size)]
    return Sample("invented", framed(corpus, " ".join(words)), "missing")


def framed(corpus: Corpus, quotation: str) -> str:
    """Put a quotation into a sentence, in some kind of marks."""
    opening, closing = corpus.rng.choice(MARKS)
    return corpus.rng.choice(FRAMES).format(f"{opening}{quotation}{closing}")


def number(corpus: Corpus) -> Sample | None:
    """Take a sentence with a number, and change it in every other one."""
    found = _sentence(corpus, _NUMBER)
    if found is None:
        return None
    passage, text, place = found
    digits = re.sub(r"\D", "", place[0])
    other = str(corpus.rng.randint(10 ** (len(digits) - 1), 10 ** len(digits) - 1))
    if other in re.sub(r"[.,]", "", passage.text):
        return None
    written = f"{int(other):,}" if "," in place[0] else other
    return _with_fact(corpus, "number", text, place, written)


def date(corpus: Corpus) -> Sample | None:
    """Take a sentence with a day, and change it in every other one."""
    found = _sentence(corpus, _DATE)
    if found is None:
        return None
    passage, text, place = found
    day, month = corpus.rng.randint(1, 28), corpus.rng.choice(MONTHS)
    written = corpus.rng.choice((f"{day} {place[2]} {place[3]}", f"{place[1]} {month} {place[3]}"))
    if written in passage.text or written.startswith(("29 ", "30 ", "31 ")):
        return None
    return _with_fact(corpus, "date", text, place, written)


def name(corpus: Corpus) -> Sample | None:
    """Take a sentence with a name, and put another one in its place in every other one."""
    passage = corpus.passage()
    names = [each for each in passage.names if " " in each and each in passage.text]
    if not names:
        return None
    called = corpus.rng.choice(names)
    found = _sentence_of(corpus, passage, re.compile(rf"\b{re.escape(called)}\b(?!['’])"))
    other = corpus.rng.choice(corpus.names)
    last = other.split()[-1]
    if found is None or last in passage.text or len(other.split()) != len(called.split()):
        return None
    return _with_fact(corpus, "name", found[0], found[1], other)


def _sentence(
    corpus: Corpus, pattern: re.Pattern[str]
) -> tuple[Passage, str, re.Match[str]] | None:
    passage = corpus.passage()
    found = _sentence_of(corpus, passage, pattern)
    return found and (passage, *found)


def _sentence_of(
    corpus: Corpus, passage: Passage, pattern: re.Pattern[str]
) -> tuple[str, re.Match[str]] | None:
    texts = [each for each in _SENTENCE.split(passage.text) if 8 <= len(each.split()) <= 40]
    places = [(text, m) for text in texts for m in pattern.finditer(text)]
    plain = [one for one in places if not re.search(r"[\"“”«»„]", one[0])]
    return corpus.rng.choice(plain) if plain else None


def _with_fact(corpus: Corpus, kind: str, text: str, place: re.Match[str], other: str) -> Sample:
    is_changed = corpus.rng.random() < 0.5
    before = _thinned(corpus, text[: place.start()], last=BESIDE)
    after = _thinned(corpus, text[place.end() :], first=BESIDE)
    fact = other if is_changed else place[0]
    return Sample(
        f"{kind} {'changed' if is_changed else 'kept'}",
        f"{before}{fact}{after}",
        "raised" if is_changed else "found",
        fact,
        place[0] if is_changed else "",
    )


def _thinned(corpus: Corpus, text: str, *, first: int = 0, last: int = 0) -> str:
    """Leave out some words in small letters, but none of the `first` and the `last`."""
    words = text.split(" ")
    kept = range(first + 1, len(words) - last - 1)
    return " ".join(
        word
        for n, word in enumerate(words)
        if n not in kept
        or not word.isalpha()
        or not word.islower()
        or corpus.rng.random() >= corpus.left_out
    )


MAKERS: tuple[Callable[[Corpus], Sample | None], ...] = (
    exact,
    changed,
    joined,
    invented,
    number,
    date,
    name,
)


def samples(corpus: Corpus, each: int) -> Iterator[Sample]:
    """Yield `each` sentences of each kind; of facts so many that are changed, and so many kept."""
    for maker in MAKERS:
        wanted = each if maker in (exact, changed, joined, invented) else 2 * each
        made, tried = 0, 0
        while made < wanted and tried < 400 * each:
            tried += 1
            sample = maker(corpus)
            if sample:
                made += 1
                yield sample
