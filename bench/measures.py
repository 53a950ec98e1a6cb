"""What is measured by turns, for ceilings.py: each function returns samples by line and side.

A sample is one turn's figure: the p50 or p95 over all questions, or what one command took. The
samples of two sides are paired by position.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import sub, truediv
from pathlib import Path
from urllib.parse import quote_plus

from lines import page_lines, python_lines
from news import Article, Questions
from processes import Dialogue, Spent
from recombined import write
from report import percentile
from sides import Side, answering, by_turns, open_systems
from speed import say
from steps import run

PEER = "tantivy"
JOBS = "2"
SHARES = (50, 95)
NEWS_INDEX = "news"
LARGE_INDEX = "large"
UNKNOWN = "zyxomatic"  # has to be stemmed, for which NLTK is imported
MOST_DOCUMENTS = 200  # opened for the first time in one turn
Samples = dict[str, list[float]]  # by side, in the order of the turns
Measurements = dict[str, Samples]  # by line of the table
Rounds = Mapping[str, Sequence[Sequence[float]]]  # by side or system: milliseconds, turn by turn


@dataclass(frozen=True, slots=True)
class Bench:
    """What a measurement works with; `large` is the number of passages that are a million."""

    sides: Mapping[str, Side]
    work: Path
    news: Path
    limit: int | None
    articles: Sequence[Article]
    questions: Questions
    pairs: int
    index_pairs: int
    large: int

    @property
    def corpus(self) -> Path:
        """The news as text files."""
        return self.work / "corpus"


def percentiles(name: str, rounds: Rounds) -> Measurements:
    """Return p50 and p95 of every turn."""
    return {
        f"{name}, p{share}": {
            who: [percentile(times, share) for times in turns] for who, turns in rounds.items()
        }
        for share in SHARES
    }


def compared(
    samples: Samples, base: Mapping[str, Sequence[float]], how: Callable[[float, float], float]
) -> Samples:
    """Compare each side's samples with their pairs in `base`."""
    return {
        who: [how(*pair) for pair in zip(figures, base[who], strict=True)]
        for who, figures in samples.items()
    }


def systems(bench: Bench, index: str) -> dict[str, Callable[[], Dialogue]]:
    """Return what opens an index of each side in a process of its own."""
    return {name: partial(side.dialogue, index) for name, side in bench.sides.items()}


def timed(
    bench: Bench, opened: Mapping[str, Dialogue], how: str, texts: Sequence[str]
) -> dict[str, list[list[float]]]:
    """Ask everybody everything once, then by turns; return milliseconds of processor time."""
    tasks = {name: partial(_times, system, how, texts) for name, system in opened.items()}
    by_turns(1, tasks)
    return by_turns(bench.pairs, tasks)


def _times(system: Dialogue, how: str, texts: Sequence[str], turn: int = 0) -> list[float]:
    times: list[float] = system.ask("times", how, texts)
    return times


def measure_index(bench: Bench, pairs: int) -> Measurements:
    """Index the news anew in every turn; the last index of each side stays."""
    say(f"indexing the news, {pairs} times each")
    turns = by_turns(pairs, _indexing(bench, NEWS_INDEX, bench.corpus))
    results = _commands("time to index", turns)
    name = "time to index, processor"
    if "other" in bench.sides:
        base = {"here": results[name]["other"]}
        results[f"{name}: times the other's"] = compared(
            {"here": results[name]["here"]}, base, truediv
        )
    return results


def _indexing(bench: Bench, index: str, corpus: Path) -> dict[str, Callable[[int], Spent]]:
    return {who: partial(_index, side, index, corpus) for who, side in bench.sides.items()}


def _index(side: Side, index: str, corpus: Path, turn: int) -> Spent:
    shutil.rmtree(side.index(index), ignore_errors=True)
    took = side.command(index, corpus, "index", "--jobs", JOBS)
    if not any(side.index(index).glob("manifest-*.json")):
        raise RuntimeError(f"{side.python} made no index of {corpus}")
    return took


def _commands(name: str, turns: Mapping[str, Sequence[Spent]]) -> Measurements:
    return {
        f"{name}, clock": {who: [took.wall for took in each] for who, each in turns.items()},
        f"{name}, processor": {
            who: [took.processor for took in each] for who, each in turns.items()
        },
    }


def measure_words(bench: Bench) -> Measurements:
    """Ask words, with marks and exact totals, beside tantivy with its snippets."""
    say("words, beside tantivy")
    folder = bench.work / PEER
    peer = {"peer": PEER, "processes": int(JOBS), "news": bench.news, "limit": bench.limit}
    run("index_peer", folder=folder, **peer)
    starts = systems(bench, NEWS_INDEX) | {PEER: partial(answering, PEER, folder)}
    with open_systems(starts) as opened:
        rounds = timed(bench, opened, "words", bench.questions.words)
    theirs = percentiles("words", {PEER: rounds.pop(PEER)})
    ours = percentiles("words", rounds)
    results = dict(ours)
    for name, samples in ours.items():
        results[f"{name}: tantivy with its snippets"] = {"here": theirs[name][PEER]}
        by = dict.fromkeys(samples, theirs[name][PEER])
        results[f"{name}: times tantivy's"] = compared(samples, by, truediv)
    return results


