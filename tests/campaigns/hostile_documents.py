"""Documents that were made to do harm, or that went wrong on their way: one maker for each kind.

A maker gets a size: 1 for a file that a careless reader already stumbles over, 10 for one that it
would not get up from. Files and mails are named for what is the matter with them.
"""

from __future__ import annotations

import base64
import gzip
import struct
import zipfile
import zlib
from collections.abc import Callable

import dossier

Maker = Callable[[int], bytes]


def _repeated(unit: bytes, letters: int = 60_000) -> Maker:
    return lambda size: unit * (size * letters // len(unit))


def _nested(opening: bytes, inner: bytes, closing: bytes, depth: int = 3_000) -> Maker:
    return lambda size: opening * (size * depth) + inner + closing * (size * depth)


def _word(inner: bytes) -> bytes:
    xml = b'<w:document xmlns:w="w"><w:body>' + inner + b"</w:body></w:document>"
    return dossier.archive({"word/document.xml": xml})


def _opendocument(inner: bytes) -> bytes:
    kind = b"application/vnd.oasis.opendocument.text"
    xml = b'<o:c xmlns:o="o" xmlns:t="t"><o:text>' + inner + b"</o:text></o:c>"
    return dossier.archive({"mimetype": kind, "content.xml": xml})


def _deep(opening: bytes, closing: bytes, inner: bytes, size: int) -> bytes:
    return opening * (size * 200) + inner + closing * (size * 200)


def _pdf_of_one_size(width: int) -> bytes:
    made = dossier.raw_pdf(1, dossier.line_of_text("A line on a page of any size."))
    return made.replace(b"612 792", b"%d %d" % (width, width))


def _lying_zip(size: int) -> bytes:
    """Write an archive whose table says that its member has four gigabytes, or none."""
    data = bytearray(dossier.archive({"a.txt": b"A line.", "b.txt": b"Another line." * size}))
    place = data.rfind(b"PK\x01\x02")
    data[place + 20 : place + 28] = struct.pack("<II", 0xFFFFFFF0, 0)
    return bytes(data)


def _overlapping_zip(size: int) -> bytes:
    """Write an archive in which all members are the same bytes: a bomb without nesting."""
    core = zlib.compress(b"0 " * 500_000, 9)[2:-4]
    local = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 8, 0, 0, 0, len(core), 1_000_000, 5, 0)
    body = local + b"a.txt" + core
    rows = []
    for number in range(200 * size):
        name = b"%05d.txt" % number
        head = struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 8, 0, 0, 0, len(core), 1_000_000,
                           len(name), 0, 0, 0, 0, 0, 0)  # fmt: skip
        rows.append(head + name)
    table = b"".join(rows)
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, len(rows), len(rows), len(table), len(body), 0)
    return body + table + end


def _many_members(size: int) -> bytes:
    return dossier.archive({f"{n}.txt": b"" for n in range(3_000 * size)}, zipfile.ZIP_STORED)


def _yaml(block: bytes) -> bytes:
    return b"---\n" + block + b"\n---\n\nThe page itself.\n"


def _aliases(size: int) -> bytes:
    rows = [b"a0: &a0 [ha, ha]"]
    rows += [b"a%d: &a%d [%s]" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 12)]
    return _yaml(b"\n".join(rows * size))


def _style_ring(size: int) -> bytes:
    """Write a Word file whose styles are based on each other in a ring."""
    styles = "".join(
        f'<w:style w:styleId="s{n}"><w:basedOn w:val="s{(n + 1) % (50 * size)}"/></w:style>'
        for n in range(50 * size)
    )
    body = b'<w:p><w:pPr><w:pStyle w:val="s0"/></w:pPr><w:r><w:t>A line.</w:t></w:r></w:p>'
    return dossier.archive(
        {
            "word/document.xml": b'<w:d xmlns:w="w"><w:body>' + body + b"</w:body></w:d>",
            "word/styles.xml": f'<w:s xmlns:w="w">{styles}</w:s>'.encode(),
        }
    )


