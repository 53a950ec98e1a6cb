"""Reads documents that were made to do harm, and looks at what they cost and what is left.

    python tests/campaigns/hostile_files.py                  # each kind once
    python tests/campaigns/hostile_files.py --size 10        # as large as somebody would make them
    python tests/campaigns/hostile_files.py --only md,eml    # some kinds

Each file is read by itself within the limits of time and memory; then all are indexed in one run,
with good files between them, and every mail once more as a message of one mailbox. Each must end as
documents or as a reason, each neighbour must be found, and no traceback may be seen. Prints the
slowest, what went wrong, and a line of JSON; exits with 1 if anything did.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import backstory
from backstory.engine.errors import UnreadableDocument
from backstory.indexer.isolation import ReadingRoom
from backstory.indexer.readers import Reading, Source
from backstory.settings import Config

# Last, and after `backstory`: there is a folder of that name among the tests, too.
sys.path.append(str(Path(__file__).resolve().parents[1]))

from campaigns.hostile_documents import FILES, MAILS, mailbox

NEIGHBOURS = 8
GOOD = 40  # letters between the hostile ones
MARGIN = 1.5  # times the limit: a process is started, and ended


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: seconds, documents, and the reasons for what gave none."""

    name: str
    seconds: float
    documents: int
    reasons: tuple[str, ...]


def write(corpus: Path, size: int, only: Sequence[str]) -> list[str]:
    """Write the hostile files; return their names."""
    made = {**FILES, **{f"{name}.eml": make for name, make in MAILS.items()}}
    names = [name for name in made if not only or any(name.endswith(each) for each in only)]
    for name in names:
        (corpus / name).write_bytes(made[name](size))
    if not only:
        (corpus / "letters.mbox").write_bytes(mailbox(GOOD, size))
        names.append("letters.mbox")
    return names


def read_each(corpus: Path, names: Sequence[str], config: Config) -> Iterator[Outcome]:
    """Read each file by itself."""
    room = ReadingRoom(config.formats)
    for name in names:
        data = (corpus / name).read_bytes()
        source = Source(Path(name), name, data, False, config.corpus, config.formats)
        began = time.monotonic()
        try:
            documents, reasons = counted(room.read(source))
        except UnreadableDocument as error:
            documents, reasons = 0, (error.reason,)
        yield Outcome(name, time.monotonic() - began, documents, reasons)
    room.close()


def counted(reading: Reading) -> tuple[int, tuple[str, ...]]:
    """Return how many documents there are in a reading, and the reasons for what is none."""
    documents, reasons = (
        int(bool(reading.paragraphs)),
        tuple(each.reason for each in reading.members),
    )
    for member in reading.members:
        if member.reading is not None:
            below, more = counted(member.reading)
            documents, reasons = documents + below, (*reasons, *more)
    return documents, tuple(filter(None, reasons))


def wrong_with(outcome: Outcome, seconds: float) -> Iterator[str]:
    """Yield what is wrong with the outcome of one file."""
    if outcome.seconds > seconds * MARGIN:
        yield f"{outcome.name} took {outcome.seconds:.1f} s"
    if any("Traceback" in reason for reason in outcome.reasons):
        yield f"{outcome.name} shows a traceback"


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a dossier."""
    command = [sys.executable, "-m", "backstory", *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


def index_all(root: Path) -> Iterator[str]:
    """Index everything in one run; yield what is wrong with what can be found afterwards."""
    corpus = root / "corpus"
    for number in range(NEIGHBOURS):
        suffix, text = ((".txt", "{}"), (".html", "<p>{}</p>"), (".md", "{}"))[number % 3]
        (corpus / f"{number}-near{suffix}").write_text(
            text.format(f"The lighthouse {number} stands.")
        )
    done = run(root, "index", "--jobs", "2")
    if done.returncode not in (0, 1) or "Traceback" in done.stdout + done.stderr:
        yield f"the run ended with {done.returncode}: {done.stderr[-2_000:]}"
    found = run(root, "query", "--json", "lighthouse", "-n", "50").stdout
    missing = {n for n in range(NEIGHBOURS) if f"The lighthouse {n} stands." not in found}
    if missing:
        yield f"neighbours {sorted(missing)} are not found"
    if (corpus / "letters.mbox").exists():
        found = run(root, "query", "--json", "neighbour writes", "-n", "200").stdout
        letters = set(re.findall(r"Neighbour (\d+) writes", found))
        if len(letters) < GOOD:
            yield f"only {len(letters)} of {GOOD} letters between hostile ones are found"
    yield from lost(root)


def lost(root: Path) -> Iterator[str]:
    """Yield the files of the corpus that are neither documents nor skipped with a reason."""
    with backstory.open(root / "var/index") as archive:
        documents = [document.path for document, _ in archive.searcher.documents()]
        reasons = {file.path: file.reason for file in archive.searcher.skipped()}
    told = {each.partition("/")[0] for each in (*documents, *reasons)}
    for path in sorted((root / "corpus").iterdir()):
        if path.name not in told:
            yield f"{path.name} is lost without a reason"


def main() -> int:
    """Run the campaign as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1, help="how large each is made")
    parser.add_argument("--seconds", type=float, default=60.0, help="that one file may take")
    parser.add_argument("--memory", type=int, default=512, help="MB that one file may take")
    parser.add_argument("--only", default="", help="ends of names, with commas")
    parser.add_argument("--quick", action="store_true", help="read all in one run, none alone")
    parser.add_argument("--work", type=Path, help="where temporary files are put")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.work) as folder:
        root = Path(folder)
        (root / "corpus").mkdir()
        (root / "config.toml").write_text(
            f"[formats]\nseconds = {options.seconds}\nmemory_mb = {options.memory}\n"
        )
        names = write(root / "corpus", options.size, list(filter(None, options.only.split(","))))
        config = Config(root=root).override(
            formats__seconds=options.seconds, formats__memory_mb=options.memory
        )
        outcomes = [] if options.quick else list(read_each(root / "corpus", names, config))
        wrong = [said for each in outcomes for said in wrong_with(each, options.seconds)]
        wrong += index_all(root)
    slowest = sorted(outcomes, key=lambda each: -each.seconds)[:10]
    shown = [f"{e.seconds:6.2f} s  {e.name}  {e.documents}  {e.reasons[:1]}" for e in slowest]
    for line in (*shown, *(f"wrong: {said}" for said in wrong)):
        print(line)  # noqa: T201
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    slow = round(slowest[0].seconds, 2) if slowest else None
    result = {"files": len(names), "wrong": wrong, "slowest": slow}
    print(json.dumps({**result, "peak_mb": peak}))  # noqa: T201
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
