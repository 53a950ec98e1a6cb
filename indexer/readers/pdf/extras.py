"""What a PDF has beside the text of its pages: filled fields, comments, attached files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark
from backstory.indexer.readers import Member, Source
from backstory.indexer.readers.blocks import Block
from backstory.indexer.readers.dispatch import member, safe_name

FORM, COMMENT = "form", "comment"
_MOST = 2_000  # annotations of a page that are looked at
_OFF = frozenset({"", "Off"})


def comments_and_fields(document: Any, page: Any, number: int) -> Iterator[Block]:
    """Yield the values of the fields of a page, and the comments on it.

    The forms of the document have to be open (`init_forms`) where it has any.
    """
    from pypdfium2 import raw

    for at in range(min(raw.FPDFPage_GetAnnotCount(page), _MOST)):
        note = raw.FPDFPage_GetAnnot(page, at)
        if not note:
            continue
        try:
            text, heading = _text_of(raw, document, note)
        finally:
            raw.FPDFPage_CloseAnnot(note)
        if text:
            yield Block(text, page=number, heading=heading)


def _text_of(raw: Any, document: Any, note: Any) -> tuple[str, str]:
    kind = raw.FPDFAnnot_GetSubtype(note)
    if kind == raw.FPDF_ANNOT_WIDGET:
        return _field(raw, document, note), FORM
    if kind in (raw.FPDF_ANNOT_LINK, raw.FPDF_ANNOT_POPUP):
        return "", ""
    return _string(lambda *room: raw.FPDFAnnot_GetStringValue(note, b"Contents", *room)), COMMENT


def _field(raw: Any, document: Any, note: Any) -> str:
    form = document.formenv
    if form is None:
        return _string(lambda *room: raw.FPDFAnnot_GetStringValue(note, b"V", *room))
    if raw.FPDFAnnot_GetFormFieldType(form, note) == raw.FPDF_FORMFIELD_PUSHBUTTON:
        return ""
    value = _string(lambda *room: raw.FPDFAnnot_GetFormFieldValue(form, note, *room))
    if value in _OFF:
        return ""
    name = _string(lambda *room: raw.FPDFAnnot_GetFormFieldAlternateName(form, note, *room))
    name = name or _string(lambda *room: raw.FPDFAnnot_GetFormFieldName(form, note, *room))
    return f"{name}: {value}" if name else value


def _string(get: Callable[..., int]) -> str:
    """Return what a function of PDFium writes as UTF-16, given a buffer and its size in bytes."""
    from ctypes import c_ushort

    size = get(None, 0)
    if size <= 2:
        return ""
    room = (c_ushort * (size // 2 + 1))()
    get(room, size)
    return bytes(room)[: size - 2].decode("utf-16-le", "replace").replace("\x00", "").strip()


def attachments(document: Any, source: Source) -> Iterator[Member]:
    """Yield the files that are attached to a document, read as members of it."""
    budget = source.budget
    for number in range(document.count_attachments()):
        if refusal := budget.refusal("attachments"):
            yield Member(f"attachment {number + 1}", remark=refusal)
            return
        yield _attachment(document, number, source)


def _attachment(document: Any, number: int, source: Source) -> Member:
    from pypdfium2 import PdfiumError

    name, budget = f"attachment {number + 1}", source.budget
    try:
        attached = document.get_attachment(number)
        name = safe_name(" ".join(attached.get_name().split())) or name
        with source.deeper("attachments"):
            data = bytes(attached.get_data())
            if len(data) > budget.size:
                detail = "the attachments hold more than formats.max_unpacked_mb"
                return Member(name, remark=Remark.of(Code.TOO_LARGE, detail=detail))
            budget.size -= len(data)
            return member(source, name, data)
    except PdfiumError:
        return Member(name, remark=Remark.of(Code.BROKEN, detail="broken (attachment)"))
    except UnreadableDocument as error:
        return Member(name, remark=error.remark)
