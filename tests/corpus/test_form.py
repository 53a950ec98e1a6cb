"""Every document has the form that the corpus agreed on, and there are enough of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

import pytest

from backstory.indexer.language import guess
from backstory.indexer.readers import metadata
from tests.corpus.reading import ACCOUNT, Page, body, front_matter, pages, paragraphs, plain

KINDS = "article person event background history law institution place reference".split()
CLOSING = {"en": "Sources: ", "es": "Fuentes: "}
LONGEST_QUOTATION = 5
# The account follows its article, and a list is as long as what it lists.
FREE_IN_LENGTH = ("article", "reference")

_ID = re.compile(r"[a-z0-9-]+(?:/[a-z0-9-]+)?")
_DATE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")
_QUOTATION = re.compile(r'"([^"]*)"')
_ADDRESS = re.compile(r"\w+://|\bwww\.|@|<[a-z/!]", re.IGNORECASE)
_OTHER_QUOTES = re.compile("[“”„«»‘’‹›]")


def defects(text: str) -> list[str]:
    """Return what is wrong with the form of a file."""
    fields = metadata.load(front_matter(text))
    return [
        *_defects_of_fields(fields),
        *_defects_of_paragraphs(paragraphs(text), fields),
        *_defects_of_letters(text),
        *([] if f"\n# {fields.get('title')}\n" in body(text) else ["title is not the heading"]),
    ]


def _defects_of_fields(fields: Mapping[str, object]) -> list[str]:
    tags = fields.get("tags")
    sound = {
        "title": bool(fields.get("title")),
        "date": bool(_DATE.fullmatch(str(fields.get("date")))),
        "source": fields.get("source") == "Backstory corpus",
        "author": fields.get("author") == "Backstory",
        "language": fields.get("language") in CLOSING,
        "kind": fields.get("kind") in KINDS,
        "tags": isinstance(tags, list) and 3 <= len(set(tags)) == len(tags) <= 6,
    }
    unknown = [f"unknown field {name}" for name in fields if name not in sound]
    return unknown + [f"bad {name}" for name, is_sound in sound.items() if not is_sound]


def _defects_of_paragraphs(found: list[str], fields: Mapping[str, object]) -> list[str]:
    *told, last = found or [""]
    closing = CLOSING.get(str(fields.get("language")), "Sources: ")
    bad = [] if last.startswith(closing) and last.endswith(".") else ["no closing line"]
    if not 8 <= len(told) <= 20 and fields.get("kind") not in FREE_IN_LENGTH:
        bad.append(f"{len(told)} paragraphs")
    for paragraph in map(plain, found):
        quotations = _QUOTATION.findall(paragraph)
        bad += [f"long quotation: {q}" for q in quotations if len(q.split()) > LONGEST_QUOTATION]
        bad += ["a quotation without end"] if paragraph.count('"') % 2 else []
        bad += ["a line within a paragraph"] if "\n" in paragraph else []
    return bad


def _defects_of_letters(text: str) -> list[str]:
    sound = {
        "address": not _ADDRESS.search(text),
        "double space": "  " not in text,
        "trailing blank": not re.search(r"[^\S\n]\n", text),
        "control character": all(c == "\n" or unicodedata.category(c)[0] != "C" for c in text),
        "odd white space": set(re.findall(r"\s", text)) <= {" ", "\n"},
        "typographic quote": not _OTHER_QUOTES.search(text),
        "not NFC": unicodedata.is_normalized("NFC", text),
        "empty lines": "\n\n\n" not in text,
        "end of file": text.endswith(".\n"),
    }
    return [name for name, is_sound in sound.items() if not is_sound]


SOUND = (
    "---\ntitle: The ledger\ndate: 2018-03\nsource: Backstory corpus\nauthor: Backstory\n"
    "language: en\nkind: event\ntags: [harbour, ledger, radios]\n---\n\n# The ledger\n\n"
    'The clerk of the "harbour board" copied it.\n\n'
    + "".join(f"Page {number} of the ledger names a [ship](ship.md).\n\n" for number in range(8))
    + "Sources: the ledger, in summary.\n"
)


def test_a_sound_document_has_no_defect() -> None:
    assert defects(SOUND) == []


@pytest.mark.parametrize(
    ("right", "wrong", "defect"),
    [
        ("title: The ledger", "title: A ledger", "title is not the heading"),
        ("date: 2018-03", "date: March 2018", "bad date"),
        ("source: Backstory corpus\n", "", "bad source"),
        ("author: Backstory", "author: Ines Falk", "bad author"),
        ("language: en", "language: fr", "bad language"),
        ("language: en", "language: es", "no closing line"),
        ("kind: event", "kind: rumour", "bad kind"),
        ("kind: event", "kind: event\nmood: dark", "unknown field mood"),
        ("[harbour, ledger, radios]", "[harbour, ledger]", "bad tags"),
        ("[harbour, ledger, radios]", "[harbour, ledger, ledger]", "bad tags"),
        ("Page 3 of the ledger names a [ship](ship.md).\n\n", "", None),
        ("of the ledger names a [ship](ship.md).\n\nPage", "and page", "2 paragraphs"),
        ('"harbour board"', '"board of the harbour and the lights"', "long quotation: board of"),
        ('"harbour board"', '"harbour board', "a quotation without end"),
        ('"harbour board"', "“harbour board”", "typographic quote"),
        ("copied it", "copied\nit", "a line within a paragraph"),
        ("copied it", "copied  it", "double space"),
        ("copied it.", "copied it. ", "trailing blank"),
        ("copied it", "copied\u00a0it", "odd white space"),
        ("copied it", "copied\u200b it", "control character"),
        ("copied it", "copied A\u0301gueda", "not NFC"),
        ("ship.md", "https://example.org", "address"),
        ("copied it", "copied www.example.org", "address"),
        ("Sources: ", "Origins: ", "no closing line"),
        ("in summary.\n", "in summary.", "end of file"),
    ],
)
def test_a_defect_is_found(right: str, wrong: str, defect: str | None) -> None:
    assert right in SOUND

    found = defects(SOUND.replace(right, wrong))

    assert any(each.startswith(defect) for each in found) if defect else found == []


@pytest.mark.parametrize("found", pages(), ids=lambda found: found.id)
def test_the_document_has_no_defect(found: Page) -> None:
    assert _ID.fullmatch(found.id)
    assert defects(found.text) == []
    assert found.indexed.document.notes == ()


@pytest.mark.parametrize("found", pages(), ids=lambda found: found.id)
def test_the_text_is_in_the_language_that_the_document_names(found: Page) -> None:
    language = found.indexed.document.language

    assert guess(plain(body(found.text))) == language
    assert (found.folder == "es") == (language == "es")


@pytest.mark.parametrize("found", pages(), ids=lambda found: found.id)
def test_backstory_reads_each_paragraph_as_a_passage(found: Page) -> None:
    read = [passage.text for passage in found.indexed.passages]

    assert read == [plain(each).replace("`", "") for each in paragraphs(found.text)]


def test_there_is_enough_to_search_in_two_languages() -> None:
    languages = [found.indexed.document.language for found in pages()]

    assert len([found for found in pages() if found.id != ACCOUNT]) >= 45
    assert sum(len(found.indexed.passages) for found in pages()) >= 600
    assert languages.count("es") >= 8


def test_titles_tell_documents_apart_and_only_the_account_is_an_article() -> None:
    documents = [found.indexed.document for found in pages()]

    assert len({document.title for document in documents}) == len(documents)
    assert [document.id for document in documents if document.kind == "article"] == [ACCOUNT]
    assert {document.kind for document in documents} == set(KINDS)
