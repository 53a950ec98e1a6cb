"""Readers beside a writer: every answer is from exactly one commit, and says which."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from backstory.engine.documents import IndexedDocument
from backstory.engine.indexes.contract import Index
from backstory.engine.indexes.embedded import EmbeddedIndex
from backstory.searcher import Searcher

THREADS, COMMITS, DOCUMENTS = 8, 30, 5


def test_every_answer_is_from_exactly_one_generation(
    kind: str, new_index: Callable[[str], Any], document: Callable[..., IndexedDocument]
) -> None:
    index = new_index(kind)

    def commit(turn: int) -> int:
        """Replace every document by one that carries the turn; every third turn has one more."""
        writer = index.writer()
        count = DOCUMENTS + (turn % 3 == 0)
        writer.add(document(f"d{n}", f"turn{turn} radio", f"shed turn{turn}") for n in range(count))
        if count == DOCUMENTS:
            writer.delete(f"d{DOCUMENTS}")
        generation: int = writer.commit()
        writer.close()
        return generation

    turns = {commit(0): 0}
    searcher = Searcher(index)
    done = threading.Event()
    failures: list[BaseException | str] = []
    seen: set[int] = set()

    def ask(text: str) -> None:
        try:
            while not done.is_set():
                result = searcher.search(text, limit=100)
                opened = searcher.open("d1", text)
                inspect(result.generation, [hit.text for hit in result], result.total)
                inspect(opened.generation, [read.passage.text for read in opened.passages], None)
        except BaseException as error:
            failures.append(error)

    def inspect(generation: int, texts: list[str], total: int | None) -> None:
        seen.add(generation)
        spoken = {word for text in texts for word in text.split() if word.startswith("turn")}
        # The writer may not have told us yet which turn the newest generation is.
        turn = turns.get(generation, int(spoken.copy().pop().removeprefix("turn")))
        passages = (DOCUMENTS + (turn % 3 == 0)) * 2
        if spoken != {f"turn{turn}"} or total not in (None, passages, passages // 2):
            failures.append(f"generation {generation} is turn {turn}, found {spoken}, {total}")

    texts = [
        "radio OR shed",
        '"radio"',
        "turn*",
        "*",
        "shed",
        "NOT nothing",
        "ra?io shed~",
        "radio",
    ]
    threads = [threading.Thread(target=ask, args=(text,)) for text in texts[:THREADS]]
    for thread in threads:
        thread.start()
    for turn in range(1, COMMITS + 1):
        turns[commit(turn)] = turn
    done.set()
    for thread in threads:
        thread.join()

    assert failures == []
    assert len(turns) == COMMITS + 1
    assert seen <= set(turns)
    assert len(seen) > 1, "the threads saw the index change"


def asked_at_once(searcher: Searcher, texts: Sequence[str]) -> list[dict[str, Any]]:
    """Return what each of as many threads as texts gets, all starting together."""
    answers: list[dict[str, Any]] = [{} for _ in texts]
    start = threading.Barrier(len(texts))

    def ask(first: int) -> None:
        start.wait()
        for text in (*texts[first:], *texts[:first]):
            answers[first][text] = [hit.to_json() for hit in searcher.search(text)]

    threads = [threading.Thread(target=ask, args=(first,)) for first in range(len(texts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_threads_that_share_a_reader_get_the_answers_that_one_gets(
    new_index: Callable[[str], Any],
    affair: Sequence[IndexedDocument],
    fill: Callable[..., Index],
) -> None:
    texts = ["radio", '"the radio"', "order~", "r*", "quintero", "price -radio", "lang:es", "*"]
    calm = Searcher(fill(new_index("reference"), *affair))
    expected = {text: [hit.to_json() for hit in calm.search(text)] for text in texts}
    for _ in range(5):
        searcher = Searcher(fill(new_index("embedded"), *affair))
        assert asked_at_once(searcher, texts) == [expected] * len(texts)


@pytest.mark.parametrize("rebuild", [False, True])
def test_reader_of_another_index_sees_each_commit(
    new_index: Callable[[str], Any], document: Callable[..., IndexedDocument], rebuild: bool
) -> None:
    index = new_index("embedded")
    other = type(index)(index.folder)
    for turn in range(4):
        writer = index.writer(rebuild=rebuild)
        writer.add([document("a", f"turn{turn}")])
        generation = writer.commit()
        writer.close()
        assert other.open().passages("a")[0].text == f"turn{turn}"
        assert other.open().statistics.generation == generation


@pytest.mark.parametrize("age", [60.0, 1.0])
def test_commit_is_seen_beside_an_older_one_that_a_killed_writer_left(
    index_folder: Path, document: Callable[..., IndexedDocument], age: float
) -> None:
    reading, changed = EmbeddedIndex(index_folder), time.time() - age
    os.utime(index_folder, (changed, changed))
    generation = reading.open().statistics.generation
    (toc,) = index_folder.glob("*.toc")
    kept = toc.rename(index_folder.with_name("kept"))
    os.link(kept, toc)
    os.utime(index_folder, (changed, changed))
    reading.open()

    writer = EmbeddedIndex(index_folder).writer()
    writer.add([document("new", "radio")])
    writer.commit()
    writer.close()
    os.link(kept, toc)
    if age < 2:  # a file system may give the same time to two changes
        os.utime(index_folder, (changed, changed))

    assert reading.open().statistics.generation == generation + 1
