"""One node of OpenSearch: a folder with its settings and data, and a process."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.cluster.installing import NodesError, account

GUARD = Path(__file__).with_name("guard.py")
# Everything goes to standard output, which is the node's log.
LOGGING = """\
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{ISO8601} %-5p %c{1.}: %m%n
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
"""


class Node:
    """A node that can be started, stopped, and hurt. Its number counts from 1."""

    def __init__(self, number: int, folder: Path, *, http: int, transport: int) -> None:
        self.number = number
        self.name = f"node-{number}"
        self.folder = folder / self.name
        self.http = http
        self.transport = transport
        self.url = f"http://127.0.0.1:{http}"
        self.log = self.folder / "log"
        self.is_paused = False
        self._guard: subprocess.Popen[str] | None = None
        self._pid = 0

    @property
    def is_started(self) -> bool:
        """Whether it was started and not ended by us; it may have ended by itself."""
        return self._guard is not None

    @property
    def has_failed(self) -> bool:
        """Whether it has ended by itself."""
        return self._guard is not None and self._guard.poll() is not None

    @property
    def pid(self) -> int:
        """The process of the node. Raises NodesError if it does not run."""
        if not self.is_started or self.has_failed:
            raise NodesError(f"Node {self.number} does not run.{self.last_words()}")
        return self._pid

    def configure(self, home: Path, settings: Mapping[str, object]) -> None:
        """Write the node's settings; its data stays."""
        for name in ("config", "data", "tmp"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        own = {
            "node.name": self.name,
            "path.data": str(self.folder / "data"),
            "path.logs": str(self.folder / "tmp"),
            "network.host": "127.0.0.1",
            "http.port": self.http,
            "transport.port": self.transport,
        }
        lines = [f"{key}: {json.dumps(value)}\n" for key, value in {**own, **settings}.items()]
        config = self.folder / "config"
        (config / "opensearch.yml").write_text("".join(lines), encoding="utf-8")
        (config / "log4j2.properties").write_text(LOGGING, encoding="utf-8")
        # The shipped options, without those that write into the program's folder.
        shipped = (home / "config/jvm.options").read_text(encoding="utf-8").splitlines(True)
        options = [line for line in shipped if "logs/" not in line and "HeapDump" not in line]
        (config / "jvm.options").write_text("".join(options), encoding="utf-8")
        if user := account().get("user"):
            for path in (self.folder, *self.folder.glob("*"), *config.glob("*")):
                shutil.chown(path, user)

    def start(self, home: Path, java: Path, options: str) -> None:
        """Start the node with the OpenSearch in `home`, without waiting for it to answer."""
        if self.is_started and not self.has_failed:
            raise NodesError(f"Node {self.number} runs already: stop or kill it first")
        user = account()
        command = [sys.executable, "-I", "-S", str(GUARD), str(os.getpid())]
        command += [str(user.get("user", -1)), str(user.get("group", -1))]
        command += [str(home / "bin/opensearch")]
        environment = {
            "PATH": os.defpath,
            "LANG": "C.UTF-8",
            "HOME": str(self.folder),
            "HOSTNAME": "localhost",
            "OPENSEARCH_JAVA_HOME": str(java),
            "OPENSEARCH_PATH_CONF": str(self.folder / "config"),
            "OPENSEARCH_TMPDIR": str(self.folder / "tmp"),
            "OPENSEARCH_JAVA_OPTS": f"{options} -XX:ErrorFile={self.folder}/tmp/java-error.log",
        }
        with self.log.open("ab") as log:
            guard = subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,  # Ctrl-C in a terminal is for the starter alone
            )
        try:
            assert guard.stdout is not None
            with guard.stdout as pipe:
                self._pid = int(pipe.readline())
        except BaseException as error:  # Ctrl-C, too: until here, nobody else knows the guard
            guard.terminate()
            guard.wait(10)
            if isinstance(error, ValueError):
                message = f"Node {self.number} could not be started.{self.last_words()}"
                raise NodesError(message) from error
            raise
        self._guard = guard
        self.is_paused = False

    def kill(self) -> None:
        """End the process at once, as a crash does, and wait until it is gone."""
        self._signal(signal.SIGKILL)
        self._wait(10)

    def pause(self) -> None:
        """Stop the process where it is: its ports stay open, but it answers nothing."""
        self._signal(signal.SIGSTOP)
        self.is_paused = True

    def resume(self) -> None:
        """Let a paused process go on."""
        self._signal(signal.SIGCONT)
        self.is_paused = False

    def ask_to_end(self) -> None:
        """Ask the process to end in order, if it runs."""
        if self.is_started and not self.has_failed:
            self.resume()
            self._signal(signal.SIGTERM)

    def end(self, seconds: float) -> None:
        """Wait until the process has ended, and kill it if it has not within `seconds`."""
        try:
            self._wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def memory(self) -> float:
        """Return the memory that the process occupies, in MB (RSS)."""
        command = ["ps", "-o", "rss=", "-p", str(self.pid)]
        return int(subprocess.check_output(command, text=True, timeout=10)) / 1024

    def last_words(self) -> str:
        """Return the end of its log, to follow a message; "" if it has none."""
        try:
            lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return ""
        # A stack trace would leave no room for what it is about.
        told = [line[:300] for line in lines if not line.startswith("\tat ")]
        return f" The end of {self.log}:\n" + "\n".join(told[-12:])

    def _signal(self, number: signal.Signals) -> None:
        os.killpg(self.pid, number)  # the group: while it starts, it is a script and its helpers

    def _wait(self, seconds: float) -> None:
        if self._guard is not None:
            self._guard.wait(seconds)
        self._guard = None
        self.is_paused = False
