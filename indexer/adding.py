"""Putting documents into the corpus: what becomes of each file, folder and web address.

A file comes in under its own name, once: what the corpus holds already, byte for byte and wherever,
is left alone, and so is another document of the same name, unless it is to be replaced. Metadata
that is given goes in front of Markdown and beside everything else. Nothing is indexed here.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path, PurePosixPath

from backstory.engine.errors import CorpusMissing, IndexNotFound, UnreadableDocument
from backstory.engine.indexes.contract import Index
from backstory.indexer.corpus import SIDECAR_SUFFIX, printable, scan
from backstory.indexer.drafts import Content
from backstory.indexer.fetching import fetch
from backstory.indexer.placing import Shelf, is_folder, read_beside, read_content
from backstory.indexer.readers.front_matter import sidecar, with_fields, without_front_matter
from backstory.indexer.readers.metadata import Fields, MetadataError
from backstory.indexer.readers.registry import reader_for
from backstory.indexer.settings import IndexerConfig
from backstory.indexer.urls import is_url


class Fate(Enum):
    """What became of a file."""

    ADDED = "added"
    REPLACED = "replaced"
    DESCRIBED = "metadata changed"
    KNOWN = "already there"
    REFUSED = "not added"


@dataclass(frozen=True, slots=True)
class Addition:
    """What became of one file: its name in the corpus, or the reason why it has none.

    `differs` where the corpus has it already, with other metadata than was given. `is_copy` where
    nothing would be lost if it were deleted there: it was copied from a file, and none of it was
    in the corpus before.
    """

    asked: str
    fate: Fate
    name: str = ""
    reason: str = ""
    differs: bool = False
    is_copy: bool = False


@dataclass(frozen=True, slots=True)
class AddOptions:
    """How to add: metadata as `clean` returns it, a folder of the corpus, a name for one file."""

    fields: Fields = field(default_factory=dict)
    into: str = ""
    name: str = ""
    replace: bool = False
    allow_private: bool = False


def open_shelf(index: Index, config: IndexerConfig) -> Shelf:
    """Open the corpus for adding; make its folder where there is no index of it either.

    Raises CorpusMissing, or what opening the index raises.
    """
    try:
        index.open()
    except IndexNotFound:
        config.corpus_path.mkdir(parents=True, exist_ok=True)
    return Shelf(config.corpus_path, config.index_path)


def add(
    shelf: Shelf, config: IndexerConfig, asked: Iterable[str], options: AddOptions
) -> Iterator[Addition]:
    """Put files, folders and web pages into the corpus, and tell of each file what became of it.

    Raises StorageFull; what was told before that is in the corpus.
    """
    adder = _Adder(shelf, config, options)
    for each in asked:
        try:
            yield from adder.add(each)
        except UnreadableDocument as error:
            yield Addition(each, Fate.REFUSED, reason=error.reason)


class _Adder:
    """Adds one thing after another to a shelf."""

    def __init__(self, shelf: Shelf, config: IndexerConfig, options: AddOptions) -> None:
        self._shelf, self._config, self._options = shelf, config, options

    def add(self, asked: str) -> Iterator[Addition]:
        if is_url(asked):
            yield self._page(asked)
            return
        path = Path(asked)
        inside = self._shelf.name_of(path)
        if inside is not None:
            yield from self._describe_all(asked, inside)
        elif is_folder(path):
            yield from self._folder(path)
        else:
            content = read_content(path, self._config.corpus.max_file_mb)
            yield self._settle(asked, self._name(path.name), content)

    def _name(self, own: str, *, is_typed: bool = False) -> str:
        """Return the name that a file gets in the corpus; one that `is_typed` keeps its suffix."""
        name, suffix = self._options.name or own, PurePosixPath(own).suffix
        is_bare = reader_for(PurePosixPath(name).suffix) is None
        if (is_bare or is_typed) and not name.lower().endswith(suffix.lower()):
            name += suffix
        return str(PurePosixPath(self._options.into, name))

    def _page(self, asked: str) -> Addition:
        page = fetch(asked, self._config.fetch, allow_private=self._options.allow_private)
        facts = {"url": page.url, "fetched": page.fetched}
        if page.content_type:  # its charset is asked for whenever the page is read
            facts["content_type"] = page.content_type
        name = self._name(page.name, is_typed=True)
        return self._settle(asked, name, Content(page.data), facts)

    def _folder(self, path: Path) -> Iterator[Addition]:
        try:
            found = scan(path, leave_out=[self._shelf.root, self._shelf.index])
        except CorpusMissing as error:
            raise UnreadableDocument(str(path), "cannot be read") from error
        top = PurePosixPath(
            self._options.into, self._options.name or Path(os.path.realpath(path)).name
        )
        for name in found.files:
            try:
                content = read_content(path / name, self._config.corpus.max_file_mb)
                yield self._settle(str(path / name), str(top / name), content)
            except UnreadableDocument as error:
                yield Addition(str(path / name), Fate.REFUSED, reason=error.reason)
        for skipped in found.skipped:
            yield Addition(str(path / skipped.path), Fate.REFUSED, reason=skipped.reason)
        if not (found.files or found.skipped):
            raise UnreadableDocument(str(path), "has no files")

    def _settle(
        self, asked: str, name: str, content: Content, facts: Mapping[str, str] | None = None
    ) -> Addition:
        """Put a document under a name, unless it is there or something else is."""
        shelf, is_replacing = self._shelf, self._options.replace
        with shelf.locked():
            shelf.check_name(name)
            is_taken = shelf.holds(name)
            wanted = self._with_metadata(name, self._awaited(name, content), facts)
            known = shelf.same_as(content.data, name) or shelf.same_as(wanted.data, name)
            if known is None and is_taken and self._is_same_page(name, content.data):
                known = name
            if known == name and is_replacing:
                return self._describe(asked, name)
            if known is not None:
                differs = self._described(known) is not None
                return Addition(asked, Fate.KNOWN, known, differs=differs)
            if is_taken and not is_replacing:
                reason = f"another document is called {printable(name)}; --replace replaces it"
                raise UnreadableDocument(asked, f"{reason}, --name NAME adds this one beside it")
            is_new = not shelf.files_of(name)
            shelf.put(name, wanted, replace=is_replacing)
        fate = Fate.REPLACED if is_taken else Fate.ADDED
        return Addition(asked, fate, name, is_copy=is_new and not is_url(asked))

    def _awaited(self, name: str, content: Content) -> Content:
        """Return a new document with metadata that was there before it, if it has none itself."""
        if content.beside is not None or self._shelf.holds(name):
            return content
        return replace(content, beside=read_beside(self._shelf.root / name))

    def _with_metadata(
        self, name: str, content: Content, facts: Mapping[str, str] | None = None
    ) -> Content:
        try:
            beside = sidecar(content.beside, facts) if facts else content.beside
            data, beside = with_fields(name, content.data, beside, self._options.fields)
        except MetadataError as error:
            where = f"{printable(name)}{SIDECAR_SUFFIX}"
            raise UnreadableDocument(name, f"{where}: {error.problem}") from error
        return replace(content, data=data, beside=beside)

    def _is_same_page(self, name: str, data: bytes) -> bool:
        """Tell whether Markdown that says nothing about itself is there, with front matter."""
        present = self._content(name).data
        page = without_front_matter(name, data)
        return page in (data, data.lstrip()) and page == without_front_matter(name, present)

    def _content(self, name: str) -> Content:
        return read_content(self._shelf.root / name, self._config.corpus.max_file_mb)

    def _describe_all(self, asked: str, name: str) -> Iterator[Addition]:
        """Put the metadata on what is in the corpus already, a file or a folder of them."""
        if self._options.into or self._options.name:
            raise UnreadableDocument(asked, "is in the corpus already, and is not moved")
        names = [name] if name and self._shelf.why_not(name) == "" else self._shelf.under(name)
        if not names:
            raise UnreadableDocument(asked, self._shelf.why_not(name) or "has no files")
        for each in names:
            path = str(self._shelf.root / each)
            try:
                with self._shelf.locked():
                    addition = self._describe(path, each)
            except UnreadableDocument as error:
                addition = Addition(path, Fate.REFUSED, reason=error.reason)
            yield addition

    def _describe(self, asked: str, name: str) -> Addition:
        described = self._described(name)
        if described is None:
            return Addition(asked, Fate.KNOWN, name)
        self._shelf.put(name, described, replace=True)
        return Addition(asked, Fate.DESCRIBED, name)

    def _described(self, name: str) -> Content | None:
        """Return a document of the corpus with the metadata put on, None where it has it all."""
        present = self._content(name)
        described = self._with_metadata(name, present)
        return described if described != present else None
