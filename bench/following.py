"""How long it takes to ask new passages a thousand followed questions.

    python bench/following.py [--questions 1000] [--passages 1000] [--corpus 20000]

An index of so many passages gets so many more in one commit; the words are made up, frequent and
rare as those of a language are (Zipf), and the questions are of two to four of them.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from pathlib import Path

from backstory.engine.documents import IndexedDocument
from backstory.engine.indexes.registry import open_index
from backstory.searcher import Searcher
from backstory.searcher.following import FollowedQuestions, catch_up
from backstory.settings import Config
from backstory.testing import fill_index, make_document

WORDS = 20_000
PASSAGES_OF_DOCUMENT = 20


def main() -> None:
    """Print the seconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=1_000)
    parser.add_argument("--passages", type=int, default=1_000)
    parser.add_argument("--corpus", type=int, default=20_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), given.questions, given.passages, given.corpus)


def measure(folder: Path, questions: int, passages: int, corpus: int) -> None:
    """Fill an index, follow questions, add passages, and print how long the matching took."""
    chance = random.Random(1)
    vocabulary = [_word(number) for number in range(WORDS)]
    weights = [1 / (rank + 1) for rank in range(WORDS)]
    config = Config(root=folder).override(index__path="index")
    index = open_index(config)
    searcher = Searcher(index)

    def documents(name: str, count: int) -> list[IndexedDocument]:
        texts = [" ".join(chance.choices(vocabulary, weights, k=60)) for _ in range(count)]
        return [
            make_document(
                f"{name}{start}",
                *texts[start : start + PASSAGES_OF_DOCUMENT],
                sha256=f"{name}{start}",
            )
            for start in range(0, count, PASSAGES_OF_DOCUMENT)
        ]

    fill_index(index, *documents("old", corpus))
    followed = FollowedQuestions(config.state_path)
    for number in range(questions):
        words = chance.choices(vocabulary[50:], weights[50:], k=chance.randint(2, 4))
        followed.add(" ".join(words), f"q{number}")
    began = time.perf_counter()
    catch_up(searcher, config.state_path)
    print(f"first look at {corpus:,} passages: {time.perf_counter() - began:.2f} s")
    fill_index(index, *documents("new", passages))
    began = time.perf_counter()
    news = catch_up(searcher, config.state_path)
    seconds = time.perf_counter() - began
    print(
        f"{questions:,} questions, {passages:,} new passages: {seconds:.2f} s, {news.total:,} news"
    )
    fill_index(index, *documents("one", 1))
    began = time.perf_counter()
    catch_up(searcher, config.state_path)
    print(f"{questions:,} questions, one new passage: {time.perf_counter() - began:.2f} s")


def _word(number: int) -> str:
    letters = ""
    while True:
        number, letter = divmod(number, 20)
        letters += "bcdfghjklmnpqrstvwxz"[letter] + "aeiou"[letter % 5]
        if not number:
            return letters


if __name__ == "__main__":
    main()
