"""Compare two upper bounds that a cluster can find candidates by: a scripted one and its own BM25.

    python -m tests.cluster.nodes --nodes 1 -- python bench/cluster_bound.py --passages 1000000

The same terms lie in two fields: one that tells frequencies, of which a script makes scores as in
`opensearch/translation.py`, one with the cluster's own BM25, which may pass over passages that
cannot be among the best. Both are
asked for the best 20 of words and of phrases; totals are counted apart, as that is what keeps it
from passing anything over. The passages are recombined from the news. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from cluster import HOSTS, NEWS, SHARES
from news import SEED, draw, read_news
from recombined import SENTENCES, sentences
from report import command, machine, percentile, publish, shown, table

from backstory.engine.analysis import Analyzer
from backstory.engine.indexes.opensearch.mapping import entries_body
from backstory.engine.indexes.opensearch.translation import BM25_OF_FREQUENCY
from backstory.engine.settings import OpenSearchSettings

NAME = "bench-bound"
BULK = 5_000
FIELDS = {"scripted": "stem", "own BM25": "own"}


def main() -> int:
    """Measure, print, and return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--news", type=Path, default=NEWS, help="news.jsonl.gz")
    parser.add_argument("--passages", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=200, help="questions of each kind")
    parser.add_argument("--readme", type=Path, help="README.md to put the table into")
    options = parser.parse_args()
    host = os.environ.get(HOSTS, "").split(",")[0]
    if not host or not options.news.is_file():
        print(f"It needs {HOSTS} and {options.news}.", file=sys.stderr)
        return 2
    articles = list(read_news(options.news))
    questions = draw(articles, options.queries)
    fill(host, sentences(articles), options.passages)
    kinds = {"2-4 words": questions.words, "a phrase of two words": questions.phrases}
    lines = [line for name, texts in kinds.items() for line in asked(host, name, texts)]
    send(host, "DELETE", NAME)
    head = f"`{command('bench/cluster_bound.py', sys.argv[1:])}`\n\n{machine()}"
    text = table(("measured", *FIELDS, "count alone"), lines)
    publish(f"{head}\n\n{text}\n", "cluster-bound", options.readme)
    return 0


def send(host: str, method: str, path: str, body: Any = None) -> Any:
    """Send a request and return the answer."""
    content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(f"{host}/{path}", content, headers, method=method)
    with urllib.request.urlopen(request, timeout=600) as answer:
        return json.load(answer)


def fill(host: str, pool: Sequence[str], passages: int) -> None:
    """Index recombined passages in both fields."""
    body = entries_body(OpenSearchSettings(shards=1, replicas=0))
    field = {"type": "text", "analyzer": "whitespace"}
    own = body["mappings"]["properties"]
    properties = {"stem": own["stem"], "size": own["size"], "own": field}
    settings = body["settings"]["index"] | {"translog.durability": "async"}
    mappings = {"_source": {"enabled": False}, "properties": properties}
    send(host, "PUT", NAME, {"settings": {"index": settings}, "mappings": mappings})
    texts = recombined(pool, passages)
    while some := list(islice(texts, BULK)):
        entries = ({"stem": text, "own": text, "size": text.count(" ") + 1} for text in some)
        lines = (f'{{"index":{{}}}}\n{json.dumps(entry)}\n' for entry in entries)
        send(host, "POST", f"{NAME}/_bulk", "".join(lines).encode())
    send(host, "POST", f"{NAME}/_refresh", b"")


def recombined(pool: Sequence[str], passages: int) -> Iterator[str]:
    """Yield the terms of passages of some sentences each."""
    analyzer, random_ = Analyzer(), random.Random(SEED)
    analysed = [" ".join(stem for _, stem in analyzer.terms(text, "en")) for text in pool]
    for _ in range(passages):
        yield " ".join(random_.choices(analysed, k=random_.randint(*SENTENCES)))


def asked(host: str, name: str, texts: Sequence[str]) -> list[tuple[str, ...]]:
    """Ask both fields by turns, and for the number alone; return lines of the table."""
    analyzer = Analyzer()
    times: dict[str, list[float]] = {who: [] for who in (*FIELDS, "count")}
    for text in texts:
        stems = [stem for _, stem in analyzer.terms(text.strip('"'), "en")]
        for who, field in FIELDS.items():
            body = {"size": 20, "track_total_hits": False, "query": query(field, stems, text)}
            times[who].append(timed(host, body))
        counted = {"bool": {"filter": [query("stem", stems, text)]}}
        body = {"size": 0, "track_total_hits": True, "query": counted}
        times["count"].append(timed(host, body))
    return [
        (f"{name}, p{share}", *(shown(percentile(each, share), "ms") for each in times.values()))
        for share in SHARES
    ]


def query(field: str, stems: Sequence[str], text: str) -> dict[str, Any]:
    """Return a query for a phrase, or for any of some words."""
    if text.startswith('"'):
        return scored(field, {"match_phrase": {field: {"query": " ".join(stems)}}}, len(stems))
    words = [scored(field, {"term": {field: {"value": stem}}}, 1) for stem in stems]
    return {"bool": {"should": words}}


def scored(field: str, leaf: dict[str, Any], times: int) -> dict[str, Any]:
    """Return a word or a phrase with the score that its field is for."""
    if field != "stem":
        return leaf
    numbers = {"weight": 1.0, "times": times, "norm": 0.3, "step": 0.9 / 58}
    script = {"source": BM25_OF_FREQUENCY, "params": numbers}
    return {"script_score": {"query": leaf, "script": script}}


def timed(host: str, body: dict[str, Any]) -> float:
    """Return the milliseconds that a search takes."""
    began = time.perf_counter()
    send(host, "POST", f"{NAME}/_search?request_cache=false", body)
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    sys.exit(main())
