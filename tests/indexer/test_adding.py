"""Adding: what comes into the corpus, what is there already, and what is refused."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from backstory.engine.errors import CorpusMissing
from backstory.engine.indexes.embedded import EmbeddedIndex
from backstory.engine.indexes.reference import ReferenceIndex
from backstory.indexer.adding import Addition, AddOptions, Fate, add, open_shelf
from backstory.indexer.sync import SyncOptions, sync
from backstory.settings import Config
from tests.conftest import sentences
from tests.site import MEMO, Site, serving


class Desk:
    """A folder of papers, and a corpus that they are added to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.corpus = folder / "corpus"
        self.config = Config(root=folder).override(index__path="index")
        self.corpus.mkdir()

    def write(self, name: str, text: str | bytes) -> str:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    def add(self, *asked: str, **options: object) -> list[Addition]:
        shelf = open_shelf(ReferenceIndex(), self.config)
        return list(add(shelf, self.config, asked, AddOptions(**options)))  # type: ignore[arg-type]

    def one(self, asked: str, **options: object) -> Addition:
        (addition,) = self.add(asked, **options)
        return addition

    def refused(self, asked: str, **options: object) -> str:
        addition = self.one(asked, **options)
        assert (addition.fate, addition.name) == (Fate.REFUSED, "")
        return addition.reason

    def held(self) -> dict[str, bytes]:
        """Return all that is in the corpus."""
        paths = sorted(path for path in self.corpus.rglob("*") if path.is_file())
        return {path.relative_to(self.corpus).as_posix(): path.read_bytes() for path in paths}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk with two papers."""
    desk = Desk(tmp_path)
    desk.write("memo.txt", "The memo.")
    desk.write("story.md", "# Story\n\nOnce.\n")
    return desk


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """A web server on this machine."""
    with serving() as running:
        yield running


def path(desk: Desk, name: str) -> str:
    return str(desk.folder / name)


def test_a_file_comes_in_under_its_name(desk: Desk) -> None:
    os.utime(path(desk, "memo.txt"), ns=(1, 10**18))
    addition = desk.one(path(desk, "memo.txt"))
    assert (addition.fate, addition.name) == (Fate.ADDED, "memo.txt")
    assert desk.held() == {"memo.txt": b"The memo."}
    assert (desk.corpus / "memo.txt").stat().st_mtime_ns == 10**18
    assert (desk.folder / "memo.txt").exists()


def test_metadata_goes_in_front_of_markdown_and_beside_the_rest(desk: Desk) -> None:
    desk.add(path(desk, "memo.txt"), path(desk, "story.md"), fields={"title": "New"})
    assert desk.held() == {
        "memo.txt": b"The memo.",
        "memo.txt.yaml": b"title: New\n",
        "story.md": b"---\ntitle: New\n---\n\n# Story\n\nOnce.\n",
    }


@pytest.mark.parametrize("name", ["memo.txt", "story.md"])
@pytest.mark.parametrize("fields", [{}, {"title": "New", "tags": ("a", "b")}])
def test_adding_the_same_thing_twice_changes_nothing(
    desk: Desk, name: str, fields: dict[str, object]
) -> None:
    desk.one(path(desk, name), fields=fields)
    before = {each: (desk.corpus / each).stat() for each in desk.held()}
    for options in ({}, {"replace": True}):
        again = desk.one(path(desk, name), fields=fields, **options)
        assert again == Addition(path(desk, name), Fate.KNOWN, name)
    assert desk.one(path(desk, name)) == Addition(path(desk, name), Fate.KNOWN, name)
    assert {each: (desk.corpus / each).stat() for each in desk.held()} == before


@pytest.mark.parametrize("name", ["memo.txt", "story.md"])
def test_other_metadata_for_what_is_there_is_told_and_put_on_when_replacing(
    desk: Desk, name: str
) -> None:
    desk.one(path(desk, name), fields={"title": "Old", "source": "Gazette"})
    held = desk.held()
    asked = {"fields": {"title": "New"}}
    assert desk.one(path(desk, name), **asked) == Addition(
        path(desk, name), Fate.KNOWN, name, differs=True
    )
    assert desk.held() == held
    assert desk.one(path(desk, name), replace=True, **asked).fate is Fate.DESCRIBED
    text = b"".join(desk.held().values())
    assert b"title: New" in text
    assert b"source: Gazette" in text
    assert b"Old" not in text


def test_content_that_is_anywhere_in_the_corpus_is_not_added_again(desk: Desk) -> None:
    desk.write("corpus/deep/known.txt", "The memo.")
    assert desk.one(path(desk, "memo.txt")).name == "deep/known.txt"
    copy = desk.write("copy.txt", "The memo.")
    assert [each.name for each in desk.add(copy, path(desk, "memo.txt"), replace=True)] == [
        "deep/known.txt",
        "deep/known.txt",
    ]
    assert list(desk.held()) == ["deep/known.txt"]


@pytest.mark.parametrize("before", [{}, {"title": "New"}])
def test_markdown_is_known_elsewhere_with_and_without_its_metadata(
    desk: Desk, before: dict[str, str]
) -> None:
    desk.one(path(desk, "story.md"), into="old", fields=before)
    again = desk.one(path(desk, "story.md"), into="new", fields={"title": "New"})
    assert (again.fate, again.name) == (Fate.KNOWN, "old/story.md")
    assert again.differs is (before == {})


def test_the_same_content_twice_in_one_go_is_added_once(desk: Desk) -> None:
    copy = desk.write("copy.txt", "The memo.")
    fates = [each.fate for each in desk.add(path(desk, "memo.txt"), copy)]
    assert fates == [Fate.ADDED, Fate.KNOWN]


def test_another_document_of_the_same_name_stays_unless_it_is_to_be_replaced(desk: Desk) -> None:
    desk.write("corpus/memo.txt", "An older memo.")
    desk.write("corpus/memo.txt.yaml", "title: Older\n")
    reason = desk.refused(path(desk, "memo.txt"), fields={"source": "Ann"})
    assert reason == (
        "another document is called memo.txt; --replace replaces it, "
        "--name NAME adds this one beside it"
    )
    assert desk.held()["memo.txt"] == b"An older memo."
    assert desk.held()["memo.txt.yaml"] == b"title: Older\n"
    again = desk.one(path(desk, "memo.txt"), fields={"source": "Ann"}, replace=True)
    assert again.fate is Fate.REPLACED
    assert desk.held() == {"memo.txt": b"The memo.", "memo.txt.yaml": b"source: Ann\n"}


def test_markdown_of_the_same_name_and_another_text_is_another_document(desk: Desk) -> None:
    desk.one(path(desk, "story.md"), fields={"title": "New"})
    desk.write("story.md", "# Story\n\nTwice.\n")
    assert "another document is called story.md" in desk.refused(path(desk, "story.md"))
    desk.write("story.md", "---\ntitle: Other\n---\n# Story\n\nOnce.\n")
    assert "another document is called story.md" in desk.refused(path(desk, "story.md"))


@pytest.mark.parametrize(
    ("name", "into", "where"),
    [
        ("note", "", "note.txt"),
        ("note.txt", "", "note.txt"),
        ("note.md", "", "note.md"),
        ("2018.09", "", "2018.09.txt"),
        ("", "letters/2018", "letters/2018/memo.txt"),
        ("note", "./letters/", "letters/note.txt"),
    ],
)
def test_a_name_and_a_folder_may_be_given(desk: Desk, name: str, into: str, where: str) -> None:
    assert desk.one(path(desk, "memo.txt"), name=name, into=into).name == where
    assert list(desk.held()) == [where]


@pytest.mark.parametrize("into", ["../x", "/tmp", ".hidden", "index"])
def test_nothing_is_put_where_no_walk_finds_it(desk: Desk, into: str) -> None:
    desk.config = desk.config.override(index__path="corpus/index")
    assert desk.refused(path(desk, "memo.txt"), into=into)
    assert not (desk.folder / "x").exists()


def test_a_folder_comes_in_as_it_is_with_reasons_for_what_does_not(desk: Desk) -> None:
    desk.write("box/a.txt", "Letter a.")
    desk.write("box/deep/b.txt", "Letter b.")
    desk.write("box/deep/b.txt.yaml", "title: B\n")
    desk.write("box/.hidden/c.txt", "Letter c.")
    os.mkfifo(desk.folder / "box/pipe")
    (desk.folder / "box/link.txt").symlink_to(desk.folder / "memo.txt")
    done = {each.asked: each for each in desk.add(path(desk, "box"), fields={"kind": "letter"})}
    assert {Path(asked).name: each.reason for asked, each in done.items() if each.reason} == {
        "link.txt": "a link; links are not followed",
        "pipe": "not a regular file",
    }
    assert desk.held() == {
        "box/a.txt": b"Letter a.",
        "box/a.txt.yaml": b"kind: letter\n",
        "box/deep/b.txt": b"Letter b.",
        "box/deep/b.txt.yaml": b"title: B\nkind: letter\n",
    }


def test_a_folder_around_the_corpus_leaves_the_corpus_out(desk: Desk) -> None:
    desk.write("corpus/old.txt", "Old words.")
    desk.write("index/segment", "Not for reading.")
    added = desk.add(str(desk.folder), name="desk")
    assert [each.name for each in added] == ["desk/memo.txt", "desk/story.md"]
    assert list(desk.held()) == ["desk/memo.txt", "desk/story.md", "old.txt"]


def test_an_empty_folder_is_said(desk: Desk) -> None:
    (desk.folder / "empty").mkdir()
    assert desk.refused(path(desk, "empty")) == "has no files"


def test_what_cannot_be_added_has_its_reason_and_the_rest_goes_on(desk: Desk) -> None:
    (desk.folder / "link.txt").symlink_to("memo.txt")
    (desk.folder / "folder").symlink_to("corpus")
    (desk.folder / "loop").symlink_to("loop")
    desk.config = desk.config.override(corpus__max_file_mb=1)
    desk.write("large.txt", b"w" * (1024 * 1024 + 1))
    names = ["gone.txt", "link.txt", "folder", "loop", "large.txt", "n" * 300, ".", "memo.txt"]
    desk.write(".hidden.txt", "Hidden.")
    added = desk.add(*(path(desk, name) for name in [*names[:-2], ".hidden.txt", "memo.txt"]))
    assert [each.reason for each in added] == [
        "does not exist",
        "a link; name the file that it leads to",
        "a link; name the file that it leads to",
        "a link; name the file that it leads to",
        "larger than 1 MB (corpus.max_file_mb)",
        "File name too long",
        "hidden files are no documents; give it another with --name",
        "",
    ]
    assert list(desk.held()) == ["memo.txt"]


def test_a_file_brings_the_metadata_beside_it(desk: Desk) -> None:
    desk.write("memo.txt.yaml", "# mine\nsource: Ann\ntitle: Old\n")
    desk.one(path(desk, "memo.txt"), fields={"title": "New"})
    assert desk.held()["memo.txt.yaml"] == b"# mine\nsource: Ann\ntitle: New\n"


def test_metadata_that_cannot_be_read_is_said_and_nothing_is_added(desk: Desk) -> None:
    desk.write("memo.txt.yaml", "title: [\n")
    assert desk.refused(path(desk, "memo.txt"), fields={"title": "New"}).startswith("memo.txt.yaml")
    assert desk.held() == {}
    assert desk.one(path(desk, "memo.txt")).fate is Fate.ADDED  # it is copied as it is


def test_metadata_that_waits_for_its_document_is_used(desk: Desk) -> None:
    desk.write("corpus/memo.txt.yaml", "source: Ann\n")
    desk.one(path(desk, "memo.txt"), fields={"title": "New"})
    assert desk.held()["memo.txt.yaml"] == b"source: Ann\ntitle: New\n"


def test_a_path_inside_the_corpus_gets_its_metadata_alone(desk: Desk) -> None:
    inside = desk.write("corpus/people/keeper.txt", "The keeper.")
    assert desk.one(inside).fate is Fate.KNOWN
    done = desk.one(inside, fields={"title": "Keeper"})
    assert (done.fate, done.name) == (Fate.DESCRIBED, "people/keeper.txt")
    assert desk.one(inside, fields={"title": "Keeper"}).fate is Fate.KNOWN
    assert desk.held() == {
        "people/keeper.txt": b"The keeper.",
        "people/keeper.txt.yaml": b"title: Keeper\n",
    }
    for option in ({"into": "x"}, {"name": "x"}):
        assert desk.refused(inside, **option) == "is in the corpus already, and is not moved"


def test_a_folder_inside_the_corpus_has_all_its_documents_described(desk: Desk) -> None:
    desk.write("corpus/people/a.txt", "A.")
    desk.write("corpus/people/b.md", "B.\n")
    desk.write("corpus/c.txt", "C.")
    inside = str(desk.corpus / "people")
    assert [each.name for each in desk.add(inside, fields={"kind": "note"})] == [
        "people/a.txt",
        "people/b.md",
    ]
    assert "c.txt.yaml" not in desk.held()


@pytest.mark.parametrize("name", [".hidden.txt", "memo.txt.yaml", "gone.txt", "link.txt", "empty"])
def test_a_path_inside_the_corpus_that_is_no_document_is_refused(desk: Desk, name: str) -> None:
    for each in (".hidden.txt", "memo.txt", "memo.txt.yaml"):
        desk.write(f"corpus/{each}", "title: x")
    (desk.corpus / "link.txt").symlink_to("memo.txt")
    (desk.corpus / "empty").mkdir()
    before = desk.held()
    assert desk.refused(str(desk.corpus / name), fields={"title": "New"})
    assert desk.held() == before


def test_a_web_page_comes_in_with_where_and_when_it_was(desk: Desk, site: Site) -> None:
    url = site.url("/2018/memo.txt")
    added = desk.one(url, allow_private=True, fields={"title": "The memo", "date": "2018-09"})
    assert added.name == f"127.0.0.1-{site.port}/2018-memo.txt"
    held = desk.held()
    assert held[added.name] == MEMO
    lines = held[f"{added.name}.yaml"].decode().splitlines()
    assert lines[0] == f"url: {url}"
    assert lines[1].startswith("fetched: '20")
    assert lines[2:] == ["content_type: text/plain", "title: The memo", "date: 2018-09"]
    again = desk.one(url, allow_private=True)
    assert (again.fate, again.name, desk.held()) == (Fate.KNOWN, added.name, held)


def test_markdown_from_the_web_is_kept_as_it_was_sent(desk: Desk, site: Site) -> None:
    site.pages["/page.md"] = ("text/markdown", b"# Page\n\nText.\n")
    added = desk.one(site.url("/page.md"), allow_private=True, name="page", fields={"title": "P"})
    assert added.name == "page.md"
    assert desk.held()["page.md"] == b"# Page\n\nText.\n"
    assert b"title: P\n" in desk.held()["page.md.yaml"]


def test_a_page_that_has_changed_is_another_document(desk: Desk, site: Site) -> None:
    site.pages["/news.txt"] = ("text/plain", b"Nothing new.")
    desk.one(site.url("/news.txt"), allow_private=True)
    site.pages["/news.txt"] = ("text/plain", b"Something new.")
    assert "--replace" in desk.refused(site.url("/news.txt"), allow_private=True)
    done = desk.one(site.url("/news.txt"), allow_private=True, replace=True)
    assert done.fate is Fate.REPLACED
    assert desk.held()[done.name] == b"Something new."


def test_a_page_that_is_not_fetched_has_its_reason(desk: Desk, site: Site) -> None:
    assert "--allow-private" in desk.refused(site.url("/memo.txt"))
    assert desk.refused("ftp://example.org/x") == "only http and https are fetched, not ftp"
    assert desk.held() == {}


def test_a_corpus_is_made_where_there_is_no_index_of_one(tmp_path: Path) -> None:
    config = Config(root=tmp_path).override(index__path="index")
    index = EmbeddedIndex(tmp_path / "index")
    (tmp_path / "memo.txt").write_text("The memo.")
    shelf = open_shelf(index, config)
    list(add(shelf, config, [str(tmp_path / "memo.txt")], AddOptions()))
    sync(index, config)
    (tmp_path / "corpus").rename(tmp_path / "unplugged")
    with pytest.raises(CorpusMissing):
        open_shelf(index, config)
    assert not (tmp_path / "corpus").exists()


def read_texts(desk: Desk) -> tuple[list[str], list[str]]:
    """Index the corpus; return the texts of all passages, and the notes on their documents."""
    index = ReferenceIndex()
    sync(index, desk.config)
    sync(index, desk.config, SyncOptions(verify=True))
    documents = [document for document, _, _ in index.open().documents()]
    found = [each.text for doc in documents for each in index.open().passages(doc.id)]
    return found, [note for document in documents for note in sentences(document.notes)]


SPANISH = "El capitán Núñez cruzó el río."
PAGE = f"<html><head>%s<title>A</title></head><body><p>{SPANISH}</p></body></html>"


@pytest.mark.parametrize("encoding", ["windows-1252", "macintosh", "utf-16-le"])
@pytest.mark.parametrize("kind", ["text/html", "text/plain"])
def test_the_encoding_that_only_the_server_names_is_used_whenever_it_is_read(
    desk: Desk, site: Site, kind: str, encoding: str
) -> None:
    page = PAGE % "" if kind == "text/html" else SPANISH
    site.pages["/named"] = (f'{kind}; Charset="{encoding}"', page.encode(encoding))
    addition = desk.one(site.url("/named"), allow_private=True, fields={"kind": "story"})
    assert desk.held()[addition.name] == page.encode(encoding)
    assert read_texts(desk) == ([SPANISH], [])
    desk.one(str(desk.corpus / addition.name), fields={"kind": "note"})
    assert read_texts(desk) == ([SPANISH], [])


def test_a_mark_is_believed_before_the_server_and_the_server_before_the_page(
    desk: Desk, site: Site
) -> None:
    meta = PAGE % '<meta charset="koi8-r">'
    site.pages["/marked"] = ("text/html; charset=koi8-r", meta.encode("utf-8-sig"))
    site.pages["/plain"] = ("text/plain; charset=koi8-r", "El río creció.".encode("utf-8-sig"))
    site.pages["/meta"] = ("text/html; charset=utf-8", meta.replace("río", "mar").encode())
    desk.add(*(site.url(f"/{name}") for name in ("marked", "meta", "plain")), allow_private=True)
    told = [SPANISH, SPANISH.replace("río", "mar"), "El río creció."]
    assert read_texts(desk) == (told, [])
