"""The contract that every index keeps: one writer, many readers, one format.

Indexes are given terms that are already analysed and never analyse by themselves. A reader shows
one commit, whatever is written meanwhile; `Index.open` returns the newest. Every index gives
the same hits, in the same order, with the same scores.
"""

from __future__ import annotations

from collections.abc import Container, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from backstory.engine.analysis import Analyzer
from backstory.engine.cache import CachePool
from backstory.engine.candidates import Candidate, Candidates, Cursor, FacetCounts, Places
from backstory.engine.documents import Document, FileState, IndexedDocument, Passage, SkippedFile
from backstory.engine.embeddings import EmbeddingModel, Rows
from backstory.engine.ordering import RELEVANCE
from backstory.engine.query import Leaf, Query, Term
from backstory.engine.ranking import BM25


@dataclass(frozen=True, slots=True)
class Statistics:
    """What an index holds: live documents and passages, words in all, and how it came about."""

    documents: int
    passages: int
    words: int
    generation: int
    committed: str = ""
    languages: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that `check` found: the file it is about, and what is wrong with it."""

    file: str
    problem: str
    is_damage: bool = True


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine that keeps an index; `disk_free` is as the machine says it, such as `12.5gb`."""

    name: str
    address: str
    is_manager: bool
    disk_free: str


@dataclass(frozen=True, slots=True)
class Health:
    """How the machines are that keep an index.

    `status` is green where every copy of every part is there, yellow where copies are missing, and
    red where a part is. The index is cut into `parts`, each of which is there `copies` times;
    `missing` copies are on no machine.
    """

    status: str
    machines: tuple[Machine, ...]
    parts: int
    copies: int
    missing: int


@dataclass(frozen=True, slots=True)
class Embedding:
    """What the vectors of a commit are of; `waiting` passages of its languages have none yet."""

    model: EmbeddingModel
    passages: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Nearest:
    """The passages nearest to a vector, nearest first, with their cosines.

    `median` is that of the cosines of all passages: what no likeness at all looks like. In a large
    index both are found among a part of the passages.
    """

    ids: tuple[Hashable, ...]
    cosines: tuple[float, ...]
    median: float


@dataclass(frozen=True, slots=True)
class DocumentVectors:
    """Vectors of some passages of a document: `rows[i]` is that of passage `numbers[i]`."""

    document_id: str
    numbers: tuple[int, ...]
    rows: Rows


class Prepared(Protocol):
    """Documents made ready for the writer; may be pickled."""

    @property
    def rejected(self) -> Mapping[str, str]:
        """The ids of documents that could not be taken, with the reason."""


def refuse(indexed: IndexedDocument, taken: Container[str]) -> None:
    """Raise ValueError for a document that no index takes; `taken` are the batch's other ids."""
    numbers = [passage.number for passage in indexed.passages]
    if numbers != list(range(1, len(numbers) + 1)):
        raise ValueError("its passages are not numbered 1, 2, 3 …")
    if indexed.document.id in taken:
        raise ValueError("another document of the batch has the same id")


