"""A small corpus in two editions, and whatever writes its index: what campaigns work with.

Every paragraph ends with its edition, so that a look at the index tells whether a document is there
as it was, as it was to become, or mixed.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from backstory.cli import main as command
from backstory.engine.errors import IndexNotFound
from backstory.engine.indexes.embedded import EmbeddedIndex
from backstory.indexer.arrivals import Arrivals
from backstory.indexer.sync import SyncOptions, SyncReport, sync
from backstory.indexer.watching import watch
from backstory.settings import Config

FILES, ROWS, PARAGRAPHS = 24, 4, 8
ADDED = "added.txt"
# What each document says at the end of its paragraphs; by id.
Editions = dict[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """A corpus with its index and state in one folder."""

    root: Path

    @property
    def config(self) -> Config:
        """The settings: one process, no waiting, and no asking where a killed run removed much."""
        return Config(root=self.root).override(
            index__path="index", index__jobs=1, index__wait=0.0, index__max_removal=1.0
        )

    def index(self) -> EmbeddedIndex:
        """Return the index, not opened yet."""
        return EmbeddedIndex(self.root / "index")

    def editions(self) -> Editions:
        """Return what the index has; raise for a document that is mixed or lacks a paragraph."""
        try:
            snapshot = self.index().open()
        except IndexNotFound:
            return {}
        editions: Editions = {}
        for document, _, passages in snapshot.documents():
            words = [p.text.rsplit(" ", 1)[-1] for p in snapshot.passages(document.id)]
            assert len(words) == passages == paragraphs_of(document.id), (document.id, words)
            assert len(set(words)) == 1, f"{document.id} is mixed: {words}"
            editions[document.id] = words[0]
        return editions

    def corpus_editions(self) -> Editions:
        """Return what the corpus has."""
        folder = self.root / "corpus"
        editions = {
            path.stem: path.read_text(encoding="utf-8").rsplit(" ", 1)[-1]
            for path in folder.glob("*.txt")
        }
        if (folder / "table.csv").exists():
            rows = (folder / "table.csv").read_text(encoding="utf-8").splitlines()[1:]
            editions |= {
                f"table.csv/{number}": row.rsplit(" ", 1)[-1] for number, row in enumerate(rows, 1)
            }
        return editions

    def arrivals(self) -> dict[str, str]:
        """Return when each document arrived."""
        arrivals = Arrivals(self.config.state_path)
        return {name: str(arrivals.arrived(name)) for name in self.editions()}


def paragraphs_of(document_id: str) -> int:
    """Return how many paragraphs a document has."""
    return PARAGRAPHS if document_id.startswith(("file", "added")) else 1


def text(name: str, edition: str) -> str:
    """Return a document of some paragraphs."""
    return "\n\n".join(f"Paragraph {p} of {name}, edition {edition}." for p in range(PARAGRAPHS))


def write_corpus(root: Path, version: str, every: int) -> None:
    """Write a version of the corpus: every n-th file differs, one is only here or only there.

    A table holds several documents, of which the new one has a row less.
    """
    folder = root / "corpus"
    folder.mkdir(exist_ok=True)
    for path in folder.glob("only-*"):
        path.unlink()
    for number in range(FILES):
        content = text(str(number), version if number % every == 1 else "always")
        path = folder / f"file{number}.txt"
        if not path.exists() or path.read_text(encoding="utf-8") != content:
            path.write_text(content, encoding="utf-8")
    (folder / f"only-{version}.txt").write_text(f"Only in {version}.", encoding="utf-8")
    rows = "".join(f"Row {n} edition {version}.\n" for n in range(ROWS + (version == "old")))
    (folder / "table.csv").write_text(f"text\n{rows}", encoding="utf-8")


def run_command(place: Place, *arguments: str) -> None:
    """Run the command in this process, and print nothing."""
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    given = ["--index", str(place.root / "index"), "--corpus", str(place.root / "corpus")]
    with contextlib.suppress(SystemExit):
        command([*given, *arguments])


def add(place: Place) -> None:
    """Add a document from elsewhere, with metadata."""
    path = place.root / ADDED
    path.write_text(text("what was added", "added"), encoding="utf-8")
    run_command(place, "add", str(path), "--title", "Late")


def remove(place: Place) -> None:
    """Remove a file of one document and one of several."""
    run_command(place, "remove", "--yes", "file7", "table.csv")


def watched(place: Place) -> None:
    """Watch until all is indexed; files that were just written are waited for."""
    reports: list[object] = []

    def is_over() -> bool:
        return bool(reports) and place.editions() == place.corpus_editions()

    watch(place.index(), place.config, reports.append, is_over=is_over)
    assert isinstance(reports[0], SyncReport), reports


@dataclass(frozen=True, slots=True)
class Verb:
    """What writes, in a child; `every` n-th file of the old index differs in the new corpus.

    Where every second file differs, most of the segment goes and it is written anew; of every
    third, the deleted entries are written down. With 0 the corpus is that of the index.
    """

    act: Callable[[Place], object]
    every: int = 0
    is_first: bool = False


def index(place: Place) -> None:
    """Bring the index up to date."""
    sync(place.index(), place.config)


VERBS = {
    "first": Verb(index, is_first=True),
    "index": Verb(index, every=2),
    "index-some": Verb(index, every=3),
    "rebuild": Verb(
        lambda place: sync(place.index(), place.config, SyncOptions(rebuild=True)), every=2
    ),
    "watch": Verb(watched, every=3),
    "add": Verb(add),
    "remove": Verb(remove),
}


def verify(editions: Editions, before: Editions, after: Editions) -> None:
    """Raise unless each document is as it was before or as it is after, and the table is one."""
    for name in before.keys() | after.keys():
        allowed = {before.get(name), after.get(name)}
        assert editions.get(name) in allowed, (name, editions.get(name), allowed)
    assert editions.keys() <= before.keys() | after.keys(), editions
    rows = [edition for name, edition in editions.items() if name.startswith("table")]
    assert len(set(rows)) <= 1, f"the rows of a table are mixed: {rows}"
    assert len(rows) in (0, ROWS + ("old." in rows)), rows
