"""Facets: how many of the matches have each value, and of how many documents they are.

Only the most frequent names are shown, out of as many as there are passages. The cluster lists the
first of each of its parts; from these follows which names may be among the first of all, and those
are counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import product

from backstory.engine.candidates import FacetCounts
from backstory.engine.facets import MOST_NAMES, NAME, ranked, ranked_names, value_of
from backstory.engine.fields import FIELDS, Match
from backstory.engine.indexes.opensearch.entries import value_key
from backstory.engine.indexes.opensearch.facts import Facts
from backstory.engine.indexes.opensearch.mapping import PASSAGE
from backstory.engine.indexes.opensearch.translation import Body
from backstory.engine.indexes.opensearch.view import View, documents_with, first_values

NAMES = "facts.names"
LISTED = 500  # names that are asked for first
LISTED_OF_A_PART = 2_500
MOST_COUNTED = 5_000  # keys of names; where more may be among the first, all names are counted


def facet_counts(view: View, facts: Facts, matching: Body, names: Sequence[str]) -> FacetCounts:
    """Count the passages that a query of the cluster matches."""
    matches = view.living(PASSAGE, matching)
    fields = {name: FIELDS.facets[name].name for name in names if name != NAME}
    asked = [f"facts.{field}" for field in dict.fromkeys((*fields.values(), "date"))]
    totals = [view.counting(matching), documents_with(matches)]
    first_names = [_most_frequent(matches)] if NAME in names else []
    view.ask_ahead([*totals, first_values(matches, dict.fromkeys(asked)), *first_names])
    passages, documents = view.totals(totals)
    counted = view.values(matches, asked)
    facets: dict[str, dict[str, int]] = {}
    for name in names:
        if name == NAME:
            facets[name] = ranked_names(_names(view, facts, matches))
        else:
            field = fields[name]
            facets[name] = _facet(facts, name, field, counted[f"facts.{field}"], passages)
    values = facts.named("date", counted["facts.date"])
    dates = {values[key][0]: n for key, n in counted["facts.date"].items()}
    return FacetCounts(facets, documents, {date: dates[date] for date in sorted(dates)})


def _facet(
    facts: Facts, name: str, field: str, counted: Counter[str], passages: int
) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for key, (value, _) in facts.named(field, counted).items():
        counts[value_of(name, value)] += counted[key]
    if FIELDS.facets[name].match is Match.RANGE:
        counts[value_of(name, "")] += passages - sum(counts.values())
    return ranked(counts)


def _most_frequent(matches: Body, keys: Sequence[str] = ()) -> Body:
    """Return the search for the most frequent names, of some keys or of all."""
    asked = {"field": NAMES, "size": LISTED, "shard_size": LISTED_OF_A_PART}
    if keys:
        asked |= {"include": list(keys), "size": len(keys), "shard_size": len(keys)}
    body = {"size": 0, "track_total_hits": False, "query": matches}
    return {**body, "aggs": {"names": {"terms": asked}}}


def _names(view: View, facts: Facts, matches: Body) -> Counter[str]:
    """Count the names that are among the most frequent, and maybe others."""
    listed = view.search(_most_frequent(matches))["aggregations"]["names"]
    buckets = {bucket["key"]: bucket["doc_count"] for bucket in listed["buckets"]}
    if listed["sum_other_doc_count"]:
        keys = _contenders(facts, buckets, listed["doc_count_error_upper_bound"])
        if keys:
            again = view.search(_most_frequent(matches, keys))["aggregations"]["names"]
            buckets = {bucket["key"]: bucket["doc_count"] for bucket in again["buckets"]}
        else:
            buckets = view.values(matches, [NAMES])[NAMES]
    return by_value(facts, "names", Counter(buckets))


def _contenders(facts: Facts, buckets: dict[str, int], error: int) -> list[str]:
    """Return the keys of all names that may be among the most frequent, [] if these are unknown.

    `buckets` has the number of passages of some keys, too low by up to `error` each. A name has a
    key for each language that its documents are in.
    """
    languages = facts.document_languages
    of_others = min(buckets.values()) + error  # the most that a key can have which is not there
    least, most = Counter[str](), Counter[str]()
    for key, (name, _) in facts.named("names", buckets).items():
        least[name] += buckets[key]
        most[name] += buckets[key] + error - of_others
    for name in most:
        most[name] += len(languages) * of_others
    shown = sorted(least.values(), reverse=True)[:MOST_NAMES]
    if len(shown) < MOST_NAMES or len(languages) * of_others >= shown[-1]:
        return []
    names = [name for name, count in most.items() if count >= shown[-1]]
    keys = [value_key(name, language) for name, language in product(names, languages)]
    return keys if len(keys) <= MOST_COUNTED else []


def by_value(facts: Facts, field: str, counted: Counter[str]) -> Counter[str]:
    """Add up the numbers of the same value in several languages."""
    counts: Counter[str] = Counter()
    for key, (value, _) in facts.named(field, counted).items():
        counts[value] += counted[key]
    return counts
