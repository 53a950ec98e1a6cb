"""Measure an index on a cluster beside the embedded one and beside a plain field of the cluster.

    python -m tests.cluster.nodes --nodes 3 -- python bench/cluster.py
    python -m tests.cluster.nodes --nodes 3 -- python bench/cluster.py --passages 1000000 --alone

The news, or passages recombined from its sentences, are indexed by all three, and each question is
asked of all three, ten at a time by turns. The plain field is what the cluster does by itself: its
own analyzer of English and its own BM25, ten paragraphs with their extracts for a question. The
machines are those of TEST_OPENSEARCH. Prints Markdown tables.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import Any

from news import Questions, draw, read_news, unpack
from recombined import write
from report import command, machine, percentile, publish, shown, table

import backstory
from backstory import Archive

NEWS = Path(__file__).resolve().parents[2] / "shared" / "news" / "news.jsonl.gz"
HOSTS = "TEST_OPENSEARCH"
NAME = "bench"
TURN = 10
BULK = 2_000  # paragraphs of the plain field at a time
SHARES = (50, 95)
Ask = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Bench:
    """Where a measurement works, and how the index lies on the cluster."""

    work: Path
    hosts: Sequence[str]
    shards: int
    replicas: int

    @property
    def corpus(self) -> Path:
        """The folder of text files."""
        return self.work / "corpus"

    def open(self, kind: str, **settings: Any) -> Archive:
        """Open the archive with an index of a kind."""
        return backstory.open(
            self.work / "index",
            corpus=self.corpus,
            index__kind=kind,
            opensearch__hosts=list(self.hosts),
            opensearch__index=NAME,
            opensearch__shards=self.shards,
            opensearch__replicas=self.replicas,
            opensearch__timeout=300.0,
            meaning__enabled=False,
            **settings,
        )


class PlainField:
    """Paragraphs in a field that the cluster analyses and ranks by itself."""

    def __init__(self, bench: Bench) -> None:
        self._host, self._name = bench.hosts[0], f"{NAME}-plain"
        self._bench = bench

    def _send(self, method: str, path: str, body: bytes | None = None) -> Any:
        headers = {"content-type": "application/json"}
        request = urllib.request.Request(f"{self._host}/{path}", body, headers, method=method)
        with urllib.request.urlopen(request, timeout=600) as answer:
            return json.load(answer)

    def index(self, paragraphs: Iterator[str]) -> float:
        """Index paragraphs, and return how many seconds that took."""
        settings = {
            "number_of_shards": self._bench.shards,
            "number_of_replicas": self._bench.replicas,
            "refresh_interval": "-1",
        }
        fields = {"text": {"type": "text", "analyzer": "english"}}
        body = {"settings": {"index": settings}, "mappings": {"properties": fields}}
        self._send("PUT", self._name, json.dumps(body).encode())
        began = time.perf_counter()
        while some := list(islice(paragraphs, BULK)):
            lines = (f'{{"index":{{}}}}\n{json.dumps({"text": text})}\n' for text in some)
            self._send("POST", f"{self._name}/_bulk", "".join(lines).encode())
        self._send("POST", f"{self._name}/_refresh")
        return time.perf_counter() - began

    def ask(self, text: str) -> object:
        """Return ten paragraphs with extracts, and how many there are in all."""
        bare = text.partition(" title:")[0]
        kind = "match_phrase" if bare.startswith('"') else "match"
        body = {
            "query": {kind: {"text": bare.strip('"*')}},
            "highlight": {"fields": {"text": {}}},
            "track_total_hits": True,
        }
        return self._send("POST", f"{self._name}/_search", json.dumps(body).encode())

    def delete(self) -> None:
        """Delete the paragraphs."""
        self._send("DELETE", self._name)


@dataclass
class Figures:
    """Lines of a table, as they are measured."""

    lines: list[tuple[str, ...]]

    def add(self, name: str, unit: str, **figures: float) -> None:
        """Add a line with the figures of some systems, by name."""
        cells = (shown(figures[who], unit) if who in figures else "" for who in HEADS)
        self.lines.append((name, *cells))
        print(" | ".join(self.lines[-1]), file=sys.stderr, flush=True)

    @cached_property
    def head(self) -> tuple[str, ...]:
        """The heads of the columns."""
        return ("measured", *HEADS.values())


HEADS = {"embedded": "embedded", "cluster": "on the cluster", "plain": "plain field"}


def main() -> int:
    """Measure, print, and return the exit status."""
    options = arguments()
    hosts = [host for host in os.environ.get(HOSTS, "").split(",") if host]
    if not hosts or not options.news.is_file():
        print(f"It needs {HOSTS} and {options.news}.", file=sys.stderr)
        return 2
    articles = list(read_news(options.news, options.limit))
    with tempfile.TemporaryDirectory(prefix="bench-", dir=options.work) as work:
        bench = Bench(Path(work), hosts, options.shards, options.replicas)
        figures = Figures([])
        if options.passages:
            write(articles, options.passages, bench.corpus)
        else:
            unpack(articles, bench.corpus)
        questions = draw(articles, options.queries)
        if options.alone:
            measure_alone(bench, figures, questions)
        else:
            measure(bench, figures, questions)
    head = f"`{command('bench/cluster.py', sys.argv[1:])}`\n\n{machine()}"
    publish(f"{head}\n\n{table(figures.head, figures.lines)}\n", "cluster", options.readme)
    return 0


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--news", type=Path, default=NEWS, help="news.jsonl.gz")
    parser.add_argument("--limit", type=int, help="only the first N articles")
    parser.add_argument("--passages", type=int, default=0, help="recombined passages in its place")
    parser.add_argument("--queries", type=int, default=200, help="questions of each kind")
    parser.add_argument("--alone", action="store_true", help="only the index on the cluster")
    parser.add_argument("--shards", type=int, default=3)
    parser.add_argument("--replicas", type=int, default=1)
    parser.add_argument("--work", type=Path, help="folder to make a temporary folder in")
    parser.add_argument("--readme", type=Path, help="README.md to put the tables into")
    return parser.parse_args()


def measure(bench: Bench, figures: Figures, questions: Questions) -> None:
    """Index with all systems and ask them."""
    embedded = bench.open("embedded", index__jobs=2)
    seconds = indexed(embedded)
    passages = embedded.statistics.passages
    figures.add("passages a second, jobs=2", "", embedded=passages / seconds)
    one = bench.open("opensearch", index__jobs=1)
    figures.add("passages a second, jobs=1", "", cluster=passages / indexed(one))
    cluster = indexed_on_cluster(bench, figures)
    figures.add("on disk, of the embedded index", "MB", embedded=folder_size(bench))
    plain = PlainField(bench)
    snapshot = embedded.passage_index.open()
    paragraphs = (p.text for d, _, _ in snapshot.documents() for p in snapshot.passages(d.id))
    rate = passages / plain.index(paragraphs)
    figures.add("passages a second, one request at a time", "", plain=rate)
    asking(figures, questions, {"embedded": embedded, "cluster": cluster}, plain)
    plain.delete()


def measure_alone(bench: Bench, figures: Figures, questions: Questions) -> None:
    """Index on the cluster alone, and ask it."""
    asking(figures, questions, {"cluster": indexed_on_cluster(bench, figures)}, None)


def indexed_on_cluster(bench: Bench, figures: Figures) -> Archive:
    """Index with two processes, in place of what is there; add what that takes."""
    archive = bench.open("opensearch", index__jobs=2)
    before = stored(bench)
    seconds = indexed(archive, rebuild=True)
    passages = archive.statistics.passages
    figures.add("passages", "", cluster=passages)
    figures.add("passages a second, jobs=2", "", cluster=passages / seconds)
    figures.add("on disk, all copies", "MB", cluster=stored(bench) - before)
    for name, used in memory(bench).items():
        figures.add(f"heap of {name}", "MB", cluster=used)
    return archive


def indexed(archive: Archive, *, rebuild: bool = False) -> float:
    """Index the corpus, and return how many seconds that took."""
    began = time.perf_counter()
    archive.index(rebuild=rebuild)
    return time.perf_counter() - began


def asking(
    figures: Figures, questions: Questions, archives: dict[str, Archive], plain: PlainField | None
) -> None:
    """Ask every kind of question, ten at a time by turns; compare what two indexes answer."""
    prefixes = [f"{text.split()[0][:4]}*" for text in questions.words]
    kinds: dict[str, tuple[list[str], dict[str, Any]]] = {
        "2-4 words": (questions.words, {}),
        "a phrase of two words": (questions.phrases, {}),
        "words and a new title filter": (questions.filtered, {}),
        "four letters and *": (prefixes, {}),
        "words, with facets": (questions.words, {"facets": True}),
        "words, newest first": (questions.words, {"sort": "newest"}),
    }
    for text in questions.warm_up:
        for archive in archives.values():
            archive.search(text)
        if plain:
            plain.ask(text)
    different = 0
    for name, (texts, options) in kinds.items():
        asked = [*archives, "plain"] if plain else [*archives]
        times: dict[str, list[float]] = {who: [] for who in asked}
        for start in range(0, len(texts), TURN):
            turn = texts[start : start + TURN]
            answers = {
                who: timed(turn, partial(archive.search, **options), times[who])
                for who, archive in archives.items()
            }
            if plain:
                timed(turn, plain.ask, times["plain"])
                different += sum(map(differ, answers["embedded"], answers["cluster"]))
        for share in SHARES:
            by_system = {who: percentile(each, share) for who, each in times.items()}
            figures.add(f"{name}, p{share}", "ms", **by_system)
    if plain:
        figures.add("answers that are not those of the embedded index", "", cluster=different)


def timed(texts: Sequence[str], ask: Ask, times: list[float]) -> list[Any]:
    """Ask, note the milliseconds, and return the answers."""
    answers = []
    for text in texts:
        began = time.perf_counter()
        answers.append(ask(text))
        times.append((time.perf_counter() - began) * 1000)
    return answers


def differ(one: Any, other: Any) -> bool:
    """Tell whether two answers have other hits, scores, marks, totals or facets."""
    hits = [[(h.passage, h.score, h.marks) for h in each.hits] for each in (one, other)]
    return hits[0] != hits[1] or (one.total, one.facets) != (other.total, other.facets)


def folder_size(bench: Bench) -> int:
    """Return the bytes of the embedded index."""
    return sum(path.stat().st_size for path in (bench.work / "index").rglob("*") if path.is_file())


def stored(bench: Bench) -> int:
    """Return the bytes that the machines have for the index."""
    url = f"{bench.hosts[0]}/{NAME}-entries-*/_stats/store"
    with urllib.request.urlopen(url, timeout=60) as answer:
        total = json.load(answer)["_all"]["total"]
    return int(total["store"]["size_in_bytes"]) if total else 0  # nothing where no index is


def memory(bench: Bench) -> dict[str, int]:
    """Return the bytes of heap that each machine uses."""
    with urllib.request.urlopen(f"{bench.hosts[0]}/_nodes/stats/jvm", timeout=60) as answer:
        nodes = json.load(answer)["nodes"].values()
    return {node["name"]: node["jvm"]["mem"]["heap_used_in_bytes"] for node in nodes}


if __name__ == "__main__":
    sys.exit(main())
