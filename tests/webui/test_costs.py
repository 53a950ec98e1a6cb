"""Expensive requests are known by their address."""

from __future__ import annotations

import pytest

from backstory.webui.costs import EXPENSIVE_PATHS, is_expensive


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/concordance", "q=oil"),
        ("/export", ""),
        ("/original/memo", ""),
        ("/page/memo/7.png", "q=oil"),
        ("/page/memo/7", ""),
        ("/api/collocates", "q=oil"),
        ("/search", "q=a*"),
        ("/search", "q=%2A"),
        ("/api/search", "q=w%3Frd"),
        ("/doc/memo", "q=word~2"),
        ("/search", "page=2&q=%C3%A9%3F%C3%A9"),
    ],
)
def test_tables_exports_and_wildcards_are_expensive(path, query):
    assert is_expensive(path, query)


@pytest.mark.parametrize(
    ("path", "query"),
    [("/", ""), ("/search", "q=who+was+it%3F"), ("/doc/memo", "q=oil"), ("/search", "q=%ff%zz")],
)
def test_pages_are_not(path, query):
    assert not is_expensive(path, query)


def test_every_expensive_path_is_one_that_there_is(library):
    assert {rule.rule for rule in library.app().url_map.iter_rules()} >= EXPENSIVE_PATHS
