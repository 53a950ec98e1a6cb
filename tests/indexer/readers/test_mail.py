"""Mails, mailboxes and what is attached to them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from email.message import EmailMessage

import dossier
import pytest

from backstory.indexer.readers import Budget, Member, Reading, Source
from backstory.indexer.readers import mail as reader
from backstory.indexer.readers.patience import OutOfPatience

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
    data = dossier.mail(one, {"two.docx": dossier.word(two), "sums.xls": b"?", "no.pdf": b"%PDF-"})
    members = read_bytes("a.eml", data).members
    assert [each.name for each in members] == ["two.docx", "sums.xls", "no.pdf"]
    assert members[0].reading is not None
    assert texts(members[0].reading) == two.paragraphs
    assert members[1].reason == "no reader for .xls"
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


# --- One bad message in a mailbox


def nested(depth: int) -> bytes:
    """Write a mail of parts within parts."""
    parts = "".join(
        f'Content-Type: multipart/mixed; boundary="b{at}"\n\n--b{at}\n' for at in range(depth)
    )
    return f"From: a@b.c\nSubject: Deep\n{parts}Content-Type: text/plain\n\nAt last.\n".encode()


def many_parts(count: int) -> bytes:
    """Write a mail of so many parts."""
    parts = "".join(f"--bb\nContent-Type: text/plain\n\nPart {at}.\n" for at in range(count))
    head = "From: a@b.c\nSubject: Many\nContent-Type: multipart/mixed; boundary=bb\n\n"
    return f"{head}{parts}--bb--\n".encode()


def mailbox_with(bad: bytes) -> bytes:
    """Write a mailbox of three, the second of which is bad."""
    good = mail("The lamp was lit.", Subject="Good")
    return b"".join(b"From a@b.c Thu Jan  1\n" + each + b"\n\n" for each in (good, bad, good))


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (nested(2_000), "nested too deeply"),
        (many_parts(100_000), "more parts than the 2,000 that are read"),
        (b"From: a@b.c\nContent-Type: text/plain; x*=undefined''%ff\n\nText.", "the reader failed"),
        (b"no header\n\nText.", "begins without headers"),
    ],
)
def test_a_bad_message_is_reported_and_the_others_are_there(
    read_bytes: Read, bad: bytes, reason: str
) -> None:
    one, two, three = read_bytes("letters.mbox", mailbox_with(bad)).members
    assert two.reading is None
    assert reason in two.reason
    for each in (one, three):
        assert each.reading is not None
        assert "The lamp was lit." in texts(each.reading)


@pytest.mark.parametrize(
    "charset",
    [
        "undefined",
        "punycode",
        "idna",
        "zlib",
        "hex",
        "rot13",
        "unicode_escape",
        "mbcs",
        "utf-7",
        '"a\x00b"',
        '""',
        "x" * 5000,
        "%s",
        "../x",
    ],
)
def test_no_charset_costs_a_message(read_bytes: Read, charset: str) -> None:
    bad = mail("What it says.", kind=f"text/plain; charset={charset}", Subject="Odd")
    members = read_bytes("letters.mbox", mailbox_with(bad)).members
    assert [each.reason for each in members] == ["", "", ""]
    assert members[1].reading is not None
    assert members[1].reading.title == "Odd"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (MemoryError(), "needs more than"),
        (RecursionError(), "nested too deeply"),
        (ZeroDivisionError("by zero"), "the reader failed (ZeroDivisionError: by zero)"),
        (OutOfPatience(), "not read within 6 seconds"),
    ],
)
def test_whatever_a_message_does_to_its_reader_the_others_are_read(
    read_bytes: Read, monkeypatch: pytest.MonkeyPatch, error: BaseException, reason: str
) -> None:
    def failing(message: EmailMessage, source: Source) -> Iterator[Member]:
        if message["subject"] == "Bad":
            raise error
        yield from attachments(message, source)

    attachments = reader._attachments
    monkeypatch.setattr(reader, "_attachments", failing)
    budget = Budget()
    data = mailbox_with(mail("Text.", Subject="Bad"))
    one, two, three = read_bytes("letters.mbox", data, budget=budget).members
    assert reason in two.reason
    assert (one.reason, three.reason, budget.depth) == ("", "", Budget().depth)


def test_a_message_that_is_read_for_ever_is_given_up(
    read_bytes: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(message: EmailMessage, *names: str) -> list[str]:
        while message["subject"] == "Bad":
            pass
        return []

    monkeypatch.setattr(reader, "_people", endless)
    data = mailbox_with(mail("Text.", Subject="Bad"))
    one, two, three = read_bytes("letters.mbox", data, seconds=10.0).members
    assert "not read within 1 seconds" in two.reason
    assert (one.reason, three.reason) == ("", "")
