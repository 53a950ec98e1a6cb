"""Mails are read however programs have written them, against every standard."""

from __future__ import annotations

import base64
import binascii
import quopri
from collections.abc import Callable

import pytest

from backstory.indexer.readers import Reading

ReadBytes = Callable[..., Reading]


def mail(head: str, body: str = "The lamp went out.", encoding: str = "utf-8") -> bytes:
    return f"From: ines@gazette.example\n{head}\n\n{body}\n".encode(encoding)


def body_of(reading: Reading) -> list[str]:
    """Return the paragraphs below the line that says who wrote to whom."""
    return [each.text for each in reading.paragraphs[1:]]


@pytest.mark.parametrize(
    ("encoding", "charset", "subject"),
    [
        ("utf-8", "", "Prüfung der Brücke"),
        ("iso-8859-1", "iso-8859-1", "Prüfung der Brücke"),
        ("cp1251", "windows-1251", "Кто заплатил за лампы"),
        ("shift_jis", "shift_jis", "灯台の帳簿"),
        ("cp1252", "us-ascii", "Prüfung der Brücke"),
    ],
)
def test_headers_of_eight_bits_are_read_in_the_encoding_of_the_text(
    read_bytes: ReadBytes, encoding: str, charset: str, subject: str
) -> None:
    kind = f"\nContent-Type: text/plain; charset={charset}" if charset else ""
    data = f"From: Jurgen <j@x.example>\nSubject: {subject}{kind}\n\n{subject}.\n".encode(encoding)
    assert read_bytes("a.eml", data).title == subject


def test_the_name_of_an_attachment_may_have_eight_bits(read_bytes: ReadBytes) -> None:
    body = (
        "--x\nContent-Type: text/plain\n\nSee below.\n"
        '--x\nContent-Type: text/plain\nContent-Disposition: attachment; filename="Prüfung.txt"\n\n'
        "Bestanden.\n--x--"
    )
    data = mail("Content-Type: multipart/mixed; boundary=x", body, "iso-8859-1")
    assert [each.name for each in read_bytes("a.eml", data).members] == ["Prüfung.txt"]


@pytest.mark.parametrize(
    ("head", "date"),
    [
        ("Date: 2014-03-09T10:00:00Z", "2014-03-09"),
        ("Date: 2014-03-09", "2014-03-09"),
        ("Date: Sun, 9 Mar 2014 10:00:00 +0100", "2014-03-09"),
        ("Date: yesterday", ""),
    ],
)
def test_dates_may_be_in_iso(read_bytes: ReadBytes, head: str, date: str) -> None:
    reading = read_bytes("a.eml", mail(head))
    assert (reading.date, reading.notes) == (date, ())


def test_received_is_the_date_of_last_resort(read_bytes: ReadBytes) -> None:
    head = (
        "Received: from b by c; Mon, 10 Mar 2014 09:00:00 +0000\n"
        "Received: from a by b\n\tfor <desk@x>; Sun, 9 Mar 2014 10:00:00 +0000\nDate: unknown"
    )
    reading = read_bytes("a.eml", mail(head))
    assert reading.date == "2014-03-09"
    assert reading.notes[0].sentence == "date 2014-03-09 taken from its Received lines"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_a_mail_may_be_in_utf_16(read_bytes: ReadBytes, encoding: str) -> None:
    reading = read_bytes("a.eml", mail("Subject: Die Brücke", "Sie ist gesperrt.", encoding))
    assert (reading.title, body_of(reading)) == ("Die Brücke", ["Sie ist gesperrt."])
    box = "From a@b Fri Mar  9 10:00:00 2018\nSubject: Eins\n\nÜber.\n".encode(encoding)
    assert [each.reading.title for each in read_bytes("a.mbox", box).members if each.reading]


