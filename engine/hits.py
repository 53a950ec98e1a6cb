"""Results of a search: hits, and the page of hits with its totals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from backstory.engine.candidates import Places
from backstory.engine.documents import Document, Facts, Passage, text_key
from backstory.engine.fields import FIELDS
from backstory.engine.matching import Span
from backstory.engine.originals import has_pictures


@dataclass(frozen=True, slots=True)
class RetrievedPassage:
    """A passage with its document and score, read from the index; its marks are not known yet.

    `gains` are the parts of the score that words did not give, by name; `share` is what the BM25
    score was multiplied with before they were added. If it `is_by_meaning`, no word matches.
    `likeness` is that of its meaning: 0 for any passage, 1 for the nearest.
    """

    document: Document
    passage: Passage
    score: float
    all_words: bool
    gains: tuple[tuple[str, float], ...] = ()
    share: float = 1.0
    is_by_meaning: bool = False
    likeness: float = 0.0


@dataclass(frozen=True, slots=True)
class Reason:
    """One summand of a hit's score: that of a query word, of the meaning, or of a re-ranker.

    `kind` is "word", "as typed" (what the very form adds), "meaning" or the name of a re-ranker;
    `times` is the word's frequency in the passage.
    """

    kind: str
    text: str
    score: float
    times: int = 0


@dataclass(frozen=True, slots=True)
class WordRead:
    """What a word or phrase of a query stands for, and in how many passages that is.

    `kind` is "forms" (a word in any form), "exact", "pattern", "phrase" (exactly so), "joined" (the
    parts of one word, in any form) or "near"; `forms` are surface forms with the number of passages
    that have each, most first.
    """

    text: str
    total: int
    forms: tuple[tuple[str, int], ...] = ()
    kind: str = "forms"


@dataclass(frozen=True, slots=True)
class Hit:
    """One passage of a result; `marks` are [start, end) offsets into `text`.

    `facts` are those of its document. If `in_title`, the words stand above it alone, in its heading
    or title; if `date_guessed`, the date is only that of the file; if `has_picture`, its page can
    be shown as a picture. `confidence` is that of OCR, from 0 to 100, None for what was not read
    from a scan. What was found `by_meaning` has none of the words; `nearest` is the sentence of it
    that is nearest to the question, as offsets, None where that was not asked. `added` is the
    time at which its document came, "" where that is not known.
    """

    rank: int
    score: float
    passage: str
    document: str
    number: int
    title: str
    source: str
    author: str
    date: str
    language: str
    heading: str
    page: int | None
    text: str
    marks: tuple[Span, ...]
    all_words: bool
    url: str = ""
    kind: str = ""
    names: tuple[str, ...] = ()
    why: tuple[Reason, ...] = ()
    time: str = ""
    cells: str = ""
    confidence: int | None = None
    facts: Facts = field(default_factory=dict, hash=False)
    in_title: bool = False
    date_guessed: bool = False
    has_picture: bool = False
    by_meaning: bool = False
    nearest: Span | None = None
    added: str = ""

    @classmethod
    def of(
        cls,
        retrieved: RetrievedPassage,
        rank: int,
        marks: tuple[Span, ...],
        why: tuple[Reason, ...] = (),
        *,
        in_title: bool = False,
    ) -> Hit:
        """Make the hit that stands at `rank`, counted from 1."""
        document, passage = retrieved.document, retrieved.passage
        return cls(
            rank=rank,
            score=retrieved.score,
            passage=passage.address,
            document=document.id,
            number=passage.number,
            title=document.title,
            source=document.source,
            author=document.author,
            date=document.date,
            language=passage.language_in(document),
            heading=passage.heading,
            page=passage.page,
            text=passage.text,
            marks=marks,
            all_words=retrieved.all_words,
            url=document.url,
            kind=document.kind,
            names=passage.names,
            why=why,
            time=passage.time,
            cells=passage.cells,
            confidence=passage.confidence,
            facts=document.facts,
            in_title=in_title,
            date_guessed=document.date_guessed,
            has_picture=passage.page is not None and has_pictures(document),
            by_meaning=retrieved.is_by_meaning,
            added=document.added,
        )

    @property
    def key(self) -> str:
        """A hash of the text, which finds the passage again after its document was edited."""
        return text_key(self.text)

    @property
    def parts(self) -> list[tuple[str, bool]]:
        """The text cut at its marks: (text, is_marked) pairs, for whoever shows it to escape."""
        return cut(self.text, self.marks)

    def to_json(self) -> dict[str, Any]:
        """Return the stable field names of `query --json` and the API."""
        record = {name: getattr(self, name) for name in self.__slots__ if name != "facts"}
        record |= FIELDS.further_of(self.facts)
        record["score"] = round(self.score, 6)
        record["marks"] = [list(mark) for mark in self.marks]
        record["nearest"] = list(self.nearest) if self.nearest else None
        record["names"] = list(self.names)
        record["why"] = [
            {"kind": r.kind, "text": r.text, "points": round(r.score, 6), "times": r.times}
            for r in self.why
        ]
        return record


@dataclass(frozen=True, slots=True)
class Shared:
    """Something that two passages have in common: a "name", "date", "number" or "word".

    Of the kind "meaning" there is one without a text: they are close in meaning.
    """

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Related:
    """A passage of another document, what it shares, and whether it is nearly the same text."""

    hit: Hit
    shared: tuple[Shared, ...]
    is_copy: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the hit's stable field names with `shared` and `is_copy`."""
        shared = [{"kind": one.kind, "text": one.text} for one in self.shared]
        return {**self.hit.to_json(), "shared": shared, "is_copy": self.is_copy}