def _book_of_one_chapter(size: int) -> bytes:
    """Write a book that shows the same chapter again and again."""
    spine = '<itemref idref="c"/>' * (2_000 * size)
    package = f'<package><manifest><item id="c" href="c.html"/></manifest><spine>{spine}</spine>'
    return dossier.archive(
        {
            "mimetype": b"application/epub+zip",
            "META-INF/container.xml": b'<c><rootfile full-path="p.opf"/></c>',
            "p.opf": (package + "</package>").encode(),
            "c.html": b"<p>" + b"The chapter. " * 2_000,
        }
    )


def _cyclic_pdf(size: int) -> bytes:
    made = dossier.raw_pdf(1, b"/X Do " * size)
    form = b"<</Font<</F1 3 0 R>>/XObject<</X 4 0 R>>>>"
    return made.replace(b"<</Font<</F1 3 0 R>>>>", form)


FILES: dict[str, Maker] = {
    # Markdown: what takes a parser the square of its length, or is deeper than its stack
    "brackets.md": _repeated(b"["),
    "images.md": _repeated(b"![[a"),
    "emphasis.md": _repeated(b"*a **b "),
    "stars.md": _repeated(b"a*"),
    "underscores.md": _repeated(b"a_b_ _"),
    "ticks.md": lambda size: b" ".join(b"`" * n for n in range(1, 350 * size)),
    "links.md": _repeated(b"[a](<b"),
    "references.md": _repeated(b"[a]: b\n"),
    "quotes.md": _nested(b"> ", b"deep", b""),
    "lists.md": lambda size: b"\n".join(b"  " * n + b"- deep" for n in range(200 * size)),
    "comments.md": _repeated(b"<!--a"),
    "tags.md": _repeated(b"<a b='"),
    "entities.md": _repeated(b"&a "),
    "table.md": lambda size: b"|a" * (500 * size) + b"\n" + b"|-" * (500 * size) + b"\n|" * 400,
    "footnotes.md": _repeated(b"[^a]: b\n"),
    "wiki.md": _repeated(b"[[a|"),
    # Front matter and metadata
    "aliases.md": _aliases,
    "deep-yaml.md": lambda size: _yaml(b"a: " + b"[" * (5_000 * size)),
    "deep-map.md": lambda size: _yaml(b"\n".join(b" " * n + b"a:" for n in range(100 * size))),
    "typed.md": lambda size: _yaml(b"title: !!python/object/apply:os.system ['true']"),
    "long-yaml.md": lambda size: _yaml(b"title: " + b"word " * (20_000 * size)),
    # Pages
    "deep.html": _nested(b"<div>", b"deep", b"</div>"),
    "spans.html": _nested(b"<b>", b"deep", b""),
    "tables.html": _nested(b"<table><tr><td>", b"deep", b"", 300),
    "attributes.html": lambda size: b"<p " + b"a='b' " * (20_000 * size) + b">A line.",
    "comments.html": lambda size: b"<!---->" * (200 * size) + b"<p>After the comments.",
    "unfinished.html": _repeated(b"<p a='"),
    "scripts.html": _repeated(b"<script>a", 100_000),
    "endless-title.html": lambda size: b"<title>" + b"word " * (50_000 * size),
    "dates.html": lambda size: b"<p>" + b"12 March 2018 " * (10_000 * size),
    # Signatures that are looked for in every file
    "comments.txt": lambda size: b"<!---->" * 140 + b"A line.",
    "declarations.txt": lambda size: b"<?xml?><?xml ?>" * 60 + b"A line.",
    # Office files, books, archives
    "laughs.docx": lambda size: dossier.entity_bomb(),
    "outside.docx": lambda size: dossier.outside_entity(),
    "deep.docx": lambda size: _word(
        _deep(b"<w:sdt><w:p>", b"</w:p></w:sdt>", b"<w:r><w:t>deep</w:t></w:r>", size)
    ),
    "deep-runs.docx": lambda size: _word(
        b"<w:p>" + _deep(b"<w:r>", b"</w:r>", b"<w:t>deep</w:t>", size) + b"</w:p>"
    ),
    "boxes.docx": lambda size: _word(
        _deep(b"<w:p><w:txbxContent>", b"</w:txbxContent></w:p>", b"<w:p/>", size)
    ),
    "styles.docx": _style_ring,
    "deep.odt": lambda size: _opendocument(
        _deep(b"<t:section>", b"</t:section>", b"<t:p>deep</t:p>", size)
    ),
    "deep-spans.odt": lambda size: _opendocument(
        b"<t:p>" + _deep(b"<t:span>", b"</t:span>", b"deep", size) + b"</t:p>"
    ),
    "notes.odt": lambda size: _opendocument(
        _deep(b"<t:p><t:note-body>", b"</t:note-body></t:p>", b"<t:p>deep</t:p>", size)
    ),
    "chapters.epub": _book_of_one_chapter,
    "bomb.zip": lambda size: dossier.zip_bomb(40 * size),
    "overlapping.zip": _overlapping_zip,
    "matryoshka.zip": lambda size: dossier.matryoshka(60 * size),
    "lying.zip": _lying_zip,
    "many.zip": _many_members,
    "traversal.zip": lambda size: dossier.traversal(),
    "nulls.zip": lambda size: dossier.archive({"a.txt": bytes(100_000 * size)}),
    "cut.zip": lambda size: dossier.archive({"a.txt": b"A line." * 1_000})[:-40],
    # PDFs and RTF
    "ring.pdf": lambda size: dossier.raw_pdf(1, loop=True),
    "cyclic.pdf": _cyclic_pdf,
    "bomb.pdf": lambda size: dossier.pdf_bomb(60 * size),
    "huge.pdf": lambda size: _pdf_of_one_size(2_000_000_000),
    "deep.pdf": lambda size: b"%PDF-1.7\n1 0 obj\n" + b"[" * (20_000 * size),
    "noise.pdf": lambda size: b"%PDF-1.7\n" + bytes(range(256)) * (200 * size),
    "groups.rtf": lambda size: b"{\\rtf1 " + b"{" * (20_000 * size) + b"deep",
    "words.rtf": lambda size: b"{\\rtf1 " + b"\\'e9\\u233? " * (10_000 * size) + b"}",
    # Tables
    "columns.csv": lambda size: (
        b",".join(b"c%d" % n for n in range(100_000 * size)) + b"\n1\n" * 99
    ),
    "rows.csv": lambda size: b"a" + b"," * (2_000 * size) + b"\n" + b"1\n" * (2_000 * size),
    "quote.csv": lambda size: b'a,b\n1,"' + b"word\n" * (20_000 * size),
    "same-ids.csv": lambda size: b"id,text\n" + b"x,A line.\n" * (3_000 * size),
    "deep.jsonl": lambda size: b'{"text": ' + b"[" * (50_000 * size) + b"\n",
    "deep-keys.jsonl": lambda size: b'{"a": ' * (300 * size) + b"1" + b"}" * (300 * size),
    "number.jsonl": lambda size: b'{"text": "A line.", "date": ' + b"9" * (5_000 * size) + b"}",
    "infinite.jsonl": lambda size: b'{"text": "A line.", "title": Infinity}',
    # Text
    "line.txt": lambda size: b"word " * (200_000 * size),
    "word.txt": lambda size: b"w" * (200_000 * size),
    "nulls.txt": lambda size: b"A line.\0" * (1_000 * size),
    "capitals.txt": lambda size: b"Ana Maria Quintero de la " * (4_000 * size),
    "initials.txt": lambda size: b"A. B. C. D. " * (5_000 * size),
    "hyphens.txt": lambda size: b"a-\n" * (20_000 * size),
    "marks.txt": lambda size: ("e" + "\u0301" * (20_000 * size)).encode(),
    "directions.txt": lambda size: ("\u202e\u2066word " * (5_000 * size)).encode(),
    "blanks.txt": lambda size: b"a" + b" \t" * (50_000 * size) + b"b",
    "pages.txt": lambda size: b"a\f" * (10_000 * size),
    "numbers.txt": lambda size: b"1.2.3,4-5/" * (10_000 * size),
    "half.txt": lambda size: "A line of text.\n".encode("utf-16-le") * (100 * size),
    "mixed.txt": lambda size: "caf\u00e9\n".encode() * size + "caf\u00e9\n".encode("cp1252") * size,
    "surrogates.txt": lambda size: b"\xed\xa0\x80\xf8\x88 word " * (100 * size),
    "page.txt": lambda size: dossier.page(dossier.story(1)),
    "text.pdf": lambda size: b"Only a line of text.",
    "packed.txt": lambda size: gzip.compress(b"A line." * size),
    "cues.vtt": lambda size: b"WEBVTT\n\n" + b"00:01 --> 00:02\n<v " * (3_000 * size),
    "times.srt": lambda size: b"1\n99:99:99,999 --> 00:00:00,000\nA line.\n\n" * (500 * size),
}