@pytest.mark.parametrize("coding", ["base64", "quoted-printable", "8bit"])
def test_a_message_is_attached_in_any_coding(read_bytes: ReadBytes, coding: str) -> None:
    inner = mail("Subject: Fwd: The lens", "It is a café=lens.")
    coded = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring}
    data = coded.get(coding, bytes)(inner).decode()
    body = (
        f"--x\nContent-Type: message/rfc822\nContent-Transfer-Encoding: {coding}\n\n{data}\n--x--"
    )
    (member,) = read_bytes("a.eml", mail("Content-Type: multipart/mixed; boundary=x", body)).members

    assert member.name == "The lens.eml"
    assert member.reading is not None
    assert body_of(member.reading) == ["It is a café=lens."]


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("Content-Type: text/html", "part 1.html"),
        ("Content-Type: text/plain; name=notes", "notes.txt"),
        ('Content-Type: text/csv; name="sums.dat"', "sums.dat.csv"),
        ('Content-Type: application/octet-stream; name="page.html"', "page.html"),
    ],
)
def test_attachments_are_told_by_their_type_where_the_name_says_nothing(
    read_bytes: ReadBytes, head: str, name: str
) -> None:
    body = f"--x\n{head}\nContent-Disposition: attachment\n\n<p>a,b</p>\n<p>1,2</p>\n--x--"
    (member,) = read_bytes("a.eml", mail("Content-Type: multipart/mixed; boundary=x", body)).members
    assert (member.name, member.reading is not None) == (name, True)


def test_files_in_the_text_are_attachments(read_bytes: ReadBytes) -> None:
    lines = [binascii.b2a_uu(b"The ledger of 2018, in full."), binascii.b2a_uu(b" Page two.")]
    packed = "".join(line.decode() for line in lines)
    body = f"See below.\n\nbegin 644 ledger.txt\n{packed}`\nend\n\nYours, Ines"
    reading = read_bytes("a.eml", mail("Subject: x", body))

    assert body_of(reading) == ["See below.", "Yours, Ines"]
    (member,) = reading.members
    assert member.reading is not None
    text = " ".join(each.text for each in member.reading.paragraphs)
    assert (member.name, text) == ("ledger.txt", "The ledger of 2018, in full. Page two.")


def test_a_delivery_report_is_one_document(read_bytes: ReadBytes) -> None:
    returned = mail("To: bo@fund.example\nSubject: The lens", "Who paid for it?").decode()
    body = (
        "--x\nContent-Type: text/plain\n\nYour mail came back.\n"
        "--x\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        "Final-Recipient: rfc822; bo@fund.example\nStatus: 5.1.1\n\n"
        f"--x\nContent-Type: message/rfc822\n\n{returned}\n--x--"
    )
    kind = "Content-Type: multipart/report; report-type=delivery-status; boundary=x"
    reading = read_bytes("a.eml", mail(kind, body))

    assert reading.members == ()
    assert [(each.heading, each.text) for each in reading.paragraphs[1:]] == [
        ("", "Your mail came back."),
        ("Delivery status", "Reporting-MTA: dns; mx.example"),
        ("Delivery status", "Final-Recipient: rfc822; bo@fund.example · Status: 5.1.1"),
        ("Returned message", "From ines@gazette.example, to bo@fund.example: The lens"),
        ("Returned message", "Who paid for it?"),
    ]


def test_a_mailbox_may_have_no_headers_and_no_empty_lines(read_bytes: ReadBytes) -> None:
    box = (
        "From keeper Fri Mar 09 10:00:00 2018\n\nThe lamp went out.\n"
        "From - Sat Mar 10 11:00:00 2018\nSubject: Lit again\n\nFrom now on it burns.\n\n"
        "From here no date.\nSubject: Third\n\nStill burning.\n"
    )
    members = read_bytes("log.mbox", box.encode()).members
    found = [each.reading for each in members if each.reading is not None]

    assert [(each.title, each.author, each.date) for each in found] == [
        ("Log, from keeper", "keeper", "2018-03-09"),
        ("Lit again", "", "2018-03-10"),
        ("Third", "", ""),
    ]
    assert [each.paragraphs[-1].text for each in found] == [
        "The lamp went out.",
        "From now on it burns.",
        "Still burning.",
    ]


def test_a_mail_of_apple_is_read_without_its_size(read_bytes: ReadBytes) -> None:
    message = mail("Subject: The lens", "Who paid?")
    reading = read_bytes("1.emlx", b"%d  \n" % len(message) + message + b"<plist>flags</plist>")
    assert body_of(reading) == ["Who paid?"]


@pytest.mark.parametrize("name", ["Inbox", "saved.txt", "mail.old"])
def test_a_mailbox_is_told_by_its_content(read_bytes: ReadBytes, name: str) -> None:
    box = b"From - Fri Mar  9 10:00:00 2018\nX-Mozilla-Status: 0001\nSubject: One\n\nText.\n"
    (member,) = read_bytes(name, box).members
    assert member.reading is not None
    assert member.reading.title == "One"
