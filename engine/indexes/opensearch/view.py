"""What a reader of one commit sees of the entries: searches, pages of them, and counted values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from backstory.engine.cache import Cache, CachePool
from backstory.engine.errors import IndexUnavailable
from backstory.engine.indexes.opensearch.cluster import MISSING, Cluster, Patience, Refused, encoded
from backstory.engine.indexes.opensearch.control import Control, State
from backstory.engine.indexes.opensearch.mapping import DOCUMENT, PASSAGE, STORED
from backstory.engine.indexes.opensearch.seals import seals_in, with_seals
from backstory.engine.indexes.opensearch.translation import Body, any_of, filtered, none_of

PAGE = 1_000  # entries in an answer
BUCKETS = 10_000  # values in an answer
BEHIND = "a machine answers that has not seen the newest commits"
ANSWER_BYTES, HIT_BYTES, BUCKET_BYTES = 1_000, 1_500, 500  # about, of what is kept of an answer
BY_ADDRESS: tuple[dict[str, str], ...] = ({"doc": "asc"}, {"n": "asc"})
Hit = dict[str, Any]


class View:
    """The entries that live in a commit; may be shared by threads."""

    def __init__(
        self, cluster: Cluster, control: Control, state: State, pool: CachePool | None = None
    ) -> None:
        self.cluster, self._control, self.state = cluster, control, state
        # A commit never changes: an answer is right for as long as it is kept.
        self._answers: Cache[tuple[Any, bytes], dict[str, Any]] | None
        self._answers = pool.cache("cluster answers") if pool else None
        self.index = control.entries_index(state.epoch)

    @property
    def key(self) -> tuple[int, str]:
        """What tells the commit from others, also from those of a cluster that was put back."""
        return self.state.generation, self.state.committed

    def living(self, what: str | Sequence[str], *clauses: Body) -> Body:
        """Return what finds entries of a kind that live in this commit and match some clauses."""
        kinds = (
            {"term": {"what": what}} if isinstance(what, str) else {"terms": {"what": list(what)}}
        )
        return filtered(kinds, *alive(self.state), *clauses)

    def search(self, body: Body) -> dict[str, Any]:
        """Return the answer to a search."""
        return self.searches([body])[0]

    def searches(self, bodies: Sequence[Body]) -> list[dict[str, Any]]:
        """Return the answers to some searches; raises IndexUnavailable where the commit is gone."""
        keys = [(self.key, encoded(body)) for body in bodies]
        known = self._answers
        answers = [known.get(key) if known else None for key in keys]
        missing = [i for i, answer in enumerate(answers) if answer is None]
        if missing:
            for i, answer in zip(missing, self._asked([bodies[i] for i in missing]), strict=True):
                answers[i] = answer
                if known:
                    known.put(keys[i], answer, _bytes_of(answer) + len(keys[i][1]))
        return [answer for answer in answers if answer is not None]

    def ask_ahead(self, bodies: Sequence[Body]) -> None:
        """Ask in one request what will be asked one by one; the answers are kept until then."""
        if self._answers is not None:
            self.searches(bodies)

    def _asked(self, bodies: Sequence[Body]) -> list[dict[str, Any]]:
        """Ask until every answer has seen the whole commit."""
        state, patience = self.state, Patience(self.cluster)
        sealed = [with_seals(body, state.generation) for body in bodies]
        while True:
            try:
                answers = self.cluster.searches(self.index, sealed, patience)
            except Refused as error:
                if error.status != MISSING:
                    raise
            else:
                if all(seals_in(answer) == state.seals for answer in answers):
                    return answers
            self._check()
            patience.wait(BEHIND)

    def _check(self) -> None:
        """Make sure that the commit is still kept."""
        seen = self._control.read()
        state = seen.state if seen else State()
        epochs = {state.epoch, *(epoch for epoch, _ in state.former)}
        if self.state.epoch not in epochs or self.state.generation < state.oldest:
            raise self._gone()

    def _gone(self) -> IndexUnavailable:
        kept = f"commit {self.state.generation} was replaced, and is not kept any longer"
        return IndexUnavailable(self.cluster.place, kept)

    def counts(self, queries: Sequence[Body]) -> list[int]:
        """Return how many passages match each of some queries."""
        return self.totals([self.counting(query) for query in queries])

    def totals(self, bodies: Sequence[Body]) -> list[int]:
        """Return how many entries each of some searches finds."""
        return [answer["hits"]["total"]["value"] for answer in self.searches(bodies)]

    def counting(self, query: Body) -> Body:
        """Return a search that counts the passages that match a query."""
        return _total_of(self.living(PASSAGE, query))

    def pages(self, search: Body) -> Iterator[list[Hit]]:
        """Yield the entries that a search finds, page by page, from its `first_page` on."""
        size = search["size"]
        while True:
            hits: list[Hit] = self.search(search)["hits"]["hits"]
            yield hits
            if len(hits) < size:
                return
            size = min(2 * size, PAGE)
            search = {**search, "size": size, "search_after": hits[-1]["sort"]}

    def entries(
        self, query: Body, sort: Sequence[Mapping[str, str]] = BY_ADDRESS
    ) -> Iterator[dict[str, Any]]:
        """Yield what is stored of the entries that a query finds, by document and number."""
        for hits in self.pages(first_page(query, sort)):
            for hit in hits:
                yield hit["_source"]

    def values(self, query: Body, names: Sequence[str]) -> dict[str, Counter[str]]:
        """Count the entries that a query finds by each value of some fields, exactly."""
        counted: dict[str, Counter[str]] = {name: Counter() for name in names}
        after: dict[str, Any] = dict.fromkeys(names)
        while after:
            answer = self.search(first_values(query, after))["aggregations"]
            following: dict[str, Any] = {}
            for i, name in enumerate(after):
                buckets = answer[str(i)]["buckets"]
                counted[name].update({b["key"]["value"]: b["doc_count"] for b in buckets})
                if len(buckets) == BUCKETS:
                    following[name] = answer[str(i)]["after_key"]
            after = following
        return counted

    def document_entries(self, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Return the own entries of some documents, given and returned by their keys."""
        found: dict[str, dict[str, Any]] = {}
        for i in range(0, len(ids), PAGE):
            query = self.living(DOCUMENT, {"terms": {"doc": list(ids[i : i + PAGE])}})
            found |= {entry["doc"]: entry for entry in self.entries(query)}
        return found


