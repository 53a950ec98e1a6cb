"""Names of files that somebody sends: safe on every system, or refused with a reason."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.errors import UnreadableDocument
from backstory.indexer.upload_names import LONGEST, numbered, safe_name


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("memo.pdf", "memo.pdf"),
        ("letters/2018/memo.pdf", "memo.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\ana\\memo.pdf", "memo.pdf"),
        ("/etc/shadow", "shadow"),
        ("a<b>:c|d?.txt", "a_b__c_d_.txt"),
        ("line\nbreak\x00.txt", "line_break_.txt"),
        ("gpj.\u202efdp.txt", "gpj._fdp.txt"),
        ("memo.pdf. . ", "memo.pdf"),
        ("  memo.txt", "memo.txt"),
        ("Cafe\u0301.md", "Café.md"),
        ("ملاحظة.txt", "ملاحظة.txt"),
        ("会议记录.docx", "会议记录.docx"),
        ("-rf.txt", "-rf.txt"),
        ("conference.txt", "conference.txt"),
    ],
)
def test_a_name_is_made_safe(sent: str, name: str) -> None:
    assert safe_name(sent) == name


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ("", "no name"),
        ("...", "no name"),
        ("a/", "no name"),
        ("_ .", "no name"),
        (".htaccess", "hidden"),
        ("x/.backstory-1.tmp", "hidden"),
        ("memo.pdf.yaml", "metadata of another file"),
        ("memo.pdf.YAML", "metadata of another file"),
        ("memo.yaml. ", "metadata of another file"),
        ("CON", "reserved"),
        ("nul.txt", "reserved"),
        ("com1.pdf", "reserved"),
    ],
)
def test_what_is_no_name_for_a_document_is_refused(sent: str, why: str) -> None:
    with pytest.raises(UnreadableDocument, match=why):
        safe_name(sent)


def test_a_long_name_keeps_its_suffix() -> None:
    name = safe_name("ü" * 300 + ".docx")
    assert name.endswith("ü.docx")
    assert len(name.encode()) <= LONGEST
    assert len(safe_name("a." + "b" * 300).encode()) <= LONGEST


@given(st.text(max_size=300))
def test_whatever_is_sent_gives_one_plain_name_or_none(sent: str) -> None:
    try:
        name = safe_name(sent)
    except UnreadableDocument:
        return
    assert PurePosixPath(name).parts == (name,)
    assert name == unicodedata.normalize("NFC", name)
    assert not name.startswith(".")
    assert not set(name) & set('/\\<>:"|?*\0')
    assert len(name.encode("utf-8")) <= LONGEST
    assert not name.lower().endswith(".yaml")
    assert safe_name(name) == name


def test_a_number_stands_before_the_suffix() -> None:
    assert numbered("memo.tar.gz", 2) == "memo.tar-2.gz"
    assert numbered("README", 3) == "README-3"
