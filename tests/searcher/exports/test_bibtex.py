"""BibTeX: a parser finds each entry, under a key of its own, with the words that were quoted."""

from __future__ import annotations

import re
from dataclasses import replace

import bibtexparser
import pytest
from bibtexparser.model import Entry
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.characters import on_one_line
from backstory.searcher.exports import Quotation
from backstory.searcher.exports.bibtex import bibtex, entry, key
from tests.searcher.exports.conftest import BARE, TALKS, hostile, quotations

LATEX = {
    r"{\textbackslash}": "\\",
    r"{\textbraceleft}": "{",
    r"{\textbraceright}": "}",
    r"{\textasciitilde}": "~",
    r"{\textasciicircum}": "^",
    **{f"\\{sign}": sign for sign in "#$%&_"},
}


def parsed(written: str) -> list[Entry]:
    """Return the entries that a parser finds; it may complain of nothing."""
    library = bibtexparser.parse_string(written)
    assert not library.failed_blocks
    return library.entries


def decoded(value: str) -> str:
    """Return what LaTeX would show."""
    signs = "|".join(map(re.escape, LATEX))
    return re.sub(signs, lambda found: LATEX[found[0]], value)


def test_an_article_has_its_fields() -> None:
    assert entry(TALKS, key(TALKS)) == (
        "@article{events-talks-p3,\n"
        "  author = {{Ines Falk}},\n"
        "  title = {{The talks \\& the *radios*}},\n"
        "  journal = {Harbour Gazette},\n"
        "  year = {2018},\n"
        "  month = sep,\n"
        "  url = {https://gazette.example/talks?page=2&q=a_b},\n"
        "  language = {en},\n"
        "  note = {Passage events/talks\\#p3, page 4},\n"
        "  abstract = {They wanted “radios”, 100\\% sure. Nothing else.},\n"
        "}"
    )


def test_anything_else_is_misc_without_what_is_not_known() -> None:
    assert entry(BARE, key(BARE)) == (
        "@misc{notes-p1,\n  title = {{notes}},\n  note = {Passage notes\\#p1},\n"
        "  abstract = {A line.},\n}"
    )
    assert "  howpublished = {El Faro},\n" in entry(replace(BARE, source="El Faro"), "k")


@pytest.mark.parametrize(
    ("document", "name"),
    [
        ("talks", "talks-p1"),
        ("es/Águeda Peña", "es-agueda-pena-p1"),
        ("a,b{c}%#", "a-b-c-p1"),
        ("中文", "document-p1"),
        ("x" * 200, f"{'x' * 60}-p1"),
    ],
)
def test_a_key_is_made_of_the_address(document: str, name: str) -> None:
    assert key(replace(BARE, document=document)) == name


def test_keys_are_never_the_same_twice() -> None:
    names = ["a.b", "a b", "A/B", "a-b-p1-2", "中", "文"]
    made = [replace(BARE, document=name) for name in names]
    clash = replace(BARE, document="a-b-p1", number=2)  # whose key is a-b-p1-p2
    keys = [each.key for each in parsed("".join(bibtex([*made, clash, *made])))]
    assert len(set(keys)) == len(keys) == 13
    assert keys[:3] == ["a-b-p1", "a-b-p1-2", "a-b-p1-3"]


@given(st.lists(quotations, max_size=4))
def test_a_parser_finds_what_was_quoted(made: list[Quotation]) -> None:
    written = "".join(bibtex(made))
    entries = parsed(written)

    assert len(entries) == len({each.key for each in entries}) == len(made)
    written.encode("utf-8")
    for quotation, found in zip(made, entries, strict=True):
        assert re.fullmatch("[a-z0-9-]+", found.key)
        fields = {field.key: str(field.value) for field in found.fields}
        assert decoded(fields.get("abstract", "")) == on_one_line(quotation.text)
        assert decoded(fields.get("title", "{}")[1:-1]) == on_one_line(quotation.title)
        assert decoded(fields["note"]) == on_one_line(quotation.note)
        assert fields.get("url", "") == quotation.link
        assert all(fields.values())


@given(hostile)
def test_braces_are_balanced_at_every_place(text: str) -> None:
    # BibTeX itself counts braces, also those behind a backslash.
    depth = 0
    for sign in entry(replace(BARE, text=text, title=text, document=text), "k"):
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
    assert depth == 0
