"""Nodes start, are hurt and come back, and never outlive who has started them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.failures import wait_until
from tests.cluster.installing import NodesError
from tests.cluster.nodes import Nodes, ask, temporary_folder
from tests.cluster.test_guard import is_running

ROOT = Path(__file__).parents[2]
STARTER = [sys.executable, "-m", "tests.cluster.nodes"]
PATIENCE = 300


def put(url: str, value: dict[str, Any]) -> Any:
    """Send JSON to a node and return what it answers."""
    request = urllib.request.Request(
        url,
        data=json.dumps(value).encode(),
        headers={"Content-Type": "application/json"},
        method="PUT",
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=90) as answer:
        return json.load(answer)


def start_by_hand(*arguments: str) -> tuple[subprocess.Popen[str], int, str]:
    """Return a starter, the pid of its only node, and its first words."""
    starter = subprocess.Popen(
        [*STARTER, *arguments], cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert starter.stderr is not None
    green, address = starter.stderr.readline(), starter.stderr.readline()
    assert green.startswith("green after"), green + address
    return starter, int(address.split("pid ")[1].split(",")[0]), address


def test_a_node_answers(one_node: tuple[str, ...]) -> None:
    assert ask(one_node[0], "/")["version"]["distribution"] == "opensearch"


def test_three_nodes_are_one_cluster(three_nodes: Nodes) -> None:
    names = {ask(url, "/")["cluster_name"] for url in three_nodes.urls}
    assert len(set(three_nodes.urls)) == 3
    assert len(names) == 1
    assert three_nodes.manager() in {1, 2, 3}
    assert all(200 < three_nodes.memory(number) < 3000 for number in (1, 2, 3))


def test_an_index_is_never_made_by_a_mistaken_name(three_nodes: Nodes) -> None:
    with pytest.raises(OSError, match="404"):
        put(f"{three_nodes.urls[0]}/mistaken/_doc/1", {"text": "lost"})


def test_a_killed_manager_comes_back_with_its_data(three_nodes: Nodes) -> None:
    lost = three_nodes.manager()
    others = [number for number in (1, 2, 3) if number != lost]
    urls = dict(enumerate(three_nodes.urls, start=1))
    put(f"{urls[lost]}/kept", {"settings": {"number_of_shards": 3, "number_of_replicas": 1}})
    three_nodes.wait_for_green(PATIENCE)
    for number in range(9):
        put(f"{urls[lost]}/kept/_doc/{number}", {"number": number})
    pid = three_nodes.pid(lost)
    three_nodes.kill(lost)
    assert not is_running(pid)
    with pytest.raises(NodesError, match=f"Node {lost} does not run"):
        three_nodes.pid(lost)
    wait_until(lambda: is_managed(three_nodes, others), PATIENCE, "another manager")
    three_nodes.restart(lost)
    three_nodes.wait_for_green(PATIENCE)
    assert three_nodes.pid(lost) != pid
    texts = [ask(urls[lost], f"/kept/_doc/{number}")["_source"] for number in range(9)]
    assert texts == [{"number": number} for number in range(9)]


def is_managed(nodes: Nodes, among: list[int]) -> bool:
    try:
        return nodes.manager() in among
    except NodesError:
        return False


def test_a_paused_node_answers_when_it_is_let_go_on(three_nodes: Nodes) -> None:
    three_nodes.pause(2)
    with pytest.raises(NodesError, match="timed out"):
        ask(three_nodes.urls[1], "/", seconds=1)
    three_nodes.resume(2)
    assert ask(three_nodes.urls[1], "/", seconds=PATIENCE)["name"] == "node-2"


def test_healing_brings_back_what_a_test_has_hurt(three_nodes: Nodes) -> None:
    three_nodes.kill(1)
    three_nodes.pause(3)
    three_nodes.heal()
    assert {ask(url, "/_cluster/health")["number_of_nodes"] for url in three_nodes.urls} == {3}


def test_a_node_that_ends_by_itself_is_an_error_and_all_others_end(
    opensearch_program: Path,
) -> None:
    with temporary_folder() as folder:
        nodes = Nodes(folder, 1, settings={"no.such.setting": True})
        with pytest.raises(NodesError, match=r"(?s)Node 1 has ended.*no\.such\.setting"):
            nodes.start()
    with temporary_folder() as folder, Nodes(folder, 1) as nodes:
        pid = nodes.pid(1)
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not is_running(pid))
        with pytest.raises(NodesError, match="Node 1 has ended"):
            nodes.wait_for_green(PATIENCE)
        nodes.heal()
        pid = nodes.pid(1)
    assert not is_running(pid)


def test_nodes_end_when_their_starter_is_killed(opensearch_program: Path) -> None:
    with temporary_folder() as folder:
        starter, pid, _ = start_by_hand("--folder", str(folder))
        assert is_running(pid)
        starter.kill()
        starter.communicate()
        wait_until(lambda: not is_running(pid), 10, "the end of the node")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_nodes_end_in_order_with_their_starter(
    opensearch_program: Path, number: signal.Signals
) -> None:
    with temporary_folder() as folder:
        starter, pid, _ = start_by_hand("--folder", str(folder))
        starter.send_signal(number)
        starter.communicate(timeout=PATIENCE)
        assert starter.returncode == 130
        assert not is_running(pid)
        assert (folder / "node-1/log").read_text(encoding="utf-8").endswith(" o.o.n.Node: closed\n")


def test_a_command_has_the_addresses_and_gives_its_status(opensearch_program: Path) -> None:
    program = "import os, sys; print(os.environ['TEST_OPENSEARCH']); sys.exit(7)"
    done = subprocess.run(
        [*STARTER, "--nodes", "2", "--", sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE,
        check=False,
    )
    assert done.returncode == 7, done.stderr
    addresses = done.stdout.strip().split(",")
    assert len(addresses) == 2
    assert all(f"{address}  pid" in done.stderr for address in addresses)


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(NodesError, match=f"Port {port} .* is taken"):
            Nodes(tmp_path, 1, http=port)
        done = subprocess.run(
            [*STARTER, "--port", str(port)], cwd=ROOT, capture_output=True, text=True, check=False
        )
    assert done.returncode == 1
    assert done.stderr.startswith(f"Port {port} of 127.0.0.1 is taken")


def test_ports_of_two_clusters_never_meet(tmp_path: Path) -> None:
    one = Nodes(tmp_path / "one", 3)
    port = int(one.urls[1].rpartition(":")[2])
    with pytest.raises(NodesError, match=f"Port {port} "):
        Nodes(tmp_path / "two", 1, http=port)
    one.stop()
    other = Nodes(tmp_path / "two", 1, http=port)
    assert other.urls == (one.urls[1],)
    other.stop()


def test_a_node_that_is_not_there_cannot_be_hurt(tmp_path: Path) -> None:
    nodes = Nodes(tmp_path, 2)
    with pytest.raises(NodesError, match="There is no node 3: there are 1 to 2"):
        nodes.kill(3)
    with pytest.raises(NodesError, match="Node 2 does not run"):
        nodes.kill(2)
    nodes.stop()
