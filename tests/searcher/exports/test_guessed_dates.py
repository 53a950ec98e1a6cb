"""A date that is only guessed is marked as guessed in every citation."""

from __future__ import annotations

from dataclasses import replace

from backstory.searcher.exports.registry import citations
from tests.searcher.exports.conftest import TALKS


def test_citation_says_that_a_date_is_guessed() -> None:
    known, guessed = citations(TALKS), citations(replace(TALKS, date_guessed=True))
    assert len(guessed) >= 4
    for name, cited in guessed.items():
        assert "2018" in cited
        assert "guessed" in cited, name
        assert "guessed" not in known[name]
