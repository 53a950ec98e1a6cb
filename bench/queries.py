"""The questions: which kinds there are, and who is asked.

The systems take turns after every ten questions, and who goes first changes, so that all see the
same machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from statistics import median

from answerer import OURS
from news import Questions
from peers import WITH_MARKS
from processes import Dialogue
from report import Aim, Report, percentile
from sides import answering, by_turns, open_systems

TURN = 10
FILTER = " title:"
SHARES = (50, 95)
MOST_ADDED = Aim(50)  # per cent
Systems = Mapping[str, Dialogue]
Times = dict[str, list[float]]  # by system: milliseconds, in the order of the texts


@dataclass(frozen=True, slots=True)
class Kind:
    """Some questions, and whom and how to ask; see answerer.py."""

    name: str
    texts: Sequence[str]
    systems: Sequence[str]
    how: str = "words"


def kinds(questions: Questions, peers: Sequence[str]) -> dict[str, Kind]:
    """Return what is asked, in order; `peers` are those that were indexed."""
    own = (OURS,)
    all_ = (OURS, *(peer for peer in peers if peer in WITH_MARKS))
    folder = [f"{text} doc:reuters/" for text in questions.words]
    return {
        "first": Kind("2-4 words, with marks, asked for the first time", questions.words, all_),
        "again": Kind("2-4 words, with marks, asked again", questions.words, all_),
        "plain": Kind("2-4 words, without marks, asked before", questions.words, peers, "plain"),
        "phrases": Kind("a phrase of two words, asked for the first time", questions.phrases, all_),
        "phrases again": Kind("a phrase of two words, asked again", questions.phrases, all_),
        "filtered": Kind("words and a new filter (`title:word`)", questions.filtered, own),
        "filtered again": Kind("words and a `title:` filter, asked again", questions.filtered, own),
        "folder": Kind("words and a filter on a folder (`doc:reuters/`)", folder, own),
        "folder again": Kind("words and a filter on a folder, asked again", folder, own),
    }


def measure_queries(report: Report, folders: Mapping[str, Path], questions: Questions) -> None:
    """Ask all systems the same questions, side by side."""
    count = len(questions.words)
    title = f"Warm queries, top 10 with marks or extracts; {count} questions of each kind"
    add = partial(report.add, title)
    starts = {who: partial(answering, who, folder) for who, folder in folders.items()}
    with open_systems(starts) as systems:
        times = _measured(report, title, systems, questions)
        totals = systems[OURS].ask("totals", questions.words)
    for name, key, base in (
        ("a `title:` filter, asked again, adds", "filtered again", "unfiltered"),
        ("a filter on a folder, asked again, adds", "folder again", "again"),
    ):
        add(f"{name} to p50", "%", {OURS: _added(times[key], times[base])}, MOST_ADDED)
    add("passages found, median", "", {OURS: median(total for total, _ in totals)})
    with_all = sum(full > 0 for _, full in totals)
    add("questions with all their words in one passage", "", {OURS: with_all})


def _measured(
    report: Report, title: str, systems: Systems, questions: Questions
) -> dict[str, Times]:
    """Ask everything, add the lines, and return the times by kind."""
    peers = [who for who in systems if who != OURS]
    marking = [who for who in systems if who in (OURS, *WITH_MARKS)]
    for whom, how in ((marking, "words"), (peers, "plain")):
        _ask(systems, Kind("warm-up", questions.warm_up, whom, how))
    by_kind: dict[str, Times] = {}
    for key, kind in kinds(questions, peers).items():
        by_kind[key] = _ask(systems, kind)
        for share in SHARES:
            figures = {who: percentile(times, share) for who, times in by_kind[key].items()}
            report.add(title, f"{kind.name}, p{share}", "ms", figures)
    unfiltered = [text.partition(FILTER)[0] for text in questions.filtered]
    for _ in ("first", "again"):
        by_kind["unfiltered"] = _ask(systems, Kind("unfiltered", unfiltered, (OURS,)))
    return by_kind


def _ask(systems: Systems, kind: Kind) -> Times:
    parts = [kind.texts[start : start + TURN] for start in range(0, len(kind.texts), TURN)]

    def times(system: Dialogue, turn: int) -> list[float]:
        milliseconds: list[float] = system.ask("times", kind.how, parts[turn])
        return milliseconds

    tasks = {who: partial(times, systems[who]) for who in kind.systems}
    return {who: list(chain(*turns)) for who, turns in by_turns(len(parts), tasks).items()}


def _added(times: Times, base: Times) -> float:
    return (percentile(times[OURS], 50) / percentile(base[OURS], 50) - 1) * 100
