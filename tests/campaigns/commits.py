"""Commits again and again under a server that few files may be open in, while readers ask it.

    python tests/campaigns/commits.py --count 300

`backstory serve` may have 256 files open (`--files`). Eight readers ask it without a pause, one of
them takes an export slowly, while a document is replaced in each commit. Every answer must be a
whole one of a single commit, and in the end the server must have the files of the newest commit
open and no others. Prints what went wrong and a line of JSON; exits with 1 if anything did. Linux
only, for /proc.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from backstory.engine.indexes.embedded import EmbeddedIndex
from backstory.testing import fill_index, make_document

READERS = 8
BUSY = "Too many requests are waiting"
STEADY = 600  # passages that stay, for exports of some length
PATIENCE = 30.0  # seconds for the server to start, and to let go
PATHS = (
    "/api/search?q=counter",
    "/search?q=counter+steady&explain=1",
    "/doc/counter?q=counter",
    "/doc/nobody",
    "/api/status",
    "/documents",
    "/concordance?q=counter",
    "/api/related?passage=counter%23p1",
)
EXPORT = "/api/export?q=steady&format=csv"


def commit(index: EmbeddedIndex, number: int) -> None:
    """Replace the document that tells which commit it is of."""
    fill_index(index, make_document("counter", f"The counter counts n{number}"))


@contextlib.contextmanager
def serving(place: Path, files: int) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run a server that may have so many files open; give its process and port."""
    limited = ["sh", "-c", f'ulimit -n {files} && exec "$@"', "sh"]
    serve = [sys.executable, "-m", "backstory", "--index", str(place / "index")]
    serve += ["--corpus", str(place), "serve", "--port", "0"]
    with subprocess.Popen([*limited, *serve], stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stderr is not None
            said = server.stderr.readline()
            address = re.search(r":([0-9]+)/", said)
            assert address, said
            threading.Thread(target=server.stderr.read, daemon=True).start()
            yield server, int(address[1])
        finally:
            server.terminate()


class Reader(threading.Thread):
    """Asks one thing after the other; notes what was wrong with an answer."""

    def __init__(self, port: int, number: int, base: int, is_over: threading.Event) -> None:
        super().__init__()
        self.answers, self.refused, self.wrong = 0, 0, list[str]()
        self._port, self._number, self._base, self._is_over = port, number, base, is_over

    def run(self) -> None:
        """Ask until it is over."""
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self._port)) as connection:
            while not self._is_over.is_set():
                path = PATHS[(self._number + self.answers) % len(PATHS)]
                try:
                    if self._number == 0:  # the slow one
                        self._export(connection)
                    else:
                        self._ask(connection, path)
                except (OSError, http.client.HTTPException, ValueError) as error:
                    self.wrong.append(f"{path}: {error!r}")
                    connection.close()
                self.answers += 1

    def _ask(self, connection: http.client.HTTPConnection, path: str) -> None:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read().decode()
        if self._must_wait(answer, body):
            return
        expected = 404 if path.endswith("nobody") else 200
        if answer.status != expected:
            self.wrong.append(f"{path}: {answer.status} {body[:300]}")
        elif path == PATHS[0]:
            self._verify(json.loads(body))

    def _must_wait(self, answer: http.client.HTTPResponse, body: str) -> bool:
        """Do as an answer says that refuses because many are waiting: ask again later."""
        if answer.status != 503 or BUSY not in body:
            return False
        self.refused += 1
        self._is_over.wait(float(answer.headers["Retry-After"]))
        return True

    def _verify(self, result: dict[str, Any]) -> None:
        """Compare what the document says with the commit that the answer is of."""
        number = result["generation"] - self._base
        texts = [hit["text"] for hit in result["hits"]]
        if texts != [f"The counter counts n{number}"]:
            self.wrong.append(f"commit {number} answers {texts}")

    def _export(self, connection: http.client.HTTPConnection) -> None:
        connection.request("GET", EXPORT)
        answer = connection.getresponse()
        read = b""
        while piece := answer.read(4096):
            read += piece
            time.sleep(0.002)
        if self._must_wait(answer, read.decode()):
            return
        rows = read.count(b"steady")
        if answer.status != 200 or rows < STEADY:
            self.wrong.append(f"{EXPORT}: {answer.status}, {rows} rows")


def open_files(process: int) -> list[str]:
    """Return what a process has open, by name."""
    folder, names = Path(f"/proc/{process}/fd"), []
    for each in os.listdir(folder):
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile
            names.append(str((folder / each).readlink()))
    return names


def family(process: int) -> list[int]:
    """Return the ids of a process and of those that it started."""
    threads = Path(f"/proc/{process}/task").iterdir()
    children = [(thread / "children").read_text(encoding="ascii") for thread in threads]
    return [process, *map(int, " ".join(children).split())]


def left_open(process: int, index: EmbeddedIndex) -> list[str]:
    """Return the files that a server's processes have open of commits older than the newest."""
    names = {str(index.folder / name) for name in index.open().manifest.files}
    opened = [each for one in family(process) for each in open_files(one)]
    return [each for each in opened if "/MAIN_" in each and each not in names]


def campaign(place: Path, count: int, files: int) -> dict[str, Any]:
    """Commit while readers ask; return the figures and what was wrong."""
    index = EmbeddedIndex(place / "index")
    fill_index(index, make_document("long", *(f"steady {n}" for n in range(STEADY))))
    commit(index, 1)
    base = index.open().statistics.generation - 1
    is_over, most = threading.Event(), 0
    with serving(place, files) as (server, port):
        readers = [Reader(port, number, base, is_over) for number in range(READERS)]
        for reader in readers:
            reader.start()
        for number in range(2, count + 2):
            commit(index, number)
            most = max(most, len(open_files(server.pid)))
            time.sleep(0.02)
        is_over.set()
        for reader in readers:
            reader.join()
        last = Reader(port, 1, base, is_over)
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
            last._ask(connection, PATHS[0])
        deadline = time.monotonic() + PATIENCE
        while (left := left_open(server.pid, index)) and time.monotonic() < deadline:
            time.sleep(0.1)  # the one that checks checksums may be reading
        wrong = [line for reader in (*readers, last) for line in reader.wrong]
        return {
            "commits": count,
            "answers": sum(reader.answers - reader.refused for reader in readers),
            "refused": sum(reader.refused for reader in readers),
            "files at most": most,
            "files at the end": len(open_files(server.pid)),
            "wrong": [*wrong, *(f"{name} is still open" for name in left)],
        }


def main() -> int:
    """Run the campaign, print what came of it, and return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--count", type=int, default=30, help="commits")
    parser.add_argument("--files", type=int, default=256, help="that the server may have open")
    parser.add_argument("--work", type=Path, help="folder to make a temporary folder in")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="commits-", dir=options.work) as place:
        outcome = campaign(Path(place).resolve(), options.count, options.files)
    for line in outcome["wrong"][:20]:
        print(line)  # noqa: T201
    print(json.dumps({**outcome, "wrong": len(outcome["wrong"])}))  # noqa: T201
    return 1 if outcome["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