def measure_facets(bench: Bench) -> Measurements:
    """Ask the same words with facets and without, by turns."""
    say("facets")
    texts = bench.questions.words
    with open_systems(systems(bench, NEWS_INDEX)) as opened:
        tasks = {
            (who, how): partial(_times, system, how, texts)
            for who, system in opened.items()
            for how in ("words", "facets")
        }
        by_turns(1, tasks)
        rounds = by_turns(bench.pairs, tasks)
    plain, full = (
        percentiles("words", {who: rounds[who, how] for who in bench.sides})
        for how in ("words", "facets")
    )
    return {
        name.replace("words", "facets add to words"): compared(full[name], plain[name], sub)
        for name in plain
    }


def measure_phrases(bench: Bench) -> Measurements:
    """Ask phrases of two words."""
    say("phrases")
    with open_systems(systems(bench, NEWS_INDEX)) as opened:
        return percentiles("phrases", timed(bench, opened, "words", bench.questions.phrases))


def measure_million(bench: Bench) -> Measurements:
    """Index a corpus recombined from the news, and ask it words and phrases."""
    say(f"writing {bench.large:,} passages")
    corpus = bench.work / "recombined"
    write(bench.articles, bench.large, corpus)
    say("indexing them")
    by_turns(1, _indexing(bench, LARGE_INDEX, corpus))
    shutil.rmtree(corpus)
    say("asking them")
    results: Measurements = {}
    with open_systems(systems(bench, LARGE_INDEX)) as opened:
        for name in ("words", "phrases"):
            texts = getattr(bench.questions, name)
            rounds = timed(bench, opened, "words", texts)
            results |= percentiles(f"a million passages: {name}", rounds)
    for side in bench.sides.values():
        shutil.rmtree(side.index(LARGE_INDEX))
    return results


def measure_cold(bench: Bench) -> Measurements:
    """Start `backstory query` over and over: with another question each time, and a new word."""
    say("cold queries")
    texts = bench.questions.words
    name = "cold `backstory query`"
    results = _processes(bench, name, lambda turn: ("query", texts[turn % len(texts)]))
    return results | _processes(bench, f"{name}, an unknown word", lambda _: ("query", UNKNOWN))


def measure_unchanged(bench: Bench) -> Measurements:
    """Run `backstory index` over files that have not changed."""
    say("nothing changed")
    return _processes(bench, "nothing changed", lambda _: ("index",))


def _processes(bench: Bench, name: str, words: Callable[[int], Sequence[str]]) -> Measurements:
    def run_(side: Side, turn: int) -> Spent:
        return side.command(NEWS_INDEX, bench.corpus, *words(turn))

    tasks = {who: partial(run_, side) for who, side in bench.sides.items()}
    by_turns(1, tasks)
    return _commands(name, by_turns(bench.pairs, tasks))


def measure_pages(bench: Bench) -> Measurements:
    """Ask the application for pages of hits, asked before, and for the documents they lead to."""
    say("pages")
    paths = [f"/search?q={quote_plus(text)}" for text in bench.questions.words]
    with open_systems(systems(bench, NEWS_INDEX)) as opened:
        results = percentiles("a page of hits", timed(bench, opened, "pages", paths))
        batches = _batches(opened, paths, bench.pairs)
        for who, links in batches.items():
            say(f"{sum(map(len, links)):,} documents, {who}")
        tasks = {who: partial(_open_twice, opened[who], links) for who, links in batches.items()}
        rounds = by_turns(bench.pairs, tasks)
    for i, name in enumerate(("a document, opened first", "a document, opened again")):
        turns = {who: [both[i] for both in each] for who, each in rounds.items()}
        results |= percentiles(name, turns)
    return results


def _open_twice(
    system: Dialogue, batches: Sequence[Sequence[str]], turn: int
) -> tuple[list[float], list[float]]:
    first = _times(system, "pages", batches[turn])
    return first, _times(system, "pages", batches[turn])


def _batches(
    opened: Mapping[str, Dialogue], paths: Sequence[str], turns: int
) -> dict[str, list[list[str]]]:
    """Return each side's links to the documents that all of them found, as many as turns."""
    links = {who: _documents(system, paths) for who, system in opened.items()}
    first, *others = links.values()
    common = [path for path in first if all(path in other for other in others)]
    size = min(MOST_DOCUMENTS, len(common) // turns)
    return {
        who: [[own[path] for path in common[i * size : (i + 1) * size]] for i in range(turns)]
        for who, own in links.items()
    }


def _documents(system: Dialogue, paths: Sequence[str]) -> dict[str, str]:
    """Return the links to the documents of all pages, by the document's path."""
    links = [link for path in paths for link in system.ask("links", path)]
    return {link.partition("?")[0]: link for link in reversed(links)}


def measure_lines(bench: Bench) -> Measurements:
    """Count what there is to read."""
    python = {who: python_lines(side.checkout) for who, side in bench.sides.items()}
    return {
        "lines of Python": {who: [sum(rooms.values())] for who, rooms in python.items()},
        "lines of Python, engine/": {who: [rooms["engine"]] for who, rooms in python.items()},
        "lines of templates, style and script": {
            who: [page_lines(side.checkout)] for who, side in bench.sides.items()
        },
    }
