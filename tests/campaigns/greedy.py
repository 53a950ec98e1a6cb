"""Asks like those who take all they can get, and measures what a polite reader has of it.

    python tests/campaigns/greedy.py --seconds 30            # all three parts, two minutes

Three parts against a server with the shipped settings: a polite reader alone; beside greedy clients
that ask for tables, exports, wildcards and pages without a pause; beside slow connections that send
a byte now and then. The greedy ones are a process of their own. Prints a line of JSON; the status
is 1 where the polite reader got anything but pages, or a slow connection outlived the deadline.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from statistics import quantiles
from urllib.parse import quote_plus

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
WARM_UP = 3
PAUSE = 0.3  # seconds that a polite reader reads
DEADLINE = 20.0  # seconds after which the last slow connection must have been ended
QUESTIONS = ["Maduro madman", "encrypted radios", "Chavez coup 2002", "secret contract"]
GREEDY = ["/concordance?q=the", "/api/collocates?q=of", "/export?q=the&format=csv", "/search?q=a*"]
GREEDY += ["/api/frequencies?q=and", "/search?q=*o*", "/search?q=the+coup", "/documents"]


def main() -> int:
    """Run the parts, print what came of them, and return the exit status."""
    options = arguments()
    if options.greedy_at:
        storm(options.greedy_at, options.clients, options.seconds)
        return 0
    with tempfile.TemporaryDirectory(prefix="greedy-") as folder:
        index = options.index or indexed(Path(folder))
        with serving(index) as port:
            warm_up(port)
            alone = polite(port, options.seconds)
            with storming(port, options.clients, options.seconds):
                beside_greedy = polite(port, options.seconds)
            beside_slow, left = among_slow(port, options)
    parts = {"alone": alone, "greedy": beside_greedy, "slow": beside_slow}
    told = {name: {"pages": len(times), "p95_ms": p95(times)} for name, times in parts.items()}
    ratio = round(p95(beside_greedy) / p95(alone), 2)
    print(json.dumps({**told, "ratio": ratio, "slow_left": left}))  # noqa: T201
    return int(left > 0)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seconds", type=float, default=30.0, help="of each part")
    parser.add_argument("--clients", type=int, default=12, help="greedy ones")
    parser.add_argument("--slow", type=int, default=500, help="slow connections")
    parser.add_argument("--every", type=float, default=8.0, help="seconds between their bytes")
    parser.add_argument("--index", type=Path, help="an index; else one of the shipped corpus")
    parser.add_argument("--greedy-at", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


def indexed(folder: Path) -> Path:
    """Index the shipped corpus."""
    paths = ["--corpus", str(ROOT / "corpus"), "--index", str(folder / "index")]
    command = [sys.executable, "-m", "backstory", *paths, "index"]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "index"


@contextlib.contextmanager
def serving(index: Path) -> Iterator[int]:
    """Run `backstory serve`; give its port."""
    command = [sys.executable, "-m", "backstory", "--index", str(index), "serve", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr
        port = int(server.stderr.readline().split("/")[2].rpartition(":")[2])
        drain = threading.Thread(target=server.stderr.read)
        drain.start()
        try:
            yield port
        finally:
            server.terminate()
            server.wait(PATIENCE)
            drain.join()


def ask(connection: HTTPConnection, path: str) -> int:
    """Ask for a page, read it, and return its status."""
    connection.request("GET", path)
    response = connection.getresponse()
    response.read()
    return response.status


def warm_up(port: int) -> None:
    """Ask for everything several times, so that every process has read what it needs."""
    pages = [f"/search?q={quote_plus(text)}" for text in QUESTIONS]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda path: once(port, path), [*GREEDY, *pages] * WARM_UP))


def once(port: int, path: str) -> int:
    """Ask for a page on a connection of its own."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    with contextlib.closing(connection):
        return ask(connection, path)


def polite(port: int, seconds: float) -> list[float]:
    """Read for so long, with a pause after each page; return how long each took.

    Raises AssertionError for anything but a page.
    """
    times, until = [], time.perf_counter() + seconds
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    with contextlib.closing(connection):
        while time.perf_counter() < until or len(times) < 3:
            began = time.perf_counter()
            status = ask(connection, f"/search?q={quote_plus(random.choice(QUESTIONS))}")
            times.append(time.perf_counter() - began)
            assert status == 200, f"the polite reader got {status}"
            time.sleep(PAUSE)
    return times


def p95(times: list[float]) -> float:
    """Return the 95th percentile in milliseconds."""
    return round(quantiles(times, n=20, method="inclusive")[-1] * 1000, 1)


@contextlib.contextmanager
def storming(port: int, clients: int, seconds: float) -> Iterator[None]:
    """Have greedy clients ask meanwhile, in a process of their own."""
    command = [sys.executable, __file__, "--greedy-at", str(port), "--clients", str(clients)]
    with subprocess.Popen([*command, "--seconds", str(seconds)]) as greedy:
        time.sleep(min(1.0, seconds / 4))  # until they are at it
        yield
    assert greedy.returncode == 0


def storm(port: int, clients: int, seconds: float) -> None:
    """Ask without a pause for so long, each client on a connection of its own."""
    until = time.perf_counter() + seconds
    with ThreadPoolExecutor(clients) as pool:
        answers = list(pool.map(lambda number: greedy(port, until, number), range(clients)))
    statuses = sum(answers, Counter[int]())
    print(json.dumps({"greedy": {str(each): count for each, count in sorted(statuses.items())}}))  # noqa: T201


def greedy(port: int, until: float, number: int) -> Counter[int]:
    """Ask without a pause; return how often each status came, 0 for a connection that broke."""
    random_, statuses = random.Random(number), Counter[int]()
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    with contextlib.closing(connection):
        while time.perf_counter() < until:
            try:
                statuses[ask(connection, random_.choice(GREEDY))] += 1
            except (OSError, HTTPException):
                connection.close()
                statuses[0] += 1
    return statuses


def among_slow(port: int, options: argparse.Namespace) -> tuple[list[float], int]:
    """Read beside slow connections; return the times, and how many outlived the deadline."""
    over = threading.Event()
    slow = [socket.create_connection(("127.0.0.1", port), PATIENCE) for _ in range(options.slow)]
    dribbling = threading.Thread(target=dribble, args=(slow, options.every, over))
    dribbling.start()
    try:
        times = polite(port, max(options.seconds, DEADLINE))
        return times, sum(is_open(each) for each in slow)
    finally:
        over.set()
        dribbling.join()
        for each in slow:
            each.close()


def dribble(connections: list[socket.socket], every: float, over: threading.Event) -> None:
    """Send a byte of a header on each connection, again and again."""
    while True:
        for each in connections:
            with contextlib.suppress(OSError):
                each.send(b"G")
        if over.wait(every):
            return


def is_open(connection: socket.socket) -> bool:
    """Tell whether the server has not hung up."""
    connection.setblocking(False)
    try:
        return bool(connection.recv(1))
    except BlockingIOError:
        return True
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
