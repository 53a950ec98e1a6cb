"""Questions: a query text, parsed and expanded into the tree that is evaluated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backstory.engine.query import Query
from backstory.searcher.equivalents import Equivalents
from backstory.searcher.expansion import Expander
from backstory.searcher.lexer import Piece
from backstory.searcher.parser import Parsed, Parser
from backstory.searcher.preference import typed_first
from backstory.searcher.rendering import render
from backstory.searcher.settings import SearchSettings
from backstory.searcher.titles import with_titles


@dataclass(frozen=True, slots=True)
class Question:
    """A text, parsed and expanded over one commit; `limits` says what was cut off."""

    text: str
    parsed: Parsed
    query: Query
    limits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuestionReader:
    """Parses and expands queries over one commit."""

    equivalents: Equivalents
    settings: SearchSettings

    def parse(self, text: str) -> Question:
        """Parse and expand a text; any text is a query."""
        return self._expanded(text, self._parser().parse(text))

    def parse_pieces(self, pieces: Sequence[Piece]) -> Question:
        """Parse and expand a text that is lexed already."""
        return self._expanded(render(pieces), self._parser().parse_pieces(pieces))

    def _parser(self) -> Parser:
        snapshot = self.equivalents.snapshot
        return Parser(snapshot.analyzer, snapshot.languages, self.settings, snapshot.count)

    def _expanded(self, text: str, parsed: Parsed) -> Question:
        expander = Expander(self.equivalents, self.settings)
        query = typed_first(expander.expand(parsed.query), self.equivalents.snapshot)
        query = with_titles(query, self.equivalents.snapshot)
        return Question(text, parsed, query, (*parsed.limits, *dict.fromkeys(expander.limits)))
