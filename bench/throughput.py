"""Measure how many pages a second the server makes with one worker, and with one for each core.

    python bench/throughput.py                      # indexes the news, then about a minute
    python bench/throughput.py --index FOLDER       # an index of the news that is there already

`wrk` asks without a pause over a few connections; it is written in C (Debian's package `wrk`), and
its own share of the processors is told. The two servers take turns. Nothing leaves the loopback,
and everything ends by itself.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import quote_plus

from load import Server, indexed, serving
from news import draw, read_news
from report import Aim, command, machine, publish, shown, table
from speed import NEWS, say

CONNECTIONS = 8
WARM_UP = 15  # seconds, in which each process reads what it needs
TIMES = Aim(1.5, at_least=True)  # of the throughput of one worker
SCRIPT = """
local paths = {{ {paths} }}
local turn = 0
request = function()
  turn = turn % #paths + 1
  return wrk.format("GET", paths[turn])
end
"""


@dataclass(frozen=True, slots=True)
class Storm:
    """What one run of the generator saw: pages a second, errors, its own share of one processor.

    `cost` is the server's processor time in milliseconds for each page, all its processes together.
    """

    rate: float
    errors: int
    share: float
    cost: float


def main() -> int:
    """Measure, print, and return the exit status."""
    options = arguments()
    if not shutil.which("wrk"):
        print("There is no wrk. Install it: apt-get install wrk", file=sys.stderr)
        return 2
    articles = list(read_news(options.news))
    questions = draw(articles, options.queries)
    storms: dict[int, list[Storm]] = {1: [], os.cpu_count() or 1: []}
    with tempfile.TemporaryDirectory(prefix="throughput-") as work:
        index = options.index or indexed(articles, Path(work))
        script = Path(work) / "questions.lua"
        paths = ", ".join(f'"/search?q={quote_plus(text)}"' for text in questions.words)
        script.write_text(SCRIPT.format(paths=paths), encoding="utf-8")
        for turn in range(options.turns):
            for workers in storms:
                say(f"{workers} workers, turn {turn + 1}")
                with serving(index, workers) as server:
                    ask(server, script, WARM_UP)
                    storms[workers].append(ask(server, script, options.seconds))
    publish(report(storms), "throughput", options.readme)
    return int(any(storm.errors for each in storms.values() for storm in each))


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--news", type=Path, default=NEWS, help="news.jsonl.gz")
    parser.add_argument("--index", type=Path, help="an index of the news; it is only read")
    parser.add_argument("--seconds", type=int, default=10, help="of each storm")
    parser.add_argument("--turns", type=int, default=3, help="of each server")
    parser.add_argument("--queries", type=int, default=500, help="different questions")
    parser.add_argument("--readme", type=Path, help="README.md to put the table into")
    return parser.parse_args()


def ask(server: Server, script: Path, seconds: int) -> Storm:
    """Have wrk ask for so long; tell what it saw, and what it and the server took."""
    before, worked = resource.getrusage(resource.RUSAGE_CHILDREN), server.processor_seconds()
    done = subprocess.run(
        [
            "wrk",
            "-t1",
            f"-c{CONNECTIONS}",
            f"-d{seconds}s",
            f"-s{script}",
            f"http://127.0.0.1:{server.port}",
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=seconds + 30,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    worked = server.processor_seconds() - worked
    asked = int(re.search(r"(\d+) requests in", done.stdout)[1])  # type: ignore[index]  # wrk says it
    errors = re.search(r"Non-2xx or 3xx responses: (\d+)", done.stdout)
    lost = re.findall(r"(?:connect|read|write|timeout) (\d+)", done.stdout)
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)[1])  # type: ignore[index]
    wrong = sum(map(int, lost)) + int(errors[1] if errors else 0)
    return Storm(rate, wrong, spent / seconds, worked * 1000 / max(asked, 1))


def report(storms: dict[int, list[Storm]]) -> str:
    """Return the table."""
    alone = median(storm.rate for storm in storms[1])
    lines = []
    for workers, each in storms.items():
        rates = [storm.rate for storm in each]
        times = median(rates) / alone
        line = [
            str(workers),
            shown(median(rates), ""),
            f"{min(rates):.0f} to {max(rates):.0f}",
            str(sum(storm.errors for storm in each)),
            f"{median(storm.share for storm in each):.1%}",
            shown(median(storm.cost for storm in each), "ms"),
        ]
        lines.append(
            [*line, *([f"{times:.2f}", TIMES.verdict(times, "")] if workers > 1 else ["", ""])]
        )
    heads = [
        "workers",
        "pages a second",
        "from to",
        "errors",
        "share of wrk",
        "processor a page",
        "times one",
        "aim",
    ]
    head = f"`{command('bench/throughput.py', sys.argv[1:])}`\n\n{machine()}"
    return f"{head}\n\n{table(heads, lines)}\n"


if __name__ == "__main__":
    sys.exit(main())
