"""CSL-JSON: an array of items with the names and types of the schema."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.searcher.exports import Quotation
from backstory.searcher.exports.csl_json import TYPES, csl_json, item
from tests.searcher.exports.conftest import BARE, TALKS, quotations

# Of csl-data.json, the parts that are written here.
SCHEMA_TYPES = set(
    """
    article article-journal article-magazine article-newspaper bill book broadcast chapter classic
    collection dataset document entry entry-dictionary entry-encyclopedia event figure graphic
    hearing interview legal_case legislation manuscript map motion_picture musical_score pamphlet
    paper-conference patent performance periodical personal_communication post post-weblog
    regulation report review review-book software song speech standard thesis treaty webpage
    """.split()
)
TEXTS = {"title", "container-title", "URL", "language", "note", "abstract"}


def hold_schema(made: dict[str, Any]) -> None:
    """Check an item against the essentials of the schema."""
    assert set(made) <= TEXTS | {"id", "type", "author", "issued", "custom"}
    assert isinstance(made["id"], str)
    assert made["type"] in SCHEMA_TYPES
    assert all(isinstance(made[name], str) and made[name] for name in TEXTS & set(made))
    assert isinstance(made["custom"], dict)
    for name in made.get("author", []):
        assert list(name) == ["literal"]
    if "issued" in made:
        (kind, value), *others = made["issued"].items()
        assert others in ([], [("circa", True)])
        assert kind == "date-parts" or isinstance(value, str)
        if kind == "date-parts":
            assert len(value) == 1
            assert 1 <= len(value[0]) <= 3
            assert all(type(part) is int for part in value[0])


def test_an_item_has_the_facts_of_its_document() -> None:
    assert item(TALKS) == {
        "id": "events/talks#p3",
        "type": "article-newspaper",
        "title": "The talks & the *radios*",
        "author": [{"literal": "Ines Falk"}],
        "issued": {"date-parts": [[2018, 9]]},
        "container-title": "Harbour Gazette",
        "URL": "https://gazette.example/talks?page=2&q=a_b",
        "language": "en",
        "note": "Passage events/talks#p3, page 4",
        "abstract": "They wanted “radios”, 100% sure.\nNothing else.",
        "custom": {"document": "events/talks", "passage": "events/talks#p3"},
    }


def test_what_is_not_known_is_absent() -> None:
    assert set(item(BARE)) == {"id", "type", "title", "note", "abstract", "custom"}
    assert item(replace(BARE, number=None, text=""))["custom"] == {"document": "notes"}


@pytest.mark.parametrize(
    ("kind", "url", "type_"),
    [
        ("article", "", "article-newspaper"),
        ("Letter", "https://a.example", "personal_communication"),
        ("", "https://a.example", "webpage"),
        ("minutes", "", "document"),
        ("", "javascript:alert(1)", "document"),
    ],
)
def test_the_type_comes_of_the_kind_or_of_a_link(kind: str, url: str, type_: str) -> None:
    assert item(replace(BARE, kind=kind, url=url))["type"] == type_
    assert set(TYPES.values()) <= SCHEMA_TYPES


def test_a_date_that_cannot_be_read_is_kept_in_words() -> None:
    assert item(replace(BARE, date="autumn 2018"))["issued"] == {"literal": "autumn 2018"}


@given(st.lists(quotations, max_size=4))
def test_an_export_is_an_array_of_valid_items(made: list[Quotation]) -> None:
    written = "".join(csl_json(made))
    items = json.loads(written)

    assert items == [item(quotation) for quotation in made]
    written.encode("utf-8")
    for each in items:
        hold_schema(each)


def test_no_quotations_are_an_empty_array() -> None:
    assert json.loads("".join(csl_json([]))) == []
