"""The news corpus: unpacked into text files, and questions drawn from its own words.

The questions are the same for the same articles and seed. Their words come from one passage each,
so that they belong together as words do in real questions, and stand in more than 20 passages.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice, pairwise
from pathlib import Path

from backstory.engine import languages

SEED = 1987
LEAST_FREQUENCY = 20
WARM_UP = 50
_WORD = re.compile(r"[a-z]{3,}")
_NEIGHBOURS = re.compile(r"\b[a-z]{3,}(?: [a-z]{3,})+\b")


@dataclass(frozen=True, slots=True)
class Article:
    """One news article."""

    id: str
    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked: plain words, words never measured, phrases, and words with a title filter."""

    words: list[str]
    warm_up: list[str]
    phrases: list[str]
    filtered: list[str]

    def save(self, path: Path) -> None:
        """Write the questions for another process."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Questions:
        """Read what `save` wrote."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))


def read_news(path: Path, limit: int | None = None) -> Iterator[Article]:
    """Yield the articles of a `news.jsonl.gz`, the first `limit` of them."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in islice(lines, limit):
            record = json.loads(line)
            yield Article(record["id"], record["title"], tuple(record["paragraphs"]))


def unpack(articles: Sequence[Article], folder: Path) -> None:
    """Write each article as `folder/ID.txt`: title and paragraphs, with blank lines between."""
    for article in articles:
        path = folder / f"{article.id}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n\n".join((article.title, *article.paragraphs)) + "\n", encoding="utf-8")


def draw(articles: Sequence[Article], count: int) -> Questions:
    """Draw `count` questions of each kind, of words in more than LEAST_FREQUENCY passages."""
    content = _content_words(articles)
    random_ = random.Random(SEED)
    plain = [_words(articles, content, random_) for _ in range(count + WARM_UP)]
    return Questions(
        words=plain[:count],
        warm_up=plain[count:],
        phrases=[_phrase(articles, content, random_) for _ in range(count)],
        filtered=[_filtered(articles, content, random_) for _ in range(count)],
    )


def _content_words(articles: Sequence[Article]) -> set[str]:
    frequency: Counter[str] = Counter()
    for article in articles:
        for paragraph in article.paragraphs:
            frequency.update(set(_WORD.findall(paragraph.lower())))
    stop_words = languages.stop_words("en")
    return {word for word, n in frequency.items() if n > LEAST_FREQUENCY and word not in stop_words}


def _words(articles: Sequence[Article], content: set[str], random_: random.Random) -> str:
    size = random_.randint(2, 4)
    while True:
        words = _content_of(_paragraph(articles, random_), content)
        if len(words) >= size:
            return " ".join(random_.sample(words, size))


def _phrase(articles: Sequence[Article], content: set[str], random_: random.Random) -> str:
    while True:
        runs = _NEIGHBOURS.findall(_paragraph(articles, random_))
        pairs = [pair for run in runs for pair in pairwise(run.split()) if content.issuperset(pair)]
        if pairs:
            return '"{} {}"'.format(*random_.choice(pairs))


def _filtered(articles: Sequence[Article], content: set[str], random_: random.Random) -> str:
    while True:
        title = _content_of(random_.choice(articles).title, content)
        if title:
            return f"{_words(articles, content, random_)} title:{random_.choice(title)}"


def _paragraph(articles: Sequence[Article], random_: random.Random) -> str:
    while True:
        paragraphs = random_.choice(articles).paragraphs
        if paragraphs:
            return random_.choice(paragraphs).lower()


def _content_of(text: str, content: set[str]) -> list[str]:
    return sorted(content.intersection(_WORD.findall(text.lower())))
