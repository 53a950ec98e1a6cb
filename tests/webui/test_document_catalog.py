"""The documents of a commit: read once, narrowed and sorted."""

from __future__ import annotations

import pytest

from backstory.searcher import Searcher
from backstory.webui.document_catalog import SORTS, CatalogCache


def test_catalog_is_read_once_for_each_commit(shelf):
    shelf.put("a", "One.")
    cache = CatalogCache(Searcher(shelf.index))
    first = cache.newest()
    assert cache.newest() is first
    shelf.put("b", "Two.")
    second = cache.newest()
    assert [document.id for document, _ in second.documents] == ["a", "b"]
    assert second.statistics.documents == 2


@pytest.mark.parametrize("sort", SORTS)
def test_every_order_has_every_document(library, sort):
    catalog = CatalogCache(Searcher(library.index)).newest()
    assert sorted(catalog.select({}, sort), key=str) == sorted(catalog.documents, key=str)


def test_titles_are_sorted_without_regard_to_capitals(shelf):
    for name, title in (("a", "beta"), ("b", "Alpha"), ("c", "Gamma")):
        shelf.put(name, "One.", title=title)
    listed = CatalogCache(Searcher(shelf.index)).newest().select({}, "title")
    assert [document.title for document, _ in listed] == ["Alpha", "beta", "Gamma"]


def test_fact_that_there_is_none_of_is_an_error(library):
    catalog = CatalogCache(Searcher(library.index)).newest()
    with pytest.raises(ValueError, match="not narrowed by colour"):
        catalog.select({"colour": "red"}, "id")
