"""`backstory add`: what it prints, how it ends, and that what it added is found."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.backstory.conftest import Run
from tests.site import Site, serving


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """A web server on this machine."""
    with serving() as running:
        yield running


@pytest.fixture
def memo(indexed: Path) -> Path:
    """A paper that is not in the corpus."""
    path = indexed / "memo.txt"
    path.write_text("The memo about lamps.\n\nNobody signed it.\n", encoding="utf-8")
    return path


def test_a_file_is_added_and_found_under_the_address_that_is_printed(memo: Path, run: Run) -> None:
    done = run("add", memo, "--title", "A memo", "--source", "Archive", "--date", "March 9, 2018")
    assert (done.status, done.out, done.err) == (0, "memo: 2 passages, added (memo.txt)\n", "")
    found = run("query", "lamps", "source:Archive", "date:2018-03")
    assert "A memo · Archive · 2018-03-09  memo#p1" in found.out


def test_adding_it_again_changes_nothing(memo: Path, run: Run) -> None:
    run("add", memo, "--title", "A memo")
    before = run("status").out
    again = run("add", memo, "--title", "A memo")
    assert (again.status, again.err) == (0, "")
    assert again.out == "memo: 2 passages, already there (memo.txt)\n"
    assert run("status").out == before
    other = run("add", memo, "--title", "Another")
    assert (other.status, other.out) == (0, again.out)
    assert "corpus/memo.txt has other metadata; to change it, add that path." in other.err


def test_only_what_was_added_is_indexed(memo: Path, run: Run) -> None:
    (memo.parent / "corpus/storm.txt").write_text("A calm.", encoding="utf-8")
    run("add", memo)
    assert run("query", "--exact", "calm").status == 1
    assert "1 file to read" in run("status").out


def test_some_of_several_are_added_and_the_rest_have_their_reasons(memo: Path, run: Run) -> None:
    memo.with_name("story.md").write_text("# Story\n\nOnce.\n", encoding="utf-8")
    memo.with_name("page.mp3").write_bytes(b"\x89PNG")
    done = run("add", "gone.txt", memo, "story.md", "page.mp3", "ftp://x.example/", "--tag", "a")
    assert done.status == 1
    assert done.out.splitlines() == [
        "memo: 2 passages, added (memo.txt)",
        "story: 1 passage, added (story.md)",
    ]
    assert done.err.splitlines() == [
        "Not added: gone.txt: does not exist",
        "Not added: ftp://x.example/: only http and https are fetched, not ftp",
        "Not added: page.mp3: no reader for .mp3: add a transcript (.srt, .vtt)",
    ]
    assert (memo.parent / "corpus/story.md").read_text().startswith("---\ntags:\n- a\n---\n")


def test_what_cannot_be_read_leaves_nothing_behind(memo: Path, run: Run) -> None:
    corpus = memo.parent / "corpus"
    (corpus / "known.bin.yaml").write_text("title: Known\n", encoding="utf-8")
    before = sorted(corpus.rglob("*"))
    for name in ("odd.bin", "known.bin"):
        memo.with_name(name).write_bytes(b"\0\1\2\xff")
    done = run("add", "odd.bin", "--title", "Odd")
    assert (done.status, done.out) == (1, "")
    assert done.err == "Not added: odd.bin: no reader for .bin\n"
    assert sorted(corpus.rglob("*")) == before
    assert "odd.bin" not in run("status").out
    assert memo.with_name("odd.bin").is_file()
    done = run("add", "known.bin")  # its metadata was in the corpus before, and is not deleted
    assert "In the corpus, not in the index: known.bin" in done.err
    assert (corpus / "known.bin.yaml").is_file()


def test_a_file_of_the_corpus_that_cannot_be_read_stays(memo: Path, run: Run) -> None:
    odd = memo.parent / "corpus/odd.bin"
    odd.write_bytes(b"\0\1\2\xff")
    assert run("add", odd, "--title", "Odd").status == 1
    assert odd.is_file()


def test_a_document_in_the_corpus_gets_its_metadata(indexed: Path, run: Run) -> None:
    done = run("add", "corpus/storm.txt", "--title", "The great storm")
    assert done.out == "storm: 2 passages, metadata changed (storm.txt)\n"
    assert "The great storm" in run("show", "storm").out
    assert run("add", "corpus/harbour.md", "--title", "Docks").status == 0
    shown = run("show", "harbour").out
    assert "Docks · Gazette · Ann Field · 2018-02-01" in shown


def test_a_document_in_the_corpus_that_was_not_indexed_is(indexed: Path, run: Run) -> None:
    (indexed / "corpus/new.txt").write_text("New words.", encoding="utf-8")
    assert run("add", "corpus/new.txt").out == "new: 1 passage, already there (new.txt)\n"
    assert run("query", "new").status == 0


def test_another_of_the_same_name_is_refused_or_replaces(memo: Path, run: Run) -> None:
    (memo.parent / "corpus/memo.txt").write_text("An old memo.", encoding="utf-8")
    done = run("add", memo)
    assert (done.status, done.out) == (1, "")
    assert "--replace replaces it, --name NAME adds this one beside it" in done.err
    assert run("add", memo, "--name", "memo-2").out == "memo-2: 2 passages, added (memo-2.txt)\n"
    memo.write_text("A third memo.", encoding="utf-8")
    assert run("add", memo, "--replace").out == "memo: 1 passage, replaced (memo.txt)\n"


def test_a_copy_of_what_is_replaced_is_indexed_and_named(memo: Path, run: Run) -> None:
    (memo.parent / "corpus/twin.txt").write_bytes((memo.parent / "corpus/storm.txt").read_bytes())
    run("index")
    done = run("add", memo, "--name", "storm.txt", "--replace")
    assert done.out == "storm: 2 passages, replaced (storm.txt)\n"
    assert done.err == "Indexed now: twin, until now left out as a copy of storm\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--date", "yesterday"], "Invalid value for --date: not a date such as 2018-09-08."),
        (["--language", "4"], "Invalid value for --language: not a language code such as en."),
        (["--url", "javascript:x"], "Invalid value for --url: not a web address."),
        (["--title", " "], "Invalid value for --title: it is empty."),
        (["--title", "a\nb"], "Metadata is text of one line."),
        (["--title", os.fsdecode(b"\xff")], "Metadata is text of one line."),
        (["--tag", ""], "Invalid value for --tag: it is empty."),
        (["--into", "../x"], "--into wants a folder of the corpus"),
        (["--into", "/x"], "--into wants a folder of the corpus"),
        (["--name", "a/b"], "--name wants a name"),
        (["--name", "a", "other.txt"], "--name is for one file"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_added(
    memo: Path, run: Run, arguments: list[str], said: str
) -> None:
    done = run("add", memo, *arguments)
    assert done.status == 2
    assert said in done.err
    assert not (memo.parent / "corpus/memo.txt").exists()


def test_a_page_is_fetched_kept_and_found(indexed: Path, run: Run, site: Site) -> None:
    url = site.url("/2018/memo.txt")
    done = run("add", url, "--allow-private", "--title", "The memo")
    name = f"127.0.0.1-{site.port}/2018-memo"
    assert (done.status, done.out) == (0, f"{name}: 2 passages, added ({name}.txt)\n")
    assert run("query", "typed", f"doc:127.0.0.1-{site.port}/").status == 0
    assert "already there" in run("add", url, "--allow-private").out


def test_a_page_without_a_reader_is_kept_and_said(indexed: Path, run: Run, site: Site) -> None:
    site.pages["/a.zip"] = ("application/epub+zip", b"not\0a book")
    done = run("add", site.url("/a.zip"), "--allow-private", "--name", "book")
    assert (done.status, done.out) == (1, "")
    assert "In the corpus, not in the index: book.epub: " in done.err
    assert (indexed / "corpus/book.epub").read_bytes() == b"not\0a book"


def test_this_machine_is_not_asked_by_default(indexed: Path, run: Run, site: Site) -> None:
    done = run("add", site.url("/memo.txt"))
    assert done.status == 1
    assert "leads to 127.0.0.1, which is not public (--allow-private allows it)" in done.err


def test_limits_come_from_the_settings(indexed: Path, run: Run, site: Site) -> None:
    (indexed / "config.toml").write_text("[fetch]\nmax_mb = 1\nseconds = 0.3\n", encoding="utf-8")
    done = run("add", site.url("/gzip/2"), site.url("/mute"), "--allow-private")
    assert done.status == 1
    assert "larger than 1 MB (fetch.max_mb)" in done.err
    assert "took longer than 0.3 s (fetch.seconds)" in done.err


def test_what_a_server_says_cannot_take_over_the_terminal(
    indexed: Path, run: Run, site: Site
) -> None:
    done = run("add", site.url("/rude"), "--allow-private")
    assert "the server answered 500 ␛[2J\ufffd" in done.err
    assert not {"\x1b", "\x9b"} & set(done.err)


def test_what_was_added_to_a_busy_index_is_said_and_waits(memo: Path, run: Run) -> None:
    from backstory.engine.indexes.embedded import EmbeddedIndex

    (memo.parent / "config.toml").write_text("[index]\nwait = 0.0\n", encoding="utf-8")
    writer = EmbeddedIndex(memo.parent / "var/index").writer()
    try:
        done = run("add", memo)
    finally:
        writer.close()
    assert done.status == 3
    assert "1 file in the corpus, but not indexed." in done.err
    assert "1 added" in run("index").out


def test_a_full_disk_ends_it_and_what_came_before_is_indexed(
    memo: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    memo.with_name("second.txt").write_text("The second.", encoding="utf-8")
    link = os.link

    def full(draft: Path, path: Path, **options: bool) -> None:
        if "second" in str(path):
            raise OSError(28, "No space left on device")
        link(draft, path, **options)

    monkeypatch.setattr(os, "link", full)
    done = run("add", memo, "second.txt")
    assert done.status == 5
    assert done.out == "memo: 2 passages, added (memo.txt)\n"
    assert "disk full, what is in the corpus stays as it was" in done.err


def test_a_first_document_makes_the_corpus(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "memo.txt").write_text("The memo.", encoding="utf-8")
    assert run("--corpus", "new/dossier", "add", "memo.txt").status == 0
    (tmp_path / "new").rename(tmp_path / "unplugged")
    (tmp_path / "other.txt").write_text("Another.", encoding="utf-8")
    done = run("--corpus", "new/dossier", "add", "other.txt")
    assert done.status == 2
    assert "does not exist; nothing was changed" in done.err
    assert not (tmp_path / "new").exists()


def test_a_name_that_is_too_long_is_said(memo: Path, run: Run) -> None:
    done = run("add", memo, "--name", "n" * 300)
    assert (done.status, done.err) == (1, f"Not added: {memo}: File name too long\n")
