"""What a document says about itself is cleaned, or left out with a note."""

from __future__ import annotations

import datetime
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.indexer.readers import Reading
from backstory.indexer.readers.metadata import (
    MAX_METADATA,
    MetadataError,
    clean,
    load,
    read_sidecar,
)
from tests.conftest import sentences

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.dates()
    | st.datetimes()
    | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
KEYS = ["title", "source", "author", "date", "language", "kind", "url", "tags", "authors", "lang"]


@pytest.mark.parametrize(
    ("value", "date"),
    [
        (datetime.date(2018, 9, 8), "2018-09-08"),
        (datetime.datetime(2018, 9, 8, 23, 59), "2018-09-08"),
        (2018, "2018"),
        ("2018", "2018"),
        ("2018-09", "2018-09"),
        ("2018-9-8", "2018-09-08"),
        ("2018/09/08", "2018-09-08"),
        ("2018-09-08T10:00:00Z", "2018-09-08"),
        ("2018-09-08 10:00", "2018-09-08"),
        ("September 8, 2018", "2018-09-08"),
        ("Sep 8, 2018", "2018-09-08"),
        ("8 September 2018", "2018-09-08"),
        ("20180908", "2018-09-08"),
        ("20180908T101500Z", "2018-09-08"),
        ("20180908 1015", "2018-09-08"),
        ("8. September 2018", "2018-09-08"),
        ("08.09.2018", "2018-09-08"),
        ("8.9.2018, 10:15 Uhr", "2018-09-08"),
        ("9. März 2018", "2018-03-09"),
        ("Freitag, den 9. März 2018", "2018-03-09"),
        ("9. Ma\u0308rz 2018 um 10:15", "2018-03-09"),
        ("9 de marzo de 2018", "2018-03-09"),
        ("viernes, 9 de marzo del 2018", "2018-03-09"),
        ("9 mars 2018", "2018-03-09"),
        ("1er mars 2018", "2018-03-01"),
        ("vendredi 9 mars 2018 à 10h15", "2018-03-09"),
        ("9 marzo 2018", "2018-03-09"),
        ("9 de março de 2018", "2018-03-09"),
        ("sexta-feira, 9 de março de 2018", "2018-03-09"),
        ("9 maart 2018", "2018-03-09"),
        ("2 déc. 2018", "2018-12-02"),
        ("März 2018", "2018-03"),
        ("marzo de 2018", "2018-03"),
        ("Fri, 9 Mar 2018 10:15:00 +0100", "2018-03-09"),
        ("March 9th, 2018 at 10:15 PM", "2018-03-09"),
        ("9-Mar-2018", "2018-03-09"),
        ("2018 March 9", "2018-03-09"),
        ("25/12/2018", "2018-12-25"),
        ("12/25/2018", "2018-12-25"),
        ("07/07/2018 10:15", "2018-07-07"),
        ("2018年3月9日", "2018-03-09"),
    ],
)
def test_date_becomes_iso(value: object, date: str) -> None:
    assert clean({"date": value}, "a.md") == ({"date": date}, ())


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("2018-13-01", "there is no such day"),
        ("2018-02-30", "there is no such day"),
        ("0000", "there is no such day"),
        ("30. Februar 2018", "there is no such day"),
        ("20181301", "there is no such day"),
        ("32.12.2018", "there is no such day"),
        ("9. Blüte 2018", "not a date such as 2018-09-08"),
        ("last summer", "not a date such as 2018-09-08"),
        ("08/09/2018", "not a date such as 2018-09-08"),
        (True, "not a text"),
        (["2018"], "not a text"),
    ],
)
def test_date_that_makes_no_sense_is_noted_and_left_out(value: object, problem: str) -> None:
    note = f"a.md: date {value!r} left out: {problem}"
    fields, notes = clean({"date": value, "title": "T"}, "a.md")
    assert (fields, sentences(notes)) == ({"title": "T"}, (note,))


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("en", "en"),
        ("EN", "en"),
        ("en-US", "en"),
        ("es_VE", "es"),
        ("English", "en"),
        ("spanish", "es"),
        ("Español", "es"),
        ("eng", "en"),
        ("gsw", "gsw"),
    ],
)
def test_language_becomes_a_code(value: str, code: str) -> None:
    assert clean({"language": value}, "a.md") == ({"language": code}, ())


@pytest.mark.parametrize("value", ["elvish", "e", "12", ["en"], 7])
def test_language_that_is_none_is_noted_and_left_out(value: object) -> None:
    fields, notes = clean({"language": value}, "a.md")
    assert fields == {}
    assert sentences(notes)[0].startswith("a.md: language ")


