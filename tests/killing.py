"""A process that starts indexing runs, kills each with SIGKILL, and looks at what is left.

Run by `test_kills.py`; prints one line of JSON, or fails at the first index that is not sound. By
hand, for longer: `python tests/killing.py NEW_FOLDER random 200`. It forks, so it has one thread
and imports all that a run needs before the first one.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from nltk.stem.snowball import SnowballStemmer

from backstory.engine.indexes.embedded import EmbeddedIndex
from backstory.indexer.sync import sync
from backstory.settings import Config

FILES, ROWS = 24, 4
EVENTS = {
    "open",
    "os.rename",
    "os.remove",
    "os.mkdir",
    "os.rmdir",
    "os.chmod",
    "os.truncate",
    "shutil.rmtree",
}


def write_corpus(root: Path, version: str, every: int) -> None:
    """Write a version of the corpus: every n-th file differs, one is only here or only there.

    A table holds several documents, of which the new one has a row less.
    """
    folder = root / "corpus"
    folder.mkdir(exist_ok=True)
    for path in folder.glob("only-*"):
        path.unlink()
    for number in range(FILES):
        edition = version if number % every == 1 else "always"
        text = "\n\n".join(f"Paragraph {p} of {number}, edition {edition}." for p in range(8))
        path = folder / f"file{number}.txt"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    (folder / f"only-{version}.txt").write_text(f"Only in {version}.", encoding="utf-8")
    rows = "".join(f"r{n},Row {n} edition {version}.\n" for n in range(ROWS + (version == "old")))
    (folder / "table.csv").write_text(f"id,text\n{rows}", encoding="utf-8")


def config(root: Path) -> Config:
    return Config(root=root).override(index__path="index", index__jobs=1, index__wait=0.0)


def editions(root: Path) -> dict[str, set[str]]:
    """Return, for each document that the index holds, the editions of its passages."""
    reader = EmbeddedIndex(root / "index").open()
    return {
        document.id: {p.text.rsplit(" ", 1)[-1] for p in reader.passages(document.id)}
        for document, _, _ in reader.documents()
    }


def run_and_kill(root: Path, kill: Callable[[int], None], before: Callable[[], None]) -> bool:
    """Run a sync in a child and kill it; tell whether it was killed before it ended by itself."""
    child = os.fork()
    if child == 0:
        before()
        sync(EmbeddedIndex(root / "index"), config(root))
        os._exit(0)
    kill(child)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise RuntimeError(f"the run failed by itself: {status}")
    return os.WIFSIGNALED(status)


def verify(root: Path, deep: bool = False) -> None:
    """Raise unless the index is sound and holds whole documents, each old or new."""
    index = EmbeddedIndex(root / "index")
    damage = [problem for problem in index.check(deep=deep) if problem.is_damage]
    assert not damage, damage
    held = editions(root)
    for document_id, found in held.items():
        assert len(found) == 1, f"{document_id} is mixed: {found}"
        assert found <= {"old.", "new.", "always."}, found
    rows = [found for document_id, found in held.items() if document_id.startswith("table.csv/")]
    assert len(set.union(*rows)) == 1, f"the rows of a table are mixed: {rows}"
    assert len(rows) == (ROWS + 1 if {"old."} in rows else ROWS), rows


def finish(root: Path) -> bool:
    """Run a sync to its end and verify it; tell whether it had to recover."""
    report = sync(EmbeddedIndex(root / "index"), config(root))
    held = editions(root)
    assert len(held) == FILES + 1 + ROWS, len(held)
    assert "only-new" in held, sorted(held)
    assert not any("old." in found for found in held.values())
    left = {path.name for path in (root / "index").iterdir()}
    assert not any(name.endswith(".tmp") or name == "pending" for name in left), left
    return report.recovered


def prepare(root: Path, template: Path) -> None:
    """Put the old index and the new corpus in place; a copy of the corpus would be all new."""
    (root / "corpus").unlink(missing_ok=True)
    (root / "corpus").symlink_to(template / "corpus")
    shutil.rmtree(root / "index", ignore_errors=True)
    shutil.copytree(template / "index", root / "index")


def make_template(root: Path, every: int) -> Path:
    """Make an old index beside a new corpus.

    Where every second file differs, most of the segment goes and it is written anew; of every
    third, the deleted entries are written down.
    """
    template = root / f"template{every}"
    template.mkdir(parents=True)
    write_corpus(template, "old", every)
    sync(EmbeddedIndex(template / "index"), config(template))
    write_corpus(template, "new", every)
    return template


def at_random(root: Path, times: int) -> dict[str, int]:
    """Kill runs at random moments."""
    templates = [make_template(root, every) for every in (2, 3)]
    prepare(root, templates[0])
    began = time.monotonic()
    sync(EmbeddedIndex(root / "index"), config(root))
    usual = time.monotonic() - began
    chance = random.Random(20181)
    killed = recovered = 0
    for turn in range(times):
        prepare(root, templates[turn % 2])
        delay = chance.uniform(0, usual * 1.2)

        def kill(child: int, delay: float = delay) -> None:
            time.sleep(delay)
            os.kill(child, signal.SIGKILL)

        killed += run_and_kill(root, kill, lambda: None)
        verify(root, deep=True)
        recovered += finish(root)
    return {"killed": killed, "recovered": recovered}


def at_event(number: int, inside: Path) -> Callable[[], None]:
    """Return what makes a process kill itself at its n-th file-system event in a folder."""

    def arm() -> None:
        left = [number]
        start = str(inside)

        def watch(event: str, arguments: tuple[object, ...]) -> None:
            if event in EVENTS and str(arguments[0]).startswith(start):
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(watch)

    return arm


def at_every_event(root: Path, again: bool) -> dict[str, int]:
    """Kill a run at each file-system event in the index folder, one after the other.

    `again` kills the recovering run as well, at an event of its own, before the last one.
    """
    template = make_template(root, every=3 if again else 2)
    number = killed = recovered = 0
    while True:
        number += 1
        prepare(root, template)
        if not run_and_kill(root, lambda _: None, at_event(number, root / "index")):
            return {"killed": killed, "recovered": recovered}
        killed += 1
        verify(root)
        if again:
            run_and_kill(root, lambda _: None, at_event(1 + number % 17, root / "index"))
            verify(root)
        recovered += finish(root)


def main() -> None:
    root, mode = Path(sys.argv[1]), sys.argv[2]
    SnowballStemmer("english").stem("warming")
    outcome = (
        at_random(root, int(sys.argv[3]))
        if mode == "random"
        else at_every_event(root, again=mode == "again")
    )
    print(json.dumps(outcome))  # noqa: T201


if __name__ == "__main__":
    main()
