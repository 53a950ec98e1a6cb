"""Measure the server while many read at once: 50 readers in one process, the server in others.

    python bench/load.py                      # indexes the news, then about a minute
    python bench/load.py --index FOLDER       # an index of the news that is there already

A reader asks a question, opens a document from the answer, and asks again, with a pause after each
page; then all of them do so without a pause. Nothing leaves the loopback; both end by themselves.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import quote_plus

from memory import resident
from news import Article, Questions, draw, read_news, unpack
from processes import environment
from report import Aim, command, machine, percentile, publish, shown, table
from speed import NEWS, say
from steps import run
from timing import TIMING, timed

import backstory
from backstory.serving import starter
from backstory.webui.serving import open_server

READERS = 50
SECONDS = 30.0
PAUSE = (0.5, 1.5)
MOST = 20_000  # requests in each part, whatever the time
PATIENCE = 30.0
SERVER_P95 = Aim(30.0)
DOCUMENT = re.compile(r'href="(/doc/[^"#]+)')


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: what was asked for, and milliseconds in the application and for the reader."""

    kind: str
    status: int
    inside: float
    outside: float
    size: int


def indexed(articles: Sequence[Article], work: Path) -> Path:
    """Index articles within a folder, and return the index."""
    say("indexing")
    unpack(articles, work / "corpus")
    run("index_backstory", corpus=work / "corpus", index=work / "index", jobs=2)
    return work / "index"


def main() -> int:
    """Measure, print, and return the exit status."""
    options = arguments()
    if options.serve:
        serve(options.serve, options.workers)
        return 0
    if not options.news.is_file():
        print(f"No news at {options.news}. Name the file: --news news.jsonl.gz", file=sys.stderr)
        return 2
    articles = list(read_news(options.news))
    questions = draw(articles, options.queries)
    with tempfile.TemporaryDirectory(prefix="load-") as work:
        index = options.index or indexed(articles, Path(work))
        with serving(index, options.workers) as server:
            read(server.port, questions, Part(1, PAUSE, 3.0))  # the first pages fill the caches
            say(f"{options.readers} readers with a pause")
            calm = read(server.port, questions, Part(options.readers, PAUSE, options.seconds))
            say("without a pause")
            storm = read(server.port, questions, Part(options.readers, None, options.seconds / 3))
            used = server.memory()
    head = f"`{command('bench/load.py', sys.argv[1:])}`\n\n{machine()}"
    note = (
        f"The memory of all processes of the server at the end is {shown(used, 'MB')}, "
        "with the mapped index in each."
    )
    parts = [lines("with a pause", calm, SERVER_P95), lines("without", storm, None)]
    heads = ["measured", "requests", "errors", "a second", *FIGURES, "aim"]
    rows = [line for part in parts for line in part]
    publish(f"{head}\n\n{table(heads, rows)}\n\n{note}\n", "load", options.readme)
    return int(any(answer.status != 200 for answer in calm.answers))


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--news", type=Path, default=NEWS, help="news.jsonl.gz")
    parser.add_argument("--index", type=Path, help="an index of the news; it is only read")
    parser.add_argument("--readers", type=int, default=READERS, help="at the same time")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of reading with a pause")
    parser.add_argument("--queries", type=int, default=500, help="different questions")
    parser.add_argument("--readme", type=Path, help="README.md to put the table into")
    parser.add_argument("--workers", type=int, default=0, help="processes that make pages")
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def serve(index: Path, workers: int) -> None:
    """Serve an index on a free port, which is printed, until ended."""
    archive = backstory.open(index, web__port=0, web__workers=workers)
    start = starter(archive.config, wrap=timed)
    server = open_server(archive.config, archive.searcher, start=start)
    server.application = timed(server.application)  # it answers itself until workers are ready
    print(server.effective_port, flush=True)
    signal.signal(signal.SIGTERM, lambda *_: server.stop())
    server.run()
    server.close()


