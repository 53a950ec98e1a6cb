"""Starts a real cluster of OpenSearch on this machine's loopback, for tests and measurements.

    python -m tests.cluster.nodes --nodes 3                   # until Ctrl-C
    python -m tests.cluster.nodes --nodes 3 --for 60 --port 9401 --folder /tmp/cluster
    python -m tests.cluster.nodes --nodes 1 -- make test      # while a command runs

The command finds the addresses, separated by commas, in TEST_OPENSEARCH. Whatever
happens to the starter, its nodes end with it. There is no security: not for other people's data.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from http.client import HTTPException
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.cluster.installing import NodesError, account, cache_folder, find_java, install
from tests.cluster.node import Node
from tests.cluster.ports import Ports

ADDRESSES = "TEST_OPENSEARCH"
HEAP = "512m"
FAST_START = "-XX:TieredStopAtLevel=1"  # half the processor time until a node answers
PATIENCE = 300  # seconds to become green: a laptop has few cores, and other things to do
STOP_PATIENCE = 30  # seconds for an orderly end

SETTINGS = {
    "cluster.routing.allocation.disk.threshold_enabled": False,  # a full disk is not our subject
    "action.auto_create_index": False,  # an index of a wrong name is an error
}


class Nodes:
    """A cluster of `count` nodes, with their settings, data and logs in `folder`.

    `http` and `transport` are the ports of node 1, the others have the next ones; without them,
    free ones are chosen and stay reserved until `stop`. `settings` are added to those of every
    node, `jvm` are options of Java. Used as a context, it is started and stopped.
    """

    def __init__(
        self,
        folder: Path,
        count: int = 1,
        *,
        http: int | None = None,
        transport: int | None = None,
        heap: str = HEAP,
        jvm: str = FAST_START,
        settings: Mapping[str, object] | None = None,
    ) -> None:
        self._folder = folder.resolve()
        self._options = f"-Xms{heap} -Xmx{heap} {jvm}".strip()
        self._settings = {**SETTINGS, **(settings or {})}
        self._ports = Ports(cache_folder() / "ports")
        try:
            ports = [self._ports.reserve(count, first) for first in (http, transport)]
        except BaseException:
            self._ports.close()
            raise
        self._nodes = [
            Node(number, self._folder, http=own[0], transport=own[1])
            for number, own in enumerate(zip(*ports, strict=True), start=1)
        ]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def urls(self) -> tuple[str, ...]:
        """The addresses of all nodes, whether they run or not."""
        return tuple(node.url for node in self._nodes)

    def start(self, seconds: float = PATIENCE) -> None:
        """Start all nodes and wait until the cluster is green; if it fails, none runs on."""
        try:
            self._java = find_java()
            self._home = install()
            self._folder.mkdir(parents=True, exist_ok=True)
            for node in self._nodes:
                node.configure(self._home, {**self._settings, **self._membership()})
            self._check_reach()
            for node in self._nodes:
                self._start(node)
            self.wait_for_green(seconds)
        except BaseException:
            self.stop(patience=0)
            raise

    def stop(self, patience: float = STOP_PATIENCE) -> None:
        """End all nodes in order, and those by force that have not ended within `patience`."""
        for node in self._nodes:
            node.ask_to_end()
        until = time.monotonic() + patience
        for node in self._nodes:
            node.end(max(until - time.monotonic(), 0))
        self._ports.close()

    def pid(self, number: int) -> int:
        """Return the process of a node."""
        return self._node(number).pid

    def memory(self, number: int) -> float:
        """Return the memory that a node occupies, in MB (RSS)."""
        return self._node(number).memory()

    def kill(self, number: int) -> None:
        """Kill a node, as a crash does: its data stays, what it has not written is lost."""
        self._node(number).kill()

    def pause(self, number: int) -> None:
        """Stop a node where it is; the others wait for it until they think that it is gone."""
        self._node(number).pause()

    def resume(self, number: int) -> None:
        """Let a paused node go on."""
        self._node(number).resume()

    def restart(self, number: int) -> None:
        """Start a node again with its data, after an orderly end if it runs; do not wait for it."""
        node = self._node(number)
        node.ask_to_end()
        node.end(STOP_PATIENCE)
        self._start(node)

    def heal(self, seconds: float = PATIENCE) -> None:
        """Let paused nodes go on, start those that do not run, and wait for green."""
        for node in self._nodes:
            if node.is_paused:
                node.resume()
            if not node.is_started or node.has_failed:
                self.restart(node.number)
        self.wait_for_green(seconds)

    def manager(self) -> int:
        """Return the number of the cluster manager, as the first node that answers says."""
        for node in self._answering():
            try:
                rows = ask(node.url, "/_cat/cluster_manager?format=json")
            except NodesError:
                continue
            return next(each.number for each in self._nodes if each.name == rows[0]["node"])
        raise NodesError("No node says which one is the cluster manager")

    def wait_for_green(self, seconds: float = PATIENCE) -> None:
        """Wait until every node that runs sees all of them, and all copies of all shards.

        Nodes that are killed or paused do not count. Raises NodesError if that takes longer than
        `seconds`, or if a node ends by itself.
        """
        until = time.monotonic() + seconds
        while not all(map(self._is_green, self._answering())):
            self.check()
            if time.monotonic() > until:
                raise NodesError(self._why_not_green(seconds))
            time.sleep(0.25)

    def check(self) -> None:
        """Raise NodesError if a node has ended by itself."""
        for node in self._nodes:
            if node.has_failed:
                raise NodesError(f"Node {node.number} has ended.{node.last_words()}")

    def _why_not_green(self, seconds: float) -> str:
        words = "".join(node.last_words() + "\n" for node in self._answering())
        return f"The cluster is not green after {seconds:g} seconds.{words}"

    def _node(self, number: int) -> Node:
        if not 1 <= number <= len(self._nodes):
            raise NodesError(f"There is no node {number}: there are 1 to {len(self._nodes)}")
        return self._nodes[number - 1]

    def _answering(self) -> list[Node]:
        return [node for node in self._nodes if node.is_started and not node.is_paused]

    def _start(self, node: Node) -> None:
        node.start(self._home, self._java, self._options)

    def _membership(self) -> dict[str, object]:
        return {
            "cluster.name": f"backstory-{self._nodes[0].transport}",
            "discovery.seed_hosts": [f"127.0.0.1:{node.transport}" for node in self._nodes],
            "cluster.initial_cluster_manager_nodes": [node.name for node in self._nodes],
        }

    def _check_reach(self) -> None:
        """Raise NodesError if the nodes' account cannot reach its folders, or OpenSearch."""
        for folder in (self._nodes[0].folder, self._home):
            command = ["/bin/sh", "-c", 'cd -- "$0"', str(folder)]
            if subprocess.run(
                command, stderr=subprocess.DEVNULL, check=False, **account()
            ).returncode:
                raise NodesError(
                    f"{folder} cannot be reached by the account that runs the nodes:"
                    " open the folders above it, or give another one"
                )

    def _is_green(self, node: Node) -> bool:
        try:
            health = ask(node.url, "/_cluster/health")
        except NodesError:
            return False
        return bool(
            health["status"] == "green" and health["number_of_nodes"] == len(self._answering())
        )


