"""The Python API: open an index, search it, read it, bring it up to date."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from backstory.archives import chosen
from backstory.engine.cache import CachePool
from backstory.engine.documents import Document, Passage
from backstory.engine.environment import FILE_VARIABLE
from backstory.engine.errors import ConfigError
from backstory.engine.hits import Related, SearchResult
from backstory.engine.indexes.contract import Problem, Statistics
from backstory.engine.indexes.registry import open_index
from backstory.engine.originals import Original, Picture
from backstory.following import following, look
from backstory.index_encoder import IndexEncoder
from backstory.searcher import Completion, OpenDocument, Searcher
from backstory.searcher.collocates import SHOWN, WINDOW, Collocates, collocates
from backstory.searcher.concordance import LINES, WIDTH, Concordance, concordance
from backstory.searcher.frequencies import Frequencies, frequencies
from backstory.searcher.options import SearchKeywords
from backstory.searcher.whole import MOST, whole
from backstory.settings import Config, load, without_files

if TYPE_CHECKING:
    from backstory.indexer.adding import Addition
    from backstory.indexer.arrivals import Arrivals
    from backstory.indexer.left_out import Omissions
    from backstory.indexer.meaning.stage import EmbeddingReport
    from backstory.indexer.ocr.stage import OcrReport
    from backstory.indexer.originals import CorpusOriginals
    from backstory.indexer.removing import Removal
    from backstory.indexer.sync import SyncReport
    from backstory.searcher.draft_check import DraftCheck
    from backstory.searcher.following import Followed, NewsItem

PathLike = str | Path


class Archive:
    """An index and its corpus; safe to share between threads."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.passage_index = open_index(config)
        self._encoder = IndexEncoder(self.passage_index, config)
        self._searcher = Searcher(
            self.passage_index, config.search, config.ranking, encoder=self._encoder
        )

    @property
    def searcher(self) -> Searcher:
        """The searcher that the web page is made with."""
        return self._searcher

    @property
    def caches(self) -> CachePool:
        """The memory that answers are kept in, and how much of it each cache has."""
        return self.passage_index.caches

    @property
    def statistics(self) -> Statistics:
        """What the newest commit holds."""
        return self._searcher.statistics()

    def search(self, text: str, **options: Unpack[SearchKeywords]) -> SearchResult:
        """Answer a text with a page of hits; the keywords are those of `SearchOptions`."""
        return self._searcher.search(text, **options)

    def concordance(
        self,
        text: str,
        *,
        sort: str = "document",
        width: int = WIDTH,
        limit: int | None = LINES,
        correct: bool = True,
    ) -> Concordance:
        """Return each mark of the whole result in its context; see `searcher.concordance`.

        `sort` is "document", "left", "right" or "word", `width` the characters on either side.
        """
        result = whole(self._searcher, text, most=limit, correct=correct)
        return concordance(result, sort=sort, width=width, limit=limit)

    def collocates(
        self,
        text: str,
        *,
        window: int = WINDOW,
        most: int = SHOWN,
        limit: int | None = MOST,
        correct: bool = True,
    ) -> Collocates:
        """Return words that stand near the marks remarkably often; see `searcher.collocates`.

        `window` is in words on either side; the best `limit` passages are read.
        """
        pinned = self._searcher.at_one_commit(1)
        result = whole(pinned, text, most=limit, correct=correct)
        return collocates(result, pinned.snapshot(), window=window, most=most)

    def frequencies(
        self, text: str, *, limit: int | None = MOST, correct: bool = True
    ) -> Frequencies:
        """Count passages and marks by document and by year; see `searcher.frequencies`."""
        return frequencies(whole(self._searcher, text, most=limit, correct=correct))

    def complete(self, text: str, limit: int = 8) -> list[Completion]:
        """Return up to `limit` ways to go on with a text; see `searcher.Searcher.complete`."""
        return self._searcher.complete(text, limit)

    def open(self, document_id: str, text: str = "") -> OpenDocument:
        """Open a document with the marks of `text`; raises PassageNotFound."""
        return self._searcher.open(document_id, text)

    def passage(self, address: str) -> tuple[Document, Passage]:
        """Return the document and passage at an address such as `article#p15`."""
        return self._searcher.passage(address)

    @cached_property
    def originals(self) -> CorpusOriginals:
        """What opens the files of documents; see `original` and `picture`."""
        from backstory.indexer.originals import CorpusOriginals

        return CorpusOriginals(self.config, self.caches)

    def original(self, document_id: str) -> Original:
        """Return the file of a document as it is, compared with what was indexed.

        A member of an archive is unpacked; of a row or a mail it is the file that holds it. Raises
        PassageNotFound, and OriginalGone where it is gone or has changed.
        """
        return self.originals.open(*self._searcher.filed(document_id))

    def picture(self, document_id: str, page: int, text: str = "") -> Picture:
        """Return a page of a PDF or picture, from 1, as a PNG, with what `text` finds marked.

        Raises PassageNotFound, OriginalGone, and NoPicture where there is no such page.
        """
        from backstory.searcher.phrases import phrases_on

        document, file = self._searcher.filed(document_id)
        phrases = phrases_on(self.open(document.id, text).passages, page) if text else ()
        return self.originals.picture(document, file, page, phrases)

    def arrived(self, document_id: str) -> datetime | None:
        """Return when a document was first indexed, in UTC; None where that is not known.

        It keeps that time when it changes, is moved, or the index is rebuilt. Raises StateDamaged.
        """
        return self._arrivals.arrived(document_id)

    @cached_property
    def _arrivals(self) -> Arrivals:
        from backstory.indexer.arrivals import Arrivals

        return Arrivals(self.config.state_path)

    def left_out(self, document_id: str) -> Omissions:
        """Read a document's file again for what is not among its passages; see `indexer.left_out`.

        Raises PassageNotFound, BackstoryError where the file is gone, and UnreadableDocument.
        """
        from backstory.indexer.left_out import omissions

        return omissions(self.passage_index.open(), self.config, document_id)

    def check_draft(self, text: str) -> DraftCheck:
        """Return what the documents have for each sentence of a draft; see `searcher.draft_check`.

        The draft is plain text or Markdown, and is kept nowhere. Raises DraftTooLong.
        """
        return self._searcher.check_draft(text)

    def related(self, address: str, *, limit: int = 5) -> tuple[Related, ...]:
        """Return the passages of other documents nearest to one, each with what they share."""
        return self._searcher.related(address, limit=limit)

    def export(
        self, text: str, *, format: str = "csv", limit: int | None = MOST, correct: bool = True
    ) -> Iterator[str]:
        """Yield the hits of a whole result in one of the exports, a row, block or entry at a time.

        `format` is the name of an export, as in the API; raises ExportNotFound and ExportBroken.
        """
        from backstory.searcher.exports.registry import export

        return export(whole(self._searcher, text, most=limit, correct=correct).hits, format)

    def follow(self, text: str, name: str = "") -> Followed:
        """Follow a question: what is indexed from now on and has all its words is news.

        Without a name it gets one made of its words. Raises FollowRefused for a question that asks
        for no words, or a name that is bad or taken, StateDamaged and StorageFull.
        """
        from backstory.searcher.following import FollowedQuestions, refuse_unfollowable

        refuse_unfollowable(self._searcher.question(text))
        question = FollowedQuestions(self.config.state_path).add(text, name)
        look(self)
        return question

    def unfollow(self, name: str) -> Followed:
        """Follow a question no longer; raises NotFollowed, StateDamaged and StorageFull."""
        from backstory.searcher.following import FollowedQuestions

        return FollowedQuestions(self.config.state_path).remove(name)

    def followed(self) -> list[Followed]:
        """Return the questions that are followed, by name; raises StateDamaged."""
        from backstory.searcher.following import FollowedQuestions

        return FollowedQuestions(self.config.state_path).load()

    def news(self, name: str, *, after: datetime | None = None) -> list[NewsItem]:
        """Return the passages that were new for a question, newest first.

        `after` is when they arrived at the earliest. Raises NotFollowed and StateDamaged.
        """
        from backstory.searcher.following import NewsReader

        reader = NewsReader(self._searcher, self.config.state_path)
        moment = after.astimezone(UTC).isoformat(timespec="milliseconds") if after else ""
        return reader.of(reader.questions.find(name), after=moment)

    def status(self) -> dict[str, Any]:
        """Return what `backstory status --json` tells, as JSON values; raises IndexNotFound."""
        from backstory.status import gather

        return gather(self)

    def check(self, *, deep: bool = True) -> list[Problem]:
        """Return everything that is wrong with the index, [] for a sound one.

        `deep` also indexes the stored text again and compares, which takes as long as indexing.
        Raises IndexNotFound, and IndexDamaged where it cannot even be opened.
        """
        return list(self.passage_index.check(deep=deep))

    def add(
        self,
        *what: PathLike,
        into: str = "",
        name: str = "",
        replace: bool = False,
        allow_private: bool = False,
        **metadata: str | Sequence[str],
    ) -> list[Addition]:
        """Put files, folders or web pages into the corpus and index them; tell what became of each.

        `metadata` are fields such as `title="The memo"` and `tags=["one", "two"]`; `into` is a
        folder of the corpus, `name` the name there of a single file or page. Raises
        UnreadableDocument for metadata that cannot be read, CorpusMissing and StorageFull.
        """
        from backstory.changing import add

        options = {"into": into, "name": name, "replace": replace, "allow_private": allow_private}
        return add(self, list(map(str, what)), metadata, options)

    def remove(self, *documents: str) -> list[Removal]:
        """Delete documents, named by id or path, from the corpus and the index, for good.

        Raises PassageNotFound where one is not there: then none is deleted.
        """
        from backstory.changing import remove

        return remove(self, documents)

    def close(self) -> None:
        """Let go of what is kept in memory; the archive can be used again."""
        self.passage_index.close()
        self._encoder.close()
        if "originals" in self.__dict__:
            self.originals.close()

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def index(
        self, *, rebuild: bool = False, verify: bool = False, allow_removal: bool = False
    ) -> SyncReport:
        """Bring the index up to date with the corpus.

        Raises RemovalRefused where more documents are gone than `index.max_removal` lets go, unless
        `allow_removal` says that they are meant to be, and CorpusMissing without a corpus.
        """
        from backstory.indexer.sync import Removals, SyncOptions, sync

        removals = Removals.ALLOWED if allow_removal else Removals.REFUSED
        options = SyncOptions(rebuild=rebuild, verify=verify, removals=removals)
        with following(self):
            return sync(self.passage_index, self.config, options)

    def read_scans(self) -> OcrReport:
        """Read the pages without text by OCR and commit what they say; it takes seconds a page.

        Each page is kept as it is read, so that whatever ends this, the next call goes on. Where
        Tesseract is not installed `is_missing` says so. Raises BackstoryError for a language that
        is not installed.
        """
        from backstory.indexer.ocr.stage import recognize

        with following(self):
            return recognize(self.passage_index, self.config)

    def embed(self) -> EmbeddingReport:
        """Give passages the vectors that they lack, so that they are found by meaning.

        It takes some ten milliseconds a passage, and nothing where it is done or no model is
        installed. Each vector is kept as it is made, so that whatever ends this, the next call goes
        on. `why` says what is wrong with a model that is there. Raises EncoderFailed where it
        cannot be run, and IndexBusy.
        """
        from backstory.indexer.meaning.stage import embed

        return embed(self.passage_index, self.config)


