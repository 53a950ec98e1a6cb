"""Mails, mailboxes and what is attached to them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from email.message import EmailMessage

import dossier
import pytest

from backstory.indexer.readers import Budget, Reading

Read = Callable[..., Reading]
HEAD = "From Ines Falk <ines@gazette.example>, to City Desk <desk@gazette.example>"


def texts(reading: Reading) -> list[str]:
    return [paragraph.text for paragraph in reading.paragraphs]


def mail(body: str, kind: str = "text/plain", **headers: str) -> bytes:
    """Write a mail by hand, as bad programs do."""
    head = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in headers.items())
    return f"{head}Content-Type: {kind}\n\n{body}".encode()


def test_a_mail_is_a_document_and_its_headers_tell_about_it(read_bytes: Read) -> None:
    story = dossier.story(2)
    reading = read_bytes("a.eml", dossier.mail(story))
    assert texts(reading) == [HEAD, *story.paragraphs]
    assert (reading.title, reading.author, reading.date) == (story.title, "Ines Falk", story.date)
    assert (reading.kind, reading.members) == ("mail", ())


def test_attachments_are_documents_of_their_own(read_bytes: Read) -> None:
    one, two = dossier.story(1), dossier.story(2)
    data = dossier.mail(one, {"two.docx": dossier.word(two), "sums.rar": b"?", "no.pdf": b"%PDF-"})
    members = read_bytes("a.eml", data).members
    assert [each.name for each in members] == ["two.docx", "sums.rar", "no.pdf"]
    assert members[0].reading is not None
    assert texts(members[0].reading) == two.paragraphs
    assert members[1].reason == "no reader for .rar: unpack it and index what is in it"
    assert "broken" in members[2].reason


def test_a_mail_within_a_mail_is_read_with_its_own_attachments(read_bytes: Read) -> None:
    outer = dossier.message(dossier.story(1))
    outer.add_attachment(dossier.message(dossier.story(2), {"note.txt": b"A note."}))
    (inner,) = read_bytes("a.eml", outer.as_bytes()).members
    assert inner.reading is not None
    assert texts(inner.reading)[1:] == dossier.story(2).paragraphs
    assert [each.name for each in inner.reading.members] == ["note.txt"]


def test_names_of_attachments_are_made_harmless(read_bytes: Read) -> None:
    data = dossier.mail(
        dossier.story(1), {"../../etc/x.txt": b"A line.", "a\x07b.txt": b"Another."}
    )
    names = [each.name for each in read_bytes("a.eml", data).members]
    assert names == ["_.._etc_x.txt", "a_b.txt"]


def test_pictures_in_the_text_are_no_documents(read_bytes: Read) -> None:
    message = EmailMessage()
    message["Subject"] = "Lamp"
    message.set_content("<p>The lamp was <b>lit</b>.</p>", subtype="html")
    message.add_related(b"\x89PNG", maintype="image", subtype="png", cid="<lamp>")
    reading = read_bytes("a.eml", message.as_bytes())
    assert (texts(reading), reading.members) == (["The lamp was lit."], ())


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (mail("Paid twice.\n", Subject="=?utf-8?q?Caf=C3=A9?="), ("Café", "", ["Paid twice."])),
        (mail("Paid.\n", Subject="A", Date="no date at all"), ("A", "", ["Paid."])),
        (mail("caf\xe9\n", "text/plain; charset=nonsense", Subject="A"), ("A", "", ["café"])),
        (mail("<p>One<p>Two", "text/html", Subject="A"), ("A", "", ["One", "Two"])),
        (
            mail("One.\n", Subject="A", Date="Fri, 9 Mar 2018 23:30:00 -0500"),
            ("A", "2018-03-09", ["One."]),
        ),
        (mail("One.\n", "multipart/mixed; boundary=x", Subject="A"), None),
    ],
)
def test_mails_of_bad_programs_are_read(
    read_bytes: Read, data: bytes, found: tuple[str, str, list[str]] | None
) -> None:
    reading = read_bytes("a.eml", data)
    if found is not None:
        assert (reading.title, reading.date, texts(reading)) == found


def test_a_mailbox_has_a_document_for_each_message(read_bytes: Read) -> None:
    stories = [dossier.story(at) for at in range(5)]
    members = read_bytes("letters.mbox", dossier.letters(stories)).members
    assert [each.name for each in members] == ["1", "2", "3", "4", "5"]
    for member, story in zip(members, stories, strict=True):
        assert member.reading is not None
        assert texts(member.reading) == [HEAD, *story.paragraphs]


def test_a_line_that_begins_with_from_ends_no_message(read_bytes: Read) -> None:
    box = b"From a@b.example Fri Mar  9 10:00:00 2018\nSubject: A\n\nOne.\n\n>From now on, two.\n"
    (member,) = read_bytes("letters.mbox", box).members
    assert member.reading is not None
    assert texts(member.reading) == ["One.", "From now on, two."]
    written = b"Subject: A\n\nOne.\n\nFrom now on, two.\n"
    assert member.sha256 == hashlib.sha256(written).hexdigest(), "the message as it was sent"


def test_only_so_many_messages_are_read(read_bytes: Read) -> None:
    box = dossier.letters([dossier.story(at) for at in range(4)])
    members = read_bytes("letters.mbox", box, budget=Budget(members=2)).members
    assert [bool(each.reading) for each in members] == [True, True, False]
    assert "max_members" in members[-1].reason


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"Only a text, without headers.\n", "begins without headers"),
        (mail("?", "application/pkcs7-mime", Subject="A"), "encrypted"),
    ],
)
def test_what_is_no_mail_is_reported(why_not: Callable[..., str], data: bytes, reason: str) -> None:
    assert reason in why_not("a.eml", data)


@pytest.mark.parametrize(
    "charset",
    ["undefined", "punycode", "idna", "rot13", "hex", "unicode_escape", "x" * 500, "a\\0b"],
)
def test_an_encoding_that_is_none_costs_no_letter(read_bytes: Read, charset: str) -> None:
    data = mail("", f"text/plain; charset={charset}", From="a@b", Subject="S") + "A café.".encode()
    assert texts(read_bytes("a.eml", data)) == ["From a@b", "A café."]


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Cc", ", ".join(f"Reader {n} <r{n}@example.org>" for n in range(5_000))),
        ("From", '"a" ' * 3_000),
        ("From", '"' * 3_001),
        ("From", "(" * 3_000),
        ("To", "<a@b " * 3_000),
        ("Subject", "=?utf-8?q?a?= " * 3_000),
        ("Subject", "=?a?q?x" * 30_000),
        ("Subject", "=?undefined?b?=====?="),
        ("Date", "1" * 100_000),
        ("Content-Disposition", "attachment" + "; a*0*=x''b" * 3_000),
    ],
)
def test_a_header_takes_a_time_that_its_length_decides(
    read_bytes: Read, header: str, value: str
) -> None:
    # Python's own parser takes from seconds to hours for these; none may be lost.
    reading = read_bytes("a.eml", f"{header}: {value}\nMessage-Id: 1\n\nA letter.".encode())
    assert texts(reading)[-1] == "A letter."


def test_coded_headers_are_read_as_they_were_meant(read_bytes: Read) -> None:
    head = b"Subject: =?utf-8?q?Caf=C3=A9?= =?iso-8859-1?q?_ol=E9?=\n"
    head += b"From: =?utf-8?b?w4lsYQ==?= <e@b>\n"
    reading = read_bytes("a.eml", head + "To: Zoë <z@b>\n\nA letter.".encode())
    assert (reading.title, reading.author) == ("Café olé", "Éla")
    assert texts(reading)[0] == "From Éla <e@b>, to Zoë <z@b>"


def test_one_bad_letter_never_costs_a_mailbox(read_bytes: Read) -> None:
    between = b"From a@b Fri Mar  9 10:00:00 2018\n"
    bad = [
        dossier.nested_mail(2_000),
        mail("x", "text/plain; charset=undefined", Subject="S"),
        mail("--b\n" * 9_000, 'multipart/mixed; boundary="b"', Subject="S"),
        b"\x00\xff no header at all",
        b"Subject: a\n\n>From here\nFrom there\n",
        mail("=?!#" * 999, Subject="S", Content_Transfer_Encoding="base64"),
        mail("x", Date="Fri, 99 Foo 99999", Subject="S"),
    ]
    letters = [each for n, one in enumerate(bad) for each in (one, mail(f"Good {n}.", Subject="S"))]
    reading = read_bytes("a.mbox", b"".join(between + each + b"\n\n" for each in letters))
    assert [texts(each.reading)[-1] for each in reading.members[1::2] if each.reading] == [
        f"Good {n}." for n in range(len(bad))
    ]
    assert {each.reason for each in reading.members if each.remark} == {
        "parts nested too deeply",
        "binary (holds NUL bytes)",
    }