def first_page(
    query: Body,
    sort: Sequence[Mapping[str, str]] = BY_ADDRESS,
    *,
    source: Sequence[str] = STORED,
    first: int = PAGE,
    **options: Any,
) -> Body:
    """Return the search for the first of `View.pages`, in an order that no two share a place of.

    Later pages have up to PAGE entries.
    """
    body: Body = {"query": query, "sort": list(sort), "_source": list(source)}
    # Without totals the cluster would pass over parts that have nothing after the last hit, and
    # over their seals.
    return {**body, "track_total_hits": True, "size": first, **options}


def first_values(query: Body, after: Mapping[str, Any]) -> Body:
    """Return the search for the first of `View.values`; `after` maps fields to None."""
    values = {str(i): _values_of(name, after[name]) for i, name in enumerate(after)}
    return {"size": 0, "track_total_hits": False, "query": query, "aggs": values}


def documents_with(passages: Body) -> Body:
    """Return a search that counts the documents of the passages that a query finds."""
    child = {"type": PASSAGE, "query": passages, "score_mode": "none"}
    return _total_of({"has_child": child})


def _total_of(query: Body) -> Body:
    return {"size": 0, "track_total_hits": True, "query": query}


def _bytes_of(answer: Mapping[str, Any]) -> int:
    """Return about how much memory an answer takes."""
    hits = sum(
        HIT_BYTES + len(hit.get("_source", {}).get("record", "")) for hit in answer["hits"]["hits"]
    )
    values = answer.get("aggregations", {}).values()
    return ANSWER_BYTES + hits + BUCKET_BYTES * sum(len(each.get("buckets", ())) for each in values)


def _values_of(name: str, after: Any) -> Body:
    source = {"value": {"terms": {"field": name}}}
    composite: dict[str, Any] = {"size": BUCKETS, "sources": [source]}
    if after is not None:
        composite["after"] = after
    return {"composite": composite}


def alive(state: State) -> list[Body]:
    """Return what an entry has to fulfil to be seen in a commit.

    It was born by then and has not died, where nothing counts that was aborted.
    """
    generation, aborted = state.generation, list(state.aborted)
    dead = filtered({"range": {"died": {"lte": generation}}}, none_of({"terms": {"died": aborted}}))
    return [
        {"range": {"born": {"lte": generation}}},
        none_of(any_of([{"terms": {"born": aborted}}, dead])),
    ]
