"""Measure what meaning adds to words: test collections, judged queries, and other languages.

    python bench/meaning.py --models ~/.local/share/backstory/models --keep /tmp/vectors

Each installed model is asked with several weights, beside words alone and the plain rivals of
`bench/relevance.py`. Vectors and figures are kept in a folder: what was ended goes on where it was,
and a new measurement begins with another folder, or without its figures-*.json. Nothing else is
left behind.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any

import rankers
from judged import Collection, missing_files, read_collection
from rankers import PEERS, is_installed, open_ranker, rank_with_backstory
from relevance import SHARED, judge
from report import SYSTEMS, command, machine, publish, table
from significance import PERMUTATIONS, chance
from speed import say

import backstory
from backstory.engine.embeddings import EmbeddingModel, Encoder, Vectors
from backstory.index_encoder import IndexEncoder
from backstory.indexer.meaning.folder import Models
from backstory.searcher import Searcher, nearest_sentence

WEIGHTS = (0.75, 1.0, 1.25)  # of the setting search.meaning
MEASURES = ("nDCG@10", "RR@10", "Recall@100")
DEPTH = 100
SURE = 0.05
HARD = 0.9  # from there on little can be gained
EXACT = ("phrase", "name", "typo")  # kinds of judged queries that words answer best
WORDS = "words alone"
JUDGED = "judged queries"
ABROAD = "Spanish questions, English passages"
Figures = dict[str, dict[str, dict[str, float]]]  # by system, by measure, by question


@dataclass(frozen=True, slots=True)
class Measured:
    """What came out for some questions, by system."""

    name: str
    figures: Figures

    def mean(self, system: str, measure: str = "nDCG@10") -> float:
        """Return the mean over the questions."""
        return fmean(self.figures[system][measure].values())

    def chance(self, system: str, other: str, measure: str = "nDCG@10") -> float:
        """Return the p of no difference."""
        one, two = (self.figures[name][measure] for name in (system, other))
        return chance(list(one.values()), [two[question] for question in one])


def main() -> int:
    """Measure, print, and return the exit status."""
    options = arguments()
    nearest_sentence.MOST = 0  # which sentence is shown of a passage changes no order
    if not (names := Models(options.models).names()):
        print(f"No model in {options.models}: backstory meaning install NAME", file=sys.stderr)
        return 2
    peers = [peer for peer in PEERS if is_installed(peer)]
    names = [name for name in names if not options.only or name in options.only]
    bench = Bench(options.models, options.keep, names)
    measured = [
        bench.kept(folder.name, partial(bench.collection, folder, peers))
        for folder in options.collections
        if not missing_files(folder)
    ]
    both = {folder.name: folder for folder in options.collections}
    if both.keys() >= {"xquad-en", "xquad-es"}:
        abroad = partial(bench.abroad, both["xquad-en"], both["xquad-es"])
        measured.append(bench.kept("abroad", abroad))
    judged = bench.kept("judged", bench.judged)
    flags = [folder.name for folder in options.collections]
    publish(markdown(measured, judged, peers, flags), "meaning", options.readme)
    return 0


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    shared = sorted(SHARED.iterdir()) if SHARED.is_dir() else []
    add = parser.add_argument
    add("collections", nargs="*", type=Path, default=shared, help="folders of test collections")
    add("--models", type=Path, required=True, help="the folder of installed models")
    add("--only", nargs="*", default=[], help="these models of them")
    add("--keep", type=Path, required=True, help="a folder for vectors")
    add("--readme", type=Path, help="README.md to put the tables into")
    return parser.parse_args()


class Bench:
    """Asks archives with every model and weight."""

    def __init__(self, models: Path, keep: Path, names: Sequence[str]) -> None:
        self._models, self._keep, self._names = models.absolute(), keep.absolute(), names

    def kept(self, name: str, measure: Callable[[], Measured]) -> Measured:
        """Return the figures that are kept, or else measure them and keep them."""
        path = self._keep / f"figures-{name}.json"
        if not path.exists():
            measured = measure()
            path.write_text(json.dumps([measured.name, measured.figures]), encoding="utf-8")
        return Measured(*json.loads(path.read_text(encoding="utf-8")))

    def collection(self, folder: Path, peers: Sequence[str]) -> Measured:
        """Measure a collection, the rivals too."""
        rankers.LANGUAGE = "es" if folder.name.endswith("-es") else "en"
        collection = read_collection(folder, lambda complaint: None)
        answers = dict(self._answers(collection, collection.questions))
        texts, titles = _texts(collection)
        for peer in peers:
            say(f"{collection.name}: {SYSTEMS[peer]}")
            rank = open_ranker(peer, texts, titles, Path(os.devnull), Counter())
            questions = collection.questions.items()
            answers[SYSTEMS[peer]] = {id_: rank(text, DEPTH) for id_, text in questions}
        figures = {name: judge(collection, found) for name, found in answers.items()}
        return Measured(collection.name, figures)

    def abroad(self, passages: Path, questions: Path) -> Measured:
        """Measure the questions of one collection over the passages of another with its ids."""
        rankers.LANGUAGE = "en"
        collection = read_collection(passages, lambda complaint: None)
        asked = read_collection(questions, lambda complaint: None).questions
        answers = dict(self._answers(collection, asked))
        return Measured(ABROAD, {name: judge(collection, each) for name, each in answers.items()})

    def _answers(
        self, collection: Collection, questions: Mapping[str, str]
    ) -> Iterator[tuple[str, dict[str, list[str]]]]:
        with tempfile.TemporaryDirectory(prefix="meaning-") as work:
            index = Path(work) / "index"
            rank_with_backstory(*_texts(collection), index, Counter())
            yield WORDS, _asked(self._open(index, "").searcher, questions)
            for name in self._names:
                say(f"{collection.name}: {name}")
                with self._open(index, name) as archive:
                    for weight, searcher in _weighted(archive):
                        yield f"{name} {weight:g}", _asked(searcher, questions)

    def judged(self) -> Measured:
        """Measure the judged queries of the shipped corpus; systems have their kinds."""
        queries = _judged_queries()
        figures: Figures = {}
        with tempfile.TemporaryDirectory(prefix="meaning-") as work:
            index = Path(work) / "index"
            corpus = Path(__file__).parents[1] / "corpus"
            archive = self._open(index, "", corpus=corpus)
            archive.index()
            figures[WORDS] = _graded(archive.searcher, queries)
            for name in self._names:
                say(f"judged: {name}")
                with self._open(index, name) as archive:
                    for weight, searcher in _weighted(archive):
                        figures[f"{name} {weight:g}"] = _graded(searcher, queries)
        return Measured(JUDGED, figures)

    def _open(self, index: Path, model: str, corpus: Path | None = None) -> backstory.Archive:
        return backstory.open(
            index,
            corpus__path=str(corpus or index.parent / "corpus"),
            search__max_page_size=1000,
            meaning__enabled=bool(model),
            meaning__model=model,
            meaning__models=str(self._models),
            state__path=str(self._keep),
        )


def _texts(collection: Collection) -> tuple[dict[str, str], dict[str, str]]:
    documents = collection.documents.values()
    texts = {each.id: each.whole(repeat_title=True) for each in documents}
    return texts, {each.id: each.title for each in documents}


class Remembering:
    """An encoder that makes the vector of a question once, for all weights."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder, self._known = encoder, dict[str, Vectors]()

    @property
    def model(self) -> EmbeddingModel:
        """The model."""
        return self._encoder.model

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Return a vector for each text."""
        return self._encoder.passages(texts)

    def question(self, text: str) -> Vectors:
        """Return the vector of a question."""
        if text not in self._known:
            self._known[text] = self._encoder.question(text)
        return self._known[text]


def _weighted(archive: backstory.Archive) -> Iterator[tuple[float, Searcher]]:
    """Embed an archive, and yield a searcher for each weight."""
    archive.embed()
    index, config = archive.passage_index, archive.config
    encoder = IndexEncoder(index, config)
    remembering = Remembering(encoder)
    for weight in WEIGHTS:
        settings = replace(config.search, meaning=weight)
        yield weight, Searcher(index, settings, config.ranking, encoder=remembering)
    encoder.close()


def _asked(searcher: Searcher, questions: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the documents that each question finds, by their best passages."""
    answers = {}
    for id_, text in questions.items():
        result = searcher.search(text, limit=DEPTH, correct=False, copies=False)
        answers[id_] = list(dict.fromkeys(hit.document for hit in result))[:DEPTH]
    return answers


