"""A corpus of files to look at: PDFs, archives, mails and what a browser would run."""

from __future__ import annotations

import io
import mailbox
import tarfile
import zipfile
import zlib
from email.message import EmailMessage
from pathlib import Path

from fpdf import FPDF

HOSTILE = "<!doctype html><title>Trap</title><p>The trap was set.<script>alert(1)</script>"
PAGES = (
    "The harbour was closed at dawn.",
    "The walrus kept the ledger of the fund by night. The ledger was green.",
    "Nobody asked the walrus about the lamps.",
)


def pdf(*pages: str, size: tuple[float, float] = (210, 297)) -> bytes:
    """Return a PDF with a text on each page; `size` is width and height in millimetres."""
    made = FPDF(format=size)
    made.set_font("Times", "", 14)
    for text in pages:
        made.add_page()
        made.multi_cell(0, 8, text)
    return bytes(made.output())


def _raw_pdf(*objects: bytes) -> bytes:
    """Return a PDF of these objects, numbered from 1; the first is the catalog."""
    made = b"%PDF-1.7\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    return made + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF" % (count, table, count, len(made))
    )


def _page_of(resources: bytes, content: bytes, *objects: bytes) -> bytes:
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources %s >>"
    return _raw_pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page % resources,
        _stream(b"", content),
        *objects,
    )


def _stream(facts: bytes, content: bytes) -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (facts, len(content), content)


def branching_pdf(depth: int) -> bytes:
    """Return a page of drawings that each draw the next one twice, so many deep."""
    forms = b"/Type /XObject /Subtype /Form /BBox [0 0 600 800]"
    drawings = [
        _stream(b"%s /Resources << /XObject << /X %d 0 R >> >>" % (forms, n + 1), b"/X Do /X Do")
        for n in range(5, 5 + depth)
    ]
    last = _stream(forms, b"0 0 m 600 800 l S")
    return _page_of(b"<< /XObject << /X 5 0 R >> >>", b"/X Do", *drawings, last)


def large_image_pdf(edge: int) -> bytes:
    """Return a page with a picture of `edge` by `edge` pixels that packs to next to nothing."""
    packer = zlib.compressobj(9)
    row = bytes(edge // 8)
    data = b"".join(packer.compress(row) for _ in range(edge)) + packer.flush()
    facts = (
        b"/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 1"
        b" /ColorSpace /DeviceGray /Filter /FlateDecode" % (edge, edge)
    )
    return _page_of(
        b"<< /XObject << /I 5 0 R >> >>", b"q 600 0 0 800 0 0 cm /I Do Q", _stream(facts, data)
    )


def mail(subject: str, text: str, **attached: bytes) -> EmailMessage:
    """Return a mail with PDFs attached, by their names without the suffix."""
    message = EmailMessage()
    message["From"], message["To"] = "ann@gazette.example", "desk@gazette.example"
    message["Subject"], message["Date"] = subject, "Mon, 3 Sep 2018 10:00:00 +0000"
    message.set_content(text)
    for name, data in attached.items():
        message.add_attachment(data, maintype="application", subtype="pdf", filename=f"{name}.pdf")
    return message


def zipped(**members: bytes) -> bytes:
    """Return a zip archive; `__` in a name stands for the dot before its suffix."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "."), data)
    return packed.getvalue()


def tarred(**members: bytes) -> bytes:
    """Return a tar archive packed by gzip; `__` in a name stands for the dot before its suffix."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name.replace("__", "."))
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return packed.getvalue()


def fill(corpus: Path) -> None:
    """Write one file of each kind into a folder."""
    corpus.mkdir(parents=True, exist_ok=True)
    (corpus / "report.pdf").write_bytes(pdf(*PAGES))
    (corpus / "trap.html").write_text(HOSTILE, encoding="utf-8")
    (corpus / "note.txt").write_text("The gulls were counted.\n", encoding="utf-8")
    (corpus / "noted.txt").write_text("The terns were counted.\n", encoding="utf-8")
    (corpus / "noted.txt.yaml").write_text("title: Terns\n", encoding="utf-8")
    (corpus / "rows.csv").write_text(
        "title,text\nOne,The first row has gulls\nTwo,The second row has terns\n", encoding="utf-8"
    )
    inner = zipped(deep__pdf=pdf("The octopus signed the contract."), leaf__txt=b"A leaf fell.\n")
    (corpus / "box.zip").write_bytes(zipped(inner__zip=inner, memo__txt=b"A memo on herrings.\n"))
    (corpus / "boxed.zip").write_bytes(zipped(cod__txt=b"A memo on cod.\n"))
    (corpus / "boxed.zip.yaml").write_text("source: Harbour\n", encoding="utf-8")
    (corpus / "roll.tar.gz").write_bytes(tarred(plan__pdf=pdf("The plan of the pier.")))
    letters = mailbox.mbox(corpus / "letters.mbox")
    letters.add(mail("First", "The squid wrote first."))
    letters.add(mail("Second", "See what is attached.", invoice=pdf("An invoice for lenses.")))
    letters.close()
