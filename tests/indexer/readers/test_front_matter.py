"""Metadata that is put on a document: read back as it was given, and nothing else changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.indexer.readers import Source, front_matter, markdown
from backstory.indexer.readers.metadata import (
    MAX_METADATA,
    Fields,
    MetadataError,
    clean,
    read_sidecar,
)
from backstory.indexer.settings import CorpusSettings

GIVEN: Fields = {"title": "The lamp", "tags": ("sea", "night, dark")}


def said(data: bytes) -> Fields:
    """Return what Markdown says about itself, as its reader finds it."""
    reading = markdown.read(Source(Path("x.md"), "x.md", data, False, CorpusSettings()))
    fields = ("title", "source", "author", "date", "language", "kind", "url", "tags")
    return {name: value for name in fields if (value := getattr(reading, name))}


def test_markdown_gets_front_matter() -> None:
    data, beside = front_matter.with_fields("x.md", b"# Lamp\n\nLit.\n", None, GIVEN)
    assert data == (b"---\ntitle: The lamp\ntags:\n- sea\n- night, dark\n---\n\n# Lamp\n\nLit.\n")
    assert beside is None
    assert said(data) == GIVEN


def test_any_other_file_gets_its_metadata_beside_it() -> None:
    data, beside = front_matter.with_fields("x.txt", b"Lit.\n", None, GIVEN)
    assert data == b"Lit.\n"
    assert beside == b"title: The lamp\ntags:\n- sea\n- night, dark\n"


def test_without_metadata_nothing_is_written() -> None:
    assert front_matter.with_fields("x.md", b"Lit.", None, {}) == (b"Lit.", None)
    assert front_matter.with_fields("x.txt", b"Lit.", b"{", {}) == (b"Lit.", b"{")


def test_what_front_matter_says_already_is_kept_line_by_line() -> None:
    before = (
        "---\n# by hand\nTitle: Old\nauthors:\n  - Ann\n  - Bob\n# about the rest\nmine: |\n"
        "  two\n  lines\nsource: Gazette # the old one\n---\nLit.\n"
    )
    data, _ = front_matter.with_fields(
        "x.md", before.encode(), None, {"title": "New", "author": "Cy"}
    )
    assert data.decode() == (
        "---\n# by hand\n# about the rest\nmine: |\n  two\n  lines\n"
        "source: Gazette # the old one\ntitle: New\nauthor: Cy\n---\nLit.\n"
    )
    assert said(data) == {"title": "New", "author": "Cy", "source": "Gazette"}


def test_line_ends_and_byte_order_mark_stay() -> None:
    before = b"\xef\xbb\xbf---\r\nsource: Gazette\r\n---\r\n\r\nLit.\r\n"
    data, _ = front_matter.with_fields("x.md", before, None, {"title": "New"})
    assert data == b"\xef\xbb\xbf---\r\nsource: Gazette\r\ntitle: New\n---\r\n\r\nLit.\r\n"


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b"---\n",
        b"---\n\nA border.\n\n---\n\nB",
        b"\n\nLate.\n",
        b"---\n---\nEmpty.\n",
        b"----\nx",
    ],
)
def test_a_page_stays_the_page_it_was(page: bytes) -> None:
    data, beside = front_matter.with_fields("x.md", page, None, {"title": "New"})
    assert beside is None
    assert said(data)["title"] == "New"
    assert data.endswith(page.removeprefix(b"---\n---\n"))


@pytest.mark.parametrize(
    "data",
    [
        "Añejo".encode("latin-1"),
        "Lit.".encode("utf-16"),
        b"---\ntitle: [\n---\nLit.\n",
        b"---\ntitle: &a x\nsource: *a\n---\nLit.\n",
    ],
)
def test_markdown_that_cannot_be_labelled_is_not_touched(data: bytes) -> None:
    assert front_matter.with_fields("x.md", data, None, {"title": "New"}) == (data, b"title: New\n")


def test_markdown_with_metadata_beside_it_gets_more_there() -> None:
    data, beside = front_matter.with_fields("x.md", b"Lit.", b"source: Gazette\n", {"title": "New"})
    assert (data, beside) == (b"Lit.", b"source: Gazette\ntitle: New\n")


@pytest.mark.parametrize(
    ("beside", "after"),
    [
        (b"", b"title: New\n"),
        (b"# nothing yet\n", b"# nothing yet\ntitle: New\n"),
        (b"title: Old", b"title: New\n"),
        (b"{title: Old, source: Gazette}", b"source: Gazette\ntitle: New\n"),
        (b"---\nsource: Gazette\n...\n", b"source: Gazette\ntitle: New\n"),
        (b"? source\n: Gazette\n", b"? source\n: Gazette\ntitle: New\n"),
        (b'"title": "Old"\nsource: >\n  Ga\n  zette\n', b"source: >\n  Ga\n  zette\ntitle: New\n"),
        (b"\xef\xbb\xbfsource: Gazette\n", b"source: Gazette\ntitle: New\n"),
    ],
)
def test_metadata_beside_a_file_is_added_to(beside: bytes, after: bytes) -> None:
    assert front_matter.sidecar(beside, {"title": "New"}) == after


@pytest.mark.parametrize("beside", [b"title: [", b"- a\n- b\n", "título: x".encode("latin-1")])
def test_metadata_that_cannot_be_read_is_an_error_and_not_replaced(beside: bytes) -> None:
    with pytest.raises(MetadataError):
        front_matter.with_fields("x.txt", b"Lit.", beside, {"title": "New"})


def test_metadata_does_not_outgrow_what_is_read() -> None:
    with pytest.raises(MetadataError, match="longer than 64 KB"):
        front_matter.sidecar(None, {"tags": ["word"] * MAX_METADATA})


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(texts, st.lists(texts, max_size=3))
def test_any_metadata_is_read_back_as_it_was_given(title: str, tags: list[str]) -> None:
    fields, _ = clean({"title": title, "tags": tags}, "")
    if not fields:
        return
    _, beside = front_matter.with_fields("x.txt", b"Lit.", None, fields)
    assert read_sidecar(beside or b"", "x.txt.yaml") == (fields, ())
    data, nothing = front_matter.with_fields("x.md", b"Lit.\n", None, fields)
    assert nothing is None
    assert {name: said(data)[name] for name in fields} == fields
    assert front_matter.with_fields("x.md", data, None, fields) == (data, None)


@given(
    st.text(st.characters(exclude_characters="\0"), max_size=200),
    st.sampled_from(["", "---\n", "---\na: b\n---\n", "---\ntitle: x\n"]),
)
def test_any_page_below_keeps_its_text(text: str, start: str) -> None:
    whole = (start + text).encode("utf-8", "replace")
    data, beside = front_matter.with_fields("x.md", whole, None, {"title": "New"})
    if beside is None:
        assert front_matter.without_front_matter("x.md", data) == front_matter.without_front_matter(
            "x.md", whole
        )
        assert said(data + b"\n\nLit.")["title"] == "New"
    else:
        assert data == whole


def test_a_page_is_told_from_its_front_matter() -> None:
    assert front_matter.without_front_matter("x.md", b"---\ntitle: x\n---\n\nLit.\n") == b"Lit.\n"
    assert front_matter.without_front_matter("x.txt", b"---\ntitle: x\n---\n\nLit.\n").startswith(
        b"---"
    )
    assert front_matter.without_front_matter("x.md", "Añejo".encode("latin-1")) == "Añejo".encode(
        "latin-1"
    )
