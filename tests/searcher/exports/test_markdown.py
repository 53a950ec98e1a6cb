"""Markdown: a reader of Markdown sees the words that were quoted, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from backstory.engine.characters import on_one_line
from backstory.searcher.exports import Quotation
from backstory.searcher.exports.markdown import block, escape, markdown
from tests.searcher.exports.conftest import BARE, TALKS, hostile, quotations

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def inlines(written: str) -> list[Token]:
    """Return the paragraphs that a reader of Markdown finds."""
    return [token for token in READER.parse(written) if token.type == "inline"]


def text_of(token: Token) -> str:
    """Return the text of a paragraph, which must hold nothing but text."""
    children = token.children or []
    assert {child.type for child in children} <= {"text", "text_special"}
    return "".join(child.content for child in children)


def test_a_quotation_is_a_block_with_a_line_of_citation() -> None:
    assert block(TALKS) == (
        "> They wanted “radios”, 100% sure. Nothing else.\n"
        ">\n"
        "> — Ines Falk, *The talks \\& the \\*radios\\**, Harbour Gazette, 2018-09,"
        " passage events/talks#p3, page 4, <https://gazette.example/talks?page=2&q=a_b>"
    )


def test_what_is_not_known_is_absent() -> None:
    assert block(BARE) == "> A line.\n>\n> — *notes*, passage notes#p1"
    assert block(replace(BARE, text="")) == "> — *notes*, passage notes#p1"


def test_a_document_is_cited_on_a_line() -> None:
    assert block(replace(TALKS, number=None, page=None)).startswith("Ines Falk, *The talks")


@given(hostile)
@example("# no heading")
@example("1. no list")
@example("\\# a backslash, and \\! another")
@example("![no picture](https://a.example)")
def test_text_is_read_as_it_stands(text: str) -> None:
    shown = on_one_line(text)
    read = [text_of(token) for token in inlines(f"> {escape(text)}")]
    assert read == ([shown] if shown else [])


@pytest.mark.parametrize("text", ["see https://a.example", "www.a.example", "mail me@a.example"])
def test_addresses_are_written_so_that_no_reader_links_them(text: str) -> None:
    assert "\\" in escape(text)
    assert [text_of(token) for token in inlines(escape(text))] == [text]


@given(st.lists(quotations, max_size=4))
def test_each_quotation_is_one_block(made: list[Quotation]) -> None:
    tokens = READER.parse("".join(markdown(made)))

    assert sum(token.type == "blockquote_open" for token in tokens) == len(made)
    assert {token.type for token in tokens if token.level == 0} <= {
        "blockquote_open",
        "blockquote_close",
    }


@given(quotations)
def test_a_citation_has_the_title_set_off_and_the_link(quotation: Quotation) -> None:
    children = inlines(block(quotation))[-1].children or []
    kinds = [child.type for child in children]
    title = on_one_line(quotation.title)

    assert kinds.count("em_open") == bool(title)
    assert kinds.count("link_open") == bool(quotation.link)
    assert set(kinds) <= {"text", "text_special", "em_open", "em_close", "link_open", "link_close"}
    if title:
        inside = children[kinds.index("em_open") + 1 : kinds.index("em_close")]
        assert "".join(child.content for child in inside) == title
