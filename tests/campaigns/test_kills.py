"""What is killed leaves the old index or the new one, and the next run finishes."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from campaigns.running import campaign


def test_whatever_is_killed_at_a_random_moment_leaves_old_or_new(scratch: Path) -> None:
    outcome = campaign("kills", "--count", "42", work=scratch)
    assert sum(outcome["killed"].values()) == 42
    assert min(outcome["killed"].values()) == 6, "each verb in its turn"
    assert sum(outcome["recovered"].values()) > 0


@pytest.mark.parametrize("verb", ["index-some", "add", "remove"])
def test_what_is_killed_at_any_file_system_event_leaves_old_or_new(
    scratch: Path, verb: str
) -> None:
    outcome = campaign("kills", "--events", "--verbs", verb, work=scratch)
    assert outcome["killed"][verb] > 30


def test_run_that_recovers_may_be_killed_as_well(scratch: Path) -> None:
    outcome = campaign("kills", "--events", "--again", "--verbs", "index", work=scratch)
    assert outcome["killed"]["index"] > 30
    assert outcome["recovered"]["index"] > 10


def children(process: int) -> set[int]:
    try:
        listed = Path(f"/proc/{process}/task/{process}/children").read_text()
    except FileNotFoundError:
        return set()
    return {int(each) for each in listed.split()}


def is_alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc to see processes")
def test_workers_end_with_their_parent_and_hold_no_lock(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for number in range(60):
        lines = (f"Line {line} of {number}" + " and so on" * 80 for line in range(100))
        (corpus / f"{number}.txt").write_text("\n\n".join(lines), encoding="utf-8")
    command = [sys.executable, "-m", "backstory", "--corpus", str(corpus)]
    command += ["--index", str(tmp_path / "index"), "index", "--jobs", "2", "--wait", "0"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        workers: set[int] = set()
        while run.poll() is None and len(workers) < 2:
            workers = children(run.pid)
            time.sleep(0.01)
        assert run.poll() is None, "the run was over before it could be killed"
        run.kill()
    deadline = time.monotonic() + 60
    while any(map(is_alive, workers)):
        assert time.monotonic() < deadline, "workers outlive their parent"
        time.sleep(0.05)
    again = subprocess.run(
        [*command, "--jobs", "1"], capture_output=True, text=True, timeout=120, check=False
    )
    assert again.returncode == 0, again.stderr
    assert "60 documents, 6,000 passages" in again.stdout