class Snapshot(Protocol):
    """One commit of an index; may be shared by threads."""

    @property
    def statistics(self) -> Statistics:
        """The counts of this commit."""

    @property
    def analyzer(self) -> Analyzer:
        """The analyzer, with this index's lexicon."""

    @property
    def caches(self) -> CachePool:
        """The budget of memory that everything which asks this index shares."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the passages, most passages first."""

    def retrieve(
        self,
        query: Query,
        ranking: BM25,
        *,
        k: int,
        order: str = RELEVANCE,
        grouped: bool = False,
        after: Cursor | None = None,
    ) -> Candidates:
        """Return the first `k` matches of an expanded query, or those that follow a cursor.

        `order` is one of `engine.ordering.SORTS`. If `grouped`, only the first passage of each
        document is returned, and `k` and the cursor count documents. `k` may be 0, to count.
        """

    def read(self, ids: Iterable[Hashable]) -> list[tuple[Document, Passage]]:
        """Return the passages that candidates of this snapshot name, each with its document."""

    def score(self, query: Query, ranking: BM25, ids: Iterable[Hashable]) -> list[Candidate | None]:
        """Return passages as candidates of an expanded query, None for each that does not match."""

    @property
    def embedding(self) -> Embedding | None:
        """What the vectors of this commit are of; None where it has none."""

    def nearest(self, question: Rows, *, k: int, within: Query | None = None) -> Nearest:
        """Return the `k` passages nearest to a vector, of those that a query matches.

        The vector is (1, dimensions). Without vectors there are none. The median is that of all
        passages, whatever the query.
        """

    def cosines(self, question: Rows, ids: Iterable[Hashable]) -> list[float | None]:
        """Return the cosines of passages and a vector; None for each passage without one."""

    def vector(self, document_id: str, number: int) -> Rows | None:
        """Return the vector of a passage, (1, dimensions), or None."""

    def unembedded(self, model: EmbeddingModel) -> Iterator[tuple[Document, Passage]]:
        """Yield the passages that lack a vector of a model which knows their language."""

    def facets(self, query: Query, names: Sequence[str]) -> FacetCounts:
        """Count all matches by facets, by documents and by dates."""

    def places(self, query: Query, document_ids: Iterable[str]) -> dict[str, Places]:
        """Return where a query matches in some documents that are there, by their ids."""

    def count(self, query: Query) -> int:
        """Return how many passages match."""

    def count_ahead(self, queries: Iterable[Query]) -> None:
        """Be told what will be counted one by one; who has to ask others asks once for all."""

    def document(self, document_id: str) -> Document | None:
        """Return a document, or None."""

    def file(self, document_id: str) -> FileState | None:
        """Return the file that a document was read from, as it was then, or None."""

    def passage(self, document_id: str, number: int) -> Passage | None:
        """Return a passage by its address, or None."""

    def passages(self, document_id: str) -> list[Passage]:
        """Return a document's passages in order."""

    def documents(self) -> Iterator[tuple[Document, FileState, int]]:
        """Yield every document with its file and its number of passages, by id."""

    def files(self) -> Iterator[tuple[FileState, str, str]]:
        """Yield every document's file with the document's id and content hash, in any order."""

    def skipped(self) -> tuple[SkippedFile, ...]:
        """Return the files that the last run could not index."""

    @property
    def settings(self) -> Mapping[str, Any]:
        """What `Writer.remember` was given last: JSON values by name; empty where it never was."""

    def vocabulary(self) -> Sequence[str]:
        """Return every surface form, sorted; some may stand in deleted passages only."""

    def traced(self) -> Sequence[str]:
        """Return the surface forms of the vocabulary that are no plain words, sorted.

        They are few, and every query asks for them; see `engine.tokens.is_traced`.
        """

    def frequency(self, surface: str) -> int:
        """Return the number of live passages that hold a surface form."""

    def frequencies(self) -> Sequence[int]:
        """Return, word for word of the vocabulary, a number that `frequency` is never above.

        It is the frequency itself, unless passages were deleted that still count.
        """

    def titled(self, words: Sequence[Term], quoted: Leaf | None = None) -> frozenset[str]:
        """Return the addresses of passages that have all the words in a title or heading alone.

        They are the first passages of documents whose titles have all the words, and of stretches
        of a document whose headings have them, where no passage of the document or the stretch has.
        With `quoted`, what it matches is asked for in place of the words, which are its own in any
        form.
        """

    def names(self) -> Mapping[str, int]:
        """Return every name in the passages with the number of live passages that hold it."""

    def titles(self) -> Mapping[str, int]:
        """Return every title with the number of live passages that stand under it, if any."""


class Writer(Protocol):
    """The one writer of an index: nothing is seen by readers before `commit`."""

    def add(self, documents: Iterable[IndexedDocument]) -> None:
        """Add documents; one that is already there by id is replaced."""

    @property
    def recovered(self) -> bool:
        """An interrupted run left something behind, which is cleaned up now."""

    def adopt(self, prepared: Any) -> None:
        """Add what `Index.prepare` made, perhaps in another process."""

    def delete(self, document_id: str) -> None:
        """Delete a document; one that is not there is no error."""

    def clear(self) -> None:
        """Delete everything."""

    def skip(self, files: Iterable[SkippedFile]) -> None:
        """Record the files that could not be indexed, in place of those known before."""

    def remember(self, settings: Mapping[str, Any]) -> None:
        """Record the settings that the documents were read with, in place of those known before.

        They are JSON values by name, and become visible with the next commit like all else.
        """

    def embed(self, model: EmbeddingModel, vectors: Iterable[DocumentVectors]) -> None:
        """Add vectors of passages; those of another model are forgotten.

        Passages that are not there any more are passed over.
        """

    def forget_vectors(self) -> None:
        """Forget all vectors."""

    def commit(self) -> int:
        """Make the changes visible, all at once; return the generation, a new one if any did."""

    def rollback(self) -> None:
        """Forget the changes since the last commit."""

    def close(self) -> None:
        """Let the next writer in; uncommitted changes are forgotten."""


class Source(Protocol):
    """An index that can be opened for reading."""

    def open(self) -> Snapshot:
        """Return a reader of the newest commit; the same one as long as nothing changes."""


@dataclass(frozen=True, slots=True)
class Commit:
    """A source that stays at one commit, whatever is written meanwhile."""

    snapshot: Snapshot

    def open(self) -> Snapshot:
        """Return the reader of that commit."""
        return self.snapshot


class Index(Source, Protocol):
    """An index that can be opened for reading and writing; pickled, it can still `prepare`."""

    @property
    def place(self) -> str:
        """Where it is, as it is shown: a folder, or a name on some machines."""

    @property
    def caches(self) -> CachePool:
        """The budget of memory that its snapshots share."""

    def writer(self, *, wait: float = 0.0, rebuild: bool = False) -> Writer:
        """Return the writer, waiting up to `wait` seconds for another to finish.

        `rebuild` starts from nothing beside whatever is there, even what cannot be read.
        """

    def prepare(self, documents: Iterable[IndexedDocument]) -> Prepared:
        """Do the work of adding documents without touching what is committed.

        A document that cannot be taken is left out and named in `Prepared.rejected`.
        """

    def check(self, *, deep: bool = False) -> Iterator[Problem]:
        """Yield everything that is wrong with the stored index.

        `deep` also indexes the stored text again and compares, which takes as long as indexing.
        """

    def health(self) -> Health | None:
        """Return how the machines are that keep it; None where this one does."""

    def close(self) -> None:
        """Let go of what is kept of the newest commit; the index can be opened again."""