def open(
    index: PathLike | None = None,
    *,
    archive: str | None = None,
    corpus: PathLike | None = None,
    config: PathLike | None = None,
    **settings: Any,
) -> Archive:
    """Open an index; `section__key=value` sets any setting of config.toml.

    A call that names its index reads no settings file, except the one that is named by `config`
    or by the variable BACKSTORY_CONFIG; a call that names none finds its settings as the command
    does. What is found and may not be used is a UserWarning, what is wrong a ConfigError.

    `archive` is the name of one that the settings name, `[archives.NAME]`; raises ArchiveNotFound
    where there is none, and ArchiveNotNamed where there are several and none is named.

    Nothing of the index is read before the first search, which raises IndexNotFound where there
    is none.
    """
    named, warned = Path(config) if config else None, list[str]()
    reads_files = named or os.environ.get(FILE_VARIABLE) or not index
    loaded = load(named, tell=warned.append) if reads_files else without_files()
    for sentence in warned:
        warnings.warn(sentence, stacklevel=2)
    if index is None and corpus is None:
        loaded = chosen(loaded, archive)
    elif archive is not None:
        raise ConfigError(f"archives.{archive}", "says which corpus and index: name no other")
    else:
        loaded = loaded.without_archives()
    return Archive(with_paths(loaded, corpus=corpus, index=index).override(**settings))


def with_paths(
    config: Config, *, corpus: PathLike | None = None, index: PathLike | None = None
) -> Config:
    """Return the settings with paths that were given by hand, relative to the working folder."""
    return config.override(
        corpus__path=str(Path(corpus).absolute()) if corpus else None,
        index__path=str(Path(index).absolute()) if index else None,
    )