def _judged_queries() -> list[Any]:
    """Return the judged queries of the shipped corpus."""
    path = Path(__file__).parents[1] / "tests" / "relevance" / "judged.py"
    spec = importlib.util.spec_from_file_location("judged_queries", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return list(module.read_judged())


def _graded(searcher: Searcher, queries: Sequence[Any]) -> dict[str, dict[str, float]]:
    """Return the measures of the judged queries, by measure and "kind: id"."""
    ids = {query.id: f"{query.kind}: {query.id}" for query in queries}
    answers = {
        ids[query.id]: [
            hit.passage for hit in searcher.search(query.text, limit=DEPTH, copies=False)
        ]
        for query in queries
    }
    graded = {ids[query.id]: query.grades for query in queries}
    return judge(Collection("", {}, {}, graded), answers)


def markdown(
    measured: Sequence[Measured], judged: Measured, peers: Sequence[str], names: Sequence[str]
) -> str:
    """Return everything as Markdown."""
    parts = [
        f"`{command('bench/meaning.py', ['--models=MODELS', '--keep=KEPT', *names])}`",
        f"{machine()} The number behind a model is the setting `search.meaning`; p is that of no"
        f" difference from the words alone (paired randomisation test, {PERMUTATIONS:,}"
        " permutations, two-sided) where it is below .05.",
    ]
    for measure in MEASURES:
        parts += [f"### {measure}", table(*_by_collection([*measured, judged], measure))]
    parts += ["### nDCG@10 of the judged queries, by kind", table(*_by_kind(judged))]
    parts += ["### Gain over the best plain rival", table(*_gains(measured, peers))]
    return "\n\n".join(parts) + "\n"


def _by_collection(measured: Sequence[Measured], measure: str) -> tuple[list[str], list[list[str]]]:
    systems = list(dict.fromkeys(name for each in measured for name in each.figures))
    rows = []
    for system in systems:
        cells = [
            _cell(each, system, measure) if system in each.figures else "" for each in measured
        ]
        rows.append([system, *cells])
    return ["", *(each.name for each in measured)], rows


def _cell(measured: Measured, system: str, measure: str) -> str:
    p = measured.chance(system, WORDS, measure) if system != WORDS else 1.0
    significant = f" (p {p:.3f})" if p < SURE else ""
    return f"{measured.mean(system, measure):.3f}{significant}"


def _by_kind(judged: Measured) -> tuple[list[str], list[list[str]]]:
    kinds = sorted({key.partition(":")[0] for key in judged.figures[WORDS]["nDCG@10"]})
    rows = []
    for system, figures in judged.figures.items():
        values = figures["nDCG@10"].items()
        means = [fmean(v for key, v in values if key.startswith(f"{kind}:")) for kind in kinds]
        exact = [v for key, v in values if key.partition(":")[0] in EXACT]
        rows.append([system, *(f"{mean:.3f}" for mean in (*means, fmean(exact)))])
    return ["", *kinds, " and ".join(EXACT)], rows


def _gains(measured: Sequence[Measured], peers: Sequence[str]) -> tuple[list[str], list[list[str]]]:
    rivals = [SYSTEMS[peer] for peer in peers]
    compared = [each for each in measured if each.name != ABROAD]
    best = {each.name: max(rivals, key=each.mean) for each in compared}
    hard = [each for each in compared if each.mean(best[each.name]) < HARD]
    rows = []
    for system in [name for name in measured[0].figures if name not in rivals]:
        cells = []
        for each in compared:
            rival = best[each.name]
            p = each.chance(system, rival)
            gain = each.mean(system) / each.mean(rival) - 1
            cells.append(f"{gain:+.1%}" + (f" (p {p:.3f})" if p < SURE else ""))
        gains = [each.mean(system) / each.mean(best[each.name]) - 1 for each in hard]
        rows.append([system, *cells, f"{fmean(gains):+.1%}" if gains else ""])
    heads = [f"{each.name} ({best[each.name]})" for each in compared]
    return ["", *heads, f"mean where the rival is below {HARD}"], rows


if __name__ == "__main__":
    raise SystemExit(main())