_HEAD = b"From: Ana <ana@example.org>\nTo: bo@example.org\nSubject: %s\nDate: %s\n"
_DATE = b"Fri, 9 Mar 2018 10:00:00 +0000"


def _mail(
    body: bytes, *, subject: bytes = b"A letter", date: bytes = _DATE, head: bytes = b""
) -> bytes:
    return _HEAD % (subject, date) + head + b"\n" + body


def _parts(parts: list[bytes], kind: bytes = b"mixed") -> bytes:
    head = b'MIME-Version: 1.0\nContent-Type: multipart/%s; boundary="b"\n' % kind
    body = b"".join(b"--b\n" + part + b"\n" for part in parts)
    return _mail(body + b"--b--\n", head=head)


def _text_in(charset: bytes) -> bytes:
    return _mail(
        b"A caf\xe9 by the harbour.", head=b"Content-Type: text/plain; charset=%s\n" % charset
    )


def _enclosed(depth: int) -> bytes:
    """Write a mail in a mail in a mail, each forwarded as it was."""
    head = b"".join(b"Subject: %d\nContent-Type: message/rfc822\n\n" % n for n in range(depth))
    return (
        _HEAD % (b"Forwarded", _DATE)
        + b"Content-Type: message/rfc822\n\n"
        + head
        + _mail(b"Hello.")
    )