def cut(text: str, marks: tuple[Span, ...]) -> list[tuple[str, bool]]:
    """Cut `text` at its marks into (text, is_marked) pairs; joined they are the text again."""
    parts, position = [], 0
    for start, end in marks:
        parts += [(text[position:start], False), (text[start:end], True)]
        position = end
    parts.append((text[position:], False))
    return [part for part in parts if part[0]]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An alternative query text: what it replaces, and how many passages it finds.

    `kind` is "spelling", "language" (a translation), "title" (the word, in titles only) or
    "without" (the word left out).
    """

    text: str
    replaces: str
    instead: str
    total: int
    kind: str = "spelling"

    def to_json(self) -> dict[str, Any]:
        """Return the stable field names."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a query that found nothing, and how many passages it finds on its own."""

    text: str
    total: int


@dataclass(frozen=True, slots=True)
class Understanding:
    """How a query was understood: notes, ignored words, words without a match, limits reached.

    `words` and `languages` are filled on request: what each word was expanded to, and in which
    languages.
    """

    notes: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    words: tuple[WordRead, ...] = ()
    languages: tuple[str, ...] = ()

    @property
    def is_partial(self) -> bool:
        """The query was cut short by a limit, so that hits may be missing."""
        return bool(self.limits)


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A page of hits with totals: `all_words` of the `total` passages match all the words.

    `copies` maps the address of a hit to that of an earlier hit of the page with nearly the same
    text. `documents` and `dates` are those of `FacetCounts`, `places` maps the ids of the hits'
    documents to the passages that match there; without facets `documents` is None, and `dates` and
    `places` are empty. `seconds` is the time that the search took.

    `by_meaning` more entries stand among the hits that have none of the words: passages or, in a
    grouped list, documents. Where words find nothing, `nearest` are the passages that come closest
    by meaning; they are no hits.
    """

    text: str
    searched: str
    hits: tuple[Hit, ...]
    total: int
    all_words: int
    offset: int
    limit: int
    generation: int
    seconds: float
    understanding: Understanding = field(default_factory=Understanding)
    suggestions: tuple[Suggestion, ...] = ()
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    copies: dict[str, str] = field(default_factory=dict)
    documents: int | None = None
    dates: dict[str, int] = field(default_factory=dict)
    places: dict[str, Places] = field(default_factory=dict)
    by_meaning: int = 0
    nearest: tuple[Hit, ...] = ()

    @property
    def listed(self) -> int:
        """The number of passages that can be paged through in a list that is not grouped."""
        return self.total + self.by_meaning

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    def __len__(self) -> int:
        return len(self.hits)

    def to_json(self) -> dict[str, Any]:
        """Return the whole result as JSON values, hits as `Hit.to_json` gives them."""
        understood = self.understanding
        return {
            "text": self.text,
            "searched": self.searched,
            "total": self.total,
            "all_words": self.all_words,
            "by_meaning": self.by_meaning,
            "offset": self.offset,
            "limit": self.limit,
            "generation": self.generation,
            "seconds": round(self.seconds, 6),
            "partial": understood.is_partial,
            "notes": list(understood.notes),
            "ignored": list(understood.ignored),
            "missing": list(understood.missing),
            "limits": list(understood.limits),
            "parts": [{"text": part.text, "total": part.total} for part in understood.parts],
            "suggestions": [suggestion.to_json() for suggestion in self.suggestions],
            "words": [
                {"text": w.text, "kind": w.kind, "total": w.total, "forms": dict(w.forms)}
                for w in understood.words
            ],
            "languages": list(understood.languages),
            "facets": self.facets,
            "copies": self.copies,
            "hits": [hit.to_json() for hit in self.hits],
            "nearest": [hit.to_json() for hit in self.nearest],
        }
