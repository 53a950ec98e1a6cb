"""Measure what a question by meaning costs, on an index of the news that is embedded already.

    backstory --corpus NEWS --index INDEX index        # with a model installed: half an hour
    python bench/meaning_speed.py --index INDEX --models MODELS

The same questions are asked with words alone and by meaning too, by turns; each is new. The parts
of a question by meaning are timed by themselves. Nothing is left behind.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
from memory import resident
from news import draw, read_news
from report import MEGABYTE, Aim, command, machine, percentile, publish, shown, table
from speed import NEWS, say

import backstory
from backstory.engine.embeddings import Encoder, cosines, quantized
from backstory.engine.indexes.contract import Snapshot
from backstory.index_encoder import IndexEncoder

COUNT = 200
TURN = 10
RECALLED = 10
WORDS, MEANING = "a question with words alone", "a question by meaning too"
AIMS = {"p50": Aim(25), "p95": Aim(40)}


def main() -> int:
    """Measure, print, and return the exit status."""
    options = arguments()
    say("drawing questions")
    questions = draw(list(read_news(options.news)), 2 * COUNT)
    settings: dict[str, Any] = {"meaning__models": str(options.models.absolute())}
    with backstory.open(options.index, **settings) as archive:
        encoder = IndexEncoder(archive.passage_index, archive.config)
        snapshot = archive.passage_index.open()
        embedding = snapshot.embedding
        if embedding is None:
            print(f"{options.index} is not embedded: backstory index")
            return 2
        for text in questions.warm_up:
            archive.search(text)
            archive.search(text, words_only=True)
        encoder.question("to start it")
        times = asked(archive, questions.words)
        memory = resident()["resident"] / MEGABYTE
        say("the parts")
        parts = parts_of(snapshot, encoder, questions.words[:COUNT])
        found = recall(snapshot, encoder, questions.words)
        encoder.close()
    rows = [
        *(
            [f"{name}, p{share}", shown(percentile(each, share), "ms"), _aim(name, share, each)]
            for name, each in {**times, **parts}.items()
            for share in (50, 95)
        ),
        [f"recall@{RECALLED} of the search by sign bits", f"{found:.3f}", "≥ 0.99"],
        ["bytes a passage in the index", str(embedding.model.dimensions * 9 // 8 + 4), ""],
        ["memory of the process that asks", f"{memory:.0f} MB", ""],
    ]
    text = [
        f"`{command('bench/meaning_speed.py', ['--index=INDEX', '--models=MODELS'])}`",
        f"{machine()} {snapshot.statistics.passages:,} passages, of which"
        f" {embedding.passages:,} are embedded by {embedding.model.name}; {COUNT} new"
        " questions of 2 to 4 words each, top 10 with marks; memory without that of the model.",
        table(["", "measured", "aim"], rows),
    ]
    publish("\n\n".join(text) + "\n", "meaning-speed", options.readme)
    return 0


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    add = parser.add_argument
    add("--index", type=Path, required=True, help="an index of the news, embedded")
    add("--models", type=Path, required=True, help="the folder of installed models")
    add("--news", type=Path, default=NEWS, help="news.jsonl.gz, for the questions")
    add("--readme", type=Path, help="README.md to put the table into")
    return parser.parse_args()


def asked(archive: backstory.Archive, texts: Sequence[str]) -> dict[str, list[float]]:
    """Return the milliseconds of half of the questions with words alone, and half by meaning."""
    times: dict[str, list[float]] = {WORDS: [], MEANING: []}
    for number, text in enumerate(texts):
        name = (WORDS, MEANING)[number // TURN % 2]
        times[name].append(timed(partial(archive.search, text, words_only=name == WORDS)))
    return times


def parts_of(snapshot: Snapshot, encoder: Encoder, texts: Sequence[str]) -> dict[str, list[float]]:
    """Return the milliseconds that the model takes, and those of the search for the nearest."""
    times: dict[str, list[float]] = {"the model": [], "the nearest": []}
    for text in texts:
        times["the model"].append(timed(partial(encoder.question, text)))
        vector = quantized(encoder.question(text)[None])
        times["the nearest"].append(timed(partial(snapshot.nearest, vector, k=400)))
    return times


def recall(snapshot: Snapshot, encoder: Encoder, texts: Sequence[str]) -> float:
    """Return the share of the truly nearest passages that are found."""
    ids = [row.id for row in _every(snapshot)]
    rows = np.concatenate(
        [
            row
            for document, passage in snapshot.read(ids)
            if (row := snapshot.vector(document.id, passage.number)) is not None
        ]
    )
    shares = []
    for text in texts[:50]:
        vector = quantized(encoder.question(text)[None])
        truly = np.sort(cosines(vector, rows))[-RECALLED:]
        near = snapshot.nearest(vector, k=RECALLED).cosines
        shares.append(sum(cosine >= truly[0] for cosine in near) / RECALLED)
    return fmean(shares)


def _every(snapshot: Snapshot) -> Sequence[Any]:
    from backstory.engine.query import All
    from backstory.engine.ranking import BM25

    return snapshot.retrieve(All(), BM25(), k=snapshot.statistics.passages).top


def timed(act: Callable[[], object]) -> float:
    """Return how many milliseconds something takes."""
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def _aim(name: str, share: int, times: Sequence[float]) -> str:
    aim = AIMS[f"p{share}"] if name == MEANING else None
    return aim.verdict(percentile(times, share), "ms") if aim else ""


if __name__ == "__main__":
    raise SystemExit(main())
