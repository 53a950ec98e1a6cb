"""Takes the power away while an index is written, and looks at what may be left.

    python tests/campaigns/power.py --count 2000

What some runs do to their files is recorded once: the first run, changes, a merge, `add`, `remove`,
a rebuild. Then the power fails at any point of the record, and again: what was not synced is lost,
cut, zeroed, half there, or there in another order (disk.py). Whatever is left, the index is sound,
each document is as it was or as it was to become, what had been said to be done is there, and the
next run finishes the work. Prints what went wrong and a line of JSON; exits with 1 if anything did.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from disk import Disk, Event, Recorder
from editions import VERBS, Editions, Place, index, verify, write_corpus
from nltk.stem.snowball import SnowballStemmer

from backstory.engine.errors import IndexNotFound
from backstory.indexer.sync import sync

SMALL = 5  # runs that add one file each: one more segment than there may be without a merge


@dataclass(frozen=True, slots=True)
class Done:
    """What index and corpus have when a run has said that it is done."""

    index: Editions
    corpus: Editions


NOTHING = Done({}, {})


@dataclass(frozen=True, slots=True)
class Record:
    """What was done in a folder, and what there was after each run."""

    root: Path
    events: Sequence[Event]
    done: Sequence[Done]

    def state(self, position: int, chance: random.Random, to: Path) -> tuple[Done, Done]:
        """Make what may be left of the first events in a folder; return what was and is to be."""
        disk, number = Disk(str(self.root)), 0
        for event in self.events[:position]:
            disk.apply(event)
            number += event.what == "done"
        for path, data in disk.after_power_loss(chance):
            place = to / Path(path).relative_to(self.root)
            if data is None:
                place.mkdir(mode=0o700)
            else:
                place.write_bytes(data)
        states = [NOTHING, *self.done, self.done[-1]]
        return states[number], states[number + 1]


def runs(place: Place) -> Iterator[tuple[Callable[[], None], Callable[[Place], object]]]:
    """Yield what somebody does to the corpus, and then the run that is recorded."""

    def write(version: str, every: int) -> Callable[[], None]:
        return lambda: write_corpus(place.root, version, every)

    def write_small(number: int) -> Callable[[], None]:
        path = place.root / f"corpus/small{number}.txt"
        return lambda: path.write_text(f"Small edition {number}.", encoding="utf-8") and None

    yield write("old", 2), index
    yield write("new", 3), index
    yield write("old", 2), index
    for number in range(SMALL):
        yield write_small(number), index
    yield lambda: None, VERBS["add"].act
    yield lambda: None, VERBS["remove"].act
    yield write("new", 2), VERBS["rebuild"].act


def record(root: Path) -> Record:
    """Record some runs."""
    place, done = Place(root), []
    root.mkdir()
    recorder = Recorder(root, place.config.state_path)
    recorder.start()
    for give, act in runs(place):
        give()
        recorder.give(root / "corpus")
        with recorder.on(), contextlib.redirect_stdout(io.StringIO()):
            act(place)
        done.append(Done(place.editions(), place.corpus_editions()))
        assert done[-1].index == done[-1].corpus
    return Record(root, recorder.events, done)


def judge(place: Place, before: Done, after: Done) -> None:
    """Raise unless what is left is sound, old or new, and can be gone on with."""
    try:
        problems = list(place.index().check(deep=True))
    except IndexNotFound:
        assert not before.index, "what was said to be done is gone"
        problems = []
    assert not [problem for problem in problems if problem.is_damage], problems
    verify(place.editions(), before.index, after.index)
    sync(place.index(), place.config)
    editions = place.editions()
    assert editions == place.corpus_editions(), editions
    verify(editions, before.corpus, after.corpus)


def campaign(record: Record, count: int, seed: int, work: Path) -> Iterator[str]:
    """Lose power again and again; yield what went wrong."""
    chance = random.Random(seed)
    anywhere = range(1, len(record.events) + 1)
    # After a rename most hangs in the air: every second time it is one of those.
    renamed = [number for number in anywhere if record.events[number - 1].what == "rename"]
    for number in range(count):
        position = chance.choice(chance.choice((anywhere, renamed)))
        folder = work / "left"
        folder.mkdir()
        before, after = record.state(position, chance, folder)
        try:
            judge(Place(folder), before, after)
        except Exception as error:
            what = record.events[position - 1]
            yield f"{number}: after {what.what} {what.path}: {type(error).__name__}: {error}"
        shutil.rmtree(folder)


def main() -> int:
    """Run the campaign, print what came of it, and return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--count", type=int, default=100, help="power losses")
    parser.add_argument("--seed", type=int, default=1, help="of what is chosen at random")
    parser.add_argument("--work", type=Path, help="folder to make a temporary folder in")
    options = parser.parse_args()
    SnowballStemmer("english").stem("warming")
    with tempfile.TemporaryDirectory(prefix="power-", dir=options.work) as folder:
        work = Path(folder).resolve()
        recorded = record(work / "recorded")
        wrong = list(campaign(recorded, options.count, options.seed, work))
    for line in wrong[:20]:
        print(line)  # noqa: T201
    outcome = {"states": options.count, "events": len(recorded.events), "wrong": len(wrong)}
    print(json.dumps(outcome))  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
