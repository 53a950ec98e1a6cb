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

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from campaigns.hostile_documents import FILES, MAILS, mailbox  # noqa: E402

from backstory.engine.documents import FileState  # noqa: E402
from backstory.indexer.loading import FileJob, Loader  # noqa: E402
from backstory.settings import Config  # noqa: E402

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
    loader = Loader(config)
    for name in names:
        state = (corpus / name).stat()
        job = FileJob(name, name, FileState(name, state.st_size, state.st_mtime_ns, ""))
        began = time.monotonic()
        loaded = loader.load(job)
        seconds = time.monotonic() - began
        reasons = tuple(failure.skipped.reason for failure in loaded.failures)
        yield Outcome(name, seconds, len(loaded.documents), reasons)
    loader.close()


def wrong_with(outcome: Outcome, seconds: float) -> Iterator[str]:
    """Yield what is wrong with the outcome of one file."""
    if outcome.seconds > seconds * MARGIN:
        yield f"{outcome.name} took {outcome.seconds:.1f} s"
    if not outcome.documents and not outcome.reasons:
        yield f"{outcome.name} is lost without a reason"
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
    status = run(root, "status", "--json")
    if status.returncode:
        yield f"status ended with {status.returncode}: {status.stderr[-500:]}"


def main() -> int:
    """Run the campaign as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1, help="how large each is made")
    parser.add_argument("--seconds", type=float, default=10.0, help="that one file may take")
    parser.add_argument("--memory", type=int, default=512, help="MB that one file may take")
    parser.add_argument("--only", default="", help="ends of names, with commas")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "corpus").mkdir()
        (root / "config.toml").write_text(
            f"[formats]\nseconds = {options.seconds}\nmemory_mb = {options.memory}\n"
        )
        names = write(root / "corpus", options.size, list(filter(None, options.only.split(","))))
        config = Config(root=root).override(
            formats__seconds=options.seconds, formats__memory_mb=options.memory
        )
        outcomes = list(read_each(root / "corpus", names, config))
        wrong = [said for each in outcomes for said in wrong_with(each, options.seconds)]
        wrong += index_all(root)
    slowest = sorted(outcomes, key=lambda each: -each.seconds)[:10]
    for each in slowest:
        print(f"{each.seconds:6.2f} s  {each.name}  {each.documents}  {each.reasons[:1]}")
    for said in wrong:
        print(f"wrong: {said}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    result = {
        "files": len(names),
        "wrong": len(wrong),
        "slowest": slowest[0].seconds,
        "peak_mb": peak,
    }
    print(json.dumps(result))
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
