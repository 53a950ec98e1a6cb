"""Documents and passages: addresses, keys, and the way to JSON and back."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backstory.engine.documents import Document, FileState, IndexedDocument, Passage, split_address
from backstory.engine.remarks import Code, Remark

NOTED = (Remark.of(Code.DATE_TAKEN, date="2018", where="the text"),)


@given(st.text(min_size=1), st.integers(1, 10**9 - 1))
@example("box 7/memo #3 100%?", 12)
@example("a#p3", 1)
@example("#", 1)
@example("a\nb", 2)
def test_address_leads_back_to_its_passage(document_id: str, number: int) -> None:
    assert split_address(Passage(document_id, number, "").address) == (document_id, number)


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("article", ("article", None)),
        ("article#p12", ("article", 12)),
        ("article#12", ("article", 12)),
        ("article#p0", ("article", 0)),
        ("article#", ("article#", None)),
        ("article#p", ("article#p", None)),
        ("article#p-1", ("article#p-1", None)),
        ("article#p1x", ("article#p1x", None)),
        ("memo #3 b", ("memo #3 b", None)),
        ("#p1", ("#p1", None)),
        ("", ("", None)),
        ("a#p1234567890", ("a#p1234567890", None)),
        ("a#p١", ("a#p١", None)),
    ],
)
def test_address_is_split_into_id_and_number(address: str, parts: tuple[str, int | None]) -> None:
    assert split_address(address) == parts


PASSAGE = Passage("a", 1, "The admiral’s radios: 1,750 of them, half-finished!")


@pytest.mark.parametrize(
    "text",
    [
        "  The   admiral’s\n\tradios: 1,750 of them, half-finished!  ",
        "THE ADMIRAL’S RADIOS: 1,750 OF THEM, HALF-FINISHED!",
        "The admiral's radios — 1 750 of them (half finished)",
    ],
)
def test_key_is_the_same_for_other_spacing_capitals_and_punctuation(text: str) -> None:
    assert replace(PASSAGE, text=text, number=7, document="b").key == PASSAGE.key


@pytest.mark.parametrize("text", ["The admiral’s radio: 1,750 of them, half-finished!", "", "The"])
def test_key_is_another_for_other_words(text: str) -> None:
    assert replace(PASSAGE, text=text).key != PASSAGE.key


@given(st.text())
@example("\udce9")
def test_any_text_has_a_key_of_twelve_digits(text: str) -> None:
    key = Passage("a", 1, text).key

    assert len(key) == 12
    assert set(key) <= set("0123456789abcdef")


@pytest.mark.parametrize(
    "document",
    [
        Document("a", "T"),
        Document("a", "T", "s", "x", "2018", "es", "k", ("t", "u"), "https://e", "p", "0f", NOTED),
    ],
)
def test_document_comes_back_from_json(document: Document) -> None:
    assert Document.from_json(json.loads(json.dumps(document.to_json()))) == document


@pytest.mark.parametrize("sidecar", [None, (3, 4), (0, 0)])
def test_file_state_comes_back_from_json(sidecar: tuple[int, int] | None) -> None:
    state = FileState("a\udce9.txt", 1, 2**62, 3, sidecar)

    assert FileState.from_json(json.loads(json.dumps(state.to_json()))) == state


def test_document_needs_no_file() -> None:
    assert IndexedDocument(Document("a", "T"), ()).file == FileState("", 0, 0, 0)
