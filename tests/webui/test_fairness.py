"""Turns in a queue: whoever was served longest ago is next, whoever waits most often is refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

import pytest

from backstory.webui.fairness import FairQueue

_numbers = count()


@dataclass(eq=False)
class Connection:
    """One connection of a client."""

    client: str
    turn: int | None = None
    number: int = field(default_factory=lambda: next(_numbers))


def served(queue):
    """Return whose turns come, until nobody waits."""
    clients = []
    while len(queue):
        clients.append(queue.popleft().client)
    return clients


def test_clients_take_turns_however_many_requests_one_has():
    queue = FairQueue(50)
    for _ in range(6):
        assert queue.offer(Connection("greedy")) is None
    for client in ("first", "second"):
        assert queue.offer(Connection(client)) is None
    assert served(queue)[:3] == ["greedy", "first", "second"]


def test_a_client_that_comes_back_now_and_then_is_served_at_once():
    queue = FairQueue(50)
    greedy = [Connection("greedy") for _ in range(12)]
    for each in greedy:
        queue.offer(each)
    for _ in range(20):
        polite = Connection("polite")
        queue.offer(polite)
        turns = [queue.popleft(), queue.popleft()]
        assert polite in turns
        for each in turns:
            if each is not polite:
                queue.offer(each)  # a greedy client asks again at once


def test_of_one_client_the_connection_that_has_rested_longest_is_first():
    queue = FairQueue(50)
    greedy = [Connection("office") for _ in range(12)]
    polite = Connection("office")
    queue.offer(polite)
    queue.popleft()
    for each in greedy:
        queue.offer(each)
    for _ in range(30):
        queue.offer(queue.popleft())
    queue.offer(polite)
    assert queue.popleft() is polite


def test_a_new_connection_is_no_way_to_the_front():
    queue = FairQueue(50)
    waiting = Connection("office")
    queue.offer(waiting)
    queue.offer(Connection("office"))
    assert queue.popleft() is waiting


def test_past_the_limit_the_client_that_waits_most_often_is_refused():
    queue = FairQueue(4)
    for _ in range(4):
        queue.offer(Connection("greedy"))
    refused = queue.offer(Connection("polite"))
    assert refused is not None
    assert refused.client == "greedy"
    refused = queue.offer(Connection("greedy"))
    assert refused is not None
    assert refused.client == "greedy"
    assert sorted(served(queue)) == ["greedy", "greedy", "greedy", "polite"]


def test_of_equals_the_newest_is_refused():
    queue = FairQueue(2)
    first, second, third = (Connection("one") for _ in range(3))
    assert queue.offer(first) is None
    assert queue.offer(second) is None
    assert queue.offer(third) is third


def test_one_client_has_no_more_than_its_share():
    queue = FairQueue(10, 2)
    assert [queue.offer(Connection("one")) is None for _ in range(4)] == [True, True, False, False]
    assert queue.offer(Connection("another")) is None
    assert len(queue) == 3


def test_it_remembers_no_more_clients_than_it_has_to(monkeypatch):
    monkeypatch.setattr("backstory.webui.fairness._MOST_CLIENTS", 10)
    queue = FairQueue(5)
    for number in range(100):
        queue.offer(Connection(str(number)))
        queue.popleft()
    assert len(queue._turns) <= 10


def test_nobody_waits_in_an_empty_queue():
    with pytest.raises(IndexError):
        FairQueue(1).popleft()
