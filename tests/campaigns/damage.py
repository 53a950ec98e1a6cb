"""Damages the files of an index, bit by bit and cut by cut, and asks whatever can be asked.

    python tests/campaigns/damage.py --bits 2000 --cuts 500      # twenty minutes
    python tests/campaigns/damage.py --bits 100 --only terms     # one kind of file

Every answer from a damaged index must be that of the sound one, or an error that says so: status
503 with `index_damaged`, or exit status 4 with the name of the file. A run of `backstory index`
over the damage must not lose anything either, and `--rebuild` must mend it. The index is that of
the shipped corpus in three commits. Prints what went wrong and a line of JSON; exits with 1 if
anything did.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import logging
import os
import random
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from nltk.stem.snowball import SnowballStemmer

import backstory
from backstory.api import Archive
from backstory.cli import main as command
from backstory.engine.errors import BackstoryError
from backstory.webui.app import create_app

ROOT = Path(__file__).resolve().parents[2]
STATE = "index-state"
DAMAGED = frozenset(("index_damaged", "state_damaged"))
RUN_EVERY = 25  # a run, and a rebuild, after every so many faults
PAGES = (
    "/",
    "/search?q=military+option",
    "/search?q=%22military+option%22&sort=date",
    "/search?q=oil+AND+caracas+NOT+chavez&facet=1",
    "/search?q=milit*",
    "/search?q=madurro",
    "/search?q=tillerson~1+visit%7E3",
    "/search?q=title:coup",
    "/search?q=after:2017+before:2018+source:*",
    "/search?q=presidente+elecciones&page=2",
    "/search?q=hiperinflacion",
    "/doc/secret-talks?q=talks",
    "/doc/es/golpe-2002",
    "/within/secret-talks?q=officials",
    "/cite/secret-talks",
    "/documents",
    "/concordance?q=junta",
    "/feed?q=maduro",
    "/api/search?q=military+intelligence&n=50&explain=1",
    "/api/search?q=%22armed+forces%22%7E4",
    "/api/complete?q=mad",
    "/api/documents?n=100",
    "/api/documents/people/rex-tillerson?q=visit",
    "/api/passages/secret-talks%23p3",
    "/api/related?passage=secret-talks%23p3",
    "/api/related?document=history/chile-1973",
    "/api/concordance?q=sanctions",
    "/api/frequencies?q=election",
    "/api/collocates?q=oil",
    "/api/export?q=drone+OR+helicopter&format=csv",
    "/api/export?q=the&format=json",
    "/api/status",
    "/healthz",
)
COMMANDS = (
    ("query", "military option"),
    ("query", "--json", "coup"),
    ("show", "secret-talks#p3"),
    ("status",),
)
# What differs from one sound answer to the next: what it took, the time of the commit, and in a
# copy the name of the archive.
PASSING = re.compile(
    r'"(age_)?seconds": ?[0-9.e-]+|"(entries|bytes|hits|misses)": ?[0-9]+|[0-9.]+ m?s\b'
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:+]+Z?"
    r'|data-archive="[0-9a-f]+"'
)

REBUILT = ("query", "--json", "coup OR zeppelin")

Answer = tuple[int, str]
Answers = dict[str, Answer]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is done to a file: `bit` is flipped, or it is cut to `length` bytes."""

    name: str
    bit: int = -1
    length: int = -1

    def apply(self, data: bytes) -> bytes:
        """Return the damaged content."""
        if self.bit < 0:
            return data[: self.length]
        changed = bytearray(data)
        changed[self.bit // 8] ^= 1 << self.bit % 8
        return bytes(changed)


@dataclass(slots=True)
class Outcome:
    """What came of all faults."""

    bits: int = 0
    cuts: int = 0
    answers: int = 0
    refused: int = 0
    runs: int = 0
    wrong: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return the figures."""
        counts = {name: getattr(self, name) for name in ("bits", "cuts", "answers", "refused")}
        return {**counts, "runs": self.runs, "wrong": len(self.wrong)}


class Place:
    """A folder with a corpus, its index and its state; a copy of it is damaged again and again."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def archive(self) -> Archive:
        """Open the archive as another process would."""
        return backstory.open(self.root / "index", corpus=self.root / "corpus", index__jobs=1)

    def copied(self, to: Path) -> Place:
        """Return a copy of it; `to` must not be there.

        The documents are the same files, so that a run reads those alone that change: it would
        commit the others batch by batch, and damage would leave it halfway.
        """
        shutil.copytree(self.root / "corpus", to / "corpus", copy_function=os.link)
        rest = shutil.ignore_patterns("corpus")
        shutil.copytree(self.root, to, copy_function=shutil.copy2, ignore=rest, dirs_exist_ok=True)
        return Place(to)

    def files(self) -> list[str]:
        """Return the files that may be damaged, the index's and those of the state."""
        paths = [*(self.root / "index").iterdir(), *(self.root / STATE).iterdir()]
        return sorted(path.relative_to(self.root).as_posix() for path in paths)

    def write(self, name: str, content: bytes) -> None:
        """Make a file anew: somebody may have the one that is there mapped."""
        path = self.root / name
        mode = path.stat().st_mode
        path.unlink()
        path.write_bytes(content)
        path.chmod(mode)

    @contextlib.contextmanager
    def damaged(self, fault: Fault) -> Iterator[None]:
        """Have a fault for a while."""
        data = (self.root / fault.name).read_bytes()
        self.write(fault.name, fault.apply(data))
        yield
        self.write(fault.name, data)


def make(root: Path) -> Place:
    """Index the shipped corpus in three commits, with deletions in more than one segment."""
    place = Place(root)
    shutil.copytree(ROOT / "corpus", root / "corpus")
    late = sorted((root / "corpus" / "people").iterdir())
    away = root / "away"
    away.mkdir()
    for path in late:
        path.rename(away / path.name)
    place.archive().index()
    for path in late:
        (away / path.name).rename(path)
    place.archive().index()
    (root / "corpus/people/marco-rubio.md").unlink()
    (root / "corpus/events/coup-2002.md").unlink()
    place.archive().index()
    return place


def kind_of(name: str) -> str:
    """Return the kind of a file: terms, entries, json, deleted …"""
    return re.sub(r"-[0-9]+$", "", name.rpartition(".")[2].rpartition("/")[2])


def faults(place: Place, options: argparse.Namespace) -> Iterator[Fault]:
    """Yield faults at random; every kind of file is hit as often as any other."""
    chance = random.Random(options.seed)
    kinds: dict[str, list[str]] = {}
    for name in place.files():
        if not options.only or kind_of(name) in options.only:
            kinds.setdefault(kind_of(name), []).append(name)
    order = ["bit"] * options.bits + ["cut"] * options.cuts
    chance.shuffle(order)
    for what in order:
        name = chance.choice(kinds[chance.choice(sorted(kinds))])
        size = (place.root / name).stat().st_size
        if what == "bit":
            yield Fault(name, bit=chance.randrange(8 * size))
        else:
            yield Fault(name, length=chance.randrange(size))


def answers(place: Place) -> Iterator[tuple[str, Callable[[], Answer]]]:
    """Yield what can be asked, with what asks it: pages, the API, the library, the command."""
    archive = place.archive()
    client = create_app(archive.config, archive.searcher).test_client()
    for path in PAGES:
        yield path, partial(_page, client, path)
    yield "arrived", partial(_arrived, archive)
    for arguments in COMMANDS:
        yield " ".join(arguments), partial(_command, place, arguments)


def _page(client: Any, path: str) -> Answer:
    with client.get(path) as response:
        body = response.get_data(as_text=True)
    return response.status_code, PASSING.sub("", body)


def _arrived(archive: Archive) -> Answer:
    try:
        return 200, str([archive.arrived(name) for name in ("secret-talks", "nobody")])
    except BackstoryError as error:
        return error.http_status, json.dumps({"code": error.code})


def _command(place: Place, arguments: Sequence[str]) -> Answer:
    """Run the command in this process; return its status and what it printed, errors included."""
    told = io.StringIO()
    given = ("--index", place.root / "index", "--corpus", place.root / "corpus", *arguments)
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
        try:
            command([*map(str, given)])
        except SystemExit as ended:
            status = int(ended.code or 0)
    return status, PASSING.sub("", told.getvalue()).replace(str(place.root), "")


def is_refusal(name: str, answer: Answer, fault: Fault) -> bool:
    """Tell whether an answer says that the index is damaged, and a command which file it is."""
    status, body = answer
    if name.startswith(("/api/", "/healthz", "/feed", "arrived")):
        return status == 503 and json.loads(body)["code"] in DAMAGED
    if name.startswith("/"):
        return status == 503 and "is damaged" in body
    return status == 4 and "damaged" in body and Path(fault.name).name in body


def judge(place: Place, sound: Sequence[Answers], fault: Fault, outcome: Outcome) -> None:
    """Ask everything of a damaged index; the answers of any of the sound ones are right."""
    for name, ask in answers(place):
        try:
            answer = ask()
        except Exception as error:  # what nobody must ever meet
            answer = -1, repr(error)
        outcome.answers += 1
        if any(answer == answers[name] for answers in sound):
            continue
        if is_refusal(name, answer, fault):
            outcome.refused += 1
        else:
            outcome.wrong.append(f"{fault}: {name}: {answer[0]} {answer[1][:300]}")


def judge_run(place: Place, sound: Sequence[Answers], fault: Fault, outcome: Outcome) -> None:
    """Let a run meet the damage with work to do, then rebuild; `sound` are before and after."""
    outcome.runs += 1
    status, said = _command(place, ("index",))
    if status not in (0, 1) and not is_refusal("index", (status, said), fault):
        outcome.wrong.append(f"{fault}: index: {status} {said}")
    judge(place, sound if status == 4 else sound[-1:], fault, outcome)
    status, said = _command(place, ("index", "--rebuild"))
    answer = _command(place, REBUILT)
    if status > 1 or answer != sound[-1]["rebuilt"]:
        outcome.wrong.append(f"{fault}: index --rebuild: {status} {said} {answer}")


def change(place: Place) -> None:
    """Give a run something to do."""
    (place.root / "corpus/late.md").write_text("A zeppelin came late.\n", encoding="utf-8")
    (place.root / "corpus/events/military-option.md").unlink()


def campaign(root: Path, options: argparse.Namespace) -> Outcome:
    """Damage a copy of the index again and again."""
    outcome = Outcome()
    template = make(root / "template")
    place = template.copied(root / "place")
    sound: Answers = {name: ask() for name, ask in answers(place)}
    for name, ask in answers(place):
        assert ask() == sound[name], f"sound answers differ: {ask()} {sound[name]}"
    assert {status for status, _ in sound.values()} <= {0, 200}, sound
    ran = before_and_after_a_run(template, root / "after")
    for number, fault in enumerate(faults(place, options)):
        outcome.bits += fault.bit >= 0
        outcome.cuts += fault.bit < 0
        with place.damaged(fault):
            judge(place, [sound], fault, outcome)
        if number % options.run_every == 0:
            copy = template.copied(root / "copy")
            change(copy)
            copy.write(fault.name, fault.apply((copy.root / fault.name).read_bytes()))
            judge_run(copy, ran, fault, outcome)
            shutil.rmtree(copy.root)
        tell(number, options, outcome)
    return outcome


def before_and_after_a_run(template: Place, root: Path) -> tuple[Answers, Answers]:
    """Return the answers of a sound index with something to do, and when that is done."""
    place = template.copied(root)
    change(place)
    before = {name: ask() for name, ask in answers(place)}
    assert _command(place, ("index",))[0] == 0
    after = {name: ask() for name, ask in answers(place)}
    return before, after | {"rebuilt": _command(place, REBUILT)}


def tell(number: int, options: argparse.Namespace, outcome: Outcome) -> None:
    """Say how far it is, on stderr."""
    if options.verbose and number % 100 == 99:
        print(number + 1, outcome.to_json(), file=sys.stderr, flush=True)  # noqa: T201


def main() -> int:
    """Run the campaign, print what came of it, and return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--bits", type=int, default=40, help="bits to flip, one at a time")
    parser.add_argument("--cuts", type=int, default=15, help="files to cut, one at a time")
    parser.add_argument("--only", nargs="*", default=[], help="kinds of files: terms, json, toc …")
    parser.add_argument("--seed", type=int, default=1, help="of what is chosen at random")
    parser.add_argument("--run-every", type=int, default=RUN_EVERY, help=argparse.SUPPRESS)
    parser.add_argument("--work", type=Path, help="folder to make a temporary folder in")
    parser.add_argument("--verbose", action="store_true", help="say how far it is")
    options = parser.parse_args()
    SnowballStemmer("english").stem("warming")
    logging.disable(logging.CRITICAL)  # each refusal is logged by the application
    with tempfile.TemporaryDirectory(prefix="damage-", dir=options.work) as root:
        outcome = campaign(Path(root), options)
    kinds = Counter(line.partition(":")[0] for line in outcome.wrong)
    for line in outcome.wrong[:20]:
        print(line)  # noqa: T201
    print(json.dumps({**outcome.to_json(), "faults": len(kinds)}))  # noqa: T201
    return 1 if outcome.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
