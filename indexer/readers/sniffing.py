"""What a file really is, told from its first bytes where its name says something else.

A PDF is often saved as `.txt`, a web page in the place of the PDF that it stood for, an office
file as `.zip`. Only what is certain counts: the signatures that readers declare, never a guess at
the content. Where the signatures of several formats fit, the suffix of the file decides if it is
one of theirs; else, in a zip, the format that names the most members, and then the order of the
registry.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Sequence

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark
from backstory.indexer.readers import Format, suffix_of
from backstory.indexer.readers.registry import format_for, registry

Notes = tuple[Remark, ...]

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_ANY_ZIP = ".zip"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# How UTF-16 writes the name of the stream that holds an encrypted office file.
_ENCRYPTED_OFFICE = "EncryptedPackage".encode("utf-16-le")
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
# The list of the parts of an Office file, whose main part has a type of its own.
_TYPES, _TYPES_SIZE = "[Content_Types].xml", 1 << 20
_TYPE = re.compile(r"""ContentType\s*=\s*["']([^"']+)""")
HEAD = 1024  # bytes that a signature is looked for in


def true_suffix(name: str, data: bytes) -> tuple[str, Notes]:
    """Return the suffix that fits the content, with a note where the name has another.

    Raises UnreadableDocument for the office formats that no reader takes, whatever the name.
    """
    suffix = suffix_of(name).lower()
    declared = _declared(name, data)
    if declared is None or suffix in declared.suffixes:
        return suffix, ()
    own = format_for(suffix)
    if own is not None and any(each in declared.suffixes for each in own.may_begin_as):
        return suffix, ()
    note = Remark.of(Code.OTHER_FORMAT, what=declared.label, suffix=suffix)
    return declared.suffixes[0], (note,)


def is_archive(data: bytes) -> bool:
    """Tell whether `data` is an archive, of any kind, without opening it."""
    return data.startswith(_ZIP)


def signature(name: str, data: bytes) -> str:
    """Return the suffix of a format that `data` certainly is, or an empty string."""
    declared = _declared(name, data)
    return declared.suffixes[0] if declared else ""


def _declared(name: str, data: bytes) -> Format | None:
    head = data[:HEAD]
    suffix = suffix_of(name).lower()
    if head.startswith(_ZIP):
        return _of_archive(suffix, data)
    if head.startswith(_OLE):
        return _of_old_office(name, suffix, data)
    # Nearly every text begins so, and what could follow a mark or blanks does not.
    if head[:1].isalnum() and not head.startswith(registry().magics):
        return None
    bare = head
    for mark in _MARKS:
        bare = bare.removeprefix(mark)
    bare = bare.replace(b"\0", b"").lstrip()
    fitting = [each for each in registry().signed if _fits(each, head, bare)]
    return _preferred(fitting, suffix)


def _fits(declared: Format, head: bytes, bare: bytes) -> bool:
    if head.startswith(declared.magic) or bare.startswith(declared.magic):
        return True
    return declared.pattern is not None and declared.pattern.match(bare) is not None


def _preferred(fitting: Sequence[Format], suffix: str) -> Format | None:
    """Return the format that has the suffix of the file, or else the first, if any."""
    own = (each for each in fitting if suffix in each.suffixes)
    return next(own, fitting[0] if fitting else None)


def _of_old_office(name: str, suffix: str, data: bytes) -> Format:
    # Several formats share this signature: only the suffix says which.
    own = format_for(suffix)
    if own is not None and _OLE.startswith(own.magic):
        return own
    if _ENCRYPTED_OFFICE in data:
        reason = "encrypted: save it without a password"
        raise UnreadableDocument(name, reason, Code.ENCRYPTED)
    reason = "an old Office file (.doc, .xls, .ppt, .msg): save it as .docx, PDF or text"
    raise UnreadableDocument(name, reason, Code.OLD_FORMAT)


def _of_archive(suffix: str, data: bytes) -> Format | None:
    formats = registry().zipped
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            named = [each for each in formats if each.zip_names and names >= {*each.zip_names}]
            if named:
                return _preferred(named, suffix)
            kinds = _kinds(archive, names)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, ValueError, EOFError, OSError):
        return None  # its reader says what is wrong with it
    typed = [each for each in formats if not kinds.isdisjoint(each.mimetypes)]
    return _preferred(typed, suffix) or format_for(_ANY_ZIP)


def _kinds(archive: zipfile.ZipFile, names: set[str]) -> set[str]:
    """Return what an archive says it is: by a member called `mimetype`, or the types of parts."""
    if "mimetype" in names:
        with archive.open("mimetype") as stream:
            return {stream.read(100).decode("ascii", "replace").strip()}
    if _TYPES not in names:
        return set()
    with archive.open(_TYPES) as stream:
        listed = stream.read(_TYPES_SIZE).replace(b"\0", b"").decode("ascii", "replace")
    return set(_TYPE.findall(listed))
