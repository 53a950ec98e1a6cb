"""What comes back from the process that opens documents is checked before it is used."""

from __future__ import annotations

import json

import pytest

from backstory.indexer.exchange import FalseAnswer
from backstory.indexer.originals import members, pages
from backstory.indexer.readers.pdf.picture import pixels_of

MOST = 4_000_000


def answer(head: object, data: bytes = b"") -> bytes:
    return json.dumps(head).encode() + b"\n" + data


def test_a_page_is_taken_as_it_is() -> None:
    page = pages.loaded(answer([7, 2, 1, [["word", 0, 0, 1, 1]]], b"abcdef"), MOST)
    assert (page.pages, page.width, page.height, bytes(page.pixels)) == (7, 2, 1, b"abcdef")
    assert page.words == (pages.PageWord("word", (0, 0, 0.5, 1)),)


@pytest.mark.parametrize(
    "false",
    [
        b"",
        b"[1, 2",
        b"[" * 100_000,
        answer({"pages": 1}),
        answer([1, 2, 1]),
        answer([1, 2, 1, []], b"abc"),
        answer([1, 2, 1, []], b"abcdefg"),
        answer([1, -2, -1, []], b"abcdef"),
        answer([1, 2.0, 1, []], b"abcdef"),
        answer([True, 2, 1, []], b"abcdef"),
        answer([1, 10**9, 10**9, []]),
        answer([1, 4_000, 1_001, []], bytes(3 * 4_000 * 1_001)),
        answer([1, 2, 1, [["word", 0, 0, 3, 1]]], b"abcdef"),
        answer([1, 2, 1, [["word", 1, 0, 0, 1]]], b"abcdef"),
        answer([1, 2, 1, [["word", 0, 0, 1]]], b"abcdef"),
        answer([1, 2, 1, [[7, 0, 0, 1, 1]]], b"abcdef"),
        answer([1, 2, 1, [["word", 0, 0, 0.5, 1]]], b"abcdef"),
        answer([1, 2, 1, 5], b"abcdef"),
        answer([1, 2, 1, [["w" * 300_000, 0, 0, 1, 1]]], b"abcdef"),
    ],
)
def test_a_false_page_is_refused(false: bytes) -> None:
    with pytest.raises(FalseAnswer):
        pages.loaded(false, MOST)


def test_a_member_is_taken_as_it_is() -> None:
    assert members.loaded(answer(["a.txt", True], b"one\ntwo")) == ("a.txt", True, b"one\ntwo")
    assert members.loaded(answer(["", False])) == ("", False, b"")
    assert members.loaded(answer(["../../a\r\nb", True]))[0] == "a__b"


@pytest.mark.parametrize("false", [b"", b"[", answer(["a"]), answer([1, True]), answer(["a", 1])])
def test_a_false_member_is_refused(false: bytes) -> None:
    with pytest.raises(FalseAnswer):
        members.loaded(false)


@pytest.mark.parametrize(
    ("size", "pixels"),
    [
        ((595, 842), (1_000, 1_415)),
        ((842, 595), (1_000, 706)),
        ((14_400, 14_400), (1_000, 1_000)),
        ((100, 14_400), (166, 8_000)),
        ((1e-9, 1e9), (1, 8_000)),
        ((1e9, 1e-9), (1_000, 1)),
        ((0, 0), (1_000, 1_294)),
        ((float("nan"), 5), (1_000, 1_294)),
        ((float("inf"), 5), (1_000, 1_294)),
    ],
)
def test_no_page_has_more_pixels_than_the_limit(
    size: tuple[float, float], pixels: tuple[int, int]
) -> None:
    assert pixels_of(size, 1_000, MOST) == pixels
    assert pixels[0] * pixels[1] <= MOST