@dataclass(frozen=True, slots=True)
class Server:
    """A running server with its processes: where it listens, what it weighs, what it has worked."""

    pid: int
    port: int

    def memory(self) -> float:
        """Return the memory of all its processes in MB."""
        return sum(resident(pid)["resident"] for pid in self._family())

    def processor_seconds(self) -> float:
        """Return the processor time of all its processes."""
        stats = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2] for pid in self._family()]
        ticks = [int(each) for stat in stats for each in stat.split()[11:13]]
        return sum(ticks) / os.sysconf("SC_CLK_TCK")

    def _family(self) -> list[int]:
        listed = Path(f"/proc/{self.pid}/task").glob("*/children")
        return [self.pid, *(int(each) for path in listed for each in path.read_text().split())]


@contextmanager
def serving(index: Path, workers: int = 0) -> Iterator[Server]:
    """Run the server in processes of its own."""
    start = [sys.executable, __file__, "--serve", str(index.resolve()), "--workers", str(workers)]
    with subprocess.Popen(start, stdout=subprocess.PIPE, text=True, env=environment()) as process:
        try:
            assert process.stdout
            yield Server(process.pid, int(process.stdout.readline()))
        finally:
            process.terminate()
            process.wait(PATIENCE)


@dataclass(frozen=True, slots=True)
class Part:
    """How many read, with what pause, and for how long."""

    readers: int
    pause: tuple[float, float] | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of a part."""

    answers: tuple[Answer, ...]
    seconds: float


def read(port: int, questions: Questions, part: Part) -> Reading:
    """Let the readers of a part read; every one has a connection and questions of its own."""
    began = time.perf_counter()
    until = began + part.seconds
    with ThreadPoolExecutor(part.readers) as pool:
        each = [
            pool.submit(reader, port, questions.words, part, until, number)
            for number in range(part.readers)
        ]
        answers = tuple(answer for future in each for answer in future.result())
    return Reading(answers, time.perf_counter() - began)


def reader(port: int, texts: Sequence[str], part: Part, until: float, number: int) -> list[Answer]:
    """Ask and open, ask and open, until the time or the share of MOST is used up."""
    random_ = random.Random(number)
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    answers: list[Answer] = []
    if part.pause:
        time.sleep(random_.uniform(0, part.pause[1]))  # they do not begin all at once
    while time.perf_counter() < until and len(answers) < MOST / part.readers:
        text = quote_plus(random_.choice(texts))
        answer, body = ask(connection, "results", f"/search?q={text}")
        answers.append(answer)
        rest(random_, part.pause)
        links = DOCUMENT.findall(body)
        if links and time.perf_counter() < until:
            link = unescape(random_.choice(links))
            answers.append(ask(connection, "document", link)[0])
            rest(random_, part.pause)
    connection.close()
    return answers


def rest(random_: random.Random, pause: tuple[float, float] | None) -> None:
    """Wait as a reader does."""
    if pause:
        time.sleep(random_.uniform(*pause))


def ask(connection: HTTPConnection, kind: str, path: str) -> tuple[Answer, str]:
    """Ask for a page; a connection that fails counts as status 0, and is opened anew."""
    began = time.perf_counter()
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read()
        status, timing = response.status, response.headers.get(TIMING, "")
    except (OSError, HTTPException):
        connection.close()
        status, timing, body = 0, "", b""
    spent = (time.perf_counter() - began) * 1000
    inside = float(timing.rpartition("=")[2] or spent)
    return Answer(kind, status, inside, spent, len(body)), body.decode("utf-8", "replace")


FIGURES = ("server p50", "server p95", "reader p50", "reader p95", "page")


def lines(name: str, reading: Reading, aim: Aim | None) -> Iterator[list[str]]:
    """Yield a line of the table for each kind of page, and for all of them."""
    for kind in ("results", "document", "all"):
        answers = [answer for answer in reading.answers if kind in (answer.kind, "all")]
        inside, outside = [a.inside for a in answers], [a.outside for a in answers]
        worst = percentile(inside, 95)
        yield [
            f"{kind}, {name}",
            f"{len(answers):,}",
            f"{sum(answer.status != 200 for answer in answers):,}",
            shown(len(answers) / reading.seconds, ""),
            shown(percentile(inside, 50), "ms"),
            shown(worst, "ms"),
            shown(percentile(outside, 50), "ms"),
            shown(percentile(outside, 95), "ms"),
            f"{sum(answer.size for answer in answers) / len(answers) / 1024:.0f} KB",
            aim.verdict(worst, "ms") if aim else "",
        ]


if __name__ == "__main__":
    sys.exit(main())
