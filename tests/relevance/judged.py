"""The judged queries: what people type, and the passages of the corpus that answer it.

They were written by reading the corpus, before anybody had seen what a search for them returns.
`queries.tsv` has an id, a kind and the text; `qrels.tsv` an id, a passage's address and a grade
(2: it answers, 1: it helps); `nothing.txt` has queries that must find nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
CORPUS = FOLDER.parents[1] / "corpus"


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """A query with the grades of the passages that answer it, by address."""

    id: str
    kind: str
    text: str
    grades: dict[str, int]


def read_judged(folder: Path = FOLDER) -> list[JudgedQuery]:
    """Return the queries in the order of their ids."""
    grades: dict[str, dict[str, int]] = {}
    for query, address, grade in _rows(folder / "qrels.tsv"):
        grades.setdefault(query, {})[address] = int(grade)
    rows = _rows(folder / "queries.tsv")
    return [JudgedQuery(name, kind, text, grades[name]) for name, kind, text in rows]


def read_nothing(folder: Path = FOLDER) -> list[str]:
    """Return the queries that nothing answers."""
    return (folder / "nothing.txt").read_text(encoding="utf-8").splitlines()


def _rows(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
