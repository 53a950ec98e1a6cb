"""Running heads, running feet and page numbers."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from backstory.indexer.readers.running_heads import without_running_heads


@dataclass(frozen=True)
class Line:
    """A line at its height."""

    text: str
    page: int
    base: float


def pages(*written: list[str]) -> list[list[Line]]:
    return [
        [Line(text, number, 800 - 20 * at) for at, text in enumerate(texts)]
        for number, texts in enumerate(written, 1)
    ]


def kept(*written: list[str]) -> list[list[str]]:
    return [[line.text for line in page] for page in without_running_heads(pages(*written))]


def test_what_repeats_at_the_edges_of_pages_goes() -> None:
    found = kept(
        ["The Gazette", "Lamps.", "More.", "One", "1"],
        ["The Gazette", "Radios.", "Sheds.", "Two", "2"],
        ["The Gazette", "Ships.", "Crates.", "Three", "3"],
    )
    assert found == [
        ["Lamps.", "More.", "One"],
        ["Radios.", "Sheds.", "Two"],
        ["Ships.", "Crates.", "Three"],
    ]


def test_heads_of_chapters_go_by_their_numbers() -> None:
    heads = ["Lamps 4", "5 Lamps", "Radios 6", "7 Radios", "Sheds 8", "9 Sheds"]
    texts = ["one", "two", "three", "four", "five", "six"]
    found = kept(
        *(
            [head, f"{text} a.", f"{text} b.", f"{text} c.", f"{text} d."]
            for head, text in zip(heads, texts, strict=True)
        )
    )
    assert [page[0] for page in found] == [f"{text} a." for text in texts]


@pytest.mark.parametrize("mark", ["Page 1 of 1", "Page 1", "- 1 -", "1"])
def test_the_number_of_a_single_page_goes(mark: str) -> None:
    assert kept(["A line.", "Another line.", mark]) == [["A line.", "Another line."]]


def test_text_that_repeats_within_pages_stays() -> None:
    body = [f"line {word}" for word in "abcdefgh"]
    found = kept(*[[f"Head {word}", *body, f"foot {word}"] for word in ("x", "y")])
    assert all("line d" in page for page in found)


def test_lines_that_differ_stay() -> None:
    written = [["A storm came.", "It went."], ["Nobody was hurt.", "The lamp burned."]]
    assert kept(*written) == written
