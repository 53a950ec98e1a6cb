"""The promise: passages in the list = marked passages in the documents = exported rows.

Every mark covers words that the query really matched. What they are is worked out here once more,
naively, for queries without operators; for all others the counts and the shape of marks are held.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from typing import Any

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from backstory.engine.analysis import Analyzer, Token, stem
from backstory.engine.documents import IndexedDocument
from backstory.engine.hits import Hit, cut
from backstory.engine.indexes.contract import Index
from backstory.engine.tokens import bare, fold, surface_of
from backstory.searcher import Searcher
from backstory.searcher.concordance import Line, concordance
from backstory.searcher.exports import OURS, export
from backstory.searcher.frequencies import frequencies
from backstory.searcher.whole import pages, whole
from tests.searcher.exports.test_registry import counted

WORDS = (
    "radio", "radios", "Radio’s", "order", "ordered", "orders", "half", "finished", "Peña", "pena",
    "niño", "órdenes", "U.S.", "1,750", "the", "of", "who",
)  # fmt: skip
GAPS = (" ", " ", " ", ", ", "-", ". ", "\n", " “", "” ")
texts = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(GAPS)), max_size=14).map(
    lambda pairs: "".join(word + gap for word, gap in pairs)
)
corpora = st.lists(
    st.tuples(st.lists(texts, max_size=4), st.sampled_from(["en", "en", "es", "xx"])),
    min_size=1,
    max_size=4,
)
LANGUAGES = ("en", "es", "xx")
ANALYZER = Analyzer()

words = st.sampled_from(WORDS)
plain = st.one_of(
    words,
    st.lists(words, min_size=2, max_size=3).map(lambda some: f'"{" ".join(some)}"'),
    words.map(lambda word: f"{word[:3]}*"),
    words.map(lambda word: f"{word[0]}?{word[2:]}*"),
    words.map("={}".format),
)
signed = st.tuples(st.sampled_from(["", "", "", "+", "-"]), plain)
anything = st.one_of(
    st.lists(
        st.one_of(
            plain,
            st.sampled_from(["AND", "OR", "NOT", "(", ")", "-", "+", "lang:es", "doc:d1", "raido"]),
            st.sampled_from(["name:peña", "name:U", "mentions:1750", "title:about", "after:2000"]),
            st.builds('"{} {}"~{}'.format, words, words, st.integers(0, 4)),
            words.map("{}~".format),
        ),
        max_size=7,
    ).map(" ".join),
    st.text(max_size=12),
)


def searchers(
    corpus: Any, new_index: Callable[[str], Index], document: Callable[..., IndexedDocument]
) -> list[Searcher]:
    """Put a corpus into each kind of index, in two commits."""
    documents = [document(f"d{n}", *ps, language=lang) for n, (ps, lang) in enumerate(corpus)]
    made = []
    for kind in ("reference", "embedded"):
        index = new_index(kind)
        writer = index.writer()
        writer.add(documents[1:])
        writer.commit()
        writer.add(documents[:1])
        writer.commit()
        writer.close()
        made.append(Searcher(index))
    return made


def paged(searcher: Searcher, text: str) -> list[Hit]:
    """Return all the hits, three at a time."""
    hits: list[Hit] = []
    while page := searcher.search(text, offset=len(hits), limit=3).hits:
        hits += page
    return hits


@given(corpora, st.lists(anything, min_size=1, max_size=5))
@example([(["radio order", "order radio", "the"], "en")], ['"radio order" order', "NOT radio", "*"])
@settings(max_examples=60)
def test_list_documents_and_export_count_the_same_passages(
    new_index: Callable[[str], Index],
    document: Callable[..., IndexedDocument],
    corpus: Any,
    asked: list[str],
) -> None:
    for searcher in searchers(corpus, new_index, document):
        for text in asked:
            result = searcher.search(text)
            hits = paged(searcher, text)
            read = {
                read.passage.address: read.marks
                for one, _ in searcher.documents()
                for read in searcher.open(one.id, result.searched).passages
                if read.marks is not None
            }
            rows = [json.loads(json.dumps(hit.to_json())) for hit in hits]
            every = whole(searcher, text, most=None)

            assert result.total == len(hits) == len(read) == len(rows)
            assert {hit.passage: hit.marks for hit in hits} == read
            assert len({row["passage"] for row in rows}) == len(rows)
            assert [row["marks"] for row in rows] == [[list(m) for m in hit.marks] for hit in hits]
            assert every.hits == tuple(hits)
            assert [hit for page in pages(searcher, text, size=2) for hit in page] == hits
            for form in OURS:
                assert counted("".join(export(every, form)), form) == result.total
            assert [line.mark for line in sorted(concordance(every), key=place)] == [
                mark for hit in sorted(hits, key=place) for mark in hit.marks
            ]
            assert sum(each.passages for each in frequencies(every).years) == result.total
            for hit in hits:
                hold_shape(hit)


def place(of: Hit | Line) -> tuple[str, int]:
    """Return where a hit or a line stands."""
    return of.document, of.number


def hold_shape(hit: Hit) -> None:
    """Check that marks are sorted, do not overlap and start and end with words."""
    tokens = list(ANALYZER.tokens(hit.text, hit.language))
    starts, ends = {token.start for token in tokens}, {token.end for token in tokens}
    before = 0
    for start, end in hit.marks:
        assert before <= start < end
        assert start in starts
        assert end in ends
        before = end
    assert "".join(part for part, _ in cut(hit.text, hit.marks)) == hit.text


def readings(word: str) -> set[str]:
    """Return what a word may be: 1,750 is one number in English, and another in Spanish."""
    return {fold(word), bare(surface_of(word, has_decimal_comma=True)).lower()}


def stretches(wanted: str, tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """Find a word, phrase or pattern in a text: what the manual says, in as few words."""
    spelt = [bare(token.surface).lower() for token in tokens]
    if wanted.startswith('"'):
        phrase = [readings(raw) for raw in ANALYZER.words(wanted)]
        places = [
            tokens[at : at + len(phrase)]
            for at in range(len(tokens) - len(phrase) + 1)
            if all(spelt[at + i] in some for i, some in enumerate(phrase))
        ]
    elif wanted.startswith("="):
        places = [
            [t] for t, word in zip(tokens, spelt, strict=True) if word in readings(wanted[1:])
        ]
    elif "*" in wanted:
        pattern = "".join(c if c in "*?" else fold(c) for c in wanted)
        places = [[t] for t, word in zip(tokens, spelt, strict=True) if fnmatchcase(word, pattern)]
    else:
        surfaces = {surface_of(wanted), surface_of(wanted, has_decimal_comma=True)}
        stems = {stem(surface, language) for surface in surfaces for language in LANGUAGES}
        places = [[token] for token in tokens if token.stem in stems]
    return [(place[0].start, place[-1].end) for place in places]


def expected(items: Sequence[tuple[str, str]], tokens: Sequence[Token]) -> list[int] | None:
    """Return the letters that the marks should cover, None where the passage should not match."""
    found = {item: stretches(item[1], tokens) for item in items}
    must = [places for (sign, _), places in found.items() if sign == "+"]
    free = [places for (sign, _), places in found.items() if sign == ""]
    barred = [places for (sign, _), places in found.items() if sign == "-"]
    if any(barred) or not all(must) or ((must or free) and not any(must + free)):
        return None
    return sorted(
        {at for places in must + free for start, end in places for at in range(start, end)}
    )


@given(corpora, st.lists(signed, min_size=1, max_size=4, unique_by=lambda item: item[1]))
@example([(["radio order radio", "order radio order the"], "en")], [("", '"radio order"')])
@example([(["order, of"], "en")], [("", "o?*")])
@example([(["radio order radio"], "es")], [("", '"radio order"'), ("", '"order radio"')])
@settings(max_examples=80)
def test_marks_are_those_of_a_naive_reading(
    new_index: Callable[[str], Index],
    document: Callable[..., IndexedDocument],
    corpus: Any,
    items: list[tuple[str, str]],
) -> None:
    # Stop words are left out beside others, and a pattern ending in "?" or holding "." is none.
    assume(not any(text in ("the", "of", "who") for _, text in items))
    assume(not any("*" in text and set(".,’") & set(text) for _, text in items))
    text = " ".join(sign + wanted for sign, wanted in items)
    for searcher in searchers(corpus, new_index, document):
        hits = {hit.passage: hit for hit in searcher.search(text, correct=False, limit=100)}
        for one, _ in searcher.documents():
            for read in searcher.open(one.id, text).passages:
                wanted = expected(items, list(ANALYZER.tokens(read.passage.text, one.language)))
                hit = hits.get(read.passage.address)
                marked = None if hit is None else [at for mark in hit.marks for at in range(*mark)]
                assert marked == wanted


def test_phrase_marks_the_phrase_and_not_its_stray_words(searcher: Searcher) -> None:
    (hit,) = searcher.search('"price of a radio was"')

    assert [hit.text[start:end] for start, end in hit.marks] == ["price of a radio was"]
    assert hit.text.count("price") == 2
    assert hit.text.count("radio") == 2