def _attached(name: bytes, data: bytes) -> bytes:
    disposition = b'Content-Disposition: attachment; filename="%s"\n' % name
    coded = b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(data)
    return _parts([b"Content-Type: text/plain\n\nHello.", disposition + coded])


_5000 = b", ".join(b"Reader %d <r%d@example.org>" % (n, n) for n in range(5_000))

MAILS: dict[str, Maker] = {
    "undefined": lambda size: _text_in(b"undefined"),
    "punycode": lambda size: _text_in(b"punycode"),
    "idna": lambda size: _text_in(b"idna"),
    "rot13": lambda size: _text_in(b"rot13"),
    "hex": lambda size: _text_in(b"hex"),
    "unknown-charset": lambda size: _text_in(b"x-" + b"unknown" * 100),
    "null-charset": lambda size: _text_in(b"a\\0b"),
    "utf-7": lambda size: _text_in(b"utf-7"),
    "raw-unicode-escape": lambda size: _text_in(b"raw_unicode_escape"),
    "nested-parts": lambda size: dossier.nested_mail(2_000 * size),
    "many-parts": lambda size: _parts([b"Content-Type: text/plain\n\nx"] * (2_000 * size)),
    "unnamed-parts": lambda size: _parts([b"\nx"] * (2_000 * size), b"alternative"),
    "nested-mails": lambda size: _enclosed(300 * size),
    "recipients": lambda size: _mail(b"Hello.", head=b"Cc: " + _5000 + b"\n"),
    "quotes-in-from": lambda size: (
        b"From: " + b'"a" ' * (3_000 * size) + b"\nTo: b@c.example\n\nHello."
    ),
    "open-quotes": lambda size: b"From: " + b'"' * (3_001 * size) + b"\n\nHello.",
    "comments-in-from": lambda size: b"From: " + b"(" * (3_000 * size) + b"\n\nHello.",
    "angles-in-to": lambda size: b"To: " + b"<a@b " * (3_000 * size) + b"\n\nHello.",
    "coded-subject": lambda size: _mail(b"Hello.", subject=b"=?utf-8?q?a?= " * (2_000 * size)),
    "bad-coded-subject": lambda size: _mail(b"Hello.", subject=b"=?undefined?q?a?= =?x?b?====?="),
    "folded-subject": lambda size: _mail(b"Hello.", subject=b"a\n " * (3_000 * size)),
    "parameters": lambda size: _mail(
        b"Hello.", head=b"Content-Type: text/plain" + b"; a*0*=x''b" * (2_000 * size) + b"\n"
    ),
    "file-name": lambda size: _attached(b"../" * 300 + b"x.txt", b"A line."),
    "garbled-headers": lambda size: b"From: a@b\n\x00\xff: x\nno colon here\nSubject: s\n\nHello.",
    "no-headers": lambda size: b"\n\nHello.",
    "bad-date": lambda size: _mail(b"Hello.", date=b"Fri, 99 Foo 99999 99:99:99 +9999999"),
    "huge-date": lambda size: _mail(b"Hello.", date=b"1" * 5_000),
    "base64-garbage": lambda size: _mail(
        b"=?!#" * (5_000 * size), head=b"Content-Transfer-Encoding: base64\n"
    ),
    "cut-base64": lambda size: _mail(b"SGVsbG8", head=b"Content-Transfer-Encoding: base64\n"),
    "uuencoded": lambda size: _mail(
        b"begin 644 a\n" + b"M" * (9_000 * size), head=b"Content-Transfer-Encoding: x-uuencode\n"
    ),
    "quoted-printable": lambda size: _mail(
        b"=\n" * (20_000 * size), head=b"Content-Transfer-Encoding: quoted-printable\n"
    ),
    "multipart-without-parts": lambda size: _mail(
        b"Hello.", head=b'Content-Type: multipart/mixed; boundary="b"\n'
    ),
    "multipart-in-base64": lambda size: _mail(
        b"SGVsbG8=",
        head=b'Content-Type: multipart/mixed; boundary="b"\nContent-Transfer-Encoding: base64\n',
    ),
    "boundaries": lambda size: _mail(
        b"--b\n" * (10_000 * size), head=b'Content-Type: multipart/mixed; boundary="b"\n'
    ),
    "no-boundary": lambda size: _mail(b"Hello.", head=b"Content-Type: multipart/mixed\n"),
    "deep-page": lambda size: _mail(
        b"<div>" * (3_000 * size) + b"deep", head=b"Content-Type: text/html\n"
    ),
    "bomb-attached": lambda size: _attached(b"a.zip", dossier.zip_bomb(40 * size)),
    "pdf-attached": lambda size: _attached(b"a.pdf", dossier.pdf_bomb(60 * size)),
    "markdown-attached": lambda size: _attached(b"a.md", b"*a **b " * (10_000 * size)),
    "mailbox-attached": lambda size: _attached(b"a.mbox", b"From a\n\n" * (2_000 * size)),
    "signed": lambda size: _mail(b"Hello.", head=b"Content-Type: application/pkcs7-mime\n"),
    "nulls": lambda size: _mail(b"Hel\0lo." * size),
    "long-line": lambda size: _mail(b"word " * (50_000 * size)),
    "quotations": lambda size: _mail(b">" * (20_000 * size) + b" Hello."),
    "from-lines": lambda size: _mail(b"Hello.\n>From there\n>>From here\n"),
    "empty": lambda size: b"Subject:\n\n",
}


def mailbox(number_of_good: int, size: int) -> bytes:
    """Write a mailbox of all hostile mails, with good ones between them."""
    letters = [make(size) for make in MAILS.values()]
    good = [
        _mail(b"Neighbour %d writes." % n, subject=b"Good %d" % n) for n in range(number_of_good)
    ]
    every: list[bytes] = []
    for number, letter in enumerate(letters):
        every += [letter, good[number % len(good)]] if number < len(good) else [letter]
    return b"".join(
        b"From a@b Fri Mar  9 10:00:00 2018\n" + each.rstrip() + b"\n\n" for each in every
    )
