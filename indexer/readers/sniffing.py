"""What a file really is, told from its first bytes where its name says something else.

A PDF is often saved as `.txt`, a web page in the place of the PDF that it stood for, an office
file as `.zip`. Only what is certain counts: signatures, never a guess at the content.
"""

from __future__ import annotations

import io
import re
import zipfile

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark
from backstory.indexer.readers import suffix_of

Notes = tuple[Remark, ...]

_SIGNATURES = ((b"%PDF-", ".pdf"), (b"{\\rtf", ".rtf"))
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# How UTF-16 writes the name of the stream that holds an encrypted office file.
_ENCRYPTED_OFFICE = "EncryptedPackage".encode("utf-16-le")
_PAGE = re.compile(rb"(?:<\?xml[^>]*\?>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.I | re.S)
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
HEAD = 1024  # bytes that a signature is looked for in
_NAMES = {
    ".pdf": "a PDF",
    ".rtf": "an RTF text",
    ".docx": "a Word file",
    ".odt": "an OpenDocument text",
    ".epub": "an EPUB book",
    ".zip": "a zip archive",
    ".html": "a web page",
}
# Suffixes under which a web page or an archive is what it says.
_SAME = {
    ".htm": ".html",
    ".xhtml": ".html",
    ".md": ".html",
    ".markdown": ".html",
    ".docm": ".docx",
    ".ott": ".odt",
}
_TEXTS = {
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.oasis.opendocument.text-template": ".odt",
    "application/epub+zip": ".epub",
}


def true_suffix(name: str, data: bytes) -> tuple[str, Notes]:
    """Return the suffix that fits the content, with a note where the name has another.

    Raises UnreadableDocument for the office formats that no reader takes, whatever the name.
    """
    suffix = suffix_of(name).lower()
    found = signature(name, data)
    if not found or found == _SAME.get(suffix, suffix):
        return suffix, ()
    return found, (Remark.of(Code.OTHER_FORMAT, what=_NAMES[found], suffix=suffix),)


def is_archive(data: bytes) -> bool:
    """Tell whether `data` is an archive, of any kind, without opening it."""
    return data.startswith(_ZIP)


def signature(name: str, data: bytes) -> str:
    """Return the suffix of a format that `data` certainly is, or an empty string."""
    head = data[:HEAD]
    if head.startswith(_OLE):
        raise UnreadableDocument(name, _of_old_office(data))
    if head.startswith(_ZIP):
        return _of_archive(data)
    if head[:1].isalnum():  # nothing below begins so, and nearly every text does
        return ""
    for mark in _MARKS:
        head = head.removeprefix(mark)
    head = head.replace(b"\0", b"").lstrip()
    for start, suffix in _SIGNATURES:
        if head.startswith(start):
            return suffix
    return ".html" if _PAGE.match(head) else ""


def _of_old_office(data: bytes) -> Remark:
    if _ENCRYPTED_OFFICE in data:
        return Remark.of(Code.ENCRYPTED, detail="encrypted: save it without a password")
    detail = "an old Office file (.doc, .xls, .ppt, .msg): save it as .docx, PDF or text"
    return Remark.of(Code.OLD_FORMAT, detail=detail)


def _of_archive(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            if "word/document.xml" in names:
                return ".docx"
            if "mimetype" not in names:
                return ".zip"
            with archive.open("mimetype") as stream:
                kind = stream.read(100).decode("ascii", "replace").strip()
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, ValueError, EOFError, OSError):
        return ""  # its reader says what is wrong with it
    return _TEXTS.get(kind, ".zip")
