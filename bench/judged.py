"""Test collections: documents, questions, and which documents answer which question.

A collection is a folder with `corpus.jsonl` (`_id`, `title`, `text`), `queries.jsonl` (`_id`,
`text`) and `qrels.tsv` (question, document, score; a header line may stand first). A line that
cannot be used is left out and named; it never ends a run.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CORPUS, QUERIES, QRELS = "corpus.jsonl", "queries.jsonl", "qrels.tsv"
Complain = Callable[[str], None]


class EmptyCollection(Exception):
    """A collection has no documents, or no judged questions: there is nothing to measure."""


@dataclass(frozen=True, slots=True)
class JudgedDocument:
    """One document of a collection; `text` may have paragraphs between blank lines."""

    id: str
    title: str
    text: str

    def whole(self, *, repeat_title: bool = False) -> str:
        """Return title and text as one, the title once unless it is to be repeated."""
        if not self.title or (not repeat_title and self._begins_with_title()):
            return self.text
        return f"{self.title}\n{self.text}".rstrip()

    def _begins_with_title(self) -> bool:
        title, text = (" ".join(each.casefold().split()) for each in (self.title, self.text))
        goes_on = text[len(title) : len(title) + 1].isalnum()
        return text.startswith(title) and not goes_on


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents and questions by id, and the judged score of documents by question."""

    name: str
    documents: dict[str, JudgedDocument]
    questions: dict[str, str]
    judgements: dict[str, dict[str, int]]


def missing_files(folder: Path) -> list[str]:
    """Return the names of the files that a collection's folder lacks."""
    return [name for name in (CORPUS, QUERIES, QRELS) if not (folder / name).is_file()]


def read_collection(folder: Path, complain: Complain) -> Collection:
    """Read a collection; `complain` is told of every line that is left out, with the reason.

    Judgements of questions that the collection does not have are left out: nobody can be asked.
    Judged documents that it does not have stay, as what nobody can find. Raises EmptyCollection
    where nothing is left to measure.
    """
    documents = {
        id_: JudgedDocument(id_, _text(record, "title").strip(), _text(record, "text").strip())
        for id_, record in _records(folder / CORPUS, complain)
    }
    questions = {
        id_: " ".join(_text(record, "text").split())
        for id_, record in _records(folder / QUERIES, complain)
    }
    judgements: dict[str, dict[str, int]] = {}
    for number, question, document, score in _scores(folder / QRELS, complain):
        if question in questions:
            judgements.setdefault(question, {})[document] = score
        else:
            complain(f"{folder / QRELS}:{number}: no question {question}")
    if not documents or not judgements:
        raise EmptyCollection(f"{folder} has no {'judged questions' if documents else 'documents'}")
    return Collection(folder.resolve().name, documents, questions, judgements)


def _records(path: Path, complain: Complain) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the objects of a file by id, the first of each id."""
    seen = set()
    for number, line in _lines(path, complain):
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            record = None
        if not isinstance(record, dict) or record.get("_id") in (None, ""):
            complain(f"{path}:{number}: not a JSON object with an _id")
        elif (id_ := str(record["_id"])) in seen:
            complain(f"{path}:{number}: {id_} stands there twice")
        else:
            seen.add(id_)
            yield id_, record


def _scores(path: Path, complain: Complain) -> Iterator[tuple[int, str, str, int]]:
    is_first = True
    for number, line in _lines(path, complain):
        fields = [field.strip() for field in line.split("\t")]
        try:
            question, document, score = fields
            yield number, question, document, round(float(score))
        except (ValueError, OverflowError):
            if not is_first:  # or else it is the header
                complain(f"{path}:{number}: not a question, a document and a score")
        is_first = False


def _lines(path: Path, complain: Complain) -> Iterator[tuple[int, str]]:
    with path.open("rb") as stream:
        for number, data in enumerate(stream, 1):
            try:
                line = data.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError:
                complain(f"{path}:{number}: not UTF-8")
                continue
            if line.strip():
                yield number, line


def _text(record: dict[str, Any], name: str) -> str:
    value = record.get(name)
    # JSON may spell half a character; SQLite takes none.
    return "" if value is None else str(value).encode("utf-8", "replace").decode("utf-8")
