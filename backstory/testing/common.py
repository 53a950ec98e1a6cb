"""What the suites of tests share: an index of the kind that is tested, and a question to ask it."""

from __future__ import annotations

import pytest

from backstory.engine.indexes.contract import Index, Snapshot
from backstory.engine.query import Exact, Query
from backstory.testing.answers import ask

RADIO = Exact("radio", "radio")


def addresses(snapshot: Snapshot, query: Query) -> list[str]:
    """Return the addresses of the first hundred passages that a query finds, best first."""
    return [hit.passage.address for hit in ask(snapshot, query).top]


class SuiteOfOneIndex:
    """Tests that ask for a new index by themselves."""

    def new_index(self) -> Index:
        """Return a new and empty index; to be overridden."""
        raise NotImplementedError

    @pytest.fixture
    def index(self) -> Index:
        """An empty index for one test."""
        return self.new_index()
