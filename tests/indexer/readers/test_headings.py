"""No heading is lost: it stands over what follows, or is a paragraph where nothing does."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.indexer.readers import Paragraph, Source
from backstory.indexer.readers.blocks import Block, paragraphs
from backstory.indexer.readers.markdown import read
from backstory.indexer.settings import CorpusSettings
from backstory.indexer.sync import sync
from backstory.searcher import Searcher
from backstory.settings import Config
from backstory.testing import ReferenceIndex

# Level 0 is a paragraph; the first heading of level 1 is the title.
Outlined = list[tuple[int, str]]
PAGE: Outlined = [
    (1, "Report"),
    (2, "Findings of the divers"),
    (2, "Nine piles are hollow"),
    (2, "The ice house"),
    (3, "Its roof"),
    (0, "The roof is sound."),
    (3, "Its floor"),
    (2, "Appendix lost in 1974"),
]
PLACED = [
    ("", "Findings of the divers"),
    ("", "Nine piles are hollow"),
    ("", "The ice house"),
    ("The ice house > Its roof", "The roof is sound."),
    ("The ice house", "Its floor"),
    ("", "Appendix lost in 1974"),
]


def of_markdown(outlined: Outlined) -> tuple[str, tuple[Paragraph, ...]]:
    text = "\n\n".join(f"{'#' * level} {text}".strip() for level, text in outlined)
    reading = read(Source(Path("a.md"), "a.md", text.encode(), False, CorpusSettings()))
    return reading.title, reading.paragraphs


def of_blocks(outlined: Outlined) -> tuple[str, tuple[Paragraph, ...]]:
    return paragraphs(Block(text, level) for level, text in outlined)


READERS = pytest.mark.parametrize("outline", [of_markdown, of_blocks])


@READERS
def test_headings_without_a_paragraph_are_paragraphs_at_their_place(outline) -> None:
    title, found = outline(PAGE)
    assert title == "Report"
    assert [(each.heading, each.text) for each in found] == PLACED
    assert [each.start for each in found] == sorted({each.start for each in found})


@READERS
def test_a_lower_heading_closes_with_the_one_above_it(outline) -> None:
    _, found = outline(
        [(1, "T"), (2, "A"), (4, "B"), (0, "b"), (3, "C"), (0, "c"), (2, "D"), (0, "d")]
    )
    assert [each.heading for each in found] == ["", "A > B", "A > C", "D"]


@READERS
def test_a_document_of_a_title_alone_has_it_as_its_paragraph(outline) -> None:
    title, found = outline([(1, "The harbour is closed")])
    assert (title, [each.text for each in found]) == (title, ["The harbour is closed"])


@READERS
def test_a_title_over_text_is_no_paragraph(outline) -> None:
    assert [each.text for each in outline([(1, "Title"), (0, "Text")])[1]] == ["Text"]


@READERS
@given(outlined=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 40)), min_size=1))
def test_every_heading_of_every_outline_is_found(outline, outlined: list[tuple[int, int]]) -> None:
    named = [(level, f"word{number}") for level, number in outlined]
    title, found = outline(named)
    shown = {title, *(each.text for each in found)}
    assert {text for _, text in named} <= shown | {
        part for each in found for part in each.heading.split(" > ")
    }


def test_a_search_finds_headings_without_a_paragraph(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    text = "\n\n".join(f"{'#' * level} {text}".strip() for level, text in PAGE)
    (tmp_path / "corpus/report.md").write_text(text)
    index = ReferenceIndex()
    sync(index, Config(root=tmp_path))
    searcher = Searcher(index)
    for words, place in [("nine hollow piles", "#p2"), ("appendix 1974", "#p6"), ("floor", "#p5")]:
        assert searcher.search(words).hits[0].passage == f"report{place}"
