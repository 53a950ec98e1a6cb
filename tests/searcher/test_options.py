"""Options: the keywords at the front door are those of the one value behind it."""

from __future__ import annotations

from dataclasses import fields

from backstory.searcher.options import SearchKeywords, SearchOptions


def test_every_option_is_a_keyword_of_the_same_type() -> None:
    keywords = SearchKeywords.__annotations__
    types = {name: str(kind.__forward_arg__) for name, kind in keywords.items()}

    assert types == {option.name: option.type for option in fields(SearchOptions)}
