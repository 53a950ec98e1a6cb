"""The query pipeline: the stages from a text to a page of hits, all over one commit.

text ─▶ parse and expand ─▶ retrieve ─▶ fuse ─▶ rerank ─▶ page ─▶ mark ─▶ explain ─▶ advise
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from backstory.engine.candidates import FacetCounts
from backstory.engine.embeddings import Encoder
from backstory.engine.errors import EncoderFailed
from backstory.engine.facets import facet_names
from backstory.engine.hits import Hit, RetrievedPassage, SearchResult, Understanding
from backstory.engine.indexes.contract import Snapshot
from backstory.engine.matching import Matcher
from backstory.engine.ordering import RELEVANCE
from backstory.engine.query import Query
from backstory.engine.ranking import BM25
from backstory.searcher.advice import MOST_SHOWN, once, understood, with_words
from backstory.searcher.completion import Completer
from backstory.searcher.duplicates import repeated
from backstory.searcher.explain import Explainer
from backstory.searcher.field_values import unmatched
from backstory.searcher.fusion import nearest
from backstory.searcher.meaning import Meaning, meaning_of
from backstory.searcher.nearest_sentence import nearest_sentences
from backstory.searcher.options import Page, SearchOptions
from backstory.searcher.questions import Question, QuestionReader
from backstory.searcher.reranking import Reranker
from backstory.searcher.retrieval import Retrieved, retrieve
from backstory.searcher.settings import SearchSettings
from backstory.searcher.suggestions import Respelt, SuggestionBuilder, missing, parts
from backstory.searcher.titles import in_titles_alone, is_in_title

MOST_NEAREST = 5  # passages that are offered where words find nothing


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The stages of a search over one commit."""

    snapshot: Snapshot
    settings: SearchSettings
    ranking: BM25
    rerankers: Sequence[Reranker]
    completer: Completer
    encoder: Encoder | None = None

    def answer(self, text: str, options: SearchOptions) -> SearchResult:
        """Answer a text with a page of hits; any text is a query."""
        began = time.perf_counter()
        page = self.page(options)
        original = question = self.questions.parse(text)
        meaning, notes = self.meaning(question, page, options)
        retrieved = self.retrieve(question, page, meaning)
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
            meaning, notes = self.meaning(question, page, options)
            retrieved = self.retrieve(question, page, meaning)
        hits = self.mark(question, retrieved, page.start, explain=options.explain)
        hits, closest = self.with_nearest(hits, self.nearest(question, retrieved, meaning), meaning)
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
            understanding=self.explain(original, question, absent, notes, options),
            suggestions=once((*respelt.suggestions, *(further if is_helped else ()))),
            facets=counts.facets,
            copies=repeated(hits, self.snapshot.analyzer) if options.copies else {},
            documents=counts.documents if options.facets else None,
            dates=counts.dates,
            places=self.snapshot.places(question.query, documents) if options.facets else {},
            by_meaning=retrieved.by_meaning,
            nearest=closest,
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

    def meaning(
        self, question: Question, page: Page, options: SearchOptions
    ) -> tuple[Meaning | None, tuple[str, ...]]:
        """Return what a question means, None where words alone answer it; and notes about it."""
        weight, encoder = self.settings.meaning, self.encoder
        is_asked = page.size > 0 and page.sort == RELEVANCE and not options.words_only
        if encoder is None or not weight or not is_asked:
            return None, ()
        try:
            return meaning_of(question, self.snapshot, encoder, weight), ()
        except EncoderFailed as error:
            return None, (f"{error.message} Words alone were searched.",)

    def retrieve(self, question: Question, page: Page, meaning: Meaning | None) -> Retrieved:
        """Return a page of the passages that match or are near in meaning, in order."""
        query, snapshot = question.query, self.snapshot
        return retrieve(query, page, snapshot, self.ranking, self.rerankers, meaning)

    def nearest(
        self, question: Question, retrieved: Retrieved, meaning: Meaning | None
    ) -> tuple[Hit, ...]:
        """Return the passages nearest to a question whose words find nothing; they are no hits."""
        if meaning is None or retrieved.total:
            return ()
        passages = nearest(meaning, self.snapshot, MOST_NEAREST)
        return tuple(Hit.of(one, rank, ()) for rank, one in enumerate(passages, 1))

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

    def with_nearest(
        self, hits: tuple[Hit, ...], apart: tuple[Hit, ...], meaning: Meaning | None
    ) -> tuple[tuple[Hit, ...], tuple[Hit, ...]]:
        """Say of hits found by meaning alone which sentence is nearest to the question."""
        alone = [hit for hit in (*hits, *apart) if hit.by_meaning]
        if not alone or meaning is None or self.encoder is None:
            return hits, apart
        texts = [hit.text for hit in alone]
        try:
            spans = nearest_sentences(texts, meaning.vector, self.encoder)
        except EncoderFailed:  # the hits are there without it
            return hits, apart
        known = {hit.passage: span for hit, span in zip(alone, spans, strict=True)}
        told = [replace(hit, nearest=known.get(hit.passage)) for hit in (*hits, *apart)]
        return tuple(told[: len(hits)]), tuple(told[len(hits) :])

    def count(self, question: Question, options: SearchOptions) -> FacetCounts:
        """Count all matches by facets, if wanted."""
        return (
            self.snapshot.facets(question.query, facet_names()) if options.facets else FacetCounts()
        )

    def explain(
        self,
        original: Question,
        shown: Question,
        absent: list[Query],
        notes: tuple[str, ...],
        options: SearchOptions,
    ) -> Understanding:
        """Say how the text was read and, if wanted, what each word of it stands for."""
        facts = (*notes, *unmatched(original.query, self.snapshot))
        understanding = understood(original, shown, absent, parts(absent, self.snapshot), facts)
        return (
            with_words(understanding, shown.query, self.snapshot)
            if options.explain
            else understanding
        )
