"""Text files as many as wanted, recombined from the sentences of the news.

Five or six paragraphs a document, two to four sentences a paragraph, each drawn at random with a
fixed seed. Words are as frequent as in the news and never new: a larger corpus has longer posting
lists, but no larger vocabulary.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from news import SEED, Article

PARAGRAPHS = (5, 6)
SENTENCES = (2, 4)
FILES_IN_A_FOLDER = 1_000
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?])\s+(?=[\"'A-Z])")
_WORD = re.compile(r"[a-z]{2,}")


def sentences(articles: Sequence[Article]) -> list[str]:
    """Return the sentences of all paragraphs, without those that have no words."""
    return [
        sentence
        for article in articles
        for paragraph in article.paragraphs
        for sentence in _BETWEEN_SENTENCES.split(paragraph)
        if _WORD.search(sentence)
    ]


def write(articles: Sequence[Article], passages: int, folder: Path) -> None:
    """Write documents of `passages` paragraphs in all into `folder`, a thousand a subfolder."""
    for number, (title, paragraphs) in enumerate(_documents(articles, passages)):
        path = folder / f"{number // FILES_IN_A_FOLDER:04}" / f"{number:06}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n\n".join((title, *paragraphs)) + "\n", encoding="utf-8")


def _documents(articles: Sequence[Article], passages: int) -> Iterator[tuple[str, list[str]]]:
    pool, random_ = sentences(articles), random.Random(SEED)
    while passages > 0:
        count = min(random_.randint(*PARAGRAPHS), passages)
        paragraphs = [
            " ".join(random_.choices(pool, k=random_.randint(*SENTENCES))) for _ in range(count)
        ]
        yield random_.choice(articles).title, paragraphs
        passages -= count
