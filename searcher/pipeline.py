"""The query pipeline: the stages from a text to a page of hits, all over one commit.

text ─▶ parse and expand ─▶ retrieve ─▶ rerank ─▶ page ─▶ mark ─▶ explain ─▶ advise
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from backstory.engine.candidates import FacetCounts
from backstory.engine.facets import facet_names
from backstory.engine.hits import Hit, RetrievedPassage, SearchResult, Understanding
from backstory.engine.indexes.contract import Snapshot
from backstory.engine.matching import Matcher
from backstory.engine.query import Query
from backstory.engine.ranking import BM25
from backstory.searcher.advice import MOST_SHOWN, once, understood, with_words
from backstory.searcher.completion import Completer
from backstory.searcher.duplicates import repeated
from backstory.searcher.explain import Explainer
from backstory.searcher.field_values import unmatched
from backstory.searcher.options import Page, SearchOptions
from backstory.searcher.questions import Question, QuestionReader
from backstory.searcher.reranking import Reranker
from backstory.searcher.retrieval import Retrieved, retrieve
from backstory.searcher.settings import SearchSettings
from backstory.searcher.suggestions import Respelt, SuggestionBuilder, missing, parts
from backstory.searcher.titles import in_titles_alone, is_in_title


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The stages of a search over one commit."""

    snapshot: Snapshot
    settings: SearchSettings
    ranking: BM25
    rerankers: Sequence[Reranker]
    completer: Completer

    def answer(self, text: str, options: SearchOptions) -> SearchResult:
        """Answer a text with a page of hits; any text is a query."""
        began = time.perf_counter()
        page = self.page(options)
        original = question = self.questions.parse(text)
        retrieved = self.retrieve(question, page)
        absent = self.absent(question, retrieved)
        advice = SuggestionBuilder(
            self.completer.equivalents, self.settings, lambda: self.completer.names
        )
        is_helped = options.correct or page.size > 0  # else the counts alone are wanted
        respelt = Respelt()
        if is_helped:
            words = (*absent, *in_titles_alone(question.query, self.snapshot))
            respelt = advice.respelt(question.parsed.pieces, words, retrieved.total)
        if options.correct and respelt.corrected:
            question = self.questions.parse_pieces(respelt.corrected)
            retrieved = self.retrieve(question, page)
        hits = self.mark(question, retrieved, page.start, explain=options.explain)
        further = advice.further(question.parsed.pieces, question.query, retrieved.total)
        counts = self.count(question, options)
        documents = dict.fromkeys(hit.document for hit in hits)
        return SearchResult(
            text=text,
            searched=question.text,
            hits=hits,
            total=retrieved.total,
            all_words=retrieved.all_words,
            offset=page.start,
            limit=page.size,
            generation=self.snapshot.statistics.generation,
            seconds=time.perf_counter() - began,
            understanding=self.explain(original, question, absent, options),
            suggestions=once((*respelt.suggestions, *(further if is_helped else ()))),
            facets=counts.facets,
            copies=repeated(hits, self.snapshot.analyzer) if options.copies else {},
            documents=counts.documents if options.facets else None,
            dates=counts.dates,
            places=self.snapshot.places(question.query, documents) if options.facets else {},
        )

    @property
    def questions(self) -> QuestionReader:
        """The parser and expander over this commit."""
        return QuestionReader(self.completer.equivalents, self.settings)

    def page(self, options: SearchOptions) -> Page:
        """Return the slice of the ranking to fetch, within the limits of the settings."""
        settings, limit = self.settings, options.limit
        size = settings.page_size if limit is None else min(limit, settings.max_page_size)
        return Page(max(options.offset, 0), max(size, 0), options.sort, options.grouped)

    def retrieve(self, question: Question, page: Page) -> Retrieved:
        """Return a page of the passages that match, in order."""
        return retrieve(question.query, page, self.snapshot, self.ranking, self.rerankers)

    def absent(self, question: Question, retrieved: Retrieved) -> list[Query]:
        """Return the words that no passage has; none where some passage has all of them."""
        return [] if retrieved.all_words else missing(question.query, self.snapshot)[:MOST_SHOWN]

    def mark(
        self, question: Question, retrieved: Retrieved, start: int, *, explain: bool
    ) -> tuple[Hit, ...]:
        """Make hits of passages, with their marks and, if wanted, the reasons for their scores."""
        matcher = Matcher(question.query, self.snapshot.analyzer)
        explainer = Explainer(matcher, self.snapshot, self.ranking) if explain else None

        def hit(scored: RetrievedPassage, rank: int) -> Hit:
            why = explainer.reasons(scored) if explainer else ()
            spans = matcher.match(scored.document, scored.passage) or ()
            in_title = not spans and is_in_title(question.query, scored.passage)
            return Hit.of(scored, rank, spans, why, in_title=in_title)

        return tuple(hit(each, rank) for rank, each in enumerate(retrieved.passages, start + 1))

    def count(self, question: Question, options: SearchOptions) -> FacetCounts:
        """Count all matches by facets, if wanted."""
        return (
            self.snapshot.facets(question.query, facet_names()) if options.facets else FacetCounts()
        )

    def explain(
        self, original: Question, shown: Question, absent: list[Query], options: SearchOptions
    ) -> Understanding:
        """Say how the text was read and, if wanted, what each word of it stands for."""
        facts = tuple(unmatched(original.query, self.snapshot))
        understanding = understood(original, shown, absent, parts(absent, self.snapshot), facts)
        return (
            with_words(understanding, shown.query, self.snapshot)
            if options.explain
            else understanding
        )
