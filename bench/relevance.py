"""Measure how well Backstory ranks, beside its peers: same texts, same questions, one run.

    python bench/relevance.py cranfield cisi             # folders of test collections
    python bench/relevance.py cranfield --worst 10       # and where it goes wrong

Prints a table for each collection; says on stderr what it is doing. Nothing is left behind.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from judged import Collection, EmptyCollection, missing_files, read_collection
from rankers import OURS, PEERS, is_installed, open_ranker
from report import PACKAGES, SYSTEMS, command, machine, publish, table
from significance import PERMUTATIONS, chance
from speed import TERMINATED, say

from backstory.batch import MOST, trec_lines
from backstory.terminal import counted

SHARED = Path(__file__).resolve().parents[2] / "shared" / "collections"
MEASURES = {"nDCG@10": "nDCG@10", "AP": "AP", "Recall@100": "R@100", "RR@10": "RR@10"}
TESTED = ("nDCG@10", "AP")
WITH_PEERS = (*PACKAGES, "bm25s", "PyStemmer", "ir-measures")
SMALLEST = 0.001
NOTES_SHOWN = 10
Answers = dict[str, list[str]]
Figures = dict[str, dict[str, float]]  # by measure, by question


@dataclass(frozen=True, slots=True)
class Measured:
    """What came out for one collection, by system."""

    collection: Collection
    answers: dict[str, Answers]
    figures: dict[str, Figures]
    limits: Counter[str]

    @property
    def notes(self) -> str:
        """Which of Backstory's limits were hit, and by how many questions."""
        said = (
            f"{limit[:-1]} ({counted(count, 'question')})." for limit, count in self.limits.items()
        )
        return " ".join(["Backstory:", *said]) if self.limits else ""

    def mean(self, system: str, measure: str) -> float:
        """Return a measure's mean over the judged questions."""
        values = self.figures[system][measure].values()
        return sum(values) / len(values)

    def chance(self, peer: str, measure: str) -> float:
        """Return the p of the difference between Backstory and a peer."""
        ours, theirs = (self.figures[system][measure] for system in (OURS, peer))
        return chance(list(ours.values()), [theirs[question] for question in ours])


def main() -> int:
    """Measure, print, and return the exit status."""
    options = arguments()
    # A run that is ended takes its temporary folder with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    if problem := _problem(options):
        print(problem, file=sys.stderr)
        return 2
    chosen = () if options.skip_peers else tuple(PEERS)
    peers = tuple(filter(is_installed, chosen))
    missing = tuple(peer for peer in chosen if peer not in peers)
    try:
        measured = [measure(folder, peers, options) for folder in options.collections]
    except EmptyCollection as error:
        print(error, file=sys.stderr)
        return 2
    heads = ["measured", SYSTEMS[OURS], *(SYSTEMS[peer] for peer in (*peers, *missing))]
    tell(measured, heads, options)
    return 0


def tell(measured: Sequence[Measured], heads: Sequence[str], options: argparse.Namespace) -> None:
    """Print the tables and the worst questions, and write the runs."""
    if options.markdown or options.readme:
        publish(markdown(measured, heads, options), "relevance", options.readme)
    else:
        for each in measured:
            print(f"{title(each.collection)}\n\n{plain([heads, *lines(each)])}\n")
            print(f"{each.notes}\n" if each.notes else "", end="")
    for each in measured:
        if options.worst:
            print("\n".join(worst(each, options.worst)))
        if options.run:
            name = each.collection.name if len(measured) > 1 else ""
            write_run(each, run_file(options.run, name))


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    shared = sorted(SHARED.iterdir()) if SHARED.is_dir() else []
    add = parser.add_argument
    add("collections", nargs="*", type=Path, default=shared, help="folders of test collections")
    add("--depth", type=depth, default=MOST, help=f"documents a question, at most {MOST:,}")
    add("--skip-peers", action="store_true", help="measure Backstory alone")
    add("--repeat-titles", action="store_true", help="before texts that begin with theirs, too")
    add("--worst", type=int, metavar="N", help="list the N questions with the lowest nDCG@10")
    add("--run", type=Path, help="write the hits for trec_eval; each collection its own file")
    add("--markdown", action="store_true", help="print Markdown")
    add("--readme", type=Path, help="README.md to put the tables into")
    return parser.parse_args()


def depth(text: str) -> int:
    """Read how many documents a question is answered with."""
    number = int(text)
    if not 1 <= number <= MOST:
        raise ValueError(number)
    return number


def _problem(options: argparse.Namespace) -> str:
    if find_spec("ir_measures") is None:
        return "ir-measures is not installed. Install it with: pip install -e '.[bench]'"
    if not options.collections:
        return "No collection. Name the folders: bench/relevance.py FOLDER ..."
    for folder in options.collections:
        if lacking := missing_files(folder):
            return f"{folder} has no {', no '.join(lacking)}. Name a folder that has them."
    return ""


