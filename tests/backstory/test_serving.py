"""`backstory serve` with several workers is one server, whatever happens to a process."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from tests.originals import pdf

PATIENCE = 60


class Served:
    """A running server and the processes that it has started."""

    def __init__(
        self, folder: Path, *options: str, place: Sequence[str] = (), told: int = 0
    ) -> None:
        usual = ("--corpus", str(folder / "corpus"), "--index", str(folder / "var/index"))
        command = [sys.executable, "-m", "backstory", *(place or usual), "serve", "--port", "0"]
        command += options
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert self.process.stderr
        for _ in range(told):  # lines about what is wrong come first
            self.process.stderr.readline()
        said = self.process.stderr.readline()
        assert said.startswith("Backstory on http://127.0.0.1:"), said
        self.port = int(said.split("/")[2].rpartition(":")[2])

    def ask(self, path: str) -> tuple[int, str]:
        """Ask for a page on a connection of its own."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()

    def workers(self) -> list[int]:
        """Return the processes that it has started."""
        threads = Path(f"/proc/{self.process.pid}/task").iterdir()
        return [int(each) for path in threads for each in (path / "children").read_text().split()]

    def end(self, number: int) -> int:
        """Send it a signal; return its status."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@pytest.fixture
def serve(indexed: Path) -> Iterator[Callable[..., Served]]:
    """Start servers over the dossier; they are ended with the test."""
    with contextlib.ExitStack() as stack:

        def start(*options: str) -> Served:
            served = Served(indexed, *options)
            stack.callback(served.process.communicate)
            stack.callback(served.process.kill)
            return served

        yield start


def until(is_so: Callable[[], bool]) -> bool:
    """Wait until something is so."""
    for _ in range(PATIENCE * 20):
        if is_so():
            return True
        threading.Event().wait(0.05)
    return False


def is_running(pid: int) -> bool:
    """Tell whether a process is there, and not just its exit status."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks /proc")


@needs_proc
def test_there_are_as_many_workers_as_asked_for_and_one_for_tables(serve) -> None:
    assert len(serve("--workers", "3").workers()) == 4
    assert serve("--workers", "1").workers() == []


@needs_proc
def test_answers_go_on_whichever_process_is_killed(serve) -> None:
    served = serve("--workers", "2")
    assert until(lambda: served.ask("/search?q=harbour")[0] == 200)
    for _ in range(2):
        killed = set(served.workers())
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        assert until(lambda: not any(map(is_running, killed)))  # noqa: B023  # asked in this round
        assert served.ask("/search?q=harbour")[0] == 200
        assert served.ask("/concordance?q=harbour")[0] == 200
        assert set(served.workers()) - killed


@needs_proc
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_requests_under_way_are_answered_when_it_is_told_to_end(serve, number: int) -> None:
    served = serve("--workers", "2")
    pids = served.workers()
    with ThreadPoolExecutor(20) as pool:
        asked = [pool.submit(served.ask, "/export?q=harbour&format=csv") for _ in range(4)]
        asked += [pool.submit(served.ask, f"/search?q=harbour&page={n}") for n in range(12)]
        assert until(lambda: any(each.done() for each in asked))
        assert served.end(number) == 0
        for each in asked:  # taken and answered, or never taken
            with contextlib.suppress(OSError, HTTPException):
                status, body = each.result(PATIENCE)
                assert status == 200
                assert "harbour" in body
    assert until(lambda: not any(map(is_running, pids)))


@needs_proc
def test_workers_end_with_a_server_that_was_killed(serve) -> None:
    served = serve("--workers", "2")
    pids = served.workers()
    served.end(signal.SIGKILL)
    assert until(lambda: not any(map(is_running, pids)))


