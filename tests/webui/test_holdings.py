"""The documents of a commit: read once, narrowed and sorted."""

from __future__ import annotations

import pytest

from backstory.searcher import Searcher
from backstory.webui.holdings import SORTS, Holder, select


def test_holdings_are_read_once_for_each_commit(shelf):
    shelf.put("a", "One.")
    holder = Holder(Searcher(shelf.index))
    first = holder.newest()
    assert holder.newest() is first
    shelf.put("b", "Two.")
    second = holder.newest()
    assert [document.id for document, _ in second.documents] == ["a", "b"]
    assert second.statistics.documents == 2


@pytest.mark.parametrize("sort", SORTS)
def test_every_order_has_every_document(library, sort):
    holdings = Holder(Searcher(library.index)).newest()
    assert sorted(select(holdings, {}, sort), key=str) == sorted(holdings.documents, key=str)


def test_titles_are_sorted_without_regard_to_capitals(shelf):
    for name, title in (("a", "beta"), ("b", "Alpha"), ("c", "Gamma")):
        shelf.put(name, "One.", title=title)
    listed = select(Holder(Searcher(shelf.index)).newest(), {}, "title")
    assert [document.title for document, _ in listed] == ["Alpha", "beta", "Gamma"]


def test_fact_that_there_is_none_of_is_an_error(library):
    holdings = Holder(Searcher(library.index)).newest()
    with pytest.raises(ValueError, match="not narrowed by colour"):
        select(holdings, {"colour": "red"}, "id")
