"""Which pieces of a web page are its text: those that trafilatura finds, and what belongs to them.

trafilatura says which, our own pieces say how: it finds the text of most pages well, but it loses
captions and whole blocks of some, and joins paragraphs where a page parts them in its own way.
A piece is text when most of it stands in what trafilatura found; so is what stands among such
pieces in the same place of the page, a further block of the same make, a heading over them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from backstory.indexer.readers.markup import local
from backstory.indexer.readers.pieces import BOILERPLATE, HIDDEN, MENU, Piece

_CHUNK = 20  # characters by which a piece is looked for in what was found
_MOST = 0.8  # of its chunks that have to be there
_SHORT = 30  # characters; a piece so short may be anywhere by chance
_NEAR = 200  # characters in which a short one is looked for
_FAR = 20_000  # characters in which a long one is looked for first
_MOST_SCANNED = 200_000_000  # characters, in all, that long ones are looked for in elsewhere
_LINKED = 0.5  # of its characters; a piece with more leads elsewhere
_MAJOR = 0.25  # of the text, that a kind of block has whose further ones are text too
_ARTICLES = frozenset({"article", "main"})
_QUOTES = frozenset({"blockquote", "figure"})


def chosen(pieces: Sequence[Piece], text: str) -> list[bool]:
    """Tell of each piece whether it is text of the page; `text` is what trafilatura found."""
    search = _Search(_bare(text))
    is_text = [search.has(piece) for piece in pieces]
    _drop_edges(pieces, is_text)
    if any(is_text):
        _add_blocks(pieces, is_text)
        _add_between(pieces, is_text)
        _add_headings(pieces, is_text)
    return is_text


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text))


class _Search:
    """Looks for pieces in the text that was found, each after the one before."""

    def __init__(self, text: str) -> None:
        self._text, self._position = text, 0
        self._left = _MOST_SCANNED

    def has(self, piece: Piece) -> bool:
        """Tell whether most of a piece stands in the text; a short one, where it should."""
        bare = _bare(piece.block.text)
        if not bare or piece.kind == HIDDEN:
            return False
        end = self._end_of_short(bare) if len(bare) < _SHORT else self._end_of_long(bare)
        self._position = max(self._position, end)
        return end >= 0

    def _end_of_short(self, bare: str) -> int:
        start = self._text.find(bare, self._position, self._position + _NEAR)
        return start + len(bare) if start >= 0 else -1

    def _end_of_long(self, bare: str) -> int:
        """Return where the last chunk of a piece ends, -1 where too many are not there."""
        count = len(bare) // _CHUNK
        misses, end = 0, -1
        for first in range(0, count * _CHUNK, _CHUNK):
            start = self._find(bare[first : first + _CHUNK])
            misses += start < 0
            if misses > (1 - _MOST) * count:
                return -1
            end = start + _CHUNK if start >= 0 else end
        return end

    def _find(self, chunk: str) -> int:
        """Look nearby, then everywhere, as long as that does not take too long in all."""
        start = self._text.find(chunk, self._position, self._position + _FAR)
        if start < 0 and self._left > 0:
            self._left -= len(self._text)
            start = self._text.find(chunk)
        return start


def _is_linked(piece: Piece) -> bool:
    return piece.linked > _LINKED * len(_bare(piece.block.text))


def _is_short(piece: Piece) -> bool:
    return len(_bare(piece.block.text)) < _SHORT


def _drop_edges(pieces: Sequence[Piece], is_text: list[bool]) -> None:
    """Take away short links that stand before and after the text."""
    order = range(len(pieces))
    for indexes in (order, reversed(order)):
        for index in indexes:
            if is_text[index]:
                if not (_is_short(pieces[index]) and _is_linked(pieces[index])):
                    break
                is_text[index] = False


def _add_blocks(pieces: Sequence[Piece], is_text: list[bool]) -> None:
    """Add the text of further blocks of the make in which much of the text stands."""
    sizes: Counter[str] = Counter()
    for piece, is_in in zip(pieces, is_text, strict=True):
        sizes[_make(piece.container)] += len(piece.block.text) * is_in
    of_text = {make for make, size in sizes.items() if make and size > _MAJOR * sizes.total()}
    root = _article([p.container for p, is_in in zip(pieces, is_text, strict=True) if is_in])
    for index, piece in enumerate(pieces):
        if _make(piece.container) in of_text and not piece.kind and not _is_linked(piece):
            is_text[index] |= _is_within(piece.container, root)


def _make(container: Any) -> str:
    """Return what the elements of a page that are of one make have in common, "" without class."""
    if container is None or not container.get("class"):
        return ""
    return f"{local(container)} {' '.join(container.get('class').split())}"


def _is_within(element: Any, root: Any) -> bool:
    return element is root or root in element.iterancestors()


def _article(containers: Sequence[Any]) -> Any:
    """Return the innermost element that all of the text is within, or the article around it."""
    different = list(dict.fromkeys(containers))
    path = [different[0], *different[0].iterancestors()]
    for container in different[1:]:
        own = {container, *container.iterancestors()}
        while len(path) > 1 and path[0] not in own:
            path.pop(0)
    return next((each for each in path if local(each) in _ARTICLES), path[-1])


def _add_between(pieces: Sequence[Piece], is_text: list[bool]) -> None:
    """Add what stands among the text: in the same container, a quotation, a picture."""
    long = [i for i, is_in in enumerate(is_text) if is_in and not _is_short(pieces[i])]
    containers = {pieces[index].container for index in long}
    for index in range(long[0], long[-1]) if long else ():
        piece = pieces[index]
        if not piece.kind and not is_text[index]:
            among = piece.container in containers and not _is_linked(piece)
            is_text[index] = among or local(piece.container) in _QUOTES


def _add_headings(pieces: Sequence[Piece], is_text: list[bool]) -> None:
    """Add the headings that stand directly over text, and those that end it."""
    containers = {p.container for p, is_in in zip(pieces, is_text, strict=True) if is_in}
    for index in reversed(range(len(pieces) - 1)):
        if pieces[index].block.level and not pieces[index].kind and is_text[index + 1]:
            is_text[index] = True
    for index in range(1, len(pieces)):
        piece = pieces[index]
        if piece.block.level and not piece.kind and piece.container in containers:
            is_text[index] |= is_text[index - 1]


def why_left(piece: Piece) -> str:
    """Return why a piece is no text of its page: hidden, a menu, or something else around it."""
    if piece.kind:
        return piece.kind
    return MENU if _is_short(piece) and _is_linked(piece) else BOILERPLATE
