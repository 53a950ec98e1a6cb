"""The questions: which kinds there are, who is asked, and what their times should be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from asking import OURS, How, Times, answering, in_turn
from news import Questions
from peers import WITH_MARKS, WITH_PHRASES
from report import Aim, Report, percentile

OWN = (OURS,)
FILTER = " title:"


@dataclass(frozen=True, slots=True)
class Kind:
    """Some questions, how and whom to ask, and the aims for p50 and p95 in milliseconds."""

    name: str
    texts: Sequence[str]
    systems: Sequence[str]
    how: How = "marks"
    aims: tuple[float | None, float | None] = (None, None)


def kinds(asked: Questions, peers: Sequence[str]) -> dict[str, Kind]:
    """Return what is asked, in order; `peers` are those that were indexed."""
    all_ = (OURS, *(peer for peer in peers if peer in WITH_MARKS))
    can_phrase = (OURS, *(peer for peer in peers if peer in WITH_PHRASES))
    folder = [f"{text} doc:reuters/" for text in asked.words]
    return {
        "first": Kind("2-4 words, with marks, asked for the first time", asked.words, all_),
        "again": Kind("2-4 words, with marks, asked again", asked.words, all_, aims=(1, 5)),
        "bm25": Kind("2-4 words, with marks, BM25 alone", asked.words, OWN, "bm25"),
        "bm25 again": Kind(
            "2-4 words, with marks, BM25 alone, asked again", asked.words, OWN, "bm25", aims=(1, 5)
        ),
        "plain": Kind("2-4 words, without marks, asked before", asked.words, peers, "plain"),
        "phrases": Kind(
            "a phrase of two words, asked for the first time", asked.phrases, can_phrase
        ),
        "phrases again": Kind(
            "a phrase of two words, asked again", asked.phrases, can_phrase, aims=(None, 10)
        ),
        "filtered": Kind("words and a new filter (`title:word`)", asked.filtered, OWN),
        "filtered again": Kind("words and a `title:` filter, asked again", asked.filtered, OWN),
        "folder": Kind("words and a filter on a folder (`doc:reuters/`)", folder, OWN),
        "folder again": Kind("words and a filter on a folder, asked again", folder, OWN),
        "facets": Kind("words, with facets for the first time", asked.words, OWN, "facets"),
        "facets again": Kind("words, with facets, asked again", asked.words, OWN, "facets"),
    }


def measure_queries(report: Report, folders: Mapping[str, Path], asked: Questions) -> None:
    """Ask all systems the same questions, side by side."""
    title = (
        f"Warm queries, top 10 with marks or extracts; {len(asked.words)} questions of each kind"
    )
    add = partial(report.add, title)
    found: dict[str, Times] = {}
    with answering(folders) as systems:
        in_turn({who: systems[who] for who in systems if who in (OURS, *WITH_MARKS)}, asked.warm_up)
        in_turn(systems, asked.warm_up, "plain")
        for key, kind in kinds(asked, [name for name in folders if name != OURS]).items():
            chosen = {name: systems[name] for name in kind.systems}
            found[key] = in_turn(chosen, kind.texts, kind.how)
            for share, aim in zip((50, 95), kind.aims, strict=True):
                figures = {who: percentile(times, share) for who, times in found[key].items()}
                add(f"{kind.name}, p{share}", "ms", figures, Aim(aim) if aim else None)
        unfiltered = [text.partition(FILTER)[0] for text in asked.filtered]
        in_turn({OURS: systems[OURS]}, unfiltered)
        found["unfiltered"] = in_turn({OURS: systems[OURS]}, unfiltered)
        totals = systems[OURS].totals(asked.words)
    pairs = (
        ("a `title:` filter, asked again, adds", "filtered again", "unfiltered"),
        ("a filter on a folder, asked again, adds", "folder again", "again"),
        ("facets, asked again, add", "facets again", "again"),
    )
    for name, key, base in pairs:
        add(f"{name} to p50", "%", {OURS: _added(found[key], found[base])}, Aim(50))
    add("passages found, median", "", {OURS: median(total for total, _ in totals)})
    with_all = sum(full > 0 for _, full in totals)
    add("questions with all their words in one passage", "", {OURS: with_all})


def _added(times: Times, base: Times) -> float:
    return (percentile(times[OURS], 50) / percentile(base[OURS], 50) - 1) * 100
