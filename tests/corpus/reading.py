"""The shipped corpus as its tests read it: through Backstory's own reader, and as files.

What somebody adds under `corpus/originals/`, as the account invites, is not ours to check.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from backstory.engine.documents import IndexedDocument
from backstory.indexer.corpus import scan
from backstory.indexer.loading import Loader
from backstory.indexer.plan import FileJob
from backstory.settings import Config

CORPUS = Path(__file__).resolve().parents[2] / "corpus"
ORIGINALS = "originals/"
ACCOUNT = "secret-talks"
CHRONOLOGY = "reference/chronology"
WHO_IS_WHO = "reference/who-is-who"

_FRONT_MATTER = re.compile(r"---\n(.*?\n)---\n", re.DOTALL)
_LINK = re.compile(r"\[([^\[\]]*)\]\(([^()]*)\)")
# A pointer to the document that tells more, `([FARC](../background/farc.md))`.
_POINTER = re.compile(r" ?\(\[[^\[\]]*\]\([^()]*\)\)")
_ENTRY = re.compile(r"\*\*(.+?)\*\*:? *")
# A full stop, but not that of an initial: George W. Bush, H. R. McMaster.
_SENTENCE_END = re.compile(r"(?<=[.!?])(?<!\b[A-Z]\.)[\"')]* +")


@dataclass(frozen=True, slots=True)
class Page:
    """A document of the corpus: its file's text, and what Backstory makes of it."""

    text: str
    indexed: IndexedDocument

    @property
    def id(self) -> str:
        """The document's id: its name without suffix."""
        return self.indexed.document.id

    @property
    def folder(self) -> str:
        """The folder of the file; empty for a file beside the folders."""
        return self.id.rpartition("/")[0]

    @property
    def links(self) -> list[str]:
        """The documents that it links to, by id, and whatever else a link names as it is."""
        return [_id_of(target, self.folder) for target in links(self.text)]


@cache
def pages() -> tuple[Page, ...]:
    """Return every document of the corpus, in the order of their names."""
    found = scan(CORPUS)
    assert not found.skipped
    names = [name for name in found.files if not name.startswith(ORIGINALS)]
    loader = Loader(Config().override(corpus__path=str(CORPUS)))
    jobs = [FileJob(name, name.removesuffix(".md"), found.files[name]) for name in names]
    read = [indexed for job in jobs for indexed in loader.load(job).documents]
    loader.close()
    return tuple(_page(name, indexed) for name, indexed in zip(names, read, strict=True))


@cache
def page(document_id: str) -> Page:
    """Return one document of the corpus."""
    return next(found for found in pages() if found.id == document_id)


def _page(name: str, indexed: object) -> Page:
    assert isinstance(indexed, IndexedDocument), f"{name} gives no document: {indexed}"
    return Page((CORPUS / name).read_text(encoding="utf-8"), indexed)


def _id_of(target: str, folder: str) -> str:
    path = (CORPUS / folder / target).resolve()
    is_document = target.endswith(".md") and path.is_relative_to(CORPUS)
    return path.relative_to(CORPUS).as_posix().removesuffix(".md") if is_document else target


def front_matter(text: str) -> str:
    """Return what stands between the borders at the top of a file; empty where there is none."""
    found = _FRONT_MATTER.match(text)
    return found[1] if found else ""


def body(text: str) -> str:
    """Return what follows the front matter."""
    return _FRONT_MATTER.sub("", text, count=1) if _FRONT_MATTER.match(text) else text


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a file in Markdown, without front matter and headings."""
    blocks = (block.strip() for block in re.split(r"\n{2,}", body(text)))
    return [block for block in blocks if block and not block.startswith("#")]


def entries(text: str) -> list[tuple[str, str]]:
    """Return the entries of a list: what each is about, in bold, and what it says."""
    found = ((_ENTRY.match(each), each) for each in paragraphs(text))
    return [(head[1].rstrip("."), each[head.end() :]) for head, each in found if head]


def links(text: str) -> list[str]:
    """Return the addresses of the Markdown links in a text."""
    return [target for _, target in _LINK.findall(text)]


def plain(markdown: str) -> str:
    """Return a text without its links' addresses and without bold."""
    return _LINK.sub(r"\1", markdown).replace("**", "")


def statements(text: str) -> Iterator[str]:
    """Yield the sentences of a file; a dated entry is one sentence, together with its date."""
    for paragraph in paragraphs(text):
        told = _POINTER.sub("", paragraph)
        dated = re.match(r"\*\*([^*]*\d)\.\*\* ", told)
        if dated:
            yield plain(f"{dated[1]}: {told[dated.end() :]}")
        else:
            yield from sentences(plain(told))


def sentences(paragraph: str) -> list[str]:
    """Split a paragraph into sentences."""
    return [each for each in _SENTENCE_END.split(paragraph) if each]
