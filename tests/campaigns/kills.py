"""Kills whatever writes the index, with SIGKILL, and looks at what is left.

    python tests/campaigns/kills.py --count 1000                    # at random moments
    python tests/campaigns/kills.py --events                        # at each file-system event
    python tests/campaigns/kills.py --events --again --verbs index  # and in the recovering run

Whatever is killed, and whenever: the index is sound, each document is there whole, as it was before
or as it was to become, none is missing, and the next run finishes the work; arrival times stay.
Fails at the first index that is not so, else prints a line of JSON. It forks, so it has one thread
and imports all that a run needs before the first one.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from editions import VERBS, Editions, Place, Verb, index, verify, write_corpus
from nltk.stem.snowball import SnowballStemmer

from backstory.engine.errors import IndexNotFound
from backstory.indexer.sync import sync

EVENTS = {
    "open",
    "os.rename",
    "os.link",
    "os.remove",
    "os.mkdir",
    "os.rmdir",
    "os.chmod",
    "os.truncate",
    "shutil.rmtree",
}


@dataclass(frozen=True, slots=True)
class Case:
    """A verb over a template: what is there before, and what it makes of it."""

    verb: Verb
    template: Place
    place: Place
    before: Editions
    after: Editions
    arrivals: dict[str, str]
    usual: float

    @classmethod
    def of(cls, name: str, root: Path) -> Case:
        """Make the template, and find out what the verb does when nobody kills it."""
        verb = VERBS[name]
        template, place = Place(root / f"{name}-template"), Place(root / name)
        template.root.mkdir(parents=True)
        write_corpus(template.root, "old", verb.every or 2)
        if not verb.is_first:
            index(template)
        before, arrivals = template.editions(), template.arrivals()
        if verb.every:
            write_corpus(template.root, "new", verb.every)
        case = cls(verb, template, place, before, {}, arrivals, 0.0)
        case.prepare()
        began = time.monotonic()
        run(place, verb, lambda: None, lambda _: None)
        took = time.monotonic() - began
        assert place.editions() == place.corpus_editions()
        return replace(case, after=place.editions(), usual=took)

    def prepare(self) -> None:
        """Put everything back; a corpus that is only read is not copied, or all in it were new."""
        root = self.place.root
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(self.template.root, root, ignore=lambda *_: ["corpus"])
        if self.verb.every or self.verb.is_first:
            (root / "corpus").symlink_to(self.template.root / "corpus")
        else:
            shutil.copytree(self.template.root / "corpus", root / "corpus")

    def verify(self, *, deep: bool = False) -> None:
        """Raise unless the index is sound, and index and corpus have each document old or new."""
        try:
            problems = list(self.place.index().check(deep=deep))
        except IndexNotFound:
            assert self.verb.is_first
            return
        assert not [problem for problem in problems if problem.is_damage], problems
        verify(self.place.editions(), self.before, self.after)
        if not self.verb.every:
            verify(self.place.corpus_editions(), self.before, self.after)

    def finish(self) -> bool:
        """Run a sync to its end and verify it; tell whether it had to recover."""
        place = self.place
        report = sync(place.index(), place.config)
        editions, arrivals = place.editions(), place.arrivals()
        assert editions == place.corpus_editions(), editions
        assert not self.verb.every or editions == self.after, editions
        left = {path.name for path in (place.root / "index").iterdir()}
        assert not any(name.endswith(".tmp") or name == "pending" for name in left), left
        changed = {name for name, time in self.arrivals.items() if arrivals.get(name, time) != time}
        assert not changed, f"arrived at another time: {changed}"
        assert "None" not in arrivals.values(), f"arrived at no time: {arrivals}"
        return report.recovered


def run(place: Place, verb: Verb, before: Callable[[], None], kill: Callable[[int], None]) -> bool:
    """Run a verb in a child and kill it; tell whether it was killed before it ended by itself."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            before()
            verb.act(place)
            status = 0
        finally:
            os._exit(status)
    kill(child)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise RuntimeError(f"the run failed by itself: {status}")
    return os.WIFSIGNALED(status)


def at_random(cases: dict[str, Case], count: int, seed: int) -> Iterator[tuple[str, bool]]:
    """Kill verbs at random moments, and yield which, and whether the next run had to recover."""
    chance = random.Random(seed)
    names = sorted(cases)
    while count:
        name = names[count % len(names)]
        case = cases[name]
        case.prepare()
        delay = chance.uniform(0, case.usual * 1.1)

        def kill(child: int, delay: float = delay) -> None:
            time.sleep(delay)
            os.kill(child, signal.SIGKILL)

        if run(case.place, case.verb, lambda: None, kill):
            case.verify(deep=True)
            yield name, case.finish()
            count -= 1


def at_event(number: int, inside: Path) -> Callable[[], None]:
    """Return what makes a process kill itself at its n-th file-system event in a folder."""

    def arm() -> None:
        left = [number]
        start = str(inside)

        def look(event: str, arguments: tuple[object, ...]) -> None:
            if event in EVENTS and any(str(each).startswith(start) for each in arguments):
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(look)

    return arm


def at_every_event(case: Case, *, again: bool) -> Iterator[bool]:
    """Kill a verb at each file-system event, one after the other; yield as `at_random` does.

    `again` kills the recovering run as well, at an event of its own, before the last one.
    """
    for number in count(1):
        case.prepare()
        if not run(case.place, case.verb, at_event(number, case.place.root), lambda _: None):
            return
        case.verify()
        if again:
            recovering = replace(case.verb, act=index)
            run(case.place, recovering, at_event(1 + number % 17, case.place.root), lambda _: None)
            case.verify()
        yield case.finish()


def main() -> int:
    """Run the campaign and print what was done."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--count", type=int, default=0, help="kills at random moments")
    parser.add_argument("--events", action="store_true", help="kill at each file-system event")
    parser.add_argument("--again", action="store_true", help="with --events: the next run, too")
    parser.add_argument("--verbs", nargs="*", choices=VERBS, default=list(VERBS), metavar="VERB")
    parser.add_argument("--seed", type=int, default=20181, help="of what is chosen at random")
    parser.add_argument("--work", type=Path, help="folder to make a temporary folder in")
    options = parser.parse_args()
    SnowballStemmer("english").stem("warming")
    killed: Counter[str] = Counter()
    recovered: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="kills-", dir=options.work) as work:
        cases = {name: Case.of(name, Path(work)) for name in options.verbs}
        outcomes = at_random(cases, options.count, options.seed)
        if options.events:
            outcomes = (
                (name, is_recovered)
                for name, case in cases.items()
                for is_recovered in at_every_event(case, again=options.again)
            )
        for name, is_recovered in outcomes:
            killed[name] += 1
            recovered[name] += is_recovered
    print(json.dumps({"killed": killed, "recovered": recovered}))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