def test_every_worker_sees_what_the_one_that_watches_has_indexed(serve, indexed: Path) -> None:
    served = serve("--workers", "2", "--watch")
    (indexed / "corpus/wreck.txt").write_text("A wreck was found.", encoding="utf-8")

    def totals() -> set[int]:
        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(served.ask, ["/api/search?q=wreck"] * 12))
        return {json.loads(body)["total"] for _, body in answers}

    assert until(lambda: totals() == {1})


@pytest.mark.parametrize("workers", ["1", "2"])
def test_damage_is_told_by_every_worker(serve, indexed: Path, workers: str) -> None:
    (postings,) = (indexed / "var/index").glob("*.terms")
    raw = bytearray(postings.read_bytes())
    raw[len(raw) // 2] ^= 1
    postings.write_bytes(raw)
    served = serve("--workers", workers)
    assert until(lambda: "index_damaged" in served.ask("/healthz")[1])
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(served.ask, ["/healthz"] * 12))
    assert {status for status, _ in answers} == {503}


def test_a_worker_count_that_is_none_is_refused(run) -> None:
    assert run("serve", "--workers", "-1").status == 2


@needs_proc
def test_the_process_that_opens_originals_ends_while_nobody_asks(serve, indexed: Path, run) -> None:
    (indexed / "corpus/report.pdf").write_bytes(pdf("The gulls flew."))
    assert run("index").status == 0
    served = serve("--workers", "2")

    def openers() -> set[int]:
        threads = (Path(f"/proc/{pid}/task").iterdir() for pid in served.workers())
        children = ((path / "children").read_text() for each in threads for path in each)
        return {int(pid) for each in children for pid in each.split()}

    # Until the workers are ready, the front process answers itself.
    assert until(lambda: served.ask("/page/report/1?q=gulls")[0] == 200 and bool(openers()))
    assert served.ask("/original/storm")[0] == 200
    assert until(lambda: not openers())
    assert served.ask("/page/report/1?q=gulls")[0] == 200


def test_several_archives_are_one_server_with_workers(indexed: Path) -> None:
    (indexed / "second").mkdir()
    (indexed / "second/late.txt").write_text("A late ship came to the harbour.", encoding="utf-8")
    settings = indexed / "site.toml"
    settings.write_text(
        '[archives.gazette]\ncorpus = "corpus"\nindex = "ix/one"\ntitle = "The Gazette"\n'
        '[archives.late]\ncorpus = "second"\nindex = "ix/two"\n'
        '[archives.broken]\ncorpus = "third"\nindex = "ix/three"\n',
        encoding="utf-8",
    )
    place = ("--config", str(settings))
    subprocess.run([sys.executable, "-m", "backstory", *place, "index"], capture_output=True)
    with subprocess_of(Served(indexed, "--workers", "2", place=place, told=1)) as served:
        assert until(lambda: len(served.workers()) == 3)
        for _ in range(20):  # by the front and by each worker
            found = json.loads(served.ask("/api/search?q=harbour")[1])
            totals = [each["result"] and each["result"]["total"] for each in found["archives"]]
            assert totals == [3, 1, None]
        assert "The Gazette" in served.ask("/a/gazette/search?q=harbour")[1]
        assert json.loads(served.ask("/healthz")[1])["archives"] == {
            "gazette": "ok",
            "late": "ok",
            "broken": "index_not_found",
        }
        damage = next((indexed / "ix/two").glob("*.terms"))
        damage.write_bytes(b"\0" * damage.stat().st_size)
        state = "index_damaged"
        assert until(lambda: json.loads(served.ask("/healthz")[1])["archives"]["late"] == state)
        assert served.ask("/a/late/search?q=ship")[0] == 503
        assert served.ask("/a/gazette/search?q=ship")[0] == 200
        assert served.end(signal.SIGTERM) == 0


@contextlib.contextmanager
def subprocess_of(served: Served) -> Iterator[Served]:
    """End a server with the block."""
    with contextlib.ExitStack() as stack:
        stack.callback(served.process.communicate)
        stack.callback(served.process.kill)
        yield served