def measure(folder: Path, peers: Sequence[str], options: argparse.Namespace) -> Measured:
    """Index a collection with every system, ask all its questions, and judge the answers."""
    complaints: list[str] = []
    collection = read_collection(folder, complaints.append)
    for complaint in complaints[:NOTES_SHOWN]:
        say(f"left out: {complaint}")
    if len(complaints) > NOTES_SHOWN:
        say(f"… and {len(complaints) - NOTES_SHOWN:,} more lines")
    documents = collection.documents.values()
    texts = {each.id: each.whole(repeat_title=options.repeat_titles) for each in documents}
    titles = {each.id: each.title for each in documents}
    answers: dict[str, Answers] = {}
    limits: Counter[str] = Counter()
    for system in (OURS, *peers):
        say(f"{collection.name}: {SYSTEMS[system]}")
        with tempfile.TemporaryDirectory(prefix="relevance-") as work:
            rank = open_ranker(system, texts, titles, Path(work) / "index", limits)
            questions = collection.questions.items()
            answers[system] = {id_: rank(text, options.depth) for id_, text in questions}
    figures = {system: judge(collection, answers[system]) for system in answers}
    return Measured(collection, answers, figures, limits)


def judge(collection: Collection, answers: Answers) -> Figures:
    """Return each measure for each judged question; one without hits counts 0."""
    import ir_measures

    run = {
        question: {document: float(MOST - i) for i, document in enumerate(ranked)}
        for question, ranked in answers.items()
        if ranked
    }
    named = {ir_measures.parse_measure(name): shown for shown, name in MEASURES.items()}
    figures: Figures = {shown: dict.fromkeys(collection.judgements, 0.0) for shown in MEASURES}
    for metric in ir_measures.iter_calc(list(named), collection.judgements, run):
        figures[named[metric.measure]][metric.query_id] = metric.value
    return figures


def lines(measured: Measured) -> Iterator[list[str]]:
    """Yield the lines of a collection's table: the measures, then the tests."""
    for measure_ in MEASURES:
        yield [measure_, *(f"{measured.mean(system, measure_):.3f}" for system in measured.answers)]
    for measure_ in TESTED if len(measured.answers) > 1 else ():
        peers = [system for system in measured.answers if system != OURS]
        chances = (_shown(measured.chance(peer, measure_)) for peer in peers)
        yield [f"p of no difference, {measure_}", "", *chances]


def _shown(p: float) -> str:
    return f"{p:.3f}" if p >= SMALLEST else f"< {SMALLEST}"


def title(collection: Collection) -> str:
    """Return a collection in a line: its name and what it holds."""
    documents, questions = len(collection.documents), len(collection.judgements)
    return f"{collection.name}: {documents:,} documents, {questions:,} judged questions"


def markdown(
    measured: Sequence[Measured], heads: Sequence[str], options: argparse.Namespace
) -> str:
    """Return everything as Markdown."""
    names = [each.collection.name for each in measured]
    flags = ["--repeat-titles"] if options.repeat_titles else []
    flags += [f"--depth={options.depth}"] if options.depth != MOST else []
    parts = [
        f"`{command('bench/relevance.py', [*names, *flags])}`",
        f"{machine(WITH_PEERS)} p: paired randomisation test, "
        f"{PERMUTATIONS:,} permutations, two-sided.",
    ]
    for each in measured:
        rows = [_filled(line, heads) for line in lines(each)]
        parts += [f"### {title(each.collection)}", table(heads, rows)]
        parts += [each.notes] if each.notes else []
    return "\n\n".join(parts) + "\n"


def plain(rows: Sequence[Sequence[str]]) -> str:
    """Return a table for a terminal: the first column to the left, figures to the right."""
    filled = [_filled(row, rows[0]) for row in rows]
    widths = [max(map(len, column)) for column in zip(*filled, strict=True)]
    return "\n".join(
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in filled
    )


def _filled(row: Sequence[str], heads: Sequence[str]) -> list[str]:
    return [*row, *["not installed"] * (len(heads) - len(row))]


def worst(measured: Measured, count: int) -> Iterator[str]:
    """Yield our worst questions by nDCG@10, what came first, and where a good answer stood."""
    collection = measured.collection
    figures = measured.figures[OURS]["nDCG@10"]
    yield f"Lowest nDCG@10 in {collection.name}:\n"
    for question in sorted(figures, key=lambda id_: figures[id_])[:count]:
        hits, judged = measured.answers[OURS][question], collection.judgements[question]
        good = [at for at, hit in enumerate(hits, 1) if judged.get(hit, 0) > 0]
        yield f"{figures[question]:.3f}  {question}: {collection.questions[question]}"
        if hits:
            verdict = "relevant" if good[:1] == [1] else "not relevant"
            yield f"       first hit {hits[0]} ({verdict}): {collection.documents[hits[0]].title}"
        yield f"       first relevant hit: {good[0] if good else f'none of {len(hits):,}'}\n"


def run_file(path: Path, name: str) -> Path:
    """Return the file of one collection's run: `run.trec`, or `run-cisi.trec` among several."""
    return path.with_name(f"{path.stem}-{name}{path.suffix}") if name else path


def write_run(measured: Measured, path: Path) -> None:
    """Write our hits as trec_eval reads them."""
    with path.open("w", encoding="utf-8") as stream:
        for question, hits in measured.answers[OURS].items():
            stream.writelines(trec_lines(question, hits))


if __name__ == "__main__":
    sys.exit(main())
