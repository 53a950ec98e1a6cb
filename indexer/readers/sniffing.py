"""What a file really is, told from its first bytes where its name says something else.

A PDF is often saved as `.txt`, a web page in the place of the PDF that it stood for, an office
file as `.zip`. Only what is certain counts: the signatures that readers declare, never a guess at
the content. Where the signatures of several formats fit, the suffix of the file decides if it is
one of theirs; else, in a zip, the format that names the most members, and then the order of the
registry. A file without the signature of its format that has no control characters is text.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from fnmatch import filter as matching

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark
from backstory.indexer.readers import Format, ole, suffix_of
from backstory.indexer.readers.archives import is_zip
from backstory.indexer.readers.registry import format_for, registry

Notes = tuple[Remark, ...]

ANY_ZIP = ".zip"
_ENCRYPTED_OFFICE, _OLD_SLIDES = "EncryptedPackage", "PowerPoint Document"
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
# The list of the parts of an Office file, whose main part has a type of its own.
_TYPES, _TYPES_SIZE = "[Content_Types].xml", 1 << 20
_TYPE = re.compile(r"""ContentType\s*=\s*["']([^"']+)""")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
HEAD = 1024  # bytes that a signature is looked for in


def true_suffix(name: str, data: bytes) -> tuple[str, Notes]:
    """Return the suffix that fits the content, with a note where the name has another.

    Raises UnreadableDocument for the office formats that no reader takes, whatever the name.
    """
    suffix = suffix_of(name).lower()
    declared, own = _declared(name, data), format_for(suffix)
    if declared is None and own is not None and _is_text_instead(own, data[:HEAD]):
        declared = format_for(own.text_suffix)
    if declared is None or suffix in declared.suffixes:
        return suffix, ()
    if own is not None and any(each in declared.suffixes for each in own.may_begin_as):
        return suffix, ()
    note = Remark.of(Code.OTHER_FORMAT, what=declared.label, suffix=suffix)
    return declared.suffixes[0], (note,)


def _is_text_instead(own: Format, head: bytes) -> bool:
    """Tell whether a file has not the signature of its format, but is text.

    Programs export tables as text and call them `.xls`, and people name any letter `.doc`.
    """
    has_signature = own.is_zipped or own.streams or own.magic
    if own.is_plain_text or not has_signature or any(each in head for each in own.magic):
        return False
    return bool(head.strip()) and not _CONTROL.search(head)


def is_archive(data: bytes) -> bool:
    """Tell whether `data` is an archive, of any kind, without opening it."""
    return is_zip(data)


def signature(name: str, data: bytes) -> str:
    """Return the suffix of a format that `data` certainly is, or an empty string."""
    declared = _declared(name, data)
    return declared.suffixes[0] if declared else ""


def may_be_read(name: str, head: bytes) -> bool:
    """Tell whether a file has a reader, by its name or, where that says nothing, by its head."""
    if format_for(suffix_of(name)) is not None:
        return True
    try:
        return is_archive(head) or head.startswith(ole.MAGIC) or bool(signature(name, head))
    except UnreadableDocument:
        return True


def _declared(name: str, data: bytes) -> Format | None:
    head = data[:HEAD]
    suffix = suffix_of(name).lower()
    if is_zip(head):
        return _of_archive(suffix, data)
    if head.startswith(ole.MAGIC):
        return _of_old_office(name, suffix, data)
    bare = head
    for mark in _MARKS:
        bare = bare.removeprefix(mark)
    bare = bare.replace(b"\0", b"").lstrip()
    fitting = [each for each in registry().signed if _fits(each, head, bare)]
    return _preferred(fitting, suffix)


def _fits(declared: Format, head: bytes, bare: bytes) -> bool:
    if head.startswith(declared.magic) or bare.startswith(declared.magic):
        return True
    pattern = declared.pattern
    return pattern is not None and bool(pattern.match(bare) or pattern.match(head))


def _preferred(fitting: Sequence[Format], suffix: str) -> Format | None:
    """Return the format that has the suffix of the file, or else the first, if any."""
    own = (each for each in fitting if suffix in each.suffixes)
    return next(own, fitting[0] if fitting else None)


def _of_old_office(name: str, suffix: str, data: bytes) -> Format | None:
    # Several formats share this signature: what is in the container says which.
    names = ole.names(data)
    if _ENCRYPTED_OFFICE in names:
        reason = "encrypted: save it without a password"
        raise UnreadableDocument(name, reason, Code.ENCRYPTED)
    own = format_for(suffix)
    fitting = [each for each in registry().contained if not names.isdisjoint(each.streams)]
    if fitting:
        return _preferred(fitting, suffix)
    if own is not None and own.streams and _OLD_SLIDES not in names:
        return own  # its reader says what is wrong with it
    reason = "an old Office file (such as .ppt): save it as .pptx, .docx, PDF or text"
    raise UnreadableDocument(name, reason, Code.OLD_FORMAT)


def _of_archive(suffix: str, data: bytes) -> Format | None:
    formats = registry().zipped
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            named = [each for each in formats if each.zip_names and _has(names, each.zip_names)]
            if named:
                return _preferred(named, suffix)
            kinds = _kinds(archive, names)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, ValueError, EOFError, OSError):
        return None  # its reader says what is wrong with it
    typed = [each for each in formats if not kinds.isdisjoint(each.mimetypes)]
    return _preferred(typed, suffix) or format_for(ANY_ZIP)


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


def _has(names: set[str], wanted: Sequence[str]) -> bool:
    return all(each in names or ("*" in each and matching(names, each)) for each in wanted)