@pytest.mark.parametrize(
    ("mapping", "fields"),
    [
        ({"title": "  Two\n words "}, {"title": "Two words"}),
        ({"Title": "T", "SOURCE": "S"}, {"title": "T", "source": "S"}),
        ({"title": 1984}, {"title": "1984"}),
        ({"author": ["Ana Reyes", "Luis Paz"]}, {"author": "Ana Reyes, Luis Paz"}),
        ({"authors": ["Ana Reyes", None]}, {"author": "Ana Reyes"}),
        ({"lang": "es"}, {"language": "es"}),
        ({"tags": "talks, border , talks,"}, {"tags": ("talks", "border")}),
        ({"tags": ["talks", 2018]}, {"tags": ("talks", "2018")}),
        ({"kind": "interview"}, {"kind": "interview"}),
        ({"url": "https://example.org/a"}, {"url": "https://example.org/a"}),
        ({"author": [None], "tags": ","}, {}),
        ({"title": "", "author": None, "tags": [], "kind": "null"}, {}),
        ({"layout": "post", "draft": True, 7: "x"}, {}),
        ({"title": "x" * 5_000}, {"title": "x" * 1_000}),
    ],
)
def test_fields_are_cleaned_and_unknown_keys_passed_over(
    mapping: dict[str, object], fields: dict[str, object]
) -> None:
    assert clean(mapping, "a.md") == (fields, ())


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("title", ["a"]),
        ("title", {"a": "b"}),
        ("author", [{"name": "Ana"}]),
        ("kind", False),
        ("url", "javascript:alert(1)"),
        ("url", "example.org"),
        ("tags", [["a"]]),
    ],
)
def test_value_of_a_wrong_kind_is_noted_and_left_out(key: str, value: object) -> None:
    fields, notes = clean({key: value}, "a.md")
    assert fields == {}
    assert len(notes) == 1
    assert sentences(notes)[0].startswith(f"a.md: {key} ")


def test_sidecar_gives_fields_as_they_were_written() -> None:
    data = b"title: 1984\nauthor: No\ndate: 2018-09-08\ntags: [a, b]\n"
    fields, notes = read_sidecar(data, "a.txt.yaml")
    assert fields == {"title": "1984", "author": "No", "date": "2018-09-08", "tags": ("a", "b")}
    assert notes == ()


def test_sidecar_with_a_byte_order_mark_and_document_borders_is_read() -> None:
    data = "\ufeff---\r\ntitle: Talks\r\n...\r\n".encode()
    assert read_sidecar(data, "a.txt.yaml") == ({"title": "Talks"}, ())


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (b"", "a.yaml: metadata not read: empty"),
        (b"\0\0", "a.yaml: metadata not read: binary (holds NUL bytes)"),
        (b"only words", "a.yaml line 1: metadata not read: wants lines such as `title: A title`"),
        (b"a: b\nb: *c", "a.yaml line 2: metadata not read: aliases are not allowed"),
        (b"a: " + b"[" * 50, "a.yaml line 1: metadata not read: nested too deeply"),
        (b"a: " + b"x" * MAX_METADATA, "a.yaml line 1: metadata not read: longer than 64 KB"),
    ],
)
def test_sidecar_that_cannot_be_read_is_noted(data: bytes, note: str) -> None:
    fields, notes = read_sidecar(data, "a.yaml")
    assert (fields, sentences(notes)) == ({}, (note,))


def test_broken_yaml_is_noted_with_its_line() -> None:
    with pytest.raises(MetadataError) as caught:
        load("title: Talks\nauthor: [Ana\ndate: 2018\n")
    assert caught.value.line == 3


def test_control_characters_in_yaml_are_refused() -> None:
    with pytest.raises(MetadataError):
        load("title: a\x01b")


def test_alias_bomb_costs_nothing() -> None:
    lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x]"]
    lines += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    began = time.perf_counter()
    with pytest.raises(MetadataError, match="aliases"):
        load("\n".join(lines))
    assert time.perf_counter() - began < 1


def test_yaml_tag_builds_no_object() -> None:
    fields, _ = clean(load("title: !!python/object/apply:os.getcwd []\nkind: !!int x"), "a.md")
    assert fields == {"kind": "x"}


@given(st.dictionaries(st.sampled_from(KEYS), ANYTHING))
def test_whatever_is_cleaned_fits_a_reading(mapping: dict[str, object]) -> None:
    fields, notes = clean(mapping, "a.md")
    reading = Reading((), notes=notes, **fields)
    assert all(isinstance(value, str | tuple) and value for value in fields.values())
    assert set(fields) <= set(Reading.__slots__)
    assert reading.notes == notes


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda t: t.encode("utf-8", "replace")))
def test_any_sidecar_is_read_or_noted(data: bytes) -> None:
    fields, notes = read_sidecar(data, "a.yaml")
    assert isinstance(fields, dict)
    assert all(n.startswith("a.yaml") or "Windows-1252" in n for n in sentences(notes))
