"""For any corpus and any query as it is typed, a cluster answers as the reference index does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backstory.engine.documents import IndexedDocument
from backstory.engine.indexes.contract import Index
from backstory.testing import ReferenceIndex
from tests.cluster.clearing import delete_indexes, new_index
from tests.cluster.nodes import Nodes
from tests.engine.test_agreement import (
    PAGES,
    SEGMENTS,
    answer,
    contents,
    histories,
    queries,
    replay,
)


def agree(
    index: Index, history: Any, make: Callable[..., IndexedDocument], asked: Sequence[str]
) -> None:
    """Fill an index and a reference index alike, and compare all that they say."""
    expected, searcher = replay(ReferenceIndex(), history, make), replay(index, history, make)
    for text in asked:
        for page in PAGES:
            assert answer(searcher, text, **page) == answer(expected, text, **page), (text, page)
    assert searcher.documents() == expected.documents()


@pytest.fixture(scope="module")
def node(one_node: tuple[str, ...]) -> Iterator[Callable[[], Index]]:
    """Make indexes on one node."""
    yield lambda: new_index(one_node, shards=1, replicas=0)
    delete_indexes(one_node)


@pytest.fixture(scope="module")
def nodes(three_nodes: Nodes) -> Iterator[Callable[[], Index]]:
    """Make indexes on three nodes, in three parts that are there twice."""
    yield lambda: new_index(three_nodes.urls, shards=3, replicas=1)
    delete_indexes(three_nodes.urls)


@given(histories, st.lists(queries, min_size=1, max_size=4))
@example(SEGMENTS, ["radio order", "radio OR order -the", '"radio order"', "r* NOT niño", "*"])
@example(SEGMENTS[:3], ["lang:es", "radio -lang:es", "lang:en OR lang:de", "radios order", "casa"])
@example(SEGMENTS, ["country:chile", "radio -country:peru", "country:Peru OR niños"])
@pytest.mark.usefixtures("country")
def test_one_node_agrees(
    node: Callable[[], Index],
    document: Callable[..., IndexedDocument],
    history: Any,
    asked: list[str],
) -> None:
    agree(node(), history, document, asked)


@given(histories, st.lists(queries, min_size=1, max_size=4))
@example(SEGMENTS, ["order AND (radio niños)", "radio (order the)", "radio OR (order niños)"])
@pytest.mark.usefixtures("country")
def test_three_nodes_agree(
    nodes: Callable[[], Index],
    document: Callable[..., IndexedDocument],
    history: Any,
    asked: list[str],
) -> None:
    agree(nodes(), history, document, asked)


@given(histories)
@pytest.mark.usefixtures("country")
def test_one_node_holds_the_same(
    node: Callable[[], Index], document: Callable[..., IndexedDocument], history: Any
) -> None:
    held = []
    for index in (ReferenceIndex(), node()):
        replay(index, history, document)
        held.append(contents(index.open()))
    assert held[0] == held[1]