def ask(url: str, path: str, *, seconds: float = 10) -> Any:
    """Return the JSON that a node answers to a GET. Raises NodesError if it does not."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url + path, timeout=seconds) as answer:
            return json.load(answer)
    except (OSError, HTTPException, ValueError) as error:
        raise NodesError(f"{url}{path}: {error}") from error


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Have a folder that the nodes' account can reach, whoever we are."""
    with tempfile.TemporaryDirectory(prefix="backstory-nodes-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder


def main(arguments: list[str]) -> int:
    """Start nodes by hand; return the status of the command, if there is one."""
    parser = argparse.ArgumentParser(prog="python -m tests.cluster.nodes")
    parser.add_argument("--nodes", type=int, default=1, help="how many (default: 1)")
    parser.add_argument("--folder", type=Path, help="where their data stays (default: nowhere)")
    parser.add_argument("--port", type=int, help="of node 1 (default: free ones)")
    parser.add_argument("--transport", type=int, help="port of node 1 to the others")
    parser.add_argument("--heap", default=HEAP, help=f"memory of Java, a node (default: {HEAP})")
    parser.add_argument("--jvm", default=FAST_START, help=f"options (default: {FAST_START})")
    parser.add_argument("--for", type=float, dest="seconds", help="seconds to run")
    parser.add_argument("command", nargs="*", help="what to run while they run")
    asked = parser.parse_args(arguments)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with nullcontext(asked.folder) if asked.folder else temporary_folder() as folder:
        try:
            nodes = Nodes(
                folder,
                asked.nodes,
                http=asked.port,
                transport=asked.transport,
                heap=asked.heap,
                jvm=asked.jvm,
            )
            began = time.monotonic()
            with nodes:
                say(f"green after {time.monotonic() - began:.1f} seconds")
                for number, url in enumerate(nodes.urls, start=1):
                    say(f"{url}  pid {nodes.pid(number)}, {nodes.memory(number):.0f} MB")
                return run(asked.command, nodes) if asked.command else rest(nodes, asked.seconds)
        except NodesError as error:
            say(str(error))
            return 1
        except KeyboardInterrupt:
            return 130


def say(line: str) -> None:
    """Write a line to standard error, which a command does not use for its answers."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def run(command: list[str], nodes: Nodes) -> int:
    """Run a command that finds the addresses in its environment; return its status."""
    environment = {**os.environ, ADDRESSES: ",".join(nodes.urls)}
    try:
        status = subprocess.run(command, env=environment, check=False).returncode
    except OSError as error:
        say(f"{shlex.join(command)}: {error.strerror}")
        return 127
    return status if status >= 0 else 128 - status


def rest(nodes: Nodes, seconds: float | None) -> int:
    """Wait until `seconds` are over, or for ever; fail if a node ends by itself."""
    until = float("inf") if seconds is None else time.monotonic() + seconds
    while time.monotonic() < until:
        nodes.check()
        time.sleep(min(1, max(until - time.monotonic(), 0)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
