"""Pages of paper with a line of type on them: a stamped number, the header of a court, an advert.

Such a page is a picture that covers most of it, with few letters over it. What has letters under
the picture, or letters that are not drawn, was read by OCR before it came here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from backstory.indexer.readers.pdf.lines import Line

MOST_LETTERS = 200  # letters and digits: the header of a court has about 60
_COVERED = 0.6  # of the page, by its pictures
_MOST_OBJECTS = 5_000  # of a page that are looked at
_DEEPEST = 3  # forms within forms

Box = tuple[float, float, float, float]  # left, bottom, right, top in points
Matrix = tuple[float, float, float, float, float, float]
_AS_IT_IS: Matrix = (1, 0, 0, 1, 0, 0)


def stamps(page: Any, lines: Iterable[Line]) -> list[Any]:
    """Return the text objects of a page that is a picture with a few letters on it.

    [] for any other page; `lines` is the text of it. The objects are PDFium's own, and live as
    long as the page.
    """
    letters = sum(map(str.isalnum, "".join(line.text for line in lines)))
    if not 0 < letters <= MOST_LETTERS:
        return []
    from pypdfium2 import raw

    texts: list[Any] = []
    covered, under = 0.0, 0.0  # by all pictures, and by those below the lowest text
    for each in _objects(raw, page):
        if each.kind == raw.FPDF_PAGEOBJ_IMAGE:
            covered += _area(each.box, page.get_size()) if each.box else 0.0
        elif each.kind == raw.FPDF_PAGEOBJ_TEXT:
            mode = raw.FPDFTextObj_GetTextRenderMode(each.object)
            if mode in (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP):
                return []
            under = under if texts else covered
            texts.append(each.object)
    return texts if under >= _COVERED else []


def hide(texts: Iterable[Any]) -> None:
    """Leave text objects out of whatever is drawn of their page."""
    from pypdfium2 import raw

    for text in texts:
        raw.FPDFTextObj_SetTextRenderMode(text, raw.FPDF_TEXTRENDERMODE_INVISIBLE)


@dataclass(frozen=True, slots=True)
class _Object:
    """An object of a page, and its box there; None where it has none."""

    object: Any
    kind: int
    box: Box | None


def _objects(raw: Any, page: Any) -> Iterator[_Object]:
    """Yield the objects of a page in the order in which they are drawn, those in forms too."""
    left = _MOST_OBJECTS
    waiting: list[tuple[Any, Matrix, int]] = []
    for at in reversed(range(min(raw.FPDFPage_CountObjects(page), left))):
        waiting.append((raw.FPDFPage_GetObject(page, at), _AS_IT_IS, 0))
    while waiting and left:
        drawn, matrix, depth = waiting.pop()
        left -= 1
        kind = raw.FPDFPageObj_GetType(drawn)
        if kind != raw.FPDF_PAGEOBJ_FORM:
            yield _Object(drawn, kind, _box(raw, drawn, matrix))
        elif depth < _DEEPEST:
            within = _times(_matrix(raw, drawn), matrix)
            for at in reversed(range(min(raw.FPDFFormObj_CountObjects(drawn), left))):
                waiting.append((raw.FPDFFormObj_GetObject(drawn, at), within, depth + 1))


def _matrix(raw: Any, drawn: Any) -> Matrix:
    matrix = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(drawn, matrix):
        return _AS_IT_IS
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def _times(one: Matrix, other: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return (
        *(a * g + b * i, a * h + b * j),
        *(c * g + d * i, c * h + d * j),
        *(e * g + f * i + k, e * h + f * j + m),
    )


def _box(raw: Any, drawn: Any, matrix: Matrix) -> Box | None:
    from ctypes import c_float

    left, bottom, right, top = c_float(), c_float(), c_float(), c_float()
    if not raw.FPDFPageObj_GetBounds(drawn, left, bottom, right, top):
        return None
    a, b, c, d, e, f = matrix
    corners = [(x, y) for x in (left.value, right.value) for y in (bottom.value, top.value)]
    across = [a * x + c * y + e for x, y in corners]
    up = [b * x + d * y + f for x, y in corners]
    return min(across), min(up), max(across), max(up)


def _area(box: Box, size: tuple[float, float]) -> float:
    """Return how much of a page a box covers, as a share of it, 0 to 1.

    A page may begin elsewhere than at 0, and be turned: only the size counts.
    """
    left, bottom, right, top = box
    whole = size[0] * size[1]
    return min((right - left) * (top - bottom) / whole, 1.0) if whole > 0 else 0.0
